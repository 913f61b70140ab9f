# SPDX-License-Identifier: ISC
"""flood: runs edit-flood and reads its report; and a proxy that lies to one of its connections."""
import asyncio
import http
import json
import signal
import tempfile

import websockets
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


async def flood(*arguments, interrupt_after=None, timeout=60):
    """Run it to its end. interrupt_after: seconds until SIGINT."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [str(PROGRAM), "--json", file.name, "--settle", "3", *map(str, arguments)]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE,
                                                       stderr=asyncio.subprocess.STDOUT)
        try:
            if interrupt_after is not None:
                await asyncio.sleep(interrupt_after)
                process.send_signal(signal.SIGINT)
            out, _ = await asyncio.wait_for(process.communicate(), timeout)
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
        if path.startswith("/ws"):
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
