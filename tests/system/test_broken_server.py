# SPDX-License-Identifier: ISC
"""A server that breaks the promise is found out: a real server, real clients, and a liar between them."""
import asyncio

import pytest
from checker import check
from fold import Record, pack
from proxy import FrameProxy, Proxy, TextProxy


FAST = ["--batch-ms", "10", "--tick-ms", "10"]


async def paint_through(world, proxy, messages=12):
    """A client behind the proxy sees the server's edits of another client, and paints by itself."""
    server = world.servers[0]
    async with proxy:
        victim = await world.client(server, name="victim", via=proxy.address, resume=False)
        painter = await world.client(server, name="painter")
        for _ in range(messages):
            await painter.place(3)
            entry = await victim.paint(2)
            await victim.until(lambda: not victim.waiting or not victim.connected, "answered")
            await painter.reach(entry.version or 0)
        await painter.place()
        # Not world.settle(): the victim may never get where the others are.
        await victim.until(lambda: victim.version >= painter.version - 1 or victim.faults, "up to date")
        records = await asyncio.to_thread(world.log.records)
        return check(records, world.ledger.entries, views=[victim.view()]), records, victim


def once(at, change):
    """Lie about the frame number `at` only."""
    return lambda version, edits, number: change(version, edits) if number == at else None


def flip_colour(edits):
    return edits[:2] + bytes([edits[2] ^ 0x10]) + edits[3:]


LIES = {
    "a frame is dropped": once(5, lambda version, edits: []),
    "a frame's last edit is dropped": once(5, lambda version, edits: [(version, edits[:-3])]),
    "a colour is changed": once(5, lambda version, edits: [(version, flip_colour(edits))]),
    "versions are one too high": lambda version, edits, _: [(version + 1, edits)],
    "versions are one too low": lambda version, edits, _: [(version - 1, edits)],
    "an old version comes again": once(5, lambda version, edits: [(version, edits), (1, edits)]),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_in_the_frames_is_found(world, lie):
    proxy = FrameProxy(await world.server(args=FAST), LIES[lie])
    found, _, _ = await paint_through(world, proxy)
    assert proxy.told
    assert any("victim" in violation for violation in found), found


async def test_an_honest_proxy_is_no_violation(world):
    found, _, _ = await paint_through(world, Proxy(await world.server(args=FAST)))
    assert not found
    await world.check()


async def test_an_acknowledgement_at_a_version_too_low_is_found(world):
    def lower(said):
        said["version"] = max(said["version"] - 1, 0)

    found, _, _ = await paint_through(world, TextProxy(await world.server(args=FAST), "placed", lower))
    assert any("but in the log only at" in violation for violation in found), found


async def test_an_edit_that_is_acknowledged_but_never_written_is_found(world):
    class Swallow(Proxy):
        """Takes the client's third message for itself; the next acknowledgement covers it."""

        def to_server(self, message):
            if isinstance(message, bytes) and int.from_bytes(message[:4], "little") == 3:
                self.told += 1
                return []
            return [message]

    server = await world.server(args=FAST)
    proxy = Swallow(server)
    async with proxy:
        victim = await world.client(server, name="victim", via=proxy.address, resume=False)
        for _ in range(4):
            await victim.paint()
        await victim.settle()
        assert proxy.told == 1
        records = await asyncio.to_thread(world.log.records)
    found = check(records, world.ledger.entries)
    assert any("are not in the log" in violation for violation in found), found


async def test_a_refusal_of_an_edit_that_is_in_the_log_is_found(world):
    def refuse(said):
        said.clear()
        said.update(type="refused", id=1, reason="busy", retry_ms=0)

    server = await world.server(args=FAST)
    proxy = TextProxy(server, "placed", refuse)
    async with proxy:
        victim = await world.client(server, name="victim", via=proxy.address, resume=False)
        await victim.settle(await victim.paint())
        records = await asyncio.to_thread(world.log.records)
    found = check(records, world.ledger.entries)
    assert any("refused, but in the log" in violation for violation in found), found


async def test_a_log_that_was_tampered_with_is_found(world):
    server = await world.server(args=FAST)
    client = await world.client(server)
    for _ in range(6):
        await client.place(3)
    records = await world.check()
    pictures = [("a", await world.picture(server, client.version))]

    def violations(tampered):
        return check(tampered, world.ledger.entries, pictures, [client.view()])

    assert not violations(records)
    for i in range(len(records)):
        assert violations(records[:i] + records[i + 1:]), f"record {i} left out"
    middle = records[3]
    for what, value in {
        "a colour": flip_colour(middle.value),
        "an edit less": middle.value[3:],
        "an edit more": middle.value + pack(world.ledger.fresh()),
        "twice": middle.value * 2,
    }.items():
        changed = Record(middle.offset, middle.time_ms, value)
        assert violations(records[:3] + [changed] + records[4:]), what
    shifted = [Record(record.offset + 1, record.time_ms, record.value) for record in records]
    assert violations(shifted), "offsets are one too high"
