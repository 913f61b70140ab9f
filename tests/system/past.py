# SPDX-License-Identifier: ISC
"""past: what PROTOCOL.md, "History", says of a log, computed a second time in Python; and logs with a past.

Nothing in here shares code with the server.
"""
import bisect
import hashlib
import math
import random
import struct
import subprocess
import zlib

from fold import HOME, PIXELS, WIDTH, fold_plane, record_edits, record_value
from patience import patient
from server import BUILD

BLOCK_EDITS = 65536
SAMPLES_MAX = 1024


class Block:
    """A run of records of one canvas, and its bytes."""

    def __init__(self, number, start):
        self.number = number
        self.start = start  # version before it
        self.records = []  # (offset, time_ms, words)
        self.edits = 0

    @property
    def complete(self):
        return self.edits >= BLOCK_EDITS

    @property
    def end(self):
        return self.records[-1][0] + 1 if self.records else self.start

    def encode(self, genesis, place):
        """Format 1."""
        offsets, times, counts = [], [], []
        edits = bytearray()
        for offset, time_ms, words in self.records:
            offsets.append(offset)
            times.append(time_ms)
            counts.append(len(words))
            for word in words:
                edits += word.to_bytes(3, "little")
        n = len(offsets)
        head = struct.pack("<8sHhhH16sQQQII", b"placedhb", 1, *place, 0, bytes.fromhex(genesis), self.number, self.start,
                           self.end, n, self.edits)
        return head + struct.pack(f"<{n}Q{n}q{n}I", *offsets, *times, *counts) + bytes(edits)


class Past:
    """One canvas's records, and everything that is derived from them."""

    def __init__(self, records, place=HOME):
        self.place = place
        self.records = []
        for record in records:
            edits = record_edits(record.value)
            if edits and edits[0] == place:
                self.records.append((record.offset, record.time_ms, edits[1]))
        self.versions = [0] + [offset + 1 for offset, _, _ in self.records]
        self.blocks = [Block(0, 0)]
        for record in self.records:
            if self.blocks[-1].complete:
                self.blocks.append(Block(len(self.blocks), self.blocks[-1].end))
            self.blocks[-1].records.append(record)
            self.blocks[-1].edits += len(record[2])
        if self.blocks[-1].complete:
            self.blocks.append(Block(len(self.blocks), self.blocks[-1].end))
        self.tail = self.blocks.pop()

    @property
    def version(self):
        return self.versions[-1]

    def canonical(self, version):
        return self.versions[bisect.bisect_right(self.versions, version) - 1]

    def pixels(self, versions):
        """{version: pixels} of these versions, in one go over the log."""
        found, pixels, at = {}, bytearray(PIXELS), 0
        for version in sorted(set(versions)):
            while at < len(self.records) and self.records[at][0] < version:
                for word in self.records[at][2]:
                    pixels[(word >> 10 & 0x3FF) * WIDTH + (word & 0x3FF)] = word >> 20
                at += 1
            found[version] = bytes(pixels)
        return found

    def heat(self, start, end):
        """Levels of all pixels, of the edits after version start, up to version end."""
        counts = {}
        for offset, _, words in self.records:
            if start <= offset < end:
                for word in words:
                    pixel = (word >> 10 & 0x3FF) * WIDTH + (word & 0x3FF)
                    counts[pixel] = counts.get(pixel, 0) + 1
        levels = bytearray(PIXELS)
        for pixel, count in counts.items():
            levels[pixel] = count if count < 64 else min(255, 64 + math.floor(24 * math.log2(count / 64)))
        return bytes(levels)

    def at(self, time_ms):
        """The version after the last record with a time up to this one."""
        found = 0
        for offset, at, _ in self.records:
            if at != -1 and at <= time_ms:
                found = offset + 1
        return found

    def activity(self):
        """(step, samples): the smallest power of two that has few enough samples."""
        step = 1
        while True:
            samples, edits = [], 0
            for offset, time_ms, words in self.records:
                if (edits + len(words)) // step > edits // step:
                    samples.append([offset + 1, time_ms])
                edits += len(words)
            if len(samples) <= SAMPLES_MAX:
                return step, samples
            step *= 2

    def rows(self, genesis):
        """The blocks as an index lists them, and the tail."""
        chain, rows = bytes(32), []
        for block in self.blocks:
            data = block.encode(genesis, self.place)
            digest = hashlib.sha256(data).digest()
            chain = hashlib.sha256(chain + digest).digest()
            rows.append({**_span(block), "bytes": len(data), "sha256": digest.hex(), "chain": chain.hex()})
        return rows, _span(self.tail)

    def index(self, genesis, read):
        """index.json of the canvas."""
        rows, tail = self.rows(genesis)
        step, samples = self.activity()
        return {"genesis": genesis, "canvas": list(self.place), "version": self.version, "read": read,
                "edits": sum(len(words) for _, _, words in self.records), "block_edits": BLOCK_EDITS, "blocks": rows,
                "tail": tail, "activity": {"step": step, "samples": samples}}


def _span(block):
    times = [block.records[0][1], block.records[-1][1]] if block.records else [None, None]
    return {"block": block.number, "from": block.start, "to": block.end, "records": len(block.records),
            "edits": block.edits, "time": times[0], "time_to": times[1]}


def plane_index(records, genesis, read):
    """index.json of the plane."""
    canvases = []
    for place in sorted(fold_plane(records), key=lambda place: (place[1], place[0])):
        past = Past(records, place)
        rows, tail = past.rows(genesis)
        canvases.append({"x": place[0], "y": place[1], "version": past.version,
                         "edits": sum(len(words) for _, _, words in past.records), "blocks": rows, "tail": tail})
    return {"genesis": genesis, "version": read, "canvases": canvases}


def png_chunks(data):
    """{kind: [bytes, ...]} of a PNG whose checksums are right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(kind + body)
        chunks.setdefault(kind, []).append(body)
        at += 12 + length
    return chunks


def png_texts(data):
    return dict(text.decode().split("\0") for text in png_chunks(data)[b"tEXt"])


def put(folder, records, genesis):
    """Write a log of these (time_ms, value) into folder, before any server has it."""
    folder.mkdir(parents=True, exist_ok=True)
    data = b"".join(struct.pack("<qI", time_ms, len(value)) + value for time_ms, value in records)
    subprocess.run([BUILD / "tests/system/logput", folder / "log", genesis], input=data, check=True, timeout=patient(120))


def random_records(seed, edits, places=(HOME,), largest=4000, start_ms=1_700_000_000_000):
    """(time_ms, value) of records with about so many edits in all, on these canvases; some records that are no edits
    are among them, and some of one edit."""
    rng = random.Random(seed)
    time_ms, records = start_ms, []
    while edits > 0:
        time_ms += rng.randrange(1, 2000)
        kind = rng.random()
        if kind < 0.02:
            records.append((time_ms, b"\xff" * rng.choice((3, 5, 300))))  # skipped whole
            continue
        n = 1 if kind < 0.3 else rng.randrange(1, largest)
        bits, words = rng.getrandbits(24 * n).to_bytes(3 * n, "little"), []
        for i in range(0, 3 * n, 3):
            x, y = bits[i] | (bits[i + 1] & 3) << 8, bits[i + 1] >> 2 | (bits[i + 2] & 15) << 6
            span = 8 if kind > 0.9 else 1000  # some pixels are painted again and again
            words.append(x % span | y % span << 10 | (bits[i + 2] >> 4) << 20)
        records.append((time_ms, record_value(rng.choice(places), words)))
        edits -= n
    return records
