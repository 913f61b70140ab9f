# SPDX-License-Identifier: ISC
"""answers: several HTTP answers on one connection, each read to its end and not a byte further."""
import socket

import raw
from patience import patient


class Answer:
    """Header names are lower case."""

    def __init__(self, head, body):
        line, *fields = head.decode("latin-1").split("\r\n")
        self.version, status, self.reason = line.split(" ", 2)
        self.status = int(status)
        self.fields = [(name.lower(), value.strip()) for name, _, value in (field.partition(":") for field in fields)]
        self.headers = dict(self.fields)
        self.body = body

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:200]!r}"


class Talk:
    """A connection, plain or by TLS, on which anything can be sent. As a context manager it closes."""

    def __init__(self, server, tls=None, timeout=patient(15), listener="listening"):
        self.sock = raw.connect(server, listener, timeout=timeout)
        self.buffer = b""
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname="placed.test")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data.encode() if isinstance(data, str) else data)

    def _more(self):
        data = self.sock.recv(65536)
        if not data:
            raise EOFError(f"the connection ended; left over: {self.buffer[:200]!r}")
        self.buffer += data

    def answer(self, head_only=False):
        """The next answer, interim ones (100) included."""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        answer = Answer(head, b"")
        length = 0 if head_only or answer.status in (100, 204, 304) else int(answer.headers["content-length"])
        while len(self.buffer) < length:
            self._more()
        answer.body, self.buffer = self.buffer[:length], self.buffer[length:]
        return answer

    def ask(self, data, **more):
        self.send(data)
        return self.answer(**more)

    def ended(self, seconds=10):
        """Does the server end the connection, without another byte?"""
        self.sock.settimeout(patient(seconds))
        try:
            return not self.buffer and not self.sock.recv(1)
        except ConnectionResetError:
            return True
        except (socket.timeout, TimeoutError):
            return False
