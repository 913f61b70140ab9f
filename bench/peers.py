# SPDX-License-Identifier: ISC
"""peers: the servers that are compared and the viewers that watch them, as pinned child processes.

Server on CPU 0, viewers on CPU 1 where there are two. Whatever was started here is ended here, by its
process id, also when the measure fails.
"""
import argparse
import atexit
import json
import os
import pathlib
import platform
import re
import resource
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[1]
BENCH = TOP / "bench"
BUILD = pathlib.Path(os.environ.get("PLACED_BUILD", TOP / "build"))
SERVER_CPU, VIEWER_CPU = 0, 1
VIEWERS = [1000, 5000, 10000, 18000]
NGINX_MODULES = pathlib.Path("/usr/lib/nginx/modules")
START_SECONDS = 30


class Absent(Exception):
    """A peer is not installed."""


def say(*words):
    print("bench:", *words, file=sys.stderr, flush=True)


def need(command):
    path = shutil.which(command, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not path:
        raise Absent(f"{command} is not installed (tools/setup bench)")
    return path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# ---- children

children = []


def kill_children():
    for child in children:
        if child.poll() is None:
            child.kill()


atexit.register(kill_children)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def child(command, cpu, **options):
    """Start it, pinned, with as many files as the system lets it have."""
    def prepare():
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if cpu in os.sched_getaffinity(0):
            os.sched_setaffinity(0, {cpu})
    process = subprocess.Popen([str(word) for word in command], preexec_fn=prepare, **options)
    children.append(process)
    return process


def end(process, seconds=10):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    children.remove(process)
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


# ---- what a process costs

def family(pid):
    """The process and its children, such as nginx's worker."""
    pids = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for one in task.read_text().split():
            pids += family(int(one))
    return pids


def schedstat_ns(pid):
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(task.read_text().split()[0])
        except (OSError, IndexError):
            pass
    return total


def ksoftirqd():
    for stat in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            if stat.read_text().strip() == f"ksoftirqd/{SERVER_CPU}":
                return int(stat.parent.name)
        except OSError:
            pass
    return None


KSOFTIRQD = ksoftirqd()


class Clock:
    """CPU that the server's processes and the soft interrupts of their CPU have used, in microseconds."""

    def __init__(self, pids):
        self.pids = pids
        self.server, self.softirq = self.read()

    def read(self):
        softirq = schedstat_ns(KSOFTIRQD) if KSOFTIRQD else 0
        return sum(schedstat_ns(pid) for pid in self.pids) / 1000, softirq / 1000

    def used(self):
        server, softirq = self.read()
        return server - self.server, softirq - self.softirq


def resident(pids):
    """Resident memory in bytes; what processes share counts once."""
    total = 0
    for pid in pids:
        rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.M).group(1)) * 1024
    return total


# ---- the servers

class Peer:
    """A broadcast server on a port of 127.0.0.1."""
    name = None
    path = "/"
    viewer_options = []

    def __init__(self, directory):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=directory))
        self.port = free_port()
        self.processes = []

    def launch(self, command, **options):
        with open(self.directory / "stderr", "ab") as stderr:
            process = child(command, SERVER_CPU, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr, **options)
        self.processes.append(process)
        return process

    def wait_for_port(self, port):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                dead = [p for p in self.processes if p.poll() is not None]
                if dead or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} does not listen: {self.words()}")
                time.sleep(0.01)

    def wait_for_worker(self):
        """nginx listens before it has its worker, which is what costs."""
        deadline = time.monotonic() + START_SECONDS
        while len(family(self.processes[-1].pid)) < 2:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} has no worker: {self.words()}")
            time.sleep(0.01)

    def words(self):
        return (self.directory / "stderr").read_text(errors="replace")[-2000:]

    def start(self):
        self.launch(self.command())
        self.wait_for_port(self.port)
        return self

    def pids(self):
        return [pid for process in self.processes for pid in family(process.pid)]

    def stop(self):
        for process in reversed(self.processes):
            end(process)
        self.processes = []
        shutil.rmtree(self.directory, ignore_errors=True)


def program(name):
    path = BUILD / name
    if not path.exists():
        raise Absent(f"{path} is not built (tools/setup, or set PLACED_BUILD)")
    return path


class Floor(Peer):
    name = "floor"

    def command(self):
        return [program("bench/floor"), self.port]


class Lws(Peer):
    name = "lws"

    def command(self):
        return [program("bench/lws_idiomatic"), self.port]


class Nchan(Peer):
    name = "nchan"
    path = "/ws"

    def command(self):
        if not (NGINX_MODULES / "ngx_nchan_module.so").exists():
            raise Absent("libnginx-mod-nchan is not installed (tools/setup bench)")
        return nginx(self.directory, "nchan.conf.in", PORT=self.port)

    def start(self):
        super().start()
        self.wait_for_worker()
        return self


class Ws(Peer):
    name = "ws"

    def command(self):
        return [need("node"), ws_server(), self.port]


class Placed(Peer):
    name = "placed"
    path = "/ws"
    viewer_options = ["--placed", "--subprotocol", "placed.1"]
    arguments = []
    binary = None

    def command(self):
        return [self.binary or program("server/placed"), "--listen", f"127.0.0.1:{self.port}", "--admin", "127.0.0.1:0",
                "--data", self.directory / "data", *self.arguments]

    def start_only(self):
        """Start it; returns when it says that it listens."""
        self.launch(self.command())
        deadline = time.monotonic() + START_SECONDS
        while not (found := re.findall(r"admin on http://127.0.0.1:(\d+)", self.words())):
            if time.monotonic() > deadline or self.processes[-1].poll() is not None:
                raise RuntimeError(f"placed does not start: {self.words()}")
            time.sleep(0.002)
        self.admin = int(found[-1])

    def start(self):
        self.start_only()
        self.wait_for_port(self.port)
        return self

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        return {name: float(value) for name, value in re.findall(r"^placed_(\w+) (\S+)$", text, re.M)}


def peer_class(name):
    """A peer by its name, or placed=FILE: another build of placed, to compare two of them."""
    if name in PEERS or name in TLS_PEERS:
        return {**PEERS, **TLS_PEERS}[name]
    if not name.startswith("placed="):
        sys.exit(f"bench: no system {name}; there are {', '.join(PEERS)} and placed=FILE")
    binary = pathlib.Path(name.partition("=")[2])
    return type("Other", (Placed,), {"binary": binary, "name": "placed@" + binary.name})


class PlacedTls(Placed):
    """placed with its own TLS."""
    name = "placed-tls"
    viewer_options = [*Placed.viewer_options, "--tls"]

    def command(self):
        cert, key = certificate(self.directory)
        return [*super().command(), "--tls-cert", cert, "--tls-key", key]


class NginxTls(Placed):
    """nginx ends TLS and passes on to placed on loopback."""
    name = "nginx-tls"
    viewer_options = [*Placed.viewer_options, "--tls"]
    upstream = "127.0.0.1:@INNER@"

    def command(self):
        self.inner = free_port()
        self.socket = self.directory / "placed.sock"
        command = super().command()
        listen = f"unix:{self.socket}" if "unix" in self.upstream else f"127.0.0.1:{self.inner}"
        command[command.index("--listen") + 1] = listen
        return command

    def start(self):
        cert, key = certificate(self.directory)
        need("nginx")
        front = self.port
        Placed.start_only(self)
        upstream = self.upstream.replace("@INNER@", str(self.inner)).replace("@SOCKET@", str(self.socket))
        self.launch(nginx(self.directory, "tls_proxy.conf.in", PORT=front, UPSTREAM=upstream, CERT=cert, KEY=key))
        self.wait_for_port(front)
        self.wait_for_worker()
        return self


class NginxUnix(NginxTls):
    """The same by a Unix socket."""
    name = "nginx-tls-unix"
    upstream = "unix:@SOCKET@"


PEERS = {peer.name: peer for peer in (Floor, Placed, Lws, Nchan, Ws)}
TLS_PEERS = {peer.name: peer for peer in (PlacedTls, NginxTls, NginxUnix)}


def certificate(directory):
    """A certificate of a P-256 key, as cheap in a handshake as they come."""
    cert, key = directory / "cert.pem", directory / "key.pem"
    if not cert.exists():
        subprocess.run([need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "7", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert],
                       check=True, capture_output=True, timeout=30)
    return cert, key


def nginx(directory, template, **values):
    text = (BENCH / template).read_text()
    for name, value in {"DIR": directory, "MODULES": NGINX_MODULES, **values}.items():
        text = text.replace(f"@{name}@", str(value))
    (directory / "nginx.conf").write_text(text)
    return [need("nginx"), "-p", directory, "-c", directory / "nginx.conf", "-e", directory / "error.log"]


def ws_server():
    """node ws at its pinned version, installed once beside the built programs."""
    folder = BUILD / "bench/ws"
    pinned = (BENCH / "ws/package-lock.json").read_bytes()
    done = folder / "installed"
    if not done.exists() or done.read_bytes() != pinned:
        need("npm")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(BENCH / "ws" / name, folder)
        say("installing node ws")
        result = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                                text=True, timeout=120)
        if result.returncode:
            raise Absent("npm ci failed: " + result.stderr[-500:])
        done.write_bytes(pinned)
    shutil.copy(BENCH / "ws/server.js", folder)
    return folder / "server.js"


# ---- the viewers

class Viewers:
    """bench/viewers: commands go in as lines, results come out as JSON."""

    def __init__(self, peer, clients, *options):
        self.process = child([program("bench/viewers"), "--port", peer.port, "--path", peer.path, "--clients", clients,
                              *peer.viewer_options, *options], VIEWER_CPU,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell(self, *words):
        self.process.stdin.write((" ".join(str(word) for word in words) + "\n").encode())
        self.process.stdin.flush()

    def answer(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise RuntimeError(f"the viewers did not answer within {seconds} s")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the viewers are gone")
        return json.loads(line)

    def connect(self, n, seconds=130):
        self.tell("connect", n)
        answer = self.answer(seconds)
        if answer["live"] != n:
            raise RuntimeError(f"{answer['live']} of {n} viewers got in")
        return answer

    def publish(self, messages, every_ms=200, vary_percent=0):
        self.tell("publish", messages, every_ms, vary_percent)
        return self.answer(messages * every_ms / 1000 + 60)

    def stop(self):
        end(self.process)


class Running:
    """A server with its viewers, and what it cost before there were any."""

    def __init__(self, peer, room, *options):
        self.peer = peer
        self.watchers = None
        try:
            self.peer.start()
            self.pids = self.peer.pids()
            self.empty = resident(self.pids)
            self.watchers = Viewers(self.peer, room, *options)
        except BaseException:
            self.stop()
            raise

    def clock(self):
        return Clock(self.pids)

    def connect(self, already, viewers):
        """Bring them up to so many; bytes of memory that each new one took."""
        before = resident(self.pids) if already else self.empty
        self.watchers.connect(viewers)
        return (resident(self.pids) - before) / (viewers - already)

    def publish(self, messages, every_ms=200, vary_percent=0):
        """Like Viewers.publish, but void when anything is lost or comes twice."""
        told = self.watchers.publish(messages, every_ms, vary_percent)
        for fault in ("lost", "repeated", "missing", "closed"):
            if told[fault]:
                raise RuntimeError(f"{self.peer.name} with {told['viewers']} viewers: {told[fault]} {fault}")
        return told

    def stop(self):
        if self.watchers:
            self.watchers.stop()
        self.peer.stop()


def start_all(peers, room, directory, measure):
    """All peers that are installed, running; and why the others are not."""
    running, absent = [], {}
    try:
        for kind in peers:
            try:
                running.append(Running(peer_class(kind)(directory), room))
            except Absent as why:
                absent[kind] = str(why)
                say(f"{measure}: without {kind}: {why}")
    except BaseException:
        stop_all(running)
        raise
    return running, absent


def stop_all(running):
    for each in running:
        each.stop()


# ---- numbers

def median(values):
    return statistics.median(values) if values else None


def ratio(a, b):
    return a / b if a is not None and b else None


def show(value, digits=2):
    return "-" if value is None else f"{value:.{digits}f}"


def table(head, rows):
    """Print columns, the first one to the left."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths))))


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"cpus": os.cpu_count(), "cpu": model.group(1) if model else platform.machine(),
            "kernel": platform.release(), "pinned": len(os.sched_getaffinity(0)) > 1,
            "load": os.getloadavg()[0]}


def arguments(doc, **extra):
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="write the results there")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter: a look, no proof")
    for name, options in extra.items():
        parser.add_argument("--" + name.replace("_", "-"), **options)
    return parser.parse_args()


def write(path, measure, result):
    if path:
        result = {"measure": measure, "machine": machine(), **result}
        pathlib.Path(path).write_text(json.dumps(result, indent=1) + "\n")
