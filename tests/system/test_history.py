# SPDX-License-Identifier: ISC
"""Names of the history: any version, heat, blocks, indexes and times, compared with what past.py makes of the log."""
import asyncio
import http.client
import json
import os
import random
import re
import socket
import threading
import time

import pytest
from fold import HOME, Picture, record_value, word
from past import Past, plane_index, png_chunks, png_texts, put, random_records
from scene import SANITIZED
from test_nginx import NGINX, Counter, Nginx
from world import eventually

GENESIS = "fedcba98765432100123456789abcdef"
G = GENESIS[:16]
BASE = f"/h/{G}/"
PLACES = [HOME, (1, 0), (0, 1)]  # (1, 1) is open and stays blank
IMMUTABLE = "public, max-age=31536000, immutable, no-transform"
DEADLINE = 60


class Visitor:
    """Asks over one connection; what is not there yet is asked for again."""

    def __init__(self, server, port=None):
        self.port = port or server.addresses["listening"][2]
        self.connection = None

    def once(self, path, method="GET", **headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        answer.body = body
        return answer

    def get(self, path, method="GET", **headers):
        deadline = time.monotonic() + DEADLINE
        while True:
            answer = self.once(path, method, **headers)
            if answer.status != 503:
                return answer
            assert answer.getheader("Retry-After") == "1" and answer.getheader("Cache-Control") == "no-store"
            assert time.monotonic() < deadline, f"{path}: still {answer.body}"
            time.sleep(0.1)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


async def on_log(world, records, *args):
    """A server on a log of these records, what logcat says of it, and a visitor."""
    server = world.make_server(args=["--plane", "2x2", *args])
    await asyncio.to_thread(put, server.data, records, GENESIS)
    await world.start(server)
    return server, await asyncio.to_thread(world.log.records), Visitor(server)


def name(place, rest):
    return f"{BASE}{place[0]},{place[1]}/{rest}"


def expect_moved(visitor, path, goal):
    answer = visitor.get(path)
    assert (answer.status, answer.getheader("Location")) == (302, goal), f"{path}: {answer.status} {answer.headers}"
    assert answer.getheader("Cache-Control") == "no-store"


def expect_none(visitor, path):
    answer = visitor.get(path)
    assert answer.status == 404, f"{path}: {answer.status}"
    assert answer.getheader("Cache-Control") == "no-store" and json.loads(answer.body)["error"], path
    assert answer.getheader("Access-Control-Allow-Origin") == "*"


def sync(function):
    """The body of a test that blocks, beside the event loop."""
    return asyncio.to_thread(function)


@pytest.mark.limit(300)
async def test_any_version_is_the_fold_up_to_it(world, rng):
    """More than 16 blocks, so that there are keyframes; byte for byte what a picture of the fold would be."""
    _, records, visitor = await on_log(world, random_records(1, 1_400_000, PLACES[:1] * 30 + PLACES[1:]))

    def compare():
        for place in PLACES:
            past = Past(records, place)
            chosen = rng.sample(past.versions, min(40 if place == HOME else 5, len(past.versions)))
            ends = [block.end for block in past.blocks]
            chosen += [0, past.version] + ends[:2] + ends[14:18] + [past.versions[past.versions.index(end) + 1]
                                                                   for end in ends[14:17]]
            if place == HOME:
                assert len(past.blocks) > 17
            for version, pixels in past.pixels(chosen).items():
                answer = visitor.get(name(place, f"{version}.png"))
                assert answer.status == 200, (place, version)
                picture = Picture(answer.body)
                assert picture.pixels == pixels, (place, version)
                assert (picture.version, picture.genesis, picture.place, picture.depth) == (version, GENESIS, place, 4)
                assert answer.getheader("X-Canvas-Version") == str(version)
                assert answer.getheader("X-Canvas-Genesis") == GENESIS
                assert answer.getheader("Cache-Control") == IMMUTABLE
                assert answer.getheader("Content-Type") == "image/png"

    await sync(compare)


async def test_it_is_the_picture_that_the_canvas_was(world):
    """Byte for byte, while edits arrive."""
    server, _, visitor = await on_log(world, random_records(2, 3000, PLACES))
    client = await world.client(server)
    seen = {}
    for i in range(12):
        await client.send([word(i, 7, 1 + i % 15), word(999 - i, 3, 5)])
        await client.settle()
        answer = await asyncio.to_thread(server.get, "/canvas.png")
        seen[int(answer.headers["x-canvas-version"])] = answer.body
        await asyncio.sleep(0.3)
    assert len(seen) > 2
    for version, body in seen.items():
        answer = await asyncio.to_thread(visitor.get, name(HOME, f"{version}.png"))
        assert answer.status == 200 and answer.body == body, version


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
                    expect_moved(visitor, name(place, f"heat/{start}-{stop}.png"), name(place, "heat/{}-{}.png".format(*right)))
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
    for number in ("007", "00", "-1", "+1", "-0", "1.", "1e3", "0x1", " 1", "%201", "", "a", "1" * 19, "9" * 19, "9" * 30, str(end + 1),
                   str(1 << 63), str((1 << 64) - 1), str(1 << 64), "1/", "1//", "1/1"):
        yield name(HOME, f"{number}.png")
        yield name(HOME, f"heat/{number}-{end}.png")
        yield name(HOME, f"heat/0-{number}.png")
        if number != str(end + 1):
            yield name(HOME, f"{number}.bin")
    for block in (blocks, blocks + 1, 1 << 40):
        yield name(HOME, f"{block}.bin")
    yield name(HOME, f"heat/{end}-0.png")
    yield name((1, 1), "0.bin")
    for rest in ("", "0", "0.PNG", "0.png.png", "0.pn", "0.jpg", "png", ".png", "tail", "tail.bin/", "tails.bin", "index.JSON", "index",
                 "heat", "heat/", "heat/0.png", "heat/0-", "heat/0-0", "heat/0-0.bin", "heat//0-0.png", "../0.png", "0.key",
                 "progress", "0.bin.tmp"):
        yield name(HOME, rest)
    for place in ("2,0", "-1,0", "0,2", "1024,0", "-1025,0", "00,0", "+0,0", "-0,0", "0", "0,0,0", ",", "0,", "99999999999999999999,0",
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


async def test_heat_counts_edits(world, rng):
    _, records, visitor = await on_log(world, random_records(5, 200_000, PLACES[:1] * 5 + PLACES[1:], largest=8000))

    def compare():
        for place in PLACES[:2]:
            past = Past(records, place)
            ends = [block.end for block in past.blocks]
            ranges = [(0, past.version), (0, 0), (past.version, past.version), (past.versions[-2], past.version)]
            ranges += [tuple(sorted(rng.sample(past.versions, 2))) for _ in range(5)]
            ranges += list(zip([0, *ends], ends))
            for start, end in ranges:
                answer = visitor.get(name(place, f"heat/{start}-{end}.png"))
                assert answer.status == 200 and answer.getheader("Cache-Control") == IMMUTABLE
                picture = Picture(answer.body)
                assert picture.depth == 8 and picture.pixels == past.heat(start, end), (place, start, end)
                assert png_texts(answer.body) == {"version": str(end), "from": str(start), "genesis": GENESIS,
                                                  "canvas": "{},{}".format(*place)}
                assert png_chunks(answer.body)[b"tRNS"] == [b"\0"], "what was never painted is transparent"
                assert len(picture.palette) == 256

    await sync(compare)


async def test_a_time_leads_to_the_version_of_that_time(world):
    """Times of a clock that was set back twice."""
    start, records = 1_775_044_800_000, []  # 2026-04-01T12:00:00Z
    for i in range(60):
        at = start + 1000 * i - (15_500 if i >= 20 else 0) - (20_000 if i >= 45 else 0)
        records.append((at, record_value(PLACES[i % 3 == 2], [word(i, i, i % 16)])))
    _, records, visitor = await on_log(world, records)

    def compare():
        for place in PLACES[:2]:
            past = Past(records, place)
            canvas = "" if place == HOME else "&canvas={},{}".format(*place)
            times = {at + more for _, at, _ in past.records for more in (-1, 0, 1)} | {0, start - 10_000_000, start * 2}
            for at in sorted(times):
                expect_moved(visitor, f"/at?t={at}{canvas}", name(place, f"{past.at(at)}.png"))
        past = Past(records)
        right = name(HOME, f"{past.at(start + 3000)}.png")
        for text in ("2026-04-01T12:00:03Z", "2026-04-01T14:00:03%2B02:00", "2026-04-01T14:00:03+02:00", "2026-04-01T12:00:03.000Z",
                     "2026-04-01T07:30:03-04:30", "2026-04-01t12:00:03z"):
            expect_moved(visitor, f"/at?t={text}", right)
            expect_moved(visitor, f"/at?canvas=0,0&t={text}", right)
        expect_moved(visitor, "/at?t=1969-01-01T00:00:00Z", name(HOME, "0.png"))
        expect_moved(visitor, "/at?t=0&canvas=1,1", name((1, 1), "0.png"))
        for bad in ("", "?", "?t", "?t=", "?t=-1", "?t=007", "?t=1e3", "?t=now", "?t=2026-04-01", "?t=2026-13-01T00:00:00Z", "?t=1&t=2",
                    "?t=" + "1" * 30, "?t=" + "1" * 300, "?t=1&canvas=", "?t=1&canvas=0", "?t=1&canvas=0,0,0", "?t=1&canvas=00,0",
                    "?t=1&canvas=0,9999", "?t=1&canvas=0,0&canvas=0,0", "?t=2026-04-01T12:00:03", "?t=%00"):
            answer = visitor.get("/at" + bad)
            assert answer.status == 400 and answer.getheader("Cache-Control") == "no-store", bad
        expect_none(visitor, "/at?t=1&canvas=7,7")

    await sync(compare)


async def test_a_time_counts_what_has_just_been_painted(world):
    """The history may lag behind the canvas: the answer does not."""
    server, _, visitor = await on_log(world, random_records(6, 100))
    client = await world.client(server)
    for i in range(10):
        entry = await client.send([word(i, 1, 2)])
        await client.settle(entry)
        answer = await asyncio.to_thread(visitor.get, "/at?t=9999999999999")
        assert answer.getheader("Location") == name(HOME, f"{entry.version}.png")
        assert (await asyncio.to_thread(visitor.get, answer.getheader("Location"))).status == 200


@pytest.mark.limit(300)
async def test_indexes_and_blocks(world):
    server, records, visitor = await on_log(world, random_records(7, 400_000, PLACES[:1] * 8 + PLACES[1:]))
    end = (await world.info(server))["version"]

    def read():
        answer = visitor.get(BASE + "index.json")
        return answer if answer.status == 200 and json.loads(answer.body)["version"] == end else None

    answer = await eventually(lambda: asyncio.to_thread(read), "history has read the log", DEADLINE)

    def compare():
        assert answer.getheader("Cache-Control") == "public, max-age=5, no-transform"
        assert answer.getheader("Content-Type") == "application/json"
        assert json.loads(answer.body) == plane_index(records, GENESIS, end)
        for place in PLACES + [(1, 1)]:
            past = Past(records, place)
            index = visitor.get(name(place, "index.json"))
            assert index.getheader("Cache-Control") == "public, max-age=5, no-transform"
            assert json.loads(index.body) == past.index(GENESIS, end)
            for block in past.blocks:
                found = visitor.get(name(place, f"{block.number}.bin"))
                assert found.body == block.encode(GENESIS, place)
                assert found.getheader("Cache-Control") == IMMUTABLE
                assert found.getheader("Content-Type") == "application/octet-stream"
            found = visitor.get(name(place, "tail.bin"))
            assert found.body == past.tail.encode(GENESIS, place)
            assert found.getheader("Cache-Control") == "public, max-age=1, no-transform"
        assert len(Past(records).blocks) > 3

    await sync(compare)


async def test_the_tail_and_the_index_grow(world):
    server, _, visitor = await on_log(world, random_records(8, 1000))
    client = await world.client(server)
    for i in range(3):
        entry = await client.send([word(i, i, 3)])
        await client.settle(entry)

        def has_it(version=entry.version):
            index = json.loads(visitor.get(name(HOME, "index.json")).body)
            return index["version"] == index["tail"]["to"] == version and visitor.get(name(HOME, "tail.bin"))

        tail = await eventually(lambda check=has_it: asyncio.to_thread(check), "the index has the edit", DEADLINE)
        records = await asyncio.to_thread(world.log.records)
        assert tail.body == Past(records).tail.encode(GENESIS, HOME)


async def test_headers(world):
    _, records, visitor = await on_log(world, random_records(9, 100_000))
    past = Past(records)

    def compare():
        for rest in (f"{past.version}.png", "0.png", "0.bin", "tail.bin", "index.json", f"heat/0-{past.version}.png"):
            path = name(HOME, rest)
            answer = visitor.get(path)
            assert answer.status == 200 and int(answer.getheader("Content-Length")) == len(answer.body) > 0
            assert answer.getheader("Access-Control-Allow-Origin") == "*"
            exposed = answer.getheader("Access-Control-Expose-Headers")
            assert {"X-Canvas-Version", "X-Canvas-Genesis", "Retry-After"} <= set(re.split(", *", exposed))
            head = visitor.get(path, "HEAD")
            assert head.status == 200 and head.body == b"" and head.getheader("ETag") == answer.getheader("ETag")
            assert head.getheader("Content-Length") == answer.getheader("Content-Length")
            known = visitor.get(path, If_None_Match=answer.getheader("ETag"))
            assert known.status == 304 and known.body == b"" and known.getheader("Cache-Control") == answer.getheader("Cache-Control")
            assert visitor.get(path, If_None_Match='"another"').status == 200
            page = visitor.get(path, Origin="https://elsewhere.example")
            assert page.status == 200 and page.getheader("Access-Control-Allow-Origin") == "*"
        moved = visitor.get("/at?t=1", Origin="https://elsewhere.example")
        assert moved.status == 302 and moved.getheader("Access-Control-Allow-Origin") == "*"
        tags = {visitor.get(name(HOME, f"{version}.png"), "HEAD").getheader("ETag") for version in past.versions[:20]}
        assert len(tags) == 20

    await sync(compare)


async def test_info_says_that_there_is_history(world):
    server = await world.server()
    assert (await world.info(server))["history"] is True


async def test_without_history_nothing_has_a_name(world):
    server, records, visitor = await on_log(world, random_records(10, 1000), "--history", "off")
    assert (await world.info(server))["history"] is False

    def compare():
        for path in (name(HOME, "0.png"), name(HOME, f"{Past(records).version}.png"), name(HOME, "tail.bin"), BASE + "index.json", "/at?t=1",
                     name(HOME, "heat/0-0.png"), name(HOME, "index.json"), name(HOME, "edits/0")):
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
    sockets = [socket.create_connection(address, timeout=60) for _ in paths]
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
        assert all(b"\r\nRetry-After: 1\r\n" in answer and b"\r\nCache-Control: no-store\r\n" in answer for answer in busy)
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

    place = rng.choice(("0,0", "1,0", "0,1", "1,1")) if rng.random() < 0.9 else f"{rng.randrange(-1100, 1100)},{rng.randrange(-1100, 1100)}"
    log = G if rng.random() < 0.95 else f"{rng.getrandbits(64):016x}"
    rest = rng.choice(("{}.png", "{}.png", "{}.bin", "heat/{}-{}.png", "tail.bin", "index.json", "{}", "{}.key", "progress")).format(number(), number())
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
                reached.wait(240)
                reached.wait(240)
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
        reached.wait(240)
        halfway.append((server.memory()[0], files_below(server.data / "history")))
        reached.wait(240)

    await asyncio.gather(*(asyncio.to_thread(ask, seed) for seed in seeds), asyncio.to_thread(watch))
    assert not problems, problems[:10]
    assert statuses.get(200, 0) > n / 20 and statuses.get(302, 0) > n / 50 and statuses.get(404, 0) > n / 10, statuses
    own, files = halfway[0]
    assert files_below(server.data / "history") == files
    if not SANITIZED:
        # The cache (32 MiB) is full or nearly so halfway.
        assert server.memory()[0] < own + 24 * 1024 * 1024, (own, server.memory())


@pytest.mark.skipif(not NGINX, reason="nginx is not installed (tools/setup system)")
async def test_through_nginx(world, tmp_path):
    server, records, _ = await on_log(world, random_records(14, 100_000))
    past = Past(records)

    def compare():
        counter = Counter(server)
        nginx = Nginx(tmp_path / "nginx", counter.port)
        visitor = Visitor(server, nginx.port)
        try:
            path = name(HOME, f"{past.version}.png")
            first = visitor.get(path)
            assert first.status == 200
            for _ in range(20):
                assert visitor.get(path).body == first.body
            assert visitor.get(path + "?x=1").status in (200, 302)
            assert counter.requests[path.encode()] == 1, "one request"
            moved = visitor.get(name(HOME, f"{past.versions[5] + 0}.png"))
            assert moved.status == 200
            answer = visitor.get("/at?t=9999999999999")
            assert (answer.status, answer.getheader("Location")) == (302, path)
            assert visitor.get(name(HOME, "007.png")).status == 404
            assert visitor.get(name(HOME, "0.bin")).body == past.blocks[0].encode(GENESIS, HOME)
        finally:
            nginx.close()
            counter.close()

    await sync(compare)
