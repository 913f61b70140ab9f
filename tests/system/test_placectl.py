# SPDX-License-Identifier: ISC
"""placectl: each command does on a real server what it says, for people and as JSON; Ctrl-C ends what it has begun;
and a server that lies gets nowhere.
"""
import contextlib
import http.server
import json
import os
import pty
import re
import select
import signal
import subprocess
import threading
import time

import png_of
import pytest
from archive import run
from patience import patient
from server import BUILD, TOP, Server
from staff import ask, first_token, make_token
from test_http import wait_ready

AUTHOR = "8000000000000001"
PLACECTL = BUILD / "tools/placectl"


class Place:
    """A server, and placectl as its operator."""

    def __init__(self, server):
        self.server = server
        self.env = {"PLACECTL_SERVER": server.url(kind="admin"), "PLACECTL_TOKEN_FILE": str(server.data / "token")}

    def ctl(self, *arguments, status=0, **more):
        done = run("placectl", *arguments, env={**self.env, **more.pop("env", {})}, **more)
        assert done.status == status, (arguments, done)
        assert "\x1b" not in done.out + done.err
        return done

    def json(self, *arguments, **more):
        return self.ctl(*arguments, "--json", **more).json

    def edit(self, x, y, colour):
        answer = self.server.request("POST", f"/edit?x={x}&y={y}&c={colour}")
        assert answer.status == 200, answer.body
        return json.loads(answer.body)["version"]

    def colours(self, x, y, width, height):
        """What a rectangle of canvas 0,0 shows now, row by row. A picture may be a moment old."""
        canvases = json.loads(self.server.get("/info").body)["canvases"]
        (version,) = (canvas["version"] for canvas in canvases if (canvas["x"], canvas["y"]) == (0, 0))
        deadline = time.monotonic() + patient(30)
        while int((answer := self.server.get("/canvas.png")).headers["x-canvas-version"]) < version:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        pixels = png_of.pixels(answer.body)
        return [pixels[(y + j) * 1000 + x + i] for j in range(height) for i in range(width)]

    def becomes(self, rectangle, expected):
        """Wait until a rectangle shows this: what is in the log shows a moment later."""
        deadline = time.monotonic() + patient(30)
        while (shown := self.colours(*rectangle)) != expected:
            assert time.monotonic() < deadline, (rectangle, shown, expected)
            time.sleep(0.01)

    def read(self, version):
        """Wait until the history has read as far."""
        deadline = time.monotonic() + patient(30)
        while self.server.metric("placed_history_version") < version:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture(scope="module", name="place")
def fixture_place(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("placectl") / "data", args=["--batch-ms", "1"])
    server.start()
    wait_ready(server)
    yield Place(server)
    server.close()
    assert not server.reports, "\n".join(server.reports)


# ---- each command

def test_status_says_who_one_is(place):
    said = place.json("status")
    assert said["token"] == {"name": "first", "role": "operator"} and said["ready"] and said["writable"]
    assert re.search(r"^you are +first \(operator\)$", place.ctl("status").out, re.M)


def test_bans_come_and_go(place):
    assert place.json("ban", AUTHOR, "--for", "24h", "--why", "spam")["action"] > 0
    assert "is slowed down 4 times for ever" in place.ctl("slow", "net:0123456789abcdef").out
    assert place.ctl("ban", "192.0.2.7/24", "--for", "1h30m", "--quiet").out == ""
    rows = {row["name"]: row for row in place.json("bans")}
    assert rows[AUTHOR]["why"] == "spam" and abs(rows[AUTHOR]["until"] / 1000 - time.time() - 86400) < 120
    assert rows["net:0123456789abcdef"]["slow"] == 4 and "192.0.2.0/24" in rows
    table = place.ctl("bans").out
    assert re.search(rf"^{AUTHOR} .* first .* spam$", table, re.M)
    for who in rows:
        place.ctl("unban", who)
    assert place.json("bans") == [] and "nobody is banned" in place.ctl("bans").out
    assert "no such ban" in place.ctl("unban", AUTHOR, status=1).err
    assert "16 hexadecimal" in place.ctl("ban", "amber-fox-41", status=1).err


def test_regions_freeze_and_thaw(place):
    place.ctl("region", "add", "corner", "-10,0,20,5", "--factor", "0.5", "--colours", "white,3,dark-blue", "--until", "+2h",
              "--words", "half price")
    (region,) = place.json("regions")
    assert (region["x"], region["w"], region["factor"], region["colours"]) == (-10, 20, 0.5, [0, 3, 13])
    assert "half price" in place.ctl("regions").out and "white, black, dark blue" in place.ctl("regions").out
    place.ctl("freeze", "corner")
    assert place.json("status")["frozen"] is False
    place.ctl("thaw", "corner")
    place.ctl("freeze", "--why", "a moment, please")
    assert place.json("status")["frozen"] is True
    answer = place.server.request("POST", "/edit?x=900&y=900&c=1")
    assert answer.status == 403 and json.loads(answer.body)["error"] == "frozen"
    place.ctl("thaw")
    place.ctl("region", "rm", "corner")
    assert place.json("regions") == []
    place.ctl("thaw", status=1)
    place.ctl("region", "rm", "corner", status=1)
    place.edit(900, 900, 1)


def test_canvases_open_and_close(place):
    assert place.server.request("POST", "/edit?x=5500&y=0&c=1").status != 200
    place.ctl("canvas", "open", "5,0")
    place.ctl("canvas", "open", "6,0", "--at", "2099-01-01T00:00:00Z")
    rows = {(row["x"], row["y"]): row for row in place.json("canvases")}
    assert rows[5, 0]["open"] and not rows[6, 0]["open"] and rows[0, 0]["open"]
    place.edit(5500, 0, 1)
    place.ctl("canvas", "close", "5,0")
    assert place.server.request("POST", "/edit?x=5500&y=0&c=1").status != 200
    assert re.search(r"^5,0 +no ", place.ctl("canvases").out, re.M)
    assert "-1024 to 1023" in place.ctl("canvas", "open", "1024,0", status=2).err


def test_a_palette_by_its_name_or_by_colours(place):
    place.ctl("palette", "black-white")
    assert json.loads(place.server.get("/info").body)["colours"] == [0, 3]
    assert place.server.request("POST", "/edit?x=1&y=999&c=5").status == 403
    place.ctl("palette", "red,blue")
    assert json.loads(place.server.get("/info").body)["colours"] == [5, 12]
    place.ctl("palette", "rainbow", status=2)
    place.ctl("palette", "all")
    place.edit(1, 999, 5)


def test_fill_paste_and_copy_are_actions_that_can_be_undone(place, tmp_path):
    before = place.colours(100, 100, 30, 10)
    done = place.json("fill", "100,100,10,10", "dark blue")
    assert done["painted"] == done["pixels"] == 100
    place.becomes((100, 100, 10, 10), [13] * 100)
    picture = tmp_path / "picture.png"
    picture.write_bytes(png_of.rgba(3, 2, [(0xe5, 0, 9, 255), (0xe0, 5, 5, 255), (0, 0, 0, 0)] * 2))
    done = place.ctl("paste", "101,101", picture)
    assert "1 pixels have colours" not in done.err and "2 pixels have colours" in done.err and "4 pixels are painted" in done.out
    place.becomes((100, 101, 5, 1), [13, 5, 5, 13, 13])
    copied = place.json("copy", "100,100,10,10", "120,100")
    place.becomes((120, 100, 10, 10), place.colours(100, 100, 10, 10))
    assert "100 pixels would be painted" in place.ctl("copy", "100,100,10,10", "120,100", "--dry-run").out
    place.read(json.loads(place.server.get("/info").body)["version"])
    who = place.json("who", "120,100")
    assert who["changes"][0]["action"] == copied["action"]
    place.ctl("undo", copied["action"], "--why", "only a try")
    place.becomes((120, 100, 10, 10), before[20:30] * 10)
    (row,) = [row for row in place.json("audit", "--count", "20") if row["action"] == copied["action"]]
    assert row["t"] == "action" and row["kind"] == "copy" and row["by"] == "first"
    place.ctl("fill", "0,0,10,10", "mauve", status=2)
    place.ctl("fill", "1023999,0,2,1", "red", status=2)
    place.ctl("paste", "0,0", tmp_path / "nothing.png", status=1)
    assert "--yes is needed" in place.ctl("fill", "0,0,101,100", "red", status=1).err


def test_who_lookup_rollback_and_undo(place, tmp_path):
    for x in range(200, 208):
        version = place.edit(x, 7, 5)
    version = place.edit(203, 7, 9)  # somebody's repair on top
    place.read(version)
    who = place.json("who", "203,7")
    assert [change["colour"] for change in who["changes"]][:2] == [9, 5]
    assert re.search(r"^203,7 is light green, ", place.ctl("who", "203,7", "--all").out)
    found = place.json("lookup", "r:200,7,8,1", "t:1h", "c:5")
    assert found["edits"] == 8 and found["pixels"] == 7
    plan, preview = tmp_path / "plan.json", tmp_path / "preview.png"
    before = place.colours(200, 7, 8, 1)
    said = place.ctl("rollback", "r:200,7,8,1", "t:1h", "c:5", "--plan", plan, "--preview", preview).out
    assert "8 edits match; 7 pixels would change" in said and f"--apply {plan}" in said
    assert place.colours(200, 7, 8, 1) == before, "a plan changes nothing"
    assert preview.read_bytes().startswith(b"\x89PNG") and oct(plan.stat().st_mode & 0o777) == "0o600"
    done = place.json("rollback", "--apply", plan, "--why", "raid")
    assert done["state"] == "done" and done["action"] > 0
    place.becomes((200, 7, 8, 1), [0, 0, 0, 9, 0, 0, 0, 0])
    assert "takes it back" not in place.ctl("undo", done["action"]).err
    place.becomes((200, 7, 8, 1), before)
    damaged = json.loads(plan.read_text())
    damaged["result"]["digest"] = "0" * 64
    plan.write_text(json.dumps(damaged))
    place.ctl("rollback", "--apply", plan, status=3)
    for text in ("", "{}", "[]", "x" * 2000000, '{"placed-plan":1,"result":{"predicate":"t:1h"}}'):
        plan.write_text(text)
        place.ctl("rollback", "--apply", plan, status=1)
    place.ctl("rollback", "--apply", tmp_path / "none", status=1)
    place.ctl("rollback", "--apply", plan, "t:1h", status=2)
    place.ctl("rollback", "t:1h", "--rate", "5", status=2)
    assert "expected a time" in place.ctl("lookup", f"u:{AUTHOR}", status=2).err
    assert "cancel" in place.ctl("cancel", status=3).err


def test_a_ban_with_a_rollback_does_both(place):
    version = place.edit(300, 7, 5)
    place.read(version)
    author = place.json("who", "300,7")["changes"][0]["author"]
    out = place.ctl("ban", author, "--for", "1h", "--rollback", "1h", "--yes").out
    assert "is banned for 1 hour" in out and "are repaired by action" in out
    place.becomes((300, 7, 1, 1), [0])
    said = place.json("ban", author, "--for", "1h", "--rollback", "1h", "--yes", "--why", "again")
    assert said["action"] > 0 and said["rollback"]["state"] == "done" and said["rollback"]["result"]["repaired"] == 0
    answer = place.server.request("POST", "/edit?x=300&y=7&c=5")
    assert answer.status == 403 and json.loads(answer.body)["error"] == "banned"
    place.ctl("unban", author)
    place.edit(300, 7, 5)


def test_what_is_known_of_an_author(place):
    version = place.edit(310, 7, 5)
    place.read(version)
    author = place.json("who", "310,7")["changes"][0]["author"]
    said = place.json("identity", author)
    assert said["author"] == author and said["name"] in place.ctl("identity", author).out
    assert place.json("energy", author) == {"policy": "free"} and "policy free" in place.ctl("energy", author).out
    place.ctl("energy", author, "--full")
    assert "--yes is needed" in place.ctl("forget", author, status=1).err
    place.ctl("forget", author, "--yes")
    place.ctl("identity", "amber-fox-41", status=2)
    kinds = [row["t"] for row in place.json("audit", "--count", "6")]
    assert kinds[:2] == ["forget", "energy"] and "lookup" in kinds


def test_tokens_are_told_once_and_do_what_their_role_may(place, tmp_path):
    token = place.ctl("token", "add", "joe", "--role", "viewer").out.strip()
    secret = tmp_path / "token"
    secret.write_text(token + "\n")
    done = place.ctl("status", "--token-file", secret)
    assert "joe (viewer)" in done.out and "others may read it" in done.err
    secret.chmod(0o600)
    assert place.ctl("status", "--token-file", secret).err == ""
    assert place.json("status", env={"PLACECTL_TOKEN": token})["token"]["name"] == "joe"
    assert "expected moderator" in place.ctl("ban", AUTHOR, "--token-file", secret, status=3).err
    assert {(row["name"], row["grants"]) for row in place.json("tokens")} == {("first", "operator"), ("joe", "viewer")}
    assert token not in place.ctl("tokens", "--json").out
    place.ctl("token", "rm", "joe")
    place.ctl("status", "--token-file", secret, status=3)
    place.ctl("token", "rm", "first", status=3)
    place.ctl("token", "add", "jim", status=2)
    secret.write_text("two\nlines\n")
    place.ctl("status", "--token-file", secret, status=2)
    place.ctl("status", "--token-file", tmp_path / "none", status=2)
    done = run("placectl", "status", env={**place.env, "PLACECTL_TOKEN_FILE": "", "PLACECTL_TOKEN": ""})
    assert done.status == 2 and "no token" in done.err


def test_rules_suspects_reports_and_top(place):
    assert {rule["mode"] for rule in place.json("rules")} == {"off"}
    assert "simulate comes before on" in place.ctl("rule", "on", "shape", status=3).err
    place.ctl("rule", "simulate", "shape", "--threshold", "20")
    place.ctl("rule", "on", "shape")
    (rule,) = (rule for rule in place.json("rules") if rule["name"] == "shape")
    assert rule["mode"] == "on" and rule["threshold"] == 20
    place.ctl("rule", "off", "shape")
    assert place.json("suspects") == [] and "nobody is suspected" in place.ctl("suspects").out
    place.edit(399, 7, 5)
    found = place.json("detect", "net-rate", "--from", "-1h")
    assert found["edits"] > 0 and found["suspects"] == []
    assert "edits looked at" in place.ctl("detect", "net-rate", "--from", "-1h", "--to", "now").out
    answer = place.server.request("POST", "/report?x=5&y=5&reason=spam")
    assert answer.status == 200, answer.body
    report = json.loads(answer.body)["report"]
    deadline = time.monotonic() + patient(30)
    while not place.json("reports"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert re.search(rf"^{re.escape(report)} +5,5,1,1 +spam +1 ", place.ctl("reports").out, re.M)
    place.ctl("report", "close", report)
    assert place.json("reports") == [] and "no report is open" in place.ctl("reports").out
    place.ctl("report", "close", "no-such", status=1)
    place.edit(400, 7, 5)
    assert "edits/s" in place.ctl("top").out and place.json("top")["seconds"] > 0


def test_every_command_was_tried_here():
    """One that is new needs a test."""
    text = open(__file__, encoding="utf-8").read()
    said = subprocess.run([PLACECTL, "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout
    commands = re.findall(r"^  ([a-z]+(?: (?:add|rm|open|close|on|simulate|off))?)", said.split("Options of all")[0], re.M)
    assert len(commands) > 30
    for command in commands:
        assert re.search(r'(?:ctl|json)\("' + '", "'.join(command.split()) + '"', text), command


# ---- the terminal

class Terminal:
    """placectl on a terminal."""

    def __init__(self, place, *arguments):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(PLACECTL, ["placectl", *map(str, arguments)], {**os.environ, **place.env, "TERM": "xterm"})
        self.said = ""
        self.status = None

    def until(self, text, seconds=30):
        deadline = time.monotonic() + patient(seconds)
        while text not in self.said:
            assert time.monotonic() < deadline, (text, self.said)
            self._more()

    def _more(self):
        if select.select([self.fd], [], [], 0.1)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:  # the other side is gone
                data = b""
            self.said += data.decode(errors="replace")
            return bool(data)
        return True

    def send(self, text):
        os.write(self.fd, text.encode())

    def end(self, seconds=30):
        """How it ended."""
        deadline = time.monotonic() + patient(seconds)
        while self._more() and time.monotonic() < deadline:
            pass
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"it does not end: {self.said}")
            else:
                time.sleep(0.01)
        os.close(self.fd)
        return self.status


def test_top_is_a_live_view_that_q_leaves(place):
    terminal = Terminal(place, "top", "--interval", "1s")
    terminal.until("q leaves")
    first = terminal.said.count("edits/s")
    while terminal.said.count("edits/s") == first:
        terminal.until("\x1b[H")
        terminal._more()
    terminal.send("q")
    assert terminal.end() == 0 and "\x1b[?1049l" in terminal.said, "the screen is as it was"


def test_much_is_asked_for(place):
    terminal = Terminal(place, "fill", "500,500,101,100", "red")
    terminal.until("[y/N]")
    assert "10,100 pixels will be painted" in terminal.said
    terminal.send("n\n")
    assert terminal.end() == 1 and "nothing was done" in terminal.said
    assert place.colours(500, 500, 2, 1) == [0, 0]
    terminal = Terminal(place, "fill", "500,500,101,100", "red")
    terminal.until("[y/N]")
    terminal.send("y\n")
    assert terminal.end() == 0 and "10,100 pixels are painted" in terminal.said
    place.becomes((500, 500, 101, 100), [5] * 10100)
    (action,) = re.findall(r"placectl undo (\d+) takes it back", terminal.said)
    place.read(json.loads(place.server.get("/info").body)["version"])
    assert "10,100 pixels will change" in place.ctl("undo", action, status=1).err, "undoing is asked about, too"
    assert "10,100 pixels" in place.ctl("undo", action, "--yes").out


def test_ctrl_c_cancels_a_rollback_and_says_what_was_done(place, tmp_path):
    place.ctl("fill", "600,600,40,40", "red")
    place.becomes((600, 600, 40, 40), [5] * 1600)
    place.read(json.loads(place.server.get("/info").body)["version"])
    plan = tmp_path / "plan.json"
    place.ctl("rollback", "r:600,600,40,40", "t:1h", "--plan", plan)
    terminal = Terminal(place, "rollback", "--apply", plan, "--rate", "100")
    terminal.until("repaired ")
    deadline = time.monotonic() + patient(30)
    while place.colours(600, 600, 40, 40).count(0) == 0:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    terminal.send("\x03")
    assert terminal.end() == -signal.SIGINT and "was cancelled" in terminal.said
    (action,) = re.findall(r"placectl undo (\d+) takes it back", terminal.said)
    left = place.colours(600, 600, 40, 40).count(5)
    assert 0 < left < 1600, "it ended in the midst of it"
    place.ctl("undo", action)
    place.becomes((600, 600, 40, 40), [5] * 1600)
    assert place.json("status")["job"]["kind"] == "undo"


def test_ctrl_c_ends_a_painting_and_says_what_was_done(place):
    terminal = Terminal(place, "fill", "700,700,40,40", "red", "--rate", "100")
    deadline = time.monotonic() + patient(30)
    while place.colours(700, 700, 40, 40).count(5) == 0:
        assert time.monotonic() < deadline
        terminal._more()
    terminal.send("\x03")
    assert terminal.end() == -signal.SIGINT
    (done,) = re.findall(r"(\d+) of 1,600 pixels were painted", terminal.said)
    assert int(done) < 1600
    place.becomes((700, 700, 40, 40), [5] * int(done) + [0] * (1600 - int(done)))
    assert re.search(r"placectl undo \d+ takes them back", terminal.said)


# ---- a server that is not trusted

@contextlib.contextmanager
def liar(answer):
    """A server that answers every request by answer(handler)."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length", 0))
            asked.append((self.path, dict(self.headers), self.rfile.read(length)))
            with contextlib.suppress(OSError):
                answer(self)

        do_POST = do_GET

        def say(self, body, status=200, **headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield "http://127.0.0.1:%d" % server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def against(answer, *arguments):
    with liar(answer) as (url, asked):
        done = run("placectl", *arguments, "--server", url, env={"PLACECTL_TOKEN": "secret-token"})
        return done, asked


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 65536)


def test_nothing_that_a_server_says_acts_on_the_terminal():
    evil = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202e\r\n" + "x" * 1000
    body = json.dumps([{"name": evil, "why": evil, "by": evil, "action": 1e300, "until": -1, evil: evil}]).encode()
    for arguments in (["bans"], ["bans", "--json"], ["regions"], ["tokens"], ["audit"], ["reports"], ["suspects"], ["rules"],
                      ["canvases"]):
        done, _ = against(lambda handler: handler.say(body), *arguments)
        assert done.status == 0 and all(c == "\n" or c == "\t" or c.isprintable() for c in done.out), (arguments, done)
    done, _ = against(lambda handler: handler.say(json.dumps({"error": evil}).encode(), 403), "bans")
    assert done.status == 3 and "\x1b" not in done.err and "owned" in done.err
    for text in (b"{}", b"5", b"null", b"[[]]", json.dumps({"token": evil, "job": evil, "changes": evil}).encode()):
        for arguments in (["status"], ["who", "1,1"], ["top"], ["identity", AUTHOR], ["energy", AUTHOR], ["bans"],
                          ["token", "add", "a", "--role", "bot"], ["ban", AUTHOR], ["lookup", "t:1h"]):
            done, _ = against(lambda handler, text=text: handler.say(text), *arguments)
            assert done.status in (0, 1) and "\x1b" not in done.out + done.err, (arguments, text, done)


def test_answers_are_bounded_and_told():
    done, _ = against(endless, "bans")
    assert done.status == 1 and "larger than" in done.err and 0 < done.peak_kb < 300000
    for body in (b"", b"not json", b"[" * 100000, b'{"a":'):
        done, _ = against(lambda handler, body=body: handler.say(body), "bans")
        assert done.status == 1 and "expected JSON" in done.err, done
    done, _ = against(lambda handler: handler.say(b"{}", 500), "bans")
    assert done.status == 1 and "500" in done.err
    done, _ = against(lambda handler: handler.say(b'{"error":"not found"}', 404), "bans")
    assert done.status == 1 and "admin listener" in done.err


def test_the_token_goes_where_it_was_sent_and_nowhere_else():
    with liar(lambda handler: handler.say(b"[]")) as (other, stolen):
        done, asked = against(lambda handler: handler.say(b"", 302, Location=other + "/"), "bans")
        assert done.status == 1 and "302" in done.err and not stolen
        assert asked[0][1]["Authorization"] == "Bearer secret-token" and "token" not in asked[0][0]
    with liar(lambda handler: handler.say(b"[]")) as (proxy, stolen):
        with liar(lambda handler: handler.say(b"[]")) as (url, _):
            done = run("placectl", "bans", "--server", url,
                       env={"PLACECTL_TOKEN": "secret-token", "http_proxy": proxy, "ALL_PROXY": proxy})
            assert done.status == 0 and not stolen, "a server of this machine is asked without a proxy"
    done = run("placectl", "bans", "--server", "http://user:word@127.0.0.1:1", env={"PLACECTL_TOKEN": "secret-token"})
    assert done.status == 2 or done.status == 1


def test_a_server_that_is_not_there_is_told():
    done = run("placectl", "status", "--server", "http://127.0.0.1:1", env={"PLACECTL_TOKEN": "x"})
    assert done.status == 1 and "127.0.0.1" in done.err
    done = run("placectl", "status", "--server", "unix:/nowhere/at.all", env={"PLACECTL_TOKEN": "x"})
    assert done.status == 1
    done = run("placectl", "status", "--server", "ftp://127.0.0.1", env={"PLACECTL_TOKEN": "x"})
    assert done.status in (1, 2)


# ---- help, manual, completion

def test_help_and_manual_name_the_same_commands_and_options():
    said = subprocess.run([PLACECTL, "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout
    manual = (TOP / "docs/placectl.1.scd").read_text(encoding="utf-8")
    commands = set(re.findall(r"^  ([a-z]+(?: (?:add|rm|open|close|on|simulate|off))?)(?= |$)", said.split("Options of all")[0], re.M))
    options = set(re.findall(r"--[a-z][a-z-]+", said))
    section = manual[manual.index("# COMMANDS"):manual.index("# PREDICATES")]
    assert commands == set(re.findall(r"^\*([a-z]+(?: [a-z]+)?)\*", section, re.M))
    described = manual[manual.index("# OPTIONS"):manual.index("# ENVIRONMENT")]
    assert options == set(re.findall(r"\*(--[a-z-]+)\*", "\n".join(re.findall(r"^\*--.*$", described, re.M))))
    for command in commands:
        own = subprocess.run([PLACECTL, *command.split(), "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout
        usage = own.split("\n")[0]
        (line,) = (line for line in said.split("\n") if line.startswith(f"  {command}") and usage.endswith(line.strip()))
        text = re.search(rf"^\*{command}\*.*?(?=\n\t)", section, re.M | re.S)[0]
        assert set(re.findall(r"--[a-z-]+", line)) == set(re.findall(r"\*(--[a-z-]+)\*", text)), command


def test_a_shell_completes(tmp_path):
    script = f"""
source {TOP}/config/placectl.bash-completion
COMP_WORDS=({PLACECTL} region ''); COMP_CWORD=2; _placectl; echo "${{COMPREPLY[*]}}"
COMP_WORDS=({PLACECTL} ban x --fo); COMP_CWORD=3; _placectl; echo "${{COMPREPLY[*]}}"
COMP_WORDS=({PLACECTL} unb); COMP_CWORD=1; _placectl; echo "${{COMPREPLY[*]}}"
complete -p placectl
"""
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True, text=True, cwd=tmp_path)
    assert done.stdout.split("\n")[:4] == ["add rm", "--for", "unban", "complete -o default -F _placectl placectl"]


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["--nonsense"], ["ban"], ["ban", AUTHOR, "--for", "24"], ["ban", AUTHOR, "--for", "1y"],
    ["ban", "10.0.0.1", "--rollback", "1h"], ["slow", AUTHOR, "--factor", "1"], ["region", "add", "a", "0,0,1,1"],
    ["region", "add", "a", "0,0,0,1", "--closed"], ["region", "add", "a", "0,0,1,1", "--factor", "x"], ["undo", "x"],
    ["who", "1"], ["audit", "--count", "0"], ["top", "--interval", "2h"], ["energy", "x"], ["detect", "shape"],
    ["copy", "0,0,1,1", "0"], ["rule", "on", "shape", "--threshold", "-1"]])
def test_bad_usage_is_told(arguments):
    done = run("placectl", *arguments, env={"PLACECTL_TOKEN": "x", "PLACECTL_SERVER": "http://127.0.0.1:1"})
    assert done.status == 2 and done.err.startswith("placectl: ") and done.out == "", done
