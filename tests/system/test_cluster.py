# SPDX-License-Identifier: ISC
"""Many servers, one log: the same bytes everywhere, also when the broker goes away (rows 6 and 12)."""
import asyncio
import time

import pytest
from checker import ACKNOWLEDGED, REFUSED
from world import CORNERS, PLANE, World, eventually

READONLY_SECONDS = 15  # the promise is 2 to 3 s; a sanitizer on a busy machine is slow


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.limit(150)
async def test_servers_on_one_partition_end_with_the_same_bytes(make_world, kafka_log, rng, n):
    world = make_world(kafka_log(), region=3000)
    servers = await asyncio.gather(*(world.server(chr(ord("a") + i), args=PLANE) for i in range(n)))
    clients = [await world.client(server, place=place) for place in CORNERS[:2] for server in servers]
    for client in clients:
        world.scribble(client, rate=150, rng=rng)
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > 400, "400 messages placed")
    await world.check()
    for place, watchers in zip(CORNERS, (clients[:n], clients[n:])):
        end = watchers[0].version
        assert {client.version for client in watchers} == {end}
        assert len({client.canvas.checksum() for client in watchers}) == 1
        assert len({await world.picture(server, end, place) for server in servers}) == 1
    assert clients[0].canvas.checksum() != clients[n].canvas.checksum()
    assert {(await world.info(server))["version"] for server in servers} == {max(client.version for client in clients)}


async def test_a_server_that_joins_late_or_comes_back_has_the_same_bytes(kafka_world, rng):
    world = kafka_world
    first = await world.server()
    client = await world.client(first)
    world.scribble(client, rate=500, rng=rng)
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > 100, "100 messages placed")
    second = await world.server()
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > 150, "150 messages placed")
    await asyncio.to_thread(second.stop)
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > 200, "200 messages placed")
    await world.start(second)
    await world.check()


async def readonly_while(world, own_kafka, hurt, heal, rng):
    """The broker goes away under load and comes back: two servers, a client each, one that only looks on."""
    servers = [await world.server(), await world.server()]
    painters = [await world.client(server) for server in servers]
    for painter in painters:
        world.scribble(painter, rate=50, rng=rng)
    viewer = await world.client(servers[0])
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > 20, "some messages placed")

    await asyncio.to_thread(hurt)
    gone = time.monotonic()
    await eventually(lambda: viewer.readonly and all(painter.readonly for painter in painters),
                     "all clients were told that it is read-only", READONLY_SECONDS)
    print(f"read-only after {time.monotonic() - gone:.1f} s")
    refused = world.ledger.count(REFUSED)
    await eventually(lambda: world.ledger.count(REFUSED) > refused + 10, "edits are refused")
    assert {entry.reason for entry in world.ledger.entries if entry.outcome == REFUSED} <= {"readonly", "failed"}
    for server in servers:
        entry = await world.post(server)
        assert (entry.outcome, entry.reason) == (REFUSED, "readonly")
        assert (await asyncio.to_thread(server.admin, "/readyz")).status == 503
        assert (await asyncio.to_thread(server.admin, "/healthz")).status == 200
        assert (await world.info(server))["readonly"] is True
        assert await world.picture(server)
    newcomer = await world.client(servers[1])
    assert newcomer.readonly is True and newcomer.canvas.sum == painters[1].canvas.sum
    await asyncio.sleep(max(0, gone + 8 - time.monotonic()))

    await asyncio.to_thread(heal)
    back = time.monotonic()
    for server in servers:
        await world.ready(server)
    await eventually(lambda: not newcomer.readonly and not viewer.readonly, "all were told that it is over")
    print(f"writable {time.monotonic() - back:.1f} s after the broker was")
    placed = world.ledger.count(ACKNOWLEDGED)
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > placed + 20, "edits are placed again")
    await world.check()
    assert viewer.closes == []


@pytest.mark.long
@pytest.mark.limit(200)
async def test_without_a_broker_it_is_read_only_and_recovers_by_itself(own_kafka, make_world, kafka_log, rng):
    """Row 6."""
    world = make_world(kafka_log(own_kafka))
    await readonly_while(world, own_kafka, lambda: own_kafka.stop(kill=True), own_kafka.start, rng)


@pytest.mark.limit(200)
async def test_a_broker_that_hangs_is_like_none(own_kafka, make_world, kafka_log, rng):
    """Row 12."""
    world = make_world(kafka_log(own_kafka))
    await readonly_while(world, own_kafka, own_kafka.freeze, own_kafka.thaw, rng)


async def test_without_a_broker_at_the_start_it_says_so_and_ends(make_world, tmp_path):
    class Nowhere:
        arg = "kafka://127.0.0.1:1/canvas"

    world: World = make_world(Nowhere())
    status, said = await asyncio.to_thread(world.make_server().run_to_exit)
    assert status == 1 and "127.0.0.1:1" in said, said
