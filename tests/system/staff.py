# SPDX-License-Identifier: ISC
"""staff: who decides on a canvas, by the admin API, with the token that the first server has made."""
import asyncio
import json
import pathlib
import time


class Staff:
    """The first operator of a world. Every action goes to the server that it is told, which need not be the
    one that has made the token."""

    def __init__(self, world):
        self.world = world

    @property
    def token_files(self):
        return [path for server in self.world.servers if (path := pathlib.Path(server.data) / "token").exists()]

    @property
    def token(self):
        (path,) = self.token_files
        return path.read_text(encoding="ascii").strip()

    async def ask(self, server, method, path, fields=None, token=None):
        """(status, JSON) of one request."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(fields)
        answer = await asyncio.to_thread(server.request, method, f"/control/{path}", headers, body, "admin")
        return answer.status, json.loads(answer.body)

    async def get(self, server, path):
        status, said = await self.ask(server, "GET", path)
        assert status == 200, (path, status, said)
        return said

    async def do(self, server, path, **fields):
        """One action: its number. It has taken effect on this server."""
        status, said = await self.ask(server, "POST", path, {"why": "a test", **fields})
        assert status == 200 and said["action"] > 0, (path, fields, status, said)
        return said["action"]


def soon(seconds):
    """The time in so many seconds, in ms."""
    return int((time.time() + seconds) * 1000)
