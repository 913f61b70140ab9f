# SPDX-License-Identifier: ISC
"""placed-render as browsers, proxies and operators see it: names, answers, bounds, beginnings and ends."""
import json
import os
import re
import select
import shutil
import signal
import socket
import stat

import pytest
from patience import patient
from render import PROGRAM, TILE, Render, is_there, wait_until
from scene import SANITIZED

NO_IMAGES = ("--image-workers", "none")
SLOW = "/julia/1/-0.8,0.156/12/2048/2047.png"

# A child that fails, waits or answers as the name says, by the protocol of render/wire/wire.h.
CHILD = r'''#!/usr/bin/python3 -S
import os, signal, socket, struct, time
signal.signal(signal.SIGTERM, signal.SIG_DFL)
farm = socket.socket(fileno=3)
while os.path.exists(os.path.dirname(__file__) + "/hold"):
    time.sleep(0.02)
farm.send(b"\1")
while task := farm.recv(65536):
    name = task[4:].decode()
    if "-grey" in name:
        farm.send(b"\5\0\0\0it is grey")
        continue
    farm.send(b"\3" + task[1:2] + b"\1\0" + b"\x89PNG " + name.encode())
    farm.send(b"\4\0\0\0" + struct.pack("<I", 1000))
'''


class FakeChildren(Render):
    """A placed-render that finds this file's child beside itself."""

    def command(self):
        place = self.data.parent / "program"
        if not place.exists():
            place.mkdir()
            shutil.copy(PROGRAM, place / "placed-render")
            for kind in "fractal", "image":
                child = place / kind / f"placed-render-{kind}"
                child.parent.mkdir()
                child.write_text(CHILD, encoding="ascii")
                child.chmod(child.stat().st_mode | stat.S_IXUSR)
        return [str(place / "placed-render"), *super().command()[1:]]


def freeze(pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def thaw(pids):
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def send(render, text, kind="listening"):
    """A connection on which this has been sent."""
    _, host, port = render.addresses[kind]
    connection = socket.create_connection((host, port), timeout=patient(60))
    connection.sendall(text.encode())
    return connection


def read_all(connection):
    received = bytearray()
    while piece := connection.recv(1 << 16):
        received += piece
    return bytes(received)


def readable(connections):
    """Those on which something has come."""
    found = select.poll()
    by_number = {connection.fileno(): connection for connection in connections}
    for number in by_number:
        found.register(number, select.POLLIN)
    return [by_number[number] for number, _ in found.poll(0)]


def get_text(path, more=""):
    return f"GET {path} HTTP/1.1\r\nHost: placed\r\n{more}\r\n"


def status_of(connection):
    """Of one answer, which is left unread behind its head."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(4096)
        assert piece, head
        head += piece
    return int(head.split()[1]), head.decode("latin-1")


def say_of_agent(path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        return read_all(connection).decode()


NO_NAMES = [
    "/mandelbrot/1/0/0/0", "/mandelbrot/1/0/0/0.png/", "/mandelbrot/1/00/0/0.png", "/mandelbrot/1/0/0/1.png",
    "/mandelbrot/1/0/+0/0.png", "/mandelbrot/1/0/-1/0.png", "/mandelbrot/1/41/0/0.png", "/mandelbrot/1/0/0/0.png?",
    "/mandelbrot/1/0/0/0.png?x=1", "/mandelbrot/1/0/0/%30.png", "/mandelbrot//1/0/0/0.png", "/mandelbrot/1/0/0/0.PNG",
    "/mandelbrot/1-fire/0/0/0.png", "/mandelbrot/2/0/0/0.png", "/julia/1/-0.80,0.156/0/0/0.png", "/mandelbrot/",
    "/julia/1/3,0/0/0/0.png", "/map/0123456789abcdef/0/0/0.png", "/map/world/tilejson.json", "/images/" + "0" * 64 +
    "/sharpen", "/images/" + "0" * 63 + "/blur", "/../etc/passwd", "/assets/../index.html",
]


def test_a_picture_is_rendered_once_and_then_kept(make_render):
    render = make_render(*NO_IMAGES)
    first = render.get(TILE)
    assert first.status == 200 and first.headers["content-type"] == "image/png"
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert first.headers["access-control-allow-origin"] == "*" and first.headers["x-content-type-options"] == "nosniff"
    etag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{8}-[0-9a-f]+"', etag), etag
    second = render.get(TILE)
    assert second.body == first.body and second.headers["etag"] == etag
    head = render.request("HEAD", TILE)
    assert head.status == 200 and head.body == b"" and head.headers["content-length"] == str(len(first.body))
    same = render.get(TILE, headers={"If-None-Match": f'"x", {etag}'})
    assert same.status == 304 and same.body == b"" and same.headers["etag"] == etag
    wait_until(lambda: render.count("pool_jobs_total", "fractal") == 1, "the job is done")
    assert render.count("pictures_memory_total") == 3

    # What is no name is nothing at all, and is not rendered.
    for name in NO_NAMES:
        answer = render.get(name)
        assert answer.status == 404 and b'"error"' in answer.body, (name, answer.status)
    assert render.count("pool_jobs_total", "fractal") == 1

    wait_until(lambda: render.count("store_puts_total") == 1, "the picture is in the store")
    assert (render.data / "store" / TILE[1:]).is_file()
    render.stop()
    render.start().wait_ready()
    again = render.get(TILE)
    assert again.body == first.body and again.headers["etag"] == etag
    assert render.count("pool_jobs_total", "fractal") == 0 and render.count("pictures_store_total") == 1


def test_many_who_ask_at_a_time_wait_for_one_render(make_render):
    render = make_render("--task-seconds", "100", "--jobs", "8", *NO_IMAGES)
    workers = render.children()
    freeze(workers)
    waiting = [send(render, get_text(SLOW)) for _ in range(1000)]
    wait_until(lambda: render.count("waiting_requests") == 1000, "all wait")

    # The pool is full of other pictures: who asks for more is told to come back; who asks for the same joins.
    others = [send(render, get_text(f"/mandelbrot/1/9/{x}/0.png")) for x in range(32)]
    wait_until(lambda: render.count("waiting_requests") + render.count("pictures_full_total") == 1032,
               "all have been judged")
    n_refused = render.count("pictures_full_total")
    wait_until(lambda: len(readable(others)) == n_refused, "they have been told")
    refused = [status_of(connection) for connection in readable(others)]
    assert refused and all(status == 503 and re.search(r"^Retry-After: [1-9]", head, re.M) for status, head in refused)
    waiting.append(send(render, get_text(SLOW)))

    assert render.count("waiting") > 1

    # Of those who have left nobody is kept.
    for connection in waiting[:500]:
        connection.close()
    wait_until(lambda: render.count("connections") < 600, "they have left")
    thaw(workers)
    for connection in waiting[500:]:
        assert status_of(connection)[0] == 200
        connection.close()
    wait_until(lambda: render.count("waiting_requests") == 0, "the others are answered, too")
    wait_until(lambda: render.count("pool_jobs_total", "fractal") == 1 + len(others) - len(refused),
               "a job for each picture and no more")


def test_a_picture_that_fails_is_an_error_for_a_while(tmp_path):
    agent = tmp_path / "agent.sock"
    render = FakeChildren(tmp_path / "data", args=[*NO_IMAGES, "--agent", f"unix:{agent}"])
    render.command()
    hold = tmp_path / "program/fractal/hold"
    hold.touch()
    render.start()
    try:
        # Nobody is ready to render.
        assert render.admin("/healthz").status == 200 and render.admin("/readyz").status == 503
        assert say_of_agent(agent) == "down\n"
        hold.unlink()
        render.wait_ready()
        assert say_of_agent(agent).startswith("up ready ")

        bad = [render.get("/mandelbrot/1-grey/0/0/0.png") for _ in range(2)]
        for answer in bad:
            assert answer.status == 500 and 1 <= int(answer.headers["retry-after"]) <= 10
            assert b"it is grey" in answer.body and answer.headers["cache-control"] == "no-store"
        wait_until(lambda: render.count("pool_failed_total", "fractal") == 1, "one job has failed")
        good = render.get(TILE)
        assert good.status == 200 and good.body == b"\x89PNG " + TILE.encode()
    finally:
        render.close()
    assert not render.reports


def test_an_old_picture_is_answered_and_rendered_anew(make_render):
    render = make_render("--stale-after", "1", *NO_IMAGES)
    assert render.get(TILE).headers["cache-control"] == "public, max-age=1"
    wait_until(lambda: render.get(TILE).status == 200 and render.count("pictures_stale_total") > 0, "it is old")
    wait_until(lambda: render.count("pool_jobs_total", "fractal") == 2, "it has been rendered anew")


def test_the_operator_has_a_listener_of_his_own(make_render, tmp_path):
    public = tmp_path / "public.sock"
    render = make_render("--listen", f"unix:{public},mode=0600", "--listen", "[::1]:0", *NO_IMAGES)
    for path in "/metrics", "/healthz", "/readyz":
        assert render.get(path).status == 404 and render.admin(path).status == 200
    as_json = {"Content-Type": "application/json"}
    body = '{"op":"fractal","n":1}'
    assert render.request("POST", "/admin/scale", headers=as_json, body=body).status == 404
    assert render.post("/admin/scale", {"op": "fractal", "n": 1}) == (200, {"op": "fractal", "n": 1})
    wait_until(lambda: len(render.children()) == 1, "one child is left")
    for fields in {"op": "fractal", "n": 257}, {"op": "fractal", "n": 1.5}, {"op": "fractal"}, {"n": 1}:
        assert render.post("/admin/scale", fields)[0] == 400, fields
    assert render.post("/admin/scale", {"op": "sharpen", "n": 1})[0] == 404
    for origin, status in ("http://elsewhere.example", 403), (render.url(kind="admin"), 200):
        assert render.post("/admin/scale", {"op": "fractal", "n": 2}, headers={"Origin": origin})[0] == status
    rebound = {"Origin": "http://127.elsewhere.example", "Host": "127.elsewhere.example"}
    assert render.post("/admin/scale", {"op": "fractal", "n": 3}, headers=rebound)[0] == 403
    assert render.request("POST", "/admin/scale", headers={"Content-Type": "text/plain"}, body=body,
                          kind="admin").status == 415
    about = render.get("/render.json")
    assert about.headers["access-control-allow-origin"] == "*" and b'"palettes"' in about.body
    # The public listener may be several, of any kind.
    assert stat.S_IMODE(public.stat().st_mode) == 0o600
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(public))
        connection.sendall(get_text(TILE).encode())
        assert status_of(connection)[0] == 200
    render.stop()
    assert not public.exists()


STYLE = """<Map srs="+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +over"
 background-color="{}"><Parameters><Parameter name="minzoom">1</Parameter><Parameter name="maxzoom">3</Parameter>
 <Parameter name="attribution">somebody</Parameter></Parameters></Map>"""


@pytest.mark.skipif(not (PROGRAM.parent / "map/placed-render-map").exists(), reason="built without Mapnik")
def test_a_style_that_has_changed_has_other_names(make_render, tmp_path):
    file = tmp_path / "style.xml"
    file.write_text(STYLE.format("#ff0000"), encoding="ascii")
    render = make_render("--map", f"plain={file}", "--fractal", "0", *NO_IMAGES)

    def style():
        return json.loads(render.get("/render.json").body)["map"]["styles"][0]

    first = style()
    assert (first["name"], first["minzoom"], first["maxzoom"], first["attribution"]) == ("plain", 1, 3, "somebody")
    assert first["background"].startswith("#ff0000")
    tile = f"/map/{first['hash']}/1/0/0.png"
    red = render.get(tile)
    assert red.status == 200 and red.headers["content-type"] == "image/png"
    for zoom in 0, 4:  # outside of the style's
        assert render.get(f"/map/{first['hash']}/{zoom}/0/0.png").status == 404
    about = json.loads(render.get("/map/plain/tilejson.json").body)
    assert about["tilejson"] == "3.0.0" and about["tiles"] == [f"/map/{first['hash']}/{{z}}/{{x}}/{{y}}.png"]

    file.write_text(STYLE.format("#00ff00"), encoding="ascii")
    render.process.send_signal(signal.SIGHUP)
    wait_until(lambda: style()["hash"] != first["hash"], "it has been read anew")
    assert render.get(tile).status == 404
    green = render.get(tile.replace(first["hash"], style()["hash"]))
    assert green.status == 200 and green.body != red.body

    # What cannot be read stays as it was, and is said.
    second = style()
    file.write_text("<Map", encoding="ascii")
    assert render.post("/admin/reload", {})[0] == 200
    wait_until(lambda: "it stays as it was" in render.stderr(), "it is said")
    assert style() == second
    assert render.get(tile.replace(first["hash"], second["hash"])).body == green.body


def test_hostile_requests_cost_little(make_render):
    render = make_render(*NO_IMAGES)
    assert render.get(TILE).status == 200
    # Many at once on one connection are answered in their order.
    connection = send(render, (get_text(TILE) + get_text("/none")) * 50 + get_text(TILE, "Connection: close\r\n"))
    answers = re.findall(rb"HTTP/1\.1 (\d+) ", read_all(connection))
    assert answers == [b"200", b"404"] * 50 + [b"200"]
    for text, status in ((get_text(TILE, f"X: {'x' * 20000}\r\n"), 431), (get_text("/" + "x" * 5000), 414),
                         ("GET / HTTP/1.1\r\n\r\n", 400), (get_text(TILE, "Content-Length: 3\r\n") + "abc", 400)):
        with send(render, text) as connection:
            assert status_of(connection)[0] == status, text[:60]
    for junk in "\0" * 100, "GET", "\r\n" * 100, "GET / HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n":
        send(render, junk).close()

    # A name that is nobody's leaves nothing behind.
    def ask_for(names):
        for first in range(0, len(names), 100):
            text = "".join(get_text(name) for name in names[first:first + 100])
            connection.sendall(text.encode())
            seen = b""
            while seen.count(b"HTTP/1.1 404 ") < 100 or not seen.endswith(b"}\n"):
                seen += connection.recv(1 << 18)

    with send(render, "") as connection:
        ask_for([f"/mandelbrot/1/3/{i}/9.png" for i in range(2000)])
        before = render.memory()[0]
        ask_for([f"/mandelbrot/1/3/{i}/9.png" for i in range(20000)])
        if not SANITIZED:  # whose freed memory stays resident for a while
            assert render.memory()[0] - before < 2 << 20
    assert render.get(TILE).status == 200
    wait_until(lambda: render.count("pool_jobs_total", "fractal") == 1, "one job is done")


def test_an_end_answers_who_waits_and_leaves_no_child(make_render, tmp_path):
    agent = tmp_path / "agent.sock"
    render = make_render("--task-seconds", "100", "--agent", f"unix:{agent}", *NO_IMAGES)
    percent = re.fullmatch(r"up ready (\d+)%\n", say_of_agent(agent))
    assert percent and 10 <= int(percent[1]) <= 200 and int(percent[1]) % 10 == 0
    workers = render.children()
    assert len(workers) == 2
    freeze(workers)
    waiting, idle = send(render, get_text(SLOW)), send(render, "")
    wait_until(lambda: render.count("waiting_requests") == 1, "it waits")
    render.process.send_signal(signal.SIGTERM)
    assert read_all(idle) == b""  # it is draining
    assert say_of_agent(agent) == "drain\n"
    thaw(workers)
    answer = read_all(waiting)
    assert answer.startswith(b"HTTP/1.1 200 ") and b"Connection: close" in answer and b"IEND" in answer
    assert render.wait_exit() == 0
    assert not any(map(is_there, workers))
    assert (render.data / "store" / SLOW[1:]).is_file()

    # Killed, it takes its children along.
    render.start().wait_ready()
    workers = render.children()
    assert len(workers) == 2 and all(map(is_there, workers))
    render.kill()
    wait_until(lambda: not any(map(is_there, workers)), "the children have ended", timeout=30)


def test_what_it_cannot_begin_with_is_said(tmp_path):
    cases = (
        (["--listen", "127.0.0.1:1,127.0.0.1:1"], 2, "has an address twice"),
        (["--map", f"sea={tmp_path}/none.xml"], 1, "map"),
        (["--web", f"{tmp_path}/none"], 1, "none: No such file"),
        (["--data", "/proc/none"], 1, "/proc/none: No such file"),
    )
    for i, (args, status, words) in enumerate(cases):
        render = Render(tmp_path / f"data-{i}", args=args)
        code, said = render.run_to_exit()
        assert code == status and words in said, (args, code, said)
        assert not render.reports
    render = Render(tmp_path / "data", args=["--check-config"])
    assert render.run_to_exit() == (0, "placed-render: configuration is fine\n")
    assert not render.data.exists()
