# SPDX-License-Identifier: ISC
"""The control log: what is decided anywhere acts everywhere, at its time, and is there after every end."""
import asyncio
import json
import shutil
import stat
import time

import pytest
from checker import ACKNOWLEDGED, REFUSED
from fold import HOME, parts
from staff import Staff, soon
from world import eventually

EAST = (1, 0)
WHITE = 0
MUST = {"v": 1, "t": "portal", "name": "x", "must": True}

# What anybody who may write to the topic could put there. None of it means anything.
HOSTILE = [
    b"garbage", b"{", b"[]", b"null", b"\xff\xfe\x00", b"[" * 4000, b" " * 5000,
    json.dumps({"v": 1, "t": "region", "name": "big", "x": 0, "y": 0, "w": 9, "h": 9, "closed": True,
                "words": "w" * 5000}).encode(),
    json.dumps({"v": 1, "t": "ban", "name": "everybody"}).encode(),
    json.dumps({"v": 1, "t": "region", "name": "r", "x": "0", "y": 0, "w": 1000, "h": 1000, "closed": True}).encode(),
    json.dumps({"v": 1, "t": "region", "name": "r", "x": 0, "y": 0, "w": 10 ** 300, "h": 1, "closed": True}).encode(),
    json.dumps({"v": 1, "t": "palette", "name": "*", "colours": [-1]}).encode(),
    json.dumps({"v": 1, "t": "token", "name": "me", "grants": "operator", "hash": "00"}).encode(),
    json.dumps({"v": 2, "t": "freeze", "name": "*"}).encode(),
    json.dumps({"v": 1, "t": "portal", "name": "x"}).encode(),
]


async def passed(moment):
    """That time is over, by a little."""
    await asyncio.sleep(max(0, moment / 1000 - time.time()) + 0.05)


class Painter:
    """Posts edits of places and colours that a test chooses."""

    def __init__(self, world, server):
        self.world = world
        self.server = server

    def word(self, x, y, colour):
        """A fresh edit at this place, so that the ledger can tell it from the others."""
        return x | y << 10 | colour << 20

    async def paint(self, x, y, colour, place=HOME):
        """Its ledger entry."""
        return await self.world.post(self.server, self.word(x, y, colour), place=place)

    async def refused(self, x, y, colour, reason, place=HOME):
        """It is refused for this reason: what the server says of it."""
        entry = await self.paint(x, y, colour, place)
        assert (entry.outcome, entry.reason) == (REFUSED, reason), (entry.outcome, entry.reason)

    async def placed(self, x, y, colour, place=HOME):
        entry = await self.paint(x, y, colour, place)
        assert entry.outcome == ACKNOWLEDGED, (entry.outcome, entry.reason)

    async def says(self, x, y, colour):
        """The whole answer to an edit that is refused."""
        answer = await asyncio.to_thread(self.server.request, "POST", f"/edit?x={x}&y={y}&c={colour}")
        return json.loads(answer.body)


async def test_regions_freezes_and_canvases_hold_for_their_time_and_survive_every_end(world):
    server = await world.server()
    staff, painter = Staff(world), Painter(world, server)
    assert stat.S_IMODE(staff.token_files[0].stat().st_mode) == 0o600
    client = await world.client(server)

    async def told():
        """The client has heard of the newest rules."""
        return (await world.info(server))["rules"] == client.rules

    # A region that closes at a time, until a time; everybody hears of it.
    begin, end = soon(2), soon(4)
    await staff.do(server, "region", name="the flag", x=100, y=100, w=10, h=10, closed=True, **{"from": begin},
                   until=end)
    await eventually(told, "told that the rules have changed")
    info = await world.info(server)
    (region,) = info["regions"]
    assert region == {"name": "the flag", "x": 100, "y": 100, "w": 10, "h": 10, "closed": True, "factor": 1,
                      "colours": None, "from": begin, "until": end, "words": "the flag"}
    entry = await painter.paint(105, 105, 1)
    assert entry.outcome == ACKNOWLEDGED or time.time() * 1000 >= begin
    await passed(begin)
    said = await painter.says(105, 105, 2)
    if time.time() * 1000 < end:
        assert (said["error"], said["until"], said["words"]) == ("area", end, "the flag")
    await painter.placed(110, 105, 2)
    await passed(end)
    await painter.placed(105, 105, 3)
    await eventually(told, "told that the region is over")
    assert (await world.info(server))["regions"] == []

    # Colours of a region, then of the plane.
    await staff.do(server, "region", name="greys", x=0, y=0, w=50, h=50, colours=[0, 1, 2, 3], words="greys only")
    await painter.placed(10, 10, 3)
    await painter.refused(10, 11, 4, "colour")
    assert (await painter.says(10, 11, 4))["words"] == "greys only"
    await staff.do(server, "palette", set="white")
    info = await world.info(server)
    assert info["colours"] == [WHITE] and info["regions"][0]["colours"] == [0, 1, 2, 3]
    await painter.refused(200, 200, 5, "colour")
    await painter.placed(200, 200, WHITE)  # the final whiteout
    entry = await client.paint(1)
    await client.settle()
    word = entry.words[0]
    assert entry.outcome == (ACKNOWLEDGED if parts(word)[2] == WHITE else REFUSED)

    # A canvas that opens at a time.
    opens = soon(2)
    await staff.do(server, "canvas", x=1, y=0, open=True, at=opens)
    entry = await painter.paint(1, 1, WHITE, EAST)
    assert entry.outcome == REFUSED or time.time() * 1000 >= opens
    await passed(opens)

    async def is_open():
        return {"x": 1, "y": 0, "open": True} in [{key: canvas[key] for key in ("x", "y", "open")}
                                                  for canvas in (await world.info(server))["canvases"]]

    await eventually(is_open, "the canvas is open")
    east = await world.client(server, place=EAST)
    await painter.placed(1, 1, WHITE, EAST)

    # Everything stands after a kill at once after the last answer, and after a proper end.
    await staff.do(server, "freeze", region=None, on=True)
    before = [await staff.get(server, path) for path in ("audit", "regions", "tokens")]
    rules = await world.info(server)
    for end_it in server.kill, server.stop:
        await asyncio.to_thread(end_it)
        await world.start(server)
        assert [await staff.get(server, path) for path in ("audit", "regions", "tokens")] == before
        info = await world.info(server)
        assert info["frozen"] and all(info[key] == rules[key] for key in ("colours", "regions", "canvases"))
        await painter.refused(300, 300, WHITE, "frozen")
        assert await is_open()
    await east.until(lambda: east.connected, "back")
    await staff.do(server, "freeze", region=None, on=False)
    await staff.do(server, "palette", set="all")
    await painter.placed(300, 300, 9)
    await east.place()
    await world.check()


@pytest.mark.limit(240)
async def test_what_one_server_of_a_set_decides_acts_on_the_other(kafka_world):
    world = kafka_world
    a = await world.server()
    secret = world.folder / "secret"
    shutil.copy(a.data / "secret", secret)
    b = await world.server(args=["--secret", str(secret)])
    staff, painter = Staff(world), Painter(world, b)
    assert "this server's secret" not in a.stderr() + b.stderr()
    viewer = await world.client(b)

    async def acts(what, true):
        """By b, which was not asked, within about a second."""
        began = time.monotonic()
        await eventually(true, what)
        print(f"{what}: {time.monotonic() - began:.2f} s")

    async def regions():
        return [region["name"] for region in (await world.info(b))["regions"]]

    async def has_region():
        return await regions() == ["r"]

    await staff.do(a, "region", name="r", x=0, y=0, w=500, h=500, closed=True)
    await acts("a region", has_region)

    async def told():
        return (await world.info(b))["rules"] == viewer.rules

    await eventually(told, "told by b")
    await painter.refused(5, 5, 1, "area")
    await staff.do(b, "region/remove", name="r")  # by the other one
    await painter.placed(5, 5, 1)

    async def is_open():
        canvases = {(canvas["x"], canvas["y"]) for canvas in (await world.info(b))["canvases"] if canvas["open"]}
        return canvases == {HOME, EAST}

    await staff.do(a, "canvas", x=1, y=0, open=True)
    await acts("a canvas", is_open)
    clients = [await world.client(server, place=EAST) for server in (a, b)]
    for client in clients:
        await client.place(3)

    # While b sleeps a canvas is opened and painted: b then has it all.
    await asyncio.to_thread(b.freeze)
    await staff.do(a, "canvas", x=0, y=1, open=True)
    south = await world.client(a, place=(0, 1))
    await south.place(4)
    await asyncio.to_thread(b.thaw)

    async def both_open():
        return {(0, 1)} <= {(canvas["x"], canvas["y"]) for canvas in (await world.info(b))["canvases"]
                            if canvas["open"]}

    await eventually(both_open, "b has heard of the canvas")
    await (await world.client(b, place=(0, 1))).place(2)
    await staff.do(a, "canvas", x=0, y=1, open=False)

    # A token that b has made is good on a.
    status, said = await staff.ask(b, "POST", "token", {"name": "eye", "role": "viewer", "why": "a test"})
    assert status == 200, said

    async def is_known():  # asked by another one: who shows too many wrong ones is not heard any more
        return "eye" in {token["name"] for token in await staff.get(a, "tokens")}

    await acts("a token", is_known)
    assert (await staff.ask(a, "GET", "audit", token=said["token"]))[0] == 200
    assert (await staff.ask(a, "POST", "freeze", {"on": True, "why": "no"}, token=said["token"]))[0] == 403

    # Whatever is in the topic: both go on, and say how much of it was no good.
    topic, broker = world.log.topic + ".control", world.log.broker
    for value in [*HOSTILE, b"", None]:
        await asyncio.to_thread(broker.produce, topic, value)
    await staff.do(a, "palette", set="all")

    async def failures():
        return [int(await asyncio.to_thread(server.metric, "placed_control_failures")) for server in (a, b)]

    async def are_counted():
        return (await failures())[0] == (await failures())[1] >= len(HOSTILE)

    await acts("hostile records", are_counted)
    assert await regions() == [] and not (await world.info(b))["frozen"]
    for server in a, b:
        assert (await asyncio.to_thread(server.admin, "/readyz")).status == 200
    await painter.placed(6, 6, 2)

    # What must be understood and is not stops everybody, until it is taken back.
    async def ready_are(status):
        return {(await asyncio.to_thread(server.admin, "/readyz")).status for server in (a, b)} == {status}

    await asyncio.to_thread(broker.produce, topic, json.dumps(MUST).encode())
    await acts("a record of the future", lambda: ready_are(503))
    assert b"older than the rules" in (await asyncio.to_thread(b.admin, "/readyz")).body
    assert (await painter.says(7, 7, 1))["words"] == "this server is older than the rules"
    await painter.refused(7, 7, 1, "frozen")
    await asyncio.to_thread(broker.produce, topic, json.dumps({**MUST, "gone": True}).encode())
    await acts("its end", lambda: ready_are(200))
    await painter.placed(7, 7, 1)

    # One that is killed comes back with all of it.
    audit = await staff.get(a, "audit")
    await asyncio.to_thread(b.kill)
    await world.start(b)
    assert await staff.get(b, "audit") == audit and await is_open()
    await clients[1].until(lambda: clients[1].connected, "back")
    await clients[1].place(2)
    await world.check()


@pytest.mark.limit(240)
async def test_servers_that_start_at_once_make_one_token_and_notice_different_secrets(make_world, kafka_log):
    world = make_world(kafka_log())
    servers = [world.make_server() for _ in range(3)]
    await asyncio.gather(*(world.start(server) for server in servers))
    staff = Staff(world)
    await eventually(lambda: len(staff.token_files) == 1, "one token is left")
    for server in servers:
        assert [token["name"] for token in await staff.get(server, "tokens")] == ["first"]
    await eventually(lambda: sum("this server's secret" in server.stderr() for server in servers) >= 2,
                     "they notice that their secrets differ")


@pytest.mark.limit(240)
async def test_rules_stay_while_the_control_log_is_away_and_go_on_after(make_world, kafka_log, own_kafka):
    world = make_world(kafka_log(own_kafka))
    a, b = [await world.server() for _ in range(2)]
    staff = Staff(world)
    await staff.do(a, "region", name="r", x=0, y=0, w=500, h=500, closed=True)

    async def ready_are(status):
        return {(await asyncio.to_thread(server.admin, "/readyz")).status for server in (a, b)} == {status}

    await asyncio.to_thread(own_kafka.stop, True)
    await eventually(lambda: ready_are(503), "both are not ready")
    status, said = await staff.ask(b, "POST", "freeze", {"on": True, "why": "a test"})
    assert status == 503 and "control log" in said["error"], (status, said)
    for server in a, b:
        assert [region["name"] for region in (await world.info(server))["regions"]] == ["r"]
    await asyncio.to_thread(own_kafka.start)
    await eventually(lambda: ready_are(200), "both are ready again", 90)
    await staff.do(a, "region/remove", name="r")

    async def is_gone():
        return not (await world.info(b))["regions"]

    await eventually(is_gone, "b has heard of it")
