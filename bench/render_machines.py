# SPDX-License-Identifier: ISC
"""render_machines: a slow machine among several, and placed beside placed-render."""
import contextlib
import itertools
import os
import random
import signal
import threading
import time

from peers import Placed, Running, family, free_port, median, say
from render_peers import Haproxy, PlacedRender, percentile
from render_map import wait_for_fronts

DEEP = (40, 0x7068237853, 0x77902a152b)


def deep_tiles(start):
    """Different tiles of zoom 40, some 25 ms each."""
    zoom, x, y = DEEP
    for i in itertools.count(start):
        yield f"/mandelbrot/1/{zoom}/{x - i % 997}/{y + i // 997}.png"


class Slowed:
    """A server and its children, stopped half of the time, in turns of some 2 ms: what they do takes twice as long."""

    def __init__(self, server):
        self.server, self.ending = server, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def tell(self, how):
        for pid in family(self.server.processes[-1].pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)

    def run(self):
        while not self.ending.wait(0.002):
            self.tell(signal.SIGSTOP)
            self.ending.wait(0.002)
            self.tell(signal.SIGCONT)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()
        self.tell(signal.SIGCONT)


def open_load(proxy, rate, seconds, start, seed):
    """Latencies of requests that come at random times, whether or not the ones before have been answered."""
    chance, names = random.Random(seed), deep_tiles(start)
    waits, threads, failed = [], [], []

    def ask(name):
        took, status = proxy.timed(name)
        (waits if status == 200 else failed).append(took)
    began, due = time.monotonic(), 0.0
    while due < seconds:
        time.sleep(max(0, began + due - time.monotonic()))
        threads.append(threading.Thread(target=ask, args=(next(names),)))
        threads[-1].start()
        due += chance.expovariate(rate)
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(threads)} requests failed")
    return waits


def slowed_peer(directory, quick, repeat):
    """Two placed-render with one child each, each on a processor of its own, behind HAProxy; one of them is stopped half of the time.
    Fractal tiles of some 25 ms are asked for at random times, so many a second as one of the two that is not slowed can
    render (two thirds of what both can). ratio = p95 of the latency with agent-check / without, the same times of requests in
    the same repetition, after 20 s for the weights to settle."""
    seconds, settle = (15, 20) if quick else (40, 20)
    ratios, notes = [], []
    for i in range(repeat or (1 if quick else 3)):
        p95, rate = {}, None
        for weights in True, False:
            say(f"render: slowed, repetition {i + 1}, {'with' if weights else 'without'} weights")
            fronts, proxy = [], None
            try:
                for cpu in sorted(os.sched_getaffinity(0))[:2]:
                    front = PlacedRender(directory, "--fractal", 1, "--fractal-threads", 1, "--image-workers", "none", "--agent",
                                         f"127.0.0.1:{(agent := free_port())}", cpu=cpu).start()
                    front.agent = agent
                    fronts.append(front)
                proxy = Haproxy(directory, fronts, weights).start()
                wait_for_fronts(proxy)
                rate = rate or flat_out(fronts[0], deep_tiles(500000), 2, 4)
                with Slowed(fronts[1]):
                    open_load(proxy, rate / 2, settle, 0, i)
                    before = [front.pool("fractal")["jobs"] for front in fronts]
                    waits = open_load(proxy, rate, seconds, 100000, i)
                    shares = [front.pool("fractal")["jobs"] - b for front, b in zip(fronts, before)]
                p95[weights] = percentile(waits, 0.95)
                notes.append(f"{'with' if weights else 'without'} weights: {rate:.0f} a second, p95 {1000 * p95[weights]:.0f} ms, "
                             f"tiles {shares[0]} and {shares[1]}")
            finally:
                for server in [proxy, *fronts]:
                    if server:
                        server.stop()
        ratios.append(p95[True] / p95[False])
    return {"rows": [("a peer slowed to half: p95 with weights, of without", median(ratios), "<=", 0.7)], "notes": notes}


def two_processes(directory, quick, repeat):
    """Tiles a second of placed-render with N children of one thread each, asked for fractal tiles of some 25 ms by 2 N clients, on
    all processors. ratio = 2 children / 1 child of the same repetition, median. The server and the clients run on the
    same processors; bench/measure-mandelbrot has the children alone."""
    seconds = 3 if quick else 8
    ratios, notes = [], []
    for i in range(repeat or (2 if quick else 5)):
        say(f"render: processes, repetition {i + 1}")
        rates = {}
        for children in 1, 2:
            server = PlacedRender(directory, "--fractal", children, "--fractal-threads", 1, "--image-workers", "none", cpu=None).start()
            try:
                rates[children] = flat_out(server, deep_tiles(1000 * children), 2 * children, seconds)
            finally:
                server.stop()
        ratios.append(rates[2] / rates[1])
        notes.append(f"1 child {rates[1]:.1f}, 2 children {rates[2]:.1f} tiles a second")
    return {"rows": [("two processes of one", median(ratios), ">=", 1.85)], "notes": notes}


def flat_out(server, names, clients, seconds):
    """Tiles a second of so many clients, each of which asks for another tile as soon as it has one."""
    done, ending = [], time.monotonic() + seconds

    def ask():
        while time.monotonic() < ending:
            if server.timed(next(names))[1] == 200:
                done.append(time.monotonic())
    names = Locked(names)
    threads = [threading.Thread(target=ask) for _ in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len([t for t in done if t <= ending]) / (ending - began)


class Locked:
    """An iterator for several threads."""

    def __init__(self, names):
        self.names, self.lock = names, threading.Lock()

    def __next__(self):
        with self.lock:
            return next(self.names)


def beside(directory, quick, repeat):
    """placed with 1,000 viewers (10,000 without --quick), one of which sends 20 messages of 64 edits a second. p99 = of the latency
    from the sending of a message until each viewer has read it, in windows that take turns: placed-render beside it
    with a child a processor that always has a fractal to render, which keeps all processors busy; and at rest. ratio = busy /
    rest, median."""
    viewers, seconds = (1000, 5) if quick else (10000, 10)
    cores = len(os.sched_getaffinity(0))
    running = Running(Placed(directory), viewers)
    render = None
    ratios, notes = [], []
    try:
        render = PlacedRender(directory, "--fractal", cores, "--fractal-threads", 1, "--image-workers", "none", cpu=None).start()
        running.connect(0, viewers)
        running.publish(20, 50)
        for i in range(repeat or (2 if quick else 5)):
            say(f"render: beside, repetition {i + 1}")
            p99 = {}
            for busy in False, True:
                load = threading.Thread(target=flat_out, args=(render, deep_tiles(100000 * (i + 1)), 2 * cores, seconds + 2))
                before = render.pool("fractal")["jobs"]
                if busy:
                    load.start()
                    time.sleep(1)
                p99[busy] = running.publish(20 * seconds, 50)["latency_ms"]["p99"]
                if busy:
                    load.join()
                    tiles = render.pool("fractal")["jobs"] - before
            ratios.append(p99[True] / p99[False])
            notes.append(f"p99 at rest {p99[False]:.1f} ms, busy {p99[True]:.1f} ms, {tiles} tiles")
    finally:
        running.stop()
        if render:
            render.stop()
    return {"rows": [("placed beside it: viewers' p99, of at rest", median(ratios), "<=", 1.1)], "notes": notes}
