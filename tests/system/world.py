# SPDX-License-Identifier: ISC
"""world: everything of one test together: a log, servers, clients, the ledger, and the check of them all."""
import asyncio
import http.client
import json
import pathlib

from broker import KafkaLog, LocalLog
from checker import ACKNOWLEDGED, REFUSED, UNKNOWN, Ledger, check
from client import Client
from fold import HOME, WIDTH, fold, pack, parts, record_edits
from patience import patient
from server import Server

SETTLE_SECONDS = 60
PLANE = ["--plane", "2x2"]  # options of a server with these canvases
CORNERS = [(0, 0), (1, 0), (0, 1), (1, 1)]


async def eventually(true, what, timeout=30):
    """Wait until true() is true (it may be a coroutine function), and return what it returned."""
    deadline = asyncio.get_running_loop().time() + patient(timeout)
    while True:
        value = true()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {patient(timeout)} s: {what}")
        await asyncio.sleep(0.02)


def ends_of(records):
    """{place: version at the log's end} of all canvases that the records edit."""
    ends = {}
    for record in records:
        edits = record_edits(record.value)
        if edits:
            ends[edits[0]] = record.offset + 1
    return ends


class World:
    """Make one with the fixtures `world` (embedded log), `kafka_world`, or `any_world` (a test each)."""

    def __init__(self, folder, log=None, region=1000 * 1000):
        self.folder = pathlib.Path(folder)
        self.log = log or LocalLog(self.folder / "a")
        self.ledger = Ledger(region=region)
        self.servers = []
        self.clients = []
        self.foreign = []  # words that the test put into the log by itself
        self._tasks = []

    # ---- servers

    def make_server(self, name=None, args=(), **more):
        """A server that is not started yet; named a, b, c and so on."""
        name = name or chr(ord("a") + len(self.servers))
        server = Server(self.folder / name, log=self.log.arg, args=args, name=name, **more)
        self.servers.append(server)
        return server

    async def server(self, name=None, args=(), **more):
        """A server that is ready."""
        return await self.start(self.make_server(name, args, **more))

    async def start(self, server, **more):
        """Start (again) and wait until it has caught up and takes edits."""
        await asyncio.to_thread(server.start, **more)
        await self.ready(server)
        return server

    async def ready(self, server, timeout=SETTLE_SECONDS):
        async def is_ready():
            if not server.running:
                raise AssertionError(f"{server.name} ended:\n{server.stderr()[-4000:]}")
            return (await asyncio.to_thread(server.admin, "/readyz")).status == 200

        await eventually(is_ready, f"/readyz of {server.name} says 200", timeout)

    async def info(self, server):
        answer = await asyncio.to_thread(server.get, "/info")
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    # ---- clients

    async def client(self, *servers, name=None, **more):
        """A connected client of these servers, or of all."""
        client = Client(servers or self.servers, self.ledger, name or f"client {len(self.clients)}", **more)
        self.clients.append(client)
        return await client.start()

    async def post(self, server, edit=None, headers=None, place=HOME):
        """POST one edit (a fresh one when none is given): the ledger's entry, with .reason the error."""
        edit = self.ledger.fresh()[0] if edit is None else edit
        entry = self.ledger.record("post", len(self.ledger.entries) + 1, 0, [edit], place)
        x, y, colour = parts(edit)
        x, y = place[0] * WIDTH + x, place[1] * WIDTH + y
        try:
            answer = await asyncio.to_thread(server.request, "POST", f"/edit?x={x}&y={y}&c={colour}", headers)
        except (OSError, http.client.HTTPException) as error:
            entry.outcome, entry.reason = UNKNOWN, repr(error)
            return entry
        said = json.loads(answer.body)
        if answer.status == 200:
            entry.outcome, entry.version = ACKNOWLEDGED, said["version"]
        else:
            entry.reason = said["error"]
            entry.outcome = UNKNOWN if entry.reason == "unknown" else REFUSED
        return entry

    def scribble(self, client, rate=200, size=4, rng=None):
        """Let a client paint until it is cancelled or the test ends: about `rate` edits a second, messages
        of 1 to `size`. It rests while the client is not connected. The task, to cancel."""
        async def go():
            loop = asyncio.get_running_loop()
            due = loop.time()
            while True:
                n = rng.randint(1, size) if rng else size
                if client.connected:
                    await client.paint(n)
                due = max(due + n / rate, loop.time() - 1)
                await asyncio.sleep(max(0.001, due - loop.time()))

        task = asyncio.create_task(go())
        self._tasks.append(task)
        return task

    async def rest(self):
        """No more scribbling."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    # ---- the invariant

    async def settle(self, timeout=SETTLE_SECONDS):
        """Wait until nothing is in flight and every server and client is at the log's end: its records."""
        await self.rest()
        for client in self.clients:
            if client.alive:
                await client.settle(timeout=patient(timeout))
        deadline = asyncio.get_running_loop().time() + patient(timeout)
        while True:
            records = await asyncio.to_thread(self.log.records)
            ends = ends_of(records)
            end = max(ends.values(), default=0)
            behind = [server.name for server in self.servers
                      if server.running and (await self.info(server))["version"] < end]
            behind += [client.name for client in self.clients
                       if client.alive and not (client.connected and client.version >= ends.get(client.where, 0))]
            if not behind:
                again = await asyncio.to_thread(self.log.records)
                if len(again) == len(records):
                    return records
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"not at version {end} after {patient(timeout)} s: {behind}")
            await asyncio.sleep(0.05)

    async def picture(self, server, version=0, place=HOME):
        """The bytes of a canvas's picture, as soon as it is at least of this version."""
        path = "/canvas.png" if place == HOME else "/c/{},{}/canvas.png".format(*place)

        async def fetch():
            answer = await asyncio.to_thread(server.get, path)
            assert answer.status == 200, answer.status
            return answer.body if int(answer.headers["x-canvas-version"]) >= version else None

        return await eventually(fetch, f"{path} of {server.name} is of version {version}")

    async def violations(self, timeout=SETTLE_SECONDS):
        """Settle, then look at everything: what is wrong (see checker.check), and the records."""
        records = await self.settle(timeout)
        ends = {HOME: 0, **ends_of(records)}
        pictures = [(server.name, await self.picture(server, end, place), place)
                    for place, end in ends.items() for server in self.servers if server.running]
        found = check(records, self.ledger.entries, pictures, [client.view() for client in self.clients],
                      self.foreign)
        for server in self.servers:
            if server.running:
                told = {(canvas["x"], canvas["y"]): canvas["version"] for canvas in (await self.info(server))["canvases"]}
                found += [f"/info of {server.name}: canvas {place} is at version {told.get(place)}, not {end}"
                          for place, end in ends.items() if told.get(place, 0) != end]
        return found, records

    async def check(self, timeout=SETTLE_SECONDS):
        """The invariant holds. The log's records."""
        found, records = await self.violations(timeout)
        assert not found, f"{len(found)} violations:\n" + "\n".join(found[:20])
        return records

    # ---- the end

    def close(self):
        """End all servers: whatever a sanitizer or an exit status had to say."""
        for server in self.servers:
            server.close()
        return [report for server in self.servers for report in server.reports]


__all__ = ["World", "eventually", "KafkaLog", "LocalLog", "fold", "pack"]
