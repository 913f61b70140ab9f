# SPDX-License-Identifier: ISC
"""names: the names of a log's history, and a visitor who asks for them."""
import asyncio
import http.client
import json
import time

from fold import HOME
from past import put
from patience import patient
from world import eventually

GENESIS = "fedcba98765432100123456789abcdef"
G = GENESIS[:16]
BASE = f"/h/{G}/"
PLACES = [HOME, (1, 0), (0, 1)]  # (1, 1) is open and stays blank
DEADLINE = 60


class Visitor:
    """Asks over one connection; what is not there yet is asked for again."""

    def __init__(self, server, port=None):
        self.port = port or server.addresses["listening"][2]
        self.connection = None
        self.heard = 0

    def once(self, path, method="GET", **headers):
        if time.monotonic() - self.heard > 10:  # the server ends what has been idle for long
            self.close()
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patient(30))
        try:
            fields = {field.replace("_", "-"): text for field, text in headers.items()}
            self.connection.request(method, path, headers=fields)
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        answer.body, self.heard = body, time.monotonic()
        return answer

    def get(self, path, method="GET", **headers):
        deadline = time.monotonic() + patient(DEADLINE)
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


async def on_log(world, records, *args, early=False):
    """A server on a log of these records, what logcat says of it, and a visitor. The history has read the log, by a
    thread of its own; early: perhaps not, what is not there yet has to be asked for again."""
    server = world.make_server(args=["--plane", "2x2", *args])
    await asyncio.to_thread(put, server.data, records, GENESIS)
    await world.start(server)
    visitor, version = Visitor(server), (await world.info(server))["version"]

    def has_read_all():
        answer = visitor.get(BASE + "index.json")
        return answer.status != 200 or json.loads(answer.body)["version"] == version

    if not early and "--history" not in args:
        await eventually(lambda: asyncio.to_thread(has_read_all), "the history has read the log", DEADLINE)
    return server, await asyncio.to_thread(world.log.records), visitor


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
