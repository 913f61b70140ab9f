# SPDX-License-Identifier: ISC
"""timelapse: every frame of every output is the picture that an independent fold says, also when it was stopped."""
import asyncio
import fcntl
import json
import resource
import shutil
import signal

import pytest
from filming import Expected, check_pngs, check_raw, check_webp, decode, film, filmed, finish, make_log, start, stop_when
from fold import word
from importing import EVENT_MS, HEAD_2017, good, records_of, write
from patience import patient
from world import CORNERS, PLANE, eventually

REGION = (-30, -20, 64, 48)  # over four canvases
REGION_TEXT = ",".join(map(str, REGION))


def doodle(rng, n, width=64, height=48):
    """Edits that look a little like people: strokes, repeated edits, noise; with pauses between them. The first
    four are the corners."""
    edits = [(0, x, y, 5) for y in (0, height - 1) for x in (0, width - 1)]
    time, x, y, colour = 0, 0, 0, 1
    for _ in range(n):
        if rng.random() < 0.1:
            x, y, colour = rng.randrange(width), rng.randrange(height), rng.randrange(16)
        time += rng.choice((0, 0, 7, 130, 130, 900, 20000 if rng.random() < 0.1 else 40))
        edits.append((time, x, y, colour))
        x = (x + rng.randrange(2)) % width
    return edits


async def small_log(tmp_path, rng, n=700):
    """(log, its records): a doodle around the plane's origin."""
    log = await make_log(tmp_path / "log", doodle(rng, n), offset=f"{REGION[0]},{REGION[1]}")
    records = await records_of(log)
    assert {(-1, -1), (0, -1), (-1, 0), (0, 0)} == {tuple(record_place(record)) for record in records}
    return log, records


def record_place(record):
    value = record.value
    if len(value) % 3 == 0:
        return 0, 0
    return (int.from_bytes(value[0:2], "little", signed=True), int.from_bytes(value[2:4], "little", signed=True))


PACES = {
    "edits": (["--edits-per-frame", 7], {"edits_per_frame": 7}),
    "one-edit": (["--edits-per-frame", 1], {"edits_per_frame": 1}),
    "all-edits": (["--edits-per-frame", 100000], {"edits_per_frame": 100000}),
    "speed": (["--speed", 60], {"speed": 60}),
    "slow": (["--speed", 12.5, "--fps", 7], {"speed": 12.5, "fps": 7}),
    "idle": (["--speed", 10, "--skip-idle", 1.5], {"speed": 10, "idle": 1.5}),
    "no-idle": (["--speed", 1, "--skip-idle", 0.05, "--fps", 30], {"speed": 1, "idle": 0.05, "fps": 30}),
}


@pytest.mark.parametrize("pace", PACES)
async def test_every_frame_of_the_webp_is_the_picture_at_its_time(tmp_path, rng, pace):
    log, records = await small_log(tmp_path, rng)
    arguments, meaning = PACES[pace]
    await filmed("--log", log, "--region", REGION_TEXT, "--out", tmp_path / "film.webp", *arguments)
    check_webp(await decode(tmp_path / "film.webp"), Expected(records, REGION, **meaning))
    assert sorted(path.name for path in tmp_path.glob("film*")) == ["film.webp"]


@pytest.mark.parametrize("pace", ["edits", "speed", "no-idle"])
async def test_raw_frames_and_pngs_show_the_same(tmp_path, rng, pace):
    log, records = await small_log(tmp_path, rng, 300)
    arguments, meaning = PACES[pace]
    fps = meaning.get("fps", 25)
    expected = Expected(records, REGION, **meaning)
    done = await filmed("--log", f"local:{log}", "--region", REGION_TEXT, "--out", "-", *arguments)
    check_raw(done.out, expected, 2 * fps)
    assert f"64 x 48 rgb24, {fps} a second" in done.err and "ffmpeg -f rawvideo" in done.err
    await filmed("--log", log, "--region", REGION_TEXT, "--hold", 0.2, "--out", tmp_path / "film.png", *arguments)
    check_pngs(tmp_path, "film", expected, fps // 5)
    assert not list(tmp_path.glob("film.png*"))


@pytest.mark.parametrize("scale", ["2", "5", "1/2", "1/5", "1/64", "1/1000"])
async def test_scales(tmp_path, rng, scale):
    log, records = await small_log(tmp_path, rng, 300)
    expected = Expected(records, REGION, edits_per_frame=20)
    if scale.startswith("1/"):
        expected.shrunk(int(scale[2:]))
    else:
        expected.enlarged(int(scale))
    arguments = ["--log", log, "--region", REGION_TEXT, "--edits-per-frame", 20, "--scale", scale]
    await filmed(*arguments, "--out", tmp_path / "film.webp")
    check_webp(await decode(tmp_path / "film.webp"), expected)
    check_raw((await filmed(*arguments, "--out", "-")).out, expected)
    await filmed(*arguments, "--out", tmp_path / "film.png")
    check_pngs(tmp_path, "film", expected)


async def test_a_part_of_the_history_and_of_the_plane(tmp_path, rng):
    edits = [(130 * i, rng.randrange(64), rng.randrange(48), rng.randrange(16)) for i in range(2000)]
    log = await make_log(tmp_path / "log", edits, offset=f"{REGION[0]},{REGION[1]}")
    records = await records_of(log)
    first, last = records[len(records) // 3].offset + 1, records[2 * len(records) // 3].offset + 1
    region = (-7, -3, 21, 10)
    text = ",".join(map(str, region))
    arguments = ["--log", log, "--region", text, "--edits-per-frame", 3, "--out", tmp_path / "film.webp"]
    expected = Expected(records, region, first, last, edits_per_frame=3)
    await filmed(*arguments, "--from", first, "--to", last)
    check_webp(await decode(tmp_path / "film.webp"), expected)
    assert any(expected.pictures[0]) and expected.pictures[0] != expected.pictures[-1]
    # The same by times: records of one time are all in it or none, so choose between two times.
    times = sorted({record.time_ms for record in records})
    after, until = times[len(times) // 3], times[2 * len(times) // 3]
    bounds = [1 + max(record.offset for record in records if record.time_ms <= time) for time in (after, until)]
    await filmed(*arguments, "--from", after, "--to", until)
    check_webp(await decode(tmp_path / "film.webp"), Expected(records, region, *bounds, edits_per_frame=3))


async def test_nothing_new_is_one_frame_of_what_is_there(tmp_path, rng):
    log, records = await small_log(tmp_path, rng, 60)
    end = records[-1].offset + 1
    await filmed("--log", log, "--region", REGION_TEXT, "--from", end, "--out", tmp_path / "film.webp")
    decoded = await decode(tmp_path / "film.webp")
    check_webp(decoded, Expected(records, REGION, end, edits_per_frame=1))
    assert decoded.count == 1 and any(decoded.pictures[0])


async def test_without_options_it_is_all_canvases_in_thirty_seconds(tmp_path, rng):
    edits = [(0, rng.randrange(1000), rng.randrange(1000), rng.randrange(1, 16)) for _ in range(4000)]
    log = await make_log(tmp_path / "log", edits, offset="-500,0")
    per_frame = 4000 // (30 * 25) + 1
    done = await filmed("--log", log, "--out", "-", "--scale", "1/20")
    same = await filmed("--log", log, "--out", "-", "--scale", "1/20", "--region", "-1000,0,2000,1000",
                        "--edits-per-frame", per_frame, "--fps", 25, "--hold", 2)
    assert "100 x 50 rgb24, 25 a second" in done.err and done.out == same.out
    assert len(done.out) == 100 * 50 * 3 * (-(-4000 // per_frame) + 1 + 50)


async def test_a_long_pause_lasts_as_long_in_the_film(tmp_path):
    """WebP has 24 bits for a duration: five hours need more than one frame."""
    pause = 5 * 3600 * 1000 + 17
    log = await make_log(tmp_path / "log", [(0, 1, 1, 5), (pause, 2, 2, 6)])
    await filmed("--log", log, "--speed", 1, "--fps", 1, "--region", "0,0,4,4", "--hold", 1, "--out",
                 tmp_path / "film.webp")
    decoded = await decode(tmp_path / "film.webp")
    frames = -(-pause // 1000)  # the first edit shows from frame 1 on, the second from this one
    assert decoded.ends[-1] == (frames + 1) * 1000 + 1000
    one, both = bytearray(16), bytearray(16)
    one[5] = both[5] = 5
    both[10] = 6
    assert decoded.at(999) == bytes(16) and decoded.at(1000) == bytes(one)
    assert decoded.at(frames * 1000 - 1) == bytes(one) and decoded.at(frames * 1000) == bytes(both)
    assert decoded.count == 4


async def test_a_server_and_its_history_folder_make_the_same_film(world, tmp_path, rng):
    server = await world.server(args=PLANE)
    clients = [await world.client(server, place=place) for place in CORNERS]
    for _ in range(12):
        for client in clients:
            await client.send([word(rng.randrange(900, 1000) if client.where[0] == 0 else rng.randrange(100),
                                    rng.randrange(900, 1000) if client.where[1] == 0 else rng.randrange(100),
                                    rng.randrange(16)) for _ in range(40)])
        await asyncio.gather(*(client.settle() for client in clients))
    await asyncio.gather(*(client.close() for client in clients))
    records = await asyncio.to_thread(world.log.records)
    end = records[-1].offset + 1

    async def has_read_all():
        answer = await asyncio.to_thread(server.get, f"/h/{await genesis_of(world, server)}/index.json")
        return answer.status == 200 and json.loads(answer.body)["version"] >= end

    await eventually(has_read_all, "the history has read it all", 60)
    arguments = ["--region", "890,880,220,240", "--to", end, "--edits-per-frame", 30]
    film_of = {}
    for name, log in (("log", world.log.folder), ("server", server.url())):
        await filmed("--log", log, *arguments, "--out", tmp_path / f"{name}.webp")
        film_of[name] = (tmp_path / f"{name}.webp").read_bytes()
    await asyncio.to_thread(server.stop)
    history = server.data / "history" / await asyncio.to_thread(lambda: next((server.data / "history").iterdir()).name)
    await filmed("--log", history, *arguments, "--out", tmp_path / "folder.webp")
    film_of["folder"] = (tmp_path / "folder.webp").read_bytes()
    assert film_of["server"] == film_of["log"] == film_of["folder"]
    check_webp(await decode(tmp_path / "server.webp"), Expected(records, (890, 880, 220, 240), edits_per_frame=30))


async def genesis_of(world, server):
    return (await world.info(server))["genesis"][:16]


# ---- stopping and going on


async def noisy_log(tmp_path, rng):
    """A log whose film takes a while: 160 frames of noise."""
    edits = [(0, rng.randrange(500), rng.randrange(500), rng.randrange(16)) for _ in range(32000)]
    return await make_log(tmp_path / "log", edits, batch=1000)


def slow(log, out):
    return ["--log", log, "--edits-per-frame", 200, "--region", "0,0,500,500", "--threads", 1, "--out", out]


@pytest.mark.limit(300)
async def test_a_stopped_film_can_be_played_and_the_same_command_completes_it(tmp_path, rng):
    log, out = await stopped(tmp_path, rng)
    whole, state = tmp_path / "whole.webp", tmp_path / "film.webp.state"
    await filmed(*slow(log, whole))
    size = whole.stat().st_size
    wanted = await decode(whole)
    for part in (0.3, 0.6):
        played = await decode(out)
        assert 1 < played.count < wanted.count and state.exists()
        assert played.pictures == wanted.pictures[:played.count]
        assert played.ends[:-1] == wanted.ends[:played.count - 1]
        process = await start(*slow(log, out))
        await stop_when(process, f"{out}.part", part * size)
        done = await finish(process)
        assert done.status in (0, -signal.SIGINT) and "going on at frame" in done.err, done
        if not state.exists():  # so fast a machine that it was done before, or just when the signal came
            break
        assert "the same command goes on" in done.err
    if state.exists():
        # Killed, while it goes on: what was stopped before is still there.
        before = out.read_bytes()
        process = await start(*slow(log, out))
        await stop_when(process, f"{out}.part", 0.8 * size, signal.SIGKILL)
        await finish(process)
        if state.exists():
            assert out.read_bytes() == before
            await filmed(*slow(log, out))
    assert out.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.glob("film*")) == ["film.webp"]


@pytest.mark.limit(300)
async def test_stopped_pngs_go_on(tmp_path, rng):
    log = await noisy_log(tmp_path, rng)
    records = await records_of(log)
    arguments = ["--log", log, "--edits-per-frame", 200, "--region", "0,0,500,500", "--hold", 0, "--threads", 1,
                 "--out", tmp_path / "film.png"]
    process = await start(*arguments)
    signalled = await stop_when(process, tmp_path / "film-000012.png", 1)
    done = await finish(process)
    assert done.status == (-signal.SIGINT if signalled else 0) or done.status == 0, done
    if (tmp_path / "film.png.state").exists():  # else it was done when the signal came
        assert done.status
        early = (tmp_path / "film-000002.png").stat().st_mtime_ns
        done = await filmed(*arguments)
        assert "going on at frame" in done.err
        assert (tmp_path / "film-000002.png").stat().st_mtime_ns == early
    check_pngs(tmp_path, "film", Expected(records, (0, 0, 500, 500), edits_per_frame=200), 0)
    assert not list(tmp_path.glob("film.png*"))


async def stopped(tmp_path, rng, log=None):
    """(log, output) of a film that was stopped."""
    log = log or await noisy_log(tmp_path, rng)
    out = tmp_path / "film.webp"
    for _ in range(5):
        out.unlink(missing_ok=True)
        process = await start(*slow(log, out))
        await stop_when(process, f"{out}.part", 1000)
        if (await finish(process)).status == -signal.SIGINT and (tmp_path / "film.webp.state").exists():
            return log, out
    raise AssertionError("it was done before it could be stopped, five times")


async def test_another_command_does_not_go_on_with_it(tmp_path, rng):
    log, out = await stopped(tmp_path, rng)
    before = out.read_bytes()
    done = await film(*slow(log, out), "--fps", 24)
    assert done.status == 1 and "other options" in done.err and "--anew" in done.err, done
    assert out.read_bytes() == before
    await filmed(*slow(log, out), "--fps", 24, "--region", "0,0,100,100", "--anew")
    check_webp(await decode(out), Expected(await records_of(log), (0, 0, 100, 100), edits_per_frame=200, fps=24))


async def test_another_log_does_not_go_on_with_it(tmp_path, rng):
    log, out = await stopped(tmp_path, rng)
    before = out.read_bytes()
    shutil.move(log, tmp_path / "first")
    await noisy_log(tmp_path, rng)
    done = await film(*slow(log, out))
    assert done.status == 1 and "another log" in done.err, done
    assert out.read_bytes() == before
    shutil.rmtree(log)
    shutil.move(tmp_path / "first", log)
    await filmed(*slow(log, out))


async def test_a_log_that_went_another_way_does_not_go_on_with_it(tmp_path, rng):
    """Two logs with one beginning, as after a backup was put back: they have one identity, not one history."""
    log, other = await make_log(tmp_path / "log", [(0, 1, 1, 5)]), tmp_path / "other"
    await asyncio.to_thread(shutil.copytree, log, other)
    for number, folder in enumerate((log, other)):
        rows = [f"{EVENT_MS + 1000 * i},x=,{rng.randrange(500)},{rng.randrange(500)},{rng.randrange(16)}"
                for i in range(32000)]
        await good("--log", f"local:{folder}", "--no-authors",
                   await asyncio.to_thread(write, tmp_path / f"more{number}.csv", HEAD_2017, rows))
    assert len(await records_of(log)) == len(await records_of(other))
    _, out = await stopped(tmp_path, rng, log)
    before = out.read_bytes()
    done = await film(*slow(other, out))
    assert done.status == 1 and "another log" in done.err, done
    assert out.read_bytes() == before
    await filmed(*slow(log, out))


@pytest.mark.parametrize("damage", ["file", "state", "gone"])
async def test_what_was_damaged_meanwhile_is_not_continued(tmp_path, rng, damage):
    log, out = await stopped(tmp_path, rng)
    victim = tmp_path / ("film.webp.state" if damage == "state" else "film.webp")
    data = bytearray(victim.read_bytes())
    data[len(data) // 3] ^= 4
    victim.write_bytes(data)
    if damage == "gone":
        victim.unlink()
    done = await film(*slow(log, out))
    assert done.status == 1, done
    assert ("damaged" if damage == "state" else "--anew") in done.err, done
    await filmed(*slow(log, out), "--region", "0,0,50,50", "--anew")
    assert not (tmp_path / "film.webp.state").exists()


async def test_two_processes_do_not_write_one_file(tmp_path, rng):
    log = await noisy_log(tmp_path, rng)
    with open(tmp_path / "film.webp.part", "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b"what another process has written")
        other.flush()
        done = await film(*slow(log, tmp_path / "film.webp"))
    assert done.status == 1 and "another process is writing it" in done.err, done
    assert (tmp_path / "film.webp.part").read_bytes() == b"what another process has written"


async def test_the_log_may_grow_while_it_is_stopped(tmp_path, rng):
    """Stopped and continued is as if it had run in one go then: what was painted later is not in it."""
    log = await noisy_log(tmp_path, rng)
    await filmed(*slow(log, tmp_path / "whole.webp"))
    await stopped(tmp_path, rng, log)
    await good("--log", f"local:{log}", "--no-authors", write_more(tmp_path))
    assert len(await records_of(log)) > 24
    await filmed(*slow(log, tmp_path / "film.webp"))
    assert (tmp_path / "film.webp").read_bytes() == (tmp_path / "whole.webp").read_bytes()


def write_more(tmp_path):
    return write(tmp_path / "more.csv", HEAD_2017, [f"{EVENT_MS + 90000000},x=,{i},5,3" for i in range(900)])


async def test_a_reader_that_goes_away_is_an_error(tmp_path, rng):
    log = await noisy_log(tmp_path, rng)
    process = await start("--log", log, "--out", "-")
    await process.stdout.readexactly(100)
    process._transport.get_pipe_transport(1).close()  # pylint: disable=protected-access
    err = (await asyncio.wait_for(process.stderr.read(), patient(60))).decode()
    assert await asyncio.wait_for(process.wait(), patient(60)) == 1 and "standard output: Broken pipe" in err


async def test_a_full_disk_is_an_error(tmp_path, rng):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    log = await noisy_log(tmp_path, rng)
    done = await film(*slow(log, tmp_path / "film.webp"), preexec_fn=limit)
    assert done.status == 1 and "film.webp.part" in done.err, done


# ---- what it refuses


LIMITS = {
    "too wide": (["--region", "0,0,16384,1"], "too large"),
    "too high": (["--region", "0,0,1,16384"], "too large"),
    "too many pixels": (["--region", "0,0,16000,16000"], "too large"),
    "too large a scale": (["--region", "0,0,100,100", "--scale", "1000"], "too large"),
    "a plane": (["--region", "-1024000,-1024000,2048000,2048000", "--scale", "1/1000"], "too large"),
    "too many frames": (["--region", "0,0,5,5", "--speed", "0.001"], "1000000 is the most"),
    "a version of the future": (["--to", "99999"], "the log has 0 to"),
    "backwards": (["--from", "3", "--to", "2"], "the log has 0 to"),
}


@pytest.mark.parametrize("case", LIMITS)
async def test_what_is_too_much_is_refused_before_memory_is_taken(tmp_path, case):
    log = await make_log(tmp_path / "log", [(0, 1, 1, 5), (90000, 2, 2, 6)])
    arguments, reason = LIMITS[case]
    for out in ("film.webp", "film.png", "-"):
        process = await start("--log", log, *arguments, "--out", tmp_path / out if out != "-" else out)
        done = await finish(process)
        assert done.status == 1 and reason in done.err and not done.out, done
    assert not list(tmp_path.glob("film*"))


@pytest.mark.parametrize("arguments", [
    [], ["--log", "x"], ["--out", "film.webp"], ["--log", "x", "--out", "film.gif"],
    ["--log", "x", "--out", "film.webp", "--region", "0,0,0,0"], ["--log", "x", "--out", "film.webp", "--fps", "0"],
    ["--log", "x", "--out", "film.webp", "--speed", "1", "--edits-per-frame", "1"],
    ["--log", "x", "--out", "film.webp", "--skip-idle", "1"], ["--log", "x", "--out", "film.webp", "--bogus"],
])
async def test_wrong_usage(tmp_path, arguments):
    done = await film(*arguments, cwd=tmp_path)
    assert done.status == 2 and done.err and not done.out, done
    assert not list(tmp_path.iterdir())


async def test_what_cannot_be_read_or_written(tmp_path):
    log = await make_log(tmp_path / "log", [(0, 1, 1, 5)])
    for arguments in (["--log", tmp_path / "nothing", "--out", tmp_path / "film.webp"],
                      ["--log", "http://127.0.0.1:1", "--out", tmp_path / "film.webp"],
                      ["--log", log, "--out", tmp_path / "no/film.webp"],
                      ["--log", log, "--out", tmp_path / "no/film.png"],
                      ["--log", log, "--out", f"{tmp_path}/{'x' * 5000}.webp"],
                      ["--log", log, "--out", f"{tmp_path}/{'x' * 300}.png"]):
        done = await film(*arguments)
        assert done.status == 1 and done.err.startswith("timelapse: "), done
    assert not list(tmp_path.glob("film*"))


async def test_help_says_what_the_manual_says():
    done = await filmed("--help")
    text = done.out.decode()
    for word in ("--region X,Y,W,H", "FILE-000001.png", "--skip-idle SECONDS", "--edits-per-frame N", "--scale N|1/N"):
        assert word in text
