# SPDX-License-Identifier: ISC
"""importing: runs tools/import, and says by itself what an import of rows has to come to.

What is expected is computed here from the rows, with nothing of the tool's: sorted by time, those of one time
as they came, painted one after the other.
"""
import asyncio
import contextlib
import gzip
import json
import os
import pathlib
import signal
import tempfile

from fold import Canvas, parse_export, word
from patience import patient
from server import BUILD, REPORT

PROGRAM = BUILD / "tools/import"
LOGCAT = BUILD / "tools/logcat"
PALETTE = [0xFFFFFF, 0xE4E4E4, 0x888888, 0x222222, 0xFFA7D1, 0xE50009, 0xE59500, 0xA06A42, 0xE5D900, 0x94E044,
           0x02BE01, 0x00D3DD, 0x0083C7, 0x0000EA, 0xCF6EE4, 0x820080]
HEAD_2017 = "ts,user,x_coordinate,y_coordinate,color"
HEAD_2022 = "timestamp,user_id,pixel_color,coordinate"
HEAD_2023 = "timestamp,user,coordinate,pixel_color"
EVENT_MS = 1490991480000


class Done:
    """What a run came to."""

    def __init__(self, status, out, err, data):
        self.status = status
        self.out = out
        self.err = err
        self.data = data

    def __getattr__(self, name):
        return self.data[name]

    @property
    def rejected(self):
        """The reasons that occurred, with their counts."""
        return {reason: n for reason, n in self.data["rejected"].items() if n}

    def __repr__(self):
        return f"status {self.status}\n{self.out}\n{self.err}"


async def start(*arguments):
    return await asyncio.create_subprocess_exec(str(PROGRAM), *map(str, arguments), stdout=asyncio.subprocess.PIPE,
                                                stderr=asyncio.subprocess.PIPE)


def send(process, number):
    """A signal, if it still runs. Not by process.send_signal: that would wait for one that has just ended, behind
    asyncio's back, which then knows no status."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


async def run(*arguments, timeout=100, number=None, after=None):
    """Run it to its end; `after` seconds it gets the signal `number`, if it still runs."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        process = await start("--json", file.name, *arguments)
        try:
            reading = asyncio.ensure_future(process.communicate())
            if number is not None:
                await asyncio.wait([reading], timeout=after)
                send(process, number)
            out, err = await asyncio.wait_for(reading, patient(timeout))
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        said = file.read()
    out, err = out.decode(), err.decode()
    assert not REPORT.search(out + err), out + err
    return Done(process.returncode, out, err, json.loads(said) if said else {})


async def kill(*arguments, after):
    return await run(*arguments, number=signal.SIGKILL, after=after)


async def good(*arguments, **more):
    done = await run(*arguments, **more)
    assert done.status == 0, done
    assert done.complete, done
    return done


async def records_of(folder, missing=None):
    """All records of the embedded log in a folder, by logcat; `missing` when it cannot be read."""
    process = await asyncio.create_subprocess_exec(str(LOGCAT), f"local:{folder}", stdout=asyncio.subprocess.PIPE,
                                                   stderr=asyncio.subprocess.PIPE)
    out, err = await process.communicate()
    if process.returncode and missing is not None:
        return missing
    assert process.returncode == 0, err
    return parse_export(out)


def nearest(rgb):
    """The index of the colour of ours that is nearest to 0xRRGGBB, by the distance of the three parts."""
    def distance(other):
        return sum(((rgb >> shift & 255) - (other >> shift & 255)) ** 2 for shift in (0, 8, 16))

    return min(range(16), key=lambda index: (distance(PALETTE[index]), index))


def expected(edits):
    """{place: (Canvas, words, times)} of (time, X, Y, colour) in any order: what each canvas gets, and when."""
    plane = {}
    for time, x, y, colour in sorted(edits, key=lambda edit: edit[0]):
        place = (x // 1000, y // 1000)
        if place not in plane:
            plane[place] = (Canvas(), [], [])
        canvas, words, times = plane[place]
        words.append(word(x % 1000, y % 1000, colour))
        times.append(time)
        canvas.apply(words[-1:], 0)
    return plane


def write(path, head, rows, zipped=False, end="\n"):
    """A file of these lines; gzipped if its name says so."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(line + end for line in [head, *rows]).encode()
    path.write_bytes(gzip.compress(data) if zipped else data)
    return path


def random_2017(rng, n, users=50):
    """(lines, edits) of n random rows in random order, some of one second."""
    lines, edits = [], []
    names = [f"{number:027d}=" for number in range(users)]
    for _ in range(n):
        time = EVENT_MS + 1000 * rng.randrange(max(2, n // 8))
        x, y, colour = rng.randrange(1000), rng.randrange(1000), rng.randrange(16)
        lines.append(f"{time},{rng.choice(names)},{x},{y},{colour}")
        edits.append((time, x, y, colour))
    return lines, edits
