# SPDX-License-Identifier: ISC
"""A log that is not the one the checkpoint was made from is refused (rows 13, 14 and 15), and left alone."""
import asyncio
import shutil

import pytest
from checker import ACKNOWLEDGED
from fold import fold, record_words
from world import World, eventually

MISMATCH = 3


async def refuses(world, server, word):
    """The server ends with 3 and says why and what to do; nothing was written into the log."""
    before = [(record.offset, record.value) for record in world.log.records()]
    status, said = await asyncio.to_thread(server.run_to_exit)
    assert status == MISMATCH, said
    assert "--rebuild" in said and word in said, said
    assert [(record.offset, record.value) for record in world.log.records()] == before


async def rebuilds(world, server):
    """With --rebuild it folds what is there; and then starts without."""
    world.ledger.entries.clear()
    world.clients.clear()
    world.foreign = [edit for record in world.log.records() for edit in record_words(record.value) or ()]
    await world.start(server, args=["--rebuild"])
    client = await world.client(server)
    await client.place(3)
    await world.check()
    assert client.canvas.pixels == fold(world.log.records()).pixels
    await asyncio.to_thread(server.stop)
    await world.start(server)
    await world.check()


async def painted(world, server, n):
    """The server paints n records and ends: its checkpoint is at the log's end."""
    await world.start(server)
    client = await world.client(server)
    for _ in range(n):
        await client.place(2)
    await client.close()
    await asyncio.to_thread(server.stop)


# ---- Kafka


def recreate(log):
    log.broker.delete_topic(log.topic)
    for attempt in range(50):
        try:
            return log.broker.create_topic(log.topic)
        except RuntimeError:  # the deletion takes a moment
            if attempt == 49:
                raise


async def test_a_topic_that_was_made_anew_is_refused(kafka_world):
    """Row 13: the log is shorter than the checkpoint."""
    server = kafka_world.make_server()
    await painted(kafka_world, server, 5)
    recreate(kafka_world.log)
    await refuses(kafka_world, server, "shorter")
    await rebuilds(kafka_world, server)


async def test_a_topic_that_was_made_anew_and_has_grown_is_refused(kafka_world):
    """Row 14: only the anchor tells."""
    server = kafka_world.make_server()
    await painted(kafka_world, server, 5)
    values = [record.value for record in kafka_world.log.records()]
    recreate(kafka_world.log)
    for value in values + values:  # the very same edits; but other records
        kafka_world.log.broker.produce(kafka_world.log.topic, value)
    await refuses(kafka_world, server, "not the one")
    await rebuilds(kafka_world, server)


async def test_a_topic_that_is_made_anew_under_a_running_server_ends_it(kafka_world):
    """It must not go on with a log that is another one; and nothing may be acknowledged by that one."""
    world = kafka_world
    server = await world.server()
    client = await world.client(server)
    for _ in range(5):
        await client.place(2)
    world.scribble(client, rate=50)
    before = world.log.records()
    await asyncio.to_thread(recreate, world.log)
    await eventually(lambda: not server.running, "it ended by itself", 60)
    assert server.wait_exit() in (1, MISMATCH) and "placed: error:" in server.stderr()
    await world.rest()
    await client.close()
    for entry in world.ledger.entries:
        if entry.outcome == ACKNOWLEDGED:
            assert entry.version <= before[-1].offset + 20, "only what the old log still took"
            assert not any(set(entry.words) & set(record_words(record.value) or ()) for record in world.log.records())
    status, said = await asyncio.to_thread(server.run_to_exit)
    assert status == MISMATCH, said


async def test_a_topic_that_lost_what_came_after_the_checkpoint_is_refused(kafka_world):
    """Row 15: retention has passed the checkpoint."""
    late, other = kafka_world.make_server(), kafka_world.make_server()
    await painted(kafka_world, late, 3)
    await painted(kafka_world, other, 5)
    records = kafka_world.log.records()
    kafka_world.log.broker.delete_records(kafka_world.log.topic, records[-2].offset)
    await refuses(kafka_world, late, "no longer has")
    await rebuilds(kafka_world, late)


async def test_retention_may_come_up_to_the_checkpoint_and_not_past_it(kafka_world):
    """Row 15, to the record: the one that the checkpoint was made at must still be there."""
    world = kafka_world
    server = world.make_server()
    await painted(world, server, 3)
    last = world.log.records()[-1].offset
    world.log.broker.delete_records(world.log.topic, last)
    assert [record.offset for record in world.log.records()] == [last]
    await world.start(server)
    assert (await world.info(server))["version"] == last + 1
    await asyncio.to_thread(server.stop)
    world.log.broker.delete_records(world.log.topic, last + 1)
    await refuses(world, server, "no longer has")


async def test_a_topic_of_another_cluster_is_refused(make_world, kafka_log, own_kafka):
    log = kafka_log()
    world = make_world(log)
    server = world.make_server()
    await painted(world, server, 3)
    values = [record.value for record in log.records()]
    log.broker = own_kafka
    own_kafka.create_topic(log.topic)
    for value in values:
        own_kafka.produce(log.topic, value)
    server.log = log.arg
    await refuses(world, server, "cluster")
    await rebuilds(world, server)


async def test_a_topic_with_two_partitions_is_refused(make_world, kafka_log):
    log = kafka_log()
    log.broker.create_topic(log.topic, partitions=2)
    world: World = make_world(log)
    status, said = await asyncio.to_thread(world.make_server().run_to_exit)
    assert status == 1 and "partition" in said, said


# ---- the embedded log


def keep(server, name):
    """Copy the log of a server that does not run."""
    copy = server.data.parent / name
    shutil.copytree(server.data / "log", copy)
    return copy


def exchange(server, copy):
    shutil.rmtree(server.data / "log")
    shutil.copytree(copy, server.data / "log")


async def test_an_older_copy_of_the_embedded_log_is_refused(world):
    """Row 13."""
    server = world.make_server("a")
    await painted(world, server, 3)
    older = keep(server, "older")
    await painted(world, server, 3)
    exchange(server, older)
    await refuses(world, server, "shorter")
    await rebuilds(world, server)


async def test_an_embedded_log_that_went_another_way_is_refused(world):
    """Row 14: same log once, but since then other edits, and more of them."""
    server = world.make_server("a")
    await painted(world, server, 3)
    fork = keep(server, "fork")
    shutil.copytree(server.data / "checkpoint", server.data.parent / "fork-checkpoint")
    await painted(world, server, 3)
    ahead = server.data.parent / "ahead-checkpoint"
    shutil.copytree(server.data / "checkpoint", ahead)

    exchange(server, fork)
    shutil.rmtree(server.data / "checkpoint")
    shutil.copytree(server.data.parent / "fork-checkpoint", server.data / "checkpoint")
    await painted(world, server, 8)
    shutil.rmtree(server.data / "checkpoint")
    shutil.copytree(ahead, server.data / "checkpoint")
    await refuses(world, server, "not the one")
    await rebuilds(world, server)


@pytest.mark.parametrize("longer", [False, True])
async def test_the_embedded_log_of_another_server_is_refused(world, longer):
    server, other = world.make_server("a"), world.make_server("b")
    await painted(world, server, 4)
    await painted(world, other, 8 if longer else 2)
    exchange(server, keep(other, "others"))
    await refuses(world, server, "not the one")
    world.servers.remove(other)
    await rebuilds(world, server)


async def test_a_lost_embedded_log_is_refused(world):
    server = world.make_server("a")
    await painted(world, server, 3)
    shutil.rmtree(server.data / "log")
    status, said = await asyncio.to_thread(server.run_to_exit)
    assert status == MISMATCH and "--rebuild" in said, said
    await rebuilds(world, server)


async def test_a_lost_checkpoint_is_no_loss(any_world):
    server = any_world.make_server("a")
    await painted(any_world, server, 4)
    shutil.rmtree(server.data / "checkpoint")
    await any_world.start(server)
    await any_world.check()
