# SPDX-License-Identifier: ISC
"""Maps by placed-render: a style of one's own, other data without a restart, and styles that are broken."""
import json
import signal
import struct

import pytest

from render import BUILD, Render, wait_until

if not (BUILD / "render/map/placed-render-map").exists():
    pytest.skip("placed-render draws no maps here (libmapnik-dev)", allow_module_level=True)

ARGUMENTS = ("--fractal", "0", "--image-workers", "none")
STYLE = """<Map background-color="#0000ff">
<Parameters><Parameter name="minzoom">2</Parameter><Parameter name="maxzoom">5</Parameter>
<Parameter name="attribution">&lt;the world&gt; &amp; more</Parameter><Parameter name="bounds">-10,-20,60,50</Parameter></Parameters>
<Style name="land"><Rule><PolygonSymbolizer fill="#00ff00"/></Rule></Style>
<Layer name="land" srs="epsg:4326"><StyleName>land</StyleName>
<Datasource><Parameter name="type">csv</Parameter><Parameter name="file">land.csv</Parameter></Datasource></Layer></Map>
"""
NO_FONT = """<Map><Style name="a"><Rule><TextSymbolizer face-name="No Such Font" size="9">[a]</TextSymbolizer></Rule></Style></Map>"""
BLUE, GREEN = (0, 0, 255), (0, 255, 0)
EAST, WEST = "4/8/7", "4/7/7"  # the tiles north of the equator beside the meridian of Greenwich
ON_EAST = "\"POLYGON((0 0,60 0,60 50,0 50,0 0))\""
ON_WEST = "\"POLYGON((-60 0,0 0,0 50,-60 50,-60 0))\""


def write_land(folder, polygon):
    """Replaced, as data should be: whoever has the old file open keeps it."""
    (folder / "new.csv").write_text(f"wkt\n{polygon}\n", encoding="ascii")
    (folder / "new.csv").rename(folder / "land.csv")


def write_map(folder):
    folder.mkdir()
    write_land(folder, ON_EAST)
    (folder / "style.xml").write_text(STYLE, encoding="ascii")
    return folder


def plain(answer):
    """Side and colour of a tile of one colour."""
    assert answer.status == 200, answer.body
    png = answer.body
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and png[37:41] == b"PLTE" and struct.unpack(">I", png[33:37]) == (3,)
    return struct.unpack(">I", png[16:20])[0], tuple(png[41:44])


def styles(render):
    return {one["name"]: one for one in json.loads(render.get("/render.json").body)["map"]["styles"]}


def tile(render, where, of="town", hash_=None):
    return render.get(f"/map/{hash_ or styles(render)[of]['hash']}/{where}.png")


def test_a_style_of_ones_own_and_other_data_without_a_restart(make_render, tmp_path):
    folder = write_map(tmp_path / "maps")
    render = make_render("--map", f"town={folder}/style.xml", *ARGUMENTS)
    told = styles(render)["town"]
    assert (told["minzoom"], told["maxzoom"], told["attribution"]) == (2, 5, "<the world> & more")
    told_by_tilejson = json.loads(render.get("/map/town/tilejson.json").body)
    assert told_by_tilejson["tiles"][0].endswith(f"/map/{told['hash']}/{{z}}/{{x}}/{{y}}.png")
    assert told_by_tilejson["bounds"] == [-10, -20, 60, 50]

    east = tile(render, EAST)
    assert "immutable" in east.headers["cache-control"] and east.headers["content-type"] == "image/png"
    assert plain(east) == (256, GREEN) and plain(tile(render, WEST)) == (256, BLUE)
    assert plain(tile(render, EAST + "@2x")) == (512, GREEN)
    wait_until(lambda: render.count("pool_jobs_total", "map:town") == 3, "three jobs are done, of 192 tiles")
    for where in "1/0/0", "6/0/0", "4/16/0", "4/8/07", "4/8/7@3x":
        assert tile(render, where).status == 404, where
    assert tile(render, EAST, hash_="0" * 16).status == 404

    # A reload of what has not changed is the same map; of other data it is another.
    render.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "map town: as before" in render.stderr(), "it has been read again")
    write_land(folder, ON_WEST)
    assert styles(render)["town"] == told
    assert render.post("/admin/reload", {})[0] in (200, 202)
    wait_until(lambda: styles(render)["town"]["hash"] != told["hash"], "the map has another hash")
    assert plain(tile(render, WEST)) == (256, GREEN) and plain(tile(render, EAST)) == (256, BLUE)

    # What cannot be read leaves the old one.
    now = styles(render)["town"]
    (folder / "style.xml").write_text("<Map>", encoding="ascii")
    assert render.post("/admin/reload", {})[0] in (200, 202)
    wait_until(lambda: "style.xml:1: no XML" in render.stderr(), "the reason is said")
    assert styles(render)["town"] == now and plain(tile(render, "5/15/15")) == (256, GREEN)


def test_a_style_that_cannot_be_drawn_costs_the_others_nothing(make_render, tmp_path):
    folder = write_map(tmp_path / "maps")
    (folder / "broken.xml").write_text(NO_FONT, encoding="ascii")
    maps = ("--map", f"town={folder}/style.xml", "--map", f"broken={folder}/broken.xml")
    render = make_render(*maps, *ARGUMENTS)
    wait_until(lambda: "No Such Font" in render.stderr(), "the child says why it ends")
    assert tile(render, EAST, "broken").status in (500, 503)
    assert plain(tile(render, EAST)) == (256, GREEN)
    wait_until(lambda: render.count("pool_jobs_total", "map:town") == 1, "the job is done")


def test_a_style_whose_data_is_missing_is_no_start(tmp_path):
    folder = write_map(tmp_path / "maps")
    (folder / "land.csv").unlink()
    render = Render(tmp_path / "data", args=["--map", f"town={folder}/style.xml", *ARGUMENTS])
    status, said = render.run_to_exit()
    assert status == 1 and "map town: cannot read" in said and "land.csv" in said, said
    assert not render.reports
