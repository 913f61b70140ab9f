# SPDX-License-Identifier: ISC
"""Crashes and restarts lose nothing that was acknowledged (rows 1, 2, 3, 4 and 5 of the fault matrix)."""
import asyncio
import shutil
import subprocess

import pytest
from checker import ACKNOWLEDGED, UNKNOWN, check
from fold import record_words
from world import eventually


def may_trace():
    """Can strace change what a process does here?"""
    if not shutil.which("strace"):
        return False
    done = subprocess.run(["strace", "-D", "-o", "/dev/null", "-e", "inject=exit_group:signal=KILL:when=1", "true"],
                          stderr=subprocess.DEVNULL, timeout=20, check=False)
    return done.returncode == -9


needs_strace = pytest.mark.skipif(not may_trace(), reason="strace is missing or ptrace is not permitted")


async def placed_since(world, before, n):
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) >= before + n, f"{n} more messages placed")


@pytest.mark.limit(180)
async def test_killed_again_and_again_under_load(any_world, rng):
    """Row 1. Now and then a kill comes while it still starts."""
    world = any_world
    server = await world.server(args=["--checkpoint-seconds", "1"])
    clients = [await world.client(server) for _ in range(3)]
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


# What an LMDB commit does: writes pages (writev), makes them durable, writes the meta page that counts
# (pwrite64). The second time is in the commit after a whole one, with other pages to write.
@needs_strace
@pytest.mark.parametrize("call, when", [("writev", 1), ("fdatasync", 1), ("pwrite64", 1),
                                        ("writev", 2), ("fdatasync", 2), ("pwrite64", 2)])
async def test_killed_in_the_commit_of_a_checkpoint(world, rng, call, when):
    """Row 2: the old slot or the new one, never a mixture."""
    server = world.make_server(args=["--checkpoint-seconds", "1"])
    await world.start(server)
    client = await world.client(server)
    await client.place(200)
    await asyncio.to_thread(server.stop)  # a first checkpoint, and the file

    prefix = ["strace", "-D", "-f", "-o", str(world.folder / "strace"), "-P",
              str(server.data / "checkpoint/data.mdb"), "-e", f"trace={call}", "-e",
              f"inject={call}:signal=KILL:when={when}"]
    await asyncio.to_thread(server.start, prefix=prefix)
    await world.ready(server)
    world.scribble(client, rate=100, rng=rng)
    await eventually(lambda: not server.running, f"killed in {call} number {when}")
    assert server.wait_exit() == -9
    await world.start(server)
    await world.check()


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
    await eventually(lambda: not client.connected, "disconnected")
    assert entry.outcome == UNKNOWN
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
async def test_a_rolling_restart_of_three_servers_is_hardly_noticed(kafka_world, rng):
    """Row 5: clients go to another server, with their version."""
    world = kafka_world
    servers = [await world.server() for _ in range(3)]
    clients = [await world.client(*servers[i % 3:], *servers[:i % 3]) for i in range(6)]
    for client in clients:
        world.scribble(client, rate=80, rng=rng)
    for server in servers:
        await placed_since(world, world.ledger.count(ACKNOWLEDGED), 30)
        await asyncio.to_thread(server.stop)
        await eventually(lambda: all(client.connected for client in clients), "all went elsewhere")
        await placed_since(world, world.ledger.count(ACKNOWLEDGED), 30)
        await world.start(server)
    await world.check()
    codes = {code for client in clients for code in client.closes if code != 1000}
    assert codes == {1012}
