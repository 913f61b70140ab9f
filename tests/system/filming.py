# SPDX-License-Identifier: ISC
"""filming: runs tools/timelapse, and says by itself which pictures a film of a log has to show.

What is expected is computed here from the records, with nothing of the tool's. A film's WebP is decoded by
libwebp's own decoder (tests/unit/timelapse/decode_webp.c).
"""
import asyncio
import fractions
import math
import pathlib
import signal

from fold import Picture, parts, record_edits
from importing import EVENT_MS, HEAD_2017, PALETTE, good, write
from patience import patient
from server import BUILD, REPORT

PROGRAM = BUILD / "tools/timelapse"
DECODER = BUILD / "tests/unit/timelapse/decode_webp"
RGB = [bytes((colour >> 16, colour >> 8 & 255, colour & 255)) for colour in PALETTE]


class Done:
    """What a run came to."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err

    def __repr__(self):
        return f"status {self.status}\n{self.err}"


async def start(*arguments, **options):
    return await asyncio.create_subprocess_exec(str(PROGRAM), *map(str, arguments), stdin=asyncio.subprocess.DEVNULL,
                                                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
                                                **options)


async def finish(process, timeout=100):
    try:
        out, err = await asyncio.wait_for(process.communicate(), patient(timeout))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    err = err.decode()
    assert not REPORT.search(err), err
    return Done(process.returncode, out, err)


async def film(*arguments, **options):
    return await finish(await start(*arguments, **options))


async def filmed(*arguments, **options):
    done = await film(*arguments, **options)
    assert done.status == 0, done
    return done


async def stop_when(process, path, size, number=signal.SIGINT):
    """Send the signal as soon as the file is that large; whether it came before the end."""
    path = pathlib.Path(path)
    while process.returncode is None and not (path.exists() and path.stat().st_size >= size):
        await asyncio.sleep(0.002)
    if process.returncode is not None:
        return False
    process.send_signal(number)
    return True


async def make_log(folder, edits, offset="0,0", batch=40, region="0,0,1000,1000"):
    """A log of these (ms after the event's begin, x, y, colour); x and y from 0 on, offset is added to them."""
    rows = [f"{EVENT_MS + time},somebody=,{x},{y},{colour}" for time, x, y, colour in edits]
    file = write(f"{folder}.csv", HEAD_2017, rows)
    await good("--log", f"local:{folder}", "--no-authors", "--region", region, "--offset", offset, "--batch", batch,
               file)
    return folder


# ---- what a film has to show


class Expected:
    """The pictures of a film: pictures[k] is what frame k shows, a colour a byte."""

    def __init__(self, records, region, after=0, until=None, fps=25, edits_per_frame=None, speed=None, idle=None):
        self.region = region
        self.fps = fps
        canvas = bytearray(region[2] * region[3])
        queue = []  # (frame, index, colour) in order
        clock, elapsed, count = None, 0, 0
        for record in records:
            if until is not None and record.offset >= until:
                break
            inside = self._inside(record)
            if record.offset < after:
                for index, colour in inside:
                    canvas[index] = colour
                continue
            if not inside:
                continue
            if clock is not None and record.time_ms > clock:
                gap = record.time_ms - clock
                elapsed += gap if idle is None else min(gap, round(1000 * idle))
            clock = max(record.time_ms, clock or 0)
            for index, colour in inside:
                if edits_per_frame:
                    frame = 1 + count // edits_per_frame
                else:
                    frame = max(1, math.ceil(fractions.Fraction(elapsed * fps, 1000) / fractions.Fraction(str(speed))))
                queue.append((frame, index, colour))
                count += 1
        self.pictures = [bytes(canvas)]
        for frame, index, colour in queue:
            while len(self.pictures) < frame:
                self.pictures.append(bytes(canvas))
            canvas[index] = colour
        if queue:
            self.pictures.append(bytes(canvas))
        self.size = region[2:]

    def _inside(self, record):
        x, y, width, height = self.region
        (gx, gy), words = record_edits(record.value)
        found = []
        for edit in words:
            in_x, in_y, colour = parts(edit)
            at_x, at_y = gx * 1000 + in_x - x, gy * 1000 + in_y - y
            if 0 <= at_x < width and 0 <= at_y < height:
                found.append((at_y * width + at_x, colour))
        return found

    def enlarged(self, n):
        """Every pixel n x n."""
        width, height = self.size

        def enlarge(picture):
            rows = (b"".join(bytes((colour,)) * n for colour in picture[y * width:(y + 1) * width])
                    for y in range(height))
            return b"".join(row * n for row in rows)

        self.pictures = [enlarge(picture) for picture in self.pictures]
        self.size = (width * n, height * n)
        return self

    def shrunk(self, n):
        """One pixel for n x n, the most frequent colour, the lower index among equals."""
        width, height = self.size
        across, down = -(-width // n), -(-height // n)

        def shrink(picture):
            small = bytearray()
            for j in range(down):
                for i in range(across):
                    cell = b"".join(picture[y * width + i * n:y * width + min(width, (i + 1) * n)]
                                    for y in range(j * n, min(height, (j + 1) * n)))
                    small.append(max(range(16), key=lambda colour: (cell.count(colour), -colour)))
            return bytes(small)

        self.pictures = [shrink(picture) for picture in self.pictures]
        self.size = (across, down)
        return self


# ---- what it shows


class Decoded:
    """The frames of a WebP as they are shown: ends[i] is the time in ms at which pictures[i] ends."""

    def __init__(self, data):
        at = data.index(b"\n") + 1
        self.width, self.height, self.count = map(int, data[:at].split())
        self.ends, self.pictures = [], []
        while at < len(data):
            begin = data.index(b"\n", at) + 1
            self.ends.append(int(data[at:begin]))
            at = begin + self.width * self.height
            self.pictures.append(data[begin:at])
        assert self.count == len(self.ends)

    def at(self, time_ms):
        return next(picture for end, picture in zip(self.ends, self.pictures) if time_ms < end)


async def decode(path):
    process = await asyncio.create_subprocess_exec(str(DECODER), str(path), stdout=asyncio.subprocess.PIPE,
                                                   stderr=asyncio.subprocess.PIPE)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return Decoded(out)


def check_webp(decoded, expected, hold_ms=2000):
    """Every frame of the film is the picture expected, at its time, and none is stored that changes nothing."""
    assert (decoded.width, decoded.height) == tuple(expected.size)
    times = [(1000 * k + expected.fps // 2) // expected.fps for k in range(len(expected.pictures) + 1)]
    assert decoded.ends[-1] == times[-1] + hold_ms
    for k, picture in enumerate(expected.pictures):
        assert decoded.at(times[k]) == picture, f"frame {k} of {len(expected.pictures)}"
        assert decoded.at(times[k + 1] - 1) == picture, f"frame {k} at its end"
    assert all(before != after for before, after in zip(decoded.pictures, decoded.pictures[1:]))


def as_rgb(picture):
    return b"".join(RGB[colour] for colour in picture)


def check_raw(data, expected, hold_frames=50):
    pictures = [as_rgb(picture) for picture in expected.pictures]
    assert data == b"".join(pictures + pictures[-1:] * hold_frames)


def check_pngs(folder, stem, expected, hold_frames=50):
    files = sorted(pathlib.Path(folder).glob(f"{stem}-*.png"))
    wanted = expected.pictures + expected.pictures[-1:] * hold_frames
    assert [file.name for file in files] == [f"{stem}-{k + 1:06d}.png" for k in range(len(wanted))]
    for k, (file, picture) in enumerate(zip(files, wanted)):
        found = Picture(file.read_bytes())
        assert (found.width, found.height) == tuple(expected.size)
        assert [bytes(colour) for colour in found.palette] == RGB
        assert bytes(found.pixels) == picture, f"{file.name}, frame {k}"
