# SPDX-License-Identifier: ISC
"""Who somebody is, by attack: cookies, tokens, names of single sign-on and addresses that are made up, against the
real binary. PROTOCOL.md, "Identity"; the threats in SECURITY.md.
"""
import base64
import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import time

import pytest
import raw
from certificates import Certificate, Place, context
from identities import Key, payload, pseudonym, read_secret, solve
from patience import patient
from server import BINARY, Response, Server
from test_http import wait_ready

EDIT = "/edit?x=1&y=2&c=3"
STRANGER = Key(1, b"\x55" * 32)


class People:
    """A server, and what it says of who asks."""

    def __init__(self, server):
        self.server = server

    def ask(self, method, path, *headers, body=None):
        """One request with exactly these fields, several of one name included."""
        length = f"Content-Length: {len(body)}\r\n" if body is not None else ""
        text = f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{length}"
        text += "".join(header + "\r\n" for header in headers) + "\r\n" + (body or "")
        head, _, rest = raw.request(self.server, text.encode("latin-1")).partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = [line.partition(": ")[::2] for line in lines[1:]]
        answer = Response(int(lines[0].split()[1]), fields, rest)
        answer.cookies = [value for name, value in fields if name.lower() == "set-cookie"]
        return answer

    def who(self, *headers):
        """(name, new) as POST /identity says; None: it is refused."""
        answer = self.ask("POST", "/identity", *headers)
        if answer.status != 200:
            return None
        said = json.loads(answer.body)
        assert said["new"] == any("Max-Age=3" in cookie for cookie in answer.cookies), answer.cookies
        return said["name"], said["new"]

    def hello(self, *headers):
        """What the hello of a WebSocket says, and the status of its handshake."""
        with raw.WebSocket(self.server, headers=headers) as ws:
            return ws.status, json.loads(ws.until(raw.TEXT)) if ws.status == 101 else None

    def everywhere(self, *headers):
        """The status of each request that asks who it is."""
        return {self.ask("POST", EDIT, *headers).status, self.hello(*headers)[0],
                self.events(*headers),
                self.ask("POST", "/identity", *headers).status}

    def events(self, *headers):
        with raw.connect(self.server) as sock:
            text = "GET /events HTTP/1.1\r\nHost: a\r\n" + "".join(h + "\r\n" for h in headers) + "\r\n"
            sock.sendall(text.encode("latin-1"))
            return raw.status(sock.recv(4096))


@pytest.fixture(name="start")
def fixture_start(tmp_path):
    servers = []

    def start(*args, secret=None, **more):
        args = ["--identity-rate", "0", *args, *(["--secret", str(secret)] if secret else [])]
        servers.append(Server(tmp_path / f"data{len(servers)}", args=args, **more).start())
        wait_ready(servers[-1])
        return People(servers[-1])

    yield start
    for server in servers:
        server.close()
        assert not server.reports, "\n".join(server.reports)


def keys(people):
    return read_secret(people.server.data / "secret")


# ---- the secret

def test_the_secret_is_made_once_and_believed_only_while_nobody_else_can_read_it(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    path = server.data / "secret"
    found = path.stat()
    assert stat.S_IMODE(found.st_mode) == 0o600 and found.st_uid == os.geteuid()
    first = path.read_text()
    server.stop()
    server.start().stop()
    assert path.read_text() == first, "made once"
    for mode in (0o644, 0o640, 0o604, 0o660):
        path.chmod(mode)
        status, said = server.run_to_exit()
        assert status == 1 and str(path) in said and "chmod 600" in said, said
    path.chmod(0o600)
    for bad in ("", first[:40], first.replace("current 1 ", "current 1 z"), first.rstrip("\n"), first + first):
        path.write_text(bad)
        status, said = server.run_to_exit()
        assert status == 1 and str(path) in said, said
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(first)
    elsewhere.chmod(0o600)
    path.unlink()
    path.symlink_to(elsewhere)
    status, said = server.run_to_exit()
    assert status == 1 and "symbolic link" in said, said
    path.unlink()
    missing = tmp_path / "missing"
    status, said = server.run_to_exit(args=["--secret", str(missing)])
    assert status == 1 and str(missing) in said and not missing.exists() and not path.exists(), said
    server.start(args=["--secret", str(elsewhere)]).stop()
    assert not path.exists(), "one that is named is used, and no other is made"
    assert not server.reports


def test_two_servers_with_one_secret_know_the_same_people_and_others_do_not(start, tmp_path):
    one = start()
    two = start(secret=one.server.data / "secret")
    other = start()
    answer = one.ask("POST", "/identity")
    cookie = "Cookie: " + answer.cookies[0].partition(";")[0]
    name = json.loads(answer.body)["name"]
    assert one.who(cookie) == two.who(cookie) == (name, False)
    assert one.hello(cookie)[1]["user"] == two.hello(cookie)[1]["user"] == name
    assert other.who(cookie)[1], "another secret: somebody new"


def test_a_rotation_keeps_people_once_and_forgets_them_the_second_time(start):
    people = start()
    server = people.server
    answer = people.ask("POST", "/identity")
    cookie = "Cookie: " + answer.cookies[0].partition(";")[0]
    name = json.loads(answer.body)["name"]
    for known in (True, False):
        before = server.stderr().count("were reloaded")
        done = subprocess.run([str(BINARY), "--data", str(server.data), "--rotate-secret"], capture_output=True,
                              timeout=patient(60), check=False, text=True)
        assert done.returncode == 0 and "has a new key" in done.stderr, done.stderr
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + patient(20)
        while server.stderr().count("were reloaded") == before:
            assert time.monotonic() < deadline, "SIGHUP is not heard"
            time.sleep(0.02)
        if known:
            assert people.who(cookie) == (name, False)
        else:
            assert people.who(cookie)[1], "two rotations later nobody knows who that was"


# ---- cookies

def test_the_format_is_that_of_the_protocol(start):
    people = start()
    key, _ = keys(people)
    assert people.who(f"Cookie: placed={key.cookie()}") == (key.name_of_cookie(), False), "signed by the test"
    answer = people.ask("POST", "/identity")
    value = re.fullmatch(r"placed=([\w-]{72}); Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
                         answer.cookies[0])[1]
    data = base64.urlsafe_b64decode(value)
    minute = int.from_bytes(data[2:6], "little")
    assert data == key.cookie_bytes(data[6:22], minute) and abs(minute - time.time() / 60) < 3
    assert json.loads(answer.body)["name"] == key.name_of_cookie(data[6:22])
    assert answer.headers["cache-control"] == "no-store"
    assert people.hello()[1]["user"] == key.name_of_address("127.0.0.1"), "without one: the network"
    values = {people.ask("POST", "/identity").cookies[0] for _ in range(20)}
    assert len(values) == 20, "everybody is somebody else"


def bad_cookies(key):
    now = int(time.time()) // 60
    good, data = key.cookie(), key.cookie_bytes()
    code = lambda bytes_: base64.urlsafe_b64encode(bytes_).decode()  # noqa: E731
    return {
        "empty": "", "garbage": "garbage", "spaces": good.replace(good[3], " ", 1), "quoted": f'"{good}"',
        "padded": good + "=", "one letter more": good + "A", "one letter less": good[:-1], "twice": good + good,
        "truncated": code(data[:-1]), "without the MAC": code(data[:22]), "a byte more": code(data + b"\0"),
        "percent": good[:-1] + f"%{ord(good[-1]):02x}", "standard alphabet": "+/" + good[2:], "line": good[:-1] + "\t",
        "high byte": good[:30] + "\x80" + good[31:], "flipped": code(data[:10] + bytes([data[10] ^ 1]) + data[11:]),
        "flipped MAC": code(data[:-1] + bytes([data[-1] ^ 0x80])), "zero MAC": code(data[:22] + bytes(32)),
        "other secret": STRANGER.cookie(), "key number": key.cookie(number=key.number + 1),
        "key 0": key.cookie(number=0), "version 0": key.cookie(kind=0), "version 3": key.cookie(kind=3),
        "version 255": key.cookie(kind=255), "future": key.cookie(minute=now + 10),
        "far future": key.cookie(minute=2**32 - 1),
        "huge": "A" * 4000, "nul": "%00", "unicode": "\xc3\xa9" * 36,
    }


def test_cookies_that_are_no_good_make_nobody(start):
    people = start("--identity", "cookie")
    key, _ = keys(people)
    for what, value in bad_cookies(key).items():
        field = f"Cookie: placed={value}"
        before = people.server.metric("placed_cookies_bad_total")
        name, new = people.who(field)
        assert new, f"{what}: gets a new one"
        status, hello = people.hello(field)
        assert status == 101, f"{what}: may look"
        answer = people.ask("POST", EDIT, field)
        assert answer.status == 401 and json.loads(answer.body)["error"] == "identity", (what, answer.body)
        assert people.server.metric("placed_cookies_bad_total") > before, what
    assert people.ask("POST", EDIT).status == 401, "nor does none"
    assert people.ask("POST", EDIT, f"Cookie: placed={key.cookie()}").status == 200
    assert people.ask("POST", EDIT, f"Cookie: a=b; placed={key.cookie()}; c=d").status == 200
    assert people.ask("POST", EDIT, f"Cookie: placed={key.cookie(minute=int(time.time()) // 60 + 1)}").status == 200, \
        "a minute ahead: another server's clock"


def test_two_cookies_are_refused_everywhere_whatever_they_hold(start):
    people = start()
    key, _ = keys(people)
    good, other = key.cookie(), key.cookie(b"\x08" * 16)
    for fields in ([f"Cookie: placed={good}; placed={other}"], [f"Cookie: placed={good}; placed={good}"],
                   [f"Cookie: placed={good}", f"Cookie: placed={other}"], [f"Cookie: placed={good};placed="],
                   [f"Cookie: placed={good}", "Cookie: a=b"], [f"Cookie: x=y;placed=x ; placed={good}"],
                   [f"cookie: placed={good}", f"COOKIE: placed={good}"]):
        assert people.everywhere(*fields) == {400}, fields
    # Of both names the right one is kept, and the answer removes the other.
    both = f"Cookie: __Host-placed={other}; placed={good}"
    assert people.ask("POST", EDIT, both).status == people.hello(both)[0] == people.events(both) == 400
    gone = "__Host-placed=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    for method, path in (("POST", EDIT), ("GET", "/events"), ("GET", "/info"), ("POST", "/identity")):
        assert people.ask(method, path, both).cookies == [gone], f"{path}: so that the next attempt succeeds"
    answer = people.ask("POST", "/identity", both)
    assert json.loads(answer.body)["name"] == key.name_of_cookie()
    assert people.ask("GET", "/info", "Cookie: " + "a" * 9000).status == 431


def test_another_page_gets_no_identity(start):
    people = start("--origin", "https://friend.test")
    assert people.ask("POST", "/identity", "Origin: https://evil.test").status == 403
    assert people.ask("GET", "/identity/challenge", "Origin: https://evil.test").status == 403
    assert people.ask("POST", "/identity", "Origin: null").status == 403
    assert people.ask("POST", "/identity", "Origin: http://a").status == 200
    answer = people.ask("POST", "/identity", "Origin: https://friend.test")
    assert answer.status == 200 and "access-control-allow-credentials" not in answer.headers
    assert people.ask("GET", "/identity").status == 405
    assert people.ask("GET", "/identity/challenge").status == 404, "no work is asked for"


def test_tls_has_a_cookie_that_no_other_host_can_set(start, tmp_path):
    certificate, place = Certificate(tmp_path, "identity"), Place(tmp_path)
    place.put(certificate.cert, certificate.key)
    people = start(*place.args)
    key, _ = keys(people)
    _, host, port = people.server.addresses["listening"]

    def who(cookie):
        connection = http.client.HTTPSConnection(host, port, context=context(), timeout=patient(20))
        connection.request("POST", "/identity", headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        said = json.loads(answer.read())
        return said["name"], answer.headers.get_all("set-cookie") or []

    _, cookies = who(None)
    assert re.fullmatch(r"__Host-placed=[\w-]{72}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000",
                        cookies[0])
    assert who(f"__Host-placed={key.cookie()}") == (key.name_of_cookie(), [])
    name, cookies = who(f"placed={key.cookie()}")
    assert name != key.name_of_cookie() and len(cookies) == 2, "one set without TLS, or by a neighbour, does not count"
    assert cookies[1] == "placed=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"


# ---- how many

def test_a_network_gets_so_many_identities_wherever_in_it_they_are_asked_for(start):
    people = start("--identity-rate", "3", "--trust-proxy", "127.0.0.1")

    def given(addresses):
        statuses = [people.ask("POST", "/identity", f"X-Forwarded-For: {address}").status for address in addresses]
        assert set(statuses) <= {200, 429}
        return statuses.count(200)

    assert given(["192.0.2.7"] * 6) == 3
    assert given([f"192.0.2.{i}" for i in range(8, 20)]) == 12, "IPv4 is counted by whole addresses"
    assert given([f"2001:db8:0:1::{i:x}" for i in range(1, 20)]) == 3, "a /64"
    assert given([f"2001:db8:0:10{i:02x}::1" for i in range(40)]) == 12, "another /64 of one /56 each"
    assert given([f"2001:db8:77:{i:02x}00::1" for i in range(80)]) == 48, "another /56 of one /48 each"
    answer = people.ask("POST", "/identity", "X-Forwarded-For: 192.0.2.7")
    said = json.loads(answer.body)
    assert said["error"] == "network" and 0 < said["retry_ms"] <= 1200 * 1000
    assert int(answer.headers["retry-after"]) == -(-said["retry_ms"] // 1000)
    key, _ = keys(people)
    assert people.who("X-Forwarded-For: 192.0.2.7", f"Cookie: placed={key.cookie()}") == (key.name_of_cookie(), False)
    assert people.server.metric("placed_identities_refused_total") > 50


def test_an_identity_has_to_reach_its_age_before_it_draws(start):
    people = start("--identity-age", "600")
    key, _ = keys(people)
    now = int(time.time()) // 60

    def draw(*headers):
        answer = people.ask("POST", EDIT, *headers)
        return answer.status, json.loads(answer.body), answer.headers

    for minute, wait_s in ((now, 600), (now - 5, 300), (now + 1, 660)):
        status, said, headers = draw(f"Cookie: placed={key.cookie(minute=minute)}")
        assert (status, said["error"]) == (403, "young")
        assert wait_s - 120 < said["retry_ms"] / 1000 <= wait_s and int(headers["retry-after"]) <= wait_s
    assert draw(f"Cookie: placed={key.cookie(minute=now - 11)}")[0] == 200
    assert draw()[:2] == (401, {"error": "identity", "retry_ms": 0}), "without an identity there is no age"


# ---- work

def test_work_comes_before_an_identity_and_is_worth_one_identity(start):
    people = start("--identity", "work", "--identity-work", "200")
    key, _ = keys(people)
    assert json.loads(people.ask("GET", "/info").body)["protocol"] == "placed.1"
    answer = people.ask("POST", "/identity")
    assert answer.status == 403 and json.loads(answer.body)["error"] == "work" and not answer.cookies
    challenge = json.loads(people.ask("GET", "/identity/challenge").body)
    solution = solve(challenge)
    answer = people.ask("POST", "/identity", body=payload(challenge, solution))
    again = people.ask("POST", "/identity", body=payload(challenge, solution))
    assert answer.status == again.status == 200
    assert answer.cookies == again.cookies, "shown twice it is the same identity"
    cookie = "Cookie: " + answer.cookies[0].partition(";")[0]
    assert people.ask("POST", EDIT, cookie).status == 200
    name = json.loads(answer.body)["name"]
    assert people.who(cookie) == (name, False)
    # What was given freely may look; working for it, it stays who it is.
    old = f"Cookie: placed={key.cookie()}"
    assert people.ask("POST", EDIT, old).status == 401
    challenge = json.loads(people.ask("GET", "/identity/challenge", old).body)
    answer = people.ask("POST", "/identity", old, body=payload(challenge, solve(challenge)))
    assert json.loads(answer.body)["name"] == key.name_of_cookie()
    bad = {"counter": solve(challenge)["counter"] + 1}, {"counter": -1}, {"counter": 2**40}, {}, None, {"counter": "1"}
    bodies = [payload(challenge, wrong) for wrong in bad]
    forged = json.loads(json.dumps(challenge))
    forged["parameters"]["keyPrefix"] = "00" * 16
    bodies += [payload(forged, {"counter": 0}), "", "{", "[]", '{"altcha":1}', '{"altcha":"!"}', "[" * 4000, "\0",
               '{"altcha":"' + "A" * 3000 + '"}']
    other = json.loads(people.ask("GET", "/identity/challenge").body)
    bodies.append(payload({**challenge, "signature": other["signature"]}, solve(challenge)))
    for body in bodies:
        answer = people.ask("POST", "/identity", body=body)
        assert answer.status == 403 and not answer.cookies, body[:80]
    assert people.ask("POST", "/identity", body="x" * 5000).status == 413


# ---- single sign-on

def test_single_sign_on_needs_a_proxy_to_vouch(tmp_path):
    server = Server(tmp_path / "data")
    for args in (["--sso-header", "X-User"], ["--identity", "sso", "--trust-proxy", "127.0.0.1"],
                 ["--sso-header", "X User", "--trust-proxy", "127.0.0.1"], ["--identity", "maybe"],
                 ["--sso-header", "Cookie", "--trust-proxy", "127.0.0.1"]):
        status, said = server.run_to_exit(args=args)
        assert status == 2, (args, said)


def test_a_name_counts_from_the_proxy_alone_and_in_one_spelling(start):
    proxied = start("--sso-header", "X-Forwarded-User", "--trust-proxy", "127.0.0.1", "--identity", "sso")
    key, _ = keys(proxied)
    alice = "X-Forwarded-User: alice@example.com"
    assert proxied.who(alice) == (key.name_of_user("alice@example.com"), False)
    assert proxied.hello(alice)[1]["user"] == key.name_of_user("alice@example.com")
    assert proxied.who("x-forwarded-user: bob") == (key.name_of_user("bob"), False)
    assert proxied.ask("POST", EDIT, alice).status == 200
    assert proxied.ask("POST", EDIT).status == 401, "who has not signed on"
    assert proxied.ask("POST", EDIT, f"Cookie: placed={key.cookie()}").status == 401, "nor does a cookie do"
    assert json.loads(proxied.ask("POST", "/identity").body)["error"] == "sso"
    for fields in ([alice, alice], [alice, "X-Forwarded-User: bob"],
                   ["X_Forwarded_User: bob"], ["X-Forwarded_User: bob"],
                   [alice, "X_Forwarded_User: bob"], ["x_forwarded_user: bob", alice], ["X-Forwarded-User:"],
                   ["X-Forwarded-User:   "], ["X-Forwarded-User: " + "a" * 256], ["X-Forwarded-User: a\tb"]):
        assert proxied.everywhere(*fields) == {400}, fields
    assert proxied.who("X-Forwarded-User: " + "a" * 255)
    direct = start("--sso-header", "X-Forwarded-User", "--trust-proxy", "192.0.2.1")
    assert direct.everywhere(alice) == direct.everywhere("X_Forwarded_User: bob") == {400}, "not from a proxy"
    assert direct.ask("POST", EDIT).status == 200
    plain = start()
    assert plain.who(alice)[1], "where it is not switched on it is a field like any other"


# ---- bots

def test_tokens_that_are_nobodys_are_refused(start):
    people = start()
    for value in ("Bearer wrong", "Bearer", "Bearer  ", "bearer x y", "Bearer " + "a" * 3000, "BEARER \xff"):
        assert people.everywhere(f"Authorization: {value}") == {401}, value
    assert people.ask("POST", EDIT, "Authorization: Bearer a").headers["www-authenticate"] == "Bearer"
    assert people.everywhere("Authorization: Basic YTpi", "Authorization: Basic YTpi") == {400}
    assert people.ask("POST", EDIT, "Authorization: Basic YTpi").status == 200, "a site behind a password"


def test_a_bot_draws_by_its_token_until_that_is_taken_back(start):
    people = start("--identity", "cookie")
    key, _ = keys(people)
    operator = "Bearer " + (people.server.data / "token").read_text().strip()

    def control(path, **said):
        answer = people.server.request("POST", f"/control/{path}", kind="admin",
                                       body=json.dumps({**said, "why": "test"}),
                                       headers={"Authorization": operator, "Content-Type": "application/json"})
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    token = control("token", name="painter", role="bot")["token"]
    viewer = control("token", name="guest", role="viewer")["token"]
    name = pseudonym(key.author(b"b", b"painter"))
    deadline = time.monotonic() + patient(20)
    while people.who(f"Authorization: Bearer {token}") is None:
        assert time.monotonic() < deadline, "the token is good soon"
        time.sleep(0.02)
    assert people.who(f"Authorization: bearer {token}") == (name, False)
    assert people.hello(f"Authorization: Bearer {token}")[1]["user"] == name
    assert people.ask("POST", EDIT, f"Authorization: Bearer {token}").status == 200
    assert people.ask("POST", EDIT, f"Authorization: Bearer {token}",
                      f"Cookie: placed={STRANGER.cookie()}").status == 200
    for wrong in (viewer, operator.split()[1], token[:-1], token + "A", token.swapcase(), f" {token} x"):
        assert people.everywhere(f"Authorization: Bearer {wrong}") == {401}, "a moderator's token is none of a bot"
    for path in ("/control/status", "/control/audit"):
        answer = people.server.request("GET", path, kind="admin", headers={"Authorization": f"Bearer {token}"})
        assert answer.status in (401, 403), "nor the other way round"
    control("token/remove", name="painter")
    while people.who(f"Authorization: Bearer {token}") is not None:
        assert time.monotonic() < deadline + patient(20), "it is no good soon"
        time.sleep(0.02)
    secret = (people.server.data / "secret").read_text()
    for file in (people.server.data / "control").iterdir():
        assert token.encode() not in file.read_bytes() and secret[-30:].encode() not in file.read_bytes()


# ---- addresses

def test_an_address_is_believed_from_a_proxy_alone(start):
    direct = start()
    key, _ = keys(direct)
    for spoof in ("X-Forwarded-For: 192.0.2.9", "Forwarded: for=192.0.2.9", "X-Real-IP: 192.0.2.9",
                  "X-Forwarded-For: 127.0.0.2"):
        assert direct.hello(spoof)[1]["user"] == key.name_of_address("127.0.0.1"), spoof
    said = direct.server.stderr().count("a proxy that is not trusted")
    assert said == 1, "the operator is told, and not at every request"
    proxied = start("--trust-proxy", "127.0.0.1", "--trust-proxy", "10.0.0.0/8,2001:db8:1::/48")
    key, _ = keys(proxied)
    for field, address in (("192.0.2.9", "192.0.2.9"), ("203.0.113.1, 192.0.2.9", "192.0.2.9"),
                           ("192.0.2.9, 10.1.2.3", "192.0.2.9"),
                           ("203.0.113.1, 192.0.2.9, 10.0.0.1, 10.0.0.2", "192.0.2.9"),
                           ("10.9.9.9, 10.0.0.1", "10.9.9.9"), ("", "127.0.0.1"), ("garbage", "127.0.0.1"),
                           ("192.0.2.9, garbage, 10.0.0.1", "10.0.0.1"), ("192.0.2.9:4711", "192.0.2.9"),
                           ("[2001:db8:2::1]:4711", "2001:db8:2::1"), ("2001:db8:2::1, 2001:db8:1::5", "2001:db8:2::1"),
                           ("2001:db8:2:0:ffff::1", "2001:db8:2::2"), ("::ffff:192.0.2.9", "192.0.2.9"),
                           (",,192.0.2.9,,", "192.0.2.9"),
                           ("127.0.0.1", "127.0.0.1"), ("'; drop table", "127.0.0.1"), ("9" * 3000, "127.0.0.1")):
        assert proxied.hello(f"X-Forwarded-For: {field}")[1]["user"] == key.name_of_address(address), field
    assert proxied.hello("X-Forwarded-For: 203.0.113.1", "X-Forwarded-For: 192.0.2.9")[1]["user"] == \
        key.name_of_address("192.0.2.9"), "several fields are one list"
    assert "not trusted" not in proxied.server.stderr()


def test_tls_in_front_is_believed_from_a_proxy_alone(start):
    direct, proxied = start(), start("--trust-proxy", "127.0.0.1")
    for field in ("X-Forwarded-Proto: https", "Forwarded: proto=https"):
        assert direct.ask("POST", "/identity", field).cookies[0].startswith("placed="), field
        assert proxied.ask("POST", "/identity", field).cookies[0].startswith("__Host-placed="), field
    assert proxied.ask("POST", "/identity", "X-Forwarded-Proto: http").cookies[0].startswith("placed=")
    key, _ = keys(proxied)
    cookie = f"__Host-placed={key.cookie()}"
    assert proxied.who("X-Forwarded-Proto: https", f"Cookie: {cookie}") == (key.name_of_cookie(), False)
    assert proxied.who(f"Cookie: {cookie}")[1], "without TLS no browser would have sent it"


def test_a_unix_socket_is_a_proxy(start, tmp_path):
    path = tmp_path / "http.sock"
    people = start("--listen", f"unix:{path}")
    key, _ = keys(people)

    def who(*headers):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(patient(15))
            sock.connect(str(path))
            sock.sendall(("POST /identity HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                          + "".join(h + "\r\n" for h in headers) + "\r\n").encode())
            head, _, body = raw.read_all(sock).partition(b"\r\n\r\n")
            return head.decode(), json.loads(body)

    head, _ = who("X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.9")
    assert "__Host-placed=" in head and "Secure" in head, "the browser speaks TLS to the proxy"
    head, said = who("X-Forwarded-Proto: https", f"Cookie: __Host-placed={key.cookie()}")
    assert said == {**said, "name": key.name_of_cookie(), "new": False}
    head, _ = who()
    assert "Set-Cookie: placed=" in head and "Secure" not in head


# ---- connections of one address

def test_an_address_holds_so_many_streams(start):
    people = start("--address-connections", "3", "--trust-proxy", "127.0.0.1")
    server = people.server
    one = ["X-Forwarded-For: 2001:db8:5::1"]
    held = [raw.WebSocket(server, headers=one), raw.WebSocket(server, headers=one)]
    events = raw.connect(server)
    events.sendall(f"GET /events HTTP/1.1\r\nHost: a\r\n{one[0]}\r\n\r\n".encode())
    assert raw.status(events.recv(4096)) == 200
    refused = raw.WebSocket(server, headers=["X-Forwarded-For: 2001:db8:5::ffff"])
    assert refused.status == 429 and b"Retry-After: 5" in refused.head, "the same /64"
    assert people.events(*one) == 429
    assert raw.WebSocket(server, headers=["X-Forwarded-For: 2001:db8:6::1"]).status == 101, "another one"
    assert people.ask("GET", "/info", *one).status == 200, "what is not held is not counted"
    assert server.metric("placed_address_refused_total") == 2
    held.pop().sock.close()
    deadline = time.monotonic() + patient(20)
    while True:
        with raw.WebSocket(server, headers=one) as again:
            if again.status == 101:
                break
        assert again.status == 429 and time.monotonic() < deadline, "a place that was given up is free again"
        time.sleep(0.05)
    events.close()


def test_the_names_cover_what_the_server_says():
    assert pseudonym(1 << 63) == "amber-badger-0"
