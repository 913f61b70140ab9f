# SPDX-License-Identifier: ISC
"""The admin API, attacked: who has no token, or not the right one, gets nothing; whatever is sent is read as
PROTOCOL.md says or refused with what was expected; and nobody who leaves or comes in crowds disturbs it.
"""
import concurrent.futures
import http.client
import json
import socket
import time

import pytest
import raw
from answers import Talk
from archive import run
from patience import patient
from server import Server
from staff import ROLES, ask, first_token, make_token, rows_of_code, rows_of_protocol
from test_http import wait_ready

ROWS = sorted(rows_of_code().items())
AUTHOR = "8000000000000001"


@pytest.fixture(scope="module", name="start")
def fixture_start(tmp_path_factory):
    servers = []

    def start(*args, **more):
        servers.append(Server(tmp_path_factory.mktemp("admin") / "data", args=args, **more).start())
        wait_ready(servers[-1])
        return servers[-1]

    yield start
    for server in servers:
        server.close()
        assert not server.reports, "\n".join(server.reports)


@pytest.fixture(scope="module", name="server")
def fixture_server(start):
    return start("--staff-page", "on")


@pytest.fixture(scope="module", name="tokens")
def fixture_tokens(server):
    """{role: token}"""
    return {"operator": first_token(server),
            **{role: make_token(server, f"the-{role}", role) for role in ("bot", "viewer", "moderator")}}


def refused_as_unknown(answer, said):
    """Told that it shows no token that is one. Too many wrong ones from one network are 429."""
    assert answer.status in (401, 429), (answer.status, answer.body)
    assert answer.headers["www-authenticate"].startswith("Bearer ") if answer.status == 401 else answer.headers["retry-after"]
    return said["error"].startswith("authorization: ")


# ---- the table

def test_the_protocol_has_the_same_table():
    code, protocol = rows_of_code(), rows_of_protocol()
    assert len(code) > 30
    assert set(code) == set(protocol)
    for row, (role, fields) in code.items():
        assert (role, fields) == protocol[row], row


# ---- who may

@pytest.mark.parametrize("kind", ["admin", "listening"])
def test_nobody_gets_anything_without_a_token(server, kind):
    for (method, path), _ in ROWS:
        answer, said = ask(server, method, path, kind=kind, body=b"[" if method == "POST" else None)
        assert answer.status == 401 and refused_as_unknown(answer, said), (method, path, answer.status)
    answer, said = ask(server, "GET", "no-such-thing", kind=kind)
    assert answer.status == 401, "what there is not is not told either"


def test_each_role_may_do_what_the_table_says(server, tokens):
    """A body that is no JSON shows that the role is looked at before: 403 or 400."""
    for (method, path), (needed, _) in ROWS:
        for role, token in tokens.items():
            answer, said = ask(server, method, path, token, body=b"[" if method == "POST" else None)
            if ROLES.index(role) < ROLES.index(needed):
                assert answer.status == 403 and said["error"].startswith(f"role: expected {needed}"), (method, path, role)
            elif method == "POST":
                assert answer.status == 400 and said["error"] == "body: expected a JSON object", (path, role, said)
            else:
                assert answer.status in (200, 400, 404), (path, role, answer.status, said)


def test_on_the_public_listener_nobody_is_more_than_a_moderator(server, tokens):
    for (method, path), (needed, _) in ROWS:
        answer, said = ask(server, method, path, tokens["operator"], kind="listening",
                           body=b"[" if method == "POST" else None)
        assert (answer.status == 403) == (needed == "operator"), (method, path, said)
    _, said = ask(server, "GET", "status", tokens["operator"], kind="listening")
    assert said["token"] == {"name": "first", "role": "moderator"}


def test_without_staff_page_there_is_nothing_on_the_public_listener(start):
    server = start()
    token = first_token(server)
    for (method, path), _ in ROWS:
        answer, _ = ask(server, method, path, token, kind="listening", body=b"{}" if method == "POST" else None)
        assert answer.status == 404, (method, path)
    assert ask(server, "GET", "status", token)[0].status == 200


@pytest.mark.parametrize("origin, good", [(None, True), ("own", True), ("https://evil.test", False), ("null", False),
                                          ("https://friend.test", False)])
def test_only_pages_of_this_server_may_ask(start, server, tokens, origin, good):
    _, host, port = server.addresses["listening"]
    headers = {"Origin": f"http://{host}:{port}" if origin == "own" else origin} if origin else {}
    answer, _ = ask(server, "GET", "status", tokens["viewer"], headers=headers, kind="listening")
    assert answer.status == (200 if good else 403)
    assert "access-control-allow-origin" not in answer.headers
    answer = server.request("OPTIONS", "/control/ban", headers={**headers, "Access-Control-Request-Method": "POST"})
    assert answer.status == 405 and "access-control-allow-origin" not in answer.headers, "no page is told that it may"


def test_a_token_counts_in_one_place_alone(server, tokens):
    token = tokens["operator"]
    wrong = [
        f"GET /control/status?token={token} HTTP/1.1\r\nHost: a\r\n\r\n",
        f"GET /control/status?access_token={token} HTTP/1.1\r\nHost: a\r\n\r\n",
        f"GET /control/status HTTP/1.1\r\nHost: a\r\nCookie: token={token}\r\n\r\n",
        f"GET /control/status HTTP/1.1\r\nHost: a\r\nX-Token: {token}\r\n\r\n",
        f"GET /control/status HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\n\r\n",
        f"GET /control/status HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {token}\r\n\r\n",
        f"GET /control/status HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n\r\n",
        f"GET /control/status HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token} {token}\r\n\r\n",
        f"GET /control/status HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n\r\n",
        f"GET /control/status HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nauthorization: Bearer x\r\n\r\n",
    ]
    for text in wrong:
        with Talk(server, listener="admin") as client:
            answer = client.ask(text)
            assert answer.status in (401, 429), text
    for text in (f"Bearer {token}", f"bearer {token}", f"BEARER   {token}"):
        with Talk(server, listener="admin") as client:
            answer = client.ask(f"GET /control/status HTTP/1.1\r\nHost: a\r\nAuthorization: {text}\r\n\r\n")
            assert answer.status == 200, text


def test_a_token_that_is_nearly_right_is_wrong(server, tokens):
    token = tokens["operator"]
    other = "A" if token[-1] != "A" else "B"
    for wrong in (token[:-1], token + "A", token[:-1] + other, token.swapcase(), token[::-1], "x" * 43, "x" * 63, "x" * 64,
                  "x" * 4000, "%00", "..", "0"):
        answer, said = ask(server, "GET", "status", wrong)
        assert refused_as_unknown(answer, said), wrong


def test_a_removed_token_is_good_for_nothing(server, tokens):
    token = make_token(server, "short-lived", "operator")
    assert ask(server, "GET", "tokens", token)[0].status == 200
    answer, said = ask(server, "POST", "token/remove", token, {"name": "short-lived", "why": "done"})
    assert answer.status == 200 and said["action"] > 0
    assert refused_as_unknown(*ask(server, "GET", "tokens", token))
    answer, said = ask(server, "POST", "token/remove", tokens["operator"], {"name": "first"})
    assert answer.status == 409 and "last" in said["error"], "nobody locks himself out"
    answer, said = ask(server, "POST", "token", tokens["operator"], {"name": "the-viewer", "role": "operator"})
    assert answer.status == 409, "a name is not taken over"


def test_wrong_tokens_become_429_and_a_right_one_is_always_taken(server, tokens):
    before = server.metric("placed_control_denied_total")
    with Talk(server, listener="admin") as client:
        statuses = []
        for i in range(60):
            answer = client.ask(f"GET /control/status HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong{i}\r\n\r\n")
            statuses.append(answer.status)
            if answer.status == 429:
                assert answer.headers["connection"] == "close" and int(answer.headers["retry-after"]) > 0
                assert client.ended()
                break
    assert statuses[-1] == 429 and set(statuses) <= {401, 429}
    assert ask(server, "GET", "status", tokens["viewer"])[0].status == 200
    assert server.metric("placed_control_denied_total") >= before + len(statuses)


def test_no_token_is_in_what_the_server_says(server, tokens):
    ask(server, "GET", "status", "a-token-that-is-none")
    said = server.stderr()
    assert "a-token-that-is-none" not in said
    assert "admin API: " in said and "net:" in said, "wrong ones are reported, by their network"
    for token in tokens.values():
        assert token not in said
    for token in ask(server, "GET", "tokens", tokens["operator"])[1]:
        assert "hash" not in token


def test_metrics_and_health_stay_open(server):
    for path in ("/metrics", "/healthz", "/readyz"):
        assert server.admin(path).status == 200


# ---- what is sent

@pytest.mark.parametrize("body, said", [
    (b"", "body: expected a JSON object"), (b"[", "body: expected a JSON object"), (b"[]", "body: expected a JSON object"),
    (b"5", "body: expected a JSON object"), (b"null", "body: expected a JSON object"),
    (b'{"who":"' + AUTHOR.encode() + b'"', "body: expected a JSON object"),
    (b'{"who":"' + AUTHOR.encode() + b'"}x', "body: expected a JSON object"),
    (b'{"who":"' + AUTHOR.encode() + b'"}\0', "body: expected a JSON object"),
    (b'{"who":"\xff"}', "body: expected a JSON object"), (b"[" * 4000, "body: expected a JSON object"),
    (b'{"a":' * 800, "body: expected a JSON object"),
    (b'{"who":"' + AUTHOR.encode() + b'","who":"' + AUTHOR.encode() + b'"}', "who: expected it once"),
    (b'{"whom":1}', "whom: no such field; expected who for slow rollback why"),
    (b'{"\\u001b[2J":1}', "?: no such field"), (b'{"":1}', "?: no such field"),
])
def test_a_body_that_is_wrong_is_told(server, tokens, body, said):
    answer, json_said = ask(server, "POST", "ban", tokens["moderator"], body)
    assert answer.status == 400 and json_said["error"].startswith(said), json_said


WRONG_FIELDS = [
    ("ban", {}, "who"), ("ban", {"who": 5}, "who"), ("ban", {"who": "amber-fox-41"}, "who"), ("ban", {"who": ""}, "who"),
    ("ban", {"who": "0000000000000007"}, "who"), ("ban", {"who": AUTHOR.upper().replace("8", "A")}, "who"),
    ("ban", {"who": "net:1"}, "who"), ("ban", {"who": "net:0000000000000000"}, "who"), ("ban", {"who": "0.0.0.0/0"}, "who"),
    ("ban", {"who": "::/0"}, "who"), ("ban", {"who": "10.0.0.0/33"}, "who"), ("ban", {"who": "a" * 48}, "who"),
    ("ban", {"who": AUTHOR, "for": 0}, "for"), ("ban", {"who": AUTHOR, "for": 315360001}, "for"),
    ("ban", {"who": AUTHOR, "for": 1.5}, "for"), ("ban", {"who": AUTHOR, "for": "24h"}, "for"),
    ("ban", {"who": AUTHOR, "for": True}, "for"), ("ban", {"who": AUTHOR, "for": [1]}, "for"),
    ("ban", {"who": AUTHOR, "for": 1e300}, "for"), ("ban", {"who": AUTHOR, "slow": 1}, "slow"),
    ("ban", {"who": AUTHOR, "slow": 1001}, "slow"), ("ban", {"who": "10.0.0.0/8", "rollback": 60}, "rollback"),
    ("ban", {"who": AUTHOR, "why": "x" * 200}, "why"), ("ban", {"who": AUTHOR, "why": "\u001b[2J"}, "why"),
    ("ban", {"who": AUTHOR, "why": "a\nb"}, "why"), ("ban", {"who": AUTHOR, "why": "\u009b31m"}, "why"),
    ("ban", {"who": AUTHOR, "why": 5}, "why"), ("ban", {"who": AUTHOR, "why": "\x7f"}, "why"),
    ("region", {"name": "a"}, "x"), ("region", {"name": "*", "x": 0, "y": 0, "w": 1, "h": 1, "closed": True}, "name"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 0, "h": 1, "closed": True}, "w"),
    ("region", {"name": "a", "x": 1023999, "y": 0, "w": 2, "h": 1, "closed": True}, "w"),
    ("region", {"name": "a", "x": 1024000, "y": 0, "w": 1, "h": 1, "closed": True}, "x"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1}, "closed"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "closed": "yes"}, "closed"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "factor": -1}, "factor"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "factor": 0.001}, "factor"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "colours": []}, "colours"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "colours": [16]}, "colours"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "colours": "white"}, "colours"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "closed": True, "from": 5, "until": 5}, "until"),
    ("region", {"name": "a", "x": 0, "y": 0, "w": 1, "h": 1, "closed": True, "words": "x" * 64}, "words"),
    ("region", {"name": "x" * 48, "x": 0, "y": 0, "w": 1, "h": 1, "closed": True}, "name"),
    ("freeze", {}, "on"), ("freeze", {"on": 1}, "on"), ("freeze", {"on": True, "region": 5}, "region"),
    ("canvas", {"x": 1024, "y": 0, "open": True}, "x"), ("canvas", {"x": 0, "y": 0}, "open"),
    ("canvas", {"x": 0, "y": 0, "open": True, "at": -1}, "at"), ("canvas", {"x": 0, "y": 0, "open": True, "at": "now"}, "at"),
    ("palette", {"set": "rainbow"}, "set"), ("palette", {"set": []}, "set"), ("palette", {"set": [0, "1"]}, "set"),
    ("token", {"name": "a b", "role": "viewer"}, "name"), ("token", {"name": "-a", "role": "viewer"}, "name"),
    ("token", {"name": "a", "role": "king"}, "role"), ("token", {"name": "a", "role": "view"}, "role"), ("token", {"name": "a"}, "role"),
    ("rule", {"name": "none-such", "mode": "on"}, "name"), ("rule", {"name": "shape", "mode": "simulate|on"}, "mode"),
    ("rule", {"name": "shape", "mode": "simulate", "threshold": 0}, "threshold"),
    ("energy", {"a": AUTHOR}, "full"), ("energy", {"a": AUTHOR, "full": False}, "full"), ("energy", {"a": "amber", "full": True}, "a"),
    ("forget", {"a": 5}, "a"), ("report/close", {}, "id"),
    ("paint", {"kind": "fill", "canvas": [0], "edits": "AAAA"}, "canvas"),
    ("paint", {"kind": "fill", "canvas": [0, 1024], "edits": "AAAA"}, "canvas"),
    ("paint", {"kind": "fill", "canvas": [0, 0.5], "edits": "AAAA"}, "canvas"),
    ("paint", {"kind": "fill", "canvas": [0, 0], "edits": "AAA"}, "edits"),
    ("paint", {"kind": "fill", "canvas": [0, 0], "edits": "AAAAAAA="}, "edits"),
    ("paint", {"kind": "fill", "canvas": [0, 0], "edits": "!!!!"}, "edits"),
    ("paint", {"kind": "draw", "canvas": [0, 0], "edits": "AAAA"}, "kind"),
    ("paint", {"kind": "fill", "canvas": [0, 0], "edits": "AAAA", "action": 0}, "action"),
]


def test_a_field_that_is_wrong_is_told_with_what_was_expected(server, tokens):
    for path, body, field in WRONG_FIELDS:
        answer, said = ask(server, "POST", path, tokens["operator"], body)
        assert answer.status == 400 and said["error"].startswith(f"{field}: expected "), (path, body, said)
        assert len(said["error"]) < 256 and said["error"].isprintable()


@pytest.mark.parametrize("path, field", [
    ("job?job=0", "job"), ("job?job=01", "job"), ("job?job=x", "job"), ("job?job=1&job=1", "job"), ("job?jib=1", "jib"),
    ("job?job=" + "9" * 300, "job"), ("audit?n=0", "n"), ("audit?n=1001", "n"), ("audit?before=-1", "before"),
    ("audit?%6e=5", "?"), ("identity", "a"), ("identity?a=x", "a"), ("identity?a=8000000000000001%00", "a"),
    ("authors?x=0&y=0&w=0&h=1&t=1h", "w"), ("authors?x=0&y=0&w=1&h=1", "t"), ("preview.png", "job"),
])
def test_a_query_that_is_wrong_is_told(server, tokens, path, field):
    answer, said = ask(server, "GET", path, tokens["operator"])
    assert answer.status == 400 and said["error"].startswith(f"{field}: "), said


def test_sizes_are_bounded(server, tokens):
    answer, _ = ask(server, "POST", "ban", tokens["moderator"], b'{"who":"' + b"a" * 5000 + b'"}')
    assert answer.status == 413
    answer, _ = ask(server, "POST", "ban", tokens["moderator"], b'{"who":"' + b"a" * 4000 + b'"}')
    assert answer.status == 400
    with Talk(server, listener="admin") as client: # announced, and never sent
        client.send(f"POST /control/ban HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {tokens['moderator']}\r\n"
                    "Content-Length: 1000000000\r\n\r\n")
        assert client.answer().status == 413
    answer, _ = ask(server, "POST", "ban", tokens["moderator"], {"who": AUTHOR}, headers={"Content-Type": "text/plain"})
    assert answer.status == 400, "a form of another page could send that"


def test_methods_and_paths_are_those_of_the_table(server, tokens):
    for method, path, status in (("POST", "status", 405), ("GET", "ban", 405), ("PUT", "ban", 405), ("DELETE", "ban", 405),
                                 ("GET", "", 404), ("GET", "Status", 404), ("GET", "status/", 404), ("GET", "../metrics", 404),
                                 ("POST", "token/remove/", 404), ("GET", "bans%00", 404)):
        answer, _ = ask(server, method, path, tokens["operator"], {} if method == "POST" else None)
        assert answer.status == status, (method, path)
    answer, _ = ask(server, "HEAD", "status", tokens["viewer"])
    assert answer.status == 200 and answer.body == b""
    answer, _ = ask(server, "GET", "ban", tokens["operator"])
    assert answer.headers["allow"] == "POST"


def test_what_was_done_stands_in_the_audit_with_who_and_why(server, tokens):
    _, said = ask(server, "POST", "ban", tokens["moderator"],
                  {"who": "2001:db8:1::5/48", "for": 3600, "slow": 8, "why": "caf\u00e9 \U0001f600 " + "x" * 180})
    action = said["action"]
    _, audit = ask(server, "GET", "audit?n=1000", tokens["viewer"])
    (row,) = (row for row in audit if row["action"] == action)
    assert (row["t"], row["name"], row["by"], row["role"]) == ("ban", "2001:db8:1::/48", "the-moderator", "moderator")
    assert row["why"].startswith("caf\u00e9 \U0001f600") and row["slow"] == 8
    assert abs(row["until"] - row["at"] - 3600 * 1000) < 60 * 1000
    _, bans = ask(server, "GET", "bans", tokens["moderator"])
    assert "2001:db8:1::/48" in [ban["name"] for ban in bans]
    _, before = ask(server, "GET", f"audit?before={action}&n=1000", tokens["viewer"])
    assert all(row["action"] < action for row in before)
    answer, _ = ask(server, "POST", "unban", tokens["moderator"], {"who": "2001:db8:1::/48"})
    assert answer.status == 200
    answer, _ = ask(server, "POST", "unban", tokens["moderator"], {"who": "2001:db8:1::/48"})
    assert answer.status == 404


def test_a_look_at_an_identity_is_recorded(server, tokens):
    _, said = ask(server, "GET", f"identity?a={AUTHOR}", tokens["moderator"])
    assert said["author"] == AUTHOR and said["name"].count("-") == 2
    _, audit = ask(server, "GET", "audit?n=1000", tokens["viewer"])
    (row,) = (row for row in audit if row["action"] == said["action"])
    assert (row["t"], row["name"], row["by"]) == ("lookup", AUTHOR, "the-moderator")


# ---- crowds, and those who leave

def test_many_at_once_are_all_answered_with_an_action_each(server, tokens):
    def ban(i):
        answer, said = ask(server, "POST", "ban", tokens["moderator"], {"who": f"{(1 << 63) + 1000 + i:016x}", "for": 600})
        assert answer.status == 200, answer.body
        return said["action"]

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        actions = list(pool.map(ban, range(100)))
    assert len(set(actions)) == 100
    _, bans = ask(server, "GET", "bans", tokens["moderator"])
    assert {ban["action"] for ban in bans} >= set(actions), "what was answered stands"


def test_who_leaves_while_waiting_disturbs_nobody(server, tokens):
    body = json.dumps({"who": "8000000000009999", "for": 600})
    request = (f"POST /control/ban HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {tokens['moderator']}\r\n"
               f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
    for i in range(60):
        sock = raw.connect(server, "admin")
        if i % 2:  # a reset, which the server notices at once
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.sendall(request * (1 + i % 3))
        sock.close()
    deadline = time.monotonic() + patient(30)
    while "8000000000009999" not in {ban["name"] for ban in ask(server, "GET", "bans", tokens["moderator"])[1]}:
        assert time.monotonic() < deadline, "a record goes its way"
        time.sleep(0.05)
    assert ask(server, "GET", "status", tokens["viewer"])[0].status == 200


def test_pipelined_requests_are_answered_in_order(server, tokens):
    lines = []
    for path in ("status", "audit?n=1000", "nothing", "bans"):
        lines.append(f"GET /control/{path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {tokens['moderator']}\r\n\r\n")
    body = json.dumps({"who": "8000000000008888", "for": 60})
    lines.insert(1, f"POST /control/ban HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {tokens['moderator']}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n{body}")
    with Talk(server, listener="admin") as client:
        client.send("".join(lines))
        answers = [client.answer() for _ in lines]
    assert [answer.status for answer in answers] == [200, 200, 200, 404, 200]
    assert json.loads(answers[1].body)["action"] in [row["action"] for row in json.loads(answers[2].body)], \
        "what came after the answer knows of it"


# ---- where it listens

class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=patient(20))
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(patient(20))
        self.sock.connect(self.path)


def test_a_unix_socket_asks_for_tokens_too(tmp_path):
    path = f"/tmp/placed-admin-{tmp_path.name[-20:]}-{time.monotonic_ns() % 1000000}.sock"
    server = Server(tmp_path / "data", args=["--admin", f"unix:{path},mode=0600"])
    server.start(wait=False)
    try:
        deadline = time.monotonic() + patient(60)
        while f"admin on unix:{path}" not in server.stderr():
            assert time.monotonic() < deadline and server.running, server.stderr()
            time.sleep(0.02)

        def status(token):
            connection = UnixConnection(path)
            connection.request("GET", "/control/status", headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer.status

        assert status(None) == 401 and status("wrong") == 401
        assert status(first_token(server)) == 200
        done = run("placectl", "status", "--server", f"unix:{path}", "--token-file", server.data / "token", "--json")
        assert done.status == 0 and done.json["token"]["name"] == "first", done
    finally:
        server.close()
    assert not server.reports, "\n".join(server.reports)
