# SPDX-License-Identifier: ISC
"""render_queue: what a task costs, beside Celery with Redis."""
import os
import resource
import subprocess
import time

from path import broker, run_json, topic
from peers import BENCH, Absent, Clock, child, end, family, median, program, ratio, say
from render_peers import Redis, venv

AHEAD = 1000


def of_queue(directory, n):
    result = run_json([program("bench/queue_tasks"), f"local:{directory}/queue", n, AHEAD], 200)
    return 1e6 * result["cpu_s"] / n, n / result["wall_s"]


def of_kafka(directory, address, n):
    """The program, and the broker beside it."""
    clock = Clock([int((directory / "kafka/pid").read_text().split()[0])])
    result = run_json([program("bench/queue_tasks"), f"kafka://{topic(address)}", n, AHEAD], 300)
    return 1e6 * result["cpu_s"] / n, clock.used()[0] / n, n / result["wall_s"]


def of_celery(directory, n):
    """Redis, a worker that runs tasks in its own process, and a program that sends them."""
    python = venv("python")
    redis = Redis(directory).start()
    worker, done = None, directory / "done"
    environment = {**os.environ, "CELERY_BROKER": f"redis://127.0.0.1:{redis.port}/0", "PYTHONPATH": str(BENCH)}
    command = [str(python), "-m", "celery", "-A", "celery_tasks", "worker", "--pool", "solo", "--without-gossip",
               "--without-mingle", "--without-heartbeat", "--loglevel", "error"]

    def send(count):
        done.unlink(missing_ok=True)
        subprocess.run([str(python), str(BENCH / "celery_tasks.py"), str(count), str(done)], env=environment, check=True, timeout=300)
        deadline = time.monotonic() + 120
        while not done.exists():
            if time.monotonic() > deadline or worker.poll() is not None:
                raise RuntimeError("Celery does not finish")
            time.sleep(0.005)
    try:
        with open(directory / "celery.txt", "ab") as log:
            worker = child(command, None, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=directory)
        send(10)
        clock, sender = Clock(family(worker.pid) + redis.pids()), cpu_of_children()
        began = time.monotonic()
        send(n)
        took = time.monotonic() - began
        start = cpu_of_children()
        cpu = clock.used()[0] + (start - sender) * 1e6
        send(1)  # what a sender takes to start
        return (cpu - (cpu_of_children() - start) * 1e6) / n, n / took
    finally:
        if worker:
            end(worker)
        redis.stop()


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(directory, quick, repeat):
    """CPU = microseconds of all processes / tasks that do nothing, from sending one until the worker has said that it is done:
    render/queue on LMDB, appended durably, one consumer, 1,000 ahead at most (queue_tasks.c); the same on Kafka, with the broker,
    which makes topics of 130 partitions meanwhile; Celery with Redis, which syncs once a second, one worker without
    processes of its own (its cheapest), acknowledged late; the starts of programs not counted. Ratio of the same
    repetition, median."""
    ours, kafka, peers, absent = [], [], [], {}
    with broker(directory) as address:
        for i in range(repeat or (1 if quick else 3)):
            say(f"render: queue, repetition {i + 1}")
            folder = directory / str(i)
            folder.mkdir()
            ours.append(of_queue(folder, 20000 if quick else 100000))
            kafka.append(of_kafka(directory, address, 100000))
            try:
                peers.append(of_celery(folder, 2000 if quick else 5000))
            except Absent as why:
                absent["Celery"] = str(why)
    notes = [f"{name}: {median([one[0] for one in of]):.1f} us a task, {median([one[-1] for one in of]):,.0f} a second"
             for name, of in (("placed-render, embedded", ours), ("placed-render on Kafka, without the broker", kafka), ("Celery", peers)) if of]
    notes.append(f"the broker: {median([one[1] for one in kafka]):.1f} us a task")
    return {"rows": [("a queued task: CPU of Celery's", median([ratio(a[0], b[0]) for a, b in zip(ours, peers)]), "<=", 0.1),
                     ("a queued task on Kafka, with the broker: CPU of Celery's",
                      median([ratio(a[0] + a[1], b[0]) for a, b in zip(kafka, peers)]), "<=", 0.1)],
            "notes": notes, "absent": absent}
