# SPDX-License-Identifier: ISC
"""config/nginx.conf as it is shipped, in a real nginx before a real server."""
import asyncio
import collections
import concurrent.futures
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time

import pytest
import websockets
from identities import Key, read_secret
from patience import patient
from server import TOP, Response, Server
from test_http import wait_ready

NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed (tools/setup system)")
VISITORS = 50
EDIT = "/edit?x=1&y=2&c=3"
STRANGER = Key(1, b"\x55" * 32)
STALE_AFTER = 2.2  # seconds: nginx counts whole ones


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Counter:
    """A relay between nginx and the server that counts the requests by path, query included."""

    def __init__(self, server):
        self.server = server
        self.requests = collections.Counter()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.server.addresses["listening"][1:])
            except (OSError, KeyError):  # it is down, or does not say yet where it listens
                near.close()
                continue
            for source, sink, count in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._relay, args=(source, sink, count), daemon=True).start()

    def _relay(self, source, sink, count):
        try:
            while data := source.recv(65536):
                if count:
                    self.requests.update(re.findall(rb"^(?:GET|HEAD|POST) (\S+) HTTP/1.1\r$", data, re.M))
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Nginx:
    """nginx with the shipped configuration, in which only what it says is of the machine is replaced."""

    CONFIG = "config/nginx.conf"

    def replacements(self, folder, upstream):
        """What is of this machine beside what all configurations have."""
        return ((r"^        server 127\.0\.0\.1:8080;", f"        server 127.0.0.1:{upstream};"),
                (r"/var/lib/nginx/placed(?= keys)", str(folder / "cache")),
                (r"/var/lib/nginx/placed-history(?= keys)", str(folder / "history")))

    def __init__(self, folder, upstream, also=()):
        """also: more replacements."""
        self.port = free_port()
        folder.mkdir()
        text = (TOP / self.CONFIG).read_text()
        for shipped, ours in ((r"^        listen 80;", f"        listen 127.0.0.1:{self.port};"),
                              (r"^user www-data;", "user root;" if os.geteuid() == 0 else ""),
                              (r"^pid .*;", f"pid {folder / 'pid'};"), *self.replacements(folder, upstream), *also):
            text, n = re.subn(shipped, ours, text, flags=re.M)
            assert n == 1, f"{self.CONFIG} has {n} times {shipped}"
        if os.geteuid() != 0:  # Debian's paths for bodies are root's
            kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            text = text.replace("http {", "http {\n" + "".join(f"{k}_temp_path {folder / k};\n" for k in kinds))
        (folder / "nginx.conf").write_text(text)
        self.log = folder / "stderr"
        with open(self.log, "wb") as stderr:
            self.process = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"],
                                            stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)
        deadline = time.monotonic() + patient(15)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.02)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(patient(15))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def request(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patient(20))
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return Response(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, headers)


class Site:
    """Server, counter and nginx."""

    def __init__(self, folder, args=(), head=""):
        web = folder / "web"
        (web / "assets").mkdir(parents=True)
        (web / "index.html").write_text(f"<!doctype html><title>canvas</title>{head}" + "<p>a long page</p>" * 100)
        (web / "assets/app-B1gHash8.js").write_text("let a = 1;\n" * 200)
        self.server = Server(folder / "data", args=["--web", str(web), *args]).start()
        self.counter = Counter(self.server)
        self.nginx = Nginx(folder / "nginx", self.counter.port)

    def asked(self, path):
        return sum(n for target, n in self.counter.requests.items() if target.decode().partition("?")[0] == path)

    def close(self):
        self.nginx.close()
        self.counter.close()
        self.server.close()


@pytest.fixture(name="site")
def fixture_site(tmp_path):
    site = Site(tmp_path)
    yield site
    site.close()
    assert not site.server.reports, "\n".join(site.server.reports)
    # One worker looked a picture up and another put a newer one, with a longer header (9 versions became
    # 10), in its place before the file was opened: nginx says so and asks the server.
    said = [line for line in site.nginx.log.read_text().splitlines() if "has too long header" not in line]
    assert not re.search(r"\[(emerg|crit)\]", "\n".join(said)), "\n".join(said)


def at_once(function, arguments):
    with concurrent.futures.ThreadPoolExecutor(VISITORS) as pool:
        return list(pool.map(function, arguments))


def test_many_visitors_are_one_request_to_the_server_whatever_their_query(site):
    began = time.monotonic()
    answers = at_once(site.nginx.get, [f"/canvas.png?x={i}" for i in range(VISITORS)])
    seconds = time.monotonic() - began
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    statuses = collections.Counter(answer.headers["x-cache-status"] for answer in answers)
    assert set(site.counter.requests) == {b"/canvas.png"}, "without the query"
    assert statuses["MISS"] == 1 and site.asked("/canvas.png") <= 1 + seconds, "one request, and one a second after that"
    assert statuses["HIT"] == VISITORS - 1 or seconds >= 1, statuses
    assert answers[0].headers["x-canvas-version"] == "0"
    assert "stale-while-revalidate" in answers[0].headers["cache-control"]


def test_a_stream_of_visitors_costs_a_request_a_second_and_sees_new_edits(site):
    began, statuses, versions = time.monotonic(), collections.Counter(), []
    while time.monotonic() - began < 4 or (versions[-1] == versions[0] and time.monotonic() - began < patient(10)):
        assert site.nginx.request("POST", f"/edit?x={len(versions) % 1000}&y=1&c=5").status in (200, 429)
        for answer in at_once(lambda i: site.nginx.get("/canvas.png"), range(20)):
            assert answer.status == 200
            statuses[answer.headers["x-cache-status"]] += 1
            versions.append(int(answer.headers["x-canvas-version"]))
    seconds = time.monotonic() - began
    assert site.asked("/canvas.png") <= seconds + 2, statuses
    assert versions[-1] > versions[0], "the picture went on"
    asked = sum(statuses[what] for what in ("MISS", "EXPIRED", "REVALIDATED"))
    assert asked < len(versions) // 2, statuses


def test_the_preview_is_one_request_too(site):
    answers = at_once(site.nginx.get, [f"/preview.png?x={i}" for i in range(VISITORS)])
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert site.counter.requests == {b"/preview.png": 1}, "one request, and without the query"
    assert "stale-while-revalidate" in answers[0].headers["cache-control"]


def test_nobody_gets_the_page_of_another_host(tmp_path):
    site = Site(tmp_path, head='<meta property="og:image" content="https://placed.invalid/preview.png" />')
    try:
        for host in ("canvas.example", "evil.example", "canvas.example"):
            answer = site.nginx.get("/", Host=host)
            assert f'content="http://{host}/preview.png"'.encode() in answer.body
    finally:
        site.close()
    assert not site.server.reports, "\n".join(site.server.reports)


def test_who_has_the_picture_gets_304(site):
    tag = site.nginx.get("/canvas.png").headers["etag"]
    answer = site.nginx.get("/canvas.png", **{"If-None-Match": tag})
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"] == tag
    time.sleep(STALE_AFTER)  # no longer fresh: nginx asks the server with the tag, and hears 304 itself
    answer = site.nginx.get("/canvas.png", **{"If-None-Match": tag})
    assert (answer.status, answer.body) == (304, b"")
    assert site.asked("/canvas.png") <= 3  # the second of the three as well, when a second has passed before it


def test_the_last_picture_is_shown_while_the_server_is_dead(site):
    before = site.nginx.get("/canvas.png")
    page = site.nginx.get("/")
    assert page.status == 200
    site.server.kill()
    time.sleep(STALE_AFTER)
    for _ in range(3):
        answer = site.nginx.get("/canvas.png?after")
        assert answer.status == 200 and answer.body == before.body
        assert answer.headers["x-cache-status"] in ("STALE", "UPDATING")
    time.sleep(5)  # past what the server allowed for
    began = time.monotonic()
    answer = site.nginx.get("/canvas.png")
    assert answer.status == 200 and answer.body == before.body and time.monotonic() - began < patient(5)
    assert site.nginx.get("/").body == page.body
    assert site.nginx.request("POST", "/edit?x=1&y=1&c=1").status == 502
    site.server.start()
    assert site.server.request("POST", "/edit?x=1&y=2&c=3").status == 200
    deadline = time.monotonic() + patient(15)
    while site.nginx.get("/canvas.png").headers["x-canvas-version"] == "0":
        assert time.monotonic() < deadline, "the new picture does not get through"
        time.sleep(0.2)


def test_who_painted_is_looked_up_once_for_all_who_ask_at_once(site):
    assert site.server.request("POST", "/edit?x=7&y=8&c=9").status == 200
    answers = at_once(site.nginx.get, [f"/pixel/7/8?{i}" for i in range(20)])
    assert {answer.status for answer in answers} == {200}
    assert all(json.loads(answer.body)["colour"] == 9 for answer in answers)
    assert site.asked("/pixel/7/8") <= 3, "each visitor was looked up"


def test_files_are_cached_as_they_allow_and_info_is_for_who_asks(site):
    for name, most in (("/info", 2), ("/plane", 2)):
        answers = at_once(site.nginx.get, [f"{name}?{i}" for i in range(VISITORS)])
        assert {json.loads(answer.body)["protocol"] for answer in answers} == {"placed.1"}
        assert site.asked(name) <= most, "those who show nothing share one answer"
    assert "energy" not in json.loads(answers[0].body) and "identity" not in json.loads(answers[0].body)
    infos = at_once(lambda i: site.nginx.get("/info", Cookie=f"placed={i}"), range(VISITORS))
    assert site.asked("/info") >= VISITORS, "what one visitor was told was told to another"
    assert all("private" in answer.headers["cache-control"] for answer in infos)
    for wish, coding in (("gzip", "gzip"), ("identity", None)):
        for _ in range(3):
            answer = site.nginx.get("/assets/app-B1gHash8.js", **{"Accept-Encoding": wish})
            assert answer.status == 200 and answer.headers.get("content-encoding") == coding
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-cache-status"] == "HIT", wish
    page = site.nginx.get("/")
    assert site.nginx.get("/", **{"If-None-Match": page.headers["etag"]}).status == 304
    assert page.headers["cache-control"] == "no-cache", "browsers are told to ask again"
    assert site.nginx.get("/metrics").status == 404, "the admin listener is not published"


async def hello(ws):
    message = json.loads(await asyncio.wait_for(ws.recv(), patient(10)))
    assert message["type"] == "hello"


async def test_a_websocket_places_and_watches_through_the_proxy(site):
    url = f"ws://127.0.0.1:{site.nginx.port}/ws"
    origin = f"http://127.0.0.1:{site.nginx.port}"
    async with websockets.connect(url, origin=origin, subprotocols=["placed.1"]) as writer, \
            websockets.connect(url + "?from=0") as viewer:
        await hello(writer)
        await hello(viewer)
        edit = (7 | 8 << 10 | 9 << 20).to_bytes(3, "little")
        await writer.send((1).to_bytes(4, "little") + edit)
        for ws in (writer, viewer):
            frame = await asyncio.wait_for(ws.recv(), patient(10))
            assert frame[8:] == edit
        assert json.loads(await asyncio.wait_for(writer.recv(), patient(10)))["type"] == "placed"
    with pytest.raises(websockets.InvalidStatusCode) as refused:
        await websockets.connect(url, origin="https://evil.example")
    assert refused.value.status_code == 403


async def test_an_event_stream_comes_through_at_once(site):
    reader, writer = await asyncio.open_connection("127.0.0.1", site.nginx.port)
    writer.write(f"GET /events?from=0 HTTP/1.1\r\nHost: 127.0.0.1:{site.nginx.port}\r\n\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), patient(10))
    assert b"200 OK" in head and b"text/event-stream" in head
    answer = await asyncio.to_thread(site.nginx.request, "POST", "/edit?x=1&y=2&c=3")
    assert answer.status == 200
    await asyncio.wait_for(reader.readuntil(b"id: 1\ndata: "), patient(10))
    writer.close()


def test_a_flood_of_edits_from_one_address_is_limited(site):
    answers = at_once(lambda i: site.nginx.request("POST", f"/edit?x={i}&y=0&c=1"), range(VISITORS))
    statuses = collections.Counter(answer.status for answer in answers)
    assert set(statuses) == {200, 429} and 20 <= statuses[200] <= 35, statuses
    assert site.asked("/edit") == statuses[200]


# ---- who asks

class Pair:
    """Two servers with one secret behind one nginx, and what reaches each."""

    def __init__(self, folder, log="local", args=(), also=()):
        args = ["--trust-proxy", "127.0.0.1", "--identity-rate", "0", *args]
        self.servers = [Server(folder / "data0", log, args).start()]
        self.key = read_secret(folder / "data0/secret")[0]
        self.servers.append(Server(folder / "data1", log, [*args, "--secret", str(folder / "data0/secret")]).start())
        self.counters = [Counter(server) for server in self.servers]
        second = f"        server 127.0.0.1:{self.counters[1].port};\n        keepalive 32;"
        self.nginx = Nginx(folder / "nginx", self.counters[0].port, also=[
            (r"^        keepalive 32;", second),
            # It is the servers that are tried here: nginx counts, and lets all through.
            (r"^    limit_req_status 429;", "    limit_req_status 429;\n    limit_req_dry_run on;"), *also])

    def asked(self):
        return [sum(counter.requests.values()) for counter in self.counters]

    def where(self, path=EDIT, **headers):
        """Which server it reaches, and the answer's status."""
        before = self.asked()
        status = self.nginx.request("POST", path, headers).status
        reached = [i for i, (a, b) in enumerate(zip(before, self.asked())) if b > a]
        assert len(reached) == 1, reached
        return reached[0], status

    def close(self):
        self.nginx.close()
        for end in (*self.counters, *self.servers):
            end.close()


@pytest.fixture(name="pair")
def fixture_pair(tmp_path):
    pair = Pair(tmp_path)
    yield pair
    pair.close()
    for server in pair.servers:
        assert not server.reports, "\n".join(server.reports)


def test_an_author_reaches_one_server_however_he_spells_himself(pair):
    homes = collections.Counter()
    for i in range(24):
        cookie = pair.key.cookie(bytes([i]) * 16)
        home, status = pair.where("/identity", Cookie=f"placed={cookie}")
        assert status == 200
        homes[home] += 1
        for other in (f"a=b; placed={cookie}", f"placed={cookie} ;c=d", f";;  placed={cookie};",
                      f"\tplaced={cookie}", f"xplaced={cookie[::-1]}; placed={cookie}; placedx=1",
                      f"placed; placed={cookie}; Placed=1", f"placed ={cookie[::-1]}; placed={cookie}"):
            assert pair.where("/identity", Cookie=other) == (home, 200), other
        if i < 4:
            assert pair.where(Cookie=f"placed={cookie}") == (home, 200), "and so do his edits"
    assert homes[0] and homes[1], f"both servers have people: {homes}"
    # Whoever shows something else than one identity chooses nothing by it: it cannot draw.
    for i in range(24):
        good, other = pair.key.cookie(bytes([i]) * 16), STRANGER.cookie(bytes([i]) * 16)
        assert pair.where(Cookie=f"placed={other}; placed={good}")[1] == 400
        assert pair.where(Cookie=f"__Host-placed={other}; placed={good}")[1] == 400
        assert pair.where(Cookie=f"placed={good}; placed={good}")[1] == 400
        assert pair.where(Cookie=f"placed={other}")[1] == 401
        assert pair.where(Cookie=f"__Host-placed={good}")[1] == 401
        assert pair.where(Cookie=f"placed={good}=")[1] == pair.where(Cookie=f'placed="{good}"')[1] == 401
        assert pair.where(Authorization=f"Bearer {i}")[1] == 401
    # Without any he is his address, whatever he sends besides.
    home, _ = pair.where()
    for i in range(8):
        assert pair.where(Cookie=f"a={i}") == pair.where(Authorization=f"Basic {i}") == (home, 200)
        assert pair.where(**{"X-Forwarded-For": f"192.0.2.{i}"}) == (home, 200)


def test_who_has_signed_on_reaches_one_server_and_is_who_the_proxy_says(tmp_path):
    pair = Pair(tmp_path, args=["--sso-header", "X-Forwarded-User", "--identity", "sso"], also=[
        (r'^    map "" \$placed_user \{\n        default "";',
         '    map "" $placed_user {\n        default $arg_user;')])
    try:
        homes = set()
        for i in range(24):
            path = f"/identity?user=user{i}"
            home, status = pair.where(path)
            homes.add(home)
            assert status == 200
            for n in range(3):
                cookie = f"placed={pair.key.cookie(bytes([n]) * 16)}"
                assert pair.where(path, Cookie=cookie, **{"X-Forwarded-User": f"user{n + 50}"}) == (home, 200)
            said = json.loads(pair.nginx.request("POST", path, {"X-Forwarded-User": "root"}).body)
            assert said["name"] == pair.key.name_of_user(f"user{i}")
        assert homes == {0, 1}
        assert pair.where("/identity", **{"X-Forwarded-User": "root"})[1] == 403, "nobody has signed on"
    finally:
        pair.close()
    assert not [report for server in pair.servers for report in server.reports]


def test_nobody_has_more_to_draw_with_behind_the_proxy_whatever_cookies_he_sends(tmp_path, kafka_log):
    pair = Pair(tmp_path, kafka_log().arg, ["--energy", "10000/500/500"])
    try:
        for server in pair.servers:
            wait_ready(server)
        good = f"placed={pair.key.cookie()}"
        strange = [f"placed={STRANGER.cookie(bytes([i]) * 16)}" for i in range(30)]
        tries = {"one person": [good] * 120,
                 "one person, every cookie twice": [f"{other}; {good}" for other in strange]
                 + [f"{good}; {other}" for other in strange] + [f"{good}; {good}"] * 30
                 + [f"__Host-{other}; {good}" for other in strange] + [f"{good}x{i}" for i in range(30)],
                 "one address": [None] * 100 + strange + [f"__Host-{good}"] * 10}
        for who, cookies in tries.items():
            began = time.monotonic()
            answers = at_once(lambda i: pair.nginx.request(  # pylint: disable=cell-var-from-loop
                "POST", f"/edit?x={i}&y=9&c=3", {"Cookie": cookies[i]} if cookies[i] else {}), range(len(cookies)))
            seconds = time.monotonic() - began
            statuses = collections.Counter(answer.status for answer in answers)
            if who == "one person, every cookie twice":
                assert set(statuses) <= {400, 401} and statuses[400] == 120, statuses
                continue
            assert set(statuses) <= {200, 401, 429} and (statuses[429] > 10 or seconds > 20), (who, statuses)
            assert 20 <= statuses[200] <= 20 + seconds / 0.5 + 1, f"{who}: {statuses} in {seconds:.1f} s"
            assert who != "one address" or statuses[401] == 40, statuses
    finally:
        pair.close()
    assert not [report for server in pair.servers for report in server.reports]


def test_nobody_gets_the_answer_to_somebody_else(tmp_path):
    site = Site(tmp_path, ["--trust-proxy", "127.0.0.1", "--sso-header", "X-Forwarded-User", "--identity-rate", "0"])
    try:
        for path in ("/identity", "/identity/challenge"):
            answers = [site.nginx.request("POST" if path == "/identity" else "GET", path) for _ in range(3)]
            assert site.asked(path) == 3 and all("x-cache-status" not in answer.headers or
                                                 answer.headers["x-cache-status"] == "" for answer in answers)
        cookies = {site.nginx.request("POST", "/identity").headers["set-cookie"] for _ in range(5)}
        assert len(cookies) == 5
        cookie = cookies.pop().partition(";")[0]
        before = site.asked("/info")
        assert [site.nginx.get("/info", Cookie=cookie).headers["x-cache-status"] for _ in range(4)] == ["BYPASS"] * 4
        assert site.asked("/info") == before + 4, "an answer of one's own"
        assert site.nginx.get("/info", Authorization="Bearer x").headers["x-cache-status"] == "BYPASS"
        answers = [site.nginx.get("/info", Cookie="other=1") for _ in range(10)]
        assert site.asked("/info") <= before + 5 + 3 and {answer.status for answer in answers} == {200}
        who = json.loads(site.nginx.request("POST", "/identity", {"Cookie": cookie}).body)
        assert who["new"] is False
        # Whoever a client says that he is, the proxy has not said so: it removes the name in each spelling.
        for name in ("X-Forwarded-User", "x-forwarded-user", "X_Forwarded_User", "X-Forwarded_User"):
            said = json.loads(site.nginx.request("POST", "/identity", {name: "alice", "Cookie": cookie}).body)
            assert said == who, f"{name} gets through"
            assert site.nginx.request("POST", EDIT, {name: "alice", "Cookie": cookie}).status in (200, 429), name
        with_name = raw_request(site.nginx.port, "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nX-Forwarded-User: alice\r\n"
                                "X-Forwarded-User: bob\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
        assert with_name.startswith(b"HTTP/1.1 101"), "neither name reached the server"
        # Nor where he comes from.
        key = read_secret(site.server.data / "secret")[0]
        for headers in ({}, {"X-Forwarded-For": "192.0.2.9"}, {"Forwarded": "for=192.0.2.9"}):
            fields = "".join(f"{n}: {v}\r\n" for n, v in headers.items())
            head = raw_request(site.nginx.port, "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: "
                               f"websocket\r\nSec-WebSocket-Version: 13\r\n{fields}"
                               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", b'"user":"')
            assert f'"user":"{key.name_of_address("127.0.0.1")}"'.encode() in head, headers
    finally:
        site.close()
        assert not site.server.reports, "\n".join(site.server.reports)


def raw_request(port, text, until=b"\r\n\r\n"):
    """What is answered to these bytes, up to the first 100 bytes behind `until`."""
    with socket.create_connection(("127.0.0.1", port), 15) as sock:
        sock.sendall(text.encode())
        data = b""
        while until not in data[:-100]:
            more = sock.recv(4096)
            if not more:
                return data
            data += more
            if until == b"\r\n\r\n" and until in data:
                return data
        return data
