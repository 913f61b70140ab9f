# SPDX-License-Identifier: ISC
"""verify: what is the same is found to be the same, and every lie is named: canvas, block, record, edit."""
import asyncio
import hashlib
import re
import shutil
import struct
import subprocess
import sys

import pytest
from archive import Archive, run
from broker import LocalLog
from certificates import Certificate
from flood import flood
from fold import HOME, pack, parts, record_edits, record_value
from past import Past, plane_index, put, random_records
from server import BUILD, TOP
from world import eventually

GENESIS = "0123456789abcdeffedcba9876543210"
OTHER = "1123456789abcdeffedcba9876543210"
PLACES = (HOME, (-1, 0), (1, 2))
LEFT = (-1, 0)


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """(folder of the log, its records by logcat): three canvases, each with a block or two and a tail."""
    folder = tmp_path_factory.mktemp("history")
    put(folder, random_records(7, 270000, PLACES), GENESIS)
    records = LocalLog(folder).records()
    assert all(1 <= len(Past(records, place).blocks) <= 3 for place in PLACES)
    return folder / "log", records


@pytest.fixture(scope="module")
def truth(history):
    """What an honest server would serve; not to be changed."""
    return Archive(history[1], GENESIS)


@pytest.fixture
def archive(truth):
    """The same, to be changed."""
    return truth.copy()


def verify(*arguments):
    """Its JSON."""
    done = run("verify", "--json", *arguments)
    assert done.status == (0 if done.json["result"] == "same" else 1), done
    return done.json


def only(report):
    """The one difference of a report."""
    assert report["result"] == "different" and len(report["differences"]) == 1, report
    return report["differences"][0]


def rehash(archive, place):
    """Make the index's digests those of the blocks that are served, as a consistent liar would."""
    chain = bytes(32)
    (canvas,) = (canvas for canvas in archive.index["canvases"] if (canvas["x"], canvas["y"]) == place)
    for row in canvas["blocks"]:
        digest = hashlib.sha256(archive.answers[archive.name(place, row["block"])]).digest()
        chain = hashlib.sha256(chain + digest).digest()
        row["sha256"], row["chain"] = digest.hex(), chain.hex()


def edit_at(past, number, i):
    """Where edit i of the block is: (offset of its record, which of its edits, its byte in the block)."""
    block = past.blocks[number] if number < len(past.blocks) else past.tail
    at = 64 + 20 * len(block.records) + 3 * i
    for offset, _, words in block.records:
        if i < len(words):
            return offset, i, at, words[i]
        i -= len(words)
    raise IndexError


def say(word):
    x, y, colour = parts(word)
    return f"x {x}, y {y}, colour {colour} "


# ---- the same

@pytest.mark.long
@pytest.mark.limit(240)
async def test_server_folder_and_log_are_the_same(world, history):
    log, records = history
    server = world.make_server(args=["--plane", "2x2"])
    shutil.copytree(log, server.data / "log")
    await world.start(server)
    url = server.url("")
    folder = server.data / "history"
    index = plane_index(records, GENESIS, records[-1].offset + 1)

    async def all_read():  # what is on the disk may come later than what is served
        return (await asyncio.to_thread(run, "verify", "--exact", log, folder)).status == 0

    await eventually(all_read, "the history is on the disk", 150)
    chains = [{"canvas": [canvas["x"], canvas["y"]], "blocks": len(canvas["blocks"]),
               "chain": canvas["blocks"][-1]["chain"]} for canvas in index["canvases"]]
    pairs = [(url,), (folder,), (log,), (log, url), (url, log), (folder, url), (url, folder), (log, folder),
             (log, log), (url, url), (server.data / "history" / GENESIS[:16], log)]
    for pair in pairs:
        report = await asyncio.to_thread(verify, "--exact", *pair)
        assert report["result"] == "same", (pair, report)
        assert report["compared"] == {
            "version": index["version"], "canvases": 3, "blocks": sum(chain["blocks"] for chain in chains),
            "records": sum(len(Past(records, place).records) for place in PLACES),
            "edits": sum(canvas["edits"] for canvas in index["canvases"])}, pair
        assert sorted(report["chains"], key=lambda chain: chain["canvas"][::-1]) == chains, pair
        assert report["a"]["genesis"] == GENESIS


@pytest.mark.limit(240)
async def test_kafka_and_a_server_are_the_same(kafka_world):
    server = await kafka_world.server()
    address = server.url("").partition("://")[2]
    report = await flood("--readers", 1, "--writers", 4, "--batch", 256, "--rate", 80000, "--duration", 2, "--quiet",
                         address)
    assert report.status == 0, report

    async def read():
        found = await asyncio.to_thread(verify, kafka_world.log.arg, server.url(""))
        assert found["result"] == "same", found
        return found if found["b"]["version"] == found["a"]["version"] else None

    found = await eventually(read, "history has read all", 120)
    assert found["compared"]["edits"] > 65536 and found["compared"]["blocks"] >= 1
    past = Past(await asyncio.to_thread(kafka_world.log.records))
    rows, _ = past.rows(found["a"]["genesis"])
    assert found["chains"] == [{"canvas": [0, 0], "blocks": len(rows), "chain": rows[-1]["chain"]}]


def test_the_empty_are_the_same(tmp_path):
    put(tmp_path / "a", [], GENESIS)
    with Archive([], GENESIS, read=0) as archive:
        archive.answers["/info"] = b'{"protocol":"placed.1","genesis":null,"version":0,"history":true}'
        for pair in (tmp_path / "a/log",), (archive.url,), (tmp_path / "a/log", archive.url):
            assert verify(*pair)["result"] == "same"


# ---- one is ahead

@pytest.mark.parametrize("cut", [5, 60, 100])
def test_what_is_cut_short_is_told(history, archive, tmp_path, cut):
    log, records = history
    some = records[:len(records) * cut // 120]
    put(tmp_path, [(record.time_ms, record.value) for record in some], GENESIS)
    end = some[-1].offset + 1
    with archive:
        for pair in (tmp_path / "log", archive.url), (archive.url, tmp_path / "log"), (tmp_path / "log", log):
            done = run("verify", *pair)
            assert done.status == 0 and done.out.endswith("same\n"), done
            ahead, behind = ("A", "B") if pair[0] == archive.url else ("B", "A")
            assert (f"{ahead} is ahead: it goes to version {archive.version}, {behind} ends at {end}; "
                    "compared is what both have\n") in done.out
            difference = only(verify("--exact", *pair))
            assert difference["what"] == "version at the end"
            assert {difference["expected"], difference["found"]} == {str(archive.version), str(end)}


def test_a_server_that_reads_less_than_a_tail_shows_is_compared_as_far(history, truth):
    """Between the index and the tail more edits came; the index counts."""
    log, records = history
    complete = max(block["to"] for canvas in truth.index["canvases"] for block in canvas["blocks"])
    middle = (sum(record.offset < complete for record in records) + len(records)) // 2
    early = Archive(records[:middle], GENESIS)
    for place in PLACES:
        early.answers[early.name(place, "tail")] = truth.answers[truth.name(place, "tail")]
    with early:
        for pair in (early.url,), (early.url, log):
            report = verify(*pair)
            assert report["a"]["version"] < truth.version
            assert report["result"] == "same" and report["compared"]["version"] == records[middle - 1].offset + 1
            assert report["compared"]["records"] == sum(1 for record in records[:middle] if record_edits(record.value))


def test_a_tail_that_became_complete_meanwhile_is_read_as_a_block(history, truth):
    log, records = history
    early = Archive(records[:len(records) // 8], GENESIS)
    assert not any(canvas["blocks"] for canvas in early.index["canvases"])
    early.answers = dict(truth.answers)
    with early:
        assert verify(early.url, log)["result"] == "same"


# ---- lies

@pytest.mark.parametrize("place, number", [(HOME, 0), (LEFT, 0), ((1, 2), 0), (LEFT, -1), (HOME, -1)])
@pytest.mark.parametrize("order", ["log first", "server first", "two servers"])
def test_a_lie_in_one_edit_is_named(history, archive, truth, place, number, order):
    log, records = history
    past = Past(records, place)
    number = number if number >= 0 else len(past.blocks)
    block = past.blocks[number] if number < len(past.blocks) else past.tail
    offset, which, at, word = edit_at(past, number, block.edits * 3 // 4)
    name = archive.name(place, number if number < len(past.blocks) else "tail")
    lie = word ^ 1 << 20
    archive.answers[name] = truth.answers[name][:at] + pack([lie]) + truth.answers[name][at + 3:]
    rehash(archive, place)
    with archive, truth.copy() as honest:
        assert verify(archive.url)["result"] == "same"  # consistent in itself
        pair = {"log first": (log, archive.url), "server first": (archive.url, log),
                "two servers": (honest.url, archive.url)}[order]
        difference = only(verify(*pair))
        expected, found = (lie, word) if order == "server first" else (word, lie)
        assert difference["who"] == "A and B" and difference["canvas"] == list(place)
        assert (difference["block"], difference["offset"], difference["edit"]) == (number, offset, which)
        assert difference["expected"].startswith(say(expected)) and difference["found"].startswith(say(found))
        done = run("verify", *pair)
        assert done.status == 1
        assert (f"different: A and B: canvas ({place[0]}, {place[1]}), block {number}, record at offset {offset}, "
                f"edit {which}: value: expected {say(expected)}") in done.out


def test_bytes_that_are_not_those_of_the_hash_are_named(history, archive):
    log, records = history
    offset, which, at, word = edit_at(Past(records, LEFT), 0, 12345)
    name = archive.name(LEFT, 0)
    honest = archive.answers[name]
    archive.answers[name] = lie = honest[:at] + pack([word ^ 3 << 20]) + honest[at + 3:]
    with archive:
        difference = only(verify(archive.url))
        assert (difference["who"], difference["canvas"], difference["block"]) == ("A", [-1, 0], 0)
        assert difference["what"] == "SHA-256 of the block"
        assert difference["expected"] == hashlib.sha256(honest).hexdigest()
        assert difference["found"] == hashlib.sha256(lie).hexdigest()
        differences = verify(log, archive.url)["differences"]
        assert [difference["who"] for difference in differences] == ["B", "A and B"]
        assert (differences[1]["offset"], differences[1]["edit"]) == (offset, which)
        exported = run("export", "--log", archive.url)
        assert exported.status == 1 and "canvas (-1, 0), block 0: SHA-256 of the block: expected" in exported.err


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("field", ["sha256", "chain"])
def test_a_lie_in_one_hash_is_named(history, archive, place, field):
    log, _ = history
    row = archive.row(place, 0)
    honest = row[field]
    row[field] = lie = ("0" if honest[0] != "0" else "1") + honest[1:]
    with archive:
        for pair, who in ((archive.url,), "A"), ((log, archive.url), "B"), ((archive.url, log), "A"):
            report = verify(*pair)
            difference = report["differences"][0]
            assert report["result"] == "different" and difference["who"] == who
            assert (difference["canvas"], difference["block"]) == (list(place), 0)
            if field == "sha256":
                assert difference["what"] == "SHA-256 of the block"
                assert (difference["expected"], difference["found"]) == (lie, honest)
            else:
                assert difference["what"] == "chain in the index"
                assert (difference["expected"], difference["found"]) == (honest, lie)


def replaced(records, at, record):
    """The records with another one in the place of number at, or without it."""
    return records[:at] + ([record] if record else []) + records[at + 1:]


@pytest.mark.parametrize("change, what", [
    ("time", "time of the record"), ("drop", "record"), ("more", "record"), ("canvas", "record")])
@pytest.mark.parametrize("where", [0.1, 0.99])
def test_a_lie_about_a_record_is_named(history, truth, change, what, where):
    log, records = history
    at = int(len(records) * where)
    while not record_edits(records[at].value):
        at += 1
    record, (place, words) = records[at], record_edits(records[at].value)
    number = next((block.number for block in Past(records, place).blocks if record.offset < block.end),
                  len(Past(records, place).blocks))
    lie = {"time": lambda: type(record)(record.offset, record.time_ms + 1, record.value),
           "drop": lambda: None,
           "more": lambda: type(record)(record.offset, record.time_ms, record_value(place, words + words[:1])),
           "canvas": lambda: type(record)(record.offset, record.time_ms, record_value((0, 2), words))}[change]()
    with Archive(replaced(records, at, lie), GENESIS) as archive, truth.copy() as honest:
        assert verify(archive.url)["result"] == "same"
        for pair in (log, archive.url), (honest.url, archive.url), (archive.url, log):
            difference = only(verify(*pair))
            if change == "canvas" and difference["canvas"] == [0, 2]:  # the canvas that there is none of
                assert "none" in (difference["expected"], difference["found"])
                continue
            assert (difference["what"], difference["canvas"]) == (what, list(place)), difference
            assert difference["offset"] == record.offset and difference["block"] == number, difference


def test_two_logs_are_compared_record_by_record(history, tmp_path):
    log, records = history
    at = len(records) * 2 // 3
    while not record_edits(records[at].value):
        at += 1
    place, words = record_edits(records[at].value)
    lie = [*words[:-1], words[-1] ^ 1 << 20]
    put(tmp_path, [(record.time_ms, record.value if i != at else record_value(place, lie))
                   for i, record in enumerate(records)], GENESIS)
    difference = only(verify(log, tmp_path / "log"))
    assert (difference["offset"], difference["edit"]) == (records[at].offset, len(words) - 1)
    assert difference["expected"].startswith(say(words[-1])) and difference["found"].startswith(say(lie[-1]))
    block = next((block.number for block in Past(records, place).blocks if records[at].offset < block.end),
                 len(Past(records, place).blocks))
    assert difference["block"] == block and difference["canvas"] == list(place)


def test_another_log_is_another(history, archive, tmp_path):
    _, records = history
    put(tmp_path, [(record.time_ms, record.value) for record in records], OTHER)
    with archive:
        difference = only(verify(tmp_path / "log", archive.url))
        assert (difference["what"], difference["expected"], difference["found"]) == ("genesis id", OTHER, GENESIS)


@pytest.mark.parametrize("change, what", [
    (lambda head: head[:10] + struct.pack("<h", 5) + head[12:], "position in the block"),
    (lambda head: head[:16] + bytes.fromhex(OTHER) + head[32:], "genesis id in the block"),
    (lambda head: head[:32] + struct.pack("<Q", 1) + head[40:], "number in the block"),
    (lambda head: b"x" + head[1:], "bytes of the block"),
    (lambda head: head[:60] + struct.pack("<I", 3) + head[64:], "bytes of the block"),
    (lambda head: head[:48] + struct.pack("<Q", 1 << 60) + head[56:], "bytes of the block"),
])
def test_a_head_that_lies_is_named(archive, change, what):
    name = archive.name(HOME, 0)
    archive.answers[name] = change(archive.answers[name][:64]) + archive.answers[name][64:]
    rehash(archive, HOME)
    with archive:
        difference = only(verify(archive.url))
        assert (difference["what"], difference["canvas"], difference["block"]) == (what, [0, 0], 0)


def test_a_canvas_that_is_not_told_of_is_missed(history, archive):
    log, records = history
    del archive.index["canvases"][0]
    with archive:
        first = Past(records, HOME if archive.index["canvases"][0]["x"] == -1 else LEFT).records[0][0]
        report = only(verify(log, archive.url))
        assert report["what"] == "record" and report["found"] == "none" and report["offset"] == first


def test_the_ten_lines_of_the_protocol(archive):
    protocol = (TOP / "PROTOCOL.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", protocol[protocol.index("### Proving it"):], re.S)

    def prove():
        return subprocess.run([sys.executable, "-c", lines, archive.url, GENESIS[:16]], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, text=True)

    with archive:
        done = prove()
        report = verify(archive.url)
        assert done.stdout == "".join("%d,%d %d %s\n" % (*chain["canvas"], chain["blocks"], chain["chain"])
                                      for chain in report["chains"]) and done.stdout.count("\n") == 3
        name = archive.name((1, 2), 0)
        archive.answers[name] = archive.answers[name][:-1] + b"\1"
        done = prove()
        assert done.returncode == 1 and "canvas 1,2, block 0: computed" in done.stderr


# ---- files that are hurt

def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


@pytest.fixture(scope="module")
def folder(history, tmp_path_factory):
    """The folder of the history of a server that has ended."""
    from server import Server  # a server of its own, for all tests of files

    data = tmp_path_factory.mktemp("served") / "server"
    shutil.copytree(history[0], data / "log")
    server = Server(data, args=["--plane", "2x2"]).start()
    async def ready():
        await eventually(lambda: run("verify", "--exact", history[0], data / "history").status == 0, "all is read", 150)
    asyncio.run(ready())
    server.close()
    assert not server.reports
    return data / "history" / GENESIS[:16]


@pytest.mark.parametrize("name, at, what", [
    ("0,0/0.bin", 70000, "SHA-256 of the block"),
    ("-1,0/0.bin", 3, "bytes of the block"),
    ("0,0/rows", 90, None),
    ("0,0/rows", 20, None),
    ("progress", 40, None),
])
def test_a_bit_that_flips_in_a_file_is_found(folder, history, tmp_path, name, at, what):
    copy = tmp_path / "history" / folder.name
    shutil.copytree(folder, copy)
    assert verify(copy)["result"] == "same"
    flip(copy / name, at)
    for pair in (copy,), (history[0], copy):
        report = verify(*pair)
        if what:
            assert report["differences"][0]["what"] == what
            assert report["differences"][0]["canvas"] == [int(part) for part in name.split("/")[0].split(",")]
        else:
            assert report["result"] == "failed" and f"{copy}/{name}" in report["error"], report


def test_a_bit_that_flips_in_the_open_block_is_found(folder, history, tmp_path):
    copy = tmp_path / "history" / folder.name
    shutil.copytree(folder, copy)
    (tail,) = (copy / "0,0").glob("*.open")
    flip(tail, tail.stat().st_size // 2)
    for pair in (copy,), (history[0], copy):
        report = verify(*pair)
        assert report["result"] == "failed" and "as its file progress says" in report["error"], report


@pytest.mark.parametrize("name", ["0,0/0.bin", "0,0/rows", "1,2"])
def test_a_file_that_is_missing_is_found(folder, tmp_path, name):
    copy = tmp_path / "history" / folder.name
    shutil.copytree(folder, copy)
    shutil.rmtree(copy / name) if (copy / name).is_dir() else (copy / name).unlink()
    assert verify(copy)["result"] == "failed"


def test_a_bit_that_flips_in_the_log_is_found(history, archive, tmp_path):
    log, records = history
    shutil.copytree(log, tmp_path / "log")
    value = max((record.value for record in records), key=len)
    data = (tmp_path / "log/data.mdb").read_bytes()
    flip(tmp_path / "log/data.mdb", data.index(value) + 100)
    with archive:
        report = verify(tmp_path / "log", archive.url)
        offset = next(record.offset for record in records if record.value == value)
        assert report["result"] == "failed" and f"record at offset {offset} cannot be read" in report["error"]


# ---- servers that mean harm

def endless(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    while True:
        handler.wfile.write(chunk)


def announced(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(1 << 40))
    handler.end_headers()
    handler.wfile.write(b"{")


def with_status(status, **headers):
    return lambda handler: handler.answer(status, b"{}", **headers)


def no_json(handler):
    handler.answer(200, b"<html>" * 1000)


def nested(handler):
    handler.answer(200, b'{"protocol":' + b"[" * 1000000)


HOSTILE = [
    ("/info", endless, "larger than 4194304 bytes"),
    ("/info", announced, "larger than"),
    ("/info", no_json, "no server of the protocol placed.1"),
    ("/info", nested, "no server of the protocol placed.1"),
    ("/info", with_status(404), "expected status 200, got 404"),
    ("/info", b'{"protocol":"placed.1","genesis":"12","history":true}', "genesis: expected 32 hexadecimal digits"),
    ("/info", b'{"protocol":"placed.1","genesis":null}', "keeps no history"),
    ("index.json", endless, "larger than 67108864 bytes"),
    ("index.json", announced, "larger than"),
    ("index.json", no_json, "expected a JSON object"),
    ("index.json", with_status(500), "got 500"),
    ("index.json", with_status(302, Location="http://127.0.0.2:1/"), "redirected to another server"),
    ("index.json", with_status(302, Location="file:///etc/passwd"), "redirected to another server"),
    ("index.json", with_status(302, Location="index.json"), "too many redirections"),
    ("index.json", with_status(302), "without Location"),
    ("0,0/0.bin", endless, "larger than"),
    ("0,0/0.bin", announced, "larger than"),
    ("0,0/0.bin", no_json, "bytes of the block"),
    ("0,0/0.bin", b"", "bytes of the block"),
    ("0,0/0.bin", with_status(404), "got 404"),
    ("0,0/tail.bin", endless, "larger than 67108864 bytes"),
    ("0,0/tail.bin", no_json, "bytes of the block"),
]


@pytest.mark.parametrize("name, answer, error", HOSTILE)
def test_a_hostile_answer_is_an_error_that_is_bounded(archive, name, answer, error):
    with archive:
        archive.answers[name if name == "/info" else archive.base + name] = answer
        done = run("verify", archive.url)
        assert done.status == 1 and error in done.out, done
        assert done.peak_kb < 400000, done
        exported = run("export", "--log", archive.url, "--out", "/dev/null")
        assert exported.status == 1 and error in exported.err, exported


@pytest.mark.parametrize("change, error", [
    (lambda index: index.update(version=-1), "version: expected a whole number"),
    (lambda index: index.update(version=1.5), "version: expected a whole number"),
    (lambda index: index.update(version=1e300), "version: expected a whole number"),
    (lambda index: index.update(genesis=OTHER), "another genesis id"),
    (lambda index: index.update(canvases={}), "canvases: expected a list"),
    (lambda index: index["canvases"][0].update(x=5000), "x: expected a whole number from -1024 to 1023"),
    (lambda index: index["canvases"].reverse(), "it comes after"),
    (lambda index: index["canvases"][0].update(edits=1), "not those of its blocks"),
    (lambda index: index["canvases"][0].update(version=1 << 40), "beyond that of the plane"),
    (lambda index: index["canvases"][0].pop("tail"), "tail: expected an object"),
    (lambda index: index["canvases"][0].update(blocks=None), "blocks: expected a list"),
    (lambda index: index["canvases"][0]["blocks"][0].update(bytes=1 << 50), "bytes: "),
    (lambda index: index["canvases"][0]["blocks"][0].update(edits=1 << 31), "bytes: "),
    (lambda index: index["canvases"][0]["blocks"][0].update(block=1), "block 1 comes where block 0 is due"),
    (lambda index: index["canvases"][0]["blocks"][0].update({"from": 1}), "it begins at version 1"),
    (lambda index: index["canvases"][0]["blocks"][0].update(to=0), "cannot be"),
    (lambda index: index["canvases"][0]["blocks"][0].update(edits=65535), "a complete block with 65535 edits"),
    (lambda index: index["canvases"][0]["blocks"][0].update(sha256="00"), "sha256: expected 64 hexadecimal digits"),
    (lambda index: index["canvases"][0]["blocks"][0].update(time="x"), "time: expected a number or null"),
    (lambda index: index["canvases"][0]["tail"].update(records=-1), "records: expected a whole number"),
])
def test_an_index_that_cannot_be_is_refused(archive, change, error):
    change(archive.index)
    with archive:
        report = verify(archive.url)
        assert report["result"] == "failed" and error in report["error"], report


def test_a_server_that_is_slow_is_given_up(archive):
    def slow(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not archive.stopping.wait(0.2):
            handler.wfile.write(b"x")

    with archive:
        archive.answers[archive.name(HOME, 0)] = slow
        done = run("verify", "--timeout", 2, archive.url)
        assert done.status == 1 and "too slow" in done.out, done


def test_a_server_that_is_busy_is_asked_again(archive):
    name = archive.name(HOME, 0)
    truth = archive.answers[name]

    def busy(handler):
        if archive.asked[name] < 3:
            handler.answer(503, b"{}", Retry_After="1")
        else:
            handler.answer(200, truth)

    with archive:
        archive.answers[name] = busy
        assert verify(archive.url)["result"] == "same" and archive.asked[name] == 3


def test_a_connection_that_breaks_is_made_again_and_not_for_ever(archive):
    name = archive.name(HOME, 0)
    truth = archive.answers[name]

    def broken(handler):
        if archive.asked[name] == times + 1:
            handler.answer(200, truth)
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(truth)))
        handler.end_headers()
        handler.wfile.write(truth[:1000])
        handler.close_connection = True

    for times, result in (1, "same"), (99, "failed"):
        archive.asked.clear()
        with archive:
            archive.answers[name] = broken
            assert verify(archive.url)["result"] == result
            assert archive.asked[name] == (2 if result == "same" else 3)


async def test_over_tls_only_who_is_trusted(world, history, tmp_path):
    log, _ = history
    certificate = Certificate(tmp_path, "own", host="IP:127.0.0.1")
    server = world.make_server(args=["--plane", "2x2", "--tls-cert", str(certificate.cert), "--tls-key", str(certificate.key)])
    shutil.copytree(log, server.data / "log")
    await asyncio.to_thread(server.start)
    url = "https://127.0.0.1:%d" % server.addresses["listening"][2]

    def same():
        return run("verify", "--exact", log, url, env={"SSL_CERT_FILE": str(certificate.cert)})

    async def is_same():
        done = await asyncio.to_thread(same)
        return done.status == 0 and done

    await eventually(is_same, "the same over TLS", 60)
    done = await asyncio.to_thread(run, "verify", url)
    assert done.status == 1 and "certificate" in done.out, done


def test_nobody_there_is_told():
    done = run("verify", "http://127.0.0.1:1")
    assert done.status == 1 and "127.0.0.1" in done.out


def test_ctrl_c_ends_it(archive):
    def hang(handler):
        archive.stopping.wait(60)

    with archive:
        archive.answers[archive.name(HOME, 0)] = hang
        done = run("verify", archive.url, interrupt_when=lambda: archive.name(HOME, 0) in archive.asked)
        assert done.status == -2 and "interrupted" in done.out


# ---- usage

@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"], ["--nonsense", "a"], ["--timeout", "0", "a"],
                                       ["-X", "novalue", "a"]])
def test_bad_usage_is_told(arguments):
    done = run("verify", *arguments)
    assert done.status == 2 and "verify" in done.err


@pytest.mark.parametrize("where", ["/nowhere", "ftp://127.0.0.1", "http://127.0.0.1:1/path", "http://user@127.0.0.1:1"])
def test_what_is_no_history_is_told(where):
    done = run("verify", where)
    assert done.status == 1 and "failed: " in done.out and where in done.out


def test_help_and_manual_name_the_same_options():
    said = subprocess.run([BUILD / "tools/verify", "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout
    manual = (TOP / "docs/verify.1.scd").read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z][a-z-]+", said))
    assert {"--json", "--exact"} <= options
    assert options == set(re.findall(r"\*(--[a-z-]+)\*", "\n".join(re.findall(r"^\*--.*$", manual, re.M))))
