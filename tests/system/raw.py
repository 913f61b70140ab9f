# SPDX-License-Identifier: ISC
"""raw: bytes on a socket, for what no library would send: HTTP requests and WebSocket frames by hand."""
import base64
import os
import socket
import struct
import time

from patience import patient

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def connect(server, listener="listening", timeout=patient(15), receive_buffer=None):
    _, host, port = server.addresses[listener]
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(timeout)
    sock.connect((host, port))
    return sock


def read_all(sock):
    """Everything until the other side closes or resets."""
    data = b""
    try:
        while chunk := sock.recv(65536):
            data += chunk
    except (ConnectionResetError, BrokenPipeError):
        pass
    return data


def request(server, text, listener="listening", timeout=patient(15)):
    """Send these bytes, return the answer up to the end of the connection."""
    with connect(server, listener, timeout) as sock:
        try:
            sock.sendall(text)
        except (ConnectionResetError, BrokenPipeError):
            pass
        return read_all(sock)


def status(answer):
    """The status of the first answer in these bytes; 0: none."""
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def frame(opcode, payload=b"", mask=True, final=True, reserved=0, length=None):
    """One frame; length: announce another one than the payload's."""
    length = len(payload) if length is None else length
    head = bytes([final << 7 | reserved << 4 | opcode])
    bit = 0x80 if mask else 0
    if length < 126:
        head += bytes([bit | length])
    elif length < 1 << 16:
        head += bytes([bit | 126]) + struct.pack(">H", length)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", length)
    if not mask:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(b ^ key[i & 3] for i, b in enumerate(payload))


class WebSocket:
    """A WebSocket whose every byte is ours. As a context manager it closes the socket."""

    def __init__(self, server, path="/ws", headers=(), timeout=patient(15), receive_buffer=None, version="13", wait=True):
        self.sock = connect(server, timeout=timeout, receive_buffer=receive_buffer)
        self.buffer = b""
        self.pongs = True
        lines = [f"GET {path} HTTP/1.1", "Host: placed.test", "Connection: keep-alive, Upgrade", "Upgrade: websocket",
                 f"Sec-WebSocket-Version: {version}",
                 f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", *headers]
        self.sock.sendall("".join(line + "\r\n" for line in lines).encode() + b"\r\n")
        self.head = b""
        if wait:
            while b"\r\n\r\n" not in self.buffer:
                chunk = self.sock.recv(4096)
                if not chunk:
                    break
                self.buffer += chunk
            self.head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.status = status(self.head)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, *args, **more):
        self.sock.sendall(frame(*args, **more))

    def _take(self, n):
        while len(self.buffer) < n:
            chunk = self.sock.recv(65536)
            if not chunk:
                raise EOFError
            self.buffer += chunk
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def receive(self):
        """The next frame: (opcode, payload). A ping is answered, unless self.pongs is false."""
        kind, payload = self._receive()
        if kind == PING and self.pongs:
            self.send(PONG, payload)
        return kind, payload

    def _receive(self):
        first, second = self._take(2)
        length = second & 0x7f
        if length == 126:
            length = struct.unpack(">H", self._take(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self._take(8))[0]
        return first & 15, self._take(length)

    def until(self, opcode):
        """The payload of the next frame of this kind."""
        while True:
            kind, payload = self.receive()
            if kind == opcode:
                return payload

    def closed_with(self, seconds=patient(15)):
        """The code of the close frame; 0: the connection ended without one. None: it goes on."""
        deadline = time.monotonic() + seconds
        try:
            while time.monotonic() < deadline:
                kind, payload = self.receive()
                if kind == CLOSE:
                    return struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
        except (EOFError, ConnectionResetError):
            return 0
        except socket.timeout:
            pass
        return None
