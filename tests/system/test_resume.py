# SPDX-License-Identifier: ISC
"""Coming back with a version: exactly the missing run, or the picture when that is cheaper."""
from proof import canvas_of
from scene import FEW, TINY, fixture_make_scene, fixture_scene  # pylint: disable=unused-import
from stream import FRAME_EDITS_MAX


def resumed(scene, since):
    """A new viewer from that version, when it has been sent everything."""
    viewer = scene.viewer(since=since, name=f"from {since}")
    # Whose hello names another version is told of a reset in the next message.
    scene.wait(lambda: viewer.reset is not None or viewer.start == since and viewer.version >= scene.end,
               f"resumed from {since}")
    return viewer


def test_who_comes_back_gets_exactly_the_missing_run_as_one_frame(scene, rng):
    painter = scene.painter(size=100, window=1)
    scene.paint(60, [painter])
    proof = scene.prove([painter])
    assert len(proof.records) > 20
    scene.end = proof.version
    for since in [0, scene.end - 1, *rng.sample(proof.versions[1:-2], 10)]:
        viewer = resumed(scene, since)
        assert viewer.start == since and not viewer.reset
        assert viewer.marks == [(scene.end, len(proof.bytes) - proof.position(since))]
        proof.stream(viewer)
    present = [resumed(scene, scene.end), scene.viewer(name="present")]
    scene.paint(1, [painter])
    scene.end += 1
    scene.prove(scene.crowd.viewers)
    assert all(viewer.marks == [(scene.end, 300)] for viewer in present)


def test_a_long_run_comes_as_a_few_full_frames(scene):
    painters = [scene.painter() for _ in range(5)]
    scene.paint(34, painters)
    scene.end = scene.prove(painters).version
    viewer = resumed(scene, 0)
    full = 3 * FRAME_EDITS_MAX
    assert [end for _, end in viewer.marks] == [full, 2 * full, 3 * 5 * 34 * 256]
    scene.prove([viewer])


def test_who_would_pay_more_for_the_replay_than_for_the_picture_is_reset(scene):
    """More than one frame, that is: so much is always allowed."""
    painters = [scene.painter(window=1) for _ in range(5)]
    painter = painters[0]
    scene.paint(100, painters)
    proof = scene.prove(painters)
    scene.end = proof.version
    png = scene.server.get("/canvas.png")
    assert int(png.headers["x-canvas-version"]) == scene.end
    dear = [version for version, before in zip(proof.versions, proof.ends)
            if len(proof.bytes) - before > max(3 * FRAME_EDITS_MAX, len(png.body))]
    cheap = [version for version in proof.versions if version not in dear]
    assert dear and cheap, len(png.body)
    viewers = []
    for since in [*dear[:2], *dear[-2:], *cheap[:2], *cheap[-2:]]:
        viewer = resumed(scene, since)
        assert (viewer.reset is not None) == (since in dear), (since, viewer.reset)
        assert viewer.start == (scene.end if since in dear else since)
        viewers.append(viewer)
    scene.paint(3, [painter])
    right = scene.prove(viewers + painters).canvas()
    assert canvas_of(viewers[0], png.body) == right


def test_coming_back_again_and_again_under_load(scene, rng):
    painters = [scene.painter(window=6) for _ in range(4)]
    scene.paint(20, painters)
    for painter in painters:
        painter.todo = 1 << 30
    back = []
    for _ in range(int(150 * FEW)):
        since = rng.choice([painters[0].version, max(painters[0].version - rng.randint(0, 9), 0)] +
                           [viewer.version for viewer in back[-3:] if viewer.hello])
        back.append(scene.viewer(since=since, name=f"from {since}",
                                 receive_buffer=rng.choice([None, TINY])))
        for _ in range(rng.randint(1, 8)):
            scene.crowd.step()
        leaver = rng.choice(back)
        if not leaver.ended and rng.random() < 0.8:
            leaver.vanish()
    stays = [viewer for viewer in back if not viewer.ended]
    for painter in painters:
        painter.todo = 0
    scene.wait(lambda: all(painter.done for painter in painters), "painted")
    proof = scene.prove(stays + painters)
    assert sum(not viewer.reset for viewer in back if viewer.hello) > len(back) / 3
    for viewer in back:
        if viewer.hello:
            proof.stream(viewer, whole=False)
