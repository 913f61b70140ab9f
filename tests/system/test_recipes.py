# SPDX-License-Identifier: ISC
"""docs/recipes.md: each recipe is run as it stands there (with shorter times), and does what it says."""
import asyncio
import datetime
import json
import os
import re
import subprocess
import time

import pytest
from moderators import Moderator
from patience import patient
from people import Person
from server import BUILD, TOP
from world import eventually


def recipe(title):
    section = (TOP / "docs/recipes.md").read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    (commands,) = re.findall(r"```sh\n(.*?)```", section, re.S)
    return commands


async def cook(server, commands):
    environment = {**os.environ, "PATH": f"{BUILD}/tools:{os.environ['PATH']}", "PLACECTL_SERVER": server.url(kind="admin"),
                   "PLACECTL_TOKEN": Moderator(server).token, "TZ": "UTC"}
    done = await asyncio.to_thread(subprocess.run, ["bash", "-euc", commands], env=environment, capture_output=True,
                                   text=True, timeout=patient(60), check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def edit(server, x, y, colour):
    """The status, and what was said."""
    answer = await asyncio.to_thread(server.request, "POST", f"/edit?x={x}&y={y}&c={colour}")
    return answer.status, json.loads(answer.body)


async def test_volatile_and_calm_areas(world):
    server = await world.server(args=["--energy", "sephsplace", "--trust-proxy", "127.0.0.1"])
    said = await cook(server, recipe("Volatile and calm areas"))
    assert "volatile" in said and "calm" in said
    person = await Person("192.0.2.1").arrive(server)
    # A full charge is 10 s; of blank pixels one costs 0.4 s: 25 in the middle, 100 in the left, 6 in the right.
    assert (await person.draw(server, [(300 + i, 1, 1) for i in range(26)]))["reason"] == "energy"
    assert (await person.draw(server, [(751 + i, 1, 1) for i in range(7)]))["reason"] == "energy"
    assert (await person.draw(server, [(i % 200, i // 200, 1) for i in range(101)]))["reason"] == "energy"
    assert await person.draw(server, [(i, 1, 1) for i in range(100)]) is True
    other = await Person("192.0.2.2").arrive(server)
    assert await other.draw(server, [(751 + i, 1, 1) for i in range(6)]) is True


async def test_a_mosaic_that_grows_each_day(world):
    server = await world.server(args=["--plane", "1x1"])
    commands = recipe("A mosaic that grows each day")
    assert commands.count("hours=24\n") == 1
    length, began = 5, time.monotonic()

    def is_later_than(day):
        """Has the next one begun, or may it have, on a machine that is slow?"""
        return time.monotonic() - began > length * (day + 1) - 1
    await cook(server, commands.replace("hours=24", f"hours={length}").replace("}h", "}s").replace("))h", "))s"))

    async def open_canvases():
        info = json.loads((await asyncio.to_thread(server.get, "/info")).body)
        return [(canvas["x"], canvas["y"]) for canvas in info["canvases"] if canvas["open"]]
    assert await open_canvases() == [(0, 0)] or is_later_than(0)
    assert (await edit(server, 1500, 5, 3))[1].get("error") == "locked" or is_later_than(0)
    for day in 1, 2:
        async def is_day(day=day):
            return await open_canvases() == [(day, 0)] or is_later_than(day)
        await eventually(is_day, f"day {day}", 60)
        assert time.monotonic() - began > length * day - 1
        assert (await edit(server, 1000 * day + 5, 5, 3))[0] == 200 or is_later_than(day)
        assert (await edit(server, 1000 * day - 5, 5, 3))[1].get("error") == "locked"  # yesterday's


async def test_an_event_with_an_end(world):
    server = await world.server()
    commands = recipe("An event with an end")
    assert commands.count("end=48\n") == 1
    assert (await edit(server, 5, 5, 3))[0] == 200
    began = time.monotonic()
    await cook(server, commands.replace("end=48", "end=8").replace("end - 1", "end - 4").replace("}h", "}s")
               .replace("))h", "))s"))
    assert (await edit(server, 6, 5, 3))[0] == 200 or time.monotonic() - began > 3

    async def is_white():
        return (await edit(server, 7, 5, 3))[1].get("error") in ("colour", "area")
    await eventually(is_white, "the last hour", 20)
    status, said = await edit(server, 7, 5, 3)
    if said["error"] == "colour":  # and not over yet
        assert status == 403 and said["words"] == "the last hour is white"

    async def is_over():
        return (await edit(server, 5, 5, 0))[1].get("error") == "area"
    await eventually(is_over, "the end", 20)
    status, said = await edit(server, 5, 5, 0)
    assert status == 403 and said["words"] == "the event is over"


@pytest.mark.skipif(subprocess.run(["date", "-d", "22:00 today"], capture_output=True, check=False).returncode != 0,
                    reason="date knows no -d")
async def test_opening_and_closing_times(world):
    server = await world.server()
    await cook(server, recipe("Opening and closing times"))
    info = json.loads((await asyncio.to_thread(server.get, "/info")).body)
    nights = sorted((region["from"], region["until"]) for region in info["regions"])
    assert len(nights) == 7 and all(region["closed"] for region in info["regions"])
    times = [tuple(datetime.datetime.fromtimestamp(at // 1000, datetime.timezone.utc) for at in night) for night in nights]
    assert all((begin.hour, end.hour, end - begin) == (22, 8, datetime.timedelta(hours=10)) for begin, end in times)
    assert all(after[0] - before[0] == datetime.timedelta(days=1) for before, after in zip(times, times[1:]))
    at_night = any(begin <= datetime.datetime.now(datetime.timezone.utc) < end for begin, end in times)
    assert ((await edit(server, 5, 5, 3))[1].get("error") == "area") == at_night
