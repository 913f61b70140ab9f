# SPDX-License-Identifier: ISC
"""Killed inside a commit, a disk that is full, that fails, that lies (rows 2, 18, 19 and 21).

strace stands between the real binary and the kernel. As traced, an LMDB commit writes pages (writev), makes
them durable (fdatasync), then writes the meta page that counts (pwrite64).
"""
import asyncio
import shutil
import subprocess

import pytest
from checker import ACKNOWLEDGED, REFUSED
from fold import pack
from patience import patient
from scene import SANITIZED
from server import Server
from world import eventually


def may_trace():
    """Can strace change what a process does here?"""
    if not shutil.which("strace"):
        return False
    done = subprocess.run(["strace", "-D", "-o", "/dev/null", "-e", "inject=exit_group:signal=KILL:when=1", "true"],
                          stderr=subprocess.DEVNULL, timeout=patient(20), check=False)
    return done.returncode == -9


needs_strace = pytest.mark.skipif(not may_trace(), reason="strace is missing or ptrace is not permitted")
STEPS = ["writev", "fdatasync", "pwrite64"]


async def begun(world, *args):
    """A server that has run before, with a checkpoint; not running. And its client."""
    server = await world.server(args=["--checkpoint-seconds", "1", *args])
    client = await world.client(server)
    await client.place(200)
    await asyncio.to_thread(server.stop)
    return server, client


async def start_with(world, server, part, call, fault):
    """Start it so that this call on this part's file ends in that fault."""
    await asyncio.to_thread(server.start, prefix=[
        "strace", "-D", "-f", "-o", str(world.folder / "strace"), "-P", str(server.data / part / "data.mdb"),
        "-e", f"trace={call}", "-e", f"inject={call}:{fault}"])
    await world.ready(server)


@needs_strace
@pytest.mark.parametrize("when", [1, 2])
@pytest.mark.parametrize("call", STEPS)
@pytest.mark.parametrize("part", ["checkpoint", "log"])
async def test_killed_in_a_commit(world, rng, part, call, when):
    """Row 2: the old state or the new one, never a mixture. The second commit writes other pages."""
    server, client = await begun(world)
    await start_with(world, server, part, call, f"signal=KILL:when={when}")
    world.scribble(client, rate=100, rng=rng)
    await eventually(lambda: not server.running, f"killed in {call} number {when}")
    assert server.wait_exit() == -9
    await world.start(server)
    await world.check()


@needs_strace
@pytest.mark.parametrize("call", STEPS)
async def test_a_log_that_fails_ends_the_server(world, rng, call):
    """Row 19: exit non-zero, nothing acknowledged that is not there, clean when opened again."""
    server, client = await begun(world)
    await start_with(world, server, "log", call, "error=EIO:when=3+")
    world.scribble(client, rate=100, rng=rng)
    await eventually(lambda: not server.running, "it ended by itself")
    status = server.wait_exit()
    assert status == 1 and "Input/output error" in server.stderr(), (status, server.stderr())
    await world.start(server)
    await client.place()
    await world.check()


@needs_strace
@pytest.mark.parametrize("call", STEPS)
async def test_a_checkpoint_that_fails_is_no_loss(world, rng, call):
    """Row 19: it is said, and served on."""
    server, client = await begun(world)
    await start_with(world, server, "checkpoint", call, "error=EIO:when=1+")
    world.scribble(client, rate=100, rng=rng)
    await eventually(lambda: server.metric("placed_checkpoints_failed_total") >= 2, "checkpoints fail")
    await world.check()
    assert client.closes == [1012]
    await asyncio.to_thread(server.kill)
    await world.start(server)
    await world.check()


@needs_strace
async def test_a_full_disk_makes_it_read_only_until_there_is_room(world, rng):
    """Row 18, the log: refused and told, and over by itself."""
    server, client = await begun(world)
    await start_with(world, server, "log", "writev", "error=ENOSPC:when=2..6")
    world.scribble(client, rate=100, rng=rng)
    await eventually(lambda: client.readonly, "told that it is read-only")
    await eventually(lambda: client.readonly is False, "told that it is over")
    placed = world.ledger.count(ACKNOWLEDGED)
    await eventually(lambda: world.ledger.count(ACKNOWLEDGED) > placed + 5, "placed again")
    await world.check()
    assert client.closes == [1012] and world.ledger.count(REFUSED)
    assert {entry.reason for entry in world.ledger.entries if entry.outcome == REFUSED} <= {"readonly", "failed"}


@needs_strace
@pytest.mark.parametrize("call", ["writev", "pwrite64"])
async def test_a_full_disk_for_checkpoints_only_costs_time_later(world, rng, call):
    """Row 18, the checkpoint: over by itself, also when it was LMDB's meta page that could not be written."""
    server, client = await begun(world)
    await start_with(world, server, "checkpoint", call, "error=ENOSPC:when=1..2")
    world.scribble(client, rate=100, rng=rng)
    await eventually(lambda: server.metric("placed_checkpoints_failed_total") >= 1, "checkpoints fail")
    await eventually(lambda: server.metric("placed_checkpoints_total") >= 1, "and succeed again")
    await world.check()
    assert client.readonly is False
    await asyncio.to_thread(server.stop)
    await world.start(server)
    await world.check()


# LMDB trusts its own pages when it writes: SIGBUS in a save was seen (seed 4), ENOMEM at open (seed 16).


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0x40]))


@pytest.mark.parametrize("damage", ["flip", "flips", "truncate", "empty", "zeros", "noise"])
async def test_a_damaged_checkpoint_is_no_loss(world, rng, damage):
    """Row 21: the checkpoint as it was, or the whole log."""
    server, client = await begun(world)
    await world.start(server)
    await client.place(100)
    await asyncio.to_thread(server.stop)
    path = server.data / "checkpoint/data.mdb"
    for round_ in range(3):
        size = path.stat().st_size  # a new file is begun when the old one is damaged
        if damage == "flip":
            flip(path, rng.randrange(size))
        elif damage == "flips":
            for _ in range(1000):
                flip(path, rng.randrange(size))
        elif damage == "truncate":
            with open(path, "r+b") as file:
                file.truncate(rng.randrange(size))
        else:
            path.write_bytes({"empty": b"", "zeros": bytes(size), "noise": rng.randbytes(size)}[damage])
        try:
            await world.start(server)
        except RuntimeError as ended:
            # A thousand flips may hit LMDB's own pages so that it reads beyond the file. It says so, and
            # the log is the truth: without the checkpoint everything is there.
            assert damage == "flips" and "is damaged or was cut short" in str(ended)
            path.unlink()
            await world.start(server)
        await client.place(3)
        await world.check()
        await asyncio.to_thread(server.stop)
    assert len(client.closes) == 5


@pytest.mark.limit(180)
async def test_a_damaged_log_is_refused_or_whole(world, rng):
    """Row 21: a bit flips in the embedded log. It ends, or nothing that counts was hit; never a wrong picture."""
    server, client = await begun(world)
    await world.start(server)
    entries = [await client.place(256) for _ in range(12)]
    await asyncio.to_thread(server.stop)
    await client.close()
    world.clients.clear()
    path = server.data / "log/data.mdb"
    whole = path.read_bytes()
    for round_ in range(20):
        path.write_bytes(whole)
        sure = round_ % 2  # in an edit; or just anywhere
        start = 0
        at = rng.randrange(len(whole))
        if sure:
            edits = pack(rng.choice(entries).words)
            at = rng.randrange(len(edits))
            while (start := whole.find(edits, start)) >= 0:  # LMDB may have left old copies
                flip(path, start + at)
                start += 1
        else:
            flip(path, at)
        shutil.rmtree(server.data / "checkpoint", ignore_errors=True)  # so that all of it is read
        server.start(wait=False)
        try:
            await asyncio.to_thread(server.wait_listening)
        except RuntimeError as error:
            # LMDB's own pages have no checksum: where it follows a bad pointer the end is a signal.
            assert not sure or "ended with 1 " in str(error) and "placed: error:" in str(error), error
            continue
        assert not sure, f"byte {at} of an edit was changed and it starts"
        await world.check()
        await asyncio.to_thread(server.stop)
    path.write_bytes(whole)
    await world.start(server)
    await world.check()


async def test_a_data_directory_belongs_to_one_server(any_world):
    server = await any_world.server()
    client = await any_world.client(server)
    await client.place()
    second = any_world.make_server()
    second.data = server.data
    status, said = await asyncio.to_thread(second.run_to_exit)
    assert status == 1 and "placed: error:" in said, said
    await client.place()
    any_world.servers.remove(second)
    await any_world.check()


@pytest.mark.skipif(SANITIZED, reason="a sanitizer reserves terabytes of address space for itself")
def test_too_little_address_space_is_said_and_can_be_helped(tmp_path):
    """`ulimit -v` below the 64 GiB that the log would reserve: what is missing, and the option that helps."""
    limit = ("prlimit", f"--as={6 << 30}")
    server = Server(tmp_path / "data")
    server.start(prefix=limit, wait=False)
    assert server.wait_exit() == 1
    assert "ulimit -v" in server.stderr() and "--log-space" in server.stderr(), server.stderr()
    server.start(prefix=limit, args=("--log-space", "1G"))
    assert server.request("POST", "/edit?x=1&y=2&c=3").status == 200
    server.stop()
