# SPDX-License-Identifier: ISC
"""proxy: stands between a client and the server's WebSocket and lies, to see whether the checker notices."""
import asyncio
import json

import websockets


class Proxy:
    """Forwards messages both ways. Subclass and override: each returns the messages to pass on instead."""

    def __init__(self, server):
        self.server = server
        self.address = None
        self.told = 0  # lies so far
        self.hang_up = False  # end the connection after this message
        self._listener = None

    def to_client(self, message):
        return [message]

    def to_server(self, message):
        return [message]

    async def __aenter__(self):
        self._listener = await websockets.serve(self._serve, "127.0.0.1", 0, subprotocols=["placed.1"],
                                                max_size=None, ping_interval=None, compression=None)
        self.address = "127.0.0.1:%d" % self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._listener.close()
        await self._listener.wait_closed()

    async def _serve(self, client, path):
        async with websockets.connect(self.server.url(path, "ws"), subprotocols=["placed.1"], max_size=None,
                                      ping_interval=None, compression=None) as server:
            pumps = [asyncio.create_task(self._pump(client, server, self.to_server)),
                     asyncio.create_task(self._pump(server, client, self.to_client))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, source, sink, change):
        try:
            async for message in source:
                for changed in change(message):
                    await sink.send(changed)
                if self.hang_up:
                    self.hang_up = False
                    return
        except websockets.ConnectionClosed:
            pass


class FrameProxy(Proxy):
    """Changes frames that carry edits: change(version, edits' bytes, how many such frames before)."""

    def __init__(self, server, change):
        super().__init__(server)
        self.change = change
        self.frames = 0

    def to_client(self, message):
        if isinstance(message, str) or len(message) <= 8:
            return [message]
        self.frames += 1
        changed = self.change(int.from_bytes(message[:8], "little"), message[8:], self.frames - 1)
        if changed is None:
            return [message]
        self.told += 1
        return [version.to_bytes(8, "little") + edits for version, edits in changed]


class TextProxy(Proxy):
    """Changes JSON of one type, or swallows it: change(said) edits it in place or returns False."""

    def __init__(self, server, kind, change):
        super().__init__(server)
        self.kind = kind
        self.change = change

    def to_client(self, message):
        if isinstance(message, bytes) or json.loads(message)["type"] != self.kind:
            return [message]
        said = json.loads(message)
        self.told += 1
        return [] if self.change(said) is False else [json.dumps(said)]
