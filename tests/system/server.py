# SPDX-License-Identifier: ISC
"""server: one real `placed` process: start it, find its ports, hurt it, end it, read what it said."""
import http.client
import os
import pathlib
import re
import signal
import subprocess
import time

from patience import patient

TOP = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("PLACED_BIN", TOP / "build/server/placed"))
BUILD = BINARY.resolve().parents[1]
START_SECONDS = patient(60)  # the slowest start: under a sanitizer, on a busy machine
REPORT = re.compile(r"ERROR: \w+Sanitizer|runtime error:|WARNING: \w+Sanitizer|Assertion .* failed|\*\*\* .* \*\*\*")
ADDRESS = re.compile(r"^placed(?:-render)?: (listening|admin) on (https?)://(.+):(\d+)$", re.M)


class Response:
    """An HTTP answer, read whole. Header names are lower case."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body


class Server:
    """A placed process and its data directory; may be started again after it ended."""

    def __init__(self, data, log="local", args=(), env=None, name="server", web=None):
        self.data = pathlib.Path(data)
        self.log = log
        self.args = list(args)
        self.env = dict(env or {})
        self.name = name
        self.process = None
        self.starts = 0
        self.stderr_path = None
        self.addresses = {}
        self.reports = []  # sanitizer reports and exits that nobody expected

    # ---- its life

    def start(self, prefix=(), args=(), wait=True):
        """Start it and wait until it has said where it listens. prefix: strace and the like; with them
        the process must stay the one started (strace -D)."""
        assert self.process is None, f"{self.name} runs already"
        command = [*prefix, *self.command(), *self.args, *args]
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.starts += 1
        self.stderr_path = self.data.parent / f"{self.data.name}.stderr.{self.starts}"
        self.addresses = {}
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith("PLACED_") or name == "PLACED_TEST_RUN"}
        env = {"UBSAN_OPTIONS": "print_stacktrace=1", **inherited, **self.env}
        # LeakSanitizer does not work under ptrace.
        env["ASAN_OPTIONS"] = ":".join([env.get("ASAN_OPTIONS", "detect_leaks=1"), "exitcode=99",
                                        *(["detect_leaks=0"] if prefix else [])])
        with open(self.stderr_path, "wb") as stderr:
            self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)
        if wait:
            self.wait_listening()
        return self

    def command(self):
        """What is run, before the arguments of the test."""
        if not BINARY.exists():
            raise RuntimeError(f"no server at {BINARY} (build it, or set PLACED_BIN)")
        return [str(BINARY), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--log", self.log,
                "--data", str(self.data)]

    def wait_listening(self):
        deadline = time.monotonic() + START_SECONDS
        while len(self.addresses) < 2:
            for kind, scheme, host, port in ADDRESS.findall(self.stderr()):
                self.addresses.setdefault(kind, (scheme, host, int(port)))
            if self.process.poll() is not None:
                status, self.process = self.process.returncode, None
                raise RuntimeError(f"{self.name} ended with {status} while it started:\n{self.stderr()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} does not listen after {START_SECONDS} s:\n{self.stderr()}")
            time.sleep(0.01)

    def run_to_exit(self, args=(), timeout=START_SECONDS):
        """Start it, expecting that it ends by itself: (exit status, what it said)."""
        self.start(args=args, wait=False)
        return self.wait_exit(timeout), self.stderr()

    def wait_exit(self, timeout=patient(30)):
        """Its exit status (negative: the signal that killed it)."""
        status = self.process.wait(timeout)
        self.process = None
        self._look_for_reports()
        return status

    def stop(self, timeout=patient(30)):
        """SIGTERM; it has to exit with 0."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.wait_exit(timeout)
        except subprocess.TimeoutExpired:
            self.reports.append(f"{self.name} did not end within {timeout} s of SIGTERM")
            self.kill()
            raise
        if status != 0:
            self.reports.append(f"{self.name} ended with {status} after SIGTERM")
        assert status == 0, f"{self.name} ended with {status} after SIGTERM:\n{self.stderr()[-4000:]}"

    def kill(self):
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        return self.wait_exit()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def close(self):
        """End it whatever state it is in. Ended by itself before, it is reported."""
        if self.process is None:
            return
        if self.process.poll() is not None:
            self.reports.append(f"{self.name} ended by itself with {self.wait_exit()}")
            return
        self.thaw()
        try:
            self.stop()
        except (AssertionError, subprocess.TimeoutExpired):
            pass  # in reports

    # ---- what it says

    def stderr(self):
        """Everything that the present or last process wrote."""
        return self.stderr_path.read_text(errors="replace") if self.stderr_path else ""

    def _look_for_reports(self):
        text = self.stderr()
        found = REPORT.search(text)
        if found:
            self.reports.append(f"{self.name}: {text[max(0, found.start() - 200):found.start() + 6000]}")

    def memory(self):
        """Resident bytes now: its own (anonymous), and those of mapped files: the program, and LMDB's
        pages of the log, which the system takes back when it likes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            kilobytes = dict(re.findall(r"^(Rss\w+):\s+(\d+) kB$", status.read(), re.M))
        return 1024 * int(kilobytes["RssAnon"]), 1024 * int(kilobytes["RssFile"])

    def resident_bytes(self):
        """Resident set size now."""
        return sum(self.memory())

    # ---- how to talk to it

    def url(self, path="", scheme="http", kind="listening"):
        its_scheme, host, port = self.addresses[kind]
        return f"{scheme}{'s' if its_scheme == 'https' else ''}://{host}:{port}{path}"

    def request(self, method, path, headers=None, body=None, kind="listening", timeout=patient(20)):
        """One HTTP request (blocking; asyncio.to_thread it)."""
        _, host, port = self.addresses[kind]
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return Response(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def admin(self, path):
        return self.request("GET", path, kind="admin")

    def metric(self, name):
        """The value of one counter or gauge."""
        text = self.admin("/metrics").body.decode()
        found = re.search(rf"^{name} (\S+)$", text, re.M)
        assert found, f"/metrics has no {name}"
        return float(found[1])
