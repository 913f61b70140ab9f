# SPDX-License-Identifier: ISC
"""export: the CSV is what the log says, the picture is what the server shows; and what breaks off leaves nothing."""
import asyncio
import gzip
import re
import subprocess

import pytest
from archive import Archive, files_below, run
from broker import LocalLog
from flood import flood
from fold import HOME, Picture, fold_plane, parts, record_edits
from past import Past, put, random_records
from server import BUILD, TOP
from world import eventually

GENESIS = "00112233445566778899aabbccddeeff"
HEADER = "ts,user,x_coordinate,y_coordinate,color"
PLACES = (HOME, (1, 0), (-1, -2))


def rows_of(records, user="", start=0, end=1 << 63, inside=None):
    """The CSV that these records are, written a second time."""
    rows = [HEADER]
    for record in records:
        edits = record_edits(record.value)
        if not edits or not start <= record.offset < end:
            continue
        (gx, gy), words = edits
        for x, y, colour in map(parts, words):
            x, y = gx * 1000 + x, gy * 1000 + y
            if inside is None or (inside[0] <= x < inside[0] + inside[2] and inside[1] <= y < inside[1] + inside[3]):
                rows.append(f"{record.time_ms},{user},{x},{y},{colour}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """(folder of the log, its records by logcat)"""
    folder = tmp_path_factory.mktemp("history")
    put(folder, random_records(11, 120000, PLACES), GENESIS)
    return folder / "log", LocalLog(folder).records()


@pytest.fixture(scope="module")
def truth(history):
    return Archive(history[1], GENESIS)


@pytest.fixture
def archive(truth):
    return truth.copy()


def pixels_of(records, region, version=None):
    """The pixels of a region of the plane."""
    x0, y0, width, height = region
    plane = fold_plane(records, version)
    out = bytearray()
    for y in range(y0, y0 + height):
        for x in range(x0, x0 + width):
            canvas = plane.get((x // 1000, y // 1000))
            out.append(canvas.pixels[y % 1000 * 1000 + x % 1000] if canvas else 0)
    return bytes(out)


# ---- edits

def test_the_csv_is_the_log(history, archive, tmp_path):
    log, records = history
    expected = rows_of(records)
    for where in log, f"local:{log}":
        done = run("export", "--log", where)
        assert done.status == 0 and done.out == expected
    assert run("export", log).out == expected  # without --log, too
    with archive:
        done = run("export", "--log", archive.url, "--out", tmp_path / "out.csv")
    assert done.status == 0 and done.out == "" and (tmp_path / "out.csv").read_text() == expected
    assert f"{expected.count(chr(10)) - 1} edits up to version {archive.version}" in done.err
    assert files_below(tmp_path) == ["out.csv"]


async def test_what_a_server_wrote_names_authors(any_world):
    """On both logs, while the server runs: one who shows nothing draws as their network."""
    server = await any_world.server()
    client = await any_world.client(server)
    for n in 1, 7, 200:
        await client.place(n)
    records = await asyncio.to_thread(any_world.log.records)
    where = any_world.log.arg if any_world.log.kind == "kafka" else any_world.log.folder
    done = await asyncio.to_thread(run, "export", "--log", where)
    authors = {row.split(",")[1] for row in done.out.splitlines()[1:]}
    assert len(authors) == 1 and re.fullmatch("[89a-f][0-9a-f]{15}", min(authors)), authors
    assert done.status == 0 and done.out == rows_of(records, min(authors)) and done.out.count("\n") == 209

    async def served():  # the history reads the log by itself, a moment later
        return (await asyncio.to_thread(run, "export", "--log", server.url(""))).out == rows_of(records)

    await eventually(served, "all edits are served")


@pytest.mark.parametrize("start, end", [(0.2, 0.3), (0, 0.5), (0.9, 1), (0.5, 0.5), (0.6, 0.4)])
def test_a_part_by_version_and_by_time(history, archive, start, end):
    log, records = history
    start, end = records[int(len(records) * start)], records[min(int(len(records) * end), len(records) - 1)]
    by_version = rows_of(records, "", start.offset, end.offset)
    by_time = rows_of(records, "", start.offset + 1, end.offset + 1)  # times of the records are all different
    with archive:
        for where in log, archive.url:
            assert run("export", "--log", where, "--from", start.offset, "--to", end.offset).out == by_version
            # Ms since 1970 and RFC 3339, with the zone of somewhere.
            minutes = (end.time_ms // 60000 + 330) % 1440
            text = subprocess.run(["date", "-u", "-d", f"@{end.time_ms // 1000 + 330 * 60}", "+%Y-%m-%dT%H:%M:%S"],
                                  stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
            assert f"T{minutes // 60:02}:{minutes % 60:02}:" in text
            done = run("export", "--log", where, "--from", start.time_ms, "--to",
                       f"{text}.{end.time_ms % 1000:03}+05:30")
            # A canvas knows the times of its own records only: one that is skipped is no place for it.
            assert done.out == by_time, done.err


def test_a_part_of_the_plane(history, archive):
    log, records = history
    seam = (990, -5, 40, 1010)
    with archive:
        for where in log, archive.url:
            assert run("export", "--log", where, "--region", ",".join(map(str, seam))).out == rows_of(
                records, inside=seam)
            assert run("export", "--log", where, "--canvas", "1,0").out == rows_of(
                records, inside=(1000, 0, 1000, 1000))
        asked = [path for path in archive.asked if "-1,-2/" in path]
        archive.asked.clear()
        run("export", "--log", archive.url, "--canvas", "1,0")
        assert not asked and not any("/0,0/" in path for path in archive.asked)


# ---- pictures

async def test_the_picture_is_the_servers(world):
    server = await world.server()
    address = server.url("").partition("://")[2]
    report = await flood("--readers", 0, "--writers", 2, "--batch", 256, "--rate", 20000, "--duration", 1, "--quiet", address)
    assert report.status == 0, report
    records = await asyncio.to_thread(world.log.records)
    past = Past(records)
    genesis = Picture((await asyncio.to_thread(server.get, "/canvas.png")).body).genesis

    async def ask(path):
        async def answered():
            answer = await asyncio.to_thread(server.get, path)
            return answer if answer.status != 503 else None
        return await eventually(answered, path)

    log = world.log.folder
    for version in 0, past.versions[len(past.versions) // 2], past.version:
        answer = await ask(f"/h/{genesis[:16]}/0,0/{version}.png")
        assert answer.status == 200
        for where in log, server.url(""):
            done = await asyncio.to_thread(lambda w=where, v=version: run("export", "--log", w, "--png", "-", "--at", v,
                                                                          text=False))
            assert done.status == 0 and done.out == answer.body, (version, where)
    # By time: the same as the server says.
    middle = past.records[len(past.records) // 2][1]
    answer = await ask(f"/at?t={middle}&canvas=0,0")
    assert answer.status == 302
    picture = await ask(answer.headers["location"])
    done = await asyncio.to_thread(lambda: run("export", "--log", log, "--png", "-", "--at", middle, text=False))
    assert done.out == picture.body


@pytest.mark.parametrize("region", [(950, -30, 101, 60), (-1000, -2000, 1, 1), (5000, 5000, 3, 2), (999, 999, 2, 1)])
def test_a_picture_over_several_canvases(history, archive, tmp_path, region):
    log, records = history
    version = records[len(records) * 2 // 3].offset
    with archive:
        for number, where in enumerate((log, archive.url)):
            file = tmp_path / f"{number}.png"
            done = run("export", "--log", where, "--png", file, "--region", ",".join(map(str, region)), "--at", version)
            assert done.status == 0, done
            picture = Picture(file.read_bytes())
            assert (picture.width, picture.height) == region[2:]
            assert picture.pixels == pixels_of(records, region, version)
            assert picture.genesis == GENESIS
    subprocess.run(["cmp", tmp_path / "0.png", tmp_path / "1.png"], check=True)


def test_a_version_that_is_not_yet_is_told(history):
    log, records = history
    done = run("export", "--log", log, "--png", "-", "--at", records[-1].offset + 2)
    assert done.status == 1 and f"beyond the end, {records[-1].offset + 1}" in done.err and done.out == ""


async def test_no_picture_without_the_beginning(kafka_world):
    server = await kafka_world.server()
    client = await kafka_world.client(server)
    for _ in range(4):
        await client.place()
    await asyncio.to_thread(kafka_world.log.broker.delete_records, kafka_world.log.topic, 2)
    done = await asyncio.to_thread(run, "export", "--log", kafka_world.log.arg, "--png", "-")
    assert done.status == 1 and "the oldest offset is 2" in done.err, done
    done = await asyncio.to_thread(run, "verify", kafka_world.log.arg)
    assert done.status == 1 and "oldest offset is 2" in done.out, done
    done = await asyncio.to_thread(run, "export", "--log", kafka_world.log.arg)
    assert done.status == 0 and done.out.count("\n") == 1 + 2, done  # what is left


# ---- what breaks off

def hang_at(archive, name):
    archive.answers[name] = lambda handler: archive.stopping.wait(60)
    return lambda: name in archive.asked


def test_what_is_stopped_leaves_what_was_there(archive, tmp_path):
    (tmp_path / "out.csv").write_text("old")
    with archive:
        reached = hang_at(archive, archive.name(HOME, "tail"))
        for arguments in ("--out", tmp_path / "out.csv"), ("--out", tmp_path / "new.csv"), ("--png", tmp_path / "new.png"):
            archive.asked.clear()
            done = run("export", "--log", archive.url, *arguments, interrupt_when=reached)
            assert done.status == -2 and "stopped" in done.err, done
            assert files_below(tmp_path) == ["out.csv"] and (tmp_path / "out.csv").read_text() == "old"


def test_what_breaks_off_leaves_what_was_there(archive, tmp_path):
    (tmp_path / "out.csv").write_text("old")
    with archive:
        archive.answers[archive.name(HOME, "tail")] = b"nonsense"
        for arguments in ("--out", tmp_path / "out.csv"), ("--out", tmp_path / "new.csv"), ("--png", tmp_path / "new.png"):
            done = run("export", "--log", archive.url, *arguments)
            assert done.status == 1 and "canvas (0, 0), block" in done.err, done
            assert files_below(tmp_path) == ["out.csv"] and (tmp_path / "out.csv").read_text() == "old"


def test_a_disk_that_is_full_is_told(history, tmp_path):
    log, _ = history
    done = run("export", "--log", log, "--out", "/dev/full")
    assert done.status == 1 and "No space left on device" in done.err
    done = run("export", "--log", log, "--out", tmp_path / "no/such/folder.csv")
    assert done.status == 1 and "No such file or directory" in done.err


def test_a_pipe_that_nobody_reads_ends_it(history):
    command = f"{BUILD}/tools/export --log {history[0]} | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, text=True)
    assert done.stdout == HEADER + "\n" and done.returncode == 1 and "Broken pipe" in done.stderr


def test_the_output_is_written_as_it_comes(history):
    """Through a pipe: gzip, as the manual says."""
    log, records = history
    done = subprocess.run(f"{BUILD}/tools/export --quiet --log {log} | gzip", shell=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True)
    assert gzip.decompress(done.stdout).decode() == rows_of(records) and done.stderr == b""


# ---- usage

@pytest.mark.parametrize("arguments", [
    [], ["--log", "a", "b"], ["--nonsense"], ["--log", "a", "--at", "5"], ["--log", "a", "--png", "b", "--out", "c"],
    ["--log", "a", "--png", "b", "--from", "1"], ["--log", "a", "--from", "yesterday"],
    ["--log", "a", "--to", "2026-02-30T00:00:00Z"], ["--log", "a", "--canvas", "01,0"], ["--log", "a", "--canvas", "1024,0"],
    ["--log", "a", "--region", "0,0,0,1"], ["--log", "a", "--region", "1023999,0,2,1"],
    ["--log", "a", "--region", "0,0,1,1", "--canvas", "0,0"], ["--log", "a", "--timeout", "x"], ["--log", "a", "-X", "b"]])
def test_bad_usage_is_told(arguments):
    done = run("export", *arguments)
    assert done.status == 2 and "export: " in done.err and done.out == "", done


def test_a_picture_that_is_too_large_is_told(history):
    done = run("export", "--log", history[0], "--png", "-", "--region", "-1024000,-1024000,2048000,2048000")
    assert done.status == 1 and "more pixels" in done.err and done.out == ""


def test_help_and_manual_name_the_same_options():
    said = subprocess.run([BUILD / "tools/export", "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout
    manual = (TOP / "docs/export.1.scd").read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z][a-z-]+", said))
    assert {"--region", "--png"} <= options
    assert options == set(re.findall(r"\*(--[a-z-]+)\*", "\n".join(re.findall(r"^\*--.*$", manual, re.M))))
