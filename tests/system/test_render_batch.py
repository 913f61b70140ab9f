# SPDX-License-Identifier: ISC
"""Maps rendered in advance, through crashes and cancels; dead letters; and renderctl, by which both are run."""
import json
import os
import re
import signal
import subprocess
import uuid

import pytest
from archive import run
from render import Render, children_of, wait_until
from server import BUILD, TOP
from test_render_queue import png, upload

RENDERCTL = BUILD / "tools/renderctl"
STYLE = """<?xml version="1.0" encoding="utf-8"?>
<Map srs="epsg:3857" background-color="#336699">
  <Parameters><Parameter name="minzoom">0</Parameter><Parameter name="maxzoom">6</Parameter></Parameters>
</Map>
"""
needs_maps = pytest.mark.skipif(not (BUILD / "render/map/placed-render-map").exists(), reason="built without Mapnik")


def ctl(render, *arguments, **more):
    return run("renderctl", *arguments, env={"RENDERCTL_SERVER": render.url(kind="admin")}, **more)


def ask(render, *arguments):
    done = ctl(render, *arguments, "--json")
    assert done.status == 0, done
    return json.loads(done.out)


def batches(render):
    return ask(render, "batches")["batches"]


@pytest.fixture(name="render")
def fixture_render(tmp_path):
    """Few workers, two of them for maps of one style."""
    style = tmp_path / "plain.xml"
    style.write_text(STYLE, encoding="utf-8")
    maps = ["--map", f"plain={style}"] if (BUILD / "render/map/placed-render-map").exists() else []
    render = Render(tmp_path / "data", args=[*maps, "--image-workers", "thumbnail=1", "--task-seconds", "60"])
    render.start().wait_ready()
    yield render
    if render.process:
        render.stop()
    assert not render.reports, "\n".join(render.reports)


def map_workers(render):
    return [pid for pid in children_of(render.process.pid)
            if "placed-render-map" in os.readlink(f"/proc/{pid}/exe")]


def freeze(render):
    """The workers of maps do no more until they are let go on; they would be killed after a minute."""
    for pid in map_workers(render):
        os.kill(pid, signal.SIGSTOP)


def let_go_on(render):
    for pid in map_workers(render):
        os.kill(pid, signal.SIGCONT)


def tiles_of(render, suffix=".png"):
    """The names of all tiles in the store, as z, x, y."""
    found = [path.relative_to(render.data / "store/map").parts[1:] for path in (render.data / "store/map").rglob("*" + suffix)]
    return sorted((int(z), int(x), int(y[:-len(suffix)])) for z, x, y in found if "@" not in y or "@" in suffix)


def all_tiles(last):
    return sorted((z, x, y) for z in range(last + 1) for x in range(2 ** z) for y in range(2 ** z))


def is_idle(render):
    return ask(render, "status")["metrics"]["pools"]["map:plain"]["busy"] == 0


@needs_maps
def test_a_batch_goes_on_after_kill_9_and_ends_with_each_tile_once(render):
    said = ctl(render, "prerender", "plain", "--zoom", "0-3", "--estimate")
    assert said.status == 0 and "85 tiles in 4 jobs" in said.out and "give or take" in said.out, said
    freeze(render)
    done = ctl(render, "prerender", "plain", "--zoom", "1-5", "--box", "-180,0,0,90", "--yes")
    assert done.status == 0, done
    (identity,) = re.findall(r"batch ([0-9a-f]{16}) has begun: 8 jobs", done.out)
    let_go_on(render)
    wait_until(lambda: json.loads(render.admin("/admin/batches").body)["batches"][0]["done"] >= 2, "two jobs are done")
    # Whoever waits in a browser is served meanwhile: a picture that is not in the batch.
    (style,) = json.loads(render.get("/render.json").body)["map"]["styles"]
    assert render.get(f"/map/{style['hash']}/6/40/40@2x.png").status == 200
    freeze(render)
    render.kill()
    render.start().wait_ready()
    assert [batch["id"] for batch in batches(render)] == [identity]
    wait_until(lambda: batches(render)[0]["state"] == "done", "the batch is done")
    (batch,) = batches(render)
    assert (batch["done"], batch["failed"], batch["queued"]) == (8, 0, 0), batch
    there = set(tiles_of(render))
    assert there >= {(z, x, y) for z in range(1, 6) for x in range(2 ** z // 2) for y in range(2 ** z // 2)}
    assert there <= set(all_tiles(5))
    wait_until(lambda: not list((render.data / "store/.temp").iterdir()), "no file is left half written")
    assert ask(render, "dead") == {"count": 0, "dead": []}
    # And what is rendered is served as it is, without another rendering.
    before = render.count("pool_jobs_total", "map:plain")
    assert render.get(f"/map/{style['hash']}/5/15/15.png").status == 200
    assert render.count("pool_jobs_total", "map:plain") == before


@needs_maps
def test_a_batch_is_cancelled_and_resumed(render):
    freeze(render)
    begun = ask(render, "prerender", "plain", "--zoom", "0-4", "--2x", "--yes")
    assert begun["jobs"] == 8
    identity = begun["batch"]
    done = ctl(render, "resume", identity)
    assert done.status == 3 and "it is running" in done.err, done
    assert ctl(render, "cancel", identity).status == 0
    assert ctl(render, "cancel", identity).status == 3
    let_go_on(render)
    wait_until(lambda: is_idle(render), "the jobs that were begun are done")
    assert len(tiles_of(render, "@2x.png")) < len(all_tiles(4))
    assert batches(render)[0]["state"] == "cancelled"
    done = ctl(render, "resume", identity, "--wait")
    assert done.status == 0 and f"batch {identity} is done: 8 jobs, 0 failed" in done.out, done
    assert tiles_of(render, "@2x.png") == all_tiles(4)
    # Ctrl-C of one who waits leaves the batch.
    freeze(render)
    done = ctl(render, "prerender", "plain", "--zoom", "6", "--box", "170,-10,-170,10", "--yes", "--wait",
               interrupt_when=lambda: len(batches(render)) == 2)
    assert done.status == -signal.SIGINT and "goes on without this program" in done.err, done
    let_go_on(render)
    wait_until(lambda: batches(render)[0]["state"] == "done", "the batch is done")
    # Refused, with a reason.
    for arguments, reason in ((["moon", "--zoom", "0-3"], "no style moon"), (["plain", "--zoom", "0-7"], "zooms 0 to 6"),
                              (["plain", "--zoom", "0", "--box", "1,1,1,1"], "area")):
        done = ctl(render, "prerender", *arguments, "--yes")
        assert done.status == 1 and reason in done.err, done
    done = ctl(render, "prerender", "plain", "--zoom", "0-3")
    assert done.status == 1 and "--yes is needed" in done.err, done


def test_a_poison_is_a_dead_letter_that_can_be_requeued(render):
    poison = upload(render, png(1, whole=False))
    good = upload(render, png(2))
    (letter,) = wait_until(lambda: ask(render, "dead")["dead"], "the dead letter")
    assert letter["name"] == f"/images/{poison}/thumbnail" and letter["attempts"] == 3 and letter["why"], letter
    assert (letter["topic"], letter["group"]) == ("uploads", "thumbnail")
    wait_until(lambda: (render.data / f"store/images/{good}/thumbnail").exists(), "the other one is done")
    assert f"/images/{poison}/thumbnail" in ctl(render, "dead").out
    # Its original is mended (as no one can, but it shows that it is tried again), and after a restart nothing is
    # remembered of its failures.
    original = render.data / f"originals/images/{poison}/original"
    render.stop()
    whole = png(1)
    original.unlink()
    original.write_bytes(whole)
    render.start().wait_ready()
    done = ctl(render, "requeue", "123456")
    assert done.status == 1 and "no dead letters" in done.err, done
    done = ctl(render, "requeue", letter["offset"])
    assert done.status == 0 and "1 are tried again" in done.out, done
    wait_until(lambda: (render.data / f"store/images/{poison}/thumbnail").exists(), "the poison is done")
    wait_until(lambda: ask(render, "dead")["count"] == 0, "it is no dead letter any more")
    assert ask(render, "requeue", "--all") == {"requeued": 0, "unknown": 0, "no_task": 0, "failed": 0}


def test_workers_are_listed_and_scaled(render):
    assert ask(render, "scale", "thumbnail", "3") == {"op": "thumbnail", "n": 3}

    def listed():
        (server,) = ask(render, "workers")["servers"]
        pools = [pool["name"] for pool in server["pools"]]
        return sum(pools[worker[2]] == "image:thumbnail" for worker in server["workers"]) == 3

    wait_until(listed, "three workers are listed")
    assert ctl(render, "workers").out.count("image:thumbnail") == 3
    assert ctl(render, "scale", "thumbnail", "1").status == 0
    assert ctl(render, "scale", "nonsense", "1").status == 1
    assert "image:thumbnail" in ctl(render, "status").out
    assert ctl(render, "reload").status == 0


@needs_maps
def test_servers_on_kafka_share_a_batch_and_its_owner_counts_it(make_render, kafka, tmp_path):
    style = tmp_path / "plain.xml"
    style.write_text(STYLE, encoding="utf-8")
    queue = f"kafka://{kafka.address}/render-{uuid.uuid4().hex[:12]}"
    one, two = (make_render("--queue", queue, "--map", f"plain={style}", "--image-workers", "thumbnail=0", "--task-seconds", "60")
                for _ in range(2))
    freeze(one)  # so that it is not through before the other one is a member of the group
    begun = ask(one, "prerender", "plain", "--zoom", "0-5", "--yes")
    assert begun["jobs"] == 24
    # The other one does its share, and says so to the owner.
    wait_until(lambda: batches(one)[0]["done"] >= 2, "the other one renders", 90)
    assert two.count("pool_jobs_total", "map:plain") >= 2 and not batches(two)
    let_go_on(one)
    wait_until(lambda: batches(one)[0]["state"] == "done", "the batch is done", 120)
    (batch,) = batches(one)
    assert (batch["done"], batch["failed"]) == (24, 0), batch
    assert sorted(set(tiles_of(one)) | set(tiles_of(two))) == all_tiles(5)


# ---- the command line

def test_help_and_manual_name_the_same_commands_and_options():
    said = subprocess.run([RENDERCTL, "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout
    manual = (TOP / "docs/renderctl.1.scd").read_text(encoding="utf-8")
    commands = set(re.findall(r"^  ([a-z]+)(?= |$)", said.split("Options of all")[0], re.M))
    section = manual[manual.index("# COMMANDS"):manual.index("# OPTIONS")]
    assert commands == set(re.findall(r"^\*([a-z]+)\*", section, re.M))
    described = manual[manual.index("# OPTIONS"):manual.index("# ENVIRONMENT")]
    options = set(re.findall(r"--[a-z0-9][a-z-]*", said))
    assert options == set(re.findall(r"\*(--[a-z0-9-]+)\*", "\n".join(re.findall(r"^\*--.*$", described, re.M))))
    for command in commands:
        own = subprocess.run([RENDERCTL, command, "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout
        (line,) = (line for line in said.split("\n") if re.match(rf"  {command}( |$)", line))
        assert own.split("\n")[0] == "usage: renderctl " + line.strip()
        text = re.search(rf"^\*{command}\*.*?(?=\n\t)", section, re.M | re.S)[0]
        assert set(re.findall(r"--[a-z0-9-]+", line)) == set(re.findall(r"\*(--[a-z0-9-]+)\*", text)), command


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["--nonsense"], ["status", "x"], ["scale", "blur"], ["scale", "blur", "-1"], ["scale", "blur", "257"],
    ["prerender"], ["prerender", "plain"], ["prerender", "plain", "--zoom", "6-0"], ["prerender", "plain", "--zoom", "0-23"],
    ["prerender", "plain", "--zoom", "0-3", "--box", "1,2,3"], ["prerender", "plain", "--zoom", "0-3", "--box", "0x1,2,3,4"],
    ["prerender", "plain", "--zoom", "0-3", "--box", "1,2,3,inf"], ["prerender", "plain", "--zoom", "0", "--samples", "51"],
    ["dead", "--count", "0"], ["requeue"], ["requeue", "1", "--all"], ["requeue", "x"], ["batches", "--zoom", "1"]])
def test_bad_usage_is_told(arguments):
    done = run("renderctl", *arguments, env={"RENDERCTL_SERVER": "http://127.0.0.1:1"})
    assert done.status == 2 and done.err.split("\n")[-2].startswith("renderctl: ") and done.out == "", done


def test_a_server_that_is_not_there_is_told():
    done = run("renderctl", "status", env={"RENDERCTL_SERVER": "http://127.0.0.1:1"})
    assert done.status == 1 and "127.0.0.1:1" in done.err, done
