# SPDX-License-Identifier: ISC
"""render_map: maps: metatiles beside renderd, and what a style, a batch or a crowd do to who waits."""
import asyncio
import os
import re
import shutil
import threading
import time

from peers import BUILD, Absent, free_port, median, program, ratio, say
from render_peers import METATILE, Haproxy, ModTile, PlacedRender, many, percentile

CORES = len(os.sched_getaffinity(0))
STYLE = BUILD / "map/world/world.xml"
ZOOM = 6  # 64 metatiles


def style(directory):
    """The world style with its data, for zooms up to 12: there must be enough to render."""
    if not STYLE.exists():
        raise Absent("there is no world style (tools/setup render)")
    program("render/map/placed-render-map")
    folder = directory / "world"
    if not folder.exists():
        shutil.copytree(STYLE.parent, folder)
        text, n = re.subn(r'(<Parameter name="maxzoom">)\d+', r"\g<1>12", STYLE.read_text())
        if n != 1:
            raise RuntimeError(f"{STYLE} has no maxzoom")
        (folder / STYLE.name).write_text(text)
        folder.chmod(0o755)
    return folder / STYLE.name


def metatiles(zoom=ZOOM):
    """Column and row of the first tile of each metatile."""
    side = 1 << zoom
    return [(x, y) for y in range(0, side, METATILE) for x in range(0, side, METATILE)]


def ours(directory, *arguments, cpu=None, maps=None):
    words = [word for name, file in (maps or {"world": style(directory)}).items() for word in ("--map", f"{name}={file}")]
    return PlacedRender(directory, *words, "--fractal", 0, "--image-workers", "none", *arguments, cpu=cpu).start()


def hash_of(server, name="world"):
    return next(one["hash"] for one in server.json("/render.json")["map"]["styles"] if one["name"] == name)


def ask(server, path):
    seconds, status = server.timed(path)
    if status != 200:
        raise RuntimeError(f"{server.name}: {path}: {status}")
    return seconds


def paths(server, tiles, zoom=ZOOM, name="world"):
    """The tile in the middle of each metatile."""
    if server.name == "mod_tile":
        return [server.path(zoom, x + 3, y + 4) for x, y in tiles]
    prefix = f"/map/{hash_of(server, name)}/{zoom}"
    return [f"{prefix}/{x + 3}/{y + 4}.png" for x, y in tiles]


def metatile_rates(directory, quick, repeat):
    """throughput = 64 metatiles of the world style at zoom 6, one tile of each asked for by 2 clients a processor, / time until
    all metatiles are rendered; renderd in mod_tile with a thread a processor, placed-render with a child a
    processor, both on all processors. latency = time until the tile asked for is here, one metatile after the
    other, of an idle server. Each repetition has servers without any tile; ratios of the same one, median."""
    tiles = metatiles()[:16] if quick else metatiles()
    alone = metatiles(5)[:8] if quick else metatiles(5)
    ratios, latencies, notes = [], [], []
    for i in range(repeat or (2 if quick else 5)):
        say(f"render: map, repetition {i + 1}")
        rates, waits = {}, {}
        for make in (lambda: ours(directory, "--map-workers", CORES),
                     lambda: ModTile(directory, style(directory), CORES, None).start()):
            server = make()
            try:
                ask(server, paths(server, [(0, 0)], 3)[0])
                waits[server.name] = median([ask(server, path) for path in paths(server, alone, 5)])
                began = time.monotonic()
                many([lambda path=path: ask(server, path) for path in paths(server, tiles)], 2 * CORES)
                if server.name == "placed-render":
                    settle(server, "map:world")
                rates[server.name] = len(tiles) / (time.monotonic() - began)
            finally:
                server.stop()
        ratios.append(ratio(rates["placed-render"], rates["mod_tile"]))
        latencies.append(ratio(waits["placed-render"], waits["mod_tile"]))
        notes.append(", ".join(f"{name}: {rates[name]:.1f} metatiles a second, tile after {1000 * waits[name]:.0f} ms"
                               for name in rates))
    return {"rows": [("metatiles a second, of renderd's", median(ratios), ">=", 1.0),
                     ("the tile asked for, of renderd's latency", median(latencies), "<=", 0.8)], "notes": notes}


def settle(server, pool, seconds=60):
    """Wait until nothing runs or waits in the pool."""
    deadline = time.monotonic() + seconds
    while (look := server.pool(pool))["busy"] or look["waiting"]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{pool} does not come to rest: {look}")
        time.sleep(0.01)
    return look


def failing_style(directory, quick, repeat):
    """p99 of the wait for tiles of the world style, one metatile after the other, while two clients ask for tiles of a style whose
    data is no shapefile, all the time / p99 of the same without those clients. In turn, median."""
    broken_style = shutil.copytree(style(directory).parent, directory / "broken") / STYLE.name
    for file in broken_style.parent.glob("*.shp"):
        file.write_bytes(b"not a shapefile" * 100)
    tiles = metatiles(5) if quick else metatiles(6)
    ratios, notes = [], []
    for i in range(repeat or (2 if quick else 5)):
        say(f"render: failing, repetition {i + 1}")
        p99 = {}
        for disturbed in False, True:
            server = ours(directory, "--map-workers", CORES, maps={"world": style(directory), "broken": broken_style})
            stop, threads, asked = threading.Event(), [], []
            try:
                broken = hash_of(server, "broken")
                ask(server, paths(server, [(0, 0)], 3)[0])

                def bother(n):
                    while disturbed and not stop.is_set():
                        asked.append(server.timed(f"/map/{broken}/12/{len(asked) * 8 % 4096}/{8 * n}.png")[1])
                        time.sleep(0.001)
                threads = [threading.Thread(target=bother, args=(n,)) for n in range(2)]
                for thread in threads:
                    thread.start()
                p99[disturbed] = percentile([ask(server, path) for path in paths(server, tiles, 5 if quick else 6)], 0.99)
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
                server.stop()
            if disturbed and (not asked or 200 in asked):
                raise RuntimeError(f"the broken style is not broken: {set(asked)}")
        ratios.append(p99[True] / p99[False])
        notes.append(f"p99 {1000 * p99[False]:.0f} ms, disturbed {1000 * p99[True]:.0f} ms, {len(asked)} failures")
    return {"rows": [("a failing style: the others' p99, of undisturbed", median(ratios), "<=", 1.2)], "notes": notes}


# ---- many at once

async def one_of_many(port, path, go, status):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await go.wait()
    writer.write(f"GET {path} HTTP/1.1\r\nHost: placed\r\nConnection: close\r\n\r\n".encode())
    head = await reader.readline()
    await reader.read()
    writer.close()
    code = int(head.split()[1]) if head else 0
    status[code] = status.get(code, 0) + 1


async def all_at_once(port, wanted):
    go, status = asyncio.Event(), {}
    tasks = []
    for path in wanted:
        tasks.append(asyncio.create_task(one_of_many(port, path, go, status)))
        if len(tasks) % 50 == 0:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)
    go.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 120)
    return status


def thousand_waiters(directory, quick, repeat):
    """renders = jobs that four placed-render behind HAProxy finish, when 1,000 connections ask at once for the 64 tiles of one
    metatile that nobody has. The most of all repetitions."""
    renders, notes = [], []
    for i in range(repeat or (1 if quick else 3)):
        say(f"render: waiters, repetition {i + 1}")
        fronts, proxy = [], None
        try:
            for _ in range(4):
                agent = free_port()
                front = ours(directory, "--map-workers", 1, "--agent", f"127.0.0.1:{agent}")
                front.agent = agent
                fronts.append(front)
            proxy = Haproxy(directory, fronts).start()
            wait_for_fronts(proxy)
            prefix = f"/map/{hash_of(fronts[0])}/5"
            wanted = [f"{prefix}/{8 + n % 8}/{8 + n // 8 % 8}.png" for n in range(1000)]
            status = asyncio.run(all_at_once(proxy.port, wanted))
            if status != {200: 1000}:
                raise RuntimeError(f"answers: {status}")
            done = [settle(front, "map:world")["jobs"] for front in fronts]
            renders.append(sum(done))
            notes.append(f"renders at the four: {done}; 1,000 answers")
        finally:
            for server in [proxy, *fronts]:
                if server:
                    server.stop()
    return {"rows": [("1,000 waiters for one metatile at four fronts: renders", max(renders), "=", 1)], "notes": notes}


def wait_for_fronts(proxy, path="/render.json"):
    """HAProxy has seen that they are ready."""
    deadline = time.monotonic() + 30
    while proxy.timed(path)[1] != 200:
        if time.monotonic() > deadline:
            raise RuntimeError("HAProxy does not find the fronts")
        time.sleep(0.1)


# ---- a batch

def whole_metatile(server, path):
    """Seconds until a metatile is rendered whole."""
    began = time.monotonic()
    ask(server, path)
    settle(server, "map:world")
    return time.monotonic() - began


def waiter_during_batch(directory, quick, repeat):
    """wait = time until the tile asked for is here, 60 different metatiles one after the other, while a batch of more than 10,000
    jobs is under way on all processors; one metatile = time until the whole of each of the same is rendered by an idle
    server. ratio = p99 of wait / p99 of one metatile."""
    ratios, notes = [], []
    n = 30 if quick else 60
    for i in range(repeat or (1 if quick else 3)):
        say(f"render: batch, repetition {i + 1}")
        found = {}
        for batch in False, True:
            server = ours(directory, "--map-workers", CORES)
            try:
                wanted = [f"/map/{hash_of(server)}/9/{8 * k + 3}/164.png" for k in range(n)]
                ask(server, paths(server, [(0, 0)], 3)[0])
                if batch:
                    jobs = server.post("/admin/batch", {"style": "world", "zoom": [10, 10]})["jobs"]
                    wait_for_batch(server)
                before = server.pool("map:world")["jobs"]
                found[batch] = [ask(server, path) if batch else whole_metatile(server, path) for path in wanted]
                meanwhile = server.pool("map:world")["jobs"] - before - n
            finally:
                server.stop()
        if meanwhile <= 0 or jobs < 10000:
            raise RuntimeError(f"the batch of {jobs} jobs was not under way")
        single, wait = percentile(found[False], 0.99), percentile(found[True], 0.99)
        ratios.append(wait / single)
        notes.append(f"one metatile: median {1000 * median(found[False]):.0f}, p99 {1000 * single:.0f} ms; wait: median "
                     f"{1000 * median(found[True]):.0f}, p99 {1000 * wait:.0f} ms; {meanwhile} of {jobs} jobs meanwhile")
    return {"rows": [("a waiter during a batch: p99, of one metatile", median(ratios), "<=", 1.2)], "notes": notes}


def wait_for_batch(server):
    """It is under way, also while nobody waits."""
    deadline, before = time.monotonic() + 30, server.pool("map:world")["jobs"]
    while server.pool("map:world")["jobs"] < before + 3:
        if time.monotonic() > deadline:
            raise RuntimeError("the batch does not begin")
        time.sleep(0.05)
