# SPDX-License-Identifier: ISC
"""Several placed-render on one Kafka, behind a real HAProxy by the configuration that is shipped."""
import contextlib
import http.client
import json
import re
import socket
import struct
import subprocess
import threading
import time
import uuid
import zlib

import pytest
from patience import patient
from render import wait_until
from server import BUILD, TOP

WORLD = TOP / "build/map/world/world.xml"


def agent_of(server):
    """Where the agent of a server listens. It says so after its two other listeners."""
    (found,) = wait_until(lambda: re.findall(r"agent on http://([0-9.]+):([0-9]+)", server.stderr()), "the agent's address")
    return found[0], int(found[1])


class Haproxy:
    """config/haproxy-render.cfg with the addresses of these servers."""

    def __init__(self, folder, servers):
        self.folder, self.servers = folder, servers
        self.process = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self):
        config = (TOP / "config/haproxy-render.cfg").read_text()
        for name, server in self.servers.items():
            ports = [server.addresses["listening"][2], server.addresses["admin"][2], agent_of(server)[1]]
            config, n = re.subn(rf'server {name} "[^"]*" port 8083( agent-port 8084)?',
                                lambda found, name=name, ports=ports: f"server {name} 127.0.0.1:{ports[0]} port {ports[1]}"
                                + (f" agent-port {ports[2]}" if found[1] else ""), config)
            assert n == 2, "each server stands in two backends"
        config, n = re.subn(r'bind "[^"]*"', f"bind 127.0.0.1:{self.port}", config)
        assert n == 1
        # The machine of the test has fewer descriptors; and the test wants to see the weights.
        config = config.replace("maxconn 8000", f"maxconn 2000\n    stats socket {self.folder}/haproxy.sock", 1)
        path = self.folder / "haproxy.cfg"
        path.write_text(config)
        with open(self.folder / "haproxy.log", "wb") as log:
            self.process = subprocess.Popen(["haproxy", "-f", path], stdout=log, stderr=log, env={"PATH": "/usr/sbin:/usr/bin"})
        for name in self.servers:
            wait_until(lambda name=name: self.state("pictures", name)["status"].startswith("UP"), f"{name} is up for HAProxy")
            wait_until(lambda name=name: self.state("others", name)["status"].startswith("UP"), f"{name} is up for HAProxy")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def state(self, backend, name):
        """What HAProxy thinks of a server: status, weight and so on."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as stats:
            stats.connect(f"{self.folder}/haproxy.sock")
            stats.sendall(b"show stat\n")
            text = b"".join(iter(lambda: stats.recv(65536), b"")).decode()
            lines = [line.split(",") for line in text.lstrip("# ").splitlines() if line]
            for line in lines[1:]:
                row = dict(zip(lines[0], line))
                if row["pxname"] == backend and row["svname"] == name:
                    return row
        assert self.process.poll() is None, (self.folder / "haproxy.log").read_text()
        return {"status": "", "weight": ""}

    def request(self, method, path, body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patient(60))
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()

    def get(self, path):
        return self.request("GET", path)


def png(width, height, seed):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x * seed + y) & 255 for x in range(3 * width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


@pytest.fixture
def farm(make_render, kafka, tmp_path):
    """Two servers that share a broker and a folder of pictures, and HAProxy in front of them."""
    queue = f"kafka://{kafka.address}/render-{uuid.uuid4().hex[:12]}"
    servers = {name: make_render("--queue", queue, "--pictures", str(tmp_path / "pictures"), "--agent", "127.0.0.1:0",
                                 "--map", f"world={WORLD}", name=name) for name in ("one", "two")}
    with Haproxy(tmp_path, servers) as haproxy:
        yield servers, haproxy


def style_hash(haproxy):
    status, body = haproxy.get("/render.json")
    assert status == 200
    return json.loads(body)["map"]["styles"][0]["hash"]


def jobs(servers, pool="map:world"):
    return sum(server.count("pool_jobs_total", pool) for server in servers.values() if server.running)


@pytest.mark.skipif(not (BUILD / "render/map/placed-render-map").exists(), reason="built without Mapnik")
def test_a_picture_is_rendered_by_one_machine_and_any_machine_may_fail(farm):
    servers, haproxy = farm
    style = style_hash(haproxy)

    # ---- sixty clients want the tiles of two metatiles, at both of which every one of them looks
    wrong = []

    def look(i):
        for metatile in (0, 8):
            status, body = haproxy.get(f"/map/{style}/4/{metatile + i % 8}/{i // 8 % 8}.png")
            if status != 200 or not body.startswith(b"\x89PNG"):
                wrong.append((status, body[:200]))

    threads = [threading.Thread(target=look, args=(i,)) for i in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    # A job is counted when its last tile is done, which is after the answer.
    wait_until(lambda: jobs(servers) >= 2, "both metatiles")
    assert jobs(servers) == 2
    # The store is written behind the answer. What one has rendered the other finds there.
    for server in servers.values():
        wait_until(lambda server=server: server.get(f"/map/{style}/4/3/3.png").status == 200, "the tile")
    assert jobs(servers) == 2

    # ---- what operators do is not for who comes through it
    assert haproxy.get("/admin/batches")[0] == 404
    assert haproxy.request("POST", "/admin/scale", '{"op":"blur","n":0}', {"Content-Type": "application/json"}.items())[0] == 404

    # ---- an upload: each operation's task goes to one of the two, and both know all of it
    status, body = haproxy.request("POST", "/upload", png(60, 40, 7), {"Content-Type": "image/png"}.items())
    assert status == 201, body
    image = json.loads(body)["image_id"]

    def variants_of(server):
        answer = server.get(f"/images/{image}")
        return json.loads(answer.body)["variants"] if answer.status == 200 else {}

    for server in servers.values():
        wait_until(lambda server=server: set(variants_of(server).values()) == {"done"}, f"all variants at {server.name}")
    made = sum(server.count("pool_jobs_total", f"image:{op}") for server in servers.values()
               for op in ("thumbnail", "grayscale", "blur", "rotate90", "stencil"))
    assert made == 5

    # ---- the agents' word reaches HAProxy: as many per cent of 64 as the agent says, from a tenth on
    for name, server in servers.items():
        with socket.create_connection(agent_of(server), timeout=patient(30)) as agent:
            said = agent.makefile().readline()
        assert re.fullmatch(r"(\w+ )*\d+%\n", said), said
        wait_until(lambda name=name: 0 < int(haproxy.state("pictures", name)["weight"]) <= 256, f"a weight of {name}")

    # ---- one machine dies in the midst of it: its tiles are rendered by the other
    servers["one"].kill()
    tiles = [f"/map/{style}/5/{x}/{y}.png" for x in range(0, 32, 8) for y in range(0, 32, 8)]
    before = jobs(servers)
    assert {haproxy.get(tile)[0] for tile in tiles} == {200}
    wait_until(lambda: jobs(servers) >= before + len(tiles), "all of them")
    wait_until(lambda: haproxy.state("pictures", "one")["status"].startswith("DOWN"), "HAProxy sees that one is gone")

    # ---- and its tasks, too: the other gets them when the group has noticed
    status, body = haproxy.request("POST", "/upload", png(61, 40, 11), {"Content-Type": "image/png"}.items())
    assert status == 201, body
    image = json.loads(body)["image_id"]
    assert jobs(servers) == before + len(tiles)
    wait_until(lambda: set(variants_of(servers["two"]).values()) == {"done"}, "all variants at the other")
