# SPDX-License-Identifier: ISC
"""What others show of a link to the page: the tags in its HTML, the address in them, and the preview picture."""
import gzip
import struct
import time
import zlib

import pytest
from server import Server

PAGE = ('<!doctype html><title>canvas</title><meta property="og:url" content="https://placed.invalid/" />'
        '<meta property="og:image" content="https://placed.invalid/preview.png" />') + "<p>a long page</p>" * 100


@pytest.fixture(name="start")
def fixture_start(tmp_path):
    servers = []
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text(PAGE)
    (web / "other.txt").write_text("https://placed.invalid/\n" * 20)

    def start(*args):
        server = Server(tmp_path / f"data{len(servers)}", args=["--web", str(web), "--batch-ms", "1", *args]).start()
        servers.append(server)
        deadline = time.monotonic() + 30
        while server.admin("/readyz").status != 200:
            assert time.monotonic() < deadline, "not ready"
            time.sleep(0.02)
        return server

    yield start
    for server in servers:
        server.close()
        assert not server.reports, "\n".join(server.reports)


def addresses(answer):
    """og:url and og:image of the page."""
    assert answer.status == 200
    text = answer.body.decode()
    return tuple(text.partition(f'"og:{name}" content="')[2].partition('"')[0] for name in ("url", "image"))


# ---- the address

@pytest.mark.parametrize("host,address", [
    ("canvas.example", "http://canvas.example/"),
    ("canvas.example:80", "http://canvas.example/"),
    ("Canvas.Example:8080", "http://canvas.example:8080/"),
    ("[::1]:8080", "http://[::1]:8080/"),
    ('a"><script>alert(1)</script>', "/"),
    ("a/b", "/"),
    ("a b", "/"),
    ("canvas.example:99999", "/"),
    ("user@canvas.example", "/"),
    ("a" * 300, "/"),
    ("", "/"),
])
def test_without_a_public_address_the_page_names_the_host_that_was_asked_for(start, host, address):
    server = start()
    answer = server.get("/", headers={"Host": host})
    if answer.status == 400:  # a Host that HTTP itself does not allow
        assert address == "/"
        return
    assert addresses(answer) == (address, f"{address}preview.png")
    assert "Host" in answer.headers["vary"]
    assert answer.headers["cache-control"] == "no-cache"


def test_every_host_has_a_tag_and_a_compressed_page_of_its_own(start):
    server = start()
    tags = set()
    for host in ("one.example", "another.example"):
        plain = server.get("/", headers={"Host": host})
        packed = server.get("/", headers={"Host": host, "Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["vary"] == "Accept-Encoding, Host"
        for answer in (plain, packed):
            tags.add(answer.headers["etag"])
            again = server.get("/", headers={"Host": host, "If-None-Match": answer.headers["etag"],
                                             "Accept-Encoding": "gzip" if answer is packed else "identity"})
            assert (again.status, again.body) == (304, b"")
    assert len(tags) == 4


def test_a_trusted_proxy_says_which_address_that_is(start):
    server = start("--trust-proxy", "127.0.0.1")
    fields = {"Host": "inner:8080", "X-Forwarded-Host": "canvas.example", "X-Forwarded-Proto": "https"}
    assert addresses(server.get("/", headers=fields))[0] == "https://canvas.example/"
    assert addresses(start().get("/", headers=fields))[0] == "http://inner:8080/"


@pytest.mark.parametrize("given,address", [
    ("https://canvas.example", "https://canvas.example/"),
    ("https://example.com/a/canvas/", "https://example.com/a/canvas/"),
    ("http://[::1]:8080/", None),
    ("canvas.example", None),
    ("ftp://canvas.example/", None),
    ('https://a/"><b>', None),
    ("https://", None),
])
def test_a_public_address_is_named_whoever_asks(tmp_path, start, given, address):
    if address is None:
        server = Server(tmp_path / "data", args=["--public-address", given])
        status, said = server.run_to_exit()
        assert status == 2 and "public-address" in said
        return
    server = start("--public-address", given)
    answer = server.get("/", headers={"Host": "evil.example", "Accept-Encoding": "gzip"})
    assert answer.headers["vary"] == "Accept-Encoding"
    answer.body = gzip.decompress(answer.body)
    assert addresses(answer) == (address, f"{address}preview.png")


def test_other_files_stay_as_they_are(start):
    assert b"https://placed.invalid/" in start("--public-address", "https://canvas.example/").get("/other.txt").body


# ---- the picture

def pixels(png):
    """Width, height and colours of a picture with a 4-bit palette and no filters."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data = 8, b""
    while at < len(png):
        size, kind = struct.unpack_from(">I4s", png, at)
        body = png[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack_from(">IIBB", body)
            assert (depth, colours) == (4, 3)
        if kind == b"IDAT":
            data += body
        at += 12 + size
    raw, row = zlib.decompress(data), 1 + (width + 1) // 2
    assert len(raw) == row * height
    return width, height, lambda x, y: raw[row * y + 1 + x // 2] >> (0 if x % 2 else 4) & 15


def preview(server, wanted):
    """The preview, once it is as wanted."""
    deadline = time.monotonic() + 30
    while True:
        answer = server.get("/preview.png")
        assert answer.status == 200
        assert answer.headers["content-type"] == "image/png"
        width, height, colour = pixels(answer.body)
        if wanted(width, height, colour):
            return answer
        assert time.monotonic() < deadline, (width, height)
        time.sleep(0.1)


def test_of_one_canvas_the_preview_is_all_of_it(start):
    server = start()
    preview(server, lambda width, height, colour: (width, height, colour(3, 4)) == (1000, 1000, 0))
    assert server.request("POST", "/edit?x=3&y=4&c=5").status == 200
    answer = preview(server, lambda width, height, colour: (width, height, colour(3, 4)) == (1000, 1000, 5))
    assert answer.headers["x-canvas-version"] == "1"
    assert "max-age=1," in answer.headers["cache-control"]
    assert server.get("/preview.png", headers={"If-None-Match": answer.headers["etag"]}).status == 304
    assert server.get("/preview.png?v=2").status == 200


def test_of_a_plane_it_is_what_was_painted_at_most_1000_pixels_wide(start):
    server = start("--plane", "3x2")
    for y in range(100, 102):
        for x in range(2100, 2102):
            assert server.request("POST", f"/edit?x={x}&y={y}&c=5").status == 200
    preview(server, lambda width, height, colour: (width, height, colour(100, 100)) == (1000, 1000, 5))
    assert server.request("POST", "/edit?x=1&y=1&c=3").status == 200
    # Three canvases in a row now: three cells a pixel, of which four in nine are not the most frequent.
    preview(server, lambda width, height, colour: (width, height, colour(700, 33)) == (1000, 333, 0))


def test_a_preview_has_no_other_name(start):
    server = start()
    for path in ("/t/12/0/0.png", "/preview.jpg", "/c/0,0/preview.png"):
        assert server.get(path).status == 404
