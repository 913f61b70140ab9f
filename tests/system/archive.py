# SPDX-License-Identifier: ISC
"""archive: a server's history served by hand, with lies; and running the tools that read a history."""
import contextlib
import copy
import http.server
import json
import os
import signal
import subprocess
import tempfile
import threading
import time

from fold import record_edits
from past import Past
from patience import patient
from server import BUILD, REPORT


class Archive:
    """The names of PROTOCOL.md, "History", that tools read, made from records by past.py. `answers` is what is served:
    {path: bytes}, or a function of the handler; change it to lie. `asked` counts requests by path."""

    def __init__(self, records, genesis, read=None):
        self.genesis = genesis
        self.base = f"/h/{genesis[:16]}/"
        self.version = read if read is not None else records[-1].offset + 1
        self.info = {"protocol": "placed.1", "genesis": genesis, "version": self.version, "history": True}
        self.index = {"genesis": genesis, "version": self.version, "canvases": []}
        self.answers = {}
        self.asked = {}
        places = {edits[0] for edits in (record_edits(record.value) for record in records) if edits}
        for place in sorted(places, key=lambda place: (place[1], place[0])):
            past = Past(records, place)
            rows, tail = past.rows(genesis)
            self.index["canvases"].append({"x": place[0], "y": place[1], "version": past.version, "edits": sum(
                row["edits"] for row in (*rows, tail)), "blocks": rows, "tail": tail})
            for block in past.blocks:
                self.answers[self.name(place, block.number)] = block.encode(genesis, place)
            self.answers[self.name(place, "tail")] = past.tail.encode(genesis, place)

    def copy(self):
        """Another one, not serving, to lie by itself: making one takes a while."""
        other = copy.copy(self)
        other.index, other.answers, other.asked = copy.deepcopy(self.index), dict(self.answers), {}
        return other

    def name(self, place, what):
        return f"{self.base}{place[0]},{place[1]}/{what}.bin"

    def row(self, place, number):
        """The entry of the index; number -1 is the tail."""
        (canvas,) = (canvas for canvas in self.index["canvases"] if (canvas["x"], canvas["y"]) == place)
        return canvas["blocks"][number] if number >= 0 else canvas["tail"]

    def __enter__(self):
        archive = self
        self.answers.setdefault("/info", json.dumps(self.info).encode())
        self.answers.setdefault(self.base + "index.json", json.dumps(self.index).encode())

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                archive.asked[self.path] = archive.asked.get(self.path, 0) + 1
                answer = archive.answers.get(self.path)
                # The tool may end the connection whenever it has seen enough.
                with contextlib.suppress(OSError):
                    if callable(answer):
                        answer(self)
                    elif answer is None:
                        self.answer(404, b"{}")
                    else:
                        self.answer(200, answer)

            def answer(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.url = "http://127.0.0.1:%d" % self._server.server_address[1]
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Done:
    """How a tool ended."""

    def __init__(self, status, out, err, peak_kb):
        self.status, self.out, self.err, self.peak_kb = status, out, err, peak_kb

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"status {self.status}, {self.peak_kb} kB\n{self.out[-3000:]!r}\n{self.err}"


def most_memory_kb(pid):
    """The most that a running process has had in memory up to now, as seen every few milliseconds; 0 when it has ended."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def run(tool, *arguments, interrupt_when=None, timeout=100, text=True, env=None):
    """Run a tool of build/tools to its end. interrupt_when: SIGINT once this is true."""
    command = [str(BUILD / "tools" / tool), *map(str, arguments)]
    deadline = time.monotonic() + patient(timeout)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,  # pylint: disable=R1732
                                   env={**os.environ, **(env or {})})
        # How much memory it takes is read while it runs. What wait4 tells at its end is the greatest of this process and
        # of the one that started it, so a test would fail by how large the tests themselves have grown.
        peak_kb = 0
        while process.poll() is None:
            peak_kb = max(peak_kb, most_memory_kb(process.pid))
            if interrupt_when is not None and interrupt_when():
                process.send_signal(signal.SIGINT)
                interrupt_when = None
            if time.monotonic() > deadline:
                process.kill()
            time.sleep(0.005)
        out.seek(0)
        err.seek(0)
        data, said = out.read(), err.read().decode(errors="replace")
    assert not REPORT.search(said), said
    return Done(process.returncode, data.decode() if text else data, said, peak_kb)


def files_below(folder):
    return sorted(name for _, _, names in os.walk(folder) for name in names)
