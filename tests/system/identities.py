# SPDX-License-Identifier: ISC
"""identities: PROTOCOL.md's "Identity" in Python, so that tests can sign what a server signs, and forge it."""
import base64
import hashlib
import ipaddress
import json
import pathlib
import re
import struct
import time

COOKIE, AUTHOR, NETWORK, WORK = 1, 2, 3, 4
PERSON = 1 << 63
WORDS = [re.findall(r'"([a-z]+)"', block) for block in re.findall(
    r"\[WORDS\]\[\d+\] = \{(.*?)\};",
    (pathlib.Path(__file__).parents[2] / "server/identity/pseudonym.c").read_text(), re.S)]


class Key:
    """One key of a secret."""

    def __init__(self, number, master):
        self.number = number
        self.master = master

    def derived(self, which):
        """libsodium's crypto_kdf."""
        return hashlib.blake2b(key=self.master, digest_size=32, salt=which.to_bytes(8, "little") + bytes(8),
                               person=b"placedid" + bytes(8)).digest()

    def keyed(self, which, data):
        return hashlib.blake2b(data, key=self.derived(which), digest_size=32).digest()

    def cookie_bytes(self, identity=b"\x07" * 16, minute=None, kind=1, number=None):
        minute = int(time.time()) // 60 if minute is None else minute
        head = bytes([kind, self.number if number is None else number]) + struct.pack("<I", minute) + identity
        return head + self.keyed(COOKIE, head)

    def cookie(self, *args, **more):
        return base64.urlsafe_b64encode(self.cookie_bytes(*args, **more)).decode()

    def author(self, letter, data):
        return int.from_bytes(self.keyed(AUTHOR, letter + data)[:8], "little") | PERSON

    def name_of_cookie(self, identity=b"\x07" * 16):
        return pseudonym(self.author(b"c", identity))

    def name_of_user(self, user):
        return pseudonym(self.author(b"s", user.encode()))

    def name_of_address(self, address):
        return pseudonym(self.author(b"n", prefix(address)))


def prefix(address, bits=None):
    """The narrow network of an address, or the one of so many bits."""
    address = ipaddress.ip_address(address)
    number = int(address) if address.version == 6 else 0xffff << 32 | int(address)
    bits = bits or (64 if address.version == 6 else 128)
    return (number >> 128 - bits << 128 - bits).to_bytes(16, "big") + bytes([bits])


def pseudonym(author):
    return "{}-{}-{}".format(WORDS[0][author % 64], WORDS[1][author // 64 % 64], (author & PERSON - 1) // 4096 % 100)


def read_secret(path):
    """The keys of a file: current, previous (or None)."""
    keys = {name: Key(int(number), bytes.fromhex(digits)) for name, number, digits in
            re.findall(r"^(current|previous) (\d+) ([0-9a-f]{64})$", pathlib.Path(path).read_text(), re.M)}
    return keys["current"], keys.get("previous")


def solve(challenge):
    """What the page's worker does."""
    p = challenge["parameters"]
    assert p["algorithm"] == "PBKDF2/SHA-256"
    for counter in range(challenge["most"]):
        key = hashlib.pbkdf2_hmac("sha256", bytes.fromhex(p["nonce"]) + counter.to_bytes(4, "big"),
                                  bytes.fromhex(p["salt"]), p["cost"], p["keyLength"])
        if key.hex().startswith(p["keyPrefix"]):
            return {"counter": counter, "derivedKey": key.hex(), "time": 1.5}
    raise AssertionError("no counter solves it")


def payload(challenge, solution):
    """The body of POST /identity."""
    text = json.dumps({"challenge": {k: challenge[k] for k in ("parameters", "signature")}, "solution": solution})
    return json.dumps({"altcha": base64.b64encode(text.encode()).decode()})
