# SPDX-License-Identifier: ISC
"""path: what the measures of the whole path share: a server on either log, a broker, and time limits."""
import contextlib
import json
import os
import pathlib
import socket
import struct
import subprocess
import time
import urllib.request
import uuid

from peers import TOP, Placed, child, end, program, say

BROKER_SECONDS = 150
CLOCK = os.sysconf("SC_CLK_TCK")


class Server(Placed):
    """placed on a log of choice, unpinned: its threads, the load and the broker share the machine."""

    def __init__(self, directory, log="local", *arguments, data=None):
        super().__init__(directory)
        if data:
            data.mkdir(parents=True, exist_ok=True)
            self.data = data
        else:
            self.data = self.directory / "data"
        self.log = log
        self.arguments = arguments

    def command(self):
        return [program("server/placed"), "--listen", f"127.0.0.1:{self.port}", "--admin", "127.0.0.1:0",
                "--data", self.data, "--log", self.log, *self.arguments]

    def launch(self, command, **options):
        with open(self.directory / "stderr", "ab") as stderr:
            process = child(command, None, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr, **options)
        self.processes.append(process)
        return process

    def ready(self, seconds=60):
        deadline = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=5):
                    return self
            except OSError:
                if time.monotonic() > deadline or self.processes[-1].poll() is not None:
                    raise RuntimeError(f"placed is not ready: {self.words()}") from None
                time.sleep(0.005)

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.processes[-1].pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK

    def get(self, path, method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.headers, answer.read()


@contextlib.contextmanager
def broker(directory, given=None):
    """HOST:PORT of a broker of our own, or the one given."""
    if given:
        yield given
        return
    folder = directory / "kafka"
    tool = [str(TOP / "tools/kafka")]
    say("starting a broker")
    try:
        started = subprocess.run([*tool, "start", "--port", "0", "--dir", folder], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, timeout=BROKER_SECONDS, check=False)
        if started.returncode:
            raise RuntimeError(f"tools/kafka: {started.stderr[-1000:]}")
        yield started.stdout.splitlines()[-1]
    finally:
        subprocess.run([*tool, "stop", "--kill", "--dir", folder], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=60, check=False)


def topic(address):
    return f"{address}/bench-{uuid.uuid4().hex[:12]}"


def run_json(command, seconds, good=(0,), json_on_stderr=False):
    """The JSON that a program prints; ended when it takes longer than seconds."""
    process = child(command, None, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{pathlib.Path(command[0]).name} took more than {seconds} s") from None
    finally:
        end(process)
    if json_on_stderr:
        out, err = err, out
    said = err.decode(errors="replace").strip()
    if process.returncode not in good:
        raise RuntimeError(f"{pathlib.Path(command[0]).name} ended with {process.returncode}: {said[-600:]}")
    if said and not json_on_stderr:
        say(said)
    return json.loads(out)


class Socket:
    """A WebSocket client of a few lines: it counts what it is sent, and sends edits."""

    def __init__(self, port, path="/ws", source="127.0.0.1"):
        self.sock = socket.create_connection(("127.0.0.1", port), 10, (source, 0))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(20)
        self.sock.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                           "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.sock.recv(1)
            if not byte:
                raise RuntimeError("the handshake failed")
            head += byte
        if b" 101 " not in head:
            raise RuntimeError(f"the handshake failed: {head[:100]}")
        self.stream = self.sock.makefile("rb")
        self.last = 0

    def send(self, edits):
        """One message; the mask is zero, as RFC 6455 allows."""
        self.last += 1
        payload = struct.pack("<I", self.last) + edits
        size = len(payload)
        head = b"\x82" + (bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size))
        self.sock.sendall(head + bytes(4) + payload)

    def receive(self):
        """(opcode, payload, bytes on the wire) of the next frame."""
        head = self.stream.read(2)
        if len(head) < 2:
            raise RuntimeError("the server closed")
        size, extra = head[1] & 127, 0
        if size > 125:
            extra = 2 if size == 126 else 8
            size = int.from_bytes(self.stream.read(extra), "big")
        payload = self.stream.read(size)
        if head[0] & 15 == 9:
            self.sock.sendall(bytes([0x8a, 0x80 | size]) + bytes(4) + payload)
        return head[0] & 15, payload, 2 + extra + size

    def wait_placed(self):
        """Until the last message is in the log."""
        while True:
            opcode, payload, _ = self.receive()
            if opcode == 1:
                message = json.loads(payload)
                if message["type"] == "refused":
                    raise RuntimeError(f"refused: {message}")
                if message["type"] == "placed" and message["id"] >= self.last:
                    return message["version"]

    def close(self):
        self.stream.close()
        self.sock.close()


def draw(server, name):
    """Put one of encode.c's canvases on the server."""
    edits = subprocess.run([program("bench/encode"), "--edits", name], stdout=subprocess.PIPE, timeout=20,
                           check=True).stdout
    ws = Socket(server.port)
    for i in range(0, len(edits), 768):
        ws.send(edits[i:i + 768])
        if i // 768 % 256 == 255:
            ws.wait_placed()
    ws.wait_placed()
    ws.close()
    return len(edits) // 3
