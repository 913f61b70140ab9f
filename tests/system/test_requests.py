# SPDX-License-Identifier: ISC
"""HTTP/1 as any client may speak it, over plain sockets and over TLS: every corner gets a right answer."""
import base64
import json
import os
import socket
import ssl
import time

import pytest
import raw
from answers import Talk
from certificates import Certificate, Place, context
from fold import Picture
from patience import patient
from server import Server
from test_http import wait_ready

INFO = "GET /info HTTP/1.1\r\nHost: a\r\n\r\n"
KEY = base64.b64encode(b"0123456789abcdef").decode()
UPGRADE = ("GET /ws HTTP/1.1\r\nHost: placed.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
           f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n")


@pytest.fixture(name="web", scope="module")
def fixture_web(tmp_path_factory):
    web = tmp_path_factory.mktemp("web")
    (web / "index.html").write_text("<!doctype html><title>canvas</title>" + "<p>a long page</p>" * 2000)
    return web


@pytest.fixture(name="talk", params=["plain", "tls 1.2", "tls 1.3"], scope="module")
def fixture_talk(request, tmp_path_factory, web):
    folder = tmp_path_factory.mktemp("server")
    args, tls = ["--web", str(web)], None
    if request.param != "plain":
        place, certificate = Place(folder), Certificate(folder, "ec one")
        place.put(certificate.cert, certificate.key)
        args += place.args
        version = ssl.TLSVersion.TLSv1_2 if request.param == "tls 1.2" else ssl.TLSVersion.TLSv1_3
        tls = context(("http/1.1",), lowest=version, highest=version)
    server = Server(folder / "data", args=args).start()
    wait_ready(server)

    def talk(**more):
        return Talk(server, tls, **more)

    talk.server = server
    yield talk
    server.close()
    assert not server.reports, "\n".join(server.reports)


def good_info(answer):
    assert answer.status == 200, answer
    return json.loads(answer.body)["protocol"] == "placed.1"


def edit(x, head="", body="", query=True, path="/edit"):
    parameters = f"?x={x % 1000}&y=7&c=3" if query else ""
    return f"POST {path}{parameters} HTTP/1.1\r\nHost: a\r\n{head}\r\n{body}"


# ---- the cases that libraries, tools and shared links brought up

@pytest.mark.parametrize("text", [
    "GET /?ref=100% HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /?a=%zz&b=%2 HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /? HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /?a?b=c&&=&d HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /?q=" + "a" * 7000 + " HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://a?b HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET HTTP://A:8080/ HTTP/1.1\r\nHost: b\r\n\r\n",
    "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "GET / HTTP/1.1\r\nhOST: a\r\nX-Empty:\r\nX-Blank:  \t \r\nX-Utf8: \u00e4\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2, foo/2\r\n\r\n",
    "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%69ndex%2ehtml HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n" + "".join(f"X-{i}: y\r\n" for i in range(90)) + "\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + "a" * 7900 + "\r\n\r\n",
])
def test_a_request_of_any_form_gets_the_page_and_leaves_the_connection(talk, text):
    with talk() as client:
        for _ in range(2):
            answer = client.ask(text)
            assert (answer.status, answer.version) == (200, "HTTP/1.1") and answer.body.startswith(b"<!doctype"), answer
            assert "connection" not in answer.headers
        assert good_info(client.ask(INFO))


@pytest.mark.parametrize("head,status", [
    ("Cookie: " + "a" * 16000, 431), ("Cookie: " + "a" * 8200, 431),
    ("\r\n".join(f"X-{i}: y" for i in range(101)), 431),
])
def test_too_much_head_is_431_in_json(talk, head, status):
    with talk() as client:
        answer = client.ask(f"GET /info HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n")
        assert answer.status == status and json.loads(answer.body)["error"], answer
        assert answer.headers["connection"] == "close" and client.ended()


def test_http_10_ends_unless_it_is_asked_to_stay(talk):
    with talk() as client:
        answer = client.ask("GET /info HTTP/1.0\r\n\r\n")
        assert good_info(answer) and answer.headers["connection"] == "close" and client.ended()
    with talk() as client:
        for _ in range(3):
            answer = client.ask("GET /info HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
            assert good_info(answer) and answer.headers["connection"] == "keep-alive"
        answer = client.ask(INFO.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
        assert answer.headers["connection"] == "close" and client.ended()


@pytest.mark.parametrize("method", ["PURGE", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "MKCOL"])
def test_a_method_that_exists_but_not_here_is_405(talk, method):
    with talk() as client:
        answer = client.ask(f"{method} /canvas.png HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD") and json.loads(answer.body)["error"]
        assert good_info(client.ask(INFO))


def test_head_has_no_body_and_pipelining_survives_it(talk):
    with talk() as client:
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + INFO + "HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n" + INFO)
        assert int(client.answer(head_only=True).headers["content-length"]) > 30000
        assert good_info(client.answer())
        assert client.answer(head_only=True).status == 404
        assert good_info(client.answer())


# ---- bodies

@pytest.mark.parametrize("head,body", [
    ("", ""),
    ("Content-Length: 0\r\n", ""),
    ("Content-Length: 7\r\n", "ignored"),
    ("Content-Length: 2\r\nContent-Type: application/x-www-form-urlencoded\r\n", "{}"),
    ("Content-Length: 2\r\nContent-Type: application/json\r\n", "{}"),
    ("Content-Length: 5\r\nContent-Type: text/plain;charset=UTF-8\r\n", "hello"),
    ("Content-Length: 4096\r\n", "x" * 4096),
    ("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ("Transfer-Encoding: CHUNKED\r\n", "1;a=\"b\"\r\nx\r\n00\r\nTrailer: y\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\n", "fFf\r\n" + "x" * 4095 + "\r\n1\r\ny\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n" * 1000 + "0\r\n\r\n"),
])
def test_an_edit_with_any_body_on_any_connection(talk, head, body):
    with talk() as client:
        for x in range(3):
            answer = client.ask(edit(x, head, body))
            assert answer.status == 200 and json.loads(answer.body)["version"] >= 1, answer
            assert good_info(client.ask(INFO))


def pixel(talk, x, y, version):
    """Its colour in a picture that is not older than that version."""
    deadline = time.monotonic() + patient(15)
    while (picture := Picture(talk().ask("GET /canvas.png HTTP/1.1\r\nHost: a\r\n\r\n").body)).version < version:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return picture.pixels[y * 1000 + x]


BODIES = [
    ("application/x-www-form-urlencoded", "x={x}&y=500&c=5"),
    ("application/x-www-form-urlencoded; charset=UTF-8", "c=%35&y=5%30%30&x={x}&more=+"),
    ("application/json", '{{"x":{x},"y":500,"c":5}}'),
    ("application/json;charset=utf-8", ' \n{{ "c" : 5.0, "y":5e2, "x":{x}, "why": ["not", {{}}] }} '),
    ("application/x-www-form-urlencoded", '{{"x":{x},"y":500,"c":5}}'),  # curl -d
    ("text/plain;charset=UTF-8", '{{"x":{x},"y":500,"c":5}}'),  # fetch of a page
    (None, '{{"x":{x},"y":500,"c":5}}'),
]


@pytest.mark.parametrize("number", range(len(BODIES)))
def test_the_parameters_may_be_in_the_body(talk, number):
    kind, body = BODIES[number]
    x = 100 + number
    body = body.format(x=x)
    head = (f"Content-Type: {kind}\r\n" if kind else "") + f"Content-Length: {len(body)}\r\n"
    with talk() as client:
        assert good_info(client.ask(INFO))
        answer = client.ask(edit(0, head, body, query=False))
        assert answer.status == 200, answer
    assert pixel(talk, x, 500, json.loads(answer.body)["version"]) == 5


@pytest.mark.parametrize("query,kind,body,status,error", [
    ("", "application/json", '{"x":1,"y":2}', 400, "c: expected"),
    ("", "application/json", '{"x":"1","y":2,"c":3}', 400, "x: expected"),
    ("", "application/json", '{"x":1.5,"y":2,"c":3}', 400, "x: expected"),
    ("", "application/json", '{"x":-1024001,"y":2,"c":3}', 400, "x: expected"),
    ("", "application/json", '{"x":1e300,"y":2,"c":3}', 400, "x: expected"),
    ("", "application/json", '{"x":1,"y":1024000,"c":3}', 400, "y: expected"),
    ("", "application/json", '{"x":1,"y":null,"c":3}', 400, "y: expected"),
    ("", "application/json", '{"x":1,"x":2,"y":2,"c":3}', 400, "x: expected one"),
    ("", "application/json", '{"X":1,"y":2,"c":3}', 400, "x: expected"),
    ("?x=1", "application/json", '{"x":1,"y":2,"c":3}', 400, "x: expected one"),
    ("?x=1", "application/x-www-form-urlencoded", "x=1&y=2&c=3", 400, "x: expected one"),
    ("", "application/x-www-form-urlencoded", "x=1&x=1&y=2&c=3", 400, "x: expected one"),
    ("", "application/x-www-form-urlencoded", "x=1&y=2", 400, "c: expected"),
    ("", "application/x-www-form-urlencoded", "x=0x1&y=2&c=3", 400, "x: expected"),
    ("", "application/json", "[1,2,3]", 400, "body: expected"),
    ("", "application/json", '{"x":1,"y":2,"c":3', 400, "body: expected"),
    ("", "application/json", '{"x":1,"y":2,"c":3}}', 400, "body: expected"),
    ("", "application/json", '{"x":1,"y":2,"c":3}\0', 400, "body: expected"),
    ("", "application/json", "", 400, "x: expected"),
    ("", "application/json", '{"x":' * 500, 400, "body: expected"),
    ("", "text/plain", "x=1&y=2&c=3", 400, "x: expected"),
    ("?x=1&y=2&c=3", "multipart/form-data; boundary=b", "--b--", 415, "content-type: expected"),
    ("?x=1&y=2&c=3", "application/octet-stream", "abc", 415, "content-type: expected"),
    ("?x=1&y=2&c=3", "application/json", "nonsense", 400, "body: expected"),
])
def test_what_is_wrong_with_the_parameters_is_named(talk, query, kind, body, status, error):
    before = talk.server.metric("placed_edits_taken_total")
    with talk() as client:
        answer = client.ask(edit(0, f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n", body, False, "/edit" + query))
        assert answer.status == status and json.loads(answer.body)["error"].startswith(error), answer
        assert good_info(client.ask(INFO)), "the connection goes on"
    assert talk.server.metric("placed_edits_taken_total") == before


def test_100_continue_is_sent_when_the_body_is_waited_for(talk):
    with talk() as client:
        head = edit(1, "Expect: 100-continue\r\nContent-Length: 3\r\n")
        assert client.ask(head).status == 100
        assert client.ask("abc").status == 200
        assert client.ask(head + "abc").status == 200, "it is there already"
        client.send(edit(1, "Expect: 100-continue\r\n"))
        assert client.answer().status == 200, "there is none"
        answer = client.ask(edit(1, "Expect: 100-continue\r\nContent-Length: 5000\r\n"))
        assert answer.status == 413 and client.ended()
    with talk() as client:
        client.send("POST /edit?x=1&y=1&c=1 HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        time.sleep(0.3)
        client.send("abc")
        assert client.answer().status == 200, "HTTP/1.0 knows no 100"


def test_a_body_that_comes_slowly_is_read_and_one_that_does_not_is_408(talk):
    with talk() as client:
        for piece in (edit(3, "Transfer-Encoding: chunked\r\n"), "5\r", "\nab", "cde\r", "\n", "0", "\r\n", "\r\n"):
            client.send(piece)
            time.sleep(0.05)
        assert client.answer().status == 200
        started = time.monotonic()
        client.send(edit(3, "Content-Length: 3\r\n") + "a")
        answer = client.answer()
        assert answer.status == 408 and json.loads(answer.body)["error"].startswith("body"), answer
        assert 5 < time.monotonic() - started < patient(20)
    assert good_info(talk().ask(INFO))


# ---- in pieces and in heaps

def test_every_way_to_cut_a_request_in_two(talk):
    text = (edit(4, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                 "10\r\n{\"x\":1,\"y\":2,\"c\"\r\n3\r\n:3}\r\n0\r\n\r\n", query=False)).encode()
    with talk() as client:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(1, len(text), 1 if len(text) < 60 else 3):
            client.send(text[:i])
            time.sleep(0.002)
            client.send(text[i:] + INFO.encode())
            assert client.answer().status == 200, i
            assert good_info(client.answer()), i


def test_a_byte_at_a_time(talk):
    """Over TLS each byte is a record. They are there at once when the first request has been answered."""
    for _ in range(20):
        with talk() as client:
            for byte in "\r\n" + edit(5, "Content-Length: 2\r\n", "{}") + INFO:
                client.send(byte)
            assert client.answer().status == 200
            assert good_info(client.answer())


def test_hundreds_of_pipelined_requests_are_answered_in_order(talk):
    paths = ["/info", "/nothing", "/", "/canvas.png", "/edit"]
    with talk(timeout=patient(30)) as client:
        client.send("".join(f"GET {paths[i % 5]} HTTP/1.1\r\nHost: a\r\n\r\n" for i in range(300)))
        expected = [200, 404, 200, 200, 405]
        for i in range(300):
            assert client.answer().status == expected[i % 5], i
        client.send("".join(edit(i, "Content-Length: 2\r\n", "{}") for i in range(20)))
        versions = [json.loads(client.answer().body)["version"] for _ in range(20)]
        assert versions == sorted(set(versions))


def test_half_closed_clients_get_their_answer(talk):
    if "tls" in str(talk.server.args):
        pytest.skip("TLS ends both ways")
    for text in (INFO, edit(1), "GET /canvas.png HTTP/1.1\r\nHost: a\r\n\r\n", INFO * 3):
        with talk() as client:
            client.send(text)
            client.sock.shutdown(socket.SHUT_WR)
            for _ in range(text.count("HTTP/1.1")):
                assert client.answer().status == 200
            assert client.ended()


# ---- the upgrade, among all this

def hello(client):
    while client.buffer.count(b'"hello"') == 0:
        client._more()
    return client.buffer[0] == 0x81


def upgraded(client):
    while b"\r\n\r\n" not in client.buffer:
        client._more()
    head, _, client.buffer = client.buffer.partition(b"\r\n\r\n")
    return head.startswith(b"HTTP/1.1 101 ") and hello(client)


def frames_go_both_ways(client):
    client.buffer = b""
    client.send(raw.frame(raw.PING, b"are you there"))
    while b"are you there" not in client.buffer:
        client._more()
    client.send(raw.frame(raw.BINARY, (1).to_bytes(4, "little") + bytes(3)))
    while b'"placed"' not in client.buffer:
        client._more()
    return True


@pytest.mark.parametrize("before", ["", INFO, INFO * 2, edit(1, "Content-Length: 2\r\n", "{}"),
                                    "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"],
                         ids=["first", "after one", "after two", "after an edit", "after a 404"])
def test_an_upgrade_on_a_connection_that_was_used_before(talk, before):
    with talk() as client:
        if before:
            client.send(before)
            for _ in range(before.count("HTTP/1.1")):
                client.answer()
        client.send(UPGRADE)
        assert upgraded(client) and frames_go_both_ways(client)


def test_an_upgrade_a_byte_at_a_time_right_behind_an_edit(talk):
    for _ in range(20):
        with talk() as client:
            for byte in edit(5, "Content-Length: 2\r\n", "{}") + UPGRADE:
                client.send(byte)
            assert client.answer().status == 200
            assert upgraded(client) and frames_go_both_ways(client)


@pytest.mark.parametrize("pieces", [2, 3, 7, 40])
def test_an_upgrade_in_pieces(talk, pieces):
    """Over TLS each is a record of its own."""
    cuts = [i * len(UPGRADE) // pieces for i in range(pieces + 1)]
    with talk() as client:
        for a, b in zip(cuts, cuts[1:]):
            client.send(UPGRADE[a:b])
            time.sleep(0.01)
        assert upgraded(client) and frames_go_both_ways(client)


def test_a_request_in_pieces_and_then_an_upgrade(talk):
    """Over TLS libwebsockets has been given the beginning of the first, and cannot take the second."""
    with talk() as client:
        client.send(INFO[:10])
        time.sleep(0.1)
        client.send(INFO[10:])
        assert good_info(client.answer())
        client.send(UPGRADE)
        if not talk.server.addresses["listening"][0] == "https":
            assert upgraded(client) and frames_go_both_ways(client)
        else:
            answer = client.answer()
            assert answer.status == 400 and "of its own" in json.loads(answer.body)["error"], answer


def test_an_upgrade_behind_another_request(talk):
    with talk() as client:
        client.send(INFO + UPGRADE)
        assert good_info(client.answer())
        if talk.server.addresses["listening"][0] == "http":
            assert upgraded(client) and frames_go_both_ways(client)
        else:
            assert client.answer().status == 400


def test_data_behind_the_upgrade_is_refused(talk):
    with talk() as client:
        client.send(UPGRADE.encode() + raw.frame(raw.BINARY, (1).to_bytes(4, "little") + bytes(3)))
        try:
            while True:
                client._more()
        except (EOFError, ConnectionResetError):
            pass
        assert client.buffer.startswith(b"HTTP/1.1 101 ") and b"placed\"" not in client.buffer


def test_a_long_head_can_be_an_upgrade(talk):
    long = UPGRADE.replace("\r\n\r\n", "\r\nCookie: " + "c" * 7000 + "\r\nUser-Agent: " + "u" * 500 + "\r\n\r\n")
    with talk() as client:
        client.send(long)
        assert upgraded(client) and frames_go_both_ways(client)


@pytest.mark.parametrize("change,status", [
    (("GET", "POST"), 405), (("HTTP/1.1", "HTTP/1.0"), 400), (("Host", "Content-Length: 2\r\nHost"), 400),
    (("Version: 13", "Version: 8"), 426), ((KEY, "not a key"), 400), ((KEY, KEY[:-1] + "x"), 400),
    (("/ws", "/canvas.png"), 404), (("/ws", "/ws/"), 404), (("/ws", "//ws"), 404),
    (("Host", "Sec-WebSocket-Protocol: other\r\nHost"), 400), (("Host", "Origin: https://evil.test\r\nHost"), 403),
])
def test_an_upgrade_that_is_none_is_answered_in_json(talk, change, status):
    with talk() as client:
        answer = client.ask(UPGRADE.replace(*change, 1) + "ab")
        assert answer.status == status and json.loads(answer.body)["error"], answer


def test_nothing_is_left_behind(talk):
    deadline = time.monotonic() + patient(45)  # as long as a connection may be idle
    while (talk.server.metric("placed_connections"), talk.server.metric("placed_sessions")) != (1, 0):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert os.path.exists(f"/proc/{talk.server.process.pid}")
