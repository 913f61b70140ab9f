# SPDX-License-Identifier: ISC
"""sse: a client of GET /events or /c/GX,GY/events, for networks that block WebSockets: folds the stream into its own canvas."""
import asyncio
import base64
import json

from checker import View
from fold import HOME, Canvas, unpack
from patience import patient


class EventStream:
    """Server-sent events from a canvas on; resumes by Last-Event-ID when asked to open again."""

    def __init__(self, server, canvas=None, name="event stream", place=HOME):
        self.server = server
        self.canvas = canvas or Canvas()
        self.name = name
        self.place = place
        self.status = None
        self.headers = {}
        self.resets = []
        self.said = []  # (type, JSON) of all other events, as a WebSocket gets them as text
        self.comments = 0
        self.faults = []
        self._task = None
        self._writer = None

    async def open(self, query=None, headers=()):
        """Connect and read the header; events are folded in the background."""
        _, host, port = self.server.addresses["listening"]
        reader, self._writer = await asyncio.wait_for(asyncio.open_connection(host, port), patient(10))
        folder = "" if self.place == HOME else "/c/{},{}".format(*self.place)
        path = folder + "/events" + (f"?from={self.canvas.version}" if query is None else query)
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Accept: text/event-stream",
                 *(f"{name}: {value}" for name, value in headers), "", ""]
        self._writer.write("\r\n".join(lines).encode())
        status, *rest = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), patient(10))).decode().split("\r\n")
        self.status = int(status.split(" ")[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        self._task = asyncio.create_task(self._read(reader))
        return self

    async def close(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()

    @property
    def ended(self):
        return self._task.done()

    async def _read(self, reader):
        text = b""
        chunked = self.headers.get("transfer-encoding") == "chunked"
        while True:
            if chunked:
                size = int((await reader.readuntil(b"\r\n")).strip() or b"0", 16)
                data = (await reader.readexactly(size + 2))[:-2]
            else:
                data = await reader.read(65536)
            if not data:
                return
            *events, text = (text + data).split(b"\n\n")
            for event in events:
                self._event(event.decode())

    def _event(self, event):
        fields = {}
        for line in event.split("\n"):
            name, _, value = line.partition(":")
            if not name:
                self.comments += 1
            fields[name] = value.removeprefix(" ")
        if fields.get("event") == "reset":
            self.resets.append(fields["data"])
        elif "event" in fields:
            self.said.append((fields["event"], json.loads(fields["data"])))
        elif "data" in fields:
            version = int(fields["id"])
            if version < self.canvas.version:
                self.faults.append(f"the version went back from {self.canvas.version} to {version}")
            self.canvas.apply(unpack(base64.b64decode(fields["data"], validate=True)), version)

    def view(self):
        return View(self.name, self.canvas.version, self.canvas.pixels, faults=self.faults, place=self.place)
