# SPDX-License-Identifier: ISC
"""soak: is memory flat? A real server takes --rate edits a second for --seconds, with viewers looking on.

    /usr/bin/python3 tests/system/soak.py --seconds 600 --rate 1000 [--kafka] [--writers 10] [--viewers 10]

Prints resident memory as it goes, then: edits sent, acknowledged, refused; resident size before and after.
The invariant is checked at the end. Exits 1 when it does not hold, when not all edits were acknowledged, or
when the resident size at the end is more than --growth MiB above what it was a tenth of the way in.
"""
import argparse
import asyncio
import pathlib
import sys
import tempfile
import time
import uuid

from broker import Broker, KafkaLog
from checker import ACKNOWLEDGED, REFUSED, UNKNOWN
from world import World

MIB = 1 << 20


async def soak(world, options):
    server = await world.server()
    writers = [await world.client(server) for _ in range(options.writers)]
    viewers = [await world.client(server) for _ in range(options.viewers)]
    first, mapped = server.memory()
    print(f"memory before: {first / MIB:.1f} MiB its own, {mapped / MIB:.1f} MiB of mapped files", flush=True)
    for writer in writers:
        world.scribble(writer, rate=options.rate / options.writers, size=options.size)
    begun = time.monotonic()
    warm = None
    while time.monotonic() < begun + options.seconds:
        await asyncio.sleep(max(1, options.seconds / 20))
        resident, mapped = server.memory()
        elapsed = time.monotonic() - begun
        if warm is None and elapsed >= options.seconds / 10:
            warm = resident
        edits = sum(len(entry.words) for entry in world.ledger.entries)
        print(f"{elapsed:6.0f} s: its own {resident / MIB:6.1f} MiB, mapped {mapped / MIB:6.1f} MiB, {edits} edits sent, "
              f"{edits / elapsed:.0f} a second, version {viewers[0].version if viewers else writers[0].version}",
              flush=True)
    await world.rest()
    for writer in writers:
        await writer.settle()
    elapsed = time.monotonic() - begun
    last, mapped = server.memory()
    counts = {outcome: sum(len(entry.words) for entry in world.ledger.entries if entry.outcome == outcome)
              for outcome in (ACKNOWLEDGED, REFUSED, UNKNOWN)}
    print(f"sent {sum(counts.values())} edits in {elapsed:.1f} s: " + ", ".join(
        f"{count} {outcome}" for outcome, count in counts.items()))
    print(f"memory after: {last / MIB:.1f} MiB its own (before {first / MIB:.1f}, at a tenth {(warm or first) / MIB:.1f}), "
          f"{mapped / MIB:.1f} MiB of mapped files")
    records = await world.check(timeout=120)
    print(f"the invariant holds: {len(records)} records, version {records[-1].offset + 1}; closes "
          f"{sorted({code for client in world.clients for code in client.closes})}")
    return counts[REFUSED] == counts[UNKNOWN] == 0 and last - (warm or first) <= options.growth * MIB


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=float, default=1000, help="edits a second, all writers together")
    parser.add_argument("--size", type=int, default=4, help="edits a message")
    parser.add_argument("--writers", type=int, default=10)
    parser.add_argument("--viewers", type=int, default=10)
    parser.add_argument("--growth", type=float, default=1, help="MiB that its own memory may grow after a tenth")
    parser.add_argument("--kafka", action="store_true", help="on a broker of its own; else the embedded log")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="placed-soak.") as folder:
        broker = Broker(pathlib.Path(folder) / "kafka").start() if options.kafka else None
        world = World(folder, KafkaLog(broker, f"soak-{uuid.uuid4().hex[:8]}") if broker else None)
        try:
            good = asyncio.run(soak(world, options))
        finally:
            reports = world.close()
            if broker:
                broker.stop(kill=True)
    print("\n".join(reports) if reports else "the server ended with 0")
    return 0 if good and not reports else 1


if __name__ == "__main__":
    sys.exit(main())
