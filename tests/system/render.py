# SPDX-License-Identifier: ISC
"""render: one real `placed-render` process, like server.py's Server, and its children."""
import json
import os
import pathlib
import re
import time

from patience import patient
from server import BUILD, Server

PROGRAM = BUILD / "render/placed-render"
TILE = "/mandelbrot/1/0/0/0.png"
# Children are nice, so beside other tests they may hardly get a processor: none is killed for being late.
UNHURRIED = ("--task-seconds", "100")


class Render(Server):
    """A placed-render process and its data directory. Small pools: tests share two cores."""

    def __init__(self, data, args=(), env=None, name="render"):
        super().__init__(data, args=args, env=env, name=name)

    def command(self):
        if not PROGRAM.exists():
            raise RuntimeError(f"no placed-render at {PROGRAM} (build it, or set PLACED_BIN)")
        return [str(PROGRAM), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data", str(self.data),
                "--fractal", "2", "--fractal-threads", "1", "--map-workers", "1",
                *(() if "--task-seconds" in self.args else UNHURRIED)]

    def wait_ready(self, timeout=60):
        """A renderer can take tasks."""
        deadline = time.monotonic() + patient(timeout)
        while self.admin("/readyz").status != 200:
            assert time.monotonic() < deadline, f"{self.name} is not ready after {patient(timeout)} s:\n{self.stderr()}"
            time.sleep(0.02)
        return self

    def post(self, path, fields, **more):
        """A JSON request to the admin listener: (status, the answer)."""
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        answer = self.request("POST", path, headers=headers, body=json.dumps(fields), kind="admin", **more)
        return answer.status, json.loads(answer.body)

    def count(self, name, pool=None):
        """One number of /metrics: "requests_total", or of a pool: count("pool_jobs_total", "fractal")."""
        text = self.admin("/metrics").body.decode()
        label = re.escape(f'{{pool="{pool}"}}') if pool else ""
        found = re.search(rf"^placed_render_{name}{label} (\S+)$", text, re.M)
        assert found, f"/metrics has no {name} of {pool}"
        return int(found[1])

    def children(self):
        """The processes that it has started and that are still there."""
        return children_of(self.process.pid)


def children_of(pid):
    found = []
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def is_there(pid):
    """Is there such a process, or is it only left for its parent to see?"""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true, what, timeout=60):
    """Until true() is true; returns that."""
    deadline = time.monotonic() + patient(timeout)
    while not (value := true()):
        assert time.monotonic() < deadline, f"not within {patient(timeout)} s: {what}"
        time.sleep(0.02)
    return value
