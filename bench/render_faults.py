# SPDX-License-Identifier: ISC
"""render_faults: workers that are killed, poison, and uploads that mean harm."""
import hashlib
import io
import os
import pathlib
import random
import re
import signal
import struct
import threading
import time
import urllib.error
import urllib.request
import zlib

from path import broker, topic
from peers import family, say
from render_image import numbered, photograph
from render_peers import PlacedRender, many

OPS = ("thumbnail", "grayscale", "blur", "rotate90", "stencil")
CHILD_MEMORY = 512 * 1024 * 1024
TASK_SECONDS = 10


def children_of(server):
    return family(server.processes[-1].pid)[1:]


def wait_until(what, check, seconds=120):
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(0.01)


def variants(server, ids):
    """Hashes of all variants."""
    return [hashlib.sha256(server.get(f"/images/{one}/{op}")).hexdigest() for one in ids for op in OPS]


def small_photographs(directory, n):
    photo = photograph(directory)
    return [numbered(photo, i) for i in range(n)]


def kills(directory, quick, repeat):
    """20 uploads with five variants each; meanwhile 20 times a child, chosen at random, is killed (SIGKILL), and every fifth time the
    server itself, which is started again. lost = variants that do not appear by themselves, or that differ from those of a
    server that nobody disturbed; extra = results beyond one a variant. again = the longest time from a kill of a child until
    another job is done, and from a restart of the server until jobs are being done again."""
    chance = random.Random(20)
    images = small_photographs(directory, 8 if quick else 20)
    calm = PlacedRender(directory, "--fractal", 0, cpu=None).start()
    try:
        ids = [calm.upload(image, "image/jpeg") for image in images]
        expected = variants(calm, ids)
    finally:
        calm.stop()
    server = PlacedRender(directory, "--fractal", 0, "--queue", "local", cpu=None).start()
    again, notes, kinds = [], [], {"child": 0, "server": 0}
    try:
        for image in images:
            server.upload(image, "image/jpeg")
        for i in range(20):
            time.sleep(chance.uniform(0.05, 0.3))
            if i % 5 == 4:
                kinds["server"] += 1
                process = server.processes.pop()
                process.kill()
                process.wait()
                server.start()
                began = time.monotonic()
                wait_until("tasks after a restart", lambda: total(server, "busy") or not waiting(server, len(images)))
                again.append(time.monotonic() - began)
            elif pids := children_of(server):
                kinds["child"] += 1
                os.kill(chance.choice(pids), signal.SIGKILL)
                began, done = time.monotonic(), total(server, "jobs")
                wait_until("tasks after a kill", lambda: total(server, "jobs") > done or not waiting(server, len(images)))
                again.append(time.monotonic() - began)
        wait_until("all variants", lambda: not waiting(server, len(images)))
        found = variants(server, ids)
        lost = sum(a != b for a, b in zip(found, expected))
        files = [path for path in (server.data / "store").rglob("*") if path.is_file() and "images" in path.parts]
        notes.append(f"{kinds['child']} children and {kinds['server']} servers killed; {len(found)} variants, {len(files)} files; "
                     f"longest until work went on {max(again):.2f} s")
        return {"rows": [("20 kills: variants lost or different", lost, "=", 0),
                         ("20 kills: work goes on within, seconds, embedded", max(again), "<=", 1)], "notes": notes}
    finally:
        server.stop()


def kafka_kills(directory, quick, repeat):
    """Two servers on one broker with the same folder. 20 times: two uploads at the one that was not killed last, and as soon as the
    other is at work, it is killed (SIGKILL) with its children. taken over = the longest time from a kill until all ten variants
    are there, by the survivor; the killed one is then started again. lost = variants that differ from those of a server that
    nobody disturbed, or never come."""
    rounds = repeat or (3 if quick else 20)
    images = small_photographs(directory, 2 * rounds)
    calm = PlacedRender(directory, "--fractal", 0, cpu=None).start()
    try:
        ids = [calm.upload(image, "image/jpeg") for image in images]
        expected = variants(calm, ids)
    finally:
        calm.stop()
    took = []
    with broker(directory) as address:
        url = f"kafka://{topic(address)}"
        servers = [PlacedRender(directory, "--fractal", 0, "--queue", url, cpu=None, data=directory / "shared").start() for _ in range(2)]
        try:
            for i in range(rounds):
                say(f"render: kafka, kill {i + 1} of {rounds}")
                survivor, victim = servers[i % 2], servers[1 - i % 2]
                for image in images[2 * i:2 * i + 2]:
                    survivor.upload(image, "image/jpeg")
                wait_until("work at the other", lambda: any(pool["busy"] for pool in victim.pools().values())
                           or not waiting(survivor, 2), 30)
                process = victim.processes.pop()
                process.kill()
                process.wait()
                began = time.monotonic()
                wait_until("all variants", lambda: not waiting(survivor, 2), 60)
                took.append(time.monotonic() - began)
                victim.start()
            lost = sum(a != b for a, b in zip(variants(servers[0], ids), expected))
        finally:
            for server in servers:
                server.stop()
    return {"rows": [("kills on Kafka: variants lost or different", lost, "=", 0),
                     ("kills on Kafka: taken over and done within, seconds", max(took), "<=", 8)],
            "notes": [f"{rounds} servers killed at work; until all was done: " + ", ".join(f"{one:.1f}" for one in sorted(took)) + " s"]}


def total(server, what):
    return sum(pool[what] for pool in server.pools().values())


def waiting(server, n):
    """Variants that are not done."""
    images = server.json(f"/images?n={n}")["images"]
    return n * len(OPS) - sum(state == "done" for one in images for op, state in one["variants"].items() if op in OPS)


# ---- poison

def poison(directory, quick, repeat):
    """Ten uploads whose header is right and whose pixels end after a hundredth, so that every operation fails, among 10 good ones.
    dead = dead letters of them, five operations each, and the attempts that each had; the good ones must all be made."""
    images = small_photographs(directory, 10)
    server = PlacedRender(directory, "--fractal", 0, cpu=None).start()
    try:
        ids = [server.upload(image, "image/jpeg") for image in images]
        bad = [server.upload(numbered(images[0][:len(images[0]) // 100], 1000 + i), "image/jpeg") for i in range(10)]

        def dead():
            return [one for one in server.admin_json("/admin/dead?n=1000")["dead"] if any(name in one["name"] for name in bad)]
        wait_until("dead letters", lambda: len(dead()) >= len(bad) * len(OPS), 200)
        attempts = {one["attempts"] for one in dead()}
        letters = len(dead())
        wait_until("the good ones", lambda: all(state == "done" for one in server.json("/images?n=100")["images"] if one["id"] in ids
                                                for state in one["variants"].values()))
        return {"rows": [("poison: dead letters of 50 tasks that fail", letters, "=", 50),
                         ("poison: attempts of each", attempts.pop() if len(attempts) == 1 else None, "=", 3)],
                "notes": [f"all {len(variants(server, ids))} variants of the good ones are there"]}
    finally:
        server.stop()


# ---- hostile uploads

def png(width, height, rows, colour=2, depth=8):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
            + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def bomb(width, height):
    """A PNG of zeros: 150 MB that take 150 kB."""
    packer, out = zlib.compressobj(9), io.BytesIO()
    row = bytes(1 + 3 * width)
    for _ in range(height):
        out.write(packer.compress(row))
    out.write(packer.flush())
    return png(width, height, out.getvalue())


FORMATS = [b"GIF89a\x10\x00\x10\x00\x80\x00\x00" + bytes(40), b"BM" + bytes(60), b"II*\x00\x08\x00\x00\x00" + bytes(60),
           b"%PDF-1.7\n1 0 obj<<>>endobj", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
           b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><svg>&b;</svg>", b"#!/bin/sh\nexit 1\n",
           b"\x00\x00\x00\x20ftypavif" + bytes(60), b"PK\x03\x04" + bytes(60), b"v=1\nvips", b"push graphic-context\n", b"", b"\xff\xd8",
           b"RIFF\xff\xff\xff\xffWEBPVP8X", b"\x89PNG\r\n\x1a\n"]


def hostile(good, bombs, chance):
    """One upload that no browser sends."""
    kind = chance.randrange(8)
    image = bytearray(chance.choice(good))
    if kind == 0:
        return bytes(image[:chance.randrange(len(image))])
    if kind == 1:
        for _ in range(chance.randrange(1, 40)):
            image[chance.randrange(len(image))] = chance.randrange(256)
        return bytes(image)
    if kind == 2:  # a header that lies
        return png(chance.choice((1, 7000, 65536, 2 ** 31 - 1)), chance.choice((1, 7000, 65536, 2 ** 31 - 1)),
                   zlib.compress(bytes(chance.randrange(5000))), chance.choice((0, 2, 3, 4, 6)), chance.choice((1, 8, 16)))
    if kind == 3:
        return chance.choice(FORMATS)
    if kind == 4:  # sizes in the head
        at = image.find(b"\xff\xc0") if image[:2] == b"\xff\xd8" else 12
        for i in range(5, 9):
            image[(at + i) % len(image)] = chance.randrange(256)
        return bytes(image)
    if kind == 5:
        return bytes(chance.randbytes(chance.randrange(4000)))
    if kind == 6 and chance.randrange(40) == 0:
        return chance.choice(bombs)
    cut = chance.randrange(len(image))
    return bytes(image[:cut] + chance.randbytes(200) + image[cut:])


class Watch:
    """The most memory that any child had, and the server itself, from /proc; read all the time."""

    def __init__(self, server):
        self.server, self.ending = server, threading.Event()
        self.child, self.longest = 0, 0.0
        self.since = {}  # pool: what it has finished, and since when
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    @staticmethod
    def of(pid, what):
        try:
            text = pathlib.Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return 0
        found = re.search(rf"^{what}:\s+(\d+) kB", text, re.M)
        return int(found.group(1)) * 1024 if found else 0

    def run(self):
        while not self.ending.wait(0.02):
            for pid in children_of(self.server):
                self.child = max(self.child, self.of(pid, "VmHWM"))
            self.look()

    def look(self):
        """How long a pool, which has one child, has been busy without finishing anything."""
        now = time.monotonic()
        for name, pool in self.server.pools().items():
            ended = pool["busy"], *(pool[what] for what in ("jobs", "failed", "late", "crashed"))
            if self.since.get(name, (None,))[0] != ended:
                self.since[name] = ended, now
            if pool["busy"]:
                self.longest = max(self.longest, now - self.since[name][1])

    def parent(self):
        return self.of(self.server.processes[-1].pid, "VmRSS")

    def stop(self):
        self.ending.set()
        self.thread.join()


def post(server, body):
    request = urllib.request.Request(server.url("/upload"), body, {"Content-Type": "image/jpeg"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.read()
        return error.code


def hostile_uploads(directory, quick, repeat):
    """10,000 uploads (500 with --quick) by 8 clients: files cut off or with bytes changed, headers that lie, other formats, noise, and PNG
    bombs of 147 MB; what is taken is made into five variants, or fails. child = the most resident memory of any child, read
    every 20 ms; longest = the longest time that a child was at work
    without an end, of tasks that may take 10 s and are then killed; growth = resident memory of the
    server at the end, less that after a tenth of the uploads, in MB."""
    chance = random.Random(10)
    photo = photograph(directory)
    shrink = [numbered(small(directory, size), i) for i, size in enumerate(("64x48", "640x480", "1200x900"))]
    good = [photo, *8 * [*shrink[:2], png(64, 64, zlib.compress(bytes(64 * 193)))], shrink[2]]
    bombs = [bomb(7000, 7000), bomb(49000, 1000)]
    n = 500 if quick else 10000
    server = PlacedRender(directory, "--fractal", 0, "--memory", "4M", cpu=None).start()
    watch = Watch(server)
    status = {}
    try:
        def some(count):
            for code in many([lambda body=body: post(server, body) for body in [hostile(good, bombs, chance) for _ in range(count)]], 8):
                status[code] = status.get(code, 0) + 1
        some(n // 10)
        quiet(server)
        before = watch.parent()
        for _ in range(9):
            say(f"render: hostile, {sum(status.values())} uploads")
            some(n // 10)
        quiet(server)
        growth = (watch.parent() - before) / 1e6
        alive = server.get(f"/images/{server.upload(numbered(shrink[0], 99), 'image/jpeg')}/thumbnail")
        return {"rows": [("hostile uploads: memory of a child, MB", watch.child / 1e6, "<=", CHILD_MEMORY / 1e6),
                         ("hostile uploads: longest task, seconds", watch.longest, "<=", TASK_SECONDS + 0.5),
                         ("hostile uploads: growth of the server, MB", growth, "<=", 8)],
                "notes": [f"answers {dict(sorted(status.items()))}; {total(server, 'late')} tasks killed after 10 s; afterwards a thumbnail of {len(alive)} bytes; the server has "
                          f"{watch.parent() / 1e6:.1f} MB"]}
    finally:
        watch.stop()
        server.stop()


def small(directory, size):
    import subprocess
    from peers import need
    file = directory / f"{size}.jpg"
    subprocess.run([need("ffmpeg"), "-v", "error", "-y", "-i", str(directory / "photograph.jpg"), "-vf", f"scale={size.replace('x', ':')}",
                    "-pix_fmt", "yuvj420p", str(file)], check=True, timeout=60)
    return file.read_bytes()


def quiet(server, seconds=300):
    """Nothing runs or waits, for a second."""
    deadline, since = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < since + 1:
        if any(pool["busy"] or pool["waiting"] for pool in server.pools().values()):
            since = time.monotonic()
        if time.monotonic() > deadline:
            raise RuntimeError(f"the pools do not come to rest: {server.pools()}")
        time.sleep(0.05)
