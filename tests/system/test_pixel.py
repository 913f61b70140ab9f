# SPDX-License-Identifier: ISC
"""Who painted a pixel, as everybody and as moderators are told. PROTOCOL.md, "Who painted a pixel"."""
import asyncio
import json

from fold import word
from test_rollback import Person, Staff
from world import eventually

PAGE = {"Origin": "https://elsewhere.test"}


def ask(server, x, y, **more):
    answer = server.get(f"/pixel/{x}/{y}", **more)
    return answer.status, json.loads(answer.body), answer.headers


async def test_everybody_is_told_names_and_nothing_else(world):
    server = await world.server(args=["--plane", "2x1"])
    alice, bob = await asyncio.to_thread(lambda: (Person(server), Person(server)))
    for colour in range(1, 5):
        await asyncio.to_thread(alice.paint, [word(10, 20, colour)])
        await asyncio.to_thread(bob.paint, [word(10, 20, 15 - colour)])

    async def is_told():  # by then history has read it
        changes = (await asyncio.to_thread(ask, server, 10, 20))[1]["changes"]
        return changes and changes[0]["colour"] == 11

    await eventually(is_told, "the last change is told")
    status, said, headers = await asyncio.to_thread(ask, server, 10, 20, headers=PAGE)
    assert status == 200 and set(said) == {"x", "y", "colour", "version", "time", "name", "changes"}
    assert (said["x"], said["y"], said["colour"], said["name"]) == (10, 20, 11, bob.name)
    assert [change["name"] for change in said["changes"]] == [bob.name, alice.name] * 2 + [bob.name]
    assert [change["colour"] for change in said["changes"]] == [11, 4, 12, 3, 13]
    assert all(set(change) == {"version", "time", "colour", "name"} for change in said["changes"])
    versions = [change["version"] for change in said["changes"]]
    assert versions == sorted(versions, reverse=True) and said["version"] >= versions[0]
    assert said["time"] == said["changes"][0]["time"] > 1600000000000
    assert headers["cache-control"] == "public, max-age=1" and headers["access-control-allow-origin"] == "*"
    # One that nobody has painted, in another canvas; ones that are not there.
    status, said, _ = await asyncio.to_thread(ask, server, 1999, 0)
    assert status == 200 and said["changes"] == [] and said["colour"] == 0 and said["name"] is said["time"] is None
    for x, y in (2000, 0), (-1, 5), (0, 1000), (99999999999, 0):
        assert (await asyncio.to_thread(ask, server, x, y))[0] == 404
    for path in "/pixel/01/2", "/pixel/1/2/3", "/pixel/1.0/2", "/pixel/-0/1":
        assert (await asyncio.to_thread(server.get, path)).status == 404
    assert (await asyncio.to_thread(server.request, "HEAD", "/pixel/10/20")).body == b""
    # Moderators are told ids and networks, of as many changes as there are.
    staff = Staff(server)
    few = await asyncio.to_thread(staff.ask, "who?x=10&y=20")
    everything = await asyncio.to_thread(staff.ask, "who?x=10&y=20&all=1")
    assert few["changes"] == everything["changes"][:5] and not few["all"] and everything["all"]
    assert len(everything["changes"]) == 8
    assert len({change["author"] for change in everything["changes"]}) == 2
    assert all(net.startswith("net:") and len(net) == 20 for change in few["changes"] for net in change["net"])
    assert {len(change["net"]) for change in few["changes"]} == {1}, "both came from one address"
    # After a restart the authors come from the log itself.
    await asyncio.to_thread(server.stop)
    await world.start(server)
    authors = [change["author"] for change in everything["changes"]]

    async def are_told():
        again = await asyncio.to_thread(staff.ask, "who?x=10&y=20&all=1")
        return [change.get("author") for change in again["changes"] or ()] == authors

    await eventually(are_told, "the same authors are told after a restart")


async def test_without_history_the_colour_is_told(world):
    server = await world.server(args=["--history", "off"])
    alice = await asyncio.to_thread(Person, server)
    await asyncio.to_thread(alice.paint, [word(3, 4, 5)])
    status, said, _ = await asyncio.to_thread(ask, server, 3, 4)
    assert status == 200 and said == {"x": 3, "y": 4, "colour": 5, "version": 1, "changes": None}
