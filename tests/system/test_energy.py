# SPDX-License-Identifier: ISC
"""How often one may draw, on the real binary: PROTOCOL.md, "Energy"."""
import asyncio
import json
import random
import time

import pytest
import websockets
from fold import pack, record_edits
from world import eventually

ANSWER_SECONDS = 30
SLACK_MS = 60  # between this process's clock and the server's, and of what is rounded
LATE_MS = 3000  # until a server has read what another one took; that long nobody knows of it


def now_ms():
    return time.monotonic() * 1000


class Person:
    """One connection of somebody with a cookie, who draws and keeps what he is told."""

    def __init__(self, server, cookie):
        self.server = server
        self.cookie = cookie
        self.hello = None
        self.energy = None  # the newest, with the time it came: (said, ms)
        self.answers = {}  # by id: (said, when it was sent, when it came)
        self.closed = self.readonly = False
        self._sent = {}
        self._id = 0

    async def join(self):
        self._ws = await websockets.connect(self.server.url("/ws", "ws"), subprotocols=["placed.1"], max_size=None,
                                            ping_interval=None, open_timeout=ANSWER_SECONDS,
                                            extra_headers={"Cookie": f"placed={self.cookie}"})
        self._task = asyncio.create_task(self._listen())
        await eventually(lambda: self.hello, "hello", ANSWER_SECONDS)
        return self

    async def leave(self):
        await self._ws.close()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self):
        try:
            async for data in self._ws:
                if isinstance(data, bytes):
                    continue
                said, came = json.loads(data), now_ms()
                if said["type"] == "hello":
                    self.hello, self.energy = said, (said["energy"], came)
                elif said["type"] == "energy":
                    self.energy = said, came
                elif said["type"] == "notice":
                    self.readonly = said["readonly"]
                elif said["type"] == "refused":
                    self.answers[said["id"]] = said, self._sent[said["id"]], came
                elif said["type"] == "placed":
                    for number, sent in self._sent.items():
                        if number <= said["id"] and number not in self.answers:
                            self.answers[number] = said, sent, came
        except websockets.ConnectionClosed:
            pass
        self.closed = True

    async def send(self, words):
        self._id += 1
        self._sent[self._id] = now_ms()
        await self._ws.send(self._id.to_bytes(4, "little") + pack(words))
        return self._id

    async def draw(self, n, fresh):
        """A message of n edits of blank pixels: what came of it, when it was sent, when that came."""
        number = await self.send([next(fresh) for _ in range(n)])
        await eventually(lambda: number in self.answers, f"an answer to {number}", ANSWER_SECONDS)
        return self.answers[number]

    async def ask(self):
        """What he has at a moment: (energy, earliest ms, latest ms)."""
        before, last = now_ms(), self.energy
        await self._ws.send('{"type":"energy"}')
        await eventually(lambda: self.energy is not last, "energy", ANSWER_SECONDS)
        return self.energy[0]["energy"], before, self.energy[1]


def blank_pixels():
    """Edits of pixels that nobody has painted, each once."""
    for pixel in range(1000 * 1000):
        yield pixel % 1000 | pixel // 1000 << 10 | 5 << 20


async def cookie_of(server):
    answer = await asyncio.to_thread(server.request, "POST", "/identity", None, b"")
    assert answer.status == 200, answer.body
    return answer.headers["set-cookie"].split(";")[0].split("=", 1)[1]


def spent(records, cost):
    """(edits, the most that anybody ever was ahead of the rate in ms), each edit costing so much."""
    tat = worst = edits = 0
    for record in records:
        n = len(record_edits(record.value)[1])
        edits += n
        tat = max(tat, record.time_ms) + n * cost
        worst = max(worst, tat - record.time_ms)
    return edits, worst


@pytest.fixture
def fresh():
    return blank_pixels()


async def test_a_message_is_taken_whole_or_not_and_exactly_when_it_was_said(world, fresh):
    server = await world.server(args=["--energy", "sephsplace"])
    person = await Person(server, await cookie_of(server)).join()
    energy = person.hello["energy"]
    assert (energy["policy"], energy["capacity"], energy["blank"], energy["painted"]) == ("sephsplace", 10000, 400, 1000)
    assert energy["energy"] == 10000 and person.hello["user"].count("-") == 2
    said, _, _ = await person.draw(24, fresh)
    assert said["type"] == "placed"
    await eventually(lambda: person.energy[0]["energy"] < 10000, "energy after placed")
    # Asked again and again for too much. Each refusal says when; all of them mean one moment.
    earliest, latest, refusals, taken = 0, float("inf"), 0, None
    while not taken:
        said, sent, came = await person.draw(8, fresh)
        if said["type"] == "placed":
            taken = came
            break
        refusals += 1
        assert (said["reason"], "until" in said, "words" in said) == ("energy", False, False)
        assert sent < latest + SLACK_MS  # else it would have had to be taken
        earliest, latest = max(earliest, sent + said["retry_ms"]), min(latest, came + said["retry_ms"])
        assert earliest <= latest + SLACK_MS, "refusals mean different moments"
        wait = latest - now_ms()
        await asyncio.sleep(max(0, wait / 1000 if refusals % 5 == 0 else min(wait, 150) / 1000))
    assert refusals >= 1 and taken >= earliest - SLACK_MS
    edits, worst = spent(await asyncio.to_thread(world.log.records), 400)
    assert edits == 24 + 8 and worst <= 10000
    said, _, _ = await person.draw(26, fresh)  # more than can be saved up
    assert (said["type"], said["reason"], said["retry_ms"]) == ("refused", "energy", 0)
    assert server.metric("placed_authors") == 1
    assert server.metric("placed_refused_energy_total") == 8 * refusals + 26
    await person.leave()


async def test_after_a_restart_everybody_has_what_he_had(any_world, fresh):
    world = any_world
    server = await world.server(args=["--energy", "charges"])
    person = await Person(server, await cookie_of(server)).join()
    other = await Person(server, await cookie_of(server)).join()
    assert (await person.draw(15, fresh))[0]["type"] == "placed"
    assert (await other.draw(2, fresh))[0]["type"] == "placed"
    before = await person.ask(), await other.ask()
    assert before[0][0] < 160000 and before[1][0] < 600000
    for end in server.stop, server.kill:
        await asyncio.to_thread(end)
        await world.start(server)
        again = await Person(server, person.cookie).join(), await Person(server, other.cookie).join()
        for who, (energy, earliest, latest) in zip(again, before):
            now, from_, to = await who.ask()
            assert energy + from_ - latest - SLACK_MS <= now <= min(600000, energy + to - earliest + SLACK_MS)
            assert who.hello["user"] in (person.hello["user"], other.hello["user"])
            await who.leave()


@pytest.mark.limit(150)
async def test_two_servers_asked_in_the_same_moment_give_two_capacities_and_one_rate(kafka_world, fresh, tmp_path):
    """A capacity of 20 edits, and 5 a second come back; rounds of bursts at both."""
    capacity, cost = 4000, 200
    world = kafka_world
    args = ["--energy", f"{capacity}/{cost}/{cost}", "--message-rate", "0", "--network-factor", "0"]
    first = await world.server(args=args)
    second = await world.server(args=[*args, "--secret", str(first.data / "secret")])
    cookie = await cookie_of(first)
    people = [await Person(server, cookie).join() for server in (first, second)]
    assert people[0].hello["user"] == people[1].hello["user"]
    rng = random.Random(9)
    began = now_ms()

    async def burst(person):
        numbers = [await person.send([next(fresh)]) for _ in range(30)]
        await eventually(lambda: all(number in person.answers for number in numbers), "answers", ANSWER_SECONDS)
        answers = [person.answers[number] for number in numbers]
        assert {said["reason"] for said, _, _ in answers if said["type"] == "refused"} <= {"energy"}
        return sum(said["type"] == "placed" for said, _, _ in answers)

    total = 0
    for _ in range(10):
        total += sum(await asyncio.gather(*map(burst, people)))
        assert total * cost <= 2 * capacity + now_ms() - began + LATE_MS
        await asyncio.sleep(rng.uniform(0, 0.8))
    lasted = now_ms() - began
    edits, worst = spent(await asyncio.to_thread(world.log.records), cost)
    assert edits == total
    assert worst <= 2 * capacity + LATE_MS, worst
    assert total * cost >= min(lasted / 2, capacity)

    async def have_read_the_same():
        return len({await asyncio.to_thread(server.metric, "placed_version") for server in (first, second)}) == 1

    await eventually(have_read_the_same, "both servers have read the same")
    known = [await person.ask() for person in people]
    assert abs(known[0][0] - known[1][0]) <= known[1][2] - known[0][1] + SLACK_MS
    for person in people:
        await person.leave()


async def test_post_edit_says_when_to_come_again(world):
    server = await world.server(args=["--energy", "5000/2000/3000"])

    def post(x, **more):
        answer = server.request("POST", f"/edit?x={x}&y=1&c=3", **more)
        return answer, json.loads(answer.body)

    for x in range(100):  # two are taken, and more on a machine that is slow
        sent = now_ms()
        answer, said = await asyncio.to_thread(post, x)
        if answer.status != 200:
            break
        assert list(said) == ["version"]
    assert x >= 2 and (answer.status, said["error"]) == (429, "energy")
    assert 0 < said["retry_ms"] <= 2000 and set(said) == {"error", "retry_ms"}
    assert answer.headers["retry-after"] == str(-(-said["retry_ms"] // 1000))
    await asyncio.sleep((said["retry_ms"] + 5) / 1000)
    answer, _ = await asyncio.to_thread(post, x)
    assert answer.status == 200 and now_ms() >= sent + said["retry_ms"] - SLACK_MS
    answer, said = await asyncio.to_thread(post, 5000)
    assert (answer.status, said) == (403, {"error": "locked", "retry_ms": 0})
    assert "retry-after" not in answer.headers
    info = json.loads((await asyncio.to_thread(server.get, "/info")).body)["energy"]
    assert (info["policy"], info["capacity"], info["blank"], info["painted"]) == ("custom", 5000, 2000, 3000)


async def test_one_connection_sends_no_more_messages_than_allowed(world, fresh):
    server = await world.server(args=["--message-rate", "10"])
    person = await Person(server, await cookie_of(server)).join()
    assert person.hello["energy"] == {"policy": "free"}
    numbers = [await person.send([next(fresh)]) for _ in range(30)]
    await eventually(lambda: all(number in person.answers for number in numbers), "answers", ANSWER_SECONDS)
    refused = [said for said, _, _ in map(person.answers.get, numbers) if said["type"] == "refused"]
    assert {said["reason"] for said in refused} == {"rate"} and all(0 < said["retry_ms"] <= 100 for said in refused)
    assert server.metric("placed_refused_rate_total") == len(refused)
    assert person.energy[0] == {"policy": "free"} and not person.closed
    await person.leave()


@pytest.mark.limit(200)
async def test_what_is_refused_because_the_log_is_stalled_costs_nothing(own_kafka, make_world, kafka_log, fresh):
    world = make_world(kafka_log(own_kafka))
    server = await world.server(args=["--energy", "charges"])
    person = await Person(server, await cookie_of(server)).join()
    assert (await person.draw(5, fresh))[0]["type"] == "placed"
    await asyncio.to_thread(own_kafka.stop, kill=True)
    await eventually(lambda: person.readonly, "told that it is read-only")
    energy, _, _ = await person.ask()
    assert energy < 500000
    for _ in range(10):  # thirty edits cost more than anybody has
        said, _, _ = await person.draw(3, fresh)
        assert (said["reason"], said["retry_ms"]) == ("readonly", 1000)
    answer = await asyncio.to_thread(server.request, "POST", "/edit?x=999&y=999&c=3")
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert json.loads(answer.body) == {"error": "readonly", "retry_ms": 1000}
    assert (await person.ask())[0] >= energy
    await asyncio.to_thread(own_kafka.start)
    await world.ready(server)
    assert (await person.draw(15, fresh))[0]["type"] == "placed"
    await person.leave()
