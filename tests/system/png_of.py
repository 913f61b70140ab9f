# SPDX-License-Identifier: ISC
"""png_of: PNGs in a few lines: the indices of a server's picture, and a small picture with colours of its own."""
import struct
import zlib

from fold import Picture


def pixels(png):
    """The colours of a canvas's picture, row by row."""
    return Picture(png).pixels


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rgba(width, height, colours):
    """A PNG of these (red, green, blue, alpha)."""
    rows = b"".join(b"\0" + bytes(part for colour in colours[y * width:(y + 1) * width] for part in colour)
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)) +
            _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b""))
