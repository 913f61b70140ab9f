# SPDX-License-Identifier: ISC
"""history: what the measures of history share: a log that is long, servers that keep it, and when it is whole."""
import http.client
import shutil
import threading
import time

from path import run_json
from peers import Placed, program, say

BATCH = 67
GENESIS = "fe".ljust(16, "0")  # as bench/fold writes it
FOLDER = f"/h/{GENESIS}/0,0"
BUILD_SECONDS = 120
OFF = ["--history", "off"]


def get(connection, path):
    """Status, body and milliseconds of one answer."""
    began = time.monotonic()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    return answer.status, body, 1000 * (time.monotonic() - began)


def get_whole(connection, path):
    """The same, asked for again while the server says 503; the time is that of all together."""
    deadline, total = time.monotonic() + 30, 0
    while True:
        status, body, ms = get(connection, path)
        total += ms
        if status == 200:
            return body, total
        if status != 503 or time.monotonic() > deadline:
            raise RuntimeError(f"GET {path}: {status} {body[:200]}")
        time.sleep(0.02)
        total += 20


class Whole(threading.Thread):
    """Waits until the history of a server has all of the log: `seconds` since `began`.

    The files are looked at until the last whole block is there, which costs the server nothing; then the index."""

    def __init__(self, server, data, blocks, version):
        super().__init__(daemon=True)
        self.server, self.version = server, version
        self.last = data / "history" / GENESIS / "0,0" / f"{blocks - 1}.bin"
        self.began = time.monotonic()
        self.seconds = self.failure = None

    def run(self):
        try:
            while not self.last.exists():
                if time.monotonic() > self.began + BUILD_SECONDS:
                    raise RuntimeError(f"no {self.last} after {BUILD_SECONDS} s: {self.server.words()}")
                time.sleep(0.005)
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
            needle = b'"read":'
            while True:
                body, _ = get_whole(connection, f"{FOLDER}/index.json")
                if int(body.partition(needle)[2].split(b",")[0]) >= self.version:
                    break
                if time.monotonic() > self.began + BUILD_SECONDS:
                    raise RuntimeError(f"the history is not whole after {BUILD_SECONDS} s")
                time.sleep(0.01)
            self.seconds = time.monotonic() - self.began
        except (OSError, RuntimeError, ValueError, http.client.HTTPException) as error:
            self.failure = error

    def wait(self):
        self.join(BUILD_SECONDS + 30)
        if self.failure or self.seconds is None:
            raise RuntimeError(f"history: {self.failure or 'never whole'}")
        return self.seconds


class Kept(Placed):
    """placed on CPU 0, on data that outlives it."""

    def __init__(self, directory, data, *options):
        super().__init__(directory)
        self.data = data
        self.options = options

    def command(self):
        command = super().command()
        command[command.index("--data") + 1] = self.data
        return [*command, *self.options]


class Log:
    """A data folder with a log of so many edits, and how much of it there is."""

    def __init__(self, directory, edits):
        self.directory = directory
        self.data = directory / f"data-{edits}"
        self.data.mkdir()
        say(f"history: {edits:,} edits, {BATCH} a record")
        run_json([program("bench/fold"), "--json", "--repeat", 1, "--edits", edits, "--batch", BATCH,
                  "--log", f"local:{self.data / 'log'}"], 600)
        self.edits = edits
        a_block = -(-65536 // BATCH) * BATCH
        self.blocks = edits // a_block
        server = Kept(directory, self.data, *OFF)  # the checkpoint
        try:
            server.start()
            self.version = self.wait_ready(server)
        finally:
            server.stop()

    @staticmethod
    def wait_ready(server, seconds=60):
        """Until /readyz says 200; the plane's version."""
        deadline = time.monotonic() + seconds
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", server.admin, timeout=20)
            if get(connection, "/readyz")[0] == 200:
                return int(server.metrics()["version"])
            if time.monotonic() > deadline:
                raise RuntimeError(f"placed is not ready: {server.words()}")
            time.sleep(0.005)

    def forget(self):
        shutil.rmtree(self.data / "history", ignore_errors=True)

    def sizes(self):
        history = [path.stat() for path in (self.data / "history").rglob("*") if path.is_file()]
        log = [path.stat() for path in (self.data / "log").rglob("*") if path.is_file()]
        return {"files": len(history), "bytes": sum(one.st_size for one in history),
                "disk": 512 * sum(one.st_blocks for one in history), "log_disk": 512 * sum(one.st_blocks for one in log)}
