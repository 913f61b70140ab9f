# SPDX-License-Identifier: ISC
"""Crashes and restarts lose nothing that was acknowledged (rows 1, 3, 4 and 5 of the fault matrix)."""
import asyncio

import pytest
from checker import ACKNOWLEDGED, REFUSED, UNKNOWN, check
from fold import record_words
from world import CORNERS, PLANE, eventually


async def placed_since(world, before, n):
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) >= before + n, f"{n} more messages placed")


@pytest.mark.limit(180)
async def test_killed_again_and_again_under_load(any_world, rng):
    """Row 1. Now and then a kill comes while it still starts."""
    world = any_world
    server = await world.server(args=["--checkpoint-seconds", "1", *PLANE])
    clients = [await world.client(server, place=place) for place in CORNERS]
    for client in clients:
        world.scribble(client, rate=300, size=8, rng=rng)
    for round_ in range(8):
        await asyncio.sleep(rng.uniform(0.05, 1.5))
        await asyncio.to_thread(server.kill)
        if round_ % 3 == 2:
            server.start(wait=False)
            await asyncio.sleep(rng.uniform(0, 0.1))
            await asyncio.to_thread(server.kill)
        before = world.ledger.count(ACKNOWLEDGED)
        await world.start(server)
        await placed_since(world, before, 5)
    await world.check(timeout=90)
    assert world.ledger.count(UNKNOWN), "no kill hit anything in flight"


async def test_killed_between_commit_and_acknowledgement(any_world):
    """Row 3: the edit is there, and its sender does not know."""
    world = any_world
    # An edit is acknowledged with the frame that shows it: a long tick opens the gap.
    server = await world.server(args=["--batch-ms", "50", "--tick-ms", "10000"])
    client = await world.client(server)
    await client.place()
    entry = await client.paint(3)

    def in_log():
        return any(set(entry.words) <= set(record_words(record.value) or ()) for record in world.log.records())

    await eventually(lambda: asyncio.to_thread(in_log), "in the log")
    await asyncio.to_thread(server.kill)
    await eventually(lambda: entry.outcome == UNKNOWN, "unknown")
    await world.start(server)
    records = await world.check()
    assert set(entry.words) <= set(record_words(records[-1].value))


@pytest.mark.limit(150)
async def test_a_frozen_server_catches_up_and_shows_nothing_stale_as_new(kafka_world, rng):
    """Row 4."""
    world = kafka_world
    frozen, other = await world.server(), await world.server()
    painter, viewer = await world.client(other), await world.client(frozen)
    await painter.place(5)
    await viewer.reach(painter.version)
    before = painter.version
    frozen.freeze()
    world.scribble(painter, rate=300, rng=rng)
    count = world.ledger.count(ACKNOWLEDGED)
    await asyncio.sleep(6)
    await placed_since(world, count, 50)
    assert viewer.version == before
    await world.rest()
    await painter.settle()
    frozen.thaw()
    # The first picture after the thaw has the pixels of the version that it says.
    first = await asyncio.to_thread(frozen.get, "/canvas.png")
    records = await world.settle()
    assert not check(records, world.ledger.entries, [("frozen", first.body)])
    await world.check()


@pytest.mark.parametrize("threads", [1, 2])
async def test_sigterm_under_load_settles_what_is_in_flight(any_world, rng, threads):
    """Row 5, one server."""
    world = any_world
    server = await world.server(args=["--threads", str(threads)])
    clients = [await world.client(server) for _ in range(4)]
    for round_ in range(3):
        for client in clients:
            world.scribble(client, rate=300, rng=rng)
        await placed_since(world, world.ledger.count(ACKNOWLEDGED), 20)
        await asyncio.sleep(rng.uniform(0, 0.5))
        await asyncio.to_thread(server.stop)  # asserts exit 0
        await eventually(lambda: all(len(client.closes) == round_ + 1 for client in clients), "closed")
        assert {code for client in clients for code in client.closes} == {1012}
        await world.rest()
        await world.start(server)
        await world.check()


@pytest.mark.limit(150)
async def test_a_rolling_restart_that_opens_a_canvas_is_hardly_noticed(kafka_world, rng):
    """Rows 5 and 33: clients go to another server, with their version. On one server after the other a canvas is
    opened; edits of it are refused where it is not open yet, and shown everywhere."""
    world = kafka_world
    servers = [await world.server() for _ in range(3)]
    clients = [await world.client(*servers[i % 3:], *servers[:i % 3]) for i in range(6)]
    for client in clients:
        world.scribble(client, rate=80, rng=rng)
    for number, server in enumerate(servers):
        await placed_since(world, world.ledger.count(ACKNOWLEDGED), 30)
        await asyncio.to_thread(server.stop)
        await eventually(lambda: all(client.connected for client in clients), "all went elsewhere")
        await placed_since(world, world.ledger.count(ACKNOWLEDGED), 30)
        server.args = ["--plane", "2x1"]
        await world.start(server)
        if number == 0:  # open on the first server only
            for i in range(3):
                clients.append(await world.client(server, *servers[1:], place=(1, 0), name=f"pioneer {i}"))
                world.scribble(clients[-1], rate=80, rng=rng)
            entry = await clients[-1].paint()
            await clients[-1].settle(entry)
            assert entry.outcome == ACKNOWLEDGED
            stranger = await world.client(*servers[1:], server, place=(1, 0), name="stranger")
            await stranger.reach(entry.version)
            assert stranger.hello["open"] is False
            refused = await stranger.paint()
            await stranger.settle(refused)
            assert (refused.outcome, refused.reason) == (REFUSED, "locked")
            clients.append(stranger)
    assert (await world.post(servers[2], place=(1, 0))).outcome == ACKNOWLEDGED
    await world.check()
    assert {entry.reason for entry in world.ledger.entries if entry.outcome == REFUSED} <= {"locked", "closed"}
    codes = {code for client in clients for code in client.closes if code != 1000}
    assert codes == {1012}
