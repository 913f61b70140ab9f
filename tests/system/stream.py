# SPDX-License-Identifier: ISC
"""stream: WebSocket viewers that look at every byte, many of them on one thread, each reading at its own pace.

A Viewer parses what comes as strictly as RFC 6455 and PROTOCOL.md allow (Frames), keeps all edits that it was
sent and where each frame ended, and raises Wrong at the first byte that may not be there. proof.py compares
what was kept with the log.
"""
import base64
import collections
import json
import os
import socket
import ssl
import struct
import time

from fold import pack
from patience import patient
from raw import BINARY, CLOSE, PING, PONG, TEXT

FRAME_EDITS_MAX = 21000  # ARCHITECTURE.md, "Bounds"
TYPES = {"hello", "placed", "refused", "energy", "online", "checksum", "reset", "notice"}
WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
BROKEN = (ConnectionResetError, BrokenPipeError, ssl.SSLError)


class Wrong(AssertionError):
    """The server sent what it may not send."""


def masked(opcode, payload=b"", final=True):
    """A client's frame (raw.frame, but quick for many long ones)."""
    n = len(payload)
    head = bytes([final << 7 | opcode]) + (bytes([0x80 | n]) if n < 126 else struct.pack(">BH", 0xFE, n))
    key = os.urandom(4)
    mask = (key * (n // 4 + 1))[:n]
    body = int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")
    return head + key + body.to_bytes(n, "little")


class Frames:
    """Bytes of a server to frames: no fragments, no reserved bits, no masks, lengths in the shortest form."""

    def __init__(self):
        self.rest = bytearray()  # of a frame that is not whole yet
        self.closed = False

    def feed(self, data):
        """Yields (opcode, payload) of every frame that is whole now."""
        self.rest += data
        if self.closed and self.rest:
            raise Wrong(f"bytes behind the close frame: {bytes(self.rest[:40])!r}")
        while len(self.rest) >= 2:
            first, length = self.rest[:2]
            opcode, head = first & 15, 2
            if first & 0xF0 != 0x80 or opcode not in (TEXT, BINARY, CLOSE, PING, PONG) or length > 127:
                raise Wrong(f"no frame begins like this: {bytes(self.rest[:40])!r}")
            if length > 125:
                head = 4 if length == 126 else 10
                if len(self.rest) < head:
                    return
                least = 126 if length == 126 else 1 << 16
                length = int.from_bytes(self.rest[2:head], "big")
                if length < least or opcode >= CLOSE or length > 8 + 3 * FRAME_EDITS_MAX:
                    raise Wrong(f"a frame of opcode {opcode} with {length} bytes in a head of {head}")
            if len(self.rest) < head + length:
                return
            payload = bytes(self.rest[head:head + length])
            del self.rest[:head + length]
            self.closed = opcode == CLOSE
            yield opcode, payload
            if self.closed and self.rest:
                raise Wrong(f"bytes behind the close frame: {bytes(self.rest[:40])!r}")


def slowly(rng, most, every):
    """A pace: pieces of 1 to `most` bytes, one in `every` seconds on average."""
    def piece(viewer):
        now = time.monotonic()
        if now < viewer.due:
            return 0
        viewer.due = now + rng.uniform(0, 2 * every)
        return rng.randint(1, most)

    return piece


def behind(rng, most, leader):
    """A pace: pieces of 1 to `most` bytes, never more than a tenth of what another viewer has."""
    def piece(viewer):
        return rng.randint(1, most) if 10 * len(viewer.edits) <= len(leader.edits) else 0

    return piece


def never(_):
    """A pace: nothing is read."""
    return 0


def at_once(_):
    """A pace: whatever is there."""
    return 1 << 18


class Viewer:
    """One WebSocket. Made with the handshake done, unless `wait` is false."""

    def __init__(self, server, since=None, receive_buffer=None, pace=at_once, tls=None, wait=True, name="viewer"):
        _, host, port = server.addresses["listening"]
        self.name = name
        self.pace = pace  # how many bytes to read now, when asked with the viewer
        self.due = 0.0  # for the pace: not before
        self.frames = Frames()
        self.hello = None
        self.version = self.start = None  # now, and where the frames of this connection began
        self.edits = bytearray()  # all that came, 3 bytes each
        self.marks = []  # of every frame: its version, and len(edits) after it
        self.said = collections.Counter()  # texts by type
        self.reset = self.code = self.ended = None
        self.asked = collections.deque()  # payloads of pings that were not answered
        self.pongs = 0
        self.out = bytearray()
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            # The server's buffer is small too then. With loopback's segments of 64 kB it would hold 2.6 MB.
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.sock.settimeout(patient(30))
        self.sock.connect((host, port))
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname="placed.test")
        path = "/ws" if since is None else f"/ws?from={since}"
        self.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: placed.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}"
                          "\r\n\r\n".encode())
        self.head = b""
        self.shaken = False
        while wait and not self.shaken:
            self._take(self.sock.recv(4096))
        self.sock.setblocking(False)

    # ---- what a test does with it

    def send(self, opcode, payload=b"", final=True):
        self.out += masked(opcode, payload, final)

    def ping(self, payload):
        self.asked.append(payload)
        self.send(PING, payload)

    def leave(self):
        """Close the socket without a word."""
        self.sock.close()
        self.ended = self.ended or "left"

    def vanish(self):
        """The same with a reset instead of a FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.leave()

    def step(self):
        """Send what waits and read one piece. How many bytes moved."""
        if self.ended:
            return 0
        moved = 0
        try:
            while self.out:
                sent = self.sock.send(self.out)
                del self.out[:sent]
                moved += sent
        except WOULD_BLOCK:
            pass
        except BROKEN:
            self.out.clear()  # what was sent to us before is still there to be read
        n = self.pace(self)
        if not n:
            return moved
        try:
            data = self.sock.recv(n)
        except WOULD_BLOCK:
            return moved
        except BROKEN as error:
            self.ended = f"broken, {error}"
            return moved
        if not data:
            self.ended = "end"
        else:
            self._take(data)
        return moved + len(data)

    # ---- what comes

    def _take(self, data):
        if not self.shaken:
            self.head += data
            head, end, data = self.head.partition(b"\r\n\r\n")
            if not end:
                if not self.head:
                    raise Wrong(f"{self.name}: the handshake was not answered")
                return
            self.shaken = True
            if not head.startswith(b"HTTP/1.1 101 "):
                raise Wrong(f"{self.name}: {head!r}")
        try:
            for opcode, payload in self.frames.feed(data):
                self._on[opcode](self, payload)
        except Wrong as wrong:
            raise Wrong(f"{self.name}, after {len(self.marks)} frames and {len(self.edits)} bytes: {wrong}") from wrong

    def _on_binary(self, payload):
        if self.hello is None:
            raise Wrong("a frame before hello")
        if len(payload) < 8 or (len(payload) - 8) % 3:
            raise Wrong(f"a frame of {len(payload)} bytes")
        version = int.from_bytes(payload[:8], "little")
        if version < self.version:
            raise Wrong(f"version {version} after {self.version}")
        self.version = version
        self.edits += payload[8:]
        self.marks.append((version, len(self.edits)))

    def _on_text(self, payload):
        said = json.loads(payload.decode())
        kind = said["type"]
        if kind not in TYPES or (kind == "hello") != (self.hello is None):
            raise Wrong(f"{said} after {dict(self.said)}")
        if kind == "hello":
            self.hello = said
            self.version = self.start = said["version"]
        elif kind == "reset":
            if self.marks or self.said["reset"] or said["version"] != self.start:
                raise Wrong(f"{said} after {dict(self.said)}")
            self.reset = said["version"]
        self.said[kind] += 1
        self.heard(said)

    def heard(self, said):
        if said["type"] in ("placed", "refused"):
            raise Wrong(f"{said}, but nothing was sent")

    def _on_ping(self, payload):
        self.send(PONG, payload)

    def _on_pong(self, payload):
        """Whole, in order, each once. Those that came while one waited may be left unanswered."""
        if payload not in self.asked:
            raise Wrong(f"a pong to nothing: {payload!r}")
        while self.asked.popleft() != payload:
            pass
        self.pongs += 1

    def _on_close(self, payload):
        self.code = int.from_bytes(payload[:2], "big") if len(payload) > 1 else 1005
        payload[2:].decode()

    _on = {BINARY: _on_binary, TEXT: _on_text, PING: _on_ping, PONG: _on_pong, CLOSE: _on_close}


class Painter(Viewer):
    """A viewer that also paints: `todo` messages of `size` fresh edits, at most `window` unanswered."""

    def __init__(self, server, ledger, size=256, window=16, **more):
        super().__init__(server, **more)
        self.ledger = ledger
        self.size = size
        self.window = window
        self.todo = 0
        self.messages = []  # the edits of message 1, 2, ...
        self.placed = []  # (id, version), as told
        self.refused = {}
        self.answered = 0  # the last one that was

    def step(self):
        while self.todo and self.shaken and not self.ended and len(self.messages) - self.answered < self.window:
            self.todo -= 1
            self.paint(self.size)
        return super().step()

    def paint(self, n):
        """One message: its bytes."""
        self.messages.append(pack(self.ledger.fresh(n)))
        message = len(self.messages).to_bytes(4, "little") + self.messages[-1]
        self.send(BINARY, message)
        return message

    @property
    def done(self):
        return not self.todo and self.answered == len(self.messages)

    def heard(self, said):
        if said["type"] == "placed":
            if not (self.placed or [(0, 0)])[-1][0] < said["id"] <= len(self.messages):
                raise Wrong(f"{said} after {self.placed[-1:]}, {len(self.messages)} were sent")
            if said["version"] > self.version:
                raise Wrong(f"{said}, but the frames are only at {self.version}")
            self.placed.append((said["id"], said["version"]))
            self.answered = max(self.answered, said["id"])
        elif said["type"] == "refused":
            self.todo = 0
            self.refused[said["id"]] = said["reason"]
            self.answered = max(self.answered, said["id"])


class Crowd:
    """All viewers of a test, moved on by one thread."""

    def __init__(self):
        self.viewers = []

    def add(self, viewer):
        self.viewers.append(viewer)
        return viewer

    def step(self):
        if not sum([viewer.step() for viewer in self.viewers]):
            time.sleep(0.001)

    def until(self, true, what, seconds=60):
        deadline = time.monotonic() + patient(seconds)
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {patient(seconds)} s: {what}; " + "; ".join(
                    f"{v.name}: version {v.version}, {len(v.edits)} bytes, {v.ended}" for v in self.viewers[:40]))
            self.step()

    def close(self):
        for viewer in self.viewers:
            viewer.sock.close()
