# SPDX-License-Identifier: ISC
"""Started with standard descriptors closed (row 30): files do not get their numbers, and messages not into files.

A supervisor, a cron job or a program that embeds the server may start it with descriptors 0 to 2 closed, not
redirected. The next files that are opened would get these numbers, and the log would be overwritten by what
is meant for standard error.
"""
import asyncio
import contextlib
import itertools
import json
import os
import pathlib
import re
import subprocess

import pytest
from flood import PROGRAM
from patience import patient
from server import BUILD
from world import eventually

CLOSED = [closed for n in (1, 2, 3) for closed in itertools.combinations((0, 1, 2), n)]
names = pytest.mark.parametrize("closed", CLOSED, ids=lambda closed: "".join(map(str, closed)))


def without(closed):
    """The prefix of a command that makes it start with these descriptors closed."""
    return ["sh", "-c", 'exec "$@" ' + " ".join(f"{fd}>&-" for fd in closed), "sh"]


def listening(pid, host):
    """The port on which this process listens at a loopback address, or None."""
    inodes = set()
    with contextlib.suppress(OSError):
        for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            inodes.update(re.findall(r"socket:\[(\d+)\]", os.readlink(entry)))
    address = "".join(f"{int(part):02X}" for part in reversed(host.split(".")))
    for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1].startswith(address + ":") and fields[3] == "0A" and fields[9] in inodes:
            return int(fields[1].split(":")[1], 16)
    return None


async def start(world, server, closed):
    """Start it so; without standard error it cannot say where it listens."""
    server.args = ["--admin", "127.0.0.2:0"]
    await asyncio.to_thread(server.start, prefix=without(closed), wait=False)
    for kind, host in ("listening", "127.0.0.1"), ("admin", "127.0.0.2"):
        port = await eventually(lambda host=host: listening(server.process.pid, host), f"{kind} on {host}")
        server.addresses[kind] = ("http", host, port)
    await world.ready(server)


@names
async def test_a_server_without_standard_descriptors_leaves_its_files_alone(world, closed):
    server = await world.server()
    await world.post(server)
    await asyncio.to_thread(server.stop)
    await start(world, server, closed)
    for fd in closed:
        assert os.readlink(f"/proc/{server.process.pid}/fd/{fd}") == "/dev/null"
    for _ in range(3):
        assert (await world.post(server)).version
    await asyncio.to_thread(server.stop)
    for path in server.data.rglob("*.mdb"):
        assert b"placed: " not in path.read_bytes(), f"a message is in {path}"
    server.args = []
    await world.start(server)  # the log opens again
    await world.check()
    assert len(world.log.records()) == 4


@names
async def test_the_tools_without_standard_descriptors_harm_nothing(world, closed, tmp_path):
    server = await world.server()
    await world.post(server)
    report = tmp_path / "report.json"
    _, host, port = server.addresses["listening"]
    for command in ([str(BUILD / "tools/logcat"), f"local:{world.log.folder}"],
                    [str(PROGRAM), "--json", str(report), "--duration", "0.3", "--readers", "3", "--writers", "1", "--settle", "60",
                     f"{host}:{port}"]):
        done = await asyncio.to_thread(subprocess.run, [*without(closed), *command], check=False, timeout=patient(60),
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 0, done
    said = json.loads(report.read_text(encoding="utf-8"))
    assert said["faults"]["total"] == 0 and said["counters"]["edits_acknowledged"] > 0
    await asyncio.to_thread(server.stop)
    await world.start(server)
    assert len(world.log.records()) > 1
