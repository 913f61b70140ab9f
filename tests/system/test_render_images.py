# SPDX-License-Identifier: ISC
"""Uploaded pictures: their variants come by themselves, and what was said to be stored is."""
import contextlib
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import threading
import urllib.parse

from importing import PALETTE
from patience import patient
from pictures import OPS, form, grey_png, image, images, make, png_header, png_pixels, size_of, upload
from render import PROGRAM, wait_until
from server import BUILD

# Wide limits: tests run beside each other, and children are nice.
CALM = ("--fractal", "0", "--task-seconds", "100")


def all_done(render, number):
    return all(state == "done" for state in image(render, number)["variants"].values())


def test_each_operation_makes_its_variant_by_itself(make_render, tmp_path):
    render = make_render(*CALM)
    # (upload, its type, whether it lies on its side)
    uploads = [(make(tmp_path, "a.jpg"), "image/jpeg", False),
               (make(tmp_path, "b.png"), "image/png", False),
               (make(tmp_path, "c.webp[lossless]"), "image/webp", False),
               (make(tmp_path, "d.jpg[interlace]", "flag", 640, 320, "exif"), "image/jpeg", True)]
    known = {}
    for data, kind, _ in uploads:
        status, said, answer = upload(render, data, kind)
        number = hashlib.sha256(data).hexdigest()
        assert (status, said) == (201, {"image_id": number, "url": f"/images/{number}"})
        assert answer.headers["location"] == said["url"]
        known[number] = data
    assert [found["id"] for found in images(render)] == list(reversed(known))
    for (data, kind, turned), number in zip(uploads, known):
        wait_until(lambda number=number: all_done(render, number), "all variants", 100)
        about = image(render, number)
        assert (about["type"], about["width"], about["height"], about["bytes"]) == (kind, 640, 320, len(data))
        expected = {"thumbnail": (256, 128), "grayscale": (640, 320), "blur": (640, 320), "rotate90": (320, 640),
                    "stencil": (100, 50)}
        for op in OPS:
            answer = render.get(f"/images/{number}/{op}")
            assert answer.status == 200
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            found, *size = size_of(answer.body)
            assert answer.headers["content-type"] == found == ("image/png" if op == "stencil" else kind)
            assert tuple(size) == (expected[op][::-1] if turned else expected[op]), op
            assert b"Nobody-Must-See" not in answer.body and b"Exif" not in answer.body
        original = render.get(f"/images/{number}/original")
        assert original.body == data and original.headers["content-type"] == kind
        assert original.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in original.headers["content-security-policy"]
        assert original.headers["content-disposition"].startswith("inline; filename=")
        assert render.get(f"/images/{number}/original", headers={"If-None-Match": original.headers["etag"]}).status == 304
    assert b"Nobody-Must-See" in uploads[3][0], "the upload has nothing to hide"
    # The same bytes again, in a form, whatever they are called: no second picture, no second work.
    jobs = render.count("pool_jobs_total", "image:blur")
    first = next(iter(known))
    kind, body = form(("why", None, b"because"), ("file", "x.png", known[first]), ("more", "y.jpg", uploads[1][0]))
    status, said, _ = upload(render, body, kind)
    assert (status, said["image_id"]) == (200, first)
    assert len(images(render)) == 4 and render.count("pool_jobs_total", "image:blur") == jobs


def test_a_stencil_is_a_template_for_the_canvas(make_render, tmp_path):
    render = make_render(*CALM, "--canvas", "https://canvas.example/c/0,0/")
    status, said, _ = upload(render, make(tmp_path, "a.png"))
    assert status == 201
    answer = render.request("GET", said["url"], headers={"Host": "pictures.example:99"})
    link = urllib.parse.urlparse(json.loads(answer.body)["stencil_link"])
    assert (link.netloc, link.path) == ("canvas.example", "/c/0,0/")
    fields = dict(urllib.parse.parse_qsl(link.fragment))
    assert fields["template"] == f"http://pictures.example:99{said['url']}/stencil"
    for name, size in ("stencil", (100, 50)), ("stencil-30", (30, 15)), ("stencil-777-dither", (777, None)):
        answer = render.get(f"{said['url']}/{name}")
        assert answer.status == 200 and answer.headers["access-control-allow-origin"] == "*"
        width, height, pixels = png_pixels(answer.body)
        assert width == size[0] and size[1] in (height, None)
        assert {int.from_bytes(bytes(pixel[:3])) for pixel in pixels} <= set(PALETTE)
        assert pixels[0][:3] == (255, 255, 255) and pixels[-1][:3] == (0, 0, 234)
    for name in "stencil-0", "stencil-1001", "stencil-030", "stencil-30-blur", "sharpen", "original.png":
        assert render.get(f"{said['url']}/{name}").status == 404, name


def test_the_list_comes_in_parts_and_outlives_a_kill(make_render):
    render = make_render(*CALM, "--image-workers", "thumbnail=1")
    sent = [upload(render, grey_png(20 + i, 10), "image/png")[1]["image_id"] for i in range(7)]
    found = images(render, "?n=3")
    assert [one["id"] for one in found] == sent[:-4:-1]
    assert set(found[0]["variants"]) == set(OPS), "an operation without workers is there, too"
    found = images(render, f"?n=100&before={found[-1]['time']}")
    assert [one["id"] for one in found] == sent[3::-1]
    # A request that is under way when the server is killed leaves nothing.
    _, host, port = render.addresses["listening"]
    with socket.create_connection((host, port)) as half:
        half.sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 9999\r\n\r\n")
        half.sendall(png_header(5, 5) + b"\0" * 5000)
        wait_until(lambda: any("(deleted)" in name or pathlib.Path(name).name.startswith("#") for name in open_files(render)),
                   "the upload's file")
        render.kill()
    assert {path.name for path in render.data.iterdir()} <= {"originals", "store", "queue", "batches"}
    render.start().wait_ready()
    assert [one["id"] for one in images(render, "?n=100")] == sent[::-1]
    wait_until(lambda: all(image(render, number)["variants"]["thumbnail"] == "done" for number in sent), "variants", 100)
    for query in "?n=0", "?n=101", "?n=x", "?before=-1":
        assert render.get(f"/images{query}").status == 400
    for path in "/images/1", f"/images/{'0' * 64}", f"/images/{'0' * 64}/original", f"/images/{sent[0].upper()}":
        assert render.get(path).status == 404


def open_files(render):
    """The names of what the process has open; a file that is closed meanwhile is left out."""
    names = []
    for link in pathlib.Path(f"/proc/{render.process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            names.append(os.readlink(link))
    return names


def test_many_at_a_time(make_render, tmp_path):
    """The same bytes by several at once are one picture; more uploads than there is room for are told so."""
    render = make_render(*CALM, "--image-workers", "thumbnail=1")
    data, answers = make(tmp_path, "a.jpg", "noise", 900, 900), []
    threads = [threading.Thread(target=lambda: answers.append(upload(render, data)[:2])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [200] * 7 + [201]
    assert len({said["image_id"] for _, said in answers}) == 1
    _, host, port = render.addresses["listening"]
    slow = []
    for _ in range(32):
        slow.append(socket.create_connection((host, port)))
        slow[-1].sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
                         b"Content-Length: 99\r\n\r\n" + png_header(5, 5))
    status = wait_until(lambda: (status := upload(render, data))[0] == 503 and status, "no room for one more")
    assert status[2].headers["retry-after"]
    for connection in slow:
        connection.close()
    wait_until(lambda: upload(render, data)[0] == 200, "room again")


def test_slow_readers_of_large_pictures_have_a_bound(make_render, tmp_path):
    """Each of them reads a little now and then: who reads nothing for half a minute is cut, and on a slow machine
    the last one comes later than that."""
    render = make_render(*CALM, "--image-workers", "rotate90=1", "--memory", "0")
    said = upload(render, make(tmp_path, "a.png", "noise", 1700, 1700), "image/png")[1]
    name = said["url"] + "/rotate90"
    wait_until(lambda: image(render, said["image_id"])["variants"]["rotate90"] == "done", "it is stored", 100)
    size = len(render.get(name, timeout=patient(100)).body)
    assert size > 8_000_000
    wait_until(lambda: render.count("pictures_lent_bytes") == 0, "it has been sent")
    _, host, port = render.addresses["listening"]
    slow = []

    def read_a_little():
        for connection in slow:
            with contextlib.suppress(BlockingIOError):
                connection.recv(2048)

    def all_are_being_sent():
        read_a_little()
        return render.count("pictures_lent_bytes") == len(slow) * size
    for _ in range((256 << 20) // size):
        slow.append(socket.socket())
        slow[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow[-1].connect((host, port))
        slow[-1].sendall(f"GET {name} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        slow[-1].setblocking(False)
        wait_until(all_are_being_sent, f"{len(slow)} are being sent")
    answer = render.get(name, timeout=patient(100))
    assert answer.status == 503 and answer.headers["retry-after"]
    for connection in slow:
        connection.close()
    wait_until(lambda: render.get(name, timeout=patient(100)).status == 200, "room again")


def test_the_server_links_no_decoder():
    libraries = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert "libmicrohttpd" in libraries
    for name in "vips", "jpeg", "webp", "mapnik", "MagickCore":
        assert f"lib{name}" not in libraries
    assert (BUILD / "render/image/placed-render-image").exists()
