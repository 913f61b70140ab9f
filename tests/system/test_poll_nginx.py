# SPDX-License-Identifier: ISC
"""Long polls through nginx as it is shipped: it holds the viewers, and one request for each version reaches the
server; nothing but the edits themselves stays in its cache."""
import asyncio
import collections

import pytest
from flood import flood
from fold import word
from test_nginx import NGINX, Counter, Nginx
from test_poll import IMMUTABLE, Poll, body, held, known, name_of, paint
from world import eventually

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed (tools/setup system)")
HOLDERS = 60  # an address may hold 64


class Front:
    """nginx, a counter behind it, and a server of this world."""

    def __init__(self, world, server, also=()):
        self.server = server
        self.counter = Counter(server)
        self.nginx = Nginx(world.folder / "nginx", self.counter.port, also)
        self.addresses = {"listening": ("http", "127.0.0.1", self.nginx.port)}  # as a server's, for Poll

    def asked(self, path):
        return self.counter.requests[path.encode()]

    async def passed_on(self, path, n):
        await eventually(lambda: self.asked(path) == n, f"{n} requests for {path} reach the server")

    def close(self):
        self.nginx.close()
        self.counter.close()


@pytest.fixture(name="front")
def fixture_front():
    fronts = []

    async def make(world, also=(), args=()):
        server = await world.server(args=args)
        fronts.append(await asyncio.to_thread(Front, world, server, also))
        return fronts[-1]

    yield make
    for front in fronts:
        front.close()


async def settle():
    """nginx has the requests that it was sent, on a busy machine too; that it has cannot be seen from outside."""
    await asyncio.sleep(0.7)


async def test_holders_are_one_request_to_the_server(world, front):
    front = await front(world)
    name = await name_of(front.server)
    version = await paint(front.server, 1, 1, 1)
    path = f"{name}/edits/{version}"
    polls = [Poll(front) for _ in range(HOLDERS)]
    for i, poll in enumerate(polls):
        await poll.ask(f"{path}?{i}" if i % 2 else path)
    await held(front.server, 1)
    await settle()
    later = await paint(front.server, 2, 2, 2)
    answers = await asyncio.gather(*(poll.answer(20) for poll in polls))
    assert {(status, edits) for status, _, edits in answers} == {(200, body(later, word(2, 2, 2)))}
    assert {headers["cache-control"] for _, headers, _ in answers} == {IMMUTABLE}
    statuses = collections.Counter(headers["x-cache-status"] for _, headers, _ in answers)
    assert statuses == {"MISS": 1, "HIT": HOLDERS - 1}
    assert front.counter.requests == {path.encode(): 1}, "one request, without the query"
    # Who comes later has it from the cache, at once.
    status, headers, edits = await polls[0].get(path, timeout=10)
    assert (status, headers["x-cache-status"], edits) == (200, "HIT", body(later, word(2, 2, 2)))
    assert front.asked(path) == 1


async def test_the_others_are_answered_when_the_one_that_was_passed_on_is_gone(world, front):
    front = await front(world)
    name = await name_of(front.server)
    version = await paint(front.server, 1, 1, 1)
    path = f"{name}/edits/{version}"
    first = Poll(front)
    await first.ask(path)
    await held(front.server, 1)
    others = [Poll(front) for _ in range(10)]
    for poll in others:
        await poll.ask(path)
    await settle()
    first.close()
    await settle()
    later = await paint(front.server, 2, 2, 2)
    for poll in others:
        assert (await poll.answer(20))[2] == body(later, word(2, 2, 2))
    assert front.asked(path) == 1


async def test_that_there_are_none_yet_is_not_kept(world, front):
    # The server is told that each has waited for 22 s: it holds them for 2.
    front = await front(world, also=[(r"Placed-Waited \$request_time;", "Placed-Waited 22;")])
    name = await name_of(front.server)
    version = await paint(front.server, 1, 1, 1)
    path, poll = f"{name}/edits/{version}", Poll(front)
    for n in (1, 2):
        status, headers, _ = await poll.get(path)
        assert (status, headers["cache-control"], headers["x-cache-status"]) == (204, "no-store", "MISS")
        assert front.asked(path) == n, "the one before was not kept"
    await poll.ask(path)
    later = await paint(front.server, 2, 2, 2)
    assert (await poll.answer(20))[2] == body(later, word(2, 2, 2))


async def test_who_has_waited_in_vain_is_sent_away(world, front):
    """As with the shipped 25 s, in 5: the seconds of nginx count from 20."""
    front = await front(world, also=[(r"proxy_cache_lock_timeout 25s;", "proxy_cache_lock_timeout 5s;"),
                                     (r"Placed-Waited \$request_time;", "Placed-Waited 2$request_time;")])
    name = await name_of(front.server)
    version = await paint(front.server, 1, 1, 1)
    path, polls = f"{name}/edits/{version}", [Poll(front) for _ in range(20)]
    for poll in polls:
        await poll.ask(path)
    await held(front.server, 1)
    answers = await asyncio.gather(*(poll.answer(30) for poll in polls))
    assert {status for status, _, _ in answers} == {204}
    await held(front.server, 0)
    assert front.asked(path) <= 20
    # And nothing hinders the next one.
    await polls[0].ask(path)
    await held(front.server, 1)
    later = await paint(front.server, 2, 2, 2)
    assert (await polls[0].answer(20))[2] == body(later, word(2, 2, 2))


async def test_versions_of_the_future_and_moved_ones_are_not_kept(world, front):
    front = await front(world)
    name = await name_of(front.server)
    version = await paint(front.server, 1, 1, 1)
    poll = Poll(front)
    for path in (f"{name}/edits/{version + 1}", f"{name}/edits/007", "/h/0123456789abcdef/0,0/edits/0"):
        for _ in range(2):
            status, headers, _ = await poll.get(path)
            assert (status, headers["cache-control"], headers["x-cache-status"]) == (404, "no-store", "MISS"), path
    later = await paint(front.server, 2, 2, 2)
    await poll.ask(f"{name}/edits/{version + 1}")  # has come to be
    await held(front.server, 1)
    last = await paint(front.server, 3, 3, 3)
    assert (await poll.answer(20))[2] == body(last, word(3, 3, 3))
    assert (await poll.get(f"{name}/edits/{version}"))[2] == body(last, word(2, 2, 2), word(3, 3, 3))
    assert later == version + 1
    status, headers, _ = await poll.get(f"{name}/{later}.png?a")
    assert (status, headers["x-cache-status"]) == (200, "MISS")
    assert (await poll.get(f"{name}/{later}.png?b"))[1]["x-cache-status"] == "HIT"


async def test_a_moved_version_is_asked_for_each_time(world, front):
    front = await front(world, args=["--plane", "2x1"])
    name = await name_of(front.server)
    version = await paint(front.server, 1, 1, 1)
    other = await paint(front.server, 1001, 1, 1)
    poll, path = Poll(front), f"{name}/edits/{other}"
    for n in (1, 2):
        status, headers, _ = await poll.get(path)
        assert (status, headers["location"], headers["cache-control"]) == (302, f"{name}/edits/{version}", "no-store")
        assert front.asked(path) == n
    status, headers, _ = await poll.get("/at?t=9999999999999&canvas=0,0")
    assert (status, headers["location"]) == (302, f"{name}/{version}.png"), "the query of /at gets through"
    assert front.asked("/at?t=9999999999999&canvas=0,0") == 1


@pytest.mark.long
async def test_polls_outlive_a_restart_of_the_server(world, front):
    front = await front(world)
    name = await name_of(front.server)
    version = await paint(front.server, 1, 1, 1)
    path, polls = f"{name}/edits/{version}", [Poll(front) for _ in range(20)]
    for kill in (True, False):
        for poll in polls:
            await poll.ask(path)
        await held(front.server, 1)
        await settle()
        if kill:
            await asyncio.to_thread(front.server.kill)
        else:
            await asyncio.to_thread(front.server.stop)
        answers = await asyncio.gather(*(poll.answer(30) for poll in polls))
        assert {status for status, _, _ in answers} <= {502, 503, 504}, answers
        await world.start(front.server)
    # What went wrong meanwhile is not kept: from the same connections, by the same name.
    for poll in polls:
        await poll.ask(path)
    await held(front.server, 1)
    later = await paint(front.server, 2, 2, 2)
    assert {edits for _, _, edits in await asyncio.gather(*(poll.answer(20) for poll in polls))} == {
        body(later, word(2, 2, 2))}


async def test_a_server_that_is_behind_passes_its_404_on_to_another(world, front):
    asked = []

    async def behind(reader, writer):
        """A server that has not read the log as far."""
        try:
            while True:
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(b"HTTP/1.1 404 Not Found\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(behind, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        front = await front(world, also=[("^        keepalive 32;", f"        server 127.0.0.1:{port};\n"
                                                                    "        keepalive 32;")])
        name = await name_of(front.server)
        versions = [await paint(front.server, i, 1, 1) for i in range(24)]
        last = await paint(front.server, 30, 9, 9)
        await known(front.server, name, last)
        poll = Poll(front)
        for i, version in enumerate(versions):
            one, other_one = (f"Cookie: placed={2 * i + k:072}\r\n" for k in range(2))  # nginx chooses by who asks
            assert (await poll.get(f"{name}/edits/{version}", one))[0] == 200
            assert (await poll.get(f"{name}/{version}.png", other_one))[0] == 200
        assert len(asked) > 2, "both were asked"
        poll.close()


LOAD = ("--readers", 40, "--writers", 3, "--rate", 60, "--batch", 2, "--duration", 4, "--settle", 40, "--alone")


async def test_edit_flood_follows_through_nginx(world, front):
    front = await front(world)
    await paint(front.server, 1, 1, 1)  # the log has a name from the beginning
    url = front.server.url("/ws", "ws")
    report = await flood(url, *LOAD, "--poll", f"http://127.0.0.1:{front.nginx.port}", timeout=100)
    assert report.status == 0, report
    counters = report.counters
    assert counters["edits_sent"] == counters["edits_seen"] > 20
    assert report.data["eyes_us"]["count"] == 41 * counters["edits_sent"], "all readers saw all edits"
    assert counters["polls_refused"] == counters["polls_moved"] == 0, report
    asked = [n for path, n in front.counter.requests.items() if b"/edits/" in path]
    assert max(asked) == 1, asked
    assert sum(asked) - counters["cache_misses"] in (0, 1), "the last one is still held in the end"
    assert counters["cache_hits"] > 3 * counters["cache_misses"], report
    assert counters["cache_hits"] + counters["cache_misses"] == counters["polls"]


async def test_edit_flood_follows_through_nginx_while_the_server_restarts(world, front):
    front = await front(world)
    running = asyncio.create_task(flood(
        front.server.url("/ws", "ws"), "--readers", 30, "--writers", 2, "--rate", 50, "--duration", 8, "--settle", 40,
        "--reconnecting", 30, "--poll", f"http://127.0.0.1:{front.nginx.port}", timeout=110))
    await eventually(lambda: front.server.metric("placed_edits_taken_total") > 20, "edits are taken")
    await asyncio.sleep(1.5)
    port = front.server.addresses["listening"][2]
    await asyncio.to_thread(front.server.kill)
    front.server.args += ["--listen", f"127.0.0.1:{port}"]  # the writers know this one
    await world.start(front.server)
    report = await running
    assert report.status == 0, report
    assert report.counters["polls_refused"] > 0 and report.counters["resumes"] > 0, report
