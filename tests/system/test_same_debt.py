# SPDX-License-Identifier: ISC
"""Servers of a set that have read the same know the same of everybody's energy, whatever happened to them."""
import asyncio
import time

import pytest
from archive import run
from staff import Staff
from world import eventually

CAPACITY = 3600 * 1000
PEOPLE = 20
ROUNDING_MS = 10


async def full_at(server, staff, author):
    """When this author will be full, as this server has it: the earliest and the latest time, in ms."""
    before = time.time() * 1000
    energy = await staff.get(server, f"energy?a={author}")
    after = time.time() * 1000
    assert energy["capacity"] == CAPACITY
    left = CAPACITY - energy["energy"]
    return before + left - ROUNDING_MS, after + left + ROUNDING_MS


async def draw(world, server, rng, n, cut=None):
    """So many edits of random people, most of them on pixels that are painted already."""
    async def one(i):
        x, y = rng.randrange(12), rng.randrange(12)
        address = f"203.0.113.{rng.randrange(PEOPLE)}"
        try:
            await asyncio.to_thread(server.request, "POST", f"/edit?x={x}&y={y}&c={rng.randrange(16)}",
                                    {"X-Forwarded-For": address})
        except OSError:
            assert cut and cut.is_set(), "only who was cut off by the kill"

    for i in range(0, n, 20):
        await asyncio.gather(*(one(i + k) for k in range(20)))


@pytest.mark.limit(150)
async def test_servers_that_have_read_the_same_know_the_same_of_everybody(kafka_world, rng):
    """Random edits at both, one is killed in the middle and comes back, the other is stopped and comes back."""
    world = kafka_world
    args = ["--energy", f"{CAPACITY}/3000/7000", "--trust-proxy", "127.0.0.1", "--network-factor", "0"]
    first = await world.server(args=args)
    second = await world.server(args=[*args, "--secret", str(first.data / "secret")])
    staff = Staff(world)
    await asyncio.gather(draw(world, first, rng, 100), draw(world, second, rng, 100))
    killed = asyncio.Event()
    cut = asyncio.create_task(draw(world, second, rng, 60, killed))
    await asyncio.sleep(rng.uniform(0.05, 0.4))
    killed.set()
    await asyncio.to_thread(second.kill)
    await draw(world, first, rng, 60)
    await asyncio.gather(cut, return_exceptions=True)
    await world.start(second)
    await asyncio.gather(draw(world, first, rng, 40), draw(world, second, rng, 40))
    await asyncio.to_thread(first.stop)
    await draw(world, second, rng, 40)
    await world.start(first)

    async def level():
        return (await world.info(first))["version"] == (await world.info(second))["version"]

    await eventually(level, "both have read the same")
    rows = (await asyncio.to_thread(run, "export", "--log", world.log.arg)).out.splitlines()[1:]
    edits = {}
    for row in rows:
        edits[row.split(",")[1]] = edits.get(row.split(",")[1], 0) + 1
    assert len(edits) == PEOPLE and len(rows) > 300
    for author, n in edits.items():
        least, most = zip(*[await full_at(server, staff, author) for server in (first, second)])
        assert max(least) <= min(most), (author, n, least, most)
        # And it is what the edits cost, from the first one on: between all blank and all painted.
        owed = min(most) - time.time() * 1000
        assert 3000 * n - 150_000 <= owed <= 7000 * n, (author, n, owed)
