# SPDX-License-Identifier: ISC
"""Consumer groups of a Kafka broker as their coordinator has them, and how a member is put out of one. No client of the
distribution can do that; it is two requests of the protocol (kafka.apache.org/protocol)."""
import socket
import struct

LEAVE_GROUP, DESCRIBE_GROUPS = 13, 15  # both in version 0


def _string(text):
    return struct.pack(">h", len(text)) + text.encode()


class _Answer:
    def __init__(self, body):
        self.body, self.at = body, 0

    def number(self, form):
        value, = struct.unpack_from(form, self.body, self.at)
        self.at += struct.calcsize(form)
        return value

    def bytes(self, form):
        n = max(self.number(form), 0)
        self.at += n
        return self.body[self.at - n:self.at]


class Groups:
    def __init__(self, address):
        host, port = address.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=30)
        self.answers = self.socket.makefile("rb")

    def close(self):
        self.answers.close()
        self.socket.close()

    def _read(self, n):
        got = self.answers.read(n)
        assert len(got) == n, "the broker has closed the connection"
        return got

    def _ask(self, api, body):
        request = struct.pack(">hhi", api, 0, 0) + _string("groups") + body
        self.socket.sendall(struct.pack(">i", len(request)) + request)
        length, = struct.unpack(">i", self._read(4))
        return _Answer(self._read(length)[4:])  # behind the number of the request

    def members(self, group):
        """The names that the coordinator has given them."""
        answer = self._ask(DESCRIBE_GROUPS, struct.pack(">i", 1) + _string(group))
        assert answer.number(">i") == 1 and answer.number(">h") == 0, f"there is no group {group}"
        for _ in ("group", "state", "protocol type", "protocol"):
            answer.bytes(">h")
        members = []
        for _ in range(answer.number(">i")):
            members.append(answer.bytes(">h").decode())
            for form in (">h", ">h", ">i", ">i"):  # its client, its host, what it subscribes to, what it was assigned
                answer.bytes(form)
        return members

    def put_out(self, group, member):
        """The coordinator does not know it any more; the member learns of that when it asks for something next."""
        assert self._ask(LEAVE_GROUP, _string(group) + _string(member)).number(">h") == 0
