# SPDX-License-Identifier: ISC
"""render_hit: what a picture costs that is there already."""
from peers import Absent, median, ratio, say
from render_peers import ModTile, NginxFiles, PlacedRender, wrk

ZOOM, COLUMN, ROW = 6, 24, 24  # of a metatile at the valley of sea horses
CONNECTIONS = 32


def script(directory, paths):
    """wrk asks for one after the other."""
    file = directory / f"paths-{len(list(directory.glob('*.lua')))}.lua"
    file.write_text("local paths = {" + ",".join(f'"{path}"' for path in paths) + "}\nlocal i = 0\n"
                    "request = function() i = i % #paths + 1; return wrk.format('GET', paths[i]) end\n")
    return file


def warm(directory):
    """The three servers with the same 16 tiles; names of the tiles at each."""
    ours = PlacedRender(directory, "--fractal", 1, "--image-workers", "none").start()
    servers = {"placed-render": (ours, [])}
    tiles = []
    for i in range(16):
        path = f"/mandelbrot/1/{ZOOM}/{COLUMN + i % 4}/{ROW + i // 4}.png"
        tiles.append(ours.get(path))
        servers["placed-render"][1].append(path)
    absent = {}
    try:
        nginx = NginxFiles(directory).start()
        servers["nginx"] = (nginx, servers["placed-render"][1])
        for path, tile in zip(servers["placed-render"][1], tiles):
            nginx.put(path, tile)
    except Absent as why:
        absent["nginx"] = str(why)
    try:
        peer = ModTile(directory).start()
        servers["mod_tile"] = (peer, [])
        for i, tile in enumerate(tiles):
            peer.put(ZOOM, COLUMN + 8 * (i % 4), ROW + 8 * (i // 4), tile)
            servers["mod_tile"][1].append(peer.path(ZOOM, COLUMN + 8 * (i % 4), ROW + 8 * (i // 4)))
    except Absent as why:
        absent["mod_tile"] = str(why)
    for name, (server, paths) in servers.items():
        for path, tile in zip(paths, tiles):
            if server.get(path) != tile:
                raise RuntimeError(f"{name} answers {path} with another picture")
    return servers, absent, sum(map(len, tiles)) / len(tiles)


def measure(directory, quick, repeat):
    """CPU = (time of all of a server's processes on the CPU, from /proc) / answers, of wrk with 32 connections that ask for
    16 fractal tiles in turn: placed-render from its memory; nginx with one worker from files; mod_tile in Apache
    from metatiles, all with the same bytes. softirq = the same of ksoftirqd. Taken in turn; ratios of the same
    repetition, median."""
    seconds = 1 if quick else 4
    servers, absent, size = warm(directory)
    runs = {name: [] for name in servers}
    try:
        for i in range(repeat or (3 if quick else 7)):
            say(f"render: hit, repetition {i + 1}")
            for name, (server, paths) in servers.items():
                clock = server.clock()
                load = wrk(server.url("/"), seconds, CONNECTIONS, script(directory, paths))
                cpu, softirq = clock.used()
                runs[name].append({"cpu_us": cpu / load["requests"], "softirq_us": softirq / load["requests"], **load})
    finally:
        for server, _ in servers.values():
            server.stop()
    each = {name: {key: median([one[key] for one in of]) for key in ("cpu_us", "softirq_us", "requests_per_second")}
            for name, of in runs.items()}
    ratios = {name: median([ratio(a["cpu_us"], b["cpu_us"]) for a, b in zip(runs["placed-render"], of)])
              for name, of in runs.items()}
    rows = [(f"a hit of {size:,.0f} bytes: CPU of {name}'s", ratios.get(name), "<=", goal)
            for name, goal in (("mod_tile", 0.35), ("nginx", 1.3))]
    return {"rows": rows, "systems": each, "absent": absent,
            "notes": [f"{name}: {one['cpu_us']:.1f} us ({one['softirq_us']:.1f} softirq), "
                      f"{one['requests_per_second']:,.0f} a second" for name, one in each.items()]}
