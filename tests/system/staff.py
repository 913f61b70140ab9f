# SPDX-License-Identifier: ISC
"""staff: the admin API as a client sees it: tokens, requests, and the table of requests from its two places."""
import asyncio
import json
import pathlib
import re
import time

from server import TOP

ROLES = ["none", "bot", "viewer", "moderator", "operator"]  # each may do what those before it may
ROW = re.compile(r'\{"([a-z/.]+)", METHOD_(GET|POST), ROLE_([A-Z]+), \w+,\s*"([a-z ]*)"\}')


def first_token(server):
    return (server.data / "token").read_text(encoding="ascii").strip()


def ask(server, method, path, token=None, body=None, headers=None, kind="admin"):
    """One request of /control/: the answer, and its JSON (None: it is none). body: bytes, or what becomes JSON."""
    fields = dict(headers or {})
    if token is not None:
        fields["Authorization"] = f"Bearer {token}"
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    if body is not None:
        fields.setdefault("Content-Type", "application/json")
    answer = server.request(method, f"/control/{path}", headers=fields, body=body, kind=kind)
    try:
        return answer, json.loads(answer.body)
    except ValueError:
        return answer, None


def make_token(server, name, role):
    answer, said = ask(server, "POST", "token", first_token(server), {"name": name, "role": role})
    assert answer.status == 200, answer.body
    return said["token"]


def rows_of_code():
    """{(method, path): (role, fields)} as the server has it."""
    text = (TOP / "server/api/control_routes.c").read_text(encoding="utf-8")
    rows = {(method, path): (role.lower(), set(fields.split())) for path, method, role, fields in ROW.findall(text)}
    assert len(rows) == text.count(", METHOD_GET, ROLE_") + text.count(", METHOD_POST, ROLE_"), "rows that this cannot read"
    return rows


def rows_of_protocol():
    """The same as PROTOCOL.md has it."""
    text = (TOP / "PROTOCOL.md").read_text(encoding="utf-8")
    text = text[text.index("## The admin API"):text.index("## The checkpoint")]
    found = re.findall(r"^\| `(GET|POST) ([a-z/.]+)` \| (\w+) \|(.*?)\|", text, re.M)
    rows = {}
    for method, path, role, fields in found:
        named = set(re.findall(r"`([a-z]+)`", re.sub(r"\([^()]*\)", "", fields)))
        rows[method, path] = (role, named)
    return rows


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
        answer, said = await asyncio.to_thread(ask, server, method, path, token or self.token, fields)
        return answer.status, said

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
