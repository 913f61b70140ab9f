# SPDX-License-Identifier: ISC
"""The WebSocket as PROTOCOL.md has it: the handshake, the first words, every close code."""
import json
import re
import os
import socket
import struct
import time

import pytest
import raw
from patience import patient
from raw import BINARY, CLOSE, PING, PONG, TEXT, WebSocket, frame
from server import Server
from test_http import SANITIZED, wait_ready


@pytest.fixture(name="server")
def fixture_server(tmp_path):
    server = Server(tmp_path / "data", args=["--origin", "https://friend.test"]).start()
    wait_ready(server)
    yield server
    server.close()
    assert not server.reports, "\n".join(server.reports)


def edits(number, *words):
    return struct.pack("<I", number) + b"".join(word.to_bytes(3, "little") for word in words)


def word(x, y, colour):
    return x | y << 10 | colour << 20


def say(socket_):
    return json.loads(socket_.until(TEXT))


# ---- the handshake

def test_the_first_word_is_hello(server):
    with WebSocket(server) as ws:
        assert ws.status == 101
        assert b"sec-websocket-protocol" not in ws.head.lower()
        hello = say(ws)
    assert (hello["type"], hello["protocol"], hello["version"]) == ("hello", "placed.1", 0)
    assert hello["readonly"] is False and hello["energy"]["policy"]
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d+", hello["user"]), "a pseudonym"


def test_a_page_with_several_connections_is_one_person(server):
    with WebSocket(server) as person, WebSocket(server, path="/ws?companion=1") as companion:
        assert say(person)["online"] == say(companion)["online"] == 1
        with WebSocket(server, path="/ws?from=0&companion=1") as another, WebSocket(server) as other:
            assert (say(another)["online"], say(other)["online"]) == (1, 2)
            assert (server.metric("placed_sessions"), server.metric("placed_people")) == (4, 2)
        deadline = time.monotonic() + patient(20)
        while (server.metric("placed_sessions"), server.metric("placed_people")) != (2, 1):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_the_subprotocol_is_named_when_it_is_asked_for(server):
    for value in ("placed.1", "other, placed.1"):
        with WebSocket(server, headers=[f"Sec-WebSocket-Protocol: {value}"]) as ws:
            assert ws.status == 101
            assert b"\r\nsec-websocket-protocol: placed.1" in ws.head.lower()
    with WebSocket(server, headers=["Sec-WebSocket-Protocol: other"]) as ws:
        assert ws.status == 400


def test_no_compression_is_agreed_on(server):
    with WebSocket(server, headers=["Sec-WebSocket-Extensions: permessage-deflate"]) as ws:
        assert ws.status == 101 and b"extensions" not in ws.head.lower()


@pytest.mark.parametrize("origin,status", [
    (None, 101), ("http://placed.test", 101), ("https://PLACED.test", 101), ("https://friend.test", 101),
    ("https://evil.test", 403), ("null", 403), ("http://placed.test.evil.test", 403), ("http://placed.test:81", 403),
    ("http://friend.test", 403), ("https://friend.test.evil.test", 403), ("placed.test", 403),
    ("http://" + "a" * 600, 403),
])
def test_only_our_own_pages_and_our_friends_may_connect(server, origin, status):
    with WebSocket(server, headers=[f"Origin: {origin}"] if origin else []) as ws:
        assert ws.status == status


@pytest.mark.parametrize("path,version,headers,status", [
    ("/", "13", [], 404), ("/events", "13", [], 404), ("/canvas.png", "13", [], 404), ("/ws", "8", [], 426),
    ("/ws", "", [], 426), ("/ws", "131", [], 426),
])
def test_a_handshake_that_is_none(server, path, version, headers, status):
    with WebSocket(server, path=path, version=version, headers=headers) as ws:
        assert ws.status == status


@pytest.mark.parametrize("lines,status", [
    (["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"], 400),
    (["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: short"], 400),
    (["Connection: close", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + "A" * 24], 400),
    (["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"], 426),
    (["Connection: Upgrade", "Upgrade: h2c, websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + "A" * 24], 400),
])
def test_headers_that_are_missing_or_wrong(server, lines, status):
    text = "GET /ws HTTP/1.1\r\nHost: a\r\n" + "".join(line + "\r\n" for line in lines) + "\r\n"
    with raw.connect(server) as sock:
        sock.sendall(text.encode())
        assert raw.status(sock.recv(4096)) == status


# ---- from

@pytest.mark.parametrize("query", [
    "?from=99", "?from=garbage", "?from=", "?from=-1", "?from=1e3", "?from=" + "1" * 20, "?from=0&from=1",
    "?from=" + "7" * 2000,
])
def test_a_version_from_nowhere_is_reset(server, query):
    with WebSocket(server, path="/ws" + query) as ws:
        assert say(ws)["type"] == "hello"
        assert say(ws) == {"type": "reset", "version": 0}


def test_going_on_from_a_version(server):
    for x in range(3):
        server.request("POST", f"/edit?x={x}&y=0&c=1")
    with WebSocket(server, path="/ws?from=1") as ws:
        assert say(ws)["version"] == 1
        version, got = 1, b""
        while version < 3:  # in one frame, or what the last tick had and then the rest
            payload = ws.until(BINARY)
            version, got = struct.unpack("<Q", payload[:8])[0], got + payload[8:]
        assert (version, got) == (3, edits(0, word(1, 0, 1), word(2, 0, 1))[4:])


# ---- edits

def test_an_edit_comes_back_as_a_frame_and_then_as_placed(server):
    with WebSocket(server) as ws:
        ws.send(BINARY, edits(7, word(999, 999, 15), word(0, 0, 0)))
        frame_ = ws.until(BINARY)
        placed = say(ws)
    assert frame_[8:] == edits(0, word(999, 999, 15), word(0, 0, 0))[4:]
    assert placed == {"type": "placed", "id": 7, "version": struct.unpack("<Q", frame_[:8])[0]}


@pytest.mark.parametrize("n", [1, 10, 256])
def test_nothing_that_was_sent_behind_the_upgrade_is_taken(server, n):
    """RFC 6455 forbids it, and libwebsockets would read it from where its own answer is."""
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    request = (f"GET /ws HTTP/1.1\r\nHost: placed.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
               f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nPadding: {'p' * 200}\r\n\r\n")
    answer = raw.request(server, request.encode() + frame(BINARY, edits(1, *[word(5, 0, 3)] * n)))
    assert raw.status(answer) == 101
    assert struct.pack(">H", 1002) + b"data before" in answer
    assert json.loads(server.request("GET", "/info").body)["version"] == 0


def test_an_edit_off_the_canvas_is_refused_whole(server):
    with WebSocket(server) as ws:
        say(ws)
        ws.send(BINARY, edits(1, word(1, 1, 1), word(1000, 0, 1)))
        assert say(ws) == {"type": "refused", "id": 1, "reason": "range", "retry_ms": 0}
        ws.send(BINARY, edits(2, word(1, 1, 1)))
        assert say(ws)["id"] == 2
    assert server.metric("placed_edits_folded_total") == 1


def test_a_message_in_pieces(server):
    whole = edits(1, *[word(x, 0, 1) for x in range(256)])
    with WebSocket(server) as ws:
        say(ws)
        ws.send(BINARY, whole[:5], final=False)
        ws.send(PING, b"between")
        ws.send(0, b"", final=False)
        ws.send(0, whole[5:700], final=False)
        ws.send(0, whole[700:])
        assert ws.until(PONG) == b"between"
        assert say(ws)["type"] == "placed"
        dribble = frame(BINARY, edits(2, *[word(x, 1, 1) for x in range(100)]))
        for i in range(0, len(dribble), 7):
            ws.sock.sendall(dribble[i:i + 7])
            time.sleep(0.002)
        assert say(ws)["id"] == 2
        ws.send(TEXT, b'{"type":', final=False)
        ws.send(0, b'"energy"}')
        assert say(ws)["type"] == "energy"


def test_a_thousand_messages_get_few_answers(server):
    with WebSocket(server) as ws:
        say(ws)
        ws.sock.sendall(b"".join(frame(BINARY, edits(i, word(i % 1000, 5, 3))) for i in range(1, 1001)))
        answers = 0
        while True:
            said = say(ws)
            answers += said["type"] == "placed"
            if said["type"] == "placed" and said["id"] == 1000:
                break
        assert answers < 100


def test_the_energy_can_be_asked_for(server):
    with WebSocket(server) as ws:
        say(ws)
        ws.send(TEXT, b' {"type": "energy", "more": [1, {"a": null}]} ')
        assert say(ws)["type"] == "energy"


# ---- every way to be closed

FAULTS = {
    "no edits": (1007, [frame(BINARY, b"")]),
    "an id alone": (1007, [frame(BINARY, edits(1))]),
    "half an edit": (1007, [frame(BINARY, edits(1, 1) + b"x")]),
    "an id of 0": (1008, [frame(BINARY, edits(0, 1))]),
    "an id twice": (1008, [frame(BINARY, edits(5, 1)), frame(BINARY, edits(5, 1))]),
    "an id that falls": (1008, [frame(BINARY, edits(5, 1)), frame(BINARY, edits(4, 1))]),
    "257 edits": (1009, [frame(BINARY, edits(1, *[1] * 257))]),
    "257 edits in pieces": (1009, [frame(BINARY, b"x" * 700, final=False), frame(0, b"x" * 73, final=False)]),
    "2^40 announced": (1009, [frame(BINARY, b"x", length=1 << 40)]),
    "2^62 announced": (1009, [frame(BINARY, b"x", length=1 << 62)]),
    "2^40 announced for text": (1009, [frame(TEXT, b"x", length=1 << 40)]),
    "1,025 bytes of text": (1009, [frame(TEXT, b" " * 1025)]),
    "text that grows in pieces": (1009, [frame(TEXT, b" " * 600, final=False), frame(0, b" " * 600, final=False)]),
    "an empty text": (1007, [frame(TEXT, b"")]),
    "text that is not JSON": (1007, [frame(TEXT, b"hello")]),
    "JSON that is no object": (1007, [frame(TEXT, b'["energy"]')]),
    "more behind the object": (1007, [frame(TEXT, b'{"type":"energy"} x')]),
    "an object cut off": (1007, [frame(TEXT, b'{"type":"energy"')]),
    "a NUL": (1007, [frame(TEXT, b'{"type":"energy"}\0')]),
    "deep nesting": (1007, [frame(TEXT, b'{"a":' + b"[" * 1000)]),
    "text that is not UTF-8": (1007, [frame(TEXT, b'{"type":"\xff"}')]),
    "an overlong form": (1007, [frame(TEXT, b'{"type":"\xc0\xaf"}')]),
    "a surrogate": (1007, [frame(TEXT, b'{"type":"\xed\xa0\x80"}')]),
    "a character cut off": (1007, [frame(TEXT, b'{"type":"\xe2\x82')]),
    "an unknown type": (1008, [frame(TEXT, b'{"type":"sudo"}')]),
    "no type": (1008, [frame(TEXT, b"{}")]),
    "a type that is no string": (1008, [frame(TEXT, b'{"type":1}')]),
    "no mask on binary": (1002, [frame(BINARY, edits(1, 1), mask=False)]),
    "no mask on text": (1002, [frame(TEXT, b'{"type":"energy"}', mask=False)]),
    "no mask on a long frame": (1002, [frame(BINARY, edits(1, *[1] * 200), mask=False)]),
    "no mask after one": (1002, [frame(BINARY, edits(1, 1)), frame(BINARY, edits(2, 1), mask=False)]),
    "reserved bits": (1002, [frame(BINARY, edits(1, 1), reserved=4)]),
    "an unknown opcode": (1002, [frame(3, b"x")]),
    "an unknown control opcode": (1002, [frame(11, b"x")]),
    "a ping in pieces": (1002, [frame(PING, b"x", final=False)]),
    "a continuation of nothing": (1002, [frame(0, b"x")]),
    "a message within a message": (1002, [frame(BINARY, b"x", final=False), frame(BINARY, edits(1, 1))]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_who_breaks_the_protocol_is_told_how(server, name):
    code, frames = FAULTS[name]
    with WebSocket(server) as ws:
        say(ws)
        for one in frames:
            ws.sock.sendall(one)
        assert ws.closed_with() == code


@pytest.mark.parametrize("frames", [[frame(PING, b"x" * 126)], [frame(CLOSE, b"x" * 200)]])
def test_a_control_frame_that_is_too_long_ends_the_connection(server, frames):
    with WebSocket(server) as ws:
        say(ws)
        ws.sock.sendall(b"".join(frames))
        assert ws.closed_with() in (0, 1002)


def test_faults_leave_nothing_behind(server):
    for code, frames in FAULTS.values():
        with WebSocket(server) as ws:
            for one in frames:
                ws.sock.sendall(one)
            ws.closed_with()
    deadline = time.monotonic() + patient(15)
    while server.metric("placed_sessions") != 0 or server.metric("placed_connections") != 1:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert server.metric("placed_protocol_errors_total") > 10


def test_a_close_is_answered(server):
    with WebSocket(server) as ws:
        say(ws)
        ws.send(CLOSE, struct.pack(">H", 1000))
        assert ws.closed_with() == 1000


@pytest.mark.long
@pytest.mark.heavy
def test_who_does_not_answer_pings_is_told_to_come_back(server):
    with WebSocket(server, timeout=patient(100)) as ws:
        ws.pongs = False
        say(ws)
        pings = 0
        started = time.monotonic()
        while True:
            kind, payload = ws.receive()
            pings += kind == PING
            if kind == CLOSE:
                break
        assert pings >= 1 and struct.unpack(">H", payload[:2])[0] == 4001
        assert 25 < time.monotonic() - started < patient(95)


def most_unsent(port):
    """Bytes that the kernel keeps for the client of a port that is furthest behind."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        sockets = [line.split() for line in list(table)[1:]]
    return max(int(fields[4].partition(":")[0], 16) for fields in sockets
               if int(fields[1].partition(":")[2], 16) == port)


@pytest.mark.long
def test_who_does_not_read_is_closed_and_costs_little(server):
    """500 readers that never read, while one paints: bounded memory, and the painter is served."""
    count = int(os.environ.get("PLACED_STALLED", "300"))
    stalled = [WebSocket(server, receive_buffer=2048, wait=False) for _ in range(count)]
    try:
        with WebSocket(server, timeout=patient(30)) as painter:
            say(painter)
            before = server.resident_bytes()
            number, deadline, unsent = 0, time.monotonic() + patient(40), 0
            while server.metric("placed_fell_behind_total") < count * 0.9:
                assert time.monotonic() < deadline, server.metric("placed_fell_behind_total")
                words = [word((number * 256 + i) % 1000, number % 1000, number % 16) for i in range(256)]
                for _ in range(100):
                    number += 1
                    painter.send(BINARY, edits(number, *words))
                while say(painter).get("id") != number:
                    pass
                unsent = max(unsent, most_unsent(int(server.addresses["listening"][2])))
            assert 60_000 < unsent < 256 * 1024, "two of the longest frames, and what the window takes"
            if not SANITIZED:  # whose freed memory stays resident for a while
                assert server.resident_bytes() - before < count * 100_000 + 30_000_000
    finally:
        for ws in stalled:
            ws.sock.close()


@pytest.mark.parametrize("path", ["/ws", "/ws?from=0", "/ws?from=garbage"])
def test_the_hello_comes_with_the_answer_to_the_upgrade(server, path):
    """In one packet: another one would cost the server as much as the rest of the handshake."""
    _, host, port = server.addresses["listening"]
    with socket.create_connection((host, port), 10) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        answer, _, rest = client.recv(4096).partition(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 101 ") and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer
    begin, length = (4, int.from_bytes(rest[2:4], "big")) if rest[1] == 126 else (2, rest[1])
    assert rest[0] == 0x81 and len(rest) >= begin + length, rest  # a whole text frame
    hello = json.loads(rest[begin:begin + length])
    assert (hello["type"], hello["protocol"], hello["version"]) == ("hello", "placed.1", 0)


def test_the_end_of_the_server_is_told(server):
    with WebSocket(server) as ws, WebSocket(server) as other:
        say(ws)
        say(other)
        for number in (1, 2):  # the first one goes to the log at once, the second waits for its batch
            ws.send(BINARY, edits(number, word(1, 1, number)))
            deadline = time.monotonic() + patient(20)
            while server.metric("placed_edits_taken_total") < number:
                assert time.monotonic() < deadline
        server.process.terminate()
        seen = []
        while True:
            kind, payload = ws.receive()
            seen.append(kind if kind != TEXT else json.loads(payload)["type"])
            if kind == CLOSE:
                assert struct.unpack(">H", payload[:2])[0] == 1012
                break
        assert seen.count("placed") == 2  # what was in flight was settled first
        assert other.closed_with() == 1012
    assert server.wait_exit() == 0
