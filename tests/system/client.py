# SPDX-License-Identifier: ISC
"""client: a browser as PROTOCOL.md describes it: picture, frames, edits, and coming back with its version.

It believes nothing: it keeps its own canvas and checksum, and whatever the server says that cannot be true
goes to `faults`, which world.check() and the checker look at.
"""
import asyncio
import collections
import contextlib
import http.client
import json
import random
import re

import websockets
from checker import ACKNOWLEDGED, PENDING, REFUSED, UNKNOWN, View
from fold import HOME, Canvas, Picture, pack, unpack
from patience import patient

STEP_SECONDS = patient(30)  # one step of the protocol: connect, fetch a picture
CUT_EDITS = 10000  # a frame this long may be a piece of a longer run: its canvas is of no one version
CANNOT_CONNECT = (OSError, EOFError, KeyError, asyncio.TimeoutError, http.client.HTTPException,
                  websockets.InvalidHandshake, websockets.InvalidMessage)
REASONS = {"range", "locked", "readonly", "busy", "closed", "failed", "energy", "network", "rate", "banned", "area",
           "colour", "frozen", "identity", "young"}


class AnotherLog(Exception):
    """The server's log is not the one that the canvas is of."""


class Client:
    """One WebSocket client of one canvas; the server may be exchanged or restarted under it."""

    def __init__(self, servers, ledger, name, resume=True, via=None, place=HOME):
        self.servers = list(servers)
        self.ledger = ledger
        self.name = name
        self.resume = resume  # come back by itself when the connection ends
        self.via = via  # host:port of a proxy in front of the WebSocket
        self.where = place  # of the canvas
        self.folder = "" if place == HOME else "/c/{},{}".format(*place)
        self.canvas = None
        self.cut = False  # the last frame may be a piece of a run
        self.hello = None
        self.readonly = None
        self.online = None
        self.sums = []
        self.checksums = 0  # how many could be compared
        self.resets = 0
        self.rules = None  # number of the newest rules that it was told of
        self.genesis = None  # of the log; None: not known
        self.new_logs = 0  # how often another log was there
        self.connections = 0
        self.closes = []  # the code of every connection that ended
        self.faults = []
        self.failures = []  # what went wrong while it tried to connect
        self._id = 0
        self._ws = None
        self._told = (0, 0)  # the newest `placed` of this connection: id, version
        self._waiting = collections.OrderedDict()  # id -> entry, of this connection
        self._catching_up = None  # frames that arrived while a picture is fetched
        self._expect_reset = None  # hello had another version than ours: no frame may follow
        self._reset_version = 0
        self._task = None
        self._stopping = False

    # ---- its life

    async def start(self):
        """Connect; returns when the server has said hello."""
        self._stopping = False
        self._task = asyncio.create_task(self._run())
        await self.until(lambda: self.connected or self._task.done(), "connected", 2 * STEP_SECONDS)
        if self._task.done():
            self._task.result()
            raise AssertionError(f"{self.name}: not connected: {self.failures[-1:]}, closes {self.closes}")
        return self

    async def close(self):
        """Leave, and let nothing be in flight any more."""
        self._stopping = True
        if self._ws is not None:
            try:
                await asyncio.wait_for(self._ws.close(), 5)
            except asyncio.TimeoutError:
                pass
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._lose()

    @property
    def alive(self):
        return self._task is not None and not self._task.done()

    @property
    def connected(self):
        return self._ws is not None and self.hello is not None and self._catching_up is None

    @property
    def version(self):
        return self.canvas.version if self.canvas else -1

    @property
    def waiting(self):
        """Messages without an answer."""
        return len(self._waiting)

    async def until(self, true, what, timeout=STEP_SECONDS):
        """Wait until true() is; says what did not happen."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not true():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{self.name}: not {what} after {timeout} s; version {self.version}, "
                                     f"{self.waiting} waiting, closes {self.closes}, failures {self.failures[-3:]}")
            await asyncio.sleep(0.005)

    # ---- what a user does

    async def send(self, words, number=None):
        """Send one message of edits; its ledger entry. The outcome comes later (see settle)."""
        if not self.connected:
            await self.until(lambda: self.connected, "connected", 2 * STEP_SECONDS)
        self._id = self._id + 1 if number is None else number
        entry = self.ledger.record(self.name, self.connections, self._id, words, self.where)
        self._waiting[entry.id] = entry
        try:
            await self._ws.send(entry.id.to_bytes(4, "little") + pack(entry.words))
        except websockets.ConnectionClosed:
            pass  # the outcome is set to unknown where the end of the connection is seen
        return entry

    async def paint(self, n=1):
        """Send n fresh edits in one message."""
        return await self.send(self.ledger.fresh(n))

    async def settle(self, *entries, timeout=STEP_SECONDS):
        """Wait until these entries, or all of this client's, have an outcome."""
        if entries:
            await self.until(lambda: all(entry.outcome != PENDING for entry in entries), "answered", timeout)
        else:
            await self.until(lambda: not self._waiting, "answered", timeout)

    async def place(self, n=1):
        """Send n fresh edits; they must be acknowledged and arrive on this canvas. The entry."""
        entry = await self.paint(n)
        await self.settle(entry)
        assert entry.outcome == ACKNOWLEDGED, f"{entry}: {entry.reason}"
        await self.reach(entry.version)
        return entry

    async def reach(self, version, timeout=STEP_SECONDS):
        await self.until(lambda: self.version >= version, f"at version {version}", timeout)

    def view(self):
        """What it saw, for the checker."""
        pixels = None if self.cut or self._catching_up is not None or not self.canvas else self.canvas.pixels
        return View(self.name, self.version, pixels, self.sums, self.faults, self.where)

    # ---- the connection

    async def _run(self):
        while not self._stopping:
            try:
                await self._connection()
            except AnotherLog:
                self.genesis = None
            except CANNOT_CONNECT as error:
                self.failures.append(repr(error))
            finally:
                self._lose()
            if not self.resume:
                break
            self.servers.append(self.servers.pop(0))
            await asyncio.sleep(random.uniform(0.02, 0.1))

    async def _connection(self):
        if self.canvas is None:
            self.canvas = await self._picture()
        server = self.servers[0]
        path = f"{self.folder}/ws?from={self.version}"
        url = f"ws://{self.via}{path}" if self.via else server.url(path, "ws")
        async with asyncio.timeout(STEP_SECONDS + 5):
            ws = await websockets.connect(url, subprotocols=["placed.1"], compression=None, max_size=None,
                                          ping_interval=None, open_timeout=None, close_timeout=2)
        self.connections += 1
        self._ws = ws
        self._told = (0, 0)
        try:
            while True:
                await self._message(await ws.recv())
        except websockets.ConnectionClosed:
            self.closes.append(ws.close_code)
        finally:
            self._ws = None
            with contextlib.suppress(websockets.ConnectionClosed):
                await ws.close()

    async def _picture(self):
        def fetch():
            path = f"{self.folder}/canvas.png"
            answer = self.servers[0].get(path, timeout=STEP_SECONDS)
            if answer.status != 200:
                raise OSError(f"{path}: {answer.status}")
            return Picture(answer.body)

        picture = await asyncio.to_thread(fetch)
        if picture.place not in (None, self.where):
            self.faults.append(f"a picture of canvas {picture.place}")
        self.genesis = picture.genesis or self.genesis
        return Canvas(picture.pixels, picture.version)

    def _lose(self):
        """The connection is over: nobody will say any more what became of what is in flight."""
        self.hello = None
        self._catching_up = self._expect_reset = None
        self._reset_version = 0
        for entry in self._waiting.values():
            entry.outcome = UNKNOWN
        self._waiting.clear()

    # ---- what the server says

    async def _message(self, data):
        if isinstance(data, bytes):
            if self.hello is None:
                self.faults.append("a frame before hello")
            frame = int.from_bytes(data[:8], "little"), unpack(data[8:])
            if self._catching_up is not None:
                self._catching_up.append(frame)
            else:
                self._frame(*frame)
            return
        said = json.loads(data)
        kind = said["type"]
        if self.hello is None and kind != "hello":
            self.faults.append(f"{kind} before hello")
        handler = getattr(self, f"_on_{kind}", None)
        if handler is None:
            self.faults.append(f"unknown type: {data}")
        elif kind == "reset":
            await handler(said)
        else:
            handler(said)

    def _frame(self, version, edits):
        if version < self.version:
            self.faults.append(f"the version went back from {self.version} to {version}")
            return
        if version < self._reset_version:
            self.faults.append(f"a frame of version {version} after a reset to {self._reset_version}")
        if self._expect_reset is not None:
            self.faults.append(f"hello at version {self._expect_reset} for {self.version}, then no reset")
            self._expect_reset = None
        self.cut = len(edits) >= CUT_EDITS
        self.canvas.apply(edits, version)
        if not self.cut:
            self.sums.append((version, self.canvas.sum))

    def _on_hello(self, said):
        if self.hello is not None:
            self.faults.append("hello twice")
        self.hello = said
        if said["protocol"] != "placed.1" or not isinstance(said["version"], int):
            self.faults.append(f"a strange hello: {said}")
        self.readonly = said["readonly"]
        self.online = said["online"]
        self._expect_reset = said["version"] if said["version"] != self.version else None
        self._on_genesis(said)

    def _on_genesis(self, said):
        """Which log and which canvas it is. When it is another log, everything begins at its picture."""
        genesis = said["genesis"]
        if said["canvas"] != list(self.where) or not isinstance(said["open"], bool) or not (
                genesis is None or re.fullmatch("[0-9a-f]{32}", genesis)):
            self.faults.append(f"a strange hello: {said}")
        if self.genesis is not None and genesis != self.genesis:
            self.new_logs += 1
            self.sums.clear()
            self.canvas = self._expect_reset = None
            raise AnotherLog
        self.genesis = genesis

    def _on_rules(self, said):
        self.rules = said["serial"]
        if not isinstance(said["serial"], int) or not isinstance(said["open"], bool):
            self.faults.append(f"strange rules: {said}")

    def _on_placed(self, said):
        number, version = said["id"], said["version"]
        if number <= self._told[0] or version < self._told[1]:
            self.faults.append(f"placed went back from {self._told} to {said}")
        self._told = (number, version)
        if number > self._id or not self._waiting:
            self.faults.append(f"{said}, but nothing was waiting for it")
        while self._waiting and next(iter(self._waiting)) <= number:
            _, entry = self._waiting.popitem(last=False)
            entry.outcome, entry.version = ACKNOWLEDGED, version

    def _on_refused(self, said):
        entry = self._waiting.pop(said["id"], None)
        if entry is None:
            self.faults.append(f"{said}, but that message was not waiting")
            return
        entry.outcome, entry.reason = REFUSED, said["reason"]
        if said["reason"] not in REASONS or said["retry_ms"] < 0:
            self.faults.append(f"a strange refusal: {said}")

    def _on_energy(self, said):
        pass

    def _on_online(self, said):
        self.online = said["count"]

    def _on_notice(self, said):
        self.readonly = said.get("readonly", self.readonly)

    def _on_checksum(self, said):
        if said["version"] != self.version or self._catching_up is not None or self.cut:
            return
        self.checksums += 1
        if said["sum"] != self.canvas.checksum():
            self.faults.append(f"checksum {said['sum']} at version {self.version}, mine is {self.canvas.checksum()}")

    async def _on_reset(self, said):
        """Fetch the picture while frames go on to arrive; they continue from said["version"]."""
        self.resets += 1
        self._expect_reset = None
        self._reset_version = said["version"]
        if self._catching_up is not None:  # again, while we were at it
            self._catching_up.clear()
            return
        self._catching_up = []
        fetching = asyncio.create_task(self._picture())
        try:
            while not fetching.done():
                receiving = asyncio.create_task(self._ws.recv())
                await asyncio.wait({fetching, receiving}, return_when=asyncio.FIRST_COMPLETED)
                if not receiving.done():
                    receiving.cancel()
                    await asyncio.gather(receiving, return_exceptions=True)
                if receiving.done() and not receiving.cancelled():
                    await self._message(receiving.result())
            canvas = fetching.result()
        finally:
            fetching.cancel()
        frames, self._catching_up = self._catching_up, None
        if canvas.version < self.version:
            # This server is behind the one that we come from. Versions never go back: ask again later.
            await self._ws.close()
            return
        self.canvas = canvas
        if canvas.version < self._reset_version:
            await self._ws.close()  # and come back with the version of the picture
            return
        for version, edits in frames:
            if version < self._reset_version:
                self.faults.append(f"a frame of version {version} after a reset to {self._reset_version}")
            if version >= canvas.version:  # one at the same version may hold the beginning of the next record
                self._frame(version, edits)
