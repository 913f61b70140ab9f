# SPDX-License-Identifier: ISC
"""Pages of other origins: what they may ask for, what their browser lets them read, and how a server behind
a proxy knows its own.
"""
import http.client
import json
import re
import socket

import pytest
import raw
from answers import Talk
from certificates import Certificate, Place, context
from patience import patient
from raw import WebSocket
from server import Response, Server
from test_http import wait_ready

FRIENDS = ["https://friend.test", "http://other.test:8080", "HTTPS://Loud.TEST:443"]
EDIT = "/edit?x=1&y=2&c=3"


@pytest.fixture(name="start")
def fixture_start(tmp_path):
    servers = []

    def start(*args):
        servers.append(Server(tmp_path / f"data{len(servers)}", args=args).start())
        wait_ready(servers[-1])
        return servers[-1]

    yield start
    for server in servers:
        server.close()
        assert not server.reports, "\n".join(server.reports)


@pytest.fixture(name="server")
def fixture_server(start):
    return start(*[part for origin in FRIENDS for part in ("--origin", origin)])


def head_of_events(server, headers):
    with Talk(server) as client:
        client.send("GET /events HTTP/1.1\r\nHost: a\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items()) + "\r\n")
        while b"\r\n\r\n" not in client.buffer:
            client._more()
        return client.buffer.partition(b"\r\n\r\n")[0].decode().lower().split("\r\n")


# ---- the promise of --origin, whole

@pytest.mark.parametrize("origin", ["https://friend.test", "HTTPS://FRIEND.test", "https://friend.test:443",
                                    "http://other.test:8080", "https://loud.test"])
def test_a_page_of_an_allowed_origin_may_do_all_that_a_page_needs(server, origin):
    answer = server.request("POST", EDIT, headers={"Origin": origin})
    assert answer.status == 200 and json.loads(answer.body)["version"] >= 1
    assert answer.headers["access-control-allow-origin"] == origin and answer.headers["vary"] == "Origin"
    answer = server.request("POST", "/edit?x=1&y=2&c=16", headers={"Origin": origin})
    assert answer.status == 400 and answer.headers["access-control-allow-origin"] == origin, "it may read its mistakes"
    head = head_of_events(server, {"Origin": origin})
    assert head[0].startswith("http/1.1 200") and f"access-control-allow-origin: {origin.lower()}" in head
    assert "vary: origin" in head
    with WebSocket(server, headers=[f"Origin: {origin}"]) as ws:
        assert ws.status == 101
    for path in ("/info", "/canvas.png"):
        answer = server.get(path, headers={"Origin": origin})
        assert answer.status == 200 and answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path,method,methods", [
    (EDIT, "POST", "POST"), ("/events?from=3", "GET", "GET"), ("/info", "GET", "GET, HEAD"),
    ("/canvas.png", "GET", "GET, HEAD"),
])
def test_a_preflight_is_answered(server, path, method, methods):
    answer = server.request("OPTIONS", path, headers={
        "Origin": "https://friend.test", "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type"})
    assert (answer.status, answer.body) == (204, b"") and "content-length" not in answer.headers
    public = path in ("/info", "/canvas.png")
    assert answer.headers["access-control-allow-origin"] == ("*" if public else "https://friend.test")
    assert answer.headers["access-control-allow-methods"] == methods
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
    assert int(answer.headers["access-control-max-age"]) > 0
    assert public or answer.headers["vary"] == "Origin"


STRANGERS = ["https://evil.test", "null", "http://friend.test", "https://friend.test:444", "https://friend.test.evil.test",
             "https://evilfriend.test", "http://other.test", "https://friend.test/", "https://friend.test:443x",
             "friend.test", "https://", "https://friend.test@evil.test", "http://" + "a" * 600, "*"]


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_stranger_gets_nothing(server, origin):
    before = server.metric("placed_origins_refused_total")
    for answer in (server.request("POST", EDIT, headers={"Origin": origin}),
                   server.request("OPTIONS", EDIT, headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
                   server.request("GET", "/events", headers={"Origin": origin})):
        assert answer.status == 403 and json.loads(answer.body)["error"] == "origin: not allowed"
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"
    with WebSocket(server, headers=[f"Origin: {origin}"]) as ws:
        assert ws.status == 403
    assert server.metric("placed_origins_refused_total") == before + 4
    assert server.metric("placed_edits_taken_total") == 0
    assert server.get("/info", headers={"Origin": origin}).headers["access-control-allow-origin"] == "*"


def test_two_origins_are_none(server):
    with Talk(server) as client:
        answer = client.ask(f"POST {EDIT} HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nOrigin: https://friend.test\r\n\r\n")
        assert answer.status == 403


def test_a_preflight_of_what_is_for_nobody_else(server):
    for path, status in (("/", 405), ("/ws", 405), ("/nothing", 404)):
        answer = server.request("OPTIONS", path, headers={"Origin": "https://friend.test",
                                                          "Access-Control-Request-Method": "GET"})
        assert answer.status == status and "access-control-allow-origin" not in answer.headers


def test_null_may_be_allowed(start):
    server = start("--origin", "null")
    answer = server.request("POST", EDIT, headers={"Origin": "null"})
    assert answer.status == 200 and answer.headers["access-control-allow-origin"] == "null"
    assert server.request("POST", EDIT, headers={"Origin": "https://evil.test"}).status == 403


def test_a_refused_origin_is_reported_once_a_minute_with_its_value(server):
    for name in ("https://evil.test", "https://worse.test"):
        for _ in range(5):
            assert server.request("POST", EDIT, headers={"Origin": name}).status == 403
    said = re.findall(r"^placed: warning: .*origin.*$", server.stderr(), re.M)
    assert len(said) == 1 and "https://evil.test" in said[0] and "--origin" in said[0], said
    assert server.metric("placed_origins_refused_total") == 10


def test_what_a_stranger_writes_cannot_forge_a_line(server):
    with Talk(server) as client:
        client.send(b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nOrigin: http://\xff\x1b[2J%\xc2\x85placed: error\r\n\r\n")
        assert client.answer().status == 400, "control characters are no header"
    server.request("POST", EDIT, headers={"Origin": "http://\xff%s%n".encode("latin-1")})
    said = [line for line in server.stderr().splitlines() if "origin" in line]
    assert len(said) == 1 and "\xff" not in said[0] and said[0].isprintable(), said


# ---- one's own pages

@pytest.mark.parametrize("host,origin,own", [
    ("placed.test", "http://placed.test", True), ("placed.test", "https://placed.test", True),  # TLS ends in front
    ("placed.test:80", "http://placed.test", True), ("placed.test:443", "https://placed.test", True),
    ("placed.test", "http://placed.test:80", True), ("PLACED.test:8080", "http://placed.TEST:8080", True),
    ("[::1]:8080", "http://[::1]:8080", True), ("placed.test:443", "http://placed.test", False),
    ("placed.test:80", "https://placed.test", False), ("placed.test", "http://placed.test:81", False),
    ("placed.test:8080", "http://placed.test", False), ("placed.test", "http://placed.test.evil.test", False),
    ("placed.test", "null", False), ("", "http://", False), ("placed.test:0", "http://placed.test:0", False),
    ("placed.test:x", "http://placed.test:x", False), ("[::1", "http://[::1", False),
])
def test_ones_own_pages_by_the_host(server, host, origin, own):
    text = f"POST {EDIT} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n\r\n"
    with Talk(server) as client:
        answer = client.ask(text)
        assert answer.status == (200 if own else 403), answer
        assert "access-control-allow-origin" not in answer.headers
        assert client.ask(text.replace("POST /", f"POST http://{host}/").replace(f"Host: {host}", "Host: x")).status == \
            (200 if own else 403) if host else True, "an absolute target is the host"


FORWARDED = [
    ({"X-Forwarded-Host": "placed.test"}, "https://placed.test", True),
    ({"X-Forwarded-Host": "placed.test", "X-Forwarded-Proto": "https"}, "https://placed.test", True),
    ({"X-Forwarded-Host": "placed.test", "X-Forwarded-Proto": "HTTPS"}, "http://placed.test", False),
    ({"X-Forwarded-Host": "placed.test:8443", "X-Forwarded-Proto": "https"}, "https://placed.test:8443", True),
    ({"X-Forwarded-Host": "placed.test, inner.test", "X-Forwarded-Proto": "https,http"}, "https://placed.test", True),
    ({"X-Forwarded-Host": "inner.test, placed.test"}, "https://placed.test", False),
    ({"Forwarded": "for=192.0.2.1;host=placed.test;proto=https"}, "https://placed.test", True),
    ({"Forwarded": 'For="[2001:db8::1]:99"; Proto=https; Host="placed.test:8443", host=x'}, "https://placed.test:8443", True),
    ({"Forwarded": "host=placed.test;proto=http"}, "https://placed.test", False),
    ({"Forwarded": "for=1, host=placed.test"}, "https://placed.test", False),
    ({"Forwarded": "xhost=placed.test"}, "https://placed.test", False),
    ({"X-Forwarded-Proto": "https", "Host": "placed.test"}, "https://placed.test", True),
    ({"X-Forwarded-Host": ""}, "https://placed.test", False),
    ({"X-Forwarded-Host": "a" * 500}, "https://placed.test", False),
]


def from_address(server, address, headers, origin):
    """One edit from that address: its status."""
    _, host, port = server.addresses["listening"]
    connection = http.client.HTTPConnection(host, port, timeout=patient(20), source_address=(address, 0))
    try:
        connection.request("POST", EDIT, headers={"Host": "inner:8080", "Origin": origin, **headers})
        answer = connection.getresponse()
        return Response(answer.status, answer.getheaders(), answer.read()).status
    finally:
        connection.close()


@pytest.mark.parametrize("headers,origin,own", FORWARDED, ids=[str(i) for i in range(len(FORWARDED))])
def test_ones_own_pages_as_a_trusted_proxy_has_them(start, headers, origin, own):
    server = start("--trust-proxy", "127.0.0.2/31", "--trust-proxy", "2001:db8::/32")
    for address, trusted in (("127.0.0.2", True), ("127.0.0.3", True), ("127.0.0.1", False), ("127.0.0.4", False)):
        by_host = "Host" in headers  # its own name, which needs no trust
        assert from_address(server, address, headers, origin) == (200 if own and (trusted or by_host) else 403), address


def test_nobody_is_trusted_by_default(server):
    assert from_address(server, "127.0.0.1", {"X-Forwarded-Host": "placed.test"}, "https://placed.test") == 403


def test_who_comes_by_a_unix_socket_is_a_proxy(tmp_path, start):
    path = tmp_path / "placed.sock"
    start("--listen", f"unix:{path}")
    for fields, status in (("X-Forwarded-Host: placed.test\r\n", 200), ("", 403)):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(path))
            sock.sendall(f"POST {EDIT} HTTP/1.1\r\nHost: a\r\nOrigin: https://placed.test\r\nConnection: close\r\n{fields}\r\n"
                         .encode())
            assert raw.status(raw.read_all(sock)) == status


def test_with_tls_of_ones_own_the_scheme_counts(tmp_path, start):
    place, certificate = Place(tmp_path), Certificate(tmp_path, "ec one")
    place.put(certificate.cert, certificate.key)
    server = start(*place.args)
    for origin, status in (("https://placed.test", 200), ("http://placed.test", 403)):
        with Talk(server, context()) as client:
            assert client.ask(f"POST {EDIT} HTTP/1.1\r\nHost: placed.test\r\nOrigin: {origin}\r\n\r\n").status == status


# ---- frames, and the files of Unix sockets

def test_who_may_show_the_page_in_a_frame(start):
    policy = start("--frame-ancestors", "'self' https://a.test https://*.b.test:8443").get("/info").headers[
        "content-security-policy"]
    assert policy.endswith("; frame-ancestors 'self' https://a.test https://*.b.test:8443")


def test_from_where_the_page_may_show_templates(start):
    policy = start("--template-sources", "http://r.test:8082").get("/info").headers["content-security-policy"]
    assert "; img-src 'self' blob: data: http://r.test:8082; connect-src 'self' http://r.test:8082; " in policy


def test_a_unix_socket_has_the_mode_and_group_that_were_asked_for(tmp_path, start):
    paths = [tmp_path / name for name in ("a", "b")]
    own = tmp_path.stat().st_gid
    start("--listen", f"unix:{paths[0]},mode=0606,group={own},127.0.0.1:0", "--listen", f"unix:{paths[1]},mode=0600")
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o606, 0o600]
    assert paths[0].stat().st_gid == own


def test_a_group_that_does_not_exist_is_an_error(tmp_path):
    server = Server(tmp_path / "data", args=["--listen", f"unix:{tmp_path}/s,group=nobody-has-this"])
    status, said = server.run_to_exit()
    assert status == 1 and "nobody-has-this" in said, said
    assert not (tmp_path / "s").exists()
