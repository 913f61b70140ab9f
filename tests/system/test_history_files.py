# SPDX-License-Identifier: ISC
"""The files of history: the same whatever happens to the server, its folder, or its log; compared with what past.py makes of
the log."""
import asyncio
import hashlib
import json
import pathlib
import random
import shutil
import struct

import pytest
from fold import HOME, record_edits
from past import Past, png_texts, put
from world import eventually

GENESIS = "00112233445566778899aabbccddeeff"
WEST = (-1, 0)
KEYFRAME_BLOCKS = 16
WAIT = 60
START_MS = 1_700_000_000_000


def folder_of(server, genesis=GENESIS):
    return pathlib.Path(server.data) / "history" / genesis[:16]


def files_of(folder):
    """{name: bytes} of the complete blocks and the keyframes in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.suffix in (".bin", ".key")}


def keyframe(past, number, genesis, chain):
    """The canvas before block `number`, as PROTOCOL.md has it, but for its CRC."""
    version = past.blocks[number - 1].end
    pixels = past.pixels([version])[version]
    nibbles = pixels.translate(bytes(b"0123456789abcdef"[i & 15] for i in range(256)))
    return struct.pack("<8sHhhH16sQQ32sI", b"placedhk", 1, *past.place, 0, bytes.fromhex(genesis), number, version,
                       chain, 0), bytes.fromhex(nibbles.decode())


def pasts_of(records):
    """Of every canvas that the records paint."""
    places = {edits[0] for edits in (record_edits(record.value) for record in records) if edits}
    return [Past(records, place) for place in sorted(places)]


def expected_names(pasts):
    """Names of all files that the history server."""
    names = set()
    for past in pasts:
        folder, n = f"{past.place[0]},{past.place[1]}", len(past.blocks)
        names |= {f"{folder}/{i}.bin" for i in range(n)}
        names |= {f"{folder}/{i}.key" for i in range(KEYFRAME_BLOCKS, n + 1, KEYFRAME_BLOCKS)}
    return names


def check_files(folder, records, genesis=GENESIS):
    """They are exactly those of the log. Returns how many."""
    files, pasts = files_of(folder), pasts_of(records)
    assert set(files) == expected_names(pasts)
    for past in pasts:
        chain, where = bytes(32), f"{past.place[0]},{past.place[1]}"
        for block in past.blocks:
            data = block.encode(genesis, past.place)
            assert files[f"{where}/{block.number}.bin"] == data, (where, block.number)
            chain = hashlib.sha256(chain + hashlib.sha256(data).digest()).digest()
            if f"{where}/{block.number + 1}.key" in files:
                head, pixels = keyframe(past, block.number + 1, genesis, chain)
                data = files[f"{where}/{block.number + 1}.key"]
                assert data[:84] == head and data[88:] == pixels, (where, block.number + 1)
    return len(files)


def quick_records(rng, edits, places, largest, start_ms):
    """(time_ms, value) of records with about so many edits in all: x and y below 512, which needs no sorting out."""
    low = bytes(i & 0xFD for i in range(256)), bytes(i & 0xF7 for i in range(256))
    records = []
    while edits > 0:
        n = rng.randrange(1, largest)
        value = bytearray(rng.randbytes(3 * n))
        value[1::3], value[2::3] = value[1::3].translate(low[0]), value[2::3].translate(low[1])
        place = rng.choice(places)
        start_ms += rng.randrange(2000)
        records.append((start_ms, (b"" if place == HOME else struct.pack("<hh", *place)) + bytes(value)))
        edits -= n
    return records


def index(server, genesis=GENESIS):
    """The plane's index, or None while there is none."""
    answer = server.get(f"/h/{genesis[:16]}/index.json")
    assert answer.status in (200, 503), (answer.status, answer.body)
    return json.loads(answer.body) if answer.status == 200 else None


async def whole(server, version, genesis=GENESIS):
    """Wait until history has read up to the version, and return the index."""
    async def found():
        now = await asyncio.to_thread(index, server, genesis)
        return now if now and now["version"] >= version else None

    return await eventually(found, f"history at version {version}", WAIT)


def end_of(records):
    return records[-1].offset + 1


@pytest.mark.limit(240)
async def test_killed_fifty_times_while_the_log_grows(world, rng):
    """Some kills come while it loads, some while it reads, some when it is done."""
    server = world.make_server(args=["--plane", "2x1"])
    time_ms, places = START_MS, [HOME] * 6 + [WEST]
    for round_ in range(50):
        more = quick_records(rng, 26_000, places, 9000, time_ms)
        time_ms = more[-1][0]
        await asyncio.to_thread(put, server.data, more, GENESIS)
        await asyncio.to_thread(server.start, wait=round_ % 3 > 0)
        await asyncio.sleep(rng.choice((0, 0, rng.uniform(0, 0.02), rng.uniform(0, 0.1), rng.uniform(0, 0.3))))
        await asyncio.to_thread(server.kill)
    await world.start(server)
    records = await asyncio.to_thread(world.log.records)
    await whole(server, end_of(records))
    assert await asyncio.to_thread(check_files, folder_of(server), records) >= 17
    before = await asyncio.to_thread(files_of, folder_of(server))
    await asyncio.to_thread(server.stop)
    assert await asyncio.to_thread(files_of, folder_of(server)) == before


async def on_log(world, edits, places=(HOME, WEST), args=()):
    """A server on a log of about so many edits, and the log's records."""
    server = world.make_server(args=["--plane", "2x1", *args])
    await asyncio.to_thread(put, server.data, quick_records(random.Random(5), edits, places, 6000, START_MS), GENESIS)
    await world.start(server)
    return server, await asyncio.to_thread(world.log.records)


async def test_the_folder_may_be_deleted_at_any_time(world):
    server, records = await on_log(world, 300_000)
    await whole(server, end_of(records))
    assert await asyncio.to_thread(check_files, folder_of(server), records) >= 4
    shutil.rmtree(folder_of(server).parent)
    names = expected_names(pasts_of(records))

    def is_back():
        return folder_of(server).is_dir() and set(files_of(folder_of(server))) == names

    await eventually(is_back, "the files are back", WAIT)
    await whole(server, end_of(records))
    await asyncio.to_thread(check_files, folder_of(server), records)
    client = await world.client(server)
    for _ in range(3):  # while edits come
        await client.place(20)
        shutil.rmtree(folder_of(server).parent, ignore_errors=True)
        await client.place(20)
    records = await asyncio.to_thread(world.log.records)
    await whole(server, end_of(records))
    await eventually(is_back, "the files are back", WAIT)
    await asyncio.to_thread(check_files, folder_of(server), records)
    assert "made anew" in server.stderr()


async def test_a_file_that_was_damaged_is_never_served(world):
    server, records = await on_log(world, 200_000)
    await whole(server, end_of(records))
    expected = {name: data for name, data in files_of(folder_of(server)).items() if name.startswith("0,0/")}
    for name, data in expected.items():
        path = folder_of(server) / name
        path.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
        answer = await asyncio.to_thread(server.get, f"/h/{GENESIS[:16]}/{name}")
        assert answer.status == 503 or answer.body == data, (name, answer.status)

        async def is_right():
            again = await asyncio.to_thread(server.get, f"/h/{GENESIS[:16]}/{name}")
            return again.status == 200 and again.body == data and path.read_bytes() == data

        await eventually(is_right, f"{name} is right again", WAIT)
    await whole(server, end_of(records))
    await asyncio.to_thread(check_files, folder_of(server), records)


async def test_a_log_that_was_restored_and_went_on_otherwise(world):
    """The same genesis, the same offsets, other edits: nothing of the old history is left."""
    server, _ = await on_log(world, 100_000)
    await asyncio.to_thread(server.stop)
    backup = world.folder / "backup"
    shutil.copytree(server.data / "log", backup)
    await asyncio.to_thread(put, server.data, quick_records(random.Random(6), 200_000, [HOME, WEST], 4000, 2 * START_MS), GENESIS)
    await world.start(server)
    records = await asyncio.to_thread(world.log.records)
    await whole(server, end_of(records))
    await asyncio.to_thread(server.stop)
    shutil.rmtree(server.data / "log")
    shutil.copytree(backup, server.data / "log")
    await asyncio.to_thread(put, server.data, quick_records(random.Random(7), 250_000, [HOME, WEST], 4000, 2 * START_MS), GENESIS)
    await world.start(server, args=["--rebuild"])
    records = await asyncio.to_thread(world.log.records)
    await whole(server, end_of(records))
    assert "was made of another log" in server.stderr()
    await asyncio.to_thread(check_files, folder_of(server), records)


async def test_history_that_cannot_be_written_does_not_stop_the_server(world):
    server = world.make_server()
    server.data.mkdir(parents=True)
    (server.data / "history").write_text("in the way")
    await world.start(server)
    client = await world.client(server)
    await client.place(5)
    await eventually(lambda: "history cannot go on, the server does" in server.stderr(), "it is said", WAIT)
    assert server.metric("placed_history_failures_total") >= 1
    genesis = (await world.info(server))["genesis"]
    answer = await asyncio.to_thread(server.get, f"/h/{genesis[:16]}/index.json")
    assert answer.status == 503, answer.body
    await client.place(5)
    (server.data / "history").unlink()
    await whole(server, client.version, genesis)
    await eventually(lambda: "history goes on" in server.stderr(), "that is said too", WAIT)
    assert server.stderr().count("history cannot go on") == 1
    await world.check()


async def test_without_history_there_is_no_folder(world):
    server = await world.server(args=["--history", "off"])
    client = await world.client(server)
    entry = await client.place()
    info = await world.info(server)
    for name in ("index.json", "0,0/index.json", "0,0/tail.bin", "0,0/1.png"):
        answer = await asyncio.to_thread(server.get, f"/h/{info['genesis'][:16]}/{name}")
        assert answer.status == 404, (name, answer.status)
    assert entry is None or entry.version
    await asyncio.to_thread(server.stop)
    assert not (server.data / "history").exists()


# ---- on Kafka


def block_value(seed):
    """A record that is a block by itself."""
    (_, value), = quick_records(random.Random(seed), 1, [HOME], 2, START_MS)
    return value * 66_000


@pytest.mark.limit(240)
async def test_two_servers_of_a_log_have_the_same_files(kafka_world):
    world = kafka_world
    first = await world.server(args=["--plane", "2x2"])
    client = await world.client(first)
    await client.place()
    genesis = (await world.info(first))["genesis"]
    for seed in range(17):
        await asyncio.to_thread(world.log.broker.produce, world.log.topic, block_value(seed))
    records = await asyncio.to_thread(world.log.records)
    second = await world.server(args=["--plane", "2x2"])
    for server in first, second:
        await whole(server, end_of(records), genesis)
    await asyncio.to_thread(second.kill)
    await client.place(10)
    await world.start(second)
    records = await asyncio.to_thread(world.log.records)
    one, two = [await whole(server, end_of(records), genesis) for server in (first, second)]
    assert one == two
    assert await asyncio.to_thread(check_files, folder_of(first, genesis), records, genesis) >= 17
    assert files_of(folder_of(first, genesis)) == files_of(folder_of(second, genesis))


@pytest.mark.limit(240)
async def test_a_log_whose_beginning_is_gone(kafka_world):
    """Who has the history goes on with it; who has lost it says so once and serves what there is."""
    world = kafka_world
    server = await world.server()
    client = await world.client(server)
    for _ in range(5):
        await client.place()
    genesis = (await world.info(server))["genesis"]
    await whole(server, client.version, genesis)
    await asyncio.to_thread(world.log.broker.delete_records, world.log.topic, 2)
    await client.place(5)
    await whole(server, client.version, genesis)
    await asyncio.to_thread(server.stop)
    await world.start(server)
    picture = await asyncio.to_thread(server.get, f"/h/{genesis[:16]}/0,0/1.png")
    assert picture.status == 200 and png_texts(picture.body)["version"] == "1"
    await asyncio.to_thread(server.stop)
    shutil.rmtree(server.data / "history")
    await world.start(server)
    await eventually(lambda: "there is no history" in server.stderr(), "it is said", WAIT)
    answer = await asyncio.to_thread(server.get, f"/h/{genesis[:16]}/index.json")
    assert answer.status == 404
    await client.place()
    assert server.stderr().count("there is no history") == 1


@pytest.mark.long
@pytest.mark.limit(240)
async def test_a_broker_that_was_away(own_kafka, make_world, kafka_log):
    """History goes on by itself, with every record and none twice."""
    world = make_world(kafka_log(own_kafka))
    server = await world.server()
    client = await world.client(server)
    await client.place(5)
    genesis = (await world.info(server))["genesis"]
    await whole(server, client.version, genesis)
    await asyncio.to_thread(own_kafka.stop, kill=True)
    await eventually(lambda: client.readonly, "it is read-only", WAIT)
    await asyncio.to_thread(own_kafka.start)
    await eventually(lambda: not client.readonly, "it takes edits", WAIT)
    for _ in range(3):
        await client.place(5)
    records = await asyncio.to_thread(world.log.records)
    await whole(server, end_of(records), genesis)
    tail = await asyncio.to_thread(server.get, f"/h/{genesis[:16]}/0,0/tail.bin")
    assert tail.status == 200 and tail.body == Past(records).tail.encode(genesis, HOME)
    await world.check()
