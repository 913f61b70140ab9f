# SPDX-License-Identifier: ISC
"""Many canvases in one log: each is a canvas by itself, and they share nothing but the log."""
import asyncio

import raw
from checker import ACKNOWLEDGED, REFUSED
from flood import flood
from world import CORNERS, PLANE

EAST = (1, 0)


async def test_a_client_of_a_quiet_canvas_resumes_after_a_restart(any_world):
    """The version of a canvas is that of its last edit, whatever happens on others: nothing is missing."""
    world = any_world
    server = await world.server(args=PLANE)
    busy = await world.client(server)
    quiet = await world.client(server, place=EAST)
    blank = await world.client(server, place=CORNERS[3])
    await quiet.place(3)
    leaver = await world.client(server, place=EAST, name="leaver")
    await leaver.close()
    for _ in range(5):
        await busy.place(2)
    assert quiet.version < busy.version and blank.version == 0
    for end in server.stop, server.kill:
        await asyncio.to_thread(end)
        await world.start(server)
        await asyncio.gather(*(client.until(lambda client=client: client.connected, "back")
                               for client in (busy, quiet, blank)))
        await busy.place()
        await quiet.place()
    await leaver.start()  # it missed what the ring, which is memory, no longer has
    await leaver.reach(quiet.version)
    assert (quiet.resets, blank.resets, busy.resets) == (0, 0, 0)
    await world.check()


async def test_a_canvas_that_was_closed_is_shown_and_takes_nothing(world):
    server = await world.server(args=PLANE)
    client = await world.client(server, place=EAST)
    await client.place(4)
    await asyncio.to_thread(server.stop)
    server.args = []
    await world.start(server)
    await client.until(lambda: client.connected, "back")
    assert client.hello["open"] is False and client.resets == 0
    for refused in (await client.paint(2), await world.post(server, place=EAST)):
        await client.settle()
        assert (refused.outcome, refused.reason) == (REFUSED, "locked")
    for path in "/c/0,1/canvas.png", "/c/0,1/events", "/c/1,1/canvas.png":
        assert (await asyncio.to_thread(server.get, path)).status == 404, path
    assert raw.WebSocket(server, "/c/0,1/ws").status == 404
    assert {(canvas["x"], canvas["y"]): canvas["open"] for canvas in (await world.info(server))["canvases"]} == {
        (0, 0): True, EAST: False}
    await world.check()


async def test_viewers_of_one_canvas_do_not_notice_that_another_is_flooded(world):
    """One of them is away meanwhile: its few edits are still in memory when it is back."""
    server = await world.server(args=["--plane", "2x1"])
    painter, viewer = await world.client(server), await world.client(server)
    leaver = await world.client(server, name="leaver")
    await painter.place(2)
    await leaver.reach(painter.version)
    await leaver.close()
    await painter.place(2)
    flooding = asyncio.create_task(flood(server.url("/ws", "ws"), "--canvas", "1,0", "--readers", 10, "--writers", 10,
                                         "--rate", 0, "--batch", 256, "--duration", 3))
    while not flooding.done():
        await painter.place()
        await asyncio.sleep(0.05)
    report = await flooding
    assert report.status == 0 and report.counters["resets"] == 0, report
    await leaver.start()
    await leaver.reach(painter.version)
    await viewer.reach(painter.version)
    for client in painter, viewer, leaver:
        assert client.resets == 0 and set(client.closes) <= {1000}, client.name
    assert server.metric("placed_fell_behind_total") == 0
    assert {entry.outcome for entry in world.ledger.entries} == {ACKNOWLEDGED}


async def test_the_load_tool_checks_every_open_canvas(world):
    server = await world.server(args=PLANE)
    report = await flood(server.url("/ws", "ws"), "--canvas", "all", "--readers", 12, "--writers", 8, "--rate", 2000,
                         "--duration", 1.5, "--alone")
    assert report.status == 0, report
    canvases = {(canvas["x"], canvas["y"]): canvas["final_version"] for canvas in report.data["canvases"]}
    assert sorted(canvases) == sorted(CORNERS) and all(canvases.values())
    assert report.counters["pictures"] >= 8  # the stream and a full reader of each
    assert {(canvas["x"], canvas["y"]): canvas["version"] for canvas in (await world.info(server))["canvases"]} == canvases
