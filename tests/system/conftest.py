# SPDX-License-Identifier: ISC
"""The system tests: the real binary over real sockets, on a real broker, hurt in real ways.

    /usr/bin/python3 -m pytest tests/system             all of it, some minutes
    ... -m 'not heavy'                                  without the long ones (for a sanitizer's build)
    PLACED_BIN=build-asan/server/placed ... -m pytest   another build
    PLACED_SEED=7 ...                                   the random choices of that seed (a failure tells it)

Fixtures
    world         a World (world.py) on the embedded log, in a fresh folder
    kafka_world   a World on a fresh topic of the session's broker; any number of servers
    any_world     the test runs twice: on the embedded log and on Kafka
    kafka         the session's broker (broker.py). Do not stop it:
    own_kafka     a broker that is this test's alone meanwhile, to be stopped, killed and frozen
    kafka_log     makes a fresh topic's log: kafka_log() or kafka_log(own_kafka)
    make_render   starts a placed-render (render.py)
    rng           random numbers from PLACED_SEED

A test is a coroutine:

    async def test_an_edit_is_seen(world):
        server = await world.server()                # started, ready; world.make_server() to start later
        client = await world.client(server)          # picture fetched, connected, keeps its own canvas
        await client.place()                         # a fresh edit: sent, acknowledged, on its canvas
        answer = await asyncio.to_thread(server.get, "/canvas.png")
        await world.check()                          # the invariant of FAULTS.md, by checker.py

After a test every server of its world is ended; one that ended by itself, does not exit 0 on SIGTERM, or has
a sanitizer's report on standard error fails the test. Every test has a time limit of 120 s;
@pytest.mark.limit(seconds) sets another. All times that tests wait are stretched for slow machines: patience.py.
"""
import asyncio
import contextlib
import faulthandler
import fcntl
import inspect
import os
import random
import signal
import threading
import uuid

import pytest
from broker import Broker, KafkaLog
from patience import patient
from render import Render
from world import World

LIMIT_SECONDS = 120
GRACE_SECONDS = 30  # for the event loop to give up by itself, and for set-up and clean-up


def pytest_configure(config):
    config.addinivalue_line("markers", "limit(seconds): time limit of the test, 120 by default")
    config.addinivalue_line("markers", "heavy: takes long; left out where the binary is slow")
    config.addinivalue_line("markers", "long: waits for fifteen seconds or more; begins first")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """The longest tests begin first, so that no worker is alone with one in the end. xdist gives each worker a
    fourth of its share at the start, in order: so the longest stand at the heads of those."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    longest = [item for item in items if item.get_closest_marker("long")]
    rest = [item for item in items if not item.get_closest_marker("long")]
    share = max(len(items) // (4 * workers), 2)
    heads = [longest[i::workers] for i in range(workers)]
    items[:] = []
    for head in heads:
        items += head + rest[:max(0, share - len(head))]
        rest = rest[max(0, share - len(head)):]
    items += rest


def _limit(item):
    marker = item.get_closest_marker("limit")
    return patient(marker.args[0] if marker else LIMIT_SECONDS)


@contextlib.contextmanager
def _alarm(item, seconds):
    """A test that hangs outside of the event loop ends too."""
    def ring(*_):
        raise TimeoutError(f"{item.nodeid}: not done after {seconds} s")

    if threading.current_thread() is not threading.main_thread():
        # A worker of xdist sometimes is not in its main thread, where signals arrive: then it ends,
        # saying where it was, and xdist counts the test as failed.
        faulthandler.dump_traceback_later(seconds, exit=True)
        yield
        faulthandler.cancel_dump_traceback_later()
        return
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item):
    with _alarm(item, patient(2 * LIMIT_SECONDS)):  # the first one may have to fetch the broker
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    with _alarm(item, _limit(item) + GRACE_SECONDS):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item):
    with _alarm(item, patient(LIMIT_SECONDS)):
        yield


async def _end_tasks():
    """End what the test has left running. Cancelling once is not enough: asyncio.wait_for, which libraries use, loses a
    cancellation that comes just when what it waits for is done (Python 3.11), and a client would go on for ever."""
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=1)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run coroutines, with their limit."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames  # pylint: disable=protected-access
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def limited():
        try:
            async with asyncio.timeout(_limit(pyfuncitem)):
                await pyfuncitem.obj(**arguments)
        finally:
            await _end_tasks()

    asyncio.run(limited())
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """What the servers said stands beside what failed."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, World):
                report.sections += [(f"stderr of {server.name}", server.stderr()[-6000:]) for server in value.servers]
            elif hasattr(value, "started"):
                report.sections += [(f"stderr of {render.name}", render.stderr()[-6000:]) for render in value.started]
            elif isinstance(value, random.Random):
                report.sections.append(("seed", f"PLACED_SEED={SEED}"))


SEED = int(os.environ.get("PLACED_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


@pytest.fixture
def make_render(tmp_path):
    """make_render("--option", "value"): a placed-render that is started and ready; ended after the test."""
    started = []

    def make(*args, name=None, **more):
        name = name or f"render-{len(started)}"
        started.append(Render(tmp_path / name, args=args, name=name, **more))
        return started[-1].start().wait_ready()

    make.started = started
    yield make
    for render in started:
        render.close()
    reports = [report for render in started for report in render.reports]
    assert not reports, "\n".join(reports)


@pytest.fixture
def rng():
    return random.Random(SEED)


@contextlib.contextmanager
def _users(folder):
    """How many workers use what lies in the folder, in a list of one number that may be changed; one at a time."""
    folder.mkdir(exist_ok=True)
    with open(folder / "users", "a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        users = [int(file.read() or 0)]
        yield users
        file.truncate(0)
        file.write(str(users[0]))


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    """One for all workers: a broker takes 350 MB, and ten seconds of a processor to start."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kafka-of-all"
    broker = Broker(shared / "broker")
    with _users(shared) as users:
        broker.start()  # no harm when it runs
        users[0] += 1
    yield broker
    with _users(shared) as users:
        users[0] -= 1
        if users[0] == 0:
            broker.stop(kill=True)


@pytest.fixture(scope="session")
def hurt_kafka(tmp_path_factory):
    broker = Broker(tmp_path_factory.mktemp("hurt-kafka"))
    yield broker
    broker.stop(kill=True)


@pytest.fixture
def own_kafka(hurt_kafka):
    hurt_kafka.start()  # whatever the test before has left of it
    yield hurt_kafka
    hurt_kafka.thaw()


@pytest.fixture
def kafka_log(request):
    def make(broker=None):
        return KafkaLog(broker or request.getfixturevalue("kafka"), f"canvas-{uuid.uuid4().hex[:12]}")

    return make


@pytest.fixture
def make_world(tmp_path):
    """Makes a World, which ends with the test."""
    worlds = []

    def make(log=None, **more):
        worlds.append(World(tmp_path / f"world{len(worlds)}", log, **more))
        return worlds[-1]

    yield make
    reports = [report for world in worlds for report in world.close()]
    assert not reports, "\n".join(reports)


@pytest.fixture
def world(make_world):
    return make_world()


@pytest.fixture
def kafka_world(make_world, kafka_log):
    return make_world(kafka_log())


@pytest.fixture(params=["local", "kafka"])
def any_world(request, make_world, kafka_log):
    return make_world(kafka_log() if request.param == "kafka" else None)
