# SPDX-License-Identifier: ISC
"""Several placed-render on one Kafka: every task is done however many of them die, and what cannot be done harms nobody."""
import contextlib
import http.client
import itertools
import json
import os
import re
import signal
import socket
import struct
import threading
import uuid
import zlib

from groups import Groups
from patience import patient
from render import TILE, wait_until

OPS = ("thumbnail", "grayscale", "blur", "rotate90", "stencil")
WIDTH, HEIGHT = 600, 400
STREAMS = 1000  # as render/http/events.h says
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
    answer = render.request("POST", "/upload", headers={"Content-Type": "image/png"}, body=body, timeout=patient(60))
    assert answer.status == 201, answer.body
    return json.loads(answer.body)["image_id"]


def made(render):
    """The variants that are done: {(id, op)}"""
    images = json.loads(render.get("/images?n=100").body)["images"]
    return {(image["id"], op) for image in images for op, state in image["variants"].items() if state == "done"}


def dead(render):
    return json.loads(render.admin("/admin/dead?n=100").body)["dead"]


def queued(render):
    """Tasks that wait in the queue, as /metrics has them: {group: n}"""
    text = render.admin("/metrics").body.decode()
    return {group: int(n) for group, n in re.findall(r'^placed_render_queue_waiting{group="(\w+)"} (\d+)$', text, re.M)}


class Events:
    """A client of GET /events: what it was told, and the newest state of each thing."""

    def __init__(self, render):
        _, host, port = render.addresses["listening"]
        self.connection = http.client.HTTPConnection(host, port, timeout=patient(PATIENCE))
        self.connection.request("GET", "/events")
        self.answer = self.connection.getresponse()
        self.snapshot, self.changes, self.over = None, [], False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        kind = None
        with contextlib.suppress(OSError, ValueError):
            for line in self.answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind == "snapshot":
                    self.snapshot = json.loads(value)
                elif name == "data" and kind == "change":
                    self.changes.append(json.loads(value))
        self.over = True

    def pools(self):
        """The newest state of the pools of all servers: {name: state}"""
        servers = [*(self.snapshot or {"servers": []})["servers"], *(one for one in self.changes if one["t"] == "server")]
        return {pool["name"]: pool for server in servers for pool in server["pools"]}

    def variants(self):
        """{(id, op): the states that it had}"""
        states = {}
        for one in self.changes:
            if one["t"] == "variant":
                states.setdefault((one["id"], one["op"]), []).append(one["state"])
        return states


class Follower:
    """A socket on which the events were asked for, and nothing is read but the beginning."""

    def __init__(self, render):
        _, host, port = render.addresses["listening"]
        self.connection = socket.create_connection((host, port), timeout=patient(PATIENCE))
        self.connection.sendall(b"GET /events HTTP/1.1\r\nHost: placed\r\n\r\n")

    def status(self):
        return int(self.connection.recv(12, socket.MSG_WAITALL).split()[1])

    def close(self):
        self.connection.close()


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
    events = Events(a)
    # Poison beside it, which is nobody's fault that is killed: three attempts, and a letter for each operation.
    poison = upload(a, png(1000, whole=False))
    ids = []
    with Killer([a, b], rng) as killer:
        for number, render in zip(range(16), itertools.cycle([a, b])):
            ids.append(upload(render, png(number)))
        wait_until(lambda: killer.killed >= 6, "six children are killed", PATIENCE)
    wait_until(lambda: made(a), "something is done", PATIENCE)
    b.kill()
    wait_until(lambda: made(a) >= {(image, op) for image in ids for op in OPS}, "all variants are made", PATIENCE)
    poisoned = {f"/images/{poison}/{op}" for op in OPS}
    wait_until(lambda: {letter["name"] for letter in dead(a)} >= poisoned, "the dead letters", PATIENCE)
    # A letter may be there twice, when who wrote it died before that was committed; but none of another task.
    assert {(letter["name"], letter["attempts"]) for letter in dead(a)} == {(name, 3) for name in poisoned}
    wait_until(lambda: {key for key, states in events.variants().items() if "done" in states} >= {(image, op) for image in ids for op in OPS},
               "browsers are told of all", PATIENCE)
    b.start().wait_ready()
    wait_until(lambda: {letter["name"] for letter in dead(b)} == poisoned, "another server knows the dead letters", PATIENCE)
    for image in ids:
        for op in OPS:
            mine, other = a.get(f"/images/{image}/{op}"), b.get(f"/images/{image}/{op}")
            assert mine.status == other.status == 200
            assert mine.body == other.body


def test_who_was_put_out_of_its_groups_ends_all_the_same(make_render, kafka):
    """What it did last cannot be committed then. librdkafka answered nothing any more within the closing of its consumer."""
    prefix = f"render-{uuid.uuid4().hex[:12]}"
    render = make_render("--fractal", "0", "--queue", f"kafka://{kafka.address}/{prefix}")
    groups = [f"{prefix}.{op}" for op in OPS]
    ids = [upload(render, png(number)) for number in range(4)]
    # Now it is a member of all of them.
    wait_until(lambda: made(render) >= {(image, op) for image in ids for op in OPS}, "all variants are made", PATIENCE)
    with contextlib.closing(Groups(kafka.address)) as coordinator:
        members = [(group, member) for group in groups for member in coordinator.members(group)]
        assert len(members) == len(OPS)
        ids = [upload(render, png(number)) for number in range(4, 8)]
        wait_until(lambda: {op for image, op in made(render) if image in ids} >= set(OPS), "something is done for each", PATIENCE)
        for group, member in members:
            coordinator.put_out(group, member)
    render.stop()
    render.start().wait_ready()
    wait_until(lambda: made(render) >= {(image, op) for image in ids for op in OPS}, "the rest is made", PATIENCE)


def test_browsers_are_told_what_servers_do(make_render):
    render = make_render("--image-workers", "thumbnail=1,blur=1")
    events = Events(render)
    assert events.answer.getheader("Content-Type") == "text/event-stream"
    wait_until(lambda: events.snapshot and len(events.pools()) == 1 + len(OPS), "a snapshot, and the pools")
    assert set(events.snapshot) == {"servers", "images", "batches"}
    assert set(events.pools()) == {"fractal", *(f"image:{op}" for op in OPS)}
    assert render.get(TILE).status == 200
    wait_until(lambda: events.pools()["fractal"]["done"] == 1, "the tile is told of")
    image = upload(render, png(1))
    wait_until(lambda: all(events.variants().get((image, op), ["?"])[-1] == "done" for op in ("thumbnail", "blur")), "both variants")
    assert [one for one in events.changes if one["t"] == "image"][0]["width"] == WIDTH
    assert render.post("/admin/scale", {"op": "blur", "n": 3})[0] == 200
    wait_until(lambda: events.pools()["image:blur"]["wanted"] == 3, "the scale is told of")

    def numbers():
        return json.loads(render.get("/metrics/json").body)
    wait_until(lambda: numbers()["totals"]["done"] == 3, "the numbers")
    assert numbers()["ops"]["thumbnail"]["done"] == 1 and numbers()["pools"]["fractal"]["done"] == 1
    assert numbers()["ops"]["blur"]["cpu_ms"] >= 0 and numbers()["totals"]["bytes"] > 0
    assert set(queued(render)) == {*OPS, "tiles"}
    wait_until(lambda: not any(queued(render).values()), "nothing waits in the queue")
    later = Events(render)  # who comes later sees the same at once
    wait_until(lambda: later.snapshot, "another snapshot")
    assert later.pools()["fractal"]["done"] == 1
    assert {op: one["state"] for op, one in later.snapshot["images"][0]["variants"].items()} == {"thumbnail": "done", "blur": "done"}
    render.stop()
    wait_until(lambda: events.over and later.over, "the streams end with the server")


def test_streams_are_limited(make_render):
    render = make_render("--image-workers", "none", "--fractal", "1")
    streams = [Follower(render) for _ in range(STREAMS)]
    assert all(stream.status() == 200 for stream in streams)
    answer = render.get("/events")
    assert answer.status == 503 and int(answer.headers["retry-after"]) > 0
    streams.pop().close()
    wait_until(lambda: Follower(render).status() == 200, "there is room for another one")
