# SPDX-License-Identifier: ISC
"""Every row of the table of endpoints: what is answered, with which headers, and what is refused how."""
import base64
import concurrent.futures
import gzip
import json
import os
import re
import socket
import subprocess
import time

import pytest
import raw
from patience import patient
from server import BINARY, Server

SANITIZED = b"__asan_init" in BINARY.read_bytes() if BINARY.exists() else False
EDIT = "/edit?x=1&y=2&c=3"


@pytest.fixture(name="web")
def fixture_web(tmp_path):
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html><title>canvas</title>" + "<p>a long page</p>" * 100)
    (web / "assets/app-B1gHash8.js").write_text("let a = 1;\n" * 200)
    (web / "short.txt").write_text("short\n")
    (web / ".hidden").write_text("not to be seen")
    (tmp_path / "secret").write_text("secret")
    (web / "link.txt").symlink_to(tmp_path / "secret")
    (web / "up").symlink_to(tmp_path)
    os.mkfifo(web / "pipe")
    return web


@pytest.fixture(name="server")
def fixture_server(tmp_path, web):
    server = Server(tmp_path / "data", args=["--web", str(web)]).start()
    wait_ready(server)
    yield server
    server.close()
    assert not server.reports, "\n".join(server.reports)


def wait_ready(server):
    deadline = time.monotonic() + patient(30)
    while server.admin("/readyz").status != 200:
        assert time.monotonic() < deadline, "not ready"
        time.sleep(0.02)


def error_of(answer):
    assert answer.headers["content-type"] == "application/json"
    return json.loads(answer.body)["error"]


# ---- files

def test_the_page_is_served_with_its_security_headers(server):
    answer = server.get("/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in answer.headers
    assert answer.body.startswith(b"<!doctype html>")
    assert server.get("/index.html").body == answer.body


def test_gzip_is_sent_only_to_who_accepts_it(server):
    plain = server.get("/")
    packed = server.get("/", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    for answer in (plain, packed):
        assert answer.headers["vary"] == "Accept-Encoding"
    for refusal in ("gzip;q=0", "identity", "gzipped", ""):
        assert "content-encoding" not in server.get("/", headers={"Accept-Encoding": refusal}).headers
    assert "vary" not in server.get("/short.txt", headers={"Accept-Encoding": "gzip"}).headers


def test_a_bundle_with_a_hash_in_its_name_may_be_kept_for_ever(server):
    assert "immutable" in server.get("/assets/app-B1gHash8.js").headers["cache-control"]
    assert "immutable" not in server.get("/short.txt").headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/canvas.png"])
def test_if_none_match_saves_the_body(server, path):
    etag = server.get(path).headers["etag"]
    for value in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        answer = server.get(path, headers={"If-None-Match": value})
        assert (answer.status, answer.body) == (304, b""), value
        assert answer.headers["etag"] == etag
    assert server.get(path, headers={"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("path", ["/", "/canvas.png", "/info"])
def test_head_is_get_without_the_body(server, path):
    get, head = server.get(path), server.request("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    for name in ("content-length", "content-type", "etag"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("path", [
    "/link.txt", "/up/secret", "/pipe", "/.hidden", "/assets", "/assets/", "/nothing", "/../secret", "/%2e%2e/secret",
    "/assets/../../secret", "/index.html%00.png", "//etc/passwd", "/metrics", "/healthz", "/canvas.png/", "/%ff",
])
def test_nothing_outside_of_the_table_is_served(server, path):
    answer = raw.request(server, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert raw.status(answer) == 404, answer
    assert b"secret" not in answer


# ---- the picture and what is known about it

def test_the_picture_and_the_info_agree(server):
    version = json.loads(server.request("POST", EDIT).body)["version"]
    deadline = time.monotonic() + patient(10)
    while int((picture := server.get("/canvas.png")).headers["x-canvas-version"]) < version:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "public, max-age=1, stale-while-revalidate=5, no-transform"
    assert picture.headers["access-control-allow-origin"] == "*"
    assert picture.headers["access-control-expose-headers"] == "X-Canvas-Version, X-Canvas-Genesis"
    assert picture.body.startswith(b"\x89PNG")
    info = json.loads(server.get("/info").body)
    assert info["protocol"] == "placed.1" and info["version"] == version
    assert info["genesis"] == picture.headers["x-canvas-genesis"] and re.fullmatch("[0-9a-f]{32}", info["genesis"])
    assert info["canvases"] == [{"x": 0, "y": 0, "open": True, "version": version}]
    assert (info["width"], info["height"], len(info["palette"])) == (1000, 1000, 16)
    assert info["palette"][0] == {"name": "white", "rgb": "#ffffff"}
    assert info["readonly"] is False and info["online"] == 0 and info["energy"]["policy"]


def test_a_query_does_not_get_another_picture(server):
    assert server.get("/canvas.png?bust=1").headers["etag"] == server.get("/canvas.png").headers["etag"]


def test_who_asks_at_once_shares_one_picture(server):
    before = server.metric("placed_pictures_total")
    server.request("POST", EDIT)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: server.get("/canvas.png"), range(40)))
    assert {answer.status for answer in answers} == {200}
    assert server.metric("placed_pictures_total") - before <= 3


# ---- POST /edit

@pytest.mark.parametrize("body", [None, b"", b"ignored"])
def test_an_edit_is_answered_when_it_is_in_the_log(server, body):
    answer = server.request("POST", EDIT, body=body)
    assert answer.status == 200
    version = json.loads(answer.body)["version"]
    assert version >= 1 and json.loads(server.get("/info").body)["version"] >= version


def test_an_edit_from_curl_without_a_body(server):
    done = subprocess.run(["curl", "-s", "-m", "10", "-X", "POST", server.url(EDIT)], capture_output=True, check=True)
    assert json.loads(done.stdout)["version"] >= 1


@pytest.mark.parametrize("query,name", [
    ("y=1&c=1", "x"), ("x=&y=1&c=1", "x"), ("x=1024000&y=1&c=1", "x"), ("x=-1024001&y=1&c=1", "x"), ("x=%2B1&y=1&c=1", "x"),
    ("x=1.5&y=1&c=1", "x"), ("x=0x1&y=1&c=1", "x"), ("x=1&x=2&y=1&c=1", "x"), ("x=99999999999999999999&y=1&c=1", "x"),
    ("x=1&c=1", "y"), ("x=1&y=1024000&c=1", "y"), ("x=1&y=%20&c=1", "y"), ("x=1&y=1", "c"), ("x=1&y=1&c=16", "c"),
    ("x=1&y=1&c=red", "c"), ("", "x"), ("x", "x"), ("xx=1&y=1&c=1", "x"),
])
def test_a_bad_parameter_is_named(server, query, name):
    answer = server.request("POST", f"/edit?{query}")
    assert answer.status == 400
    assert error_of(answer).startswith(f"{name}: expected")
    assert server.metric("placed_edits_taken_total") == 0


def test_a_long_body_is_refused(server):
    answer = server.request("POST", EDIT, body=b"x" * 5000)
    assert answer.status == 413 and error_of(answer)
    assert server.metric("placed_edits_taken_total") == 0


def test_a_page_of_another_origin_cannot_edit(server):
    _, host, port = server.addresses["listening"]
    for origin in ("http://evil.test", "null", f"http://{host}:{port}.evil.test", "", f"ftp://{host}:{port}"):
        assert server.request("POST", EDIT, headers={"Origin": origin}).status == (200 if origin == "" else 403), origin
    assert server.request("POST", EDIT, headers={"Origin": f"http://{host}:{port}"}).status == 200


def test_many_edits_over_one_connection(server):
    versions = []
    with raw.connect(server) as sock:
        for i in range(5):
            sock.sendall(f"POST /edit?x={i}&y=0&c=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode())
            answer = sock.recv(4096)
            assert raw.status(answer) == 200, answer
            versions.append(json.loads(answer.partition(b"\r\n\r\n")[2])["version"])
    assert versions == sorted(set(versions))


# ---- methods

@pytest.mark.parametrize("method,path,allow", [
    ("POST", "/", "GET, HEAD"), ("DELETE", "/", "GET, HEAD"), ("PUT", "/canvas.png", "GET, HEAD"),
    ("POST", "/info", "GET, HEAD"), ("OPTIONS", "/info", "GET, HEAD"), ("GET", "/edit", "POST"),
    ("HEAD", "/edit", "POST"), ("PATCH", "/edit", "POST"), ("POST", "/events", "GET"), ("HEAD", "/events", "GET"),
    ("POST", "/ws", "GET"),
])
def test_a_wrong_method_is_told_which_is_right(server, method, path, allow):
    answer = server.request(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allow)


def test_the_socket_without_an_upgrade(server):
    answer = server.get("/ws")
    assert (answer.status, answer.headers["upgrade"]) == (426, "websocket")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_what_is_not_there_is_404(server, method):
    answer = server.request(method, "/nothing")
    assert answer.status == 404 and error_of(answer) == "not found"


# ---- /events

def events_of(sock, seconds=5):
    """Read the head and the events until `seconds` have passed or the stream ends."""
    data = b""
    deadline = time.monotonic() + seconds
    sock.settimeout(0.2)
    while time.monotonic() < deadline:
        try:
            chunk = sock.recv(65536)
        except socket.timeout:
            continue
        if not chunk:
            break
        data += chunk
        yield data


def open_events(server, query="", headers=""):
    sock = raw.connect(server)
    sock.sendall(f"GET /events{query} HTTP/1.1\r\nHost: a\r\n{headers}\r\n".encode())
    return sock


def read_until(sock, text, seconds=10):
    for data in events_of(sock, patient(seconds)):
        if text in data:
            return data
    raise AssertionError(f"{text!r} did not come")


def test_events_begin_at_the_present_and_bring_the_edits(server):
    server.request("POST", EDIT)
    with open_events(server) as sock:
        data = read_until(sock, b"\n\n")
        assert b"Content-Type: text/event-stream\r\n" in data
        assert b"retry: 2000\nid: 1\nevent: hello\ndata: {" in data
        server.request("POST", "/edit?x=5&y=6&c=7")
        assert read_until(sock, b"id: 2\ndata: BRhw\n\n")


def test_events_go_on_from_a_version(server):
    for x in range(3):
        server.request("POST", f"/edit?x={x}&y=0&c=1")
    for query, headers, expected in (("?from=1", "", b"\x01\0\x10\x02\0\x10"),
                                     ("?from=0", "Last-Event-ID: 2\r\n", b"\x02\0\x10")):
        with open_events(server, query, headers) as sock:
            data = read_until(sock, b"id: 3\ndata: ")  # in one event, or cut where a tick ended
            sock.settimeout(patient(10))
            data += sock.recv(4096) if not data.endswith(b"\n\n") else b""
        assert b"event: reset" not in data
        assert b"".join(map(base64.b64decode, re.findall(rb"data: ([A-Za-z0-9+/=]+)\n", data))) == expected


@pytest.mark.parametrize("query,headers", [
    ("?from=999", ""), ("?from=garbage", ""), ("?from=", ""), ("?from=-1", ""), ("?from=0&from=0", ""),
    ("?from=" + "9" * 600, ""), ("?from=0", "Last-Event-ID: x\r\n"), ("", "Last-Event-ID: " + "1" * 100 + "\r\n"),
])
def test_events_from_nowhere_are_reset(server, query, headers):
    with open_events(server, query, headers) as sock:
        assert read_until(sock, b'id: 0\nevent: reset\ndata: {"type":"reset","version":0}\n\n')


@pytest.mark.long
def test_a_quiet_event_stream_gets_comments(server):
    with open_events(server) as sock:
        assert read_until(sock, b"\n:\n", 20)


@pytest.mark.long
def test_an_event_stream_counts_as_a_person_until_it_leaves(server):
    with open_events(server) as sock:
        read_until(sock, b"retry")
        assert json.loads(server.get("/info").body)["online"] == 1
    deadline = time.monotonic() + patient(40)  # found out by the next comments
    while json.loads(server.get("/info").body)["online"] != 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)


# ---- the operator's side

def test_metrics_are_what_prometheus_reads(server):
    server.request("POST", EDIT)
    answer = server.admin("/metrics")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.body.decode().splitlines()
    names = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {line.split()[2] for line in lines if line.startswith("# HELP")} == names
    values = {line.split()[0].partition("{")[0]: float(line.split()[1]) for line in lines if not line.startswith("#")}
    assert set(values) == names
    assert values["placed_edits_taken_total"] == 1 and values["placed_log_writable"] == 1
    assert values["process_resident_memory_bytes"] > 1e6 and values["process_open_fds"] > 3


def test_health_and_readiness(server):
    assert server.admin("/healthz").status == 200
    assert server.admin("/readyz").status == 200
    for path in ("/", "/canvas.png", "/info"):
        assert server.admin(path).status == 404
    assert server.request("POST", "/metrics", kind="admin").status == 405


def test_the_host_header_opens_no_door_to_the_admin_pages(server):
    _, host, port = server.addresses["admin"]
    for name in (f"{host}:{port}", "admin", "default", ":8081", ""):
        answer = raw.request(server, f"GET /metrics HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        assert raw.status(answer) == 404, name


# ---- Unix sockets

def test_a_unix_socket_serves_and_a_stale_one_is_taken_over(tmp_path, web):
    path = tmp_path / "placed.sock"
    args = ["--listen", f"unix:{path}", "--web", str(web)]

    def get():
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(path))
            sock.sendall(b"GET /info HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return raw.read_all(sock)

    server = Server(tmp_path / "data", args=args).start()
    assert raw.status(get()) == 200
    assert path.stat().st_mode & 0o777 == 0o660
    second = Server(tmp_path / "other", args=args, name="second")
    with pytest.raises(RuntimeError, match="[Aa]ddress already in use"):
        second.start()
    assert raw.status(get()) == 200
    server.kill()
    server.start()  # the file is still there, and nobody answers
    assert raw.status(get()) == 200
    server.stop()
    assert not path.exists()
    path.write_text("a file, not a socket")
    with pytest.raises(RuntimeError):
        server.start()
    assert path.read_text() == "a file, not a socket"
