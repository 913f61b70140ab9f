# SPDX-License-Identifier: ISC
"""flood: runs edit-flood and reads its report; and a proxy that lies to one of its connections."""
import asyncio
import http
import json
import re
import signal
import struct
import tempfile
import zlib

import websockets
from fold import HEIGHT, WIDTH, Canvas, pack
from patience import patient
from proxy import Proxy
from server import BUILD, REPORT

PROGRAM = BUILD / "tools/edit-flood"


class Report:
    """What edit-flood came to: exit status, what it printed, its JSON."""

    def __init__(self, status, text, data):
        self.status = status
        self.text = text
        self.data = data or {}
        self.faults = {name: n for name, n in self.data.get("faults", {}).items() if n and name != "total"}
        self.counters = self.data.get("counters", {})

    def __repr__(self):
        return f"status {self.status}, faults {self.faults}, {self.data.get('messages')}\n{self.text}"


async def flood(*arguments, interrupt_after=None, until=None, timeout=60, settle=30):
    """Run it to its end. SIGINT comes after interrupt_after seconds, or when `until` (an Event) is set. settle: seconds
    for the last answers, which are waited for only as long as some are missing."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [str(PROGRAM), "--json", file.name, "--settle", str(settle), *map(str, arguments)]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE,
                                                       stderr=asyncio.subprocess.STDOUT)
        try:
            if interrupt_after is not None:
                await asyncio.sleep(interrupt_after)
                process.send_signal(signal.SIGINT)
            if until is not None:
                talking = asyncio.ensure_future(process.communicate())
                await asyncio.wait([talking, setting := asyncio.ensure_future(until.wait())], timeout=patient(timeout),
                                   return_when=asyncio.FIRST_COMPLETED)
                setting.cancel()
                if process.returncode is None:
                    process.send_signal(signal.SIGINT)
                out, _ = await asyncio.wait_for(talking, patient(timeout))
            else:
                out, _ = await asyncio.wait_for(process.communicate(), patient(timeout))
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        text = out.decode()
        assert not REPORT.search(text), text
        said = file.read()
        return Report(process.returncode, text, json.loads(said) if said else None)


class Liar(Proxy):
    """Stands before the whole server (pictures too). Lies by `frame(connection, version, edits)`, which returns
    the frames [(version, edits)] to pass on instead or None for the truth; overridable like a Proxy, too.

    A connection is a Connection: full readers, and whoever comes back, have `resumes`."""

    class Connection:
        def __init__(self, number, path):
            self.number = number
            self.resumes = "from=" in path
            self.frames = 0  # with edits, so far
            self.sent = 0  # messages of edits from the client, so far

    def __init__(self, server, frame=None):
        super().__init__(server)
        self.frame = frame or (lambda connection, version, edits: None)
        self.connections = 0

    async def __aenter__(self):
        self._listener = await websockets.serve(self._serve, "127.0.0.1", 0, subprotocols=["placed.1"], max_size=None,
                                                ping_interval=None, compression=None,
                                                process_request=self._request)
        self.address = "127.0.0.1:%d" % self._listener.sockets[0].getsockname()[1]
        return self

    async def _request(self, path, _headers):
        if path.partition("?")[0].endswith("/ws"):
            return None
        answer = await asyncio.to_thread(self.server.get, path)
        headers = {name: value for name, value in answer.headers.items() if name.startswith("x-")}
        return http.HTTPStatus(answer.status), headers, answer.body

    async def _serve(self, client, path):
        self.connections += 1
        connection = self.Connection(self.connections, path)
        async with websockets.connect(self.server.url(path, "ws"), subprotocols=["placed.1"], max_size=None,
                                      ping_interval=None, compression=None) as server:
            async def up(message):
                return self.from_client(connection, message, client)

            async def down(message):
                return self.from_server(connection, message)

            pumps = [asyncio.create_task(self._relay(client, server, up)),
                     asyncio.create_task(self._relay(server, client, down))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    @staticmethod
    async def _relay(source, sink, change):
        try:
            async for message in source:
                for changed in await change(message):
                    if callable(changed):
                        await changed()
                    else:
                        await sink.send(changed)
        except websockets.ConnectionClosed:
            pass

    def from_client(self, connection, message, client):
        """Messages, or functions to await, to go on with instead."""
        return [message]

    def from_server(self, connection, message):
        if isinstance(message, str):
            return self.text(connection, json.loads(message), message)
        if len(message) <= 8:
            return [message]
        connection.frames += 1
        changed = self.frame(connection, int.from_bytes(message[:8], "little"), message[8:])
        if changed is None:
            return [message]
        self.told += 1
        return [version.to_bytes(8, "little") + edits for version, edits in changed]

    def text(self, connection, said, message):
        return [message]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rgba_png(width, rows):
    """A picture of rows of (red, green, blue, alpha)."""
    packed = b"".join(b"\0" + b"".join(map(bytes, row)) for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, 6, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(packed)) + chunk(b"IEND", b""))


def png(pixels):
    """A picture of the canvas in 4 bits a pixel."""
    rows = (pixels[y * WIDTH:(y + 1) * WIDTH] for y in range(HEIGHT))
    packed = b"".join(b"\0" + bytes(a << 4 | b for a, b in zip(row[0::2], row[1::2])) for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 4, 3, 0, 0, 0)) +
            chunk(b"PLTE", bytes(48)) + chunk(b"IDAT", zlib.compress(packed, 1)) + chunk(b"IEND", b""))


class Fake:
    """A server by hand, byte by byte: `talk(fake, writer, number, version)` says to the number-th connection
    what it likes after hello, and returns to have it closed. `received` is what all clients sent."""

    ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # edit-flood always sends the same key

    def __init__(self, talk):
        self.talk = talk
        self.canvas = Canvas()
        self.genesis = None  # of the log; None: it does not say
        self.open = []  # places of the canvases that /info names
        self.places = {}  # of the canvas, by the number of the connection
        self.received = b""
        self.connections = 0

    async def __aenter__(self):
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = "127.0.0.1:%d" % self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._listener.close()

    @staticmethod
    def frame(opcode, payload, fin=True):
        length = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + struct.pack(">H", len(payload))
        return bytes([(0x80 if fin else 0) | opcode]) + length + payload

    @staticmethod
    def text(**said):
        return Fake.frame(1, json.dumps(said).encode())

    def paint(self, version, words):
        """The payload of a frame; our own canvas follows."""
        self.canvas.apply(words, version)
        return version.to_bytes(8, "little") + pack(words)

    async def _serve(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path, place, what = re.match(r"GET ((?:/c/(\S+))?/([\w.]+))", head).groups()
            if what == "canvas.png":
                genesis = f"X-Canvas-Genesis: {self.genesis}\r\n" if self.genesis else ""
                self._answer(writer, f"X-Canvas-Version: {self.canvas.version}\r\n{genesis}", png(self.canvas.pixels))
            elif what == "info":
                self._answer(writer, "", json.dumps({"canvases": [
                    {"x": x, "y": y, "open": (x, y) != (9, 9), "version": 0} for x, y in self.open]}).encode())
            else:
                assert what == "ws", path
                asked = re.search(r"[?&]from=(\d+) ", head)
                self.connections += 1
                self.places[self.connections] = place
                version = min(int(asked[1]) if asked else self.canvas.version, self.canvas.version)
                writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             b"Sec-WebSocket-Accept: " + self.ACCEPT + b"\r\n\r\n")
                genesis = {"genesis": self.genesis} if self.genesis else {}
                writer.write(self.text(type="hello", protocol="placed.1", version=version, **genesis))
                listening = asyncio.create_task(self._listen(reader))
                await self.talk(self, writer, self.connections, version)
                listening.cancel()
            await writer.drain()
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            pass

    @staticmethod
    def _answer(writer, headers, body):
        writer.write(f"HTTP/1.1 200 OK\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    async def _listen(self, reader):
        while data := await reader.read(4096):
            self.received += data
