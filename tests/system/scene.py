# SPDX-License-Identifier: ISC
"""scene: one server and a crowd of byte-checking viewers (stream.py), for the tests of the fan-out and of TLS."""
import pathlib

import pytest
from checker import Ledger
from proof import Proof
from server import BINARY, Server
from stream import Crowd, Painter, Viewer

FAST = ["--batch-ms", "20", "--tick-ms", "20"]
TINY = 4096  # a receive buffer in which no large frame fits
SANITIZED = b"__asan_init" in BINARY.read_bytes() if BINARY.exists() else False
FEW = 0.4 if SANITIZED else 1  # how many clients, in proportion


class Scene:
    """Starts its server; close() ends it and says what it complained about."""

    def __init__(self, folder, args=(), tls=None):
        self.server = Server(pathlib.Path(folder) / "data", args=[*FAST, *args])
        self.crowd = Crowd()
        self.ledger = Ledger()
        self.painters = []  # whose messages may be in the log
        self.tls = tls  # the context that viewers connect with
        self.start()

    def start(self):
        self.server.start()
        self.wait(lambda: self.server.admin("/readyz").status == 200, "ready")

    def wait(self, true, what, seconds=60):
        """For what the crowd has no part in; it goes on nevertheless."""
        self.crowd.until(true, what, seconds)

    def viewer(self, **more):
        return self.crowd.add(Viewer(self.server, **{"tls": self.tls, **more}))

    def viewers(self, n, name, **more):
        return [self.viewer(name=f"{name} {i}", **more) for i in range(n)]

    def painter(self, **more):
        self.painters.append(self.crowd.add(Painter(self.server, self.ledger, **{
            "tls": self.tls, "name": f"painter {len(self.painters)}", **more})))
        return self.painters[-1]

    def paint(self, messages, painters, seconds=60):
        """Each of them that many, until all are answered."""
        for painter in painters:
            painter.todo += messages
        self.crowd.until(lambda: all(painter.done or painter.ended for painter in painters), "painted", seconds)

    def settle(self, viewers, seconds=60):
        """Until all of them are at the log's end, and it has not moved meanwhile: it."""
        proof, before = Proof.of(self.server), None
        while before is None or proof.version != before.version:
            before = proof
            self.crowd.until(lambda end=proof.version: all(v.ended or v.hello and v.version >= end for v in viewers),
                             "settled", seconds)
            ended = [f"{v.name}: {v.ended} {v.code}" for v in viewers if v.ended]
            assert not ended, ended
            proof = Proof.of(self.server)
        return proof

    def prove(self, viewers, seconds=60):
        """Every byte of these is right and nothing is missing; the log is what was painted."""
        proof = self.settle(viewers, seconds)
        for viewer in viewers:
            proof.stream(viewer)
        proof.painted(self.painters)
        return proof

    def empty(self, seconds=30):
        """Everybody leaves; the server has to notice. The one connection is that of the question."""
        for viewer in self.crowd.viewers:
            viewer.leave()
        self.wait(lambda: (self.server.metric("placed_sessions"), self.server.metric("placed_connections")) == (0, 1),
                  "nobody left behind", seconds)

    def close(self):
        self.crowd.close()
        self.server.close()
        return self.server.reports


@pytest.fixture(name="make_scene")
def fixture_make_scene(tmp_path):
    scenes = []

    def make(*args):
        scenes.append(Scene(tmp_path / f"scene{len(scenes)}", args))
        return scenes[-1]

    yield make
    reports = [report for scene in scenes for report in scene.close()]
    assert not reports, "\n".join(reports)


@pytest.fixture(name="scene")
def fixture_scene(make_scene):
    return make_scene()
