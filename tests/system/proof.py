# SPDX-License-Identifier: ISC
"""proof: what viewers kept (stream.py) is, byte by byte, what the log holds between their two versions; and the
log holds, byte by byte, nothing but messages that painters sent.
"""
import bisect

from broker import LocalLog
from fold import WIDTH, Picture


class Proof:
    """The log as it is now."""

    def __init__(self, records):
        self.records = records
        self.bytes = b"".join(record.value for record in records)
        self.versions = [0]  # after each record, and
        self.ends = [0]  # how many bytes of edits there are before that version
        for record in records:
            self.versions.append(record.offset + 1)
            self.ends.append(self.ends[-1] + len(record.value))

    @classmethod
    def of(cls, server):
        return cls(LocalLog(server.data).records())

    @property
    def version(self):
        return self.versions[-1]

    def position(self, version):
        """Bytes of edits below a version."""
        return self.ends[self.versions.index(version)]

    def stream(self, viewer, whole=True):
        """Every frame of the viewer; whole: it has to be at the log's end."""
        begin = self.position(viewer.start)
        end = begin + len(viewer.edits)
        expected = self.bytes[begin:end]
        if viewer.edits != expected:
            at = next((i for i, (a, b) in enumerate(zip(viewer.edits, expected)) if a != b), len(expected))
            frame = bisect.bisect_right([mark[1] for mark in viewer.marks], at)
            raise AssertionError(f"{viewer.name}: byte {at} of {len(viewer.edits)} (log from {begin}: "
                                 f"{len(self.bytes) - begin}) in frame {frame} of {len(viewer.marks)} is wrong")
        for version, mark in viewer.marks:
            right = self.versions[bisect.bisect_right(self.ends, begin + mark) - 1]
            assert version == right, f"{viewer.name}: a frame that ends at {begin + mark} says {version}, not {right}"
        if whole:
            assert (end, viewer.version) == (len(self.bytes), self.version), \
                f"{viewer.name}: at {end}, version {viewer.version}, of {len(self.bytes)}, {self.version}"

    def painted(self, painters):
        """The log is their messages, whole, once, in order; all that were placed below the version told."""
        sent = {edits[:3]: (painter, number) for painter in painters
                for number, edits in enumerate(painter.messages, 1)}
        found = {painter: {} for painter in painters}  # number -> the version that shows it
        for record in self.records:
            at = 0
            while at < len(record.value):
                painter, number = sent.pop(record.value[at:at + 3], (None, 0))
                assert painter, f"nobody sent what the log has at offset {record.offset}, byte {at}"
                edits = painter.messages[number - 1]
                assert record.value[at:at + len(edits)] == edits, \
                    f"{painter.name}'s message {number} of {len(edits)} bytes is torn at byte {at} of {len(record.value)}"
                assert number > max(found[painter], default=0), f"{painter.name}'s message {number} is out of order"
                found[painter][number] = record.offset + 1
                at += len(edits)
        for painter, versions in found.items():
            assert not set(painter.refused) & set(versions), f"{painter.name}: refused, but in the log"
            first = 1
            for last, told in painter.placed:
                for number in set(range(first, last + 1)) - set(painter.refused):
                    assert versions.get(number, told + 1) <= told, \
                        f"{painter.name}'s message {number}, placed at {told}, is at {versions.get(number)}"
                first = last + 1

    def canvas(self):
        return paint(bytearray(WIDTH * WIDTH), self.bytes)


def paint(pixels, edits):
    """Edits of 3 bytes each, onto pixels."""
    for low, middle, high in zip(edits[0::3], edits[1::3], edits[2::3]):
        pixels[(middle >> 2 | (high & 15) << 6) * WIDTH + (low | (middle & 3) << 8)] = high >> 4
    return pixels


def canvas_of(viewer, png):
    """What a viewer that was reset shows: a picture no older than the reset, and the frames at or above it."""
    picture = Picture(png)
    assert picture.version >= viewer.reset, (picture.version, viewer.reset)
    pixels = bytearray(picture.pixels)
    begin = 0
    for version, end in viewer.marks:
        if version >= picture.version:
            paint(pixels, viewer.edits[begin:end])
        begin = end
    return pixels
