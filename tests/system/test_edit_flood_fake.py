# SPDX-License-Identifier: ISC
"""edit-flood against a server that is made by hand, byte by byte: what no honest server does, or only rarely."""
import asyncio
import functools
import json

import pytest
from flood import Fake
from flood import flood as flood_and_settle
from fold import Canvas, pack, word

flood = functools.partial(flood_and_settle, settle=3)  # what is missing here never comes


async def test_fragments_pings_and_single_bytes_are_understood():
    painted = asyncio.Event()

    async def talk(fake, writer, number, version):
        if number < 3:  # one full reader and two more: begin together
            await painted.wait()
        else:
            payloads.append(fake.paint(1, [word(x, 5, 7) for x in range(100)]))
            payloads.append(fake.paint(2, [word(6, 6, 6)]))
            painted.set()
        first, second = payloads
        for piece in (fake.frame(2, first[:5], fin=False), fake.frame(9, b"are you there"),
                      fake.frame(0, first[5:5], fin=False), fake.frame(0, first[5:])):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
        sum_ = json.dumps({"type": "checksum", "version": 2, "sum": fake.canvas.checksum()}).encode()
        for byte in fake.frame(2, second) + fake.frame(1, sum_[:9], fin=False) + fake.frame(0, sum_[9:]):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        await asyncio.sleep(30)

    payloads = []
    async with Fake(talk) as fake:
        report = await flood(fake.address, "--readers", 2, "--writers", 0, "--duration", 2)
    assert report.status == 0, report
    assert report.counters["deliveries"] == 6 and report.counters["delivered_edits"] == 303
    assert report.counters["checksums"] == 3
    assert fake.received.count(b"\x8a\x8d\0\0\0\0are you there") == 3


async def test_an_end_behind_what_a_stalled_reader_has_not_read_is_noticed():
    """Half a frame, then the end of the connection: no event tells of the end a second time."""
    async def talk(fake, writer, number, version):
        versions.append(version)
        if number != 2:  # the full reader; the stalled one when it is back
            await asyncio.sleep(30)
            return
        await asyncio.sleep(1.5)  # it reads for a second, then stalls
        writer.write(fake.frame(2, bytes(200))[:100])
        await asyncio.sleep(0.2)

    versions = []
    async with Fake(talk) as fake:
        report = await flood(fake.address, "--readers", 1, "--stalled", 100, "--stall", 20, "--writers", 0,
                             "--duration", 4)
    assert report.status == 0, report
    assert versions == [0, 0, 0]
    assert report.counters["lost"] == 1 and report.counters["resumes"] == 1


async def test_who_is_closed_comes_back_with_its_version():
    async def talk(fake, writer, number, version):
        versions.append(version)
        if number == 1:
            fake.paint(3, [word(1, 1, 1)])
            writer.write(fake.frame(2, (3).to_bytes(8, "little") + pack([word(1, 1, 1)])) +
                         fake.frame(8, (4001).to_bytes(2, "big") + b"too far behind"))
            return
        await asyncio.sleep(30)

    versions = []
    async with Fake(talk) as fake:
        report = await flood(fake.address, "--readers", 0, "--writers", 0, "--duration", 2)
    assert report.status == 0, report
    assert versions == [0, 3]
    assert report.counters["closed_behind"] == 1 and report.counters["resumes"] == 1


async def test_a_full_reader_that_is_sent_to_the_picture_begins_anew():
    """A new reference: nobody can say what the others got in between, and nobody is blamed for it."""
    async def talk(fake, writer, number, version):
        versions.append(version)
        if number == 1:
            await asyncio.sleep(0.7)  # until the other one is there, too
            fake.paint(9, [word(2, 2, 2)] * 500)
            writer.write(fake.text(type="reset", version=9))
            await asyncio.sleep(30)
        if number == 2:
            await asyncio.sleep(1)
            writer.write(fake.frame(2, (9).to_bytes(8, "little") + pack([word(2, 2, 2)] * 500)))
            await asyncio.sleep(0.8)
        else:
            await asyncio.sleep(0.7)
            fake.paint(10, [word(3, 3, 3)])
        writer.write(fake.frame(2, (10).to_bytes(8, "little") + pack([word(3, 3, 3)])))
        await asyncio.sleep(30)

    versions = []
    async with Fake(talk) as fake:
        report = await flood(fake.address, "--readers", 1, "--writers", 0, "--duration", 3)
    assert report.status == 0, report
    assert versions == [0, 0, 9]
    assert report.counters["restarts"] == report.counters["resets"] == 1
    assert report.counters["unchecked"] == 500


def seasons(logs):
    """talk(): every log of the list shows one frame to the connections that are there, and ends them; then the next
    one begins at version 5 with other pixels."""
    async def talk(fake, writer, number, version):
        log = len(begun)
        await asyncio.sleep(0.4)  # until the others are there, too
        if len(frames) == log:
            frames.append(fake.paint(fake.canvas.version + 1, [word(log, 7, 3)]))
        if version < int.from_bytes(frames[log][:8], "little"):
            writer.write(fake.frame(2, frames[log]))
            await writer.drain()
        await asyncio.sleep(0.4 if log + 1 < len(logs) else 30)
        if log == len(begun):
            begun.append(log)
            fake.genesis = logs[log + 1]
            fake.canvas = Canvas()
            fake.paint(5, [word(x, 9, log + 1) for x in range(50)])

    frames, begun = [], []
    return talk


@pytest.mark.parametrize("logs, faults", [("ab", {}), ("aba", {"mixed_logs"})], ids=["once", "and back"])
async def test_a_log_that_begins_anew_is_reported_and_followed(logs, faults):
    """Lower versions, other pixels: no fault, for the genesis is another one. Two logs in turn are one."""
    logs = [letter * 32 for letter in logs]
    async with Fake(seasons(logs)) as fake:
        fake.genesis = logs[0]
        fake.paint(1000, [word(1, 1, 1)])
        report = await flood(fake.address, "--readers", 1, "--writers", 0, "--duration", 2.5)
    assert set(report.faults) == set(faults) and report.status == bool(faults), report
    assert report.counters["new_logs"] == 1 and "the log began anew 1 times" in report.text, report
    assert report.counters["pictures"] >= 1 or faults


async def test_connections_are_spread_over_the_open_canvases():
    async def talk(fake, writer, number, version):
        await asyncio.sleep(30)

    load = ["--readers", 4, "--writers", 2, "--rate", 1, "--duration", 0.2, "--settle", 0.5]
    async with Fake(talk) as fake:
        fake.open = [(0, 0), (-1, 5), (9, 9)]  # the last one is closed
        await flood(fake.address, *load, "--canvas", "all")
        assert sorted(fake.places.values()) == ["-1,5"] * 4 + ["0,0"] * 4  # a full reader each, readers, writers
    async with Fake(talk) as fake:
        await flood(fake.address + "/ws", *load, "--canvas", "2,0", "--canvas", "2,1", "--canvas", "-7,0")
        assert sorted(fake.places.values()) == ["-7,0"] * 2 + ["2,0"] * 4 + ["2,1"] * 3
    async with Fake(talk) as fake:
        await flood(fake.address + "/c/3,3/ws", *load)
        assert set(fake.places.values()) == {"3,3"}


BREACHES = {
    "masks": b"\x82\x88" + bytes(12),
    "uses reserved bits": b"\xc2\x08" + bytes(8),
    "continues nothing": b"\x80\x08" + bytes(8),
    "begins anew inside a message": b"\x02\x01\0\x02\x01\0",
    "sends a frame that is no edits": b"\x82\x0a" + bytes(10),
    "sends a text that is no message": b"\x81\x02[]",
    "says hello again": Fake.text(type="hello", version=0),
    "closes for a breach that was none": b"\x88\x02\x03\xea",
    "acknowledges what nobody sent": Fake.text(type="placed", id=1, version=0),
    "refuses what nobody sent": Fake.text(type="refused", id=1, reason="busy", retry_ms=0),
}


@pytest.mark.parametrize("breach", BREACHES)
async def test_a_server_breaks_the_protocol_that(breach):
    async def talk(fake, writer, number, version):
        if number == 1:
            writer.write(BREACHES[breach])
        await asyncio.sleep(30)

    async with Fake(talk) as fake:
        report = await flood(fake.address, "--readers", 0, "--writers", 0, "--duration", 1)
    assert report.status == 1, report
    assert {"bad_frames", "bad_answers"} & set(report.faults), report
