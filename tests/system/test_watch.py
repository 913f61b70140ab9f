# SPDX-License-Identifier: ISC
"""What watches: reports of visitors, sightings that all servers share, rules that only say what they see."""
import asyncio
import json
import time

from flood import flood
from importing import good
from moderators import Moderator
from server import TOP
from world import eventually

PROXY = ("--trust-proxy", "127.0.0.1")


async def report(server, address="192.0.2.1", **fields):
    answer = await asyncio.to_thread(server.request, "POST", "/report",
                                     {"X-Forwarded-For": address, "Content-Type": "application/json"},
                                     json.dumps(fields))
    return answer.status, json.loads(answer.body)


async def raid(server, *arguments, writers=24, networks="10.7.0.0/30", region="100,100,60,60"):
    """Some people, of two networks as it is, paint one thing."""
    done = await flood("--readers", 0, "--writers", writers, "--identities", writers, "--forwarded", networks,
                       "--pattern", "raid", "--region", region, "--rate", 120, "--duration", 3, *arguments,
                       server.url("/ws", "ws"))
    assert done.status == 0, done
    return done


async def test_a_report_is_one_for_everybody_who_sees_the_same(kafka_world):
    a = await kafka_world.server(args=PROXY)
    b = await kafka_world.server(args=PROXY)
    staff = Moderator(a)
    assert await report(a, x=130, y=70, reason="hate") == (200, {"report": "hate.128.64", "count": 1})
    assert await report(a, x=130, y=70, reason="hate") == (200, {"report": "hate.128.64", "count": 1})  # the same person
    assert await report(a, "192.0.2.2", x=190, y=127, w=20, h=20, reason="hate") == (
        200, {"report": "hate.128.64", "count": 2})
    assert await report(a, x=130, y=70, reason="spam") == (200, {"report": "spam.128.64", "count": 1})

    async def open_on(server):
        return {record["name"]: record for record in await staff.get("reports", server)}

    async def both(server, count):
        found = await open_on(server)
        return found.keys() == {"hate.128.64", "spam.128.64"} and found["hate.128.64"]["count"] == count
    for server in a, b:
        await eventually(lambda server=server: both(server, 2), "both reports are known")
    assert (await open_on(b))["hate.128.64"]["x"] == 130
    # The other server counts on.
    assert await report(b, "192.0.2.3", x=128, y=64, reason="hate") == (200, {"report": "hate.128.64", "count": 3})
    await eventually(lambda: both(a, 3), "the count of the other server")
    await staff.act("report/close", id="hate.128.64", why="rolled back")
    for server in a, b:
        async def closed(server=server):
            return (await open_on(server)).keys() == {"spam.128.64"}
        await eventually(closed, "it is closed")
    await eventually(lambda: b.metric("placed_reports_open") == 1, "the metric says so")
    assert await report(b, "192.0.2.4", x=128, y=64, reason="hate") == (200, {"report": "hate.128.64", "count": 1})


async def test_a_report_that_is_none_is_refused(world):
    server = await world.server(args=PROXY)
    for fields, word in [({"x": 1, "y": 1, "reason": "ugly"}, "reason"), ({"x": 1, "y": 1}, "reason"),
                         ({"x": "1", "y": 1, "reason": "spam"}, "x"), ({"y": 1, "reason": "spam"}, "x"),
                         ({"x": 1, "y": 1.5, "reason": "spam"}, "y"), ({"x": 1, "y": 1, "w": 0, "reason": "spam"}, "w"),
                         ({"x": 1, "y": 1, "h": 1001, "reason": "spam"}, "h")]:
        status, said = await report(server, **fields)
        assert status == 400 and said["error"].startswith(word + ":"), (fields, status, said)
    assert (await report(server, x=5000, y=1, reason="spam"))[0] == 404  # no canvas
    answers = [await report(server, "192.0.2.9", x=64 * i, y=0, reason="other") for i in range(12)]
    assert [status for status, _ in answers] == 10 * [200] + 2 * [429]
    assert (await report(server, "192.0.2.10", x=0, y=0, reason="other"))[0] == 200  # others may
    foreign = await asyncio.to_thread(server.request, "POST", "/report?x=1&y=1&reason=spam",
                                      {"Origin": "https://evil.example"})
    assert foreign.status == 403
    assert server.metric("placed_reports_refused_total") == 2


async def test_a_rule_looks_simulates_and_says_in_this_order(world):
    server = await world.server(args=PROXY)
    staff = Moderator(server)
    began_ms = int(1000 * time.time()) - 60000

    async def rule(name="shape"):
        return {rule["name"]: rule for rule in await staff.get("rules")}[name]

    async def found(name, n):
        return (await rule(name))["found"] >= n

    assert (await rule())["mode"] == "off" and (await rule())["threshold"] == 15
    await raid(server)
    assert (await staff.ask("POST", "rule", {"name": "shape", "mode": "on"}))[0] == 409
    assert (await staff.ask("POST", "rule", {"name": "shapes", "mode": "simulate"}))[0] == 400
    await staff.act("rule", name="shape", mode="simulate", threshold=12)
    await staff.act("rule", name="net-identities", mode="simulate", threshold=5)
    assert (await rule())["mode"] == "simulate" and (await rule())["threshold"] == 12
    assert (await rule())["found"] == 0  # it was off while they painted

    await raid(server, region="300,300,60,60")
    await eventually(lambda: found("shape", 1), "the simulation counts")
    await eventually(lambda: found("net-identities", 2), "and finds both networks")
    assert await staff.get("suspects") == []  # but lists nothing
    assert server.metric("placed_suspects") == 0

    await staff.act("rule", name="shape", mode="on")
    assert (await rule())["threshold"] == 12
    await raid(server, region="640,640,60,60")

    async def listed():
        suspects = await staff.get("suspects")
        return [suspect for suspect in suspects if suspect["cell"] == [640, 640, 64, 64]]
    (suspect,) = await eventually(listed, "a suspect is listed")
    assert suspect["rule"] == "shape" and suspect["authors"] >= 12, suspect
    assert len(suspect["networks"]) == 2 and sum(n["authors"] for n in suspect["networks"]) == suspect["authors"]
    assert suspect["top"][0]["net"] in {network["net"] for network in suspect["networks"]}

    async def recorded():
        return [record for record in await staff.get("audit") if record["t"] == "suspect"]
    records = await eventually(recorded, "it is in the audit")
    assert records[0]["name"].startswith("shape:") and records[0]["by"] == "server"

    # The same over the old log, also for what came before anybody looked.
    result = await staff.job("detect", rule="shape", to=int(1000 * time.time()), threshold=12, **{"from": began_ms})
    cells = {tuple(suspect["cell"]) for suspect in result["suspects"]}
    assert {(64, 64, 64, 64), (320, 320, 64, 64), (640, 640, 64, 64)} <= cells, result
    assert result["edits"] == server.metric("placed_edits_folded_total")
    result = await staff.job("detect", rule="shape", to=int(1000 * time.time()), threshold=100, **{"from": began_ms})
    assert result["suspects"] == []
    for wrong in ({"rule": "shape", "from": 1}, {"rule": "x", "from": 1, "to": 2}, {"rule": "shape", "from": 3, "to": 2}):
        assert (await staff.ask("POST", "detect", wrong))[0] == 400

    # Whoever is forgotten is in no network any more.
    raider = suspect["top"][0]["author"]
    known = await staff.get(f"identity?a={raider}")
    assert [network["net"] for network in known["networks"]] == [suspect["top"][0]["net"]], known
    await staff.act("forget", a=raider, why="asked for it")
    assert (await staff.get(f"identity?a={raider}"))["networks"] == []

    # What is set outlives the server, and so does what it knows of networks.
    await asyncio.to_thread(server.stop)
    await world.start(server)
    assert (await rule())["mode"] == "on" and (await rule())["threshold"] == 12
    result = await staff.job("detect", rule="net-identities", to=int(1000 * time.time()), threshold=8,
                             **{"from": began_ms})
    assert {suspect["net"] for suspect in result["suspects"]} >= {network["net"] for network in suspect["networks"]}
    await staff.act("rule", name="shape", mode="off")
    assert (await rule())["mode"] == "off" and await staff.get("suspects") == []


async def test_what_is_going_on_is_shown(world):
    server = await world.server(args=PROXY)
    staff = Moderator(server)
    calm = await staff.get("top")
    assert calm["edits"] == 0 and calm["networks"] == calm["authors"] == calm["cells"] == []
    flooding = asyncio.create_task(raid(server, "--duration", 6))

    async def busy():
        top = await staff.get("top")
        return top if len(top["authors"]) == 10 and top["edits"] > 30 else None
    top = await eventually(busy, "it shows")
    assert len(top["networks"]) <= 2 and all(network["net"].startswith("net:") for network in top["networks"])
    assert len(top["authors"]) == 10 and len(top["authors"][0]["author"]) == 16
    assert {(cell["x"], cell["y"]) for cell in top["cells"]} <= {(x, y) for x in (64, 128) for y in (64, 128)}
    await flooding


async def test_a_weekend_of_2017_raises_no_alarm(world):
    """At the thresholds as they are: the sample that the documents use."""
    log = world.folder / "a" / "log"
    log.parent.mkdir(parents=True)
    await good("--log", f"local:{log}", TOP / "docs/sample-2017.csv.gz")
    server = await world.server()
    staff = Moderator(server)
    for rule in "shape", "net-rate", "net-identities":
        result = await staff.job("detect", rule=rule, to=int(1000 * time.time()), **{"from": 0})
        assert result["edits"] > 40000 and result["suspects"] == [], result
