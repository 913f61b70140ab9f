# SPDX-License-Identifier: ISC
"""render_fractal: the code of fractals, and children that render them without a server in front of them."""
import select
import socket
import time

from path import run_json
from peers import child, end, program, ratio

CLONES = ["default", "avx2", "avx512"]
READY, PIECE, DONE = 1, 3, 4
DEEP = (12, 1798, 1913)  # zoom, column and row of a tile of some 4 ms


def tile_names():
    """Different tiles of about the same cost, for ever."""
    zoom, column, row = DEEP
    i = 0
    while True:
        yield f"/mandelbrot/1/{zoom}/{column + i % 8}/{row + i // 8 % 8}.png"
        i += 1


class FractalChild:
    """placed-render-fractal with its socket as descriptor 3."""

    def __init__(self, threads=1):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = child(["/bin/sh", "-c", 'exec "$@" 3<&0 0</dev/null', "sh",
                              program("render/fractal/placed-render-fractal"), "--threads", threads], None, stdin=theirs)
        theirs.close()
        if self.socket.recv(65536)[0] != READY:
            raise RuntimeError("placed-render-fractal does not say that it is ready")

    def ask(self, name):
        self.socket.send(bytes([2, 0, 0, 0]) + name.encode())

    def stop(self):
        self.socket.close()
        end(self.process)


def tiles_a_second(children, seconds):
    """Tiles that so many children finish in a second; each always has one task and the next one."""
    running = [FractalChild() for _ in range(children)]
    names = [tile_names() for _ in running]
    try:
        for one, name in zip(running, names):
            one.ask(next(name))
            one.ask(next(name))
        began, done = time.monotonic(), 0
        while (now := time.monotonic()) < began + seconds:
            for ready in select.select([one.socket for one in running], [], [], began + seconds - now)[0]:
                i = next(i for i, one in enumerate(running) if one.socket is ready)
                packet = ready.recv(65536)
                if not packet or packet[0] not in (PIECE, DONE):
                    raise RuntimeError(f"a child said {packet[:200]}")
                if packet[0] == DONE:
                    done += 1
                    running[i].ask(next(names[i]))
        return done / (time.monotonic() - began)
    finally:
        for one in running:
            one.stop()


def tiles(repetitions):
    """What tiles cost, by bench/escape."""
    found = run_json([program("bench/escape"), repetitions], 300)
    for one in found:
        one["ratio"] = {clone: ratio(one["plain_c"], one[clone]) for clone in CLONES if clone in one}
    return found


def measure(directory, quick, repeat):
    """ms = CPU of one thread for the 65,536 points of a tile, the least of the repetitions in which all take turns: plain C, one
    point after the other; each clone of the vector code that this machine can run, all of which must come to the very
    same steps as plain C. ratio = plain C / the fastest clone, of the tile for which it is least.
    bench/measure-mandelbrot shows all tiles and clones."""
    found = tiles(repeat or (3 if quick else 9))
    fastest = [max(one["ratio"].values()) for one in found]
    return {"rows": [("a Mandelbrot tile: plain C of the fastest clone, least of all tiles", min(fastest), ">=", 4.0)],
            "notes": [f"{one['tile']}: plain C {one['plain_c']:.2f} ms; " + ", ".join(
                f"{clone} {one[clone]:.2f} ({by:.1f})" for clone, by in one["ratio"].items()) for one in found], "tiles": found}
