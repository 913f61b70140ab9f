# SPDX-License-Identifier: ISC
"""import: every format comes out as an independent computation says, with its times, whatever ended earlier runs."""
import asyncio
import gzip
import json
import random
import re
import shutil
import signal
import struct
import zlib
from time import monotonic

import pytest
import websockets
from certificates import Certificate
from fold import HOME, Canvas, Picture, fold_plane, record_edits, unpack
from importing import (EVENT_MS, HEAD_2017, HEAD_2022, HEAD_2023, PALETTE, expected, good, kill, nearest,
                       random_2017, records_of, run, send, start, write)
from server import BUILD, TOP
from world import PLANE, eventually


def edits_of(records):
    """{place: (words, times)} of a log, a time for each edit."""
    plane = {}
    for record in records:
        place, words = record_edits(record.value)
        got = plane.setdefault(place, ([], []))
        got[0].extend(words)
        got[1].extend([record.time_ms] * len(words))
    return plane


def check(records, edits, batch=10000, slack_ms=999):
    """The log is exactly these edits: values in their order, times kept to the second, never going back."""
    wanted, got = expected(edits), edits_of(records)
    assert set(got) == set(wanted)
    for place, (canvas, words, times) in wanted.items():
        assert got[place][0] == words, f"canvas {place}"
        assert all(0 <= at - time <= slack_ms for at, time in zip(got[place][1], times)), f"canvas {place}"
        folded = Canvas()
        folded.apply(got[place][0], 0)
        assert folded.pixels == canvas.pixels
    assert all(before.time_ms <= after.time_ms for before, after in zip(records, records[1:]))
    assert all(len(record_edits(record.value)[1]) <= batch for record in records)


# ---- formats


async def test_2017_out_of_order_comes_out_sorted_with_its_times(tmp_path, rng):
    lines, edits = random_2017(rng, 5000)
    file = write(tmp_path / "tiles.csv", HEAD_2017, lines)
    done = await good("--log", f"local:{tmp_path}/data/log", file)
    assert (done.rows, done.taken, done.appended, done.rejected) == (5000, 5000, 5000, {})
    assert done.first_ms == min(edits)[0] and done.last_ms == max(edits)[0]
    records = await records_of(tmp_path / "data/log")
    assert done.records == len(records)
    check(records, edits, slack_ms=0)
    assert not (tmp_path / "data/log.import").exists()


async def test_2017_as_text_and_what_is_odd_in_it(tmp_path):
    rows = ["2017-04-01 16:20:01.000 UTC,u,1,2,3", "2017-04-01 16:20:00.000 UTC,u,4,5,6",
            "2017-04-01 16:20:00.000 UTC,u,,,", "2017-04-01 16:20:00.000 UTC,u,7,8,",
            "1491063603000,v,9,9,15", "1491063603000,v,1000,9,15", "1491063603000,v,9,1000,15",
            "1491063603000,v,-1,9,15", "1491063603000,v,9,9,16", "soon,v,9,9,1", "1491063603000,v,x,9,1",
            "1491063603000,v,9", "1491063603000", "99999999999999999999999,v,1,1,1",
            "1491063603000,v,99999999999999999999,1,1", "1491063603000,\0,1,1,1\0",
            f"1491063603000,{'v' * 5000},1,1,1", "2017-02-29 00:00:00 UTC,v,1,1,1", '"1491063603000,v,1,1,1', ""]
    data = "\ufeffts,user_hash,x_coordinate,y_coordinate,color\r\n" + "".join(row + "\r\n" for row in rows)
    file = tmp_path / "tiles.csv.gz"
    file.write_bytes(gzip.compress((data + "1491063604000,w,10,11,12").encode()))  # and no line end
    done = await good("--log", f"local:{tmp_path}/log", file)
    assert done.rejected == {"empty": 2, "outside": 3, "bad_colour": 2, "bad_time": 3, "bad_coordinate": 2, "cut": 3,
                             "too_long": 1}
    assert "its last line has no end" in done.err
    check(await records_of(tmp_path / "log"),
          [(1491063601000, 1, 2, 3), (1491063600000, 4, 5, 6), (1491063603000, 9, 9, 15), (1491063604000, 10, 11, 12)])


def row_2022(time, x, y, rgb, user="u=="):
    second, ms = divmod(time, 1000)
    fraction = f".{ms:03d}".rstrip("0").rstrip(".")
    clock = f"{second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}{fraction}"
    day = 1 + (second - 1648771200) // 86400
    return f'2022-04-{day:02d} {clock} UTC,{user},#{rgb:06X},"{x},{y}"'


async def test_2022_in_gzipped_parts_spreads_over_the_plane(tmp_path, rng):
    base = 1648771200000
    colours = [rng.randrange(1 << 24) for _ in range(16)] + PALETTE
    edits, files, mapped = [], [], 0
    for part in range(3):
        rows = []
        for _ in range(700):
            time = base + rng.randrange(4 * 86400 * 1000 if part else 3000)
            x, y, rgb = rng.randrange(2000), rng.randrange(2000), rng.choice(colours)
            rows.append(row_2022(time, x, y, rgb))
            edits.append((time, x, y, nearest(rgb)))
            mapped += rgb not in PALETTE
        rows.insert(100, f'2022-04-04 23:00:00 UTC,u,#000000,"{part},2,3,4"')
        files.append(write(tmp_path / f"part-{part}.csv.gz", HEAD_2022, rows, zipped=True))
    done = await good("--log", f"local:{tmp_path}/log", *files)
    assert done.rejected == {"rectangle": 3}
    assert done.nearest == mapped == sum(colour["rows"] for colour in done.colours)
    records = await records_of(tmp_path / "log")
    check(records, edits)
    assert set(edits_of(records)) == {(0, 0), (1, 0), (0, 1), (1, 1)}

    done = await good("--log", f"local:{tmp_path}/one", "--quadrant", "1,0", *files)
    quadrant = [(time, x - 1000, y, colour) for time, x, y, colour in edits if x >= 1000 and y < 1000]
    assert done.taken == len(quadrant) and done.rejected["outside"] == len(edits) - len(quadrant)
    check(await records_of(tmp_path / "one"), quadrant)


async def test_2023_has_negative_coordinates_and_circles(tmp_path):
    rows = ['2023-07-20 13:00:26.088 UTC,no,"-199,-235",#00A368', '2023-07-20 13:00:27 UTC,no,"0,0",#E50009',
            '2023-07-20 13:00:27 UTC,no,"{X: 424, Y: 336, R: 3}",#FFFFFF',
            '2023-07-20 13:00:27 UTC,no,"1,2,3,4",#FFFFFF',
            '2023-07-20 13:00:28 UTC,no,"-1,1000",#000000', '2023-07-20 13:00:28 UTC,no,"9999999,0",#000000',
            '2023-07-20 13:00:28 UTC,no,"1;0",#000000', '2023-07-20 13:00:28 UTC,no,"1,0",#00000G']
    file = write(tmp_path / "p.csv", HEAD_2023, rows)
    done = await good("--log", f"local:{tmp_path}/log", file)
    assert done.rejected == {"circle": 1, "rectangle": 1, "beyond": 1, "bad_coordinate": 1, "bad_colour": 1}
    edits = [(1689858026088, -199, -235, nearest(0x00A368)), (1689858027000, 0, 0, 5), (1689858028000, -1, 1000, 3)]
    check(await records_of(tmp_path / "log"), edits)
    moved = [(time, x + 500, y - 2000, colour) for time, x, y, colour in edits]
    await good("--log", f"local:{tmp_path}/moved", "--offset", "500,-2000", file)
    check(await records_of(tmp_path / "moved"), moved)
    part = await good("--log", f"local:{tmp_path}/part", "--region", "-200,-300,100,100", file)
    assert part.taken == 1


def png(path, width, height, pixel):
    """An RGBA picture; pixel(x, y) is (r, g, b, a)."""
    raw = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
    return path


async def test_a_picture_begins_a_new_season(tmp_path, rng):
    colours = {(x, y): (*PALETTE[rng.randrange(16)].to_bytes(3, "big"), rng.choice((0, 255, 255)))
               for x in range(60) for y in range(40)}
    colours[5, 5] = (0xE5, 0x00, 0x0A, 255)  # not ours, but near to red
    file = png(tmp_path / "start.png", 60, 40, lambda x, y: colours[x, y])
    done = await good("--log", f"local:{tmp_path}/data/log", "--offset", "970,980", "--batch", "500", file)
    seen = {at: nearest(int.from_bytes(rgba[:3], "big")) for at, rgba in colours.items() if rgba[3] >= 128}
    painted = {at: colour for at, colour in seen.items() if colour}
    assert (done.rows, done.taken, done.blank, done.nearest) == (2400, len(painted), 2400 - len(painted), 1)
    records = await records_of(tmp_path / "data/log")
    plane = fold_plane(records)
    for (x, y), colour in seen.items():
        place = ((x + 970) // 1000, (y + 980) // 1000)
        assert plane[place].pixels[(y + 980) % 1000 * 1000 + (x + 970) % 1000] == colour
    assert sum(len(record_edits(record.value)[1]) for record in records) == len(painted)
    assert all(len(record.value) <= 1504 for record in records)
    csv = write(tmp_path / "tiles.csv", HEAD_2017, [f"{EVENT_MS + 1000 * n},u,{n},0,{n % 16}" for n in range(20)])
    for speed in ("max", "1000"):  # before the event, at the time of its first row
        await good("--log", f"local:{tmp_path}/both-{speed}", "--speed", speed, csv, file)
        records = await records_of(tmp_path / f"both-{speed}")
        assert sum(len(record_edits(record.value)[1]) for record in records[:-20]) == len(painted)
        assert edits_of(records[-20:])[HOME][0] == [n | n % 16 << 20 for n in range(20)]
        assert speed != "max" or {record.time_ms for record in records[:-19]} == {EVENT_MS}
    bomb = tmp_path / "bomb.png"
    head = struct.pack(">IIBBBBB", 30000, 30000, 8, 6, 0, 0, 0)
    bomb.write_bytes(file.read_bytes()[:12] + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
                     + file.read_bytes()[33:])
    done = await run("--log", f"local:{tmp_path}/bomb", bomb)
    assert done.status == 1 and "too many" in done.err


# ---- a server afterwards, authors, genesis


async def test_a_server_opens_the_log_afterwards_and_goes_on(world, rng):
    lines, edits = random_2017(rng, 2000)
    file = write(world.folder / "tiles.csv", HEAD_2017, lines)
    await good("--log", f"local:{world.log.folder}", file)
    server = await world.server()
    picture = Picture((await asyncio.to_thread(server.get, "/canvas.png")).body)
    assert picture.pixels == expected(edits)[HOME][0].pixels
    assert len(picture.genesis) == 32 and picture.version == len(world.log.records())
    assert (await world.post(server)).version == picture.version + 1
    info = await world.info(server)
    assert info["genesis"] == picture.genesis
    busy = await run("--log", f"local:{world.log.folder}", file)  # while it runs
    assert busy.status == 1 and "another process has this log open" in busy.err and "--server" in busy.err
    data = await run("--log", f"local:{world.log.folder.parent}", file)  # one folder too high
    assert data.status == 1 and f"local:{world.log.folder}" in data.err, data
    assert not (world.log.folder.parent / "data.mdb").exists()


def siphash(key, data):
    """SipHash-2-4, as its authors describe it."""
    mask = (1 << 64) - 1
    k0, k1 = struct.unpack("<QQ", key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def turn(value, n):
        return (value << n | value >> 64 - n) & mask

    def rounds(n):
        for _ in range(n):
            v[0] = v[0] + v[1] & mask
            v[1] = turn(v[1], 13) ^ v[0]
            v[0] = turn(v[0], 32)
            v[2] = v[2] + v[3] & mask
            v[3] = turn(v[3], 16) ^ v[2]
            v[0] = v[0] + v[3] & mask
            v[3] = turn(v[3], 21) ^ v[0]
            v[2] = v[2] + v[1] & mask
            v[1] = turn(v[1], 17) ^ v[2]
            v[2] = turn(v[2], 32)

    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for (m,) in struct.iter_unpack("<Q", padded):
        v[3] ^= m
        rounds(2)
        v[0] ^= m
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


@pytest.mark.parametrize("options, key", [((), b"placed import v1"), (("--no-authors",), None),
                                          (("--author-key", "00" * 15 + "ff"), bytes(15) + b"\xff")])
async def test_authors_are_noted_in_runs(tmp_path, options, key):
    users = ["anna", "anna", "bert", "anna", ""]
    rows = [f"1491063600000,{user},{n},0,1" for n, user in enumerate(users)]
    await good("--log", f"local:{tmp_path}/log", *options, write(tmp_path / "a.csv", HEAD_2017, rows))
    data = (tmp_path / "log/data.mdb").read_bytes()
    at = data.index(b"".join((n | 1 << 20).to_bytes(3, "little") for n in range(5)))
    # The record: 24 bytes of head, value, header a, o, g.
    flags, size = data[at - 15], struct.unpack_from("<I", data, at - 20)[0]
    header = data[at + 15:at - 24 + size - 32]
    assert flags == (7 if key else 6)
    runs = [] if key is None else [(2, "anna"), (1, "bert"), (1, "anna"), (1, "")]
    assert header == (b"\1" if runs else b"") + b"".join(
        struct.pack("<HQ", n, (siphash(key, user.encode()) | 1 << 63) if user else 0) for n, user in runs)


# ---- stopped, killed, run again


async def has_records(log):
    """Are some in it already, and is it there at all?"""
    return (log / "data.mdb").exists() and len(await records_of(log, missing=[])) > 5


async def test_nothing_is_lost_or_repeated_however_often_it_is_killed(tmp_path, rng):
    lines, edits = random_2017(rng, 30000)
    file = write(tmp_path / "tiles.csv", HEAD_2017, lines)
    options = ("--memory", "1", "--batch", "20", file)
    begun = monotonic()
    await good("--log", f"local:{tmp_path}/whole", *options)
    took = monotonic() - begun
    whole = [(record.time_ms, record.value) for record in await records_of(tmp_path / "whole")]
    check(await records_of(tmp_path / "whole"), edits, batch=20)
    ended_early, log = 0, tmp_path / "killed"
    for attempt in range(200):
        number = rng.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGINT))
        # At moments all over a run; a little later each time, so that it comes to its end.
        after = rng.random() * took * (1 + attempt / 20)
        done = await run("--log", f"local:{log}", *options, number=number, after=after)
        if done.status == 0 and ended_early >= 8:
            break
        if done.status == 0:  # too fast to be killed often enough: once more from the beginning
            shutil.rmtree(log)
            continue
        ended_early += 1
        assert done.status == -number, done
    assert ended_early >= 8
    await good("--log", f"local:{log}", *options)  # also when it was complete: nothing is appended again
    assert [(record.time_ms, record.value) for record in await records_of(log)] == whole
    assert not (tmp_path / "killed.import").exists()


async def test_it_is_stopped_in_the_middle_of_appending_and_goes_on(tmp_path, rng):
    lines, edits = random_2017(rng, 3000)
    file = write(tmp_path / "tiles.csv", HEAD_2017, lines)
    log = tmp_path / "log"
    # 375 seconds of data, ten times as fast: it cannot be done before it is stopped.
    process = await start("--log", f"local:{log}", "--speed", "10", "--quiet", file)
    await eventually(lambda: has_records(log), "records")
    send(process, signal.SIGINT)
    out, err = await process.communicate()
    assert process.returncode == -signal.SIGINT, err
    assert b"run the same command again" in out
    there = len(await records_of(log))
    assert there > 0 and (tmp_path / "log.import/state.json").exists()
    done = await good("--log", f"local:{log}", "--speed", "100000", file)
    assert done.found + done.appended == 3000
    assert done.found > 0 or there == 0
    words = edits_of(await records_of(log))[HOME][0]
    assert words == expected(edits)[HOME][1]


async def test_an_import_that_is_there_is_not_repeated(tmp_path, rng):
    lines, _ = random_2017(rng, 500)
    file = write(tmp_path / "tiles.csv", HEAD_2017, lines)
    await good("--log", f"local:{tmp_path}/log", file)
    before = await records_of(tmp_path / "log")
    again = await good("--log", f"local:{tmp_path}/log", file)
    assert (again.found, again.appended) == (500, 0)
    assert [record.value for record in await records_of(tmp_path / "log")] == [record.value for record in before]


async def stop_in_the_middle(log, *arguments):
    """An import that has appended some and not all; slow, so that it is so for certain."""
    process = await start("--log", f"local:{log}", "--speed", "10", "--quiet", *arguments)
    await eventually(lambda: has_records(log), "records")
    send(process, signal.SIGKILL)
    await process.wait()


async def test_what_was_appended_by_others_meanwhile_is_said_and_nothing_is_appended(world, rng):
    lines, _ = random_2017(rng, 3000)
    file = write(world.folder / "tiles.csv", HEAD_2017, lines)
    await stop_in_the_middle(world.log.folder, file)
    server = await world.server()
    await world.post(server)
    await asyncio.to_thread(server.stop)
    before = len(world.log.records())
    done = await run("--log", f"local:{world.log.folder}", "--speed", "100", file)
    assert done.status == 1 and "something else was appended meanwhile" in done.err, done
    other = write(world.folder / "other.csv", HEAD_2017, lines[:-1])
    done = await run("--log", f"local:{world.log.folder}", other)
    assert done.status == 1 and "another import into this log" in done.err, done
    assert len(world.log.records()) == before


async def test_other_files_under_an_old_name_are_found_out(tmp_path):
    """Changed in the middle, which its name, size, first and last bytes do not tell."""
    rows = [f"{EVENT_MS + 1000 * n},u,{n % 1000},{n // 1000},1" for n in range(9000)]
    file = write(tmp_path / "tiles.csv", HEAD_2017, rows)
    await good("--log", f"local:{tmp_path}/log", file)
    rows[4500] = rows[4500][:-1] + "2"
    write(file, HEAD_2017, rows)
    done = await run("--log", f"local:{tmp_path}/log", file)
    assert done.status == 1 and "with other edits" in done.err, done


# ---- bad files and bad usage


async def test_a_file_that_is_cut_or_none_of_ours_appends_nothing(tmp_path, rng):
    lines, _ = random_2017(rng, 5000)
    whole = write(tmp_path / "whole.csv.gz", HEAD_2017, lines, zipped=True)
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(whole.read_bytes()[:-2000])
    damaged = tmp_path / "damaged.csv.gz"
    data = bytearray(whole.read_bytes())
    data[len(data) // 2] ^= 0x55
    damaged.write_bytes(data)
    text = tmp_path / "text.csv"
    text.write_text("x,y\n1,2\n")
    for file, message in ((cut, "cut short"), (damaged, "damaged.csv.gz"), (text, "its first line"),
                          (tmp_path / "none.csv", "No such file"), (tmp_path, "not a file")):
        done = await run("--log", f"local:{tmp_path}/log", whole, file)
        assert done.status == 1 and message in done.err, done
    assert not (tmp_path / "log").exists() or await records_of(tmp_path / "log") == []
    forced = tmp_path / "forced.csv"
    forced.write_text("1491063600000,u,1,2,3\n")
    done = await good("--log", f"local:{tmp_path}/log", "--format", "2017", forced)
    assert done.taken == 1


WRONG = [
    "", "--log local:x", "file.csv", "--log local:x --server http://y f", "--nonsense", "--log x --batch 0 f",
    "--log x --batch 65536 f", "--log x --region 1,2,3 f", "--log x --region 1,2,0,4 f", "--log x --offset 1 f",
    "--log x --speed 0 f", "--log x --speed nan f", "--log x --format 2018 f", "--log x --memory 0 f",
    "--log x --author-key 12 f", "--server ftp://x f", "--server http://x -X a=b f",
    "--log x --quadrant 0,0 --region 0,0,1,1 f"]


@pytest.mark.parametrize("arguments", WRONG)
async def test_wrong_usage_is_status_2(arguments):
    done = await run(*arguments.split())
    assert done.status == 2 and "import: " in done.err


async def test_help_is_what_the_manual_says():
    done = await run("--help")
    assert done.status == 0 and done.out.startswith("usage: import")
    manual = (BUILD.parent / "docs/import.1.scd").read_text(encoding="utf-8")
    options = {word.strip(",") for line in done.out.splitlines() for word in line[:26].split()
               if word.startswith("--")}
    assert len(options) > 15
    assert all(f"*{option}*" in manual for option in options), options
    defined = [line for line in manual.splitlines() if line.startswith("*--")]
    assert {option for line in defined for option in re.findall(r"\*(--[a-z-]+)\*", line)} == options


# ---- Kafka


async def test_into_a_topic_that_keeps_times_and_one_that_does_not(kafka_log, tmp_path, rng):
    lines, edits = random_2017(rng, 3000)
    file = write(tmp_path / "tiles.csv", HEAD_2017, lines)
    log = kafka_log()
    killed = await kill("--log", log.arg, "--batch", "10", "--work", tmp_path / "work", file, after=0.5)
    done = await good("--log", log.arg, "--batch", "10", "--work", tmp_path / "work", file)
    assert done.found + done.appended == 3000, killed
    check(log.records(), edits, batch=10, slack_ms=0)  # the topic was made by import: it keeps times
    again = await good("--log", log.arg, "--batch", "10", "--work", tmp_path / "work", file)
    assert again.appended == 0

    own_times = kafka_log()
    own_times.broker.create_topic(own_times.topic, settings=[("message.timestamp.type", "LogAppendTime"),
                                                             ("retention.ms", "-1")])
    done = await good("--log", own_times.arg, file)
    assert "LogAppendTime" in done.err and "CreateTime" in done.err
    records = own_times.records()
    assert edits_of(records)[HOME][0] == expected(edits)[HOME][1]
    assert all(record.time_ms > max(edits)[0] for record in records)


# ---- through a running server


async def test_through_a_running_server(world, rng):
    server = await world.server(args=PLANE)
    base = 1648771200000
    edits = [(base + rng.randrange(60000), rng.randrange(2000), rng.randrange(2000), rng.randrange(16))
             for _ in range(20000)]
    rows = [row_2022(time, x, y, PALETTE[colour]) for time, x, y, colour in edits]
    rows.append(row_2022(base, 2500, 10, PALETTE[1]))  # a canvas that is not open
    file = write(world.folder / "part.csv", HEAD_2022, rows)
    done = await run("--server", server.url("/")[:-1], file)
    assert done.status == 0, done
    assert (done.taken, done.appended, done.refused) == (20001, 20000, 1)
    plane, wanted = fold_plane(world.log.records()), expected(edits)
    assert set(plane) == set(wanted)
    assert all(plane[place].pixels == wanted[place][0].pixels for place in wanted)
    assert all(record.time_ms > 1700000000000 for record in world.log.records())
    assert sum(len(record_edits(record.value)[1]) for record in world.log.records()) == 20000
    assert not (world.folder / "part.csv.import").exists()


async def test_through_a_server_it_stops_and_goes_on_without_repeating(world, rng):
    server = await world.server()
    lines, edits = random_2017(rng, 3000)
    file = write(world.folder / "tiles.csv", HEAD_2017, lines)
    process = await start("--server", server.url("/")[:-1], "--speed", "10", "--quiet", file)
    await eventually(lambda: len(world.log.records()) > 5, "records")
    send(process, signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == -signal.SIGINT, err
    assert json.loads((world.folder / "tiles.csv.import/state.json").read_text())["first"] != "0"
    done = await good("--server", server.url("/")[:-1], "--speed", "100000", file)
    assert done.found > 0 and done.found + done.appended == 3000
    assert edits_of(world.log.records())[HOME][0] == expected(edits)[HOME][1]


async def test_what_is_refused_for_the_moment_is_sent_again_in_its_order(tmp_path):
    """By a server made by hand, which refuses the third message twice, and one for good."""
    taken, tries, every = [], {}, [n % 1000 | n // 1000 << 10 for n in range(90000)]

    async def serve(connection):
        await connection.send(json.dumps({"type": "hello", "protocol": "placed.1", "genesis": None, "canvas": [0, 0],
                                          "open": True, "version": 0, "readonly": False, "online": 1,
                                          "energy": {"policy": "free"}, "user": None}))
        async for message in connection:
            number = struct.unpack_from("<I", message)[0]
            words = unpack(message[4:])
            tries[words[0]] = tries.get(words[0], 0) + 1
            said = {"type": "placed", "id": number, "version": number}
            if words[0] == 512 and tries[words[0]] < 3:
                said = {"type": "refused", "id": number, "reason": "busy", "retry_ms": 30}
            elif words[0] == every[2560]:
                said = {"type": "refused", "id": number, "reason": "failed", "retry_ms": 0}
            else:
                taken.extend(words)
            await connection.send(json.dumps(said))

    rows = [f"1491063600000,u,{n % 1000},{n // 1000},0" for n in range(90000)]
    file = write(tmp_path / "tiles.csv", HEAD_2017, rows)
    async with websockets.serve(serve, "127.0.0.1", 0, subprotocols=["placed.1"]) as server:
        port = server.sockets[0].getsockname()[1]
        done = await good("--server", f"http://127.0.0.1:{port}", "--batch", "256", file)
    assert tries[512] == 3
    assert sorted(taken) == sorted(every[:2560] + every[2816:])
    assert (done.appended, done.refused) == (89744, 256)
    assert "the server refuses edits: failed" in done.err
    # It came after those that were in flight with it, at most a window of 256 messages, and before all others.
    at = taken.index(512)
    assert taken[at:at + 256] == every[512:768]
    rest = taken[:at] + taken[at + 256:]
    assert rest == every[:512] + every[768:2560] + every[2816:]
    assert at <= 259 * 256


async def test_by_tls(make_world, tmp_path, rng):
    certificate = Certificate(tmp_path, "placed.test")
    world = make_world()
    server = await world.server(args=["--tls-cert", str(certificate.cert), "--tls-key", str(certificate.key)])
    lines, edits = random_2017(rng, 3000)
    file = write(tmp_path / "tiles.csv", HEAD_2017, lines)
    assert server.url().startswith("https://")
    done = await run("--server", server.url(), file)
    assert done.status == 1 and "certificate" in done.err, done
    await good("--server", server.url(), "--insecure", file)
    assert edits_of(world.log.records())[HOME][0] == expected(edits)[HOME][1]


async def test_a_server_that_is_gone_is_said(world, rng):
    server = await world.server()
    url = server.url("/")[:-1]
    await asyncio.to_thread(server.stop)
    lines, _ = random_2017(rng, 10)
    done = await run("--server", url, write(world.folder / "tiles.csv", HEAD_2017, lines))
    assert done.status == 1 and "refused" in done.err, done


def test_the_seed_changes_the_rows():
    assert random_2017(random.Random(1), 20) != random_2017(random.Random(2), 20)


# ---- what the README says


async def test_the_readme_s_sample_is_imported_by_its_one_command(make_world, tmp_path):
    text = (TOP / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^  build/tools/import (--log local:\S+ docs/\S+)$", text, re.M)
    (data,) = re.findall(r"^  tools/up --data (\S+)$", text, re.M)
    _, url, file = command.split()
    assert url == f"local:{data}/log"
    (tmp_path / "world0").mkdir()
    done = await good("--log", f"local:{tmp_path}/world0/a/log", TOP / file)
    rows = gzip.decompress((TOP / file).read_bytes()).decode().splitlines()[1:]
    assert 20000 <= len(rows) == done.taken and done.rejected == {}
    edits = [(int(when), int(x), int(y), int(colour)) for when, _, x, y, colour in (row.split(",") for row in rows)]
    world = make_world()
    check(world.log.records(), edits, slack_ms=0)
    server = await world.server()
    picture = Picture((await asyncio.to_thread(server.get, "/canvas.png")).body)
    assert picture.pixels == expected(edits)[HOME][0].pixels
    # The timeline's ends, and a moment in between, as it was then.
    for moment in (edits[0][0] - 1, 1491060000000, max(edits)[0]):
        async def there(moment=moment):
            answer = await asyncio.to_thread(server.get, f"/at?t={moment}")
            return answer if answer.status != 503 else None

        answer = await eventually(there, "history has read the log")
        assert answer.status == 302, answer.body
        then = Picture((await asyncio.to_thread(server.get, answer.headers["location"])).body)
        before = [edit for edit in edits if edit[0] <= moment]
        assert then.pixels == (expected(before)[HOME][0] if before else Canvas()).pixels


async def test_the_sample_is_what_its_script_makes(tmp_path):
    process = await asyncio.create_subprocess_exec(TOP / "docs/make-sample", tmp_path / "sample.csv")
    assert await process.wait() == 0
    assert (tmp_path / "sample.csv").read_bytes() == gzip.decompress((TOP / "docs/sample-2017.csv.gz").read_bytes())


async def test_what_export_writes_comes_back_the_same(tmp_path, rng):
    base = 1689858000000
    rows, edits = [], []
    for _ in range(2000):
        when, x, y, colour = base + 1000 * rng.randrange(300), rng.randrange(-1500, 1500), rng.randrange(-1000, 1000), \
            rng.randrange(16)
        clock = f"13:{when // 60000 % 60:02d}:{when // 1000 % 60:02d}"
        rows.append(f'2023-07-20 {clock} UTC,u,"{x},{y}",#{PALETTE[colour]:06X}')
        edits.append((when, x, y, colour))
    await good("--log", f"local:{tmp_path}/one", write(tmp_path / "p.csv", HEAD_2023, rows))
    check(await records_of(tmp_path / "one"), edits)
    process = await asyncio.create_subprocess_exec(BUILD / "tools/export", "--log", f"local:{tmp_path}/one", "--out",
                                                   tmp_path / "out.csv", "--quiet")
    assert await process.wait() == 0
    done = await good("--log", f"local:{tmp_path}/two", "--region", "-2000,-2000,4000,4000", tmp_path / "out.csv")
    assert done.taken == 2000
    assert edits_of(await records_of(tmp_path / "two")) == edits_of(await records_of(tmp_path / "one"))
