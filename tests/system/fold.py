# SPDX-License-Identifier: ISC
"""fold: the picture as PROTOCOL.md defines it, written a second time in Python.

Nothing in here shares code with the server: the edit's bytes, the fold of a log, the checksum, and a PNG
reader on nothing but zlib. What the tests believe, they believe because this file says so.
"""
import re
import struct
import zlib

WIDTH = HEIGHT = 1000
PIXELS = WIDTH * HEIGHT
COLOURS = 16
HOME = (0, 0)  # the position of the canvas that a plane of one canvas has
POSITIONS = range(-1024, 1024)
LOW32 = 0xFFFFFFFF


def word(x, y, colour):
    """An edit as the 24-bit number that it is on the wire."""
    return x | y << 10 | colour << 20


def parts(edit):
    """(x, y, colour) of a word."""
    return edit & 0x3FF, edit >> 10 & 0x3FF, edit >> 20


def pack(edits):
    """Words to 3 bytes each, low byte first."""
    return b"".join(edit.to_bytes(3, "little") for edit in edits)


def unpack(value):
    """3 bytes each to words; a length that is no multiple of 3 is an error."""
    if len(value) % 3:
        raise ValueError(f"{len(value)} bytes are not whole edits")
    return [low | mid << 8 | high << 16 for low, mid, high in zip(value[0::3], value[1::3], value[2::3])]


def record_value(place, edits):
    """The value of a record that has these words on the canvas at place."""
    return (b"" if place == HOME else struct.pack("<hh", *place)) + pack(edits)


def record_edits(value):
    """(place of the canvas, words) of a record, or None when the frozen rule skips it whole."""
    place = HOME
    if value and len(value) % 3 == 1:
        place, value = struct.unpack_from("<hh", value + bytes(3)), value[4:]
    if not value or len(value) % 3 or not all(at in POSITIONS for at in place):
        return None
    edits = unpack(value)
    if any(edit & 0x3FF >= WIDTH or edit >> 10 & 0x3FF >= HEIGHT for edit in edits):
        return None
    return place, edits


def record_words(value):
    """The words of a record, wherever they lie, or None when the frozen rule skips it whole."""
    edits = record_edits(value)
    return edits and edits[1]


def mix(pixel, colour):
    """What one pixel of one colour adds to the checksum: lane hi above lane lo."""
    if not colour:
        return 0
    value = pixel << 4 | colour
    low = value ^ 0x9E3779B9
    low = (low ^ low >> 16) * 0x85EBCA6B & LOW32
    low = (low ^ low >> 13) * 0xC2B2AE35 & LOW32
    low ^= low >> 16
    high = value ^ 0x7F4A7C15
    high = (high ^ high >> 16) * 0x7FEB352D & LOW32
    high = (high ^ high >> 15) * 0x846CA68B & LOW32
    high ^= high >> 16
    return high << 32 | low


class Canvas:
    """Pixels at a version, and their checksum, kept up edit by edit."""

    def __init__(self, pixels=None, version=0):
        self.pixels = bytearray(pixels) if pixels is not None else bytearray(PIXELS)
        self.version = version
        self.sum = 0
        for match in re.finditer(rb"[^\0]", self.pixels):
            self.sum ^= mix(match.start(), self.pixels[match.start()])

    def apply(self, edits, version):
        """Paint words in order and be at version."""
        pixels = self.pixels
        for edit in edits:
            pixel = (edit >> 10 & 0x3FF) * WIDTH + (edit & 0x3FF)
            colour = edit >> 20
            old = pixels[pixel]
            if old != colour:
                self.sum ^= mix(pixel, old) ^ mix(pixel, colour)
                pixels[pixel] = colour
        self.version = version

    def checksum(self):
        """As the protocol writes it: 16 hex digits, lane hi first."""
        return f"{self.sum:016x}"


class Record:
    """One record of an exported log."""

    def __init__(self, offset, time_ms, value):
        self.offset = offset
        self.time_ms = time_ms
        self.value = value

    def __repr__(self):
        return f"<record {self.offset}: {len(self.value)} bytes>"


def parse_export(data):
    """Records from the bytes of kcat or logcat with the format '%o %T %S\\n%s'."""
    records = []
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        offset, time_ms, size = (int(field) for field in data[at:end].split(b" "))
        at = end + 1 + max(size, 0)  # kcat writes size -1 for a null value
        if at > len(data):
            raise ValueError(f"the export ends inside the record at offset {offset}")
        records.append(Record(offset, time_ms, data[end + 1:at]))
    for before, after in zip(records, records[1:]):
        if after.offset <= before.offset:
            raise ValueError(f"the export's offsets do not grow: {before.offset}, {after.offset}")
    return records


def fold_plane(records, version=None):
    """{place: Canvas} of all canvases that records below version (None: all of them) edit. The version of a canvas
    is the offset after the last record that edited it."""
    plane = {}
    for record in records:
        if version is not None and record.offset >= version:
            break
        edits = record_edits(record.value)
        if edits:
            plane.setdefault(edits[0], Canvas()).apply(edits[1], record.offset + 1)
    return plane


def fold(records, version=None, place=HOME):
    """One canvas after all records below version (None: all of them); it is at that version."""
    canvas = fold_plane(records, version).get(place) or Canvas()
    if version is not None:
        canvas.version = version
    return canvas


class Picture:
    """A decoded canvas.png."""

    def __init__(self, data):
        self.data = data
        self.version = None
        self.genesis = None  # of the log, in hexadecimal
        self.place = None  # of the canvas, if the picture names it
        self.palette = []
        body = b""
        for kind, chunk in _chunks(data):
            if kind == b"IHDR":
                self.width, self.height, self.depth, colour_type, method, filters, interlace = struct.unpack(
                    ">IIBBBBB", chunk)
                if (colour_type, method, filters, interlace) != (3, 0, 0, 0) or self.depth not in (4, 8):
                    raise ValueError("not a plain palette picture of 4 or 8 bits")
            elif kind == b"PLTE":
                self.palette = [tuple(chunk[i:i + 3]) for i in range(0, len(chunk), 3)]
            elif kind == b"tEXt":
                key, _, text = chunk.partition(b"\0")
                if key == b"version":
                    self.version = int(text)
                elif key == b"genesis":
                    self.genesis = text.decode()
                elif key == b"canvas":
                    self.place = tuple(int(at) for at in text.split(b","))
            elif kind == b"IDAT":
                body += chunk
        self.pixels = self._unfilter(zlib.decompress(body))

    def _unfilter(self, raw):
        stride = (self.width * self.depth + 7) // 8
        if len(raw) != (stride + 1) * self.height:
            raise ValueError(f"{len(raw)} bytes of pixels, expected {(stride + 1) * self.height}")
        above = bytes(stride)
        rows = []
        for y in range(self.height):
            start = y * (stride + 1)
            row = _unfilter_row(raw[start], raw[start + 1:start + 1 + stride], above)
            rows.append(row)
            above = row
        if self.depth == 8:
            return b"".join(rows)
        # Hex digits are nibbles, high one first, and so are a PNG's pixels.
        nibbles = bytes.maketrans(b"0123456789abcdef", bytes(range(16)))
        return b"".join(row.hex().encode().translate(nibbles)[:self.width] for row in rows)


def _chunks(data):
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"not a PNG: {data[:16]!r}")
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at + 8:at + 8 + length]
        (crc,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(kind + chunk) != crc:
            raise ValueError(f"chunk {kind} has a wrong CRC")
        yield kind, chunk
        at += 12 + length
        if kind == b"IEND":
            return
    raise ValueError("the PNG has no end")


def _unfilter_row(kind, row, above):
    if kind == 0:
        return row
    if kind == 2:
        return bytes((value + up) & 255 for value, up in zip(row, above))
    out = bytearray(len(row))
    left = corner = 0  # a pixel is at most a byte: the neighbour is one byte to the left
    for i, value in enumerate(row):
        up = above[i]
        if kind == 1:
            value += left
        elif kind == 3:
            value += (left + up) // 2
        elif kind == 4:
            guess = left + up - corner
            to_left, to_up, to_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
            value += left if to_left <= to_up and to_left <= to_corner else up if to_up <= to_corner else corner
        else:
            raise ValueError(f"unknown filter {kind}")
        left = out[i] = value & 255
        corner = up
    return bytes(out)
