# SPDX-License-Identifier: ISC
"""moderators: whoever moderates a server: over its admin listener with a token, or by placectl."""
import asyncio
import json
import subprocess

from patience import patient
from server import BUILD

PLACECTL = BUILD / "tools/placectl"


class Moderator:
    """Holds a token (the first operator's by default) and asks servers."""

    def __init__(self, server, token=None):
        self.server = server
        self.token = token or (server.data / "token").read_text().strip()

    async def ask(self, method, path, fields=None, server=None):
        """(status, JSON)."""
        headers = {"Authorization": f"Bearer {self.token}"}
        body = None if fields is None else json.dumps(fields)
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = await asyncio.to_thread((server or self.server).request, method, f"/control/{path}", headers, body,
                                         kind="admin")
        return answer.status, json.loads(answer.body)

    async def get(self, path, server=None):
        status, said = await self.ask("GET", path, server=server)
        assert status == 200, (path, status, said)
        return said

    async def act(self, path, server=None, **fields):
        """A POST that has to succeed."""
        status, said = await self.ask("POST", path, fields, server=server)
        assert status == 200, (path, status, said)
        return said

    async def job(self, path, server=None, timeout=60, **fields):
        """Start a job, wait until it is done, and return its result."""
        number = (await self.act(path, server=server, **fields))["job"]
        deadline = asyncio.get_running_loop().time() + patient(timeout)
        while True:
            job = await self.get(f"job?job={number}", server=server)
            if job["state"] != "running":
                assert job["state"] == "done", job
                return job["result"]
            assert asyncio.get_running_loop().time() < deadline, job
            await asyncio.sleep(0.05)

    async def placectl(self, *words, status=0, cwd=None, timeout=60):
        """Run it; what it printed."""
        server = self.server.url(kind="admin")
        done = await asyncio.to_thread(
            subprocess.run, [str(PLACECTL), "--server", server, *map(str, words)], cwd=cwd, capture_output=True,
            timeout=patient(timeout), check=False, text=True, stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "PLACECTL_TOKEN": self.token, "TZ": "UTC"})
        assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout
