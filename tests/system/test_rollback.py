# SPDX-License-Identifier: ISC
"""Rolling back on the real binary, while others paint: nobody but the raider loses a pixel, undo restores, and a
server that is killed in the middle goes on. What has to come out is folded here, from the log as tools/export has it.
"""
import asyncio
import json
import struct
import time

import pytest
import raw
from archive import run
from fold import Picture, pack, parts, word
from patience import patient
from world import eventually

ROWS = 20  # the upper rows of the canvas are fought over
RAID = [word(x, y, 13) for y in range(ROWS) for x in range(100, 300)]
ART = [word(x, y, 1 + (x + y) % 12) for y in range(ROWS) for x in range(90, 310)]
JOB_SECONDS = 60


class Person:
    """Somebody with a cookie of their own, who paints by a WebSocket."""

    def __init__(self, server):
        answer = server.request("POST", "/identity")
        assert answer.status == 200, answer.body
        self.name = json.loads(answer.body)["name"]
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        self.server = server

    def paint(self, edits):
        with raw.WebSocket(self.server, headers=["Cookie: " + self.cookie]) as ws:
            last = 0
            for at in range(0, len(edits), 256):
                last += 1
                ws.send(raw.BINARY, struct.pack("<I", last) + pack(edits[at:at + 256]))
            while True:
                said = json.loads(ws.until(raw.TEXT))
                assert said["type"] != "refused", said
                if said["type"] == "placed" and said["id"] == last:
                    return


class Staff:
    """The admin API with the first operator's token."""

    def __init__(self, server):
        self.server = server
        self.token = (server.data / "token").read_text().strip()

    def ask(self, path, body=None, status=200):
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}
        answer = self.server.request("GET" if body is None else "POST", "/control/" + path, headers,
                                     None if body is None else json.dumps(body), kind="admin")
        assert answer.status == status, (path, answer.status, answer.body)
        return json.loads(answer.body) if answer.headers["content-type"] == "application/json" else answer.body

    def author(self, x, y):
        return self.ask(f"who?x={x}&y={y}")["changes"][0]["author"]

    def wait(self, job, state="done"):
        deadline = time.monotonic() + patient(JOB_SECONDS)
        while (said := self.ask(f"job?job={job}"))["state"] == "running":
            assert time.monotonic() < deadline, said
            time.sleep(0.01)
        assert said["state"] == state, said
        return said

    def do(self, path, body, state="done"):
        return self.wait(self.ask(path, {"why": "a test", **body})["job"], state)


def sent_of(plan, **more):
    """What applies a plan."""
    return {"plan": {name: plan["result"][name] for name in ("predicate", "version", "digest")}, **more}


def is_action(user):
    return 0 < user < 1 << 32


def edits_of(world):
    """[(author, x, y, colour)], in log order."""
    done = run("export", "--log", world.log.arg if world.log.kind == "kafka" else world.log.folder)
    assert done.status == 0, done.err
    rows = [line.split(",") for line in done.out.splitlines()[1:]]
    return [(int(user, 16), int(x), int(y), int(colour)) for _, user, x, y, colour in rows]


def fold(edits, without=lambda user: False):
    """{(x, y): colour} of the newest edits but those of some."""
    return {(x, y): colour for user, x, y, colour in edits if not without(user)}


def differences(one, other):
    """Pixels that are not the same; one that nobody painted is blank."""
    return [at for at in one.keys() | other.keys() if one.get(at, 0) != other.get(at, 0)]


async def raid(world, server):
    """An artwork, and a raid over it: the staff, the raider's author id, the artist's name."""
    staff = Staff(server)
    artist, raider = await asyncio.to_thread(lambda: (Person(server), Person(server)))
    await asyncio.to_thread(artist.paint, ART)
    await asyncio.to_thread(raider.paint, RAID)
    x, y, _ = parts(RAID[0])

    async def is_told():  # at once on the embedded log; from Kafka a moment later
        changes = (await asyncio.to_thread(staff.ask, f"who?x={x}&y={y}"))["changes"] or ()
        return len(changes) == 2 and all("author" in change for change in changes)

    await eventually(is_told, "it is told who painted")
    return staff, await asyncio.to_thread(staff.author, x, y), artist.name, raider.name


async def scribbler(world, server):
    """Somebody else, who paints a thousand pixels a second in the same rows."""
    client = await world.client(server)
    return client, world.scribble(client, rate=1000, size=10)


async def expect(world, wanted, what):
    """The log as it is by now, without what `wanted` leaves out, looks the same."""
    edits = await asyncio.to_thread(edits_of, world)
    lost = differences(fold(edits), fold(edits, wanted))
    assert not lost, f"{what}: {len(lost)} pixels, such as {lost[:5]}"
    return edits


@pytest.fixture(params=["local", "kafka"])
def any_log(request):
    return request.param


@pytest.mark.limit(240)
async def test_nobody_but_the_raider_loses_a_pixel(make_world, kafka_log, any_log):
    world = make_world(kafka_log() if any_log == "kafka" else None, region=ROWS * 1000)
    server = await world.server()
    staff, raider, artist, raider_name = await raid(world, server)
    client, task = await scribbler(world, server)
    plan = await asyncio.to_thread(staff.do, "plan", {"predicate": f"u:{raider} t:1h"})
    result = plan["result"]
    assert result["edits"] == len(RAID) and result["authors"] == [
        {"author": raider, "name": raider_name, "edits": len(RAID)}], result
    assert result["canvases"] == [{"x": 0, "y": 0, "pixels": result["pixels"]}] and result["people"] == 1
    png = await asyncio.to_thread(staff.ask, f"preview.png?job={plan['job']}")
    picture = Picture(png)
    assert [picture.width, picture.height] == result["bounds"][2:]
    await asyncio.sleep(0.5)  # so that much is painted over what was planned
    began = time.monotonic()
    applied = await asyncio.to_thread(staff.do, "apply", sent_of(plan, rate=3000))
    took = time.monotonic() - began
    assert took > 0.5 * applied["result"]["repaired"] / 3000, "it keeps to its rate"
    task.cancel()
    await client.settle()
    edits = await expect(world, lambda user: user == int(raider, 16) or is_action(user), "after the roll-back")
    assert sum(user == applied["action"] for user, *_ in edits) >= applied["result"]["repaired"] > 1000
    assert server.metric("placed_repairs_total") == sum(is_action(user) for user, *_ in edits)
    # What everybody is told of a pixel that was repaired.
    repaired = [(x, y) for user, x, y, _ in edits if is_action(user)]
    newest = {(x, y): user for user, x, y, _ in edits}
    x, y = next(at for at in repaired if is_action(newest[at]))

    async def is_told():
        said = json.loads((await asyncio.to_thread(server.get, f"/pixel/{x}/{y}")).body)
        return said["name"] == "moderation" and said

    said = await eventually(is_told, "the repair is told")
    assert (said["x"], said["y"]) == (x, y) and said["colour"] == said["changes"][0]["colour"]
    assert raider_name in [change["name"] for change in said["changes"][1:]]
    assert raider not in json.dumps(said)
    assert artist in [change["name"] for change in said["changes"]] or len(said["changes"]) == 5
    # Undone, with others at work again; then nothing of the actions is left to be seen.
    task = world.scribble(client, rate=1000, size=10)
    await asyncio.sleep(0.3)
    await asyncio.to_thread(staff.do, "undo", {"action": applied["action"]})
    task.cancel()
    await client.settle()
    await expect(world, is_action, "after undo")


async def test_undo_restores_every_byte(world):
    """Of a canvas that is closed meanwhile: repairs do not heed that."""
    server = await world.server()
    staff, raider, _, _ = await raid(world, server)
    before = Picture((await asyncio.to_thread(server.get, "/canvas.png")).body)
    await asyncio.to_thread(staff.ask, "canvas", {"x": 0, "y": 0, "open": False, "why": "a test"})
    rolled = await asyncio.to_thread(staff.do, "rollback", {"predicate": f"u:{raider} t:1h"})
    assert rolled["result"]["repaired"] == len(RAID) and rolled["result"]["healed"] == 0
    middle = Picture(await world.picture(server, rolled["result"]["version"] + 1))
    assert all(middle.pixels[y * 1000 + x] == 1 + (x + y) % 12 for x, y, _ in map(parts, RAID))
    undone = await asyncio.to_thread(staff.do, "undo", {"action": rolled["action"]})
    after = Picture(await world.picture(server, undone["result"]["version"] + 1))
    assert after.pixels == before.pixels and after.version > before.version
    # The audit has it all, the newest first.
    audit = await asyncio.to_thread(staff.ask, "audit?n=3")
    assert [(record["t"], record.get("kind")) for record in audit] == [
        ("action", "undo"), ("action", "rollback"), ("canvas", None)]
    assert all(record["by"] == "first" and record["why"] == "a test" for record in audit)


@pytest.mark.limit(240)
async def test_a_server_killed_in_the_middle_goes_on(make_world):
    world = make_world(region=ROWS * 1000)
    server = await world.server()
    staff, raider, _, _ = await raid(world, server)
    client, task = await scribbler(world, server)
    plan = await asyncio.to_thread(staff.do, "plan", {"predicate": f"u:{raider} t:1h"})
    job = (await asyncio.to_thread(staff.ask, "apply", sent_of(plan, rate=500)))["job"]
    await eventually(lambda: server.metric("placed_repairs_total") > 300, "some of it is done")
    assert (await asyncio.to_thread(staff.ask, f"job?job={job}"))["state"] == "running"
    await asyncio.to_thread(server.kill)
    task.cancel()
    await world.start(server)
    task = world.scribble(client, rate=1000, size=10)
    applied = await asyncio.to_thread(staff.do, "apply", sent_of(plan))
    task.cancel()
    await client.settle()
    edits = await expect(world, lambda user: user == int(raider, 16) or is_action(user), "after the second try")
    actions = {user for user, *_ in edits if is_action(user)}
    assert len(actions) == 2 and applied["action"] == max(actions)
    for action in sorted(actions, reverse=True):
        await asyncio.to_thread(staff.do, "undo", {"action": action})
    await expect(world, is_action, "after both were undone")


@pytest.mark.limit(240)
async def test_a_cancelled_one_stays_as_far_as_it_came(make_world):
    world = make_world(region=ROWS * 1000)
    server = await world.server()
    staff, raider, _, _ = await raid(world, server)
    client, task = await scribbler(world, server)
    plan = await asyncio.to_thread(staff.do, "plan", {"predicate": f"u:{raider} t:1h"})
    job = (await asyncio.to_thread(staff.ask, "apply", sent_of(plan, rate=300)))["job"]
    await eventually(lambda: server.metric("placed_repairs_total") > 300, "some of it is done")
    busy = await asyncio.to_thread(staff.ask, "plan", {"predicate": "t:1h"}, 409)
    assert "running" in busy["error"]
    await asyncio.to_thread(staff.ask, "cancel", {})
    cancelled = await asyncio.to_thread(staff.wait, job, "cancelled")
    task.cancel()
    await client.settle()
    assert 300 < cancelled["result"]["repaired"] < len(RAID)
    edits = await asyncio.to_thread(edits_of, world)
    assert sum(is_action(user) for user, *_ in edits) == (
        cancelled["result"]["repaired"] + cancelled["result"]["healed"])
    # A ban makes other plans: that one is no longer good, and nothing happens.
    network = {user for user, *_ in edits if not is_action(user)} - {int(raider, 16)}
    for user in network:
        await asyncio.to_thread(staff.ask, "ban", {"who": f"{user:016x}", "why": "a test"})
    refused = await asyncio.to_thread(staff.do, "apply", sent_of(plan), "failed")
    assert refused["status"] == 409 and "no longer good" in refused["error"]
    assert await asyncio.to_thread(edits_of, world) == edits
    await asyncio.to_thread(staff.do, "undo", {"action": cancelled["action"]})
    await expect(world, is_action, "after undo")


@pytest.mark.heavy
@pytest.mark.limit(240)
async def test_a_log_that_pauses_is_waited_for(make_world, kafka_log, own_kafka):
    """The broker is frozen in the middle: the job says that it is paused, and goes on by itself."""
    world = make_world(kafka_log(own_kafka), region=ROWS * 1000)
    server = await world.server()
    staff, raider, _, _ = await raid(world, server)
    plan = await asyncio.to_thread(staff.do, "plan", {"predicate": f"u:{raider} t:1h"})
    job = (await asyncio.to_thread(staff.ask, "apply", sent_of(plan, rate=500)))["job"]
    await eventually(lambda: server.metric("placed_repairs_total") > 300, "some of it is done")
    own_kafka.freeze()
    try:
        async def is_paused():
            said = await asyncio.to_thread(staff.ask, f"job?job={job}")
            assert said["state"] == "running", said
            return said.get("result", {}).get("paused")

        await eventually(is_paused, "the job says that the log cannot be written")
    finally:
        own_kafka.thaw()
    applied = await asyncio.to_thread(staff.wait, job)
    edits = await expect(world, lambda user: user == int(raider, 16) or is_action(user), "after the pause")
    assert sum(is_action(user) for user, *_ in edits) >= len(RAID) and not applied["result"]["paused"]
