# SPDX-License-Identifier: ISC
"""The clients that people really use, with the options that they really use, at the server itself and through
the nginx.conf that is shipped: each gets a right answer, again and again.
"""
import concurrent.futures
import http.client
import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request

import pytest
from patience import patient
from server import Server
from test_http import wait_ready
from test_nginx import NGINX, Nginx

NOT_RATIONED = [(r"(?<=zone=edits:10m )rate=10r/s", "rate=10000r/s")]


@pytest.fixture(name="place", scope="module", params=["direct", "nginx"])
def fixture_place(request, tmp_path_factory):
    """Where to ask: a URL without the path, and the server behind it."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "web").mkdir()
    (folder / "web/index.html").write_text("<!doctype html><title>canvas</title>" + "<p>a long page</p>" * 2000)
    server = Server(folder / "data", args=["--web", str(folder / "web"), "--batch-ms", "5"]).start()
    wait_ready(server)
    if request.param == "direct":
        yield server.url(), server
    else:
        if not NGINX:
            pytest.skip("nginx is not installed (tools/setup system)")
        nginx = Nginx(folder / "nginx", server.addresses["listening"][2], NOT_RATIONED)
        yield f"http://127.0.0.1:{nginx.port}", server
        nginx.close()
    server.close()
    assert not server.reports, "\n".join(server.reports)


@pytest.fixture(name="url")
def fixture_url(place):
    return place[0]


def run(*command, timeout=60, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=patient(timeout), check=False,
                          stdin=subprocess.DEVNULL, **more)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


# ---- curl

def curl(*args):
    """(status, body)"""
    text = run("curl", "-s", "-m", str(patient(20)), "-w", "\n%{http_code}", *args)
    body, _, status = text.rpartition("\n")
    return int(status), body


@pytest.mark.parametrize("args", [
    ["-d", "x=1&y=2&c=3"], ["-d", "x=1", "-d", "y=2", "-d", "c=3"], ["--data-urlencode", "x=1", "-d", "y=2&c=3"],
    ["-d", '{"x":1,"y":2,"c":3}'], ["-d", '{"x":1,"y":2,"c":3}', "-H", "Content-Type: application/json"],
    ["--json", '{"x":1,"y":2,"c":3}'], ["--http1.0", "-d", "x=1&y=2&c=3"], ["-H", "Expect: 100-continue", "-d", "x=1&y=2&c=3"],
    ["-H", "Transfer-Encoding: chunked", "-d", "x=1&y=2&c=3"], ["-H", "Connection: close", "-d", "x=1&y=2&c=3"],
    ["-H", "Expect:", "-d", "x=1&y=2&c=3"], ["--compressed", "-d", "x=1&y=2&c=3"],
], ids=" ".join)
def test_curl_edits(url, args):
    status, body = curl(*args, url + "/edit")
    assert status == 200 and json.loads(body)["version"] >= 1, body


@pytest.mark.parametrize("args", [
    ["-X", "POST"], ["-d", ""], ["-d", "{}"], ["-d", "nothing of use"], ["--json", "{}"], ["-X", "POST", "--http1.0"],
    ["-X", "POST", "-H", "Content-Length: 0"], ["-X", "POST", "--http2"], ["-X", "POST", "-H", "Accept-Encoding: br"],
], ids=" ".join)
def test_curl_edits_with_the_parameters_in_the_url(url, args):
    status, body = curl(*args, url + "/edit?x=1&y=2&c=3")
    assert status == 200 and json.loads(body)["version"] >= 1, body


def test_curl_is_refused_politely(url, tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 3_000_000)
    for args, statuses in [
            (["-F", "x=1", "-F", "y=2", "-F", "c=3", url + "/edit"], {415}),
            (["-F", f"file=@{tmp_path}/large", url + "/edit"], {413}),
            (["-T", f"{tmp_path}/large", url + "/edit"], {405, 413}),
            (["-T", f"{tmp_path}/large", "-H", "Expect:", url + "/canvas.png"], {405, 413}),
            (["--data-binary", f"@{tmp_path}/large", url + "/edit?x=1&y=2&c=3"], {413}),
            (["-X", "DELETE", url + "/canvas.png"], {405}), (["-X", "BREW", url + "/"], {501, 405}),
            (["-H", "Cookie: " + "a" * 20000, url + "/info"], {431, 400})]:
        status, body = curl(*args)
        assert status in statuses and ("error" in body or "nginx" in body), (args, status, body)


def test_curl_gets(url):
    assert curl(url + "/?ref=100%")[0] == 200
    assert curl("-I", url + "/")[0] == 200
    assert curl("--http1.0", url + "/info")[0] == 200
    assert curl("--http2", url + "/info")[0] == 200
    assert curl("--compressed", url + "/")[1].startswith("<!doctype html>")
    assert curl("--path-as-is", url + "/x/../info")[0] in (200, 404)  # nginx finds its way
    assert curl("-G", "-d", "a=b", url + "/info")[0] == 200
    many = run("curl", "-s", "-m", "30", "-o", "/dev/null", "-w", "%{http_code} %{num_connects}\n", url + "/[1-5]?[1-5]",
               "-o", "/dev/null").split("\n")[:-1]
    assert len(many) == 25 and {line.split()[0] for line in many} == {"404"}
    assert sum(int(line.split()[1]) for line in many) == 1, "one connection for all"


# ---- Python

def test_python_urllib(url):
    for data in (b"x=1&y=2&c=3", b'{"x":1,"y":2,"c":3}'):
        with urllib.request.urlopen(url + "/edit", data, timeout=patient(20)) as answer:
            assert json.loads(answer.read())["version"] >= 1
    request = urllib.request.Request(url + "/edit", json.dumps({"x": 1, "y": 2, "c": 3}).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=patient(20)) as answer:
        assert json.loads(answer.read())["version"] >= 1
    with urllib.request.urlopen(url + "/canvas.png", timeout=patient(20)) as answer:
        assert answer.read().startswith(b"\x89PNG")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(url + "/edit", b"x=1", timeout=patient(20))
    assert error.value.code == 400 and "y: expected" in json.loads(error.value.read())["error"]


def test_python_http_client_on_one_connection(url):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=patient(20))
    try:
        for i in range(40):
            body = [None, b"x=1&y=2&c=3", b'{"x":1,"y":2,"c":3}', iter([b"x=1&", b"y=2", b"&c=3"])][i % 4]
            path = "/edit?x=1&y=2&c=3" if body is None else "/edit"
            headers = {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, body, headers, encode_chunked=True)
            answer = connection.getresponse()
            assert answer.status == 200 and json.loads(answer.read())["version"] >= 1, i
            connection.request("HEAD" if i % 3 else "GET", "/")
            answer = connection.getresponse()
            assert answer.status == 200 and (answer.read() == b"") == bool(i % 3)
    finally:
        connection.close()


# ---- Node

NODE = """
const http = require('http'), url = process.argv[1], edit = { x: 1, y: 2, c: 3 };
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
const old = (path, options, chunks) => new Promise((resolve, reject) => {
  const request = http.request(url + path, { agent, ...options }, (answer) => {
    let text = ''; answer.on('data', (d) => text += d).on('end', () => resolve([answer.statusCode, text]));
  });
  request.on('error', reject);
  for (const chunk of chunks) request.write(chunk);
  request.end();
});
(async () => {
  const bad = [], check = (what, status, text) => {
    if (status !== 200 || !(JSON.parse(text).version >= 1)) bad.push([what, status, text]);
  };
  for (let i = 0; i < 10; i++) {
    for (const [what, body, headers] of [
      ['URLSearchParams', new URLSearchParams(edit)], ['JSON as text', JSON.stringify(edit)],
      ['JSON', JSON.stringify(edit), { 'content-type': 'application/json' }],
      ['Blob', new Blob([JSON.stringify(edit)], { type: 'application/json' })],
      ['stream', new Blob([JSON.stringify(edit)]).stream(), { 'content-type': 'application/json' }],
    ]) {
      const answer = await fetch(url + '/edit', { method: 'POST', body, headers, duplex: 'half' });
      check('fetch ' + what, answer.status, await answer.text());
    }
    check('http', ...await old('/edit?x=1&y=2&c=3', { method: 'POST' }, []));
    check('http chunked', ...await old('/edit', { method: 'POST', headers: { 'content-type': 'application/json' } },
      ['{"x":1,', '"y":2,"c":', '3}']));
    check('http expect', ...await old('/edit?x=1&y=2&c=3', { method: 'POST', headers: { expect: '100-continue' } }, ['ab']));
    check('info', ...await old('/info', {}, []));
  }
  const form = new FormData(); form.set('x', '1');
  const answer = await fetch(url + '/edit', { method: 'POST', body: form });
  if (answer.status !== 415) bad.push(['form data', answer.status]);
  console.log(JSON.stringify(bad)); agent.destroy();
})().catch((error) => { console.log(error); process.exit(1); });
"""


def test_node_fetch_and_http(url):
    assert json.loads(run("node", "-e", NODE, url)) == []


# ---- Java: its HttpClient offers h2c with every first request

JAVA = """
import java.net.URI;
import java.net.http.*;
import java.time.Duration;

public class Ask {
    public static void main(String[] args) throws Exception {
        HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
        String json = "{\\"x\\":1,\\"y\\":2,\\"c\\":3}";
        for (int i = 0; i < 10; i++) {
            for (HttpRequest.Builder builder : new HttpRequest.Builder[] {
                    HttpRequest.newBuilder(URI.create(args[0] + "/info")),
                    HttpRequest.newBuilder(URI.create(args[0] + "/edit")).header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                    HttpRequest.newBuilder(URI.create(args[0] + "/edit")).expectContinue(true)
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                    HttpRequest.newBuilder(URI.create(args[0] + "/edit?x=1&y=2&c=3"))
                        .POST(HttpRequest.BodyPublishers.noBody()) }) {
                HttpResponse<String> answer = client.send(builder.timeout(Duration.ofSeconds(20)).build(),
                    HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200)
                    System.out.println(answer.statusCode() + " " + answer.body());
            }
        }
    }
}
"""


@pytest.mark.skipif(not shutil.which("javac"), reason="no JDK here (a JRE does not compile)")
def test_java_http_client(url, tmp_path):
    (tmp_path / "Ask.java").write_text(JAVA)
    assert run("java", "-XX:+UseSerialGC", "-Xmx128m", tmp_path / "Ask.java", url, timeout=120) == ""


# ---- those that measure, and notice every answer that is missing

@pytest.mark.parametrize("options", [[], ["-k"], ["-k", "-c", "20"], ["-i"]], ids=" ".join)
def test_apache_bench(url, options):
    said = run("ab", "-q", "-n", "500", "-c", "5", *options, url + "/")
    assert re.search(r"^Complete requests:\s+500$", said, re.M) and re.search(r"^Failed requests:\s+0$", said, re.M), said
    assert "Non-2xx" not in said
    if "-k" in options:
        assert int(re.search(r"^Keep-Alive requests:\s+(\d+)$", said, re.M)[1]) >= 490, said


def test_apache_bench_edits(url, tmp_path):
    (tmp_path / "body").write_text("x=1&y=2&c=3")
    said = run("ab", "-q", "-k", "-n", "60", "-c", "6", "-p", tmp_path / "body", "-T", "application/x-www-form-urlencoded",
               url + "/edit")
    assert re.search(r"^Complete requests:\s+60$", said, re.M) and "Non-2xx" not in said, said


def test_wrk(url):
    said = run("wrk", "-t1", "-c8", "-d2s", url + "/info")
    assert "Socket errors" not in said and "Non-2xx" not in said, said
    assert int(re.search(r"(\d+) requests in", said)[1]) > 200, said


# ---- everybody at once: what nginx does on a connection that another visitor has used

def test_edits_with_bodies_among_other_visitors(place):
    """nginx shares its connections to the server between all visitors."""
    url, server = place
    before = server.metric("placed_edits_taken_total")
    kinds = [("x={x}&y=7&c=4", "application/x-www-form-urlencoded"), ('{{"x":{x},"y":7,"c":4}}', "application/json"),
             ('{{"x":{x},"y":7,"c":4}}', "application/x-www-form-urlencoded")]

    def visit(i):
        with urllib.request.urlopen(url + ("/info", "/", "/canvas.png")[i % 3] + f"?{i}", timeout=patient(30)) as answer:
            answer.read()
        body, kind = kinds[i % 3]
        request = urllib.request.Request(url + "/edit", body.format(x=i).encode(), {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=patient(30)) as answer:
            return json.loads(answer.read())["version"]

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        versions = list(pool.map(visit, range(120)))
    assert len(versions) == 120 and min(versions) >= 1
    assert server.metric("placed_edits_taken_total") - before == 120
