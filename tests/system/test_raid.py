# SPDX-License-Identifier: ISC
"""A raid, and its end: 500 people of one mind paint over an artwork on a set of two servers. The operator sees
them, bans their networks, previews, and rolls back; the artwork is as it was, and nobody else has lost a pixel."""
import asyncio
import csv
import io
import json
import subprocess

import pytest
from flood import flood
from fold import HEIGHT, WIDTH, Picture
from identities import NETWORK, PERSON, prefix, read_secret
from moderators import Moderator
from patience import patient
from people import Person
from server import BUILD
from world import eventually

RAIDERS = 500
HOUSES = [f"10.66.0.{i}" for i in range(1, 15)]  # of 10.66.0.0/28
X, Y, ART_W, ART_H = 480, 470, 48, 32  # the artwork
RAID = (X - 8, Y - 8, ART_W + 16, ART_H + 16)
STROKE = 24  # pixels that somebody can paint at once
RED = 5


def art_colour(x, y):
    """A picture of all colours but the raiders', without long lines of one."""
    return [1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15][(3 * x + 5 * y + x * y // 7) % 13]


def art():
    return [(X + x, Y + y, art_colour(x, y)) for y in range(ART_H) for x in range(ART_W)]


def strokes(pixels):
    return [pixels[i:i + STROKE] for i in range(0, len(pixels), STROKE)]


async def all_of(calls):
    return await asyncio.gather(*calls)


async def people_draw(servers, people, strokes_of_them):
    """Each a stroke, by way of either server; twenty at a time."""
    places = asyncio.Semaphore(20)

    async def one(i, person, stroke):
        async with places:
            assert await person.draw(servers[i % 2], stroke) is True
    await all_of(one(i, person, stroke) for i, (person, stroke) in enumerate(zip(people, strokes_of_them, strict=True)))


async def arrive(server, addresses):
    return [await Person(address).arrive(server) for address in addresses]


async def edits_of(log):
    """(author, x, y, colour) of every edit in the log, in its order."""
    done = await asyncio.to_thread(subprocess.run, [str(BUILD / "tools/export"), "--log", log.arg, "--quiet"],
                                   capture_output=True, check=True, timeout=patient(60))
    rows = csv.DictReader(io.StringIO(done.stdout.decode()))
    return [(int(row["user"], 16), int(row["x_coordinate"]), int(row["y_coordinate"]), int(row["color"]))
            for row in rows]


def painted(edits):
    pixels = bytearray(WIDTH * HEIGHT)
    for _, x, y, colour in edits:
        pixels[y * WIDTH + x] = colour
    return bytes(pixels)


def part(pixels, x, y, w, h):
    return b"".join(pixels[(y + row) * WIDTH + x:(y + row) * WIDTH + x + w] for row in range(h))


async def pixels_of(server):
    return bytes(Picture((await asyncio.to_thread(server.get, "/canvas.png")).body).pixels)


@pytest.mark.limit(240)
async def test_a_raid_is_seen_banned_and_rolled_back(kafka_world, tmp_path):
    options = ["--trust-proxy", "127.0.0.1", "--energy", "sephsplace", "--identity", "cookie"]
    a = await kafka_world.server(args=options)
    b = await kafka_world.server(args=[*options, "--secret", a.data / "secret"])
    servers = a, b
    staff = Moderator(a)
    for rule in "shape", "net-identities":
        await staff.placectl("rule", "simulate", rule, "--why", "before the weekend")
        await staff.placectl("rule", "on", rule, "--why", "it was quiet")

    # People paint, at many places.
    artists = await arrive(a, [f"10.1.{i // 16}.{i % 16 + 1}" for i in range(len(strokes(art())))])
    await people_draw(servers, artists, strokes(art()))
    others = await arrive(b, [f"10.2.0.{i + 1}" for i in range(30)])
    await people_draw(servers, others, [[(600 + 9 * i, 600 + j, (i + j) % 16) for j in range(8)] for i in range(30)])
    neighbours = await arrive(b, [f"10.3.0.{i + 1}" for i in range(10)])  # within reach of the raid

    # The raid, until the operator has done everything.
    over = asyncio.Event()
    raid = asyncio.create_task(flood(
        "--readers", 0, "--writers", RAIDERS, "--identities", RAIDERS, "--forwarded", "10.66.0.0/28", "--pattern", "raid",
        "--region", ",".join(map(str, RAID)), "--colour", RED, "--rate", 600, "--duration", 200, "--settle", 10,
        a.url("/ws", "ws"), b.url("/ws", "ws"), until=over, timeout=200))
    try:
        async def is_ruined():
            return part(await pixels_of(b), X, Y, ART_W, ART_H).count(RED) > ART_W * ART_H // 2
        await eventually(is_ruined, "the raid paints over the artwork", 90)
        # Some people go on painting meanwhile, elsewhere and in the middle of it; two artists mend their work.
        await people_draw(servers, others[:15], [[(600 + 9 * i, 640 + j, (i + j) % 16) for j in range(8)]
                                                 for i in range(15)])
        await people_draw(servers, neighbours, [[(RAID[0] + j, RAID[1] + i % 4, 10 + j % 3) for j in range(6 * i % 5, 6)]
                                                for i in range(10)])
        await people_draw(servers, artists[:2], [artists[0].drawn[:5], artists[1].drawn[:5]])

        # The operator sees who it is,
        key, _ = read_secret(a.data / "secret")
        networks = {f"net:{int.from_bytes(key.keyed(NETWORK, b'n' + prefix(house))[:8], 'little'):016x}"
                    for house in HOUSES}

        async def seen():
            suspects = json.loads(await staff.placectl("suspects", "--json"))
            return {network["net"] for suspect in suspects if suspect["rule"] == "shape"
                    for network in suspect["networks"]} >= networks
        await eventually(seen, "all their networks are among the suspects", 60)
        suspects = json.loads(await staff.placectl("suspects", "--json"))
        assert {suspect["net"] for suspect in suspects if suspect["rule"] == "net-identities"} <= networks
        raided = {tuple(suspect["cell"]) for suspect in suspects if suspect["rule"] == "shape"}
        assert raided <= {(x, y, 64, 64) for x in (448, 512) for y in (448, 512)} and raided, suspects
        in_them = {network["net"] for suspect in suspects if suspect["rule"] == "shape" for network in suspect["networks"]}
        assert in_them == networks  # and nobody else

        # bans,
        for network in sorted(networks):
            await staff.placectl("ban", network, "--for", "24h", "--why", "a raid on the artwork")

        async def are_barred():
            answers = [await Person("10.66.0.3").arrive(server) for server in servers]
            said = [await person.draw(server, [(0, 0, 1)]) for person, server in zip(answers, servers, strict=True)]
            return all(one is not True and one["reason"] == "banned" and one["words"] == "a raid on the artwork"
                       for one in said)
        await eventually(are_barred, "both servers refuse them", 10)

        async def is_quiet():
            """Nothing is taken any more, and what was taken before is in the log."""
            def taken():
                return [(server.metric("placed_edits_taken_total"), server.metric("placed_version")) for server in servers]
            before = await asyncio.to_thread(taken)
            await asyncio.sleep(1)
            return before == await asyncio.to_thread(taken)
        await eventually(is_quiet, "all of them are barred", 20)

        # previews, which changes nothing,
        predicate = [f"net:{','.join(sorted(network[4:] for network in networks))}", "r:" + ",".join(map(str, RAID)), "t:1h"]
        before = await pixels_of(a)
        said = json.loads(await staff.placectl("rollback", *predicate, "--preview", tmp_path / "preview.png", "--plan",
                                               tmp_path / "plan.json", "--why", "the raid", "--json"))
        ruined = [(x, y) for x, y, _ in art() if before[y * WIDTH + x] == RED]
        said = said.get("result", said)
        assert said["pixels"] >= len(ruined) > ART_W * ART_H // 2
        assert (tmp_path / "preview.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        assert await pixels_of(a) == before
        # and rolls back.
        await staff.placectl("rollback", "--apply", tmp_path / "plan.json", "--yes", "--why", "the raid")
    finally:
        over.set()
        report = await raid
    assert report.status == 0, report
    assert report.data["refused"]["banned"] > 0, report

    # The artwork is what it was, on both servers, and so is everything else that people have painted.
    records = await kafka_world.settle()
    edits = await edits_of(kafka_world.log)
    assert len(edits) == sum(len(record.value) // 3 for record in records)
    known = {key.author(b"c", person.identity) for person in [*artists, *others, *neighbours]}
    theirs = [edit for edit in edits if edit[0] in known]
    raiders = {edit[0] for edit in edits if edit[0] & PERSON and edit[0] not in known}
    assert len(raiders) > RAIDERS // 2
    assert len(theirs) == sum(len(person.drawn) for person in [*artists, *others, *neighbours])
    without = painted(theirs)  # as if the raid had never been
    assert part(without, X, Y, ART_W, ART_H) == bytes(colour for _, _, colour in art())
    for server in servers:
        now = await pixels_of(server)
        assert part(now, X, Y, ART_W, ART_H) == bytes(colour for _, _, colour in art())
        assert now == without
    repairs = {edit[0] for edit in edits if not edit[0] & PERSON}
    assert len(repairs) == 1  # one action made them all

    # The audit has each step, on either server.
    async def written():
        log = await staff.get("audit?n=200", server=b)
        found = {record["name"] for record in log if record["t"] == "suspect"}
        return log if {"shape:448,448", "shape:512,448"} <= found else None
    log = await eventually(written, "the suspects are in the audit")
    steps = [(record["t"], record["by"], record.get("why")) for record in reversed(log)]
    assert steps.count(("rule", "first", "before the weekend")) == steps.count(("rule", "first", "it was quiet")) == 2
    assert steps.count(("ban", "first", "a raid on the artwork")) == len(networks)
    assert all(by == "server" for kind, by, _ in steps if kind == "suspect")
    (action,) = [record for record in log if record["t"] == "action"]
    assert action["action"] in repairs and action["by"] == "first" and action["why"] == "the raid", action
    order = [kind for kind, _, _ in steps if kind in ("rule", "suspect", "ban", "action")]
    assert order.index("rule") < min(order.index("suspect"), order.index("ban")) < order.index("action")
    assert "the raid" in await staff.placectl("audit")
