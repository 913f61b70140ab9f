# SPDX-License-Identifier: ISC
"""Random requests, pipelined, cut and torn at random places: the server answers others all the while."""
import socket
import time

import pytest
import raw
from patience import patient
from server import Server
from test_http import wait_ready

METHODS = ["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "OPTIONS", "DELETE", "CONNECT", "PATCH", "FOO"]
PATHS = ["/", "/info", "/canvas.png", "/edit?x=1&y=1&c=1", "/edit?x=", "/events", "/events?from=0", "/ws", "/nothing", "*",
         "/canvas.png?" + "a=b&" * 50]
HEADERS = ["", "", "Connection: close\r\n", "Connection: keep-alive\r\n", "Upgrade: h2c\r\nConnection: Upgrade\r\n",
           "Upgrade: foo\r\nConnection: Upgrade\r\n", "Origin: http://evil.test\r\n", "X: " + "y" * 2500 + "\r\n",
           "Accept-Encoding: gzip\r\nIf-None-Match: *\r\n", "Expect: 100-continue\r\n"]
UPGRADE = (b"GET /ws?from=0 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")
FRAMES = [raw.frame(raw.BINARY, b"\1\0\0\0abc"), raw.frame(raw.TEXT, b'{"type":"energy"}'), raw.frame(raw.PING, b"x"),
          raw.frame(raw.CLOSE, b"\x03\xe8"), raw.frame(raw.BINARY, b"x", mask=False), raw.frame(0, b"z"),
          raw.frame(raw.BINARY, b"q" * 500, final=False)]


def random_request(rng):
    if rng.random() < 0.15:
        text = UPGRADE + rng.choice([b"\r\n", b"Content-Length: 4\r\n\r\nabcd"])
        text += b"".join(rng.choices(FRAMES, k=rng.randrange(5)))
    else:
        body = rng.choice([b"", b"", b"", b"abc", b"x" * 2000])
        length = rng.choice(["", "", *[f"Content-Length: {len(body)}\r\n"] * 2, "Content-Length: 0\r\n", "Content-Length: 7\r\n",
                             "Content-Length: -1\r\n", "Transfer-Encoding: chunked\r\n"])
        text = (f"{rng.choice(METHODS)} {rng.choice(PATHS)} HTTP/1.{rng.choice('1110')}\r\nHost: a\r\n"
                f"{rng.choice(HEADERS)}{length}\r\n").encode() + body
    if rng.random() < 0.05:
        text = text[:rng.randrange(len(text) + 1)]
    if rng.random() < 0.05:
        text = rng.randbytes(rng.randrange(200)) + text
    return text


def bother(server, rng):
    """One connection of noise; returned when it stays open."""
    sock = raw.connect(server, timeout=0.02)
    data = b"".join(random_request(rng) for _ in range(rng.randrange(1, 6)))
    try:
        while data:
            cut = rng.choice([len(data), rng.randrange(1, 400), rng.randrange(1, 50)])
            sock.sendall(data[:cut])
            data = data[cut:]
        if rng.random() < 0.2:
            sock.shutdown(socket.SHUT_WR)
        if rng.random() < 0.7:
            sock.recv(65536)
    except OSError:
        pass
    if rng.random() < 0.2:
        return sock
    sock.close()
    return None


@pytest.mark.long
@pytest.mark.limit(100)
def test_noise_hurts_nobody_else(tmp_path, rng):
    server = Server(tmp_path / "data").start()
    opened = []
    try:
        wait_ready(server)
        until = time.monotonic() + 15
        while time.monotonic() < until:
            for _ in range(20):
                opened.append(bother(server, rng))
            for sock in filter(None, opened[:-40]):
                sock.close()
            opened = opened[-40:]
            assert server.get("/info").status == 200
        for sock in filter(None, opened):
            sock.close()
        deadline = time.monotonic() + patient(45)  # the comments on event streams find out who has left
        while server.metric("placed_connections") != 1 or server.metric("placed_sessions") != 0:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        server.close()
    assert not server.reports, "\n".join(server.reports)
