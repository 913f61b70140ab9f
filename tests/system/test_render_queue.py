# SPDX-License-Identifier: ISC
"""Several placed-render on one Kafka: every task is done however many of them die, and what cannot be done harms nobody."""
import contextlib
import itertools
import json
import os
import signal
import struct
import threading
import uuid
import zlib

from render import wait_until

OPS = ("thumbnail", "grayscale", "blur", "rotate90", "stencil")
WIDTH, HEIGHT = 600, 400
PATIENCE = 90  # seconds; a server that died is missed by Kafka after six


def png(number, whole=True):
    """A picture that no other number has; of one that is not whole the head is right and the pixels end too soon."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((x * y + number * x) & 255 for x in range(3 * WIDTH)) for y in range(HEIGHT))
    pixels = zlib.compress(rows, 1)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
            + chunk(b"tEXt", b"number\0%d" % number)
            + (chunk(b"IDAT", pixels) + chunk(b"IEND", b"") if whole else chunk(b"IDAT", pixels[:100])))


def upload(render, body):
    answer = render.request("POST", "/upload", headers={"Content-Type": "image/png"}, body=body, timeout=60)
    assert answer.status == 201, answer.body
    return json.loads(answer.body)["image_id"]


def states(render):
    """{id: {op: state}}"""
    images = json.loads(render.get("/images?n=100").body)["images"]
    return {image["id"]: image["variants"] for image in images}


def dead(render):
    return json.loads(render.admin("/admin/dead?n=100").body)["dead"]


class Killer:
    """Kills a child of one of the servers now and then, until it is stopped."""

    def __init__(self, renders, rng):
        self.renders, self.rng = renders, rng
        self.killed = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def run(self):
        while not self.over.wait(self.rng.uniform(0.05, 0.2)):
            render = self.rng.choice(self.renders)
            children = render.children() if render.process else []
            if children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.rng.choice(children), signal.SIGKILL)
                self.killed += 1

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def test_every_task_is_done_although_workers_and_servers_are_killed(make_render, kafka, tmp_path, rng):
    shared, queue = tmp_path / "pictures", f"kafka://{kafka.address}/render-{uuid.uuid4().hex[:12]}"
    a, b = (make_render("--fractal", "0", "--queue", queue, "--pictures", str(shared)) for _ in range(2))
    # Poison beside it, which is nobody's fault that is killed: three attempts, and a letter for each operation.
    poison = upload(a, png(1000, whole=False))
    ids = []
    with Killer([a, b], rng) as killer:
        for number, render in zip(range(16), itertools.cycle([a, b])):
            ids.append(upload(render, png(number)))
        wait_until(lambda: killer.killed >= 6, "six children are killed", PATIENCE)
    wait_until(lambda: any(state == "done" for image in states(a).values() for state in image.values()), "something is done", PATIENCE)
    b.kill()
    good = set(ids)
    wait_until(lambda: all(states(a)[image][op] == "done" for image in good for op in OPS), "all variants are made", PATIENCE)
    poisoned = {f"/images/{poison}/{op}" for op in OPS}
    wait_until(lambda: {letter["name"] for letter in dead(a)} >= poisoned, "the dead letters", PATIENCE)
    # A letter may be there twice, when who wrote it died before that was committed; but none of another task.
    assert {(letter["name"], letter["attempts"]) for letter in dead(a)} == {(name, 3) for name in poisoned}
    b.start().wait_ready()
    wait_until(lambda: {letter["name"] for letter in dead(b)} == poisoned, "another server knows the dead letters", PATIENCE)
    for image in ids:
        for op in OPS:
            mine, other = a.get(f"/images/{image}/{op}"), b.get(f"/images/{image}/{op}")
            assert mine.status == other.status == 200
            assert mine.body == other.body
