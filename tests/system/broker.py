# SPDX-License-Identifier: ISC
"""broker: a real Kafka broker by tools/kafka, and the few requests that a test makes of it.

Creating and deleting topics and records is spoken here byte by byte, because no tool of Debian's does it.
"""
import contextlib
import os
import pathlib
import signal
import socket
import struct
import subprocess
import time
import uuid

from fold import parse_export
from patience import patient
from server import BUILD, TOP

START_SECONDS = patient(60)
DELETE_TOPICS, CREATE_TOPICS, DELETE_RECORDS, CREATE_ACLS = 20, 19, 21, 30
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}  # of ACLs


class Broker:
    """One broker process with its folder; keeps port and data over stop and start."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.address = None

    def _tool(self, *args):
        done = subprocess.run([str(TOP / "tools/kafka"), *args, "--dir", str(self.folder)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=START_SECONDS, check=False, text=True)
        if done.returncode:
            raise RuntimeError(f"tools/kafka {' '.join(args)}: status {done.returncode}\n{done.stderr}")
        return done.stdout

    def start(self):
        self.address = self._tool("start", "--port", "0").splitlines()[-1]
        return self

    def stop(self, kill=False):
        self._tool("stop", *(["--kill"] if kill else []))

    def freeze(self):
        os.kill(int((self.folder / "pid").read_text().split()[0]), signal.SIGSTOP)

    def thaw(self):
        """No harm when it was not frozen, or does not run."""
        with contextlib.suppress(OSError):
            os.kill(int((self.folder / "pid").read_text().split()[0]), signal.SIGCONT)

    # ---- requests

    def _ask(self, key, version, body):
        host, port = self.address.split(":")
        header = struct.pack(">hhih", key, version, 1, 4) + b"test"
        with socket.create_connection((host, int(port)), timeout=patient(30)) as connection:
            connection.sendall(struct.pack(">i", len(header + body)) + header + body)
            stream = connection.makefile("rb")
            (size,) = struct.unpack(">i", stream.read(4))
            return stream.read(size)[4:]

    def create_topic(self, topic, partitions=1, settings=()):
        """settings: pairs of a topic's property and its value."""
        name = _string(topic)
        entries = b"".join(_string(key) + _string(value) for key, value in settings)
        answer = self._ask(CREATE_TOPICS, 2, struct.pack(">i", 1) + name + struct.pack(
            ">ihii", partitions, 1, 0, len(settings)) + entries + struct.pack(">iB", 20000, 0))
        _expect_no_error(answer[8 + len(name):], f"create topic {topic}")

    def delete_topic(self, topic):
        name = _string(topic)
        answer = self._ask(DELETE_TOPICS, 1, struct.pack(">i", 1) + name + struct.pack(">i", 20000))
        _expect_no_error(answer[8 + len(name):], f"delete topic {topic}")

    def delete_records(self, topic, before):
        """As retention does: nothing below offset `before` can be read any more."""
        name = _string(topic)
        answer = self._ask(DELETE_RECORDS, 1, struct.pack(">i", 1) + name + struct.pack(
            ">iiqi", 1, 0, before, 20000))
        _expect_no_error(answer[4 + 4 + len(name) + 4 + 4 + 8:], f"delete records of {topic}")

    def allow(self, user, topic, operation):
        """Let a user do something with a topic, where an authorizer asks."""
        body = struct.pack(">ib", 1, 2) + _string(topic) + struct.pack(">b", 3) + _string(f"User:{user}") + _string("*")
        answer = self._ask(CREATE_ACLS, 1, body + struct.pack(">bb", OPERATIONS[operation], 3))
        _expect_no_error(answer[8:], f"let {user} {operation} {topic}")

    # ---- records, by kcat

    def _kcat(self, *args, data=None, timeout=patient(60)):
        done = subprocess.run(["kcat", "-b", self.address, *args], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=timeout, check=False)
        if done.returncode:
            raise RuntimeError(f"kcat {' '.join(args)}: status {done.returncode}\n{done.stderr.decode()}")
        return done.stdout

    def produce(self, topic, value, headers=()):
        """Append one record; headers are (name, text) pairs; a value of b"" is empty, None is null."""
        options = [option for name, text in headers for option in ("-H", f"{name}={text}")]
        if not value:  # kcat sends these only with a key
            options += ["-K", ":"] if value is not None else ["-K", ":", "-Z"]
            self._kcat("-P", "-t", topic, "-p", "0", *options, data=b"key:\n")
            return
        path = self.folder / f"value-{uuid.uuid4().hex}"
        path.write_bytes(value)
        try:
            self._kcat("-P", "-t", topic, "-p", "0", "-X", "message.max.bytes=2000000", *options, str(path))
        finally:
            path.unlink()

    @contextlib.contextmanager
    def transaction_to_abort(self, topic, value):
        """Append one record of 4,095 bytes in a transaction, which is aborted at the end."""
        assert len(value) == 4095 and b"\n" not in value, "kcat reads lines, and whole blocks of 4,096 bytes"
        command = ["-P", "-t", topic, "-p", "0", "-X", f"transactional.id={uuid.uuid4().hex}"]
        with subprocess.Popen(["kcat", "-b", self.address, *command], stdin=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as kcat:
            try:
                kcat.stdin.write(value + b"\n")
                kcat.stdin.flush()
                yield
            finally:
                kcat.kill()
        self._kcat(*command, data=b"")  # another producer of that name: the first one's transaction is aborted

    def records(self, topic):
        """The whole partition, independent of placed."""
        for last in (False, True):
            try:
                return parse_export(self._kcat("-C", "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q", "-X",
                                               "isolation.level=read_uncommitted", "-f", "%o %T %S\\n%s"))
            except RuntimeError as failure:
                # A topic that was just made anew is not known everywhere in the broker at once.
                if last or "Unknown topic" not in str(failure):
                    raise
                time.sleep(2)


class KafkaLog:
    """A topic as the log of a test."""

    kind = "kafka"

    def __init__(self, broker, topic):
        self.broker = broker
        self.topic = topic

    @property
    def arg(self):
        """For --log."""
        return f"kafka://{self.broker.address}/{self.topic}"

    def records(self):
        return self.broker.records(self.topic)


class LocalLog:
    """The embedded log of one server, exported by tools/logcat, which works while the server runs."""

    kind = "local"
    arg = "local"

    def __init__(self, data):
        self.folder = pathlib.Path(data) / "log"

    def records(self):
        done = subprocess.run([str(BUILD / "tools/logcat"), f"local:{self.folder}"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=patient(60), check=False)
        if done.returncode:
            raise RuntimeError(f"logcat: status {done.returncode}\n{done.stderr.decode()}")
        return parse_export(done.stdout)


def _string(text):
    return struct.pack(">h", len(text)) + text.encode()


def _expect_no_error(rest, what):
    (error,) = struct.unpack_from(">h", rest)
    if error:
        raise RuntimeError(f"{what}: Kafka's error {error}")
