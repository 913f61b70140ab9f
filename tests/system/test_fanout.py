# SPDX-License-Identifier: ISC
"""What viewers are sent is the log, byte by byte: with stalled readers, tiny buffers, pings and closes in
mid-frame, churn, and several loops. stream.py parses, proof.py compares.
"""
import collections
import os
import signal
import socket
import struct
import time

import pytest
import raw
from patience import patient
from proof import Proof, canvas_of
from raw import BINARY, CLOSE, PING, PONG, TEXT
from scene import FEW, SANITIZED, TINY, fixture_make_scene, fixture_scene  # pylint: disable=unused-import
from stream import Painter, at_once, behind, masked, never, slowly

STALL_SECONDS = 15  # that a client may take nothing


def was_behind(viewer, other):
    """Has a frame of its own: its socket was full, so frames were sent in parts and put together."""
    return {end for _, end in viewer.marks} != {end for _, end in other.marks}


def longest(viewer):
    """Bytes of edits in its longest frame."""
    ends = [0, *(end for _, end in viewer.marks)]
    return max(end - begin for begin, end in zip(ends, ends[1:]))


# ---- slow readers

def test_slow_readers_with_tiny_buffers_get_every_byte_and_their_pongs_between_frames(scene, rng):
    good = scene.viewers(3, "good")
    slow = scene.viewers(8, "slow", receive_buffer=TINY, pace=behind(rng, 3000, good[0]))
    painters = [scene.painter() for _ in range(6)]
    pinged_within = collections.Counter()
    number = 0

    def noise():
        nonlocal number
        viewer = rng.choice(slow)
        if len(viewer.out) < 1000:
            number += 1
            payload = (b"%d:" % number + rng.randbytes(125))[:rng.randint(8, 125)]
            viewer.send(PONG, payload)  # nobody asked
            viewer.ping(payload)
            pinged_within[viewer] += len(viewer.frames.rest) > 0
            if rng.random() < 0.2:
                viewer.send(TEXT, b'{"type":"energy"}')
        return all(painter.done for painter in painters)

    # As much as it takes to fill what the kernel holds for them.
    for _ in range(12):
        for painter in painters:
            painter.todo = 100
        scene.crowd.until(noise, "painted")
        frames = len(good[0].marks)
        share = scene.server.metric("placed_deliveries_total") / frames - len(good + painters)
        if share < 0.6 * len(slow):
            break
    end = scene.server.metric("placed_version")
    for viewer in slow:
        viewer.pace = slowly(rng, 3000, 0.0004)
    scene.crowd.until(lambda: noise() and all(viewer.version >= end for viewer in slow), "read")
    scene.prove(slow + good + painters)
    assert sum(was_behind(viewer, good[0]) for viewer in slow) > len(slow) / 2, "never busy: this proves nothing"
    for viewer in slow:
        assert pinged_within[viewer] > 5 and viewer.pongs > 5 and viewer.said["energy"], (viewer.pongs, viewer.said)
    # libwebsockets leaves pings unanswered that come while a pong waits; one that comes alone is answered.
    due = 0

    def all_answered():
        nonlocal due
        if time.monotonic() > due:
            due = time.monotonic() + 0.3
            for viewer in slow:
                viewer.ping(b"the last one at %d" % (due * 1000))
        return not any(viewer.asked for viewer in slow)

    scene.crowd.until(all_answered, "the last ping of each was answered", 20)


def test_readers_that_pause_get_what_they_missed_in_larger_frames(scene):
    pausing = scene.viewers(5, "pausing", receive_buffer=TINY, pace=never)
    good = scene.viewers(2, "good")
    painter = scene.painter(window=4)
    for _ in range(3):
        scene.paint(400, [painter])
        for viewer in pausing:
            viewer.pace = at_once
        scene.settle(pausing)
        for viewer in pausing:
            viewer.pace = never
    scene.prove(pausing + good + [painter])
    for viewer in pausing:
        assert longest(viewer) > 4 * longest(good[0]), (longest(viewer), longest(good[0]))


# ---- readers that do not read

@pytest.mark.long
def test_stalled_readers_are_closed_cost_little_and_come_back_and_the_others_see_everything(scene):
    count = int(FEW * int(os.environ.get("PLACED_STALLED", "500")))
    stalled = scene.viewers(count, "stalled", receive_buffer=TINY, pace=never)
    good = scene.viewers(int(50 * FEW), "good")
    painters = [scene.painter(window=32) for _ in range(8)]
    scene.wait(lambda: all(viewer.hello for viewer in good), "begun")
    before, _ = scene.server.memory()
    most, started = 0, time.monotonic()
    while len(good[0].edits) < 3 * 400_000:  # less than what the ring holds
        scene.paint(60, painters)
        most = max(most, scene.server.memory()[0])
    closed = scene.server.metric("placed_fell_behind_total")
    assert closed == 0 or time.monotonic() - started > STALL_SECONDS - 1, closed
    while scene.server.metric("placed_fell_behind_total") < count:
        assert time.monotonic() - started < patient(2 * STALL_SECONDS + 20), scene.server.metric("placed_fell_behind_total")
        scene.paint(1, painters[:1])
        most = max(most, scene.server.memory()[0])
    scene.wait(lambda: scene.server.metric("placed_sessions") == len(good + painters), "no session is left")
    assert scene.server.metric("placed_fell_behind_total") == count, "each was counted once"
    if not SANITIZED:  # whose freed memory stays resident for a while
        assert most - before < count * 80_000 + 20_000_000, (most - before) // count
    for viewer in stalled:
        viewer.pace = at_once
    scene.wait(lambda: all(viewer.ended for viewer in stalled), "all were cut")
    assert {viewer.code for viewer in stalled} <= {4001, None}
    proof = scene.prove(good + painters)
    for viewer in stalled:
        proof.stream(viewer, whole=False)

    # They come back with their versions, from which the way is longer than the picture.
    back = [scene.viewer(since=viewer.version, name=f"back {viewer.name}") for viewer in stalled[:40]]
    scene.wait(lambda: all(viewer.reset is not None for viewer in back), "all are sent to the picture")
    painters[0].todo = 50
    png = scene.server.get("/canvas.png").body
    scene.paint(50, painters)
    proof = scene.prove(good + painters + back)
    right = proof.canvas()
    for viewer in back[::10]:
        assert canvas_of(viewer, png) == right, viewer.name


def test_who_has_fallen_off_the_ring_is_told_so_when_it_reads_again(scene):
    fallen = scene.viewers(10, "fallen", receive_buffer=TINY, pace=never)
    good = scene.viewers(2, "good")
    painters = [scene.painter(window=32) for _ in range(8)]
    started = time.monotonic()
    while len(good[0].edits) < 3 * 2_300_000:  # the ring holds 2,097,152
        scene.paint(60, painters)
    for viewer in fallen:
        viewer.pace = at_once
    scene.wait(lambda: all(viewer.ended for viewer in fallen), "all were closed")
    if time.monotonic() - started < STALL_SECONDS:  # else they were cut before
        assert {(viewer.code, len(viewer.frames.rest)) for viewer in fallen} == {(4001, 0)}
    proof = scene.prove(good + painters)
    for viewer in fallen:
        proof.stream(viewer, whole=False)
        assert len(viewer.edits) < len(proof.bytes) / 2


# ---- closes in mid-frame

def close_and_read(viewer):
    viewer.send(CLOSE, struct.pack(">H", 1000) + b"enough")
    viewer.pace = at_once


def close_and_vanish(viewer):
    viewer.send(CLOSE, struct.pack(">H", 1001))
    viewer.step()
    viewer.vanish()


def half_close(viewer):
    viewer.sock.shutdown(socket.SHUT_WR)
    viewer.pace = at_once


def half_close_and_stall(viewer):
    viewer.sock.shutdown(socket.SHUT_WR)


def broken_frame(viewer):
    viewer.send(3, b"no such opcode")
    viewer.pace = at_once


def not_allowed(viewer):
    viewer.send(BINARY, b"\0\0\0\0\1\2\3")  # an id of 0
    viewer.pace = at_once


WAYS = {
    "a close frame": close_and_read,
    "a close frame and a reset": close_and_vanish,
    "a half-close": half_close,
    "a half-close, nothing read": half_close_and_stall,
    "a close of the socket": lambda viewer: viewer.leave(),
    "a reset": lambda viewer: viewer.vanish(),
    "a frame that breaks the protocol": broken_frame,
    "a message that is not allowed": not_allowed,
}


def test_whoever_closes_in_mid_frame_however_harms_nobody(scene, rng):
    leaving = {way: scene.viewers(6, way, receive_buffer=TINY, pace=slowly(rng, 500, 0.02)) for way in WAYS}
    everyone = [viewer for viewers in leaving.values() for viewer in viewers]
    good = scene.viewers(6, "good")
    painters = [scene.painter() for _ in range(4)]
    scene.paint(150, painters)
    scene.wait(lambda: all(viewer.frames.rest for viewer in everyone), "all are in mid-frame")
    for painter in painters:
        painter.todo += 100
    for viewers in zip(*leaving.values()):
        for way, viewer in zip(WAYS, viewers):
            WAYS[way](viewer)
        scene.crowd.step()
    readers = [viewer for viewer in everyone if viewer.pace is at_once]
    scene.wait(lambda: all(viewer.ended for viewer in readers), "all were let go")
    scene.wait(lambda: all(painter.done for painter in painters), "painted")
    proof = scene.prove(good + painters)
    for viewer in everyone:
        proof.stream(viewer, whole=False)
    for viewer in leaving["a message that is not allowed"]:
        assert (viewer.code, viewer.frames.rest) == (1008, b""), (viewer.name, viewer.code, viewer.ended)
    # What libwebsockets answers by itself it cuts off instead, when it holds a part of a frame.
    for way, code in {"a close frame": 1000, "a frame that breaks the protocol": 1002}.items():
        assert {viewer.code for viewer in leaving[way]} <= {code, None}, way
    scene.wait(lambda: scene.server.metric("placed_sessions") == len(good + painters), "who left has left")
    scene.empty()


# ---- churn

def strangers(scene, rng):
    """Clients that get so far and no further: each a socket."""
    head = (b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + b"A" * 24 + b"\r\n\r\n")
    halves = [b"", head[:rng.randrange(len(head))], head, head + masked(TEXT, b'{"type":', final=False),
              head + masked(BINARY, rng.randbytes(402))[:rng.randint(1, 410)], head + b"\x81\x05hello",
              head + masked(BINARY, b"ab", final=False) + masked(PING, b"x" * 100)[:rng.randint(1, 100)],
              head + masked(PING, b"x" * 100) * 5, head + masked(CLOSE) + rng.randbytes(20),
              head.replace(b"/ws", b"/ws?from=0"), b"GET /canvas.png HTTP/1.1\r\nHost: a\r\n\r\n"]
    sock = raw.connect(scene.server, receive_buffer=rng.choice([None, TINY]))
    sock.sendall(rng.choice(halves))
    return sock


def test_churn_disturbs_nobody_and_leaves_nothing_behind(make_scene, rng):
    scene = make_scene("--threads", "2")
    good = scene.viewers(6, "good")
    painters = [scene.painter(window=4) for _ in range(3)]
    for painter in painters:
        painter.todo = 1 << 30
    here = collections.deque()
    for number in range(int(700 * FEW)):
        if rng.random() < 0.6:
            here.append(strangers(scene, rng))
        else:  # one that paints, perhaps a last message and perhaps only a part of that
            brief = Painter(scene.server, scene.ledger, size=rng.randint(1, 256), name=f"brief {number}",
                            since=rng.choice([None, 0, 1]), wait=rng.random() < 0.5)
            scene.painters.append(brief)
            brief.todo = rng.randint(0, 3)
            brief.step()
            if brief.shaken and rng.random() < 0.5:
                brief.todo, before = 0, len(brief.out)
                brief.paint(rng.randint(1, 256))
                del brief.out[rng.randint(before + 1, len(brief.out)):]
                brief.step()
            here.append(brief.sock)
        if len(here) > 30:
            sock = here.popleft()
            if rng.random() < 0.5:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
        scene.crowd.step()
    for sock in here:
        sock.close()
    for painter in painters:
        painter.todo = 0
    scene.wait(lambda: all(painter.done for painter in painters), "painted")
    scene.wait(lambda: scene.server.metric("placed_sessions") == len(good + painters), "only the steady ones stay")
    scene.prove(good + painters)
    scene.empty()


# ---- several loops

def sockets_by_loop(server):
    """How many sockets each event loop of the process watches."""
    folder = f"/proc/{server.process.pid}"
    loops = []
    for fd in os.listdir(f"{folder}/fdinfo"):
        with open(f"{folder}/fdinfo/{fd}", encoding="ascii") as info:
            watched = [line.split()[1] for line in info if line.startswith("tfd:")]
        if watched:
            loops.append(sum(os.readlink(f"{folder}/fd/{one}").startswith("socket:") for one in watched))
    return loops


@pytest.mark.parametrize("threads", [2, 3])
def test_loops_share_the_clients_who_all_see_all_and_are_told_of_the_end(make_scene, threads):
    scene = make_scene("--threads", str(threads))
    good = scene.viewers(40, "good")
    painters = [scene.painter(size=30, window=8) for _ in range(20)]
    counts = sockets_by_loop(scene.server)
    assert len(counts) == threads and min(counts) >= 6, counts
    scene.paint(50, painters)
    scene.prove(good + painters)
    # SIGTERM under load: every loop settles what is in flight, says so, and says 1012.
    for painter in painters:
        painter.todo = 1 << 30
    scene.wait(lambda: all(len(painter.messages) > 60 for painter in painters), "under load")
    scene.server.process.send_signal(signal.SIGTERM)
    scene.wait(lambda: all(viewer.ended for viewer in good + painters), "all were let go", 20)
    assert scene.server.wait_exit() == 0
    assert {viewer.code for viewer in good + painters} == {1012}
    proof = Proof.of(scene.server)
    for viewer in good + painters:
        proof.stream(viewer, whole=False)
    proof.painted(scene.painters)


def test_kill_and_restart_with_several_loops(make_scene):
    scene = make_scene("--threads", "3", "--checkpoint-seconds", "1")
    good = scene.viewers(20, "good")
    painters = [scene.painter(size=30, window=8) for _ in range(10)]
    for _ in range(3):
        for painter in painters:
            painter.todo = 1 << 30
        so_far = [len(painter.messages) for painter in painters]
        scene.wait(lambda: all(len(painter.messages) > n + 80 for painter, n in zip(painters, so_far)), "under load")
        scene.server.kill()
        scene.wait(lambda: all(viewer.ended for viewer in good + painters), "all saw it end")
        proof = Proof.of(scene.server)
        for viewer in good + painters:
            proof.stream(viewer, whole=False)
        proof.painted(scene.painters)
        scene.crowd.viewers.clear()
        scene.start()
        good = [scene.viewer(name=viewer.name, since=viewer.version) for viewer in good]
        painters = [scene.painter(size=30, window=8, since=painter.version) for painter in painters]
        # Either the run from there, or the picture and what follows; both begin where the log is.
        scene.prove(good + painters)
