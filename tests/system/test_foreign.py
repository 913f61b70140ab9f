# SPDX-License-Identifier: ISC
"""Anybody may write into the partition: what breaks the rule is skipped whole, by all alike (rows 16, 17)."""
import asyncio
import re
import struct
import subprocess
import sys

import pytest
from checker import ACKNOWLEDGED
from fold import pack, record_value, record_words, word
from patience import patient
from proxy import Proxy
from server import TOP
from world import eventually

HERE = struct.pack("<hh", 1, 0)  # the canvas east of (0, 0)
HUGE = 1048000 // 3  # edits in the longest record that a broker takes


def garbage(fresh):
    """Values that break the frozen rule, although most of them have good edits in them."""
    good = pack(fresh(2))
    return [
        b"", None, b"\0", b"\n\n", good + b"\0\0", good[:-1], HERE, HERE + good + b"\0",
        struct.pack("<hh", 1024, 0) + good, struct.pack("<hh", 0, -1025) + good, b"\xff\x7f\0\0" + good,
        HERE + pack([word(1000, 0, 5)]), HERE + good + pack([word(3, 1000, 1)]), good + HERE + good[:1],
        pack([word(1000, 0, 5)]), pack([word(0, 1000, 5)]), pack([word(1023, 1023, 15)]), b"\xff\xff\xff",
        good + pack([word(1000, 3, 1)]), pack([word(3, 1000, 1)]) + good,
        pack(fresh(HUGE - 1)) + pack([word(1001, 1, 1)]), pack(fresh(HUGE)) + b"xx",
    ]


ODD_HEADERS = [
    [("a", "")], [("a", "\x01")], [("a", "\x02abcdefghABCDEFGH")], [("a", "\x01abcdefgh")],
    [("a", "\x01abcdefghABCDEFGHabcdefgh")], [("a", "\x01\x02xauthoridx")], [("a", "\x01\x02x12345678\x01x12345678")],
    [("o", "")], [("o", "x" * 15)], [("o", "x" * 16)], [("o", "x" * 4000)],
    [("g", "short")], [("g", "y" * 16)], [("g", "z" * 16), ("g", "w" * 16)], [("unknown", "?")], [("empty", "")],
    [("a", "\x01abcdefghABCDEFGH"), ("a", "\x01"), ("o", "o" * 16), ("o", "")], [("n" * 3000, "v" * 3000)],
    [(f"h{i}", str(i)) for i in range(200)],
]


@pytest.mark.limit(180)
async def test_foreign_garbage_is_skipped_by_all_alike_and_counted(kafka_world, rng):
    world = kafka_world
    early = [await world.server(), await world.server()]
    clients = [await world.client(server) for server in early]
    await clients[0].place()
    for client in clients:
        world.scribble(client, rate=50, rng=rng)
    bad = garbage(world.ledger.fresh)
    for value in bad:
        await asyncio.to_thread(world.log.broker.produce, world.log.topic, value)
    records = await world.check()
    assert sum(record_words(record.value) is None for record in records) == len(bad)
    late = await world.server()
    for server in (*early, late):
        assert server.metric("placed_records_skipped_total") == len(bad)
    await world.check()


async def test_foreign_edits_count_whatever_their_headers(kafka_world):
    world = kafka_world
    early = await world.server()
    client = await world.client(early)
    await client.place()
    for headers in ODD_HEADERS:
        edits = world.ledger.fresh(2)
        world.foreign += edits
        await asyncio.to_thread(world.log.broker.produce, world.log.topic, pack(edits), headers)
    for place in (1, 0), (-1024, 1023):  # neither of them is open: shown all the same
        edits = world.ledger.fresh(2)
        world.foreign += [(place, edit) for edit in edits]
        await asyncio.to_thread(world.log.broker.produce, world.log.topic, record_value(place, edits))
    await client.place()
    late = await world.server()
    await world.client(late)
    await world.check()
    assert early.metric("placed_records_skipped_total") == late.metric("placed_records_skipped_total") == 0


async def test_garbage_may_be_the_first_and_the_last_record(kafka_world):
    world = kafka_world
    world.log.broker.create_topic(world.log.topic)
    for _ in range(3):
        world.log.broker.produce(world.log.topic, b"first")
    server = await world.server()
    client = await world.client(server)
    await client.place(2)
    for _ in range(3):
        await asyncio.to_thread(world.log.broker.produce, world.log.topic, b"last")
    await eventually(lambda: server.metric("placed_records_skipped_total") == 6, "skipped")
    await world.check()
    for _ in range(2):  # the checkpoint's anchor may be such a record, or the one before
        await asyncio.to_thread(server.stop)
        await world.start(server)
        await client.place()
        await world.check()


async def test_a_record_that_appears_twice_converges(kafka_world):
    """Row 16: as a producer without idempotence would do it."""
    world = kafka_world
    servers = [await world.server(), await world.server()]
    clients = [await world.client(server) for server in servers]
    for client in clients:
        for _ in range(3):
            await client.place(3)
    for record in world.log.records():
        await asyncio.to_thread(world.log.broker.produce, world.log.topic, record.value)
        world.foreign += record_words(record.value)
        await clients[0].place()
    await world.check()


@pytest.mark.long
@pytest.mark.heavy
@pytest.mark.limit(180)
async def test_a_huge_record_reaches_everybody_in_pieces(kafka_world, rng):
    """The longest valid record, and a client whose connection ends between two pieces of the next one."""
    world = kafka_world
    servers = [await world.server(), await world.server()]
    watcher = await world.client(servers[0])
    await watcher.place()
    # Noise, so that the picture is as large as they come.
    edits = [word(n % 1000, n // 1000 % 1000, n // 1000000) for n in rng.sample(range(16000000), HUGE)]
    world.foreign += edits
    await asyncio.to_thread(world.log.broker.produce, world.log.topic, pack(edits))
    await watcher.reach(watcher.version + 1)
    await watcher.place()
    await world.check()

    class HangUp(Proxy):
        def to_client(self, message):
            if isinstance(message, bytes) and len(message) > 10000 and not self.told:
                self.told += 1
                self.hang_up = True
            return [message]

    proxy = HangUp(servers[0])
    async with proxy:
        victim = await world.client(servers[0], name="victim", via=proxy.address)
        edits = world.ledger.fresh(60000)  # costs less than the picture is by now: replayed, not reset
        world.foreign += edits
        await asyncio.to_thread(world.log.broker.produce, world.log.topic, pack(edits))
        await eventually(lambda: proxy.told and victim.connections == 2, "it had to come back")
        await watcher.place()
        await victim.reach(watcher.version)
        assert victim.resets == 0
        assert victim.canvas.sum == watcher.canvas.sum
        await world.check()
    assert world.ledger.count(ACKNOWLEDGED) == 3


def fold_of_the_readme(world):
    """The pixels that the README's few lines make of the topic."""
    (lines,) = re.findall(r"```python\n(.*?)```", (TOP / "README.md").read_text(), re.S)
    done = subprocess.run([sys.executable, "-c", lines + "\nsys.stdout.buffer.write(canvas)",
                           world.log.broker.address, world.log.topic], stdout=subprocess.PIPE, timeout=patient(60), check=True)
    return done.stdout


async def test_a_record_of_an_aborted_transaction_counts_for_all_readers(kafka_world):
    world = kafka_world
    server = await world.server()
    client = await world.client(server)
    await client.place(3)
    edits = [edit for edit in world.ledger.fresh(1600) if b"\n" not in pack([edit])][:1365]
    world.foreign += edits
    with world.log.broker.transaction_to_abort(world.log.topic, pack(edits)):
        await eventually(lambda: any(record.value == pack(edits) for record in world.log.records()), "the record")
    await client.place(2)
    late = await world.server()  # which reads it after the abort
    await world.client(late)
    records = await world.check()
    assert fold_of_the_readme(world) == bytes(client.canvas.pixels)
    assert [record.value for record in records].count(pack(edits)) == 1


@pytest.mark.limit(120)
async def test_a_topic_that_takes_small_records_gets_small_batches(kafka_world):
    """Row 32."""
    world = kafka_world
    world.log.broker.create_topic(world.log.topic, settings=[("max.message.bytes", "1500")])
    server = await world.server()
    assert "max.message.bytes=1500" in server.stderr()
    client = await world.client(server)
    entries = [await client.paint(n) for n in [256] * 20 + [5] * 100]
    await client.settle(*entries)
    assert {(entry.outcome, entry.reason) for entry in entries} == {(ACKNOWLEDGED, None)}
    await world.check()
    assert (await asyncio.to_thread(server.admin, "/readyz")).status == 200
