# SPDX-License-Identifier: ISC
"""Hostile uploads: bombs, lies, truncated and renamed files. What is no picture is refused, what cannot be
worked on is a dead letter, children stay small, the server does not grow, and good pictures go on.

PLACED_HOSTILE_UPLOADS=10000 sends so many; the cases are those of PLACED_SEED.
"""
import http.client
import json
import os
import pathlib
import re
import struct

import pytest
from patience import patient
from pictures import (PNG_START, form, grey_png, image, make, png_chunk, png_header, upload)
from render import wait_until

UPLOADS = int(os.environ.get("PLACED_HOSTILE_UPLOADS", "300"))
CHILD_BYTES = 512 << 20
GROWTH = 96 << 20  # three originals of the largest size may wait for the disk; and what malloc keeps
CALM = ("--fractal", "0", "--task-seconds", "100", "--upload-bytes", "2M")

OTHERS = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
    "gif": b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
    "tiff": b"II*\0\x08\0\0\0\0\0\0\0",
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n",
    "html": b"<html><script>alert(1)</script></html>",
    "polyglot": b"GIF89a/*" + b"\0" * 99 + b"*/=1;<html><script>alert(1)</script>",
    "bmp": b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0",
    "mvg": b"push graphic-context\nfill 'url(https://127.0.0.1/\"|id\")'\n",
    "heif": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "zip": b"PK\x03\x04\x14\0\0\0", "empty": b"", "text": b"hello", "riff": b"RIFF\x24\0\0\0WAVEfmt ",
}


def lying_jpeg(jpeg, width, height):
    at = re.search(rb"\xff[\xc0\xc2]\0\x11\x08", jpeg).end()
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4:]


def lying_png(png, width, height):
    """Its checksum is right."""
    return png_header(width, height, *png[24:26], png[28]) + png[33:]


def webp_canvas(width, height, flags=2):
    chunk = bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + chunk + b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def sections(picture):
    """Where something begins in a picture: chunks of a PNG or WebP, segments of a JPEG."""
    if picture.startswith(PNG_START):
        at = 8
        while at < len(picture):
            yield at
            at += 12 + int.from_bytes(picture[at:at + 4], "big")
    elif picture.startswith(b"RIFF"):
        yield from (12, 20, 30)
    else:
        yield from (found.start() for found in re.finditer(rb"\xff[\xc0-\xfe]", picture))


def fixed_cases(good):
    """(what, content type, body, the statuses that are right)."""
    for what, body in OTHERS.items():
        yield what, "image/png", body, {400, 415, 422}
        yield what + " in a form", *form(("file", "a.jpg", body)), {400, 415, 422}
    yield "bomb", "image/png", png_header(50000, 50000, 8, 2) + grey_png(64, 64)[33:], {422}
    yield "bomb in one row", "image/png", png_header(2 ** 31 - 1, 1, 1, 0), {422}
    yield "bomb, turned", "image/png", png_header(1, 2 ** 31 - 1, 1, 0), {422}
    yield "huge canvas", "image/webp", webp_canvas(16384, 16384), {422}
    yield "impossible canvas", "image/webp", webp_canvas(1 << 24, 1 << 24), {422}
    yield "lying JPEG", "image/jpeg", lying_jpeg(good["jpg"], 65535, 65535), {422}
    yield "lying JPEG without rows", "image/jpeg", lying_jpeg(good["jpg"], 100, 0), {422}
    yield "lying PNG", "image/png", lying_png(good["png"], 100000, 100000), {422}
    yield "PNG with a wrong checksum", "image/png", good["png"][:20] + b"\1" + good["png"][21:], {422}
    yield "too long", "image/png", png_header(9, 9) + bytes(3 << 20), {413}
    yield "form too long", *form(("file", "a.png", png_header(9, 9) + bytes(3 << 20))), {413}
    yield "form without an end", *form(("file", "a.png", good["png"]), end=False), {400}
    yield "form without a file", *form(("file", None, good["png"])), {400}
    yield "form without parts", *form(), {400}
    yield "form without a boundary", "multipart/form-data", form(("file", "a.png", good["png"]))[1], {400, 415}
    yield "form with another boundary", "multipart/form-data; boundary=other", form(("f", "a", good["png"]))[1], {400}
    yield "two files", *form(("one", "a.png", good["png"]), ("two", "b.gif", OTHERS["gif"])), {200, 201}
    yield "two files, the bad one first", *form(("one", "b.gif", OTHERS["gif"]), ("two", "a.png", good["png"])), {415}
    yield "another type", "text/html", good["png"], {415}
    yield "a page in a comment", "image/jpeg", (good["jpg"][:2] + b"\xff\xfe\0\x23<html><script>alert(1)</script><!--"
                                                 [:37] + good["jpg"][2:]), {201, 422}


def random_case(rng, good):
    """A good picture that was cut, changed or told to be larger."""
    kind = rng.choice(list(good))
    body = bytearray(good[kind])
    how = rng.randrange(4)
    if how == 0:
        body = body[:rng.choice(list(sections(bytes(body)))) + rng.randrange(12)]
    elif how == 1:
        for _ in range(rng.randrange(1, 9)):
            body[rng.randrange(len(body))] = rng.randrange(256)
    elif how == 2:
        at = rng.randrange(len(body))
        body[at:at + rng.randrange(40)] = rng.randbytes(rng.randrange(40))
    elif kind == "webp":
        body = bytearray(webp_canvas(rng.randrange(1, 1 << 24), rng.randrange(1, 1 << 24)))
    else:
        lie = lying_jpeg if "jpg" in kind else lying_png
        body = bytearray(lie(bytes(body), rng.randrange(1, 65536), rng.randrange(1, 65536)))
    return kind, f"image/{'jpeg' if 'jpg' in kind else kind}", bytes(body), {200, 201, 400, 415, 422}


class Sender:
    """Uploads over one connection as long as the server keeps it."""

    def __init__(self, render):
        self.render = render
        self.connection = None

    def send(self, content_type, body):
        for attempt in range(2):
            if self.connection is None:
                _, host, port = self.render.addresses["listening"]
                self.connection = http.client.HTTPConnection(host, port, timeout=patient(100))
            try:
                self.connection.request("POST", "/upload", body=body, headers={"Content-Type": content_type})
                answer = self.connection.getresponse()
                status, said = answer.status, answer.read()
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
                self.connection = None
                if attempt:
                    raise
                continue
            if answer.will_close:
                self.connection.close()
                self.connection = None
            return status, json.loads(said)
        return None

    def close(self):
        if self.connection:
            self.connection.close()


def memory(pid, field):
    """Bytes, by /proc/PID/status; 0: it has ended."""
    try:
        found = re.search(rf"^{field}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def is_plain(render):
    """No sanitizer, which has terabytes of address space for itself."""
    return b"__asan_init" not in pathlib.Path(f"/proc/{render.process.pid}/exe").read_bytes()


def good_pictures(folder):
    names = {"jpg": "a.jpg", "progressive jpg": "b.jpg[interlace]", "png": "c.png", "webp": "d.webp"}
    return {kind: make(folder, name, "flag", 64, 48) for kind, name in names.items()}


@pytest.mark.limit(330 + UPLOADS // 10)
def test_whatever_is_uploaded(make_render, tmp_path, rng):
    good = good_pictures(tmp_path)
    render = make_render(*CALM, "--image-workers", "rotate90=1")
    plain = is_plain(render)
    sender, accepted, most = Sender(render), set(), 0
    cases = list(fixed_cases(good))
    accepted.add(sender.send("image/jpeg", good["jpg"])[1]["image_id"])
    before = memory(render.process.pid, "RssAnon")
    for number in range(UPLOADS):
        what, kind, body, right = cases[number] if number < len(cases) else random_case(rng, good)
        status, said = sender.send(kind, body)
        while status == 503:  # so much is on its way to the disk
            status, said = sender.send(kind, body)
        assert status in right, f"{what}: {status} {said}"
        if status in (200, 201):
            accepted.add(said["image_id"])
        else:
            assert len(said["error"]) > 10, said
        if number % 20 == 0:
            most = max([most, *(memory(pid, "VmPeak") for pid in render.children())])
    sender.close()
    # What was accepted is worked off, the good and the bad; and nobody was late.
    fresh = upload(render, grey_png(98, 99), "image/png")[1]["image_id"]
    wait_until(lambda: finished(render) > len(accepted), "all is done or given up", 200 + UPLOADS // 20)
    wait_until(lambda: image(render, fresh)["variants"]["rotate90"] == "done", "a good picture after all this", 100)
    assert render.count("pool_late_total", "image:rotate90") == 0
    if plain:
        assert 0 < most <= CHILD_BYTES
        assert memory(render.process.pid, "RssAnon") - before < GROWTH
    assert render.get("/render.json").status == 200


def finished(render):
    """How many pictures were made or given up."""
    return sum(render.count(f"pool_{what}_total", "image:rotate90") for what in ("jobs", "failed"))


def test_a_poison_picture_becomes_a_dead_letter_and_others_go_on(make_render, tmp_path):
    render = make_render(*CALM)
    whole = make(tmp_path, "a.jpg", "noise", 500, 500)
    status, said, _ = upload(render, whole[:len(whole) * 3 // 4])
    assert status == 201, "its header is good"
    poison, good = said["image_id"], upload(render, whole)[1]["image_id"]
    wait_until(lambda: set(image(render, good)["variants"].values()) == {"done"}, "the good picture's variants", 100)
    dead = wait_until(lambda: len(found := letters(render)) >= 5 and found, "five dead letters", 100)
    assert {letter["name"] for letter in dead} == {f"/images/{poison}/{op}" for op in image(render, poison)["variants"]}
    assert {letter["group"] for letter in dead} == set(image(render, poison)["variants"])
    assert all(letter["attempts"] == 3 and "remature end" in letter["why"] for letter in dead), dead
    answer = render.get(f"/images/{poison}/blur", timeout=patient(100))
    assert answer.status == 500 and answer.headers["retry-after"]
    assert "cannot be rendered" in json.loads(answer.body)["error"]


def letters(render):
    return json.loads(render.admin("/admin/dead?n=100").body)["dead"]


def test_a_bomb_below_the_limit_fits_into_a_child(make_render):
    """49 million black pixels in 150 kB: worked on within the memory that a child has."""
    render = make_render(*CALM, "--image-workers", "rotate90=1")
    rows = grey_png(7000, 7000)
    assert len(rows) < 100_000
    number = upload(render, rows, "image/png")[1]["image_id"]
    wait_until(lambda: image(render, number)["variants"]["rotate90"] in ("done", "failed"), "an end", 100)
    assert image(render, number)["variants"]["rotate90"] == "done"
    assert not is_plain(render) or max(memory(pid, "VmPeak") for pid in render.children()) <= CHILD_BYTES
    # The same picture where a child has less is refused before anybody works on it.
    small = make_render(*CALM, "--image-workers", "rotate90=1", "--child-memory", "300M")
    status, said, _ = upload(small, rows, "image/png")
    assert status == 422 and "314 MB are allowed" in said["error"]
