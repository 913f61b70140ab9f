# SPDX-License-Identifier: ISC
"""Names of a history that lead elsewhere, that are wrong, made up, asked for by many, or too many."""
import asyncio
import http.client
import json
import os
import random
import socket
import threading

import pytest
from fold import HOME, word
from names import BASE, DEADLINE, G, GENESIS, PLACES, Visitor, expect_moved, expect_none, name, on_log, sync
from past import Past, random_records
from patience import patient
from scene import SANITIZED
from world import eventually


async def test_other_versions_lead_to_the_one_that_counts(world, rng):
    server, records, visitor = await on_log(world, random_records(3, 150_000, PLACES, largest=2000))
    end = (await world.info(server))["version"]

    def compare():
        for place in PLACES:
            past = Past(records, place)
            for version in sorted(set(rng.sample(range(end + 1), 30)) | {end, past.version, past.version - 1, 1}):
                right = past.canonical(version)
                if right == version:
                    assert visitor.get(name(place, f"{version}.png"), "HEAD").status == 200
                else:
                    expect_moved(visitor, name(place, f"{version}.png"), name(place, f"{right}.png"))
            for _ in range(20):
                start, stop = sorted(rng.sample(range(end + 1), 2))
                right = past.canonical(start), past.canonical(stop)
                if right != (start, stop):
                    goal = name(place, "heat/{}-{}.png".format(*right))
                    expect_moved(visitor, name(place, f"heat/{start}-{stop}.png"), goal)
        for version in (1, end):
            expect_moved(visitor, name((1, 1), f"{version}.png"), name((1, 1), "0.png"))
        # Spelled otherwise: nothing that a cache would keep under that name.
        right = name(HOME, f"{Past(records).version}.png")
        for spelled in (right + "?", right + "?x=1", right.replace(",", "%2C"), right.replace(".png", "%2epng")):
            expect_moved(visitor, spelled, right)
        expect_moved(visitor, name(HOME, "tail.bin?1"), name(HOME, "tail.bin"))
        expect_moved(visitor, name(HOME, "0.bin?1"), name(HOME, "0.bin"))
        expect_moved(visitor, name(HOME, "index.json?1"), name(HOME, "index.json"))
        expect_moved(visitor, BASE + "index.json?1", BASE + "index.json")
        expect_moved(visitor, name(HOME, "heat/0-0.png?1"), name(HOME, "heat/0-0.png"))

    await sync(compare)


def wrong_names(end, blocks):
    for number in ("007", "00", "-1", "+1", "-0", "1.", "1e3", "0x1", " 1", "%201", "", "a", "1" * 19, "9" * 19,
                   "9" * 30, str(end + 1), str(1 << 63), str((1 << 64) - 1), str(1 << 64), "1/", "1//", "1/1"):
        yield name(HOME, f"{number}.png")
        yield name(HOME, f"heat/{number}-{end}.png")
        yield name(HOME, f"heat/0-{number}.png")
        if number != str(end + 1):
            yield name(HOME, f"{number}.bin")
    for block in (blocks, blocks + 1, 1 << 40):
        yield name(HOME, f"{block}.bin")
    yield name(HOME, f"heat/{end}-0.png")
    yield name((1, 1), "0.bin")
    for rest in ("", "0", "0.PNG", "0.png.png", "0.pn", "0.jpg", "png", ".png", "tail", "tail.bin/", "tails.bin", "index.JSON",
                 "index", "heat", "heat/", "heat/0.png", "heat/0-", "heat/0-0", "heat/0-0.bin", "heat//0-0.png", "../0.png",
                 "0.key", "progress", "0.bin.tmp"):
        yield name(HOME, rest)
    for place in ("2,0", "-1,0", "0,2", "1024,0", "-1025,0", "00,0", "+0,0", "-0,0", "0", "0,0,0", ",", "0,", "9" * 20 + ",0",
                  "4294967296,0", "65536,0"):
        for rest in ("0.png", "tail.bin", "index.json", "heat/0-0.png", "0.bin"):
            yield f"{BASE}{place}/{rest}"
    for log in (G[::-1], G.upper(), G[:15], G + "0", GENESIS, "0" * 16, "", "..", "-" + G[1:]):
        for rest in ("index.json", "0,0/0.png", "0,0/index.json", "0,0/tail.bin"):
            yield f"/h/{log}/{rest}"
    yield "/h/"
    yield "/h/" + G
    yield BASE
    yield BASE + "index.jso"


async def test_wrong_names_are_404(world):
    server, records, visitor = await on_log(world, random_records(4, 150_000, PLACES))
    end = (await world.info(server))["version"]

    def compare():
        assert visitor.get(name(HOME, "0.png")).status == 200
        for path in wrong_names(end, len(Past(records).blocks)):
            expect_none(visitor, path.replace(" ", "%20"))
        answer = visitor.once(name(HOME, "0.png"), "POST")
        assert (answer.status, answer.getheader("Allow")) == (405, "GET, HEAD")

    await sync(compare)


async def test_info_says_that_there_is_history(world):
    server = await world.server()
    assert (await world.info(server))["history"] is True


async def test_without_history_nothing_has_a_name(world):
    server, records, visitor = await on_log(world, random_records(10, 1000), "--history", "off")
    assert (await world.info(server))["history"] is False

    def compare():
        for path in (name(HOME, "0.png"), name(HOME, f"{Past(records).version}.png"), name(HOME, "tail.bin"), BASE + "index.json",
                     "/at?t=1", name(HOME, "heat/0-0.png"), name(HOME, "index.json"), name(HOME, "edits/0")):
            expect_none(visitor, path)
        assert not (server.data / "history").exists()

    await sync(compare)


async def test_an_empty_log_has_no_names(world):
    server = await world.server()
    visitor = Visitor(server)
    for path in (f"/h/{'0' * 16}/index.json", f"/h/{'0' * 16}/0,0/0.png", "/at?t=1"):
        assert (await asyncio.to_thread(visitor.once, path)).status == 404
    await (await world.client(server)).send([word(1, 1, 1)])

    async def begun():
        genesis = (await world.info(server))["genesis"]
        return genesis and (await asyncio.to_thread(visitor.once, f"/h/{genesis[:16]}/0,0/1.png")).status == 200

    await eventually(begun, "the first version has a picture", DEADLINE)


def send_frozen(server, paths):
    """Ask for all of these at the same moment, each over a connection of its own, while the server is stopped."""
    address = ("127.0.0.1", server.addresses["listening"][2])
    sockets = [socket.create_connection(address, timeout=patient(60)) for _ in paths]
    server.get("/info")  # they have been accepted
    server.freeze()
    for sock, path in zip(sockets, paths):
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    server.thaw()
    answers = []
    for sock in sockets:
        data = b""
        while piece := sock.recv(1 << 16):
            data += piece
        sock.close()
        answers.append(data)
    return answers


async def test_what_many_want_is_made_once(world):
    server, records, visitor = await on_log(world, random_records(11, 200_000))
    past = Past(records)

    def compare():
        assert visitor.get(name(HOME, "0.png")).status == 200
        for path in (name(HOME, f"{past.version}.png"), name(HOME, "0.bin"), name(HOME, f"heat/0-{past.version}.png")):
            before = server.metric("placed_history_answers_total")
            answers = send_frozen(server, [path] * 200)
            assert all(answer.startswith(b"HTTP/1.1 200 OK") for answer in answers)
            assert len({answer.partition(b"\r\n\r\n")[2] for answer in answers}) == 1
            assert server.metric("placed_history_answers_total") == before + 1

    await sync(compare)


async def test_who_asks_for_too_much_is_told_so(world):
    server, records, visitor = await on_log(world, random_records(12, 100_000, largest=100))
    versions = Past(records).versions[:700]

    def compare():
        assert visitor.get(name(HOME, "0.png")).status == 200
        answers = send_frozen(server, [name(HOME, f"{version}.png") for version in versions])
        busy = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503")]
        good = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200")]
        assert len(busy) + len(good) == len(versions) and good
        # 256 wait. What takes longer than a client waits, on a slow machine, is 503 with other words.
        assert 100 < sum(b"too much" in answer for answer in busy) <= len(versions) - 256
        for line in (b"\r\nRetry-After: 1\r\n", b"\r\nCache-Control: no-store\r\n"):
            assert all(line in answer for answer in busy)
        assert visitor.get(name(HOME, f"{versions[-1]}.png")).status == 200

    await sync(compare)


def hostile_name(rng, versions, end):
    def number():
        kind = rng.randrange(6)
        if kind == 0:
            return rng.choice(versions)
        if kind == 1:
            return rng.randrange(end + 2)
        if kind == 2:
            return rng.randrange(1 << 63)
        if kind == 3:
            return rng.choice(("007", "-1", "+1", "", "x", "%00", "%2e%2e", "9" * 40, "..%2f..%2fetc"))
        return rng.randrange(max(1, end // 50))

    place = rng.choice(("0,0", "1,0", "0,1", "1,1"))
    if rng.random() < 0.1:
        place = f"{rng.randrange(-1100, 1100)},{rng.randrange(-1100, 1100)}"
    log = G if rng.random() < 0.95 else f"{rng.getrandbits(64):016x}"
    forms = ("{}.png", "{}.png", "{}.bin", "heat/{}-{}.png", "tail.bin", "index.json", "{}", "{}.key", "progress")
    rest = rng.choice(forms).format(number(), number())
    query = "?" + str(rng.random()) if rng.random() < 0.05 else ""
    if rng.random() < 0.05:
        return f"/at?t={number()}&canvas={place}"
    return f"/h/{log}/{place}/{rest}{query}"


def files_below(folder):
    return sorted(os.path.join(path, file) for path, _, files in os.walk(folder) for file in files)


@pytest.mark.limit(300)
async def test_made_up_names_leave_nothing_behind(world, rng):
    """PLACED_HOSTILE_NAMES=200000 asks for more of them. Memory is compared when the cache is full."""
    server, records, visitor = await on_log(world, random_records(13, 100_000, PLACES, largest=300))
    n = int(os.environ.get("PLACED_HOSTILE_NAMES", "20000"))
    versions, end = Past(records).versions, (await world.info(server))["version"]
    await asyncio.to_thread(visitor.get, name(HOME, f"{versions[-1]}.png"))
    seeds = [rng.getrandbits(32) for _ in range(4)]
    statuses, problems, reached, halfway = {}, [], threading.Barrier(5), []

    def ask(seed):
        own, mine = random.Random(seed), Visitor(server)
        for i in range(n // 4):
            if i == n // 8:  # all wait here until memory has been read
                reached.wait(patient(240))
                reached.wait(patient(240))
            path = hostile_name(own, versions, end)
            try:
                answer = mine.once(path)
            except (OSError, http.client.HTTPException) as error:
                problems.append((path, repr(error)))
                continue
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            if answer.status == 200 and b"X-Canvas" in answer.body[:100]:
                problems.append((path, "headers in the body"))
            if answer.status not in (200, 302, 400, 404, 503):
                problems.append((path, answer.status))
        mine.close()

    def watch():
        reached.wait(patient(240))
        halfway.append((server.memory()[0], files_below(server.data / "history")))
        reached.wait(patient(240))

    await asyncio.gather(*(asyncio.to_thread(ask, seed) for seed in seeds), asyncio.to_thread(watch))
    assert not problems, problems[:10]
    assert statuses.get(200, 0) > n / 20 and statuses.get(302, 0) > n / 50 and statuses.get(404, 0) > n / 10, statuses
    own, files = halfway[0]
    assert files_below(server.data / "history") == files
    if not SANITIZED:
        # The cache (32 MiB) is full or nearly so halfway.
        assert server.memory()[0] < own + 24 * 1024 * 1024, (own, server.memory())
