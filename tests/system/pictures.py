# SPDX-License-Identifier: ISC
"""pictures: uploads to placed-render, good ones by tests/system/makepicture, others by hand."""
import json
import struct
import subprocess
import zlib

from patience import patient
from server import BUILD

OPS = ("thumbnail", "grayscale", "blur", "rotate90", "stencil")
PNG_START = b"\x89PNG\r\n\x1a\n"


def make(folder, name, kind="flag", width=640, height=320, *more):
    """The bytes of a picture; name: "a.jpg[interlace]"."""
    subprocess.run([BUILD / "tests/system/makepicture", folder / name, kind, str(width), str(height), *more],
                   check=True, timeout=patient(120))
    return (folder / name.partition("[")[0]).read_bytes()


def png_chunk(kind, data, crc=None):
    return (struct.pack(">I", len(data)) + kind + data +
            struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc))


def png_header(width, height, depth=8, colour=2, interlace=0):
    return PNG_START + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def grey_png(width, height, level=9):
    """All black, one bit a pixel: a small file of any size."""
    squeeze, rows = zlib.compressobj(level), []
    row = bytes(1 + (width + 7) // 8)
    for _ in range(height):
        rows.append(squeeze.compress(row))
    data = b"".join(rows) + squeeze.flush()
    return png_header(width, height, 1, 0) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def png_pixels(png):
    """(width, height, one (red, green, blue, alpha) a pixel) of an indexed PNG without filters."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert colour == 3, "no palette"
    chunks, at = {}, 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        chunks[kind] = chunks.get(kind, b"") + png[at + 8:at + 8 + size]
        at += 12 + size
    alphas = chunks.get(b"tRNS", b"").ljust(256, b"\xff")
    table = [(*chunks[b"PLTE"][i * 3:i * 3 + 3], alphas[i]) for i in range(len(chunks[b"PLTE"]) // 3)]
    rows, stride, pixels = zlib.decompress(chunks[b"IDAT"]), 1 + (width * depth + 7) // 8, []
    for y in range(height):
        row = rows[y * stride:(y + 1) * stride]
        assert row[0] == 0, "a filter"
        for x in range(width):
            byte = row[1 + x * depth // 8]
            pixels.append(table[byte if depth == 8 else byte >> 4 if x % 2 == 0 else byte & 15])
    return width, height, pixels


def size_of(picture):
    """(type, width, height) by the first bytes of a PNG, JPEG or WebP."""
    if picture.startswith(PNG_START):
        return "image/png", *struct.unpack(">II", picture[16:24])
    if picture.startswith(b"RIFF"):
        kind = picture[12:16]
        if kind == b"VP8X":
            return "image/webp", *(1 + int.from_bytes(picture[at:at + 3], "little") for at in (24, 27))
        if kind == b"VP8L":
            bits = int.from_bytes(picture[21:25], "little")
            return "image/webp", 1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)
        return "image/webp", *(size & 0x3fff for size in struct.unpack("<HH", picture[26:30]))
    at = 2
    while True:
        marker, size = struct.unpack(">HH", picture[at:at + 4])
        if 0xffc0 <= marker <= 0xffc2:
            height, width = struct.unpack(">HH", picture[at + 5:at + 9])
            return "image/jpeg", width, height
        at += 2 + size


def form(*parts, boundary="x" * 30, end=True):
    """(Content-Type, body) of a form; a part: (name, file name or None, bytes)."""
    body = b""
    for name, filename, data in parts:
        file = f'; filename="{filename}"' if filename is not None else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + data + b"\r\n"
    return f"multipart/form-data; boundary={boundary}", body + (f"--{boundary}--\r\n".encode() if end else b"")


def upload(render, body, content_type="image/jpeg", **more):
    """(status, what is said of it, answer)."""
    answer = render.request("POST", "/upload", headers={"Content-Type": content_type}, body=body, timeout=patient(60), **more)
    return answer.status, json.loads(answer.body), answer


def image(render, number):
    answer = render.get(f"/images/{number}")
    return json.loads(answer.body) if answer.status == 200 else None


def images(render, query=""):
    return json.loads(render.get(f"/images{query}").body)["images"]
