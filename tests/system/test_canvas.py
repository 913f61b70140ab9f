# SPDX-License-Identifier: ISC
"""One canvas for everybody: what is painted is seen, by every way in and out, and is still there later."""
import asyncio
import json
import time

import pytest
import websockets
from checker import ACKNOWLEDGED, REFUSED
from fold import PIXELS, Picture, parts, word
from patience import patient
from sse import EventStream
from world import eventually

QUIET_MS = 10000  # a batch and tick so long that nothing in a test could wait for it


async def raw(server, query):
    """A bare connection: (socket, the first two texts, as many as come before a frame)."""
    ws = await websockets.connect(server.url("/ws" + query, "ws"), subprotocols=["placed.1"], compression=None,
                                  ping_interval=None)
    return ws, json.loads(await asyncio.wait_for(ws.recv(), patient(10)))


async def test_two_clients_see_each_other(any_world):
    server = await any_world.server()
    ann, bob = await any_world.client(server), await any_world.client(server)
    for painter, viewer in (ann, bob), (bob, ann):
        entry = await painter.place(3)
        await viewer.reach(entry.version)
        for x, y, colour in map(parts, entry.words):
            assert viewer.canvas.pixels[y * 1000 + x] == colour
    await any_world.check()


async def test_clients_that_fight_for_the_same_pixels_agree_in_the_end(make_world, rng):
    world = make_world(region=50)
    server = await world.server()
    clients = [await world.client(server) for _ in range(3)]
    for client in clients:
        world.scribble(client, rate=100, rng=rng)
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > 50, "some edits placed")
    await world.check()
    assert len({bytes(client.canvas.pixels) for client in clients}) == 1


async def test_an_edit_on_a_quiet_canvas_does_not_wait_for_the_batch(any_world):
    server = await any_world.server(args=["--batch-ms", str(QUIET_MS), "--tick-ms", str(QUIET_MS)])
    painter, viewer = await any_world.client(server), await any_world.client(server)
    for _ in range(4):
        before = time.monotonic()
        entry = await painter.place()
        await viewer.reach(entry.version)
        if time.monotonic() - before < QUIET_MS / 2000:
            break
        await asyncio.sleep(1.5 * QUIET_MS / 1000)  # the machine was busy: once more, when it is quiet again
    else:
        raise AssertionError("it waits for the batch")
    await any_world.check()


async def test_an_edit_posted_is_seen(any_world):
    server = await any_world.server()
    viewer = await any_world.client(server)
    entry = await any_world.post(server)
    assert entry.outcome == ACKNOWLEDGED
    await viewer.reach(entry.version)
    x, y, colour = parts(entry.words[0])
    assert viewer.canvas.pixels[y * 1000 + x] == colour
    assert (await any_world.info(server))["version"] >= entry.version
    entries = await asyncio.gather(*(any_world.post(server) for _ in range(5)))
    assert {entry.outcome for entry in entries} == {ACKNOWLEDGED}
    await any_world.check()


async def test_a_message_is_taken_whole_or_not_at_all(world):
    server = await world.server()
    client = await world.client(server)
    good = await client.place(256)
    assert good.outcome == ACKNOWLEDGED
    for x, y in (1000, 0), (0, 1000), (1023, 1023):
        bad = await client.send(world.ledger.fresh(2) + [word(x, y, 1)] + world.ledger.fresh(2))
        await client.settle(bad)
        assert (bad.outcome, bad.reason) == (REFUSED, "range")
    await client.place()
    await world.check()


async def test_the_event_stream_shows_the_same_canvas(world, rng):
    server = await world.server()
    client = await world.client(server)
    await client.place(5)
    stream = await EventStream(server).open()
    assert stream.status == 200 and stream.headers["content-type"].startswith("text/event-stream")
    for _ in range(5):
        await client.place(3)
    await eventually(lambda: stream.canvas.version >= client.version, "the event stream is up to date")
    await stream.close()
    entry = await client.place(2)
    # Comes back as a browser's EventSource does: the address of the first time, and the last id it had.
    await stream.open("?from=0", [("Last-Event-ID", str(stream.canvas.version))])
    await eventually(lambda: stream.canvas.version >= entry.version, "the event stream resumed")
    assert not stream.resets and stream.canvas.pixels == client.canvas.pixels
    await world.check()
    await stream.close()


async def test_the_event_stream_sends_a_client_from_nowhere_to_the_picture(world):
    server = await world.server()
    client = await world.client(server)
    await client.place()
    stream = await EventStream(server).open("?from=9007199254740991")
    await eventually(lambda: stream.resets, "a reset")
    assert json.loads(stream.resets[0])["version"] >= client.version
    await stream.close()


async def test_after_a_restart_everything_is_where_it_was(any_world, rng):
    server = await any_world.server()
    client = await any_world.client(server)
    any_world.scribble(client, rate=500, rng=rng)
    await eventually(lambda: any_world.ledger.count(ACKNOWLEDGED) > 100, "some edits placed")
    await any_world.check()
    before = await any_world.picture(server, client.version)
    await asyncio.to_thread(server.stop)
    assert client.closes[:1] in ([], [1012])
    await any_world.start(server)
    assert Picture(before).version == (await any_world.info(server))["version"]
    assert await any_world.picture(server) == before
    await client.place(2)
    assert client.closes == [1012]
    await any_world.check()


async def test_a_client_that_comes_back_gets_what_it_missed(any_world):
    server = await any_world.server()
    leaver, painter = await any_world.client(server), await any_world.client(server)
    for _ in range(3):
        await painter.place(2)
    await leaver.close()
    for _ in range(4):
        await painter.place(2)
    assert leaver.version < painter.version
    await leaver.start()
    await leaver.reach(painter.version)
    assert leaver.resets == 0, "eight edits cost less than a picture"
    await any_world.check()


async def test_a_client_that_was_away_too_long_is_sent_to_the_picture(any_world):
    server = await any_world.server()
    leaver, painter = await any_world.client(server), await any_world.client(server)
    entry = await painter.place(2)
    await leaver.reach(entry.version)
    await leaver.close()
    await painter.place(2)
    await asyncio.to_thread(server.stop)  # the ring is memory: a new server cannot replay what was before it
    await any_world.start(server)
    await leaver.start()
    await painter.place(2)
    await leaver.reach(painter.version)
    assert leaver.resets == 1
    await any_world.check()


async def test_a_client_can_join_a_busy_canvas_whose_picture_is_small(make_world, rng):
    """The picture may be a second old; what was painted since must not send the client back to it."""
    world = make_world(region=900)
    server = await world.server()
    painters = [await world.client(server) for _ in range(2)]
    for painter in painters:
        world.scribble(painter, rate=400, size=50, rng=rng)
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > 10, "some edits placed")
    for _ in range(4):
        newcomer = await world.client(server)
        await newcomer.reach(painters[0].version)
        assert newcomer.resets <= 1
        await newcomer.close()
    await world.check()


@pytest.mark.parametrize("version", [
    "18446744073709551615", "18446744073709551616", "9" * 40, "9007199254740993", "-1", "", "abc", "1e3", "0x1",
    "1%20", "%20", "+1", "1.0", "None", "%ff"])
async def test_a_version_from_nowhere_is_sent_to_the_picture(world, version):
    server = await world.server()
    client = await world.client(server)
    await client.place()
    ws, hello = await raw(server, f"?from={version}")
    assert hello["type"] == "hello" and hello["version"] == client.version
    reset = json.loads(await asyncio.wait_for(ws.recv(), patient(10)))
    assert reset == {"type": "reset", "version": client.version}
    entry = await client.place()
    frame = await asyncio.wait_for(ws.recv(), patient(10))
    assert int.from_bytes(frame[:8], "little") == entry.version and len(frame) == 11
    await ws.close()


async def test_without_a_version_frames_start_at_the_present(world):
    server = await world.server()
    client = await world.client(server)
    await client.place()
    ws, hello = await raw(server, "")
    assert hello["version"] == client.version and hello["readonly"] is False
    entry = await client.place()
    frame = await asyncio.wait_for(ws.recv(), patient(10))
    assert int.from_bytes(frame[:8], "little") == entry.version and len(frame) == 11
    await ws.close()


async def test_any_program_can_fold_the_log(any_world, rng):
    """Ten lines make the picture from the exported log, byte for byte."""
    server = await any_world.server()
    clients = [await any_world.client(server) for _ in range(2)]
    for client in clients:
        any_world.scribble(client, rate=500, rng=rng)
    await eventually(lambda: any_world.ledger.count(ACKNOWLEDGED) > 100, "some edits placed")
    png = await any_world.picture(server, 1)  # while they paint
    records = await any_world.settle()

    picture = Picture(png)
    canvas = bytearray(PIXELS)
    for record in records:
        value = record.value
        if record.offset < picture.version and value and len(value) % 3 == 0:
            for i in range(0, len(value), 3):
                edit = value[i] | value[i + 1] << 8 | value[i + 2] << 16
                canvas[(edit >> 10 & 1023) * 1000 + (edit & 1023)] = edit >> 20
    assert canvas == picture.pixels
    assert 0 < picture.version <= records[-1].offset + 1
    await any_world.check()


async def test_the_picture_has_the_palette_that_info_names(world):
    server = await world.server()
    info = await world.info(server)
    assert (info["protocol"], info["width"], info["height"]) == ("placed.1", 1000, 1000)
    picture = Picture(await world.picture(server))
    assert (picture.width, picture.height, picture.depth, picture.version) == (1000, 1000, 4, 0)
    assert ["#%02x%02x%02x" % colour for colour in picture.palette] == [
        colour["rgb"].lower() for colour in info["palette"]]


async def test_the_checksum_of_the_heartbeat_is_the_canvas(world):
    server = await world.server()
    client = await world.client(server)
    for _ in range(3):
        await client.place(20)

    async def compared():
        await client.place()  # it is sent only while the picture changes
        return client.checksums > 0

    await eventually(compared, "a checksum at a version that the client was at", 40)
    await world.check()
