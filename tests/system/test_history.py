# SPDX-License-Identifier: ISC
"""Any version, heat, blocks, indexes and times of a history, compared with what past.py makes of the log."""
import asyncio
import json
import re

import pytest
from fold import HOME, Picture, record_value, word
from names import BASE, DEADLINE, GENESIS, PLACES, Visitor, expect_moved, expect_none, name, on_log, sync
from past import Past, plane_index, png_chunks, png_texts, random_records
from test_nginx import NGINX, Counter, Nginx
from world import eventually

IMMUTABLE = "public, max-age=31536000, immutable, no-transform"


@pytest.mark.long
@pytest.mark.limit(300)
async def test_any_version_is_the_fold_up_to_it(world, rng):
    """More than 16 blocks, so that there are keyframes; byte for byte what a picture of the fold would be."""
    _, records, visitor = await on_log(world, random_records(1, 1_400_000, PLACES[:1] * 30 + PLACES[1:]), early=True)

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
    for i in range(100):
        await client.send([word(i, 7, 1 + i % 15), word(999 - i, 3, 5)])
        await client.settle()
        answer = await asyncio.to_thread(server.get, "/canvas.png")
        seen[int(answer.headers["x-canvas-version"])] = answer.body
        if i > 10 and len(seen) > 2:  # it is encoded once a second
            break
        await asyncio.sleep(0.3)
    assert len(seen) > 2
    for version, body in seen.items():
        answer = await asyncio.to_thread(visitor.get, name(HOME, f"{version}.png"))
        assert answer.status == 200 and answer.body == body, version


async def test_heat_counts_edits(world, rng):
    _, records, visitor = await on_log(world, random_records(5, 200_000, PLACES[:1] * 5 + PLACES[1:], largest=8000), early=True)

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
        for text in ("2026-04-01T12:00:03Z", "2026-04-01T14:00:03%2B02:00", "2026-04-01T14:00:03+02:00",
                     "2026-04-01T12:00:03.000Z", "2026-04-01T07:30:03-04:30", "2026-04-01t12:00:03z"):
            expect_moved(visitor, f"/at?t={text}", right)
            expect_moved(visitor, f"/at?canvas=0,0&t={text}", right)
        expect_moved(visitor, "/at?t=1969-01-01T00:00:00Z", name(HOME, "0.png"))
        expect_moved(visitor, "/at?t=0&canvas=1,1", name((1, 1), "0.png"))
        for bad in ("", "?", "?t", "?t=", "?t=-1", "?t=007", "?t=1e3", "?t=now", "?t=2026-04-01", "?t=2026-13-01T00:00:00Z",
                    "?t=1&t=2", "?t=" + "1" * 30, "?t=" + "1" * 300, "?t=1&canvas=", "?t=1&canvas=0", "?t=1&canvas=0,0,0",
                    "?t=1&canvas=00,0", "?t=1&canvas=0,9999", "?t=1&canvas=0,0&canvas=0,0", "?t=2026-04-01T12:00:03", "?t=%00"):
            answer = visitor.get("/at" + bad)
            assert answer.status == 400 and answer.getheader("Cache-Control") == "no-store", bad
        expect_none(visitor, "/at?t=1&canvas=7,7")

    await sync(compare)


async def test_a_time_counts_what_has_just_been_painted(world):
    """The history may lag behind the canvas: the answer does not."""
    server, _, visitor = await on_log(world, random_records(6, 100), early=True)
    client = await world.client(server)
    for i in range(10):
        entry = await client.send([word(i, 1, 2)])
        await client.settle(entry)
        answer = await asyncio.to_thread(visitor.get, "/at?t=9999999999999")
        assert answer.getheader("Location") == name(HOME, f"{entry.version}.png")
        assert (await asyncio.to_thread(visitor.get, answer.getheader("Location"))).status == 200


@pytest.mark.long
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
            assert known.status == 304 and known.body == b""
            assert known.getheader("Cache-Control") == answer.getheader("Cache-Control")
            assert visitor.get(path, If_None_Match='"another"').status == 200
            page = visitor.get(path, Origin="https://elsewhere.example")
            assert page.status == 200 and page.getheader("Access-Control-Allow-Origin") == "*"
        moved = visitor.get("/at?t=1", Origin="https://elsewhere.example")
        assert moved.status == 302 and moved.getheader("Access-Control-Allow-Origin") == "*"
        tags = {visitor.get(name(HOME, f"{version}.png"), "HEAD").getheader("ETag") for version in past.versions[:20]}
        assert len(tags) == 20

    await sync(compare)


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
