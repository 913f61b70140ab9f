# SPDX-License-Identifier: ISC
"""render_peers: placed-render and the servers that it is compared with, and what a request costs them."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import time
import urllib.error
import urllib.request

from peers import (BENCH, BUILD, SERVER_CPU, START_SECONDS, TOP, VIEWER_CPU, Absent, Clock, Peer, child, family, need,
                   program, say)

APACHE_MODULES = pathlib.Path("/usr/lib/apache2/modules")
METATILE = 8
BINARIES = pathlib.Path("/usr/bin")  # of Debian, whatever else is called the same


def debian(command):
    path = BINARIES / command
    if not path.exists():
        raise Absent(f"{command} is not installed (tools/setup bench)")
    return path


def fill(template, directory, **values):
    text = (BENCH / template).read_text()
    for name, value in {"DIR": directory, **values}.items():
        text = text.replace(f"@{name}@", str(value))
    return text


class RenderPeer(Peer):
    """A server that may use more than one CPU."""
    cpu = SERVER_CPU

    def launch(self, command, **options):
        with open(self.directory / "stderr", "ab") as stderr:
            process = child(command, self.cpu, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr, **options)
        self.processes.append(process)
        return process

    def pids(self):
        return [pid for process in self.processes for pid in family(process.pid)]

    def clock(self):
        return Clock(self.pids())

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path, seconds=60):
        with urllib.request.urlopen(self.url(path), timeout=seconds) as answer:
            return answer.read()

    def timed(self, path, seconds=60):
        """Seconds until the answer is whole, and its status."""
        began = time.monotonic()
        try:
            with urllib.request.urlopen(self.url(path), timeout=seconds) as answer:
                answer.read()
                status = answer.status
        except urllib.error.HTTPError as error:
            error.read()
            status = error.code
        return time.monotonic() - began, status


class PlacedRender(RenderPeer):
    name = "placed-render"

    def __init__(self, directory, *arguments, cpu=SERVER_CPU, data=None):
        super().__init__(directory)
        self.arguments = arguments
        self.cpu = cpu
        self.data = data or self.directory / "data"

    def command(self):
        return [program("render/placed-render"), "--listen", f"127.0.0.1:{self.port}", "--admin", "127.0.0.1:0", "--data",
                self.data, *self.arguments]

    def start(self):
        self.launch(self.command())
        deadline = time.monotonic() + START_SECONDS
        while not (found := re.findall(r"admin on http://127.0.0.1:(\d+)", self.words())):
            if time.monotonic() > deadline or self.processes[-1].poll() is not None:
                raise RuntimeError(f"placed-render does not start: {self.words()}")
            time.sleep(0.005)
        self.admin = int(found[-1])
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=5).close()
                return self
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"placed-render is not ready: {self.words()}") from None
                time.sleep(0.005)

    def json(self, path):
        return json.loads(self.get(path))

    def admin_json(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}{path}", timeout=60) as answer:
            return json.loads(answer.read())

    def numbers(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=60) as answer:
            text = answer.read().decode()
        return {name: float(value) for name, value in re.findall(r"^placed_render_(\S+) (\S+)$", text, re.M)}

    def pool(self, name):
        """Of a pool: jobs, failed, late, crashed since the start; busy children; what waits."""
        found = {key[5:].partition("{")[0].removesuffix("_total"): int(value) for key, value in self.numbers().items()
                 if key.startswith("pool_") and f'pool="{name}"' in key}
        found["waiting"] = sum(value for key, value in found.items() if key.startswith("waiting_"))
        return found

    def pools(self):
        names = {match for key in self.numbers() for match in re.findall(r'pool="([^"]+)"', key)}
        return {name: self.pool(name) for name in names}

    def post(self, path, message):
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin}{path}", json.dumps(message).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def upload(self, image, kind):
        request = urllib.request.Request(self.url("/upload"), image, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())["image_id"]


class ModTile(RenderPeer):
    """Apache with mod_tile, and renderd with a style where there is one."""
    name = "mod_tile"

    def __init__(self, directory, style=None, threads=1, cpu=SERVER_CPU):
        super().__init__(directory)
        self.style, self.threads, self.cpu = style, threads, cpu
        (self.directory / "tiles").mkdir()

    def command(self):
        if not (APACHE_MODULES / "mod_tile.so").exists():
            raise Absent("libapache2-mod-tile is not installed (tools/setup bench)")
        (self.directory / "apache.conf").write_text(fill("modtile.conf.in", self.directory, PORT=self.port, USER="root"
                                                         if os.geteuid() else "www-data", GROUP="www-data",
                                                         MODULES=APACHE_MODULES))
        for folder in self.directory, self.directory.parent:
            folder.chmod(0o755)
        return [need("apache2"), "-f", self.directory / "apache.conf", "-DFOREGROUND"]

    def start(self):
        if self.style:
            plugins = sorted(pathlib.Path("/usr/lib/mapnik").glob("*/input"))[-1]
            (self.directory / "renderd.conf").write_text(fill("renderd.conf.in", self.directory, THREADS=self.threads,
                                                              PLUGINS=plugins, STYLE=self.style))
            self.launch([debian("renderd"), "-f", "-c", self.directory / "renderd.conf"])
            deadline = time.monotonic() + START_SECONDS
            while not (self.directory / "renderd.sock").exists():
                if time.monotonic() > deadline or self.processes[-1].poll() is not None:
                    raise RuntimeError(f"renderd does not start: {self.words()}")
                time.sleep(0.01)
        return super().start()

    @staticmethod
    def path(zoom, x, y):
        return f"/world/{zoom}/{x}/{y}.png"

    def put(self, zoom, x, y, tile):
        """A metatile all of whose 64 tiles are this one."""
        x -= x % METATILE
        y -= y % METATILE
        parts, a, b = [], x, y
        for _ in range(5):
            parts.insert(0, str((a & 15) << 4 | b & 15))
            a >>= 4
            b >>= 4
        file = self.directory.joinpath("tiles", "world", str(zoom), *parts[:-1], parts[-1] + ".meta")
        file.parent.mkdir(parents=True, exist_ok=True)
        n = METATILE * METATILE
        head = 20 + 8 * n
        index = b"".join(struct.pack("<ii", head + i * len(tile), len(tile)) for i in range(n))
        file.write_bytes(struct.pack("<4siiii", b"META", n, x, y, zoom) + index + tile * n)


class NginxFiles(RenderPeer):
    """nginx with one worker and a folder of files."""
    name = "nginx"

    def command(self):
        (self.directory / "nginx.conf").write_text(
            fill("render_files.conf.in", self.directory, PORT=self.port, USER="user root;" if not os.geteuid() else ""))
        (self.directory / "files").mkdir(exist_ok=True)
        return [need("nginx"), "-p", self.directory, "-c", self.directory / "nginx.conf", "-e", self.directory / "error.log"]

    def start(self):
        super().start()
        self.wait_for_worker()
        return self

    def put(self, path, content):
        file = self.directory / "files" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


class Haproxy(RenderPeer):
    """HAProxy with the shipped configuration, its `server` lines replaced by those of these fronts."""
    name = "haproxy"
    cpu = None

    def __init__(self, directory, fronts, weights=True):
        super().__init__(directory)
        self.fronts, self.weights = fronts, weights

    def command(self):
        kept = []
        for line in (TOP / "config/haproxy-render.cfg").read_text().splitlines():
            words = line.split()
            if words[:1] == ["server"]:
                if words[1] != "one":
                    continue
                agent = "agent-port" in words
                kept += [f"    server front{i} 127.0.0.1:{front.port} port {front.admin}"
                         + (f" agent-port {front.agent}" if agent and self.weights else "")
                         for i, front in enumerate(self.fronts)]
                continue
            if not self.weights:
                line = line.replace(" agent-check agent-inter 2s", "")
            kept.append(line.replace('"${RENDER_BIND-:80}"', f"127.0.0.1:{self.port}"))
        (self.directory / "haproxy.cfg").write_text("\n".join(kept) + "\n")
        return [need("haproxy"), "-f", self.directory / "haproxy.cfg"]


# ---- PyPI

def venv(name):
    """A program of the pinned packages, which are installed once beside the built programs."""
    folder = BUILD / "bench/render-peers"
    pinned = (BENCH / "render-peers.txt").read_bytes()
    done = folder / "installed"
    if not done.exists() or done.read_bytes() != pinned:
        say("installing thumbor and Celery")
        shutil.rmtree(folder, ignore_errors=True)
        for command in (["/usr/bin/python3", "-m", "venv", folder],
                        [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r",
                         BENCH / "render-peers.txt"]):
            result = subprocess.run(command, capture_output=True, text=True, timeout=300)
            if result.returncode:
                raise Absent(f"{command[0]} failed: " + (result.stderr or result.stdout)[-500:])
        done.write_bytes(pinned)
    return folder / "bin" / name


class Thumbor(RenderPeer):
    name = "thumbor"

    def command(self):
        (self.directory / "thumbor.conf").write_text(
            f"LOADER = 'thumbor.loaders.file_loader'\nFILE_LOADER_ROOT_PATH = '{self.directory}'\n"
            "STORAGE = 'thumbor.storages.no_storage'\nALLOW_UNSAFE_URL = True\nALLOW_OLD_URLS = False\nQUALITY = 85\n"
            "FILTERS = ['thumbor.filters.blur', 'thumbor.filters.grayscale', 'thumbor.filters.rotate']\n"
            "MAX_PIXELS = 50000000\n")
        return [venv("thumbor"), "--ip", "127.0.0.1", "--port", self.port, "--conf", self.directory / "thumbor.conf",
                "--processes", 1]

    def put(self, name, image):
        (self.directory / name).write_bytes(image)


class Redis(RenderPeer):
    """Redis that keeps every write, as Kafka and LMDB do in their way: appendfsync everysec, its own default."""
    name = "redis"

    def command(self):
        return [debian("redis-server"), "--port", self.port, "--bind", "127.0.0.1", "--dir", self.directory, "--save", "",
                "--appendonly", "yes"]


# ---- loads

def wrk(url, seconds, connections=32, script=None):
    """Answers of a load by wrk on its own CPU: how many, a second, latency in ms; void unless all are 200."""
    command = ["taskset", "-c", str(VIEWER_CPU), need("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    if script:
        command += ["-s", str(script)]
    text = subprocess.run([str(word) for word in command + [url]], capture_output=True, text=True, check=True,
                          timeout=seconds + 30).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"{url}: {text}")
    scale = {"us": 0.001, "ms": 1, "s": 1000}
    latency = {at: float(value) * scale[unit] for at, value, unit in re.findall(r"(\d+)%\s+([\d.]+)(us|ms|s)\b", text)}
    return {"requests": int(re.search(r"(\d+) requests in", text).group(1)),
            "requests_per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), "latency_ms": latency}


def many(jobs, at_once):
    """Run callables in threads; their results in order."""
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))]
