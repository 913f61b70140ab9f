# SPDX-License-Identifier: ISC
"""What SECURITY.md promises and no other file of tests has: floods against the rules, lines that somebody else
would like to write into the operator's terminal, what metrics and messages tell of people, and the header
fields of every kind of answer.
"""
import json
import os
import re
import socket
import struct
import subprocess
import time
import zlib

import pytest
import raw
from patience import patient
from raw import BINARY, TEXT, WebSocket
from server import BUILD, TOP, Server
from test_http import SANITIZED, wait_ready

JSON = {"Content-Type": "application/json"}


class Staff:
    """The operator, by the first token."""

    def __init__(self, server):
        self.server = server
        self.token = (server.data / "token").read_text().strip()

    def ask(self, what, fields=None):
        headers = {"Authorization": f"Bearer {self.token}", **JSON}
        if fields is None:
            return self.server.request("GET", f"/control/{what}", headers=headers, kind="admin")
        return self.server.request("POST", f"/control/{what}", headers=headers, body=json.dumps(fields), kind="admin")

    def do(self, what, **fields):
        answer = self.ask(what, fields)
        assert answer.status == 200, (what, answer.status, answer.body)
        return json.loads(answer.body)


@pytest.fixture(name="start")
def fixture_start(tmp_path):
    servers = []

    def start(*args, **more):
        servers.append(Server(tmp_path / f"data{len(servers)}", args=args, **more).start())
        wait_ready(servers[-1])
        return servers[-1]

    yield start
    for server in servers:
        server.close()
        assert not server.reports, "\n".join(server.reports)


def words(pixels):
    """Edits as bytes: (x, y, colour) each."""
    return b"".join((x | y << 10 | c << 20).to_bytes(3, "little") for x, y, c in pixels)


def message(number, pixels):
    return struct.pack("<I", number) + words(pixels)


def heard(ws, until):
    """What the server says as text until `until` says that it is enough."""
    said = []
    while not until(said):
        kind, payload = ws.receive()
        if kind == TEXT:
            said.append(json.loads(payload))
    return said


# ---- SECURITY.md

def test_every_test_that_security_md_names_is_there():
    """A test stands there as `file::function`."""
    text = (TOP / "SECURITY.md").read_text()
    named = set(re.findall(r"`([\w.-]+)::([\w ,:;'-]+)`", text))
    assert len(named) > 20
    sources = {}
    for top in ("tests", "client-web/tests", "client-web/e2e"):
        for path in (TOP / top).rglob("*"):
            if path.suffix in (".py", ".c", ".ts"):
                sources.setdefault(path.name.partition(".")[0], []).append(path.read_text())
    missing = [f"{file}::{name}" for file, name in sorted(named)
               if not any(re.search(rf"(?:def |void ){re.escape(name)}\(|['\"]{re.escape(name)}['\"]", source)
                          for source in sources.get(file, []))]
    assert not missing, missing


# ---- what a browser is told with every kind of answer

PUBLIC = [
    ("GET", "/", None), ("GET", "/info", None), ("HEAD", "/info", None), ("GET", "/canvas.png", None),
    ("GET", "/c/5,5/canvas.png", None), ("GET", "/t/0/0/0.png", None), ("GET", "/nothing", None), ("PUT", "/info", None),
    ("GET", "/h/0123456789abcdef/0,0/1.png", None), ("GET", "/at", None), ("GET", "/ws", None), ("POST", "/edit", None),
    ("POST", "/edit?x=1&y=2&c=3", None), ("POST", "/edit?x=1&y=2&c=99", None), ("POST", "/edit", "x" * 5000),
    ("OPTIONS", "/edit", None), ("POST", "/identity", None), ("GET", "/identity", None),
    ("GET", "/identity/challenge", None), ("GET", "/pixel/1/2", None), ("GET", "/pixel/-1/x", None),
    ("POST", "/report", "{}"), ("POST", "/report", "{"), ("GET", "/control/status", None), ("POST", "/control/ban", "{}"),
    ("GET", "/control/nothing", None), ("GET", "/..%2f..%2fetc/passwd", None),
]
ADMIN = [("GET", "/metrics", None), ("GET", "/healthz", None), ("GET", "/readyz", None), ("GET", "/nothing", None),
         ("POST", "/metrics", None), ("GET", "/control/status", None), ("POST", "/control/ban", "{}"),
         ("GET", "/control/nothing", None)]


@pytest.mark.parametrize("staff_page", ["off", "on"])
def test_every_kind_of_answer_says_how_a_browser_may_use_it(start, staff_page):
    """No sniffing of types, nothing loaded from elsewhere, in nobody's frame: errors included."""
    server = start("--staff-page", staff_page, "--energy", "sephsplace")
    token = Staff(server).token
    seen = set()
    for kind, requests in (("listening", PUBLIC), ("admin", ADMIN)):
        for method, path, body in requests:
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {token}"},
                            {"Origin": "https://evil.test"}):
                answer = server.request(method, path, headers={**(JSON if body else {}), **headers}, body=body, kind=kind)
                what = (method, path, headers, answer.status)
                policy = answer.headers.get("content-security-policy", "")
                assert policy.startswith("default-src 'self';") and policy.endswith("frame-ancestors 'self'"), what
                assert answer.headers.get("x-content-type-options") == "nosniff", what
                assert answer.headers.get("referrer-policy") == "same-origin", what
                seen.add(answer.status)
                if answer.status >= 400 and method != "HEAD":
                    assert answer.headers["content-type"] == "application/json" and "error" in json.loads(answer.body), what
    assert {200, 400, 401, 403, 404, 405, 413, 426} <= seen
    for text in (b"GET nothing HTTP/1.1\r\nHost: a\r\n\r\n", b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET /info HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 20000 + b"\r\n\r\n"):
        answer = raw.request(server, text)
        assert b"X-Content-Type-Options: nosniff\r\n" in answer and b"frame-ancestors 'self'\r\n" in answer, answer[:200]
    with raw.connect(server) as sock:
        sock.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"X-Content-Type-Options: nosniff\r\n" in sock.recv(65536)


# ---- the operator's terminal

EVIL = ["\x1b[2J", "\x9b2J", "\r\nplaced: error: all is lost", "\n", "\0", "%s%n", "\u202eabc", "\x7f", "\x85placed: x",
        "a" * 3000]
STRANGE = re.compile(r"[^\x20-\x7e]")


def lines_of(server):
    return [line for line in (server.stderr_path.read_bytes().decode("latin-1")).split("\n") if line]


def test_nothing_that_others_write_reaches_the_operator_s_terminal_as_it_is(start):
    """In paths, header fields, bodies, messages, and the words of moderators."""
    server = start("--trust-proxy", "127.0.0.1", "--sso-header", "x-remote-user", "--energy", "sephsplace")
    staff = Staff(server)
    fields = ["Origin", "Host", "Cookie", "Authorization", "X-Forwarded-For", "X-Forwarded-Host", "X-Remote-User",
              "User-Agent", "Last-Event-ID", "If-None-Match", "Content-Type", "Upgrade"]
    for evil in EVIL:
        text = evil.encode("latin-1", errors="ignore") or "\u202eabc".encode()
        for bytes_ in (b"GET /" + text + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"POST /edit?x=" + text + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                       b"POST /edit HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                       % (len(text) + 8) + b'{"x":"' + text + b'"}'):
            raw.request(server, bytes_.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n", 1))
        for field in fields:
            raw.request(server, b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
                        field.encode() + b": " + text + b"\r\n\r\n")
        for name, value in ((evil, "words"), ("a", evil)):
            staff.ask("region", {"name": name, "x": 0, "y": 0, "w": 1, "h": 1, "closed": True, "words": value, "why": evil})
        staff.ask("token", {"name": evil, "role": "viewer", "why": evil})
        staff.ask("ban", {"who": evil, "for": 60, "why": evil})
        server.request("POST", "/report", headers=JSON, body=json.dumps({"x": 0, "y": 0, "reason": evil}))
    assert server.get("/info").status == 200
    said = lines_of(server)
    assert all(line.startswith("placed: ") for line in said), said
    assert not any(STRANGE.search(line) for line in said), said
    assert not any(line.startswith("placed: error") for line in said), said
    assert all(len(line) < 2100 for line in said)
    # Nor do they break what others are shown: the info is JSON, with what was let in, escaped.
    info = server.get("/info")
    assert not STRANGE.search(info.body.decode().rstrip("\n")) or "\u202e" in info.body.decode()
    json.loads(info.body)


def test_bad_requests_do_not_fill_the_operator_s_disk(start):
    """Ten thousand of them are a handful of lines."""
    server = start()
    before = len(lines_of(server))
    bad = b"".join(
        b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nOrigin: https://evil%d.test\r\nCookie: placed=AAAA%d\r\n"
        b"Authorization: Bearer %d\r\n\r\n" % (i, i, i) for i in range(500))
    for _ in range(20):
        with raw.connect(server) as sock:
            try:
                sock.sendall(bad)
                sock.shutdown(socket.SHUT_WR)
                raw.read_all(sock)
            except (BrokenPipeError, ConnectionResetError):
                pass
    assert server.get("/info").status == 200
    assert len(lines_of(server)) - before < 20, lines_of(server)[-20:]


# ---- what metrics and messages tell of people

def test_neither_metrics_nor_messages_tell_who_anybody_is(start):
    """No author, address, network, cookie, token or pseudonym."""
    server = start("--trust-proxy", "127.0.0.1", "--energy", "sephsplace")
    staff = Staff(server)
    secrets = {staff.token, "203.0.113.77", "2001:db8:1:2::3", "2001:db8:1:2"}
    secrets.add(staff.do("token", name="robot", role="bot")["token"])
    for address in ("203.0.113.77", "2001:db8:1:2::3"):
        came = {"X-Forwarded-For": address}
        answer = server.request("POST", "/identity", headers=came)
        cookie = answer.headers["set-cookie"].split(";")[0]
        secrets |= {cookie.partition("=")[2], json.loads(answer.body)["name"]}
        for headers in ({**came, "Cookie": cookie}, {**came, "Cookie": cookie + "x"}, came,
                        {**came, "Authorization": "Bearer " + sorted(secrets)[0]}):
            for i in range(60):  # until it is too fast, too
                server.request("POST", f"/edit?x={i}&y=1&c=1", headers=headers)
    author = "8123456789abcdef"
    secrets |= {author, "net:0123456789abcdef"}
    staff.do("ban", who=author, why="to see whether it is told")
    staff.do("ban", who="203.0.113.0/24", why="to see whether it is told")
    staff.do("unban", who="203.0.113.0/24")
    for text in (server.admin("/metrics").body.decode(), server.stderr()):
        found = [secret for secret in secrets if secret in text]
        assert not found, (found, text)
        assert not re.search(r"(?<![0-9a-f])[89a-f][0-9a-f]{15}(?![0-9a-f])", text), "an author's id"
        assert "203.0.113" not in text and "2001:db8" not in text
    assert server.metric("placed_edits_refused_total") > 0, "the test has come as far as that"


def test_an_edit_or_a_pixel_shows_neither_address_nor_author_id(start):
    """To everybody: a pseudonym at most."""
    server = start("--trust-proxy", "127.0.0.1")
    came = {"X-Forwarded-For": "203.0.113.77"}
    cookie = server.request("POST", "/identity", headers=came).headers["set-cookie"].split(";")[0]
    assert server.request("POST", "/edit?x=7&y=8&c=9", headers={**came, "Cookie": cookie}).status == 200
    with WebSocket(server, path="/ws?from=0") as ws:
        frames = heard(ws, lambda said: len(said) >= 1)
    seen = [server.get("/info").body, server.get("/pixel/7/8").body, json.dumps(frames).encode()]
    for text in seen:
        assert b"203.0.113" not in text and cookie.partition("=")[2].encode() not in text
        assert not re.search(rb'"[89a-f][0-9a-f]{15}"', text), text


# ---- floods against the rules

@pytest.mark.limit(120)
def test_a_flood_over_the_limit_is_refused_and_costs_the_others_nothing(start):
    """Twenty connections send far more than they may for some seconds; two people look on and paint."""
    server = start("--energy", "sephsplace", "--trust-proxy", "127.0.0.1")
    flood = [WebSocket(server, headers=["X-Forwarded-For: 203.0.113.9"]) for _ in range(20)]
    others = [WebSocket(server, headers=[f"X-Forwarded-For: 198.51.100.{i}"]) for i in (1, 2)]
    before = server.memory()[0]
    painted = []
    try:
        for turn in range(40):
            for ws in flood:
                ws.sock.setblocking(False)
                try:
                    ws.sock.sendall(b"".join(raw.frame(BINARY, message(turn * 30 + i + 1, [(i, 500, 3)])) for i in range(30)))
                except (BlockingIOError, ConnectionError):
                    pass  # it has not read its refusals, and is closed for it
                try:
                    ws.sock.recv(1 << 20)
                except (BlockingIOError, ConnectionError):
                    pass
            if turn % 8 == 0:
                painted.append((turn, 1, 5))
                others[0].send(BINARY, message(len(painted), painted[-1:]))
            time.sleep(0.02)
        said = heard(others[0], lambda said: any(m["type"] == "placed" and m["id"] == len(painted) for m in said))
        assert not any(m["type"] == "refused" for m in said)
        want, seen = set(painted), set()
        while not want <= seen:
            kind, payload = others[1].receive()
            if kind == BINARY:
                edits = [int.from_bytes(payload[i:i + 3], "little") for i in range(8, len(payload), 3)]
                seen |= {(w & 1023, w >> 10 & 1023, w >> 20) for w in edits}
    finally:
        for ws in flood + others:
            ws.sock.close()
    refused, taken = server.metric("placed_edits_refused_total"), server.metric("placed_edits_taken_total")
    assert refused > 1000
    assert taken <= len(painted) + 2 * 25 + 60, "a network has no more than its limit lets it"
    assert server.memory()[0] - before < 64 << 20 or SANITIZED, "a sanitizer keeps what is freed"


def test_who_does_not_read_its_refusals_is_closed(start):
    """With energy, too: 64 of them at most are kept."""
    server = start("--energy", "sephsplace")
    with WebSocket(server, receive_buffer=2048) as ws:
        ws.pongs = False
        number = 0
        ws.sock.settimeout(patient(1))
        deadline = time.monotonic() + patient(30)
        try:
            while time.monotonic() < deadline:
                batch = b""
                for _ in range(500):
                    number += 1
                    batch += raw.frame(BINARY, message(number, [(1, 1, 1)] * 256))
                ws.sock.sendall(batch)
        except (ConnectionError, socket.timeout):
            pass
        ws.sock.settimeout(patient(20))
        assert ws.closed_with(patient(20)) in (0, 1008, 4001)
    assert server.get("/info").status == 200


@pytest.mark.limit(120)
def test_those_who_never_read_cost_nothing_while_the_rules_change(start):
    """A hundred clients that do not read, and two hundred changes of the rules."""
    server = start("--energy", "sephsplace")
    staff = Staff(server)
    sleepers = [WebSocket(server, receive_buffer=2048) for _ in range(100)]
    before = server.memory()[0]
    with WebSocket(server) as ws:
        for i in range(200):
            staff.do("region", name="there", x=i, y=0, w=5, h=5, factor=1 + i, words=f"time {i}")
        rules = heard(ws, lambda said: any(m["type"] == "rules" for m in said))
        assert rules
    assert server.memory()[0] - before < 16 << 20 or SANITIZED, "a sanitizer keeps what is freed"
    for ws in sleepers:
        ws.sock.close()
    assert [region["x"] for region in json.loads(server.get("/info").body)["regions"]] == [199]


# ---- bodies of the new endpoints

BODIES = [b"[" * 4000, b'{"a":' * 600, b'{"why":"' + b"a" * 3900, b"\0" * 100, b"\xff\xfe{}", b'{"x":1e999,"y":-1e999}',
          b'{"x":1,"x":2}', b"{}{}", b"[]", b"null", b'{"who":"\xed\xa0\x80"}', b'{"who":"\\ud800"}', b'{"who":"\\u0000a"}', b"",
          b'{"name":' + b'"' + b"\\u00e9" * 600 + b'"}']


def test_no_body_of_any_endpoint_does_harm(start):
    """Hostile JSON to everything that takes a body: an answer that is none of success, and the server goes on."""
    server = start("--staff-page", "on", "--energy", "sephsplace")
    staff = Staff(server)
    rows = (TOP / "server/api/control_routes.c").read_text()
    paths = re.findall(r'\{"([\w/.]+)", METHOD_POST', rows)
    assert len(paths) > 10
    everything = [("listening", path) for path in ("/edit", "/identity", "/report")]
    everything += [(kind, f"/control/{path}") for path in paths for kind in ("admin", "listening")]
    for kind, path in everything:
        headers = {**JSON, **({"Authorization": f"Bearer {staff.token}"} if "control" in path else {})}
        for body in BODIES:
            if path == "/identity" or (path.endswith("/cancel") and body in (b"", b"{}")):
                fine = (200, 400, 404, 413, 429)
            else:
                fine = (400, 401, 403, 404, 405, 409, 413, 415)
            answer = server.request("POST", path, headers=headers, body=body, kind=kind)
            assert answer.status in fine, (path, body[:40], answer.status, answer.body)
        assert server.request("POST", path, headers=headers, body=b"x" * 5000, kind=kind).status == 413, path
    assert server.get("/info").status == 200
    audit = json.loads(staff.ask("audit").body)
    assert len(json.dumps(audit)) < 4000, "none of it was written down"


def test_deep_paths_and_odd_numbers_are_answered(start):
    server = start()
    for path in ("/pixel/" + "9" * 400 + "/1", "/pixel/1/2/3", "/pixel/01/1", "/pixel/1", "/pixel/1/1e3", "/pixel//", "/control/" + "a/" * 2000,
                 "/identity/challenge/" + "x" * 3000, "/report/%00"):
        assert server.get(path).status in (400, 404, 405, 426), path
    assert server.get("/info").status == 200


# ---- pictures that are bombs

def png(width, height, data, chunks=()):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunk(*more) for more in chunks) + \
        chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zeros(mebibytes):
    """Deflated."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(mebibytes)) + packer.flush()


BOMBS = {"wide": lambda: png(0x7fffffff, 1, zeros(1)), "many pixels": lambda: png(60000, 60000, zeros(64)),
         "a text": lambda: png(1, 1, zlib.compress(b"\0\0\0\0"), [(b"zTXt", b"a\0\0" + zeros(512))]),
         "a profile": lambda: png(1, 1, zlib.compress(b"\0\0\0\0"), [(b"iCCP", b"a\0\0" + zeros(512))])}


@pytest.mark.parametrize("name", BOMBS)
def test_a_picture_that_is_a_bomb_does_not_go_off_at_import(tmp_path, name):
    """It is refused, or taken for what it is; without memory and in no time."""
    picture = tmp_path / "bomb.png"
    picture.write_bytes(BOMBS[name]())
    command = [str(BUILD / "tools/import"), "--memory", "64", "--log", f"local:{tmp_path}/log", str(picture)]
    if "asan" not in str(BUILD):  # which reserves terabytes of addresses
        command[:0] = ["prlimit", f"--data={256 << 20}"]
    env = {key: value for key, value in os.environ.items() if key != "PLACED_BIN"}
    run = subprocess.run(command, env=env, capture_output=True, timeout=patient(60), check=False)
    assert run.returncode in ((0,) if name.startswith("a ") else (1, 2)), run.stderr
    if run.returncode:
        assert b"pixels" in run.stderr or b"PNG" in run.stderr or b"IHDR" in run.stderr, run.stderr
