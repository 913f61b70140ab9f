# SPDX-License-Identifier: ISC
"""Clients that mean harm: slow, noisy, too many, or speaking another protocol. The server stays as it was."""
import contextlib
import os
import random
import socket
import time

import pytest
import raw
from patience import patient
from raw import WebSocket
from server import Server
from test_http import SANITIZED, wait_ready

@pytest.fixture(name="server")
def fixture_server(tmp_path):
    server = Server(tmp_path / "data").start()
    wait_ready(server)
    yield server
    server.close()
    assert not server.reports, "\n".join(server.reports)


def cpu_seconds(server):
    fields = open(f"/proc/{server.process.pid}/stat", encoding="ascii").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load_over(server, seconds):
    """The share of a processor that the server takes in the next seconds."""
    before, began = cpu_seconds(server), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(server) - before) / (time.monotonic() - began)


def comes_to_rest(server):
    """It takes hardly any of a processor, as soon as it has done what there was to do."""
    return any(load_over(server, 2) < 0.05 for _ in range(patient(3)))


def still_serves(server):
    assert server.get("/info").status == 200
    with WebSocket(server) as ws:
        assert ws.status == 101
    assert server.request("POST", "/edit?x=1&y=1&c=1").status == 200


def seconds_until_closed(server, first, drip=b"", every=0.5, limit=patient(40)):
    """How long the server bears a client that sends `first` and then `drip`, again and again."""
    with raw.connect(server, timeout=every) as sock:
        started = time.monotonic()
        sock.sendall(first)
        while time.monotonic() - started < limit:
            try:
                if not sock.recv(4096):
                    break
            except socket.timeout:
                pass
            except ConnectionResetError:
                break
            try:
                sock.sendall(drip)
            except (ConnectionResetError, BrokenPipeError):
                break
        return time.monotonic() - started


# ---- other protocols

@pytest.mark.parametrize("text,status", [
    (b"CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n", 404),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 64, 501),
    (b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c, websocket\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 600, 400),
    (b"SSH-2.0-OpenSSH_9\r\n\r\n", 400),
    (b"GET /\r\n\r\n", 400),
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505),
    (b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nGET / HTTP/1.1\r\n\r\n", 400),
    (b"GET /no\0thing HTTP/1.1\r\n\r\n", 400),
    (b"\r\n\r\n\r\nGET nothing HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (b"GET gopher://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (b"GET http://user@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (b"GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (b"GET /info#part HTTP/1.1\r\nHost: a\r\n\r\n", 400),
], ids=["CONNECT", "h2", "h2c and websocket", "TLS", "SSH", "no version", "HTTP/2.0", "HTTP/9.9", "no method",
        "small letters", "two methods", "a NUL", "no path", "another scheme", "a user", "no host", "a fragment"])
def test_another_protocol_is_shown_the_door(server, text, status):
    answer = raw.request(server, text)
    assert raw.status(answer) == status, answer[:200]
    assert b'{"error":' in answer and answer.count(b"\r\nDate: ") == 1
    still_serves(server)


def test_binary_noise(server):
    noise = random.Random(1)
    for _ in range(60):
        send_and_leave(server, noise.randbytes(noise.randrange(1, 3000)))
    still_serves(server)
    wait_for_connections(server, 0)


def send_and_leave(server, data):
    with raw.connect(server) as sock:
        try:
            sock.sendall(data)
        except (ConnectionResetError, BrokenPipeError):
            pass


def wait_for_connections(server, others, seconds=30):
    """Until only those are connected, and the one that asks."""
    deadline = time.monotonic() + patient(seconds)
    while (count := server.metric("placed_connections")) != others + 1:
        assert time.monotonic() < deadline, f"{count} connections"
        time.sleep(0.1)


# ---- too much

@pytest.mark.parametrize("text", [
    b"GET /info HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(5000)) + b"\r\n",
    b"GET /info HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /info?" + b"a=b&" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /info HTTP/1.1\r\nHost: a\r\nCookie: " + b"c=d; " * 30_000 + b"\r\n\r\n",
], ids=["many", "a long one", "a long path", "a long query", "a long cookie"])
def test_headers_without_end(server, text):
    answer = raw.request(server, text)
    assert raw.status(answer) == 431, answer[:100]
    still_serves(server)
    wait_for_connections(server, 0)


EDIT = b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\n"
INSIDE = b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n"  # what a smuggler wants to be read as a request


@pytest.mark.parametrize("text,status", [
    (EDIT + b"Content-Length: -1\r\n\r\n", 400),
    (EDIT + b"Content-Length: +1\r\n\r\na", 400),
    (EDIT + b"Content-Length: 1x\r\n\r\na", 400),
    (EDIT + b"Content-Length: 0x10\r\n\r\n" + b"a" * 16, 400),
    (EDIT + b"Content-Length:\r\n\r\n", 400),
    (EDIT + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
    (EDIT + b"Content-Length: 5, 5\r\n\r\nabcde", 400),
    (EDIT + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + INSIDE, 501),
    (EDIT + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + INSIDE, 501),
    (EDIT + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + INSIDE, 501),
    (EDIT + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT.replace(b"/1.1", b"/1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Content-Length : 3\r\n\r\nabc", 400),
    (EDIT + b"X: a\r\n b\r\n\r\n" + INSIDE, 400),
    (EDIT + b"X: a\r\n\tContent-Length: 3\r\n\r\n" + INSIDE, 400),
    (EDIT + b"X: a\nContent-Length: 3\r\n\r\nabc", 400),
    (EDIT + b"X: a\rContent-Length: 3\r\n\r\nabc", 400),
    (EDIT + b"\n" + INSIDE, 400),
    (b" " + EDIT + b"\r\n", 400),
    (EDIT + b"Host: b\r\n\r\n", 400),
    (b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\n\r\n", 400),
    (EDIT + b"Expect: a miracle\r\n\r\n", 417),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n1\n\na\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n1\rXa\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n 1\r\na\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n\r\na\r\n0\r\n\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n100000000\r\n" + INSIDE, 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 2000 + b"\r\na\r\n0\r\n\r\n", 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 400 + b"\r\n", 400),
    (EDIT + b"Transfer-Encoding: chunked\r\n\r\n1001\r\n" + b"a" * 4097 + b"\r\n0\r\n\r\n", 413),
    (EDIT + b"Content-Length: 4097\r\n\r\n" + b"a" * 4097, 413),
])
def test_what_could_be_read_in_two_ways_is_refused(server, text, status):
    """One answer, an error, the end of the connection; nothing behind it is taken for a request."""
    answer = raw.request(server, text)
    assert raw.status(answer) == status, answer[:200]
    assert answer.count(b"\r\nDate: ") == 1 and b"palette" not in answer
    assert b"Connection: close\r\n" in answer
    assert server.metric("placed_edits_taken_total") == 0


def test_a_body_without_end(server):
    with raw.connect(server, timeout=patient(5)) as sock:
        sock.sendall(b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n")
        started, sent = time.monotonic(), 0
        try:
            while time.monotonic() - started < patient(40):
                sent += sock.send(b"x" * 65536)
        except (ConnectionResetError, BrokenPipeError, socket.timeout):
            pass
        assert time.monotonic() - started < patient(35)
    assert server.metric("placed_edits_taken_total") == 0
    still_serves(server)


def test_who_still_sends_when_the_answer_comes_is_not_reset(server):
    """A client that writes its whole body before it reads: the answer must not be lost to a reset."""
    with raw.connect(server) as sock:
        sock.sendall(EDIT + b"Content-Length: 10000000\r\n\r\n")
        for _ in range(40):
            sock.sendall(b"x" * 1000)
            time.sleep(0.01)
        assert raw.status(sock.recv(65536)) == 413


# ---- too slow

@pytest.mark.limit(200)
@pytest.mark.parametrize("first,drip,limit", [
    (b"", b"", 20),
    (b"GET /info HTT", b"", 20),
    (b"GET /info HTTP/1.1\r\nX: ", b"a", 25),
    (b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n", b"a", 25),
    (b"GET /info HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n", b"a", 25),
], ids=["silence", "half a line", "a header drip by drip", "a body drip by drip", "an unwanted body drip by drip"])
def test_who_is_slow_is_closed_in_time(server, first, drip, limit):
    assert seconds_until_closed(server, first, drip) < patient(limit)
    still_serves(server)


def test_an_answer_that_nobody_reads_is_given_up(server):
    for i in range(40):
        server.request("POST", f"/edit?x={i}&y={i}&c={i % 15 + 1}")
    socks = []
    for _ in range(50):
        sock = raw.connect(server, receive_buffer=2048)
        sock.sendall(b"GET /canvas.png HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
        socks.append(sock)
    assert load_over(server, 3) < 0.9
    still_serves(server)
    for sock in socks:
        sock.close()
    wait_for_connections(server, 0)


# ---- clients that make a server turn in vain

EVENTS = b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("text,shut", [
    (EVENTS, False), (EVENTS + b"more", False), (EVENTS, True),
    (b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n" + EVENTS + b"more", False),
    (b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n" + EVENTS + b"more", True),
], ids=["quiet", "more than a request", "half closed", "pipelined", "pipelined and half closed"])
def test_an_event_stream_costs_nothing_while_it_is_quiet(server, text, shut):
    socks = [raw.connect(server) for _ in range(10)]
    for sock in socks:
        sock.sendall(text)
        if shut:
            sock.shutdown(socket.SHUT_WR)
    assert comes_to_rest(server)
    still_serves(server)
    for sock in socks:
        sock.close()


def test_pipelined_requests_are_answered_in_order(server):
    paths = ["/info", "/nothing", "/canvas.png", "/info", "/edit"]
    text = b"".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for path in paths)
    with raw.connect(server) as sock:
        sock.sendall(text)
        data, statuses = b"", []
        while len(statuses) < len(paths):
            data += sock.recv(65536)
            statuses = [int(part[:3]) for part in data.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 404, 200, 200, 405]


# ---- too many

def test_churn_in_the_middle_of_handshakes(server):
    whole = (b"GET /ws?from=0 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
    rng = random.Random(2)
    for _ in range(1000):
        sock = raw.connect(server)
        sock.sendall(whole[:rng.randrange(len(whole) + 1)])
        if rng.random() < 0.5:  # a reset instead of an orderly end
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.close()
    still_serves(server)
    wait_for_connections(server, 0)
    assert server.metric("placed_sessions") == 0


@pytest.mark.limit(100)
def test_no_more_descriptors(tmp_path):
    """prlimit --nofile=64: those who are in stay, the others are refused, and the processor rests."""
    server = Server(tmp_path / "data").start(prefix=("prlimit", "--nofile=64:64"))
    socks = []
    try:
        wait_ready(server)
        with WebSocket(server) as ws:
            assert ws.status == 101
            refused = 0
            for _ in range(400):
                sock = raw.connect(server, timeout=3)
                sock.sendall(b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n")
                socks.append(sock)
            for sock in socks:
                try:
                    refused += raw.status(sock.recv(4096)) != 200
                except (ConnectionResetError, socket.timeout):
                    refused += 1
            assert refused > 50
            assert comes_to_rest(server)
            ws.send(raw.PING, b"still here")
            assert ws.until(raw.PONG) == b"still here"
        for sock in socks:
            sock.close()
        deadline = time.monotonic() + patient(15)
        while server.get("/info").status != 200:
            assert time.monotonic() < deadline, "there is room again"
            time.sleep(0.2)
        still_serves(server)
        assert server.stderr().count("\n") < 50
    finally:
        for sock in socks:
            sock.close()
        server.close()
    assert not server.reports


def test_a_limit_of_connections(tmp_path):
    server = Server(tmp_path / "data", args=["--max-connections", "20"]).start()
    try:
        wait_ready(server)
        wait_for_connections(server, 0)
        sockets = [WebSocket(server) for _ in range(20)]
        assert [ws.status for ws in sockets] == [101] * 20
        wait_for_connections(server, 20)  # all of them are in, and stay
        with WebSocket(server) as one_more:
            assert one_more.status == 101 and one_more.closed_with() == 1013
        answer = server.get("/info")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert server.admin("/healthz").status == 200  # the operator still gets in
        for ws in sockets:
            ws.sock.close()
        deadline = time.monotonic() + patient(60)
        while server.get("/info").status != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        server.close()
    assert not server.reports


def test_the_operator_takes_no_place_of_anybody(tmp_path):
    server = Server(tmp_path / "data", args=["--max-connections", "5"]).start()
    try:
        wait_ready(server)
        _, host, port = server.addresses["admin"]
        with contextlib.ExitStack() as held:
            for _ in range(3):
                held.enter_context(socket.create_connection((host, port), timeout=patient(10)))
            sockets = [held.enter_context(WebSocket(server)) for _ in range(5)]
            assert [ws.status for ws in sockets] == [101] * 5
            deadline = time.monotonic() + patient(30)
            while (count := server.metric("placed_sessions")) != 5:  # all of them are in
                assert time.monotonic() < deadline, f"{count} sessions"
                time.sleep(0.1)
            with WebSocket(server) as one_more:
                assert one_more.closed_with() == 1013
    finally:
        server.close()
    assert not server.reports


def test_a_refused_upgrade_with_a_body_is_refused_all_the_same(server):
    head = (b"GET /ws HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")
    before = b"GET /info HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    for text in (head + b"Content-Length: 10\r\n\r\n", before + head + b"\r\n"):
        answer = raw.request(server, text)
        assert b"HTTP/1.1 101" not in answer
    assert server.metric("placed_sessions_total") == 0


def test_a_second_server_with_threads_cannot_take_half_of_the_clients(tmp_path):
    first = Server(tmp_path / "a", args=["--threads", "2"]).start()
    _, host, port = first.addresses["listening"]
    try:
        for threads in ("1", "2"):
            second = Server(tmp_path / f"b{threads}", args=["--threads", threads, "--listen", f"{host}:{port}"])
            with pytest.raises(RuntimeError, match="[Aa]ddress already in use"):
                second.start()
        answers = [first.get("/info").status for _ in range(20)]
        assert answers == [200] * 20
    finally:
        first.close()
    assert not first.reports


def test_what_is_in_flight_is_answered_before_the_end(server):
    with raw.connect(server) as edit, raw.connect(server) as idle:
        idle.sendall(b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n")
        assert raw.status(idle.recv(4096)) == 200
        edit.sendall(b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        deadline = time.monotonic() + patient(5)
        while server.metric("placed_edits_taken_total") == 0:
            assert time.monotonic() < deadline
        started = time.monotonic()
        server.process.terminate()
        answer = raw.read_all(edit)
        assert raw.status(answer) == 200
        assert server.wait_exit() == 0
        assert time.monotonic() - started < patient(6)


BODIES = {
    "an edit": b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "a bad edit": b"POST /edit?x=1&y=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "an edit of no length": b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty edit": b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    "a long body": b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc",
    "a wrong method": b"POST /info HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "a picture": b"GET /canvas.png HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "events": b"GET /events HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "nothing": b"PUT /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "a wrong length": b"POST /info HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
    "chunks": b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "a lie": b"POST /edit?x=1&y=1&c=1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nabc",
}


@pytest.mark.parametrize("before", [b"", b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n", b"HEAD /canvas.png HTTP/1.1\r\nHost: a\r\n\r\n"],
                         ids=["first", "after info", "after the picture"])
@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("behind", [b"", b"more", b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n", None],
                         ids=["alone", "and more", "and a request", "four times"])
def test_no_order_of_bodies_and_requests_stops_the_server(server_for_all, before, name, behind):
    server = server_for_all
    text = before + (BODIES[name] * 4 if behind is None else BODIES[name] + behind)
    with raw.connect(server, timeout=0.3) as sock:
        sock.sendall(text)
        try:
            while sock.recv(65536):
                pass
        except (socket.timeout, ConnectionResetError):
            pass
        assert server.get("/info", timeout=patient(5)).status == 200
    with raw.connect(server, timeout=0.3) as sock:  # and the same a byte at a time, as far as it goes
        try:
            for i in range(0, len(text), 29):
                sock.sendall(text[i:i + 29])
        except (ConnectionResetError, BrokenPipeError):
            pass
    assert server.get("/info", timeout=patient(5)).status == 200


@pytest.fixture(name="server_for_all", scope="module")
def fixture_server_for_all(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("shared") / "data").start()
    wait_ready(server)
    yield server
    server.close()
    assert not server.reports, "\n".join(server.reports)
