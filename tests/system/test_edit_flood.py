# SPDX-License-Identifier: ISC
"""edit-flood: an honest server passes; each way to break the promise is found, and called by its name."""
import asyncio
import json
import re
import socket
import subprocess
import time

import pytest
from flood import PROGRAM, Liar, flood, rgba_png
from fold import Picture
from moderators import Moderator
from server import TOP
from world import eventually

LOAD = ("--readers", 12, "--writers", 3, "--rate", 60, "--batch", 2, "--duration", 2.5, "--alone")


def flip(edits):
    return edits[:-1] + bytes([edits[-1] ^ 0x10])


def once(at, change):
    """Lie about one frame to one connection that is no full reader: its at-th with edits."""
    victims = []

    def frame(connection, version, edits):
        if connection.resumes or connection.frames < at or victims:
            return None
        victims.append(connection.number)
        return change(version, edits)

    return frame


async def lied_to(world, frame, *arguments):
    async with Liar(await world.server(), frame) as liar:
        report = await flood(f"ws://{liar.address}/ws", *LOAD, *arguments)
    assert liar.told, report
    return report


async def test_an_honest_server_passes(world):
    server = await world.server()
    report = await flood(server.url("/ws", "ws"), *LOAD)
    assert report.status == 0, report
    assert not report.faults
    counters = report.counters
    assert counters["edits_sent"] == counters["edits_acknowledged"] == counters["edits_seen"] > 20
    assert counters["connects"] == 16 and counters["pictures"] == 2
    assert report.data["eyes_us"]["count"] == 13 * counters["edits_sent"]
    assert report.data["ack_us"]["count"] == counters["edits_sent"]
    assert "missing 0, repeated 0, wrong 0, other faults 0" in report.text


async def test_an_honest_proxy_passes(world):
    async with Liar(await world.server()) as liar:
        report = await flood(f"http://{liar.address}", *LOAD)
    assert report.status == 0, report


LIES = {
    "skips a frame": (once(4, lambda version, edits: []), "missing"),
    "skips an edit": (once(4, lambda version, edits: [(version, edits[3:])]), "missing"),
    "skips the last edit of a frame": (once(4, lambda version, edits: [(version, edits[:-3])]), "missing"),
    "repeats a frame": (once(4, lambda version, edits: 2 * [(version, edits)]), "repeated"),
    "repeats an old version": (once(4, lambda version, edits: [(version, edits), (1, edits)]), "backwards"),
    "flips a colour": (once(4, lambda version, edits: [(version, flip(edits))]), "wrong"),
    "adds an edit": (once(4, lambda version, edits: [(version, edits + b"\1\2\3")]), "wrong"),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_server_is_found_out_that(world, lie):
    frame, name = LIES[lie]
    report = await lied_to(world, frame)
    assert report.status == 1, report
    assert name in report.faults, report
    assert f"  {name}: " in report.text


async def test_a_reader_that_never_gets_its_last_frames_is_missing_edits(world):
    report = await lied_to(world, lambda connection, version, edits:
                           [] if connection.number == 9 and connection.frames > 3 else None)
    assert report.status == 1 and "missing" in report.faults, report


async def test_a_server_that_flips_a_colour_for_all_is_found_out_by_its_picture(world):
    def frame(_connection, version, edits):
        return [(version, flip(edits))] if version == 3 else None

    report = await lied_to(world, frame)
    assert report.status == 1 and "bad_pictures" in report.faults, report


async def test_a_server_that_skips_a_frame_for_all_is_found_out_by_its_picture(world):
    report = await lied_to(world, lambda connection, version, edits: [] if version == 3 else None)
    assert report.status == 1 and "bad_pictures" in report.faults and "unseen" in report.faults, report


@pytest.mark.parametrize("by", [-1, 1])
async def test_a_server_that_numbers_frames_wrongly_is_found_out(world, by):
    def frame(connection, version, edits):
        return None if connection.resumes or connection.number != 8 else [(version + by, edits)]

    report = await lied_to(world, frame)
    # A reader that begins at a version that is none has the wrong edits behind it.
    assert report.status == 1 and {"misnumbered", "wrong"} & set(report.faults), report


class Swallow(Liar):
    """Takes one message of edits for itself, and says that it is in the log if it is to forge that."""

    def __init__(self, server, at, forge):
        super().__init__(server)
        self.at, self.forge = at, forge
        self.placed = [(0, 0)]  # (id, version) of what the writer was told

    def text(self, connection, said, message):
        if connection.number == 2 and said["type"] == "placed":
            self.placed.append((said["id"], said["version"]))
        return [message]

    def from_client(self, connection, message, client):
        connection.sent += 1
        if connection.number != 2 or connection.sent != self.at:
            return [message]
        self.told += 1
        edit_id = int.from_bytes(message[:4], "little")

        async def forge():
            # `placed` speaks for all before it too: they must be in the log, or it were several lies.
            await eventually(lambda: self.placed[-1][0] >= edit_id - 1, "everything before it placed")
            await client.send(json.dumps({"type": "placed", "id": edit_id, "version": self.placed[-1][1]}))

        return [forge] if self.forge else []


async def test_a_server_that_acknowledges_what_it_never_commits_is_found_out(world):
    async with Swallow(await world.server(), 4, True) as liar:
        report = await flood(f"ws://{liar.address}/ws", *LOAD)
    assert liar.told
    assert report.status == 1 and report.faults["unseen"] == 2, report
    assert "acknowledged" in report.text and "not in the stream" in report.text


async def test_a_server_that_loses_an_edit_is_found_out_by_the_next_acknowledgement(world):
    async with Swallow(await world.server(), 4, False) as liar:
        report = await flood(f"ws://{liar.address}/ws", *LOAD)
    assert report.status == 1 and report.faults["unseen"] == 2, report


async def test_a_lost_acknowledgement_is_found(world):
    class Mute(Liar):
        def text(self, connection, said, message):
            if said["type"] == "placed" and connection.number == 2:
                self.told += 1
                return []
            return [message]

    async with Mute(await world.server()) as liar:
        report = await flood(f"ws://{liar.address}/ws", *LOAD)
    assert liar.told
    assert report.status == 1 and "unanswered" in report.faults, report


async def test_a_server_that_acknowledges_before_it_commits_is_found_out(world):
    """It does commit, a moment later: only the order gives it away."""
    class Eager(Liar):
        version = 0

        def from_server(self, connection, message):
            if isinstance(message, bytes):
                self.version = max(self.version, int.from_bytes(message[:8], "little"))
            return super().from_server(connection, message)

        def text(self, connection, said, message):
            return [] if said["type"] == "placed" and connection.number == 2 else [message]

        def from_client(self, connection, message, client):
            said = {"type": "placed", "id": int.from_bytes(message[:4], "little"), "version": self.version + 1}
            if connection.number != 2:
                return [message]
            self.told += 1
            return [lambda: client.send(json.dumps(said)), message]

    async with Eager(await world.server()) as liar:
        report = await flood(f"ws://{liar.address}/ws", *LOAD)
    assert liar.told
    assert report.status == 1 and {"early", "unseen"} & set(report.faults), report


async def test_an_edit_that_is_refused_and_yet_in_the_log_is_found(world):
    class Refuse(Liar):
        def text(self, connection, said, message):
            if said["type"] != "placed" or connection.number != 2 or self.told:
                return [message]
            self.told += 1
            return [json.dumps({"type": "refused", "id": said["id"], "reason": "busy", "retry_ms": 0}), message]

    async with Refuse(await world.server()) as liar:
        report = await flood(f"ws://{liar.address}/ws", *LOAD)
    assert liar.told
    assert report.status == 1, report
    assert report.data["refused"] == {"busy": 2}
    assert report.faults["unasked"] == 2, report


async def test_refusals_are_counted_by_reason(world):
    class Refuse(Liar):
        def from_client(self, connection, message, client):
            connection.sent += 1
            if connection.sent % 2:
                return [message]
            self.told += 1
            said = {"type": "refused", "id": int.from_bytes(message[:4], "little"), "reason": "energy", "retry_ms": 10}
            return [lambda: client.send(json.dumps(said))]

    async with Refuse(await world.server()) as liar:
        report = await flood(f"ws://{liar.address}/ws", *LOAD)
    assert report.status == 0, report
    assert report.data["refused"] == {"energy": 2 * liar.told}
    assert report.counters["edits_sent"] == report.counters["edits_acknowledged"] + 2 * liar.told


async def test_readers_that_come_and_go_miss_nothing(world):
    server = await world.server()
    for duration in 4, 20, 60:  # a slow machine needs longer until enough of them have come and gone
        report = await flood(server.url("/ws", "ws"), "--readers", 200, "--reconnecting", "50%", "--reconnect-every", 0.5,
                             "--writers", 5, "--rate", 2000, "--duration", duration, "--alone")
        assert report.status == 0, report
        if report.counters["resumes"] + report.counters["resets"] > 150:
            break
    assert report.counters["resumes"] + report.counters["resets"] > 150
    assert report.counters["unchecked"] == 0


@pytest.mark.long
@pytest.mark.heavy
async def test_stalled_readers_are_closed_and_come_back(world):
    server = await world.server()
    for stall in 24, 40, 40:  # first their sockets fill up, which takes a slow machine longer
        report = await flood(server.url("/ws", "ws"), "--readers", 6, "--stalled", 50, "--stall", stall, "--slow", 20,
                             "--writers", 5, "--rate", 600000, "--batch", 250, "--duration", stall + 4, "--alone")
        assert report.status == 0, report
        if report.counters["closed_behind"] + report.counters["lost"] >= 3:
            break
    assert report.counters["closed_behind"] + report.counters["lost"] >= 3, report
    assert report.counters["resumes"] + report.counters["resets"] >= 3


async def test_several_processes_and_servers_make_one_report(kafka_world):
    one, two = await kafka_world.server(), await kafka_world.server()
    report = await flood(one.url("/ws", "ws"), two.url("/ws", "ws"), "--processes", 2, "--readers", 40, "--writers", 4,
                         "--rate", 200, "--duration", 3, "--alone")
    assert report.status == 0, report
    assert report.counters["connects"] == 48  # and a full reader of each server in each process
    assert report.data["eyes_us"]["count"] == 44 * report.counters["edits_sent"]


async def test_a_server_that_is_killed_and_comes_back_loses_nothing(world):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = await world.server(args=["--listen", f"127.0.0.1:{port}"])
    over = asyncio.Event()
    running = asyncio.create_task(flood(f"127.0.0.1:{port}", "--readers", 20, "--writers", 4, "--rate", 300,
                                        "--duration", 600, "--alone", until=over))

    def painting():
        return server.metric("placed_sessions") == 25 and server.metric("placed_edits_taken_total") > 0

    await eventually(painting, "all are there")
    await asyncio.sleep(1)
    server.kill()
    await asyncio.sleep(0.3)
    await world.start(server)
    await eventually(painting, "all are there again")
    over.set()
    report = await running
    assert report.status == 0, report
    assert report.counters["lost"] == 25
    assert report.counters["open"] == 25
    assert report.counters["edits_acknowledged"] + report.counters["edits_unknown"] == report.counters["edits_sent"]


async def test_ctrl_c_ends_it_with_a_report(world):
    server = await world.server()
    report = await flood(server.url("/ws", "ws"), *LOAD, "--duration", 60, interrupt_after=1.5)
    assert report.status == 0, report
    assert report.counters["edits_acknowledged"] == report.counters["edits_sent"] > 0


async def test_an_image_is_painted(world, tmp_path):
    rows = [[(255, 0, 0, 255)] * 40 for _ in range(30)]
    rows[0][0] = 0, 0, 250, 255
    rows[29][9] = 1, 2, 3, 0
    (tmp_path / "a.png").write_bytes(rgba_png(40, rows))
    server = await world.server()
    report = await flood(server.url("/ws", "ws"), "--pattern", "image", tmp_path / "a.png", "--at", "990,100",
                         "--rate", 1000, "--batch", 10, "--duration", 1.5)
    assert report.status == 0, report
    pixels = Picture((await asyncio.to_thread(server.get, "/canvas.png")).body).pixels
    assert pixels[100 * 1000 + 990] == 13
    assert pixels[129 * 1000 + 998] == 5
    assert sum(map(bool, pixels)) == 299


async def test_a_trace_is_replayed(world, tmp_path):
    (tmp_path / "2022.csv").write_text(
        "timestamp,user_id,pixel_color,coordinate\n"
        "2022-04-04 00:00:01.5 UTC,b,#FF4500,\"5,6\"\n"
        "2022-04-04 00:00:00 UTC,a,#000000,\"5,6\"\n"
        "2022-04-04 00:00:03 UTC,a,#FFFFFF,\"1,2,3,4\"\n"
        "2022-04-04 00:00:02.25 UTC,c,#2450A4,\"1999,6\"\n")
    server = await world.server()
    report = await flood(server.url("/ws", "ws"), "--pattern", f"trace:{tmp_path}/2022.csv", "--speed", 2, "--alone",
                         "--writers", 2)
    assert report.status == 0, report
    assert "4 rows, 2 edits" in report.text and "1 outside" in report.text and "1 areas" in report.text
    assert report.counters["edits_sent"] == 2
    pixels = Picture((await asyncio.to_thread(server.get, "/canvas.png")).body).pixels
    assert pixels[6 * 1000 + 5] == 5


async def test_tls_is_spoken(world, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-days", "1", "-subj",
                    "/CN=localhost"], check=True, capture_output=True)
    server = world.make_server(args=["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem")])
    await asyncio.to_thread(server.start)
    await eventually(lambda: asyncio.to_thread(lambda: server.admin("/readyz").status == 200), "ready")
    report = await flood(server.url("/ws", "ws"), *LOAD, "--insecure")
    assert report.status == 0, report
    report = await flood(server.url("/ws", "ws"), *LOAD)
    assert report.status == 3, report


async def test_only_this_machine_is_flooded_unless_told_so():
    report = await flood("ws://192.0.2.1:9/ws")
    assert report.status == 2 and "--i-own-this-server" in report.text


@pytest.mark.parametrize("arguments", [[], ["--readers", "x", "127.0.0.1:1"], ["--nonsense", "1", "127.0.0.1:1"],
                                       ["ftp://127.0.0.1"], ["--pattern", "image", "/nowhere.png", "127.0.0.1:1"],
                                       ["--batch", "257", "127.0.0.1:1"], ["--processes", "0", "127.0.0.1:1"],
                                       ["--canvas", "0,-0", "127.0.0.1:1"], ["--canvas", "1024,0", "127.0.0.1:1"],
                                       ["--canvas", "all", "--canvas", "1,0", "127.0.0.1:1"],
                                       ["--region", "990,0,20,5", "--pattern", "raid", "127.0.0.1:1"],
                                       ["--region", "0,0,20,5", "127.0.0.1:1"], ["--colour", "3", "127.0.0.1:1"],
                                       ["--forwarded", "2001:db8::/64", "127.0.0.1:1"], ["--from", "x", "127.0.0.1:1"],
                                       ["--identities", "20", "--writers", "10", "127.0.0.1:1"]])
async def test_bad_usage_is_told(arguments):
    report = await flood(*arguments)
    assert report.status == 2 and report.text.startswith("edit-flood: "), report


async def test_writers_are_people_with_identities_and_addresses_of_their_own(world):
    server = await world.server(args=["--trust-proxy", "127.0.0.1", "--identity", "cookie", "--identity-rate", "4"])
    staff = Moderator(server)
    people = ("--readers", 1, "--writers", 8, "--rate", 100, "--duration", 2, "--pattern", "raid", "--region",
              "200,300,50,40", "--colour", 12)
    report = await flood(*people, "--identities", 8, "--forwarded", "10.7.0.0/29", server.url("/ws", "ws"))
    assert report.status == 0 and report.counters["edits_acknowledged"] > 20, report

    async def all_there():
        top = await staff.get("top")
        return top if len(top["authors"]) == 8 else None
    top = await eventually(all_there, "eight authors show")
    assert len(top["networks"]) == 6  # of the eight addresses, the first and the last are none
    picture = Picture(await world.picture(server, (await world.info(server))["version"]))
    painted = {(i % 1000, i // 1000) for i, colour in enumerate(picture.pixels) if colour}
    assert len(painted) > 20 and all(200 <= x < 250 and 300 <= y < 340 for x, y in painted)
    assert {picture.pixels[1000 * y + x] for x, y in painted} == {12}

    report = await flood(*people, "--identities", 5, "--forwarded", "10.8.0.1/32", server.url("/ws", "ws"))
    assert report.status == 3 and "identity 5 of 5: the server answered 429" in report.text, report
    report = await flood(*people, "--identities", 3, "--from", "127.3.0.0/30", server.url("/ws", "ws"))
    assert report.status == 0 and not report.data["refused"], report
    report = await flood(*people, server.url("/ws", "ws"))  # who shows nothing is nobody here
    assert report.data["refused"].keys() == {"identity"} and report.counters["edits_acknowledged"] == 0, report


async def test_who_is_told_to_wait_waits_unless_it_is_impatient(world):
    """Ten pixels at once, then one a second."""
    server = await world.server(args=["--energy", "10000/1000/1000", "--network-factor", "0", "--message-rate", "0"])
    people = ("--readers", 0, "--writers", 2, "--identities", 2, "--rate", 100, "--window", 1, "--duration", 5)
    for _ in range(4):
        began = time.monotonic()
        calm = await flood(*people, server.url("/ws", "ws"))
        if calm.data["refused"]:  # else a second passed with each edit, and more
            break
    most = 2 * (15 + time.monotonic() - began)
    assert calm.status == 0 and calm.data["refused"].keys() == {"energy"}, calm
    assert 10 <= calm.counters["edits_acknowledged"] <= most
    assert calm.counters["edits_refused"] < most  # once, each time that it has waited
    began = time.monotonic()
    impatient = await flood(*people, "--impatient", server.url("/ws", "ws"))
    most = 2 * (15 + time.monotonic() - began)
    assert impatient.status == 0 and 10 <= impatient.counters["edits_acknowledged"] <= most, impatient
    assert impatient.data["refused"]["energy"] > calm.counters["edits_refused"]


def test_help_and_manual_name_the_same_options():
    said = subprocess.run([PROGRAM, "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout
    manual = (TOP / "docs/edit-flood.1.scd").read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z][a-z-]+", said))
    assert len(options) > 20 and "--canvas" in options
    headings = set(re.findall(r"\*(--[a-z-]+)\*", "\n".join(re.findall(r"^\*--.*$", manual, re.M))))
    assert options == headings


async def test_nobody_there_is_told():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        report = await flood("127.0.0.1:%d" % probe.getsockname()[1])
    assert report.status == 3 and "could not connect" in report.text, report
