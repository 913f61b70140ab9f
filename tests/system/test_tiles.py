# SPDX-License-Identifier: ISC
"""The plane from far away: tiles, computed here from the pictures of the canvases that lie below them."""
import asyncio

import pytest
from checker import ACKNOWLEDGED
from fold import Picture, word
from world import eventually

PLACES = [(0, 0), (1, 0), (0, 1), (1, 1)]
SIDE = 24  # of the square that is painted in each canvas, at the corner where the four meet


async def painted_plane(world, rng):
    """A plane of 2 x 2, painted around the point where its canvases meet; the versions of the canvases."""
    server = await world.server(args=["--plane", "2x2"])
    versions = {}
    for gx, gy in PLACES:
        client = await world.client(server, place=(gx, gy))
        at = [(999 - i if gx == 0 else i, 999 - j if gy == 0 else j) for j in range(SIDE) for i in range(SIDE)]
        words = [word(x, y, rng.choice((1, 1, 5, 12))) for x, y in at]
        for i in range(0, len(words), 192):
            entry = await client.send(words[i:i + 192])
            await client.settle(entry)
            assert entry.outcome == ACKNOWLEDGED, entry.reason
        versions[gx, gy] = entry.version
    return server, versions


def expected(pictures, zoom, i, j):
    """A pixel of the tile (0, 0): the most frequent colour of its block, the lower index among equals."""
    counts = [0] * 16
    for y in range(j << zoom, (j + 1) << zoom):
        for x in range(i << zoom, (i + 1) << zoom):
            picture = pictures.get((x // 1000, y // 1000))
            counts[picture.pixels[y % 1000 * 1000 + x % 1000] if picture else 0] += 1
    return counts.index(max(counts))


@pytest.mark.parametrize("zoom", [0, 1, 2, 3, 4, 5])
async def test_a_tile_shows_the_most_frequent_colours(world, rng, zoom):
    server, versions = await painted_plane(world, rng)
    pictures = {place: Picture(await world.picture(server, version, place)) for place, version in versions.items()}
    below = PLACES[:1] if zoom == 0 else PLACES

    async def fetch():
        answer = await asyncio.to_thread(server.get, f"/t/{zoom}/0/0.png")
        assert answer.status == 200
        newest = max(versions[place] for place in below)
        return answer if int(answer.headers["x-canvas-version"]) == newest else None

    answer = await eventually(fetch, "a tile of the newest version")
    tile = Picture(answer.body)
    middle = 1000 >> zoom
    painted = 0
    for j in range(middle - SIDE - 2, middle + SIDE + 2):
        for i in range(middle - SIDE - 2, middle + SIDE + 2):
            if 0 <= i < 1000 and 0 <= j < 1000:
                colour = tile.pixels[j * 1000 + i]
                assert colour == expected(pictures, zoom, i, j), (i, j)
                painted += colour != 0
    assert painted > 0
    assert answer.headers["x-canvas-genesis"] == tile.genesis == pictures[0, 0].genesis
    assert "no-transform" in answer.headers["cache-control"]
    again = await asyncio.to_thread(server.get, f"/t/{zoom}/0/0.png", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status == 304


async def test_a_tile_of_zoom_0_is_the_picture_of_the_canvas(world, rng):
    server, versions = await painted_plane(world, rng)
    picture = await world.picture(server, versions[1, 0], (1, 0))
    assert (await asyncio.to_thread(server.get, "/t/0/1/0.png")).body == picture


async def test_there_is_no_tile_of_nothing(world):
    server = await world.server(args=["--plane", "2x2"])
    for path, status in {"/t/1/0/0.png": 200, "/t/11/0/0.png": 200, "/t/0/1/1.png": 200, "/t/0/2/0.png": 404,
                         "/t/1/1/0.png": 404, "/t/1/-1/0.png": 404, "/t/11/-1/-1.png": 404, "/t/12/0/0.png": 404,
                         "/t/0/-1025/0.png": 404, "/t/1/00/0.png": 404, "/t/-1/0/0.png": 404}.items():
        assert (await asyncio.to_thread(server.get, path)).status == status, path
