# SPDX-License-Identifier: ISC
"""people: somebody who draws with an identity of their own, from an address of their own."""
import asyncio
import base64
import json
import re
import struct

import websockets
from fold import pack, word
from patience import patient


class Person:
    """Gets an identity; draws over a WebSocket that shows it. The servers trust this machine as a proxy."""

    def __init__(self, address):
        self.address = address
        self.cookie = None
        self.drawn = []  # (x, y, colour) of what was acknowledged, in this order

    async def arrive(self, server):
        answer = await asyncio.to_thread(server.request, "POST", "/identity", {"X-Forwarded-For": self.address})
        assert answer.status == 200, (self.address, answer.status, answer.body)
        self.cookie = re.match(r"placed=[^;]+", answer.headers["set-cookie"])[0]
        return self

    @property
    def identity(self):
        """The 16 bytes in the cookie."""
        value = self.cookie.partition("=")[2]
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))[6:22]

    async def draw(self, server, pixels):
        """One message of pixels (x, y, colour) on canvas (0, 0). True when it was placed; else the refusal."""
        async with websockets.connect(server.url("/ws", "ws"), subprotocols=["placed.1"], compression=None, max_size=None,
                                      open_timeout=patient(30), extra_headers={"X-Forwarded-For": self.address,
                                                                      "Cookie": self.cookie}) as ws:
            edits = pack([word(*pixel) for pixel in pixels])
            await ws.send(struct.pack("<I", 1) + edits)
            while True:
                said = await asyncio.wait_for(ws.recv(), patient(30))
                said = json.loads(said) if isinstance(said, str) else {}
                if said.get("type") == "placed":
                    self.drawn += pixels
                    return True
                if said.get("type") == "refused":
                    return said
