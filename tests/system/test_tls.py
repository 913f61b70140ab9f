# SPDX-License-Identifier: ISC
"""TLS in the server: versions and ALPN, every byte to slow readers, certificates that change under the
connections, and who does not speak TLS at all.
"""
import http.client
import re
import signal
import socket
import ssl
import struct
import time

import pytest
import raw
from certificates import Certificate, Place, client_hello, context
from patience import patient
from raw import CLOSE, PONG
from scene import TINY, Scene
from server import Server
from stream import behind, slowly

OLD = ssl.TLSVersion.TLSv1_1
HANDSHAKE_SECONDS = 10  # what a client may take for it, as for its headers


@pytest.fixture(name="certificates", scope="module")
def fixture_certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return {name: Certificate(folder, name, name.split()[0]) for name in ("ec one", "ec two", "rsa one", "rsa two")}


@pytest.fixture(name="place")
def fixture_place(tmp_path, certificates):
    place = Place(tmp_path)
    place.put(certificates["ec one"].cert, certificates["ec one"].key)
    return place


@pytest.fixture(name="make_scene")
def fixture_make_scene(tmp_path, place):
    scenes = []

    def make(*args):
        scenes.append(Scene(tmp_path / f"scene{len(scenes)}", [*place.args, *args], tls=context()))
        return scenes[-1]

    yield make
    reports = [report for scene in scenes for report in scene.close()]
    assert not reports, "\n".join(reports)


@pytest.fixture(name="scene")
def fixture_scene(make_scene):
    return make_scene()


def shake(server, ctx):
    """A new TLS connection; closed at once: (version, ALPN, the server's certificate)."""
    with ctx.wrap_socket(raw.connect(server), server_hostname="placed.test") as sock:
        return sock.version(), sock.selected_alpn_protocol(), sock.getpeercert(binary_form=True)


def https(server, path, method="GET"):
    _, host, port = server.addresses["listening"]
    connection = http.client.HTTPSConnection(host, port, timeout=patient(20), context=context())
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


# ---- what is spoken

@pytest.mark.parametrize("version,name", [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
@pytest.mark.parametrize("offered,chosen", [
    ((), None), (("http/1.1",), "http/1.1"), (("h2", "http/1.1"), "http/1.1"), (("http/1.1", "h2"), "http/1.1")])
def test_tls_12_and_13_and_nothing_but_http_11(scene, certificates, version, name, offered, chosen):
    for _ in range(2):
        assert shake(scene.server, context(offered, version, version)) == (name, chosen, certificates["ec one"].der)


def test_h2_alone_is_not_agreed_on(scene):
    try:
        assert shake(scene.server, context(("h2",)))[1] is None
    except ssl.SSLError as error:
        assert "NO_APPLICATION_PROTOCOL" in str(error)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_older_versions_are_refused(scene):
    easy = "ALL:@SECLEVEL=0"
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION|ALERT_HANDSHAKE_FAILURE"):
        shake(scene.server, context((), OLD, OLD, easy))
    assert shake(scene.server, context((), OLD, ssl.TLSVersion.TLSv1_2, easy))[0] == "TLSv1.2"


def test_https_and_wss_do_what_http_and_ws_do(make_scene):
    scene = make_scene("--threads", "2")
    good = scene.viewers(8, "good")
    good.append(scene.viewer(name="TLS 1.2", tls=context((), highest=ssl.TLSVersion.TLSv1_2)))
    painters = [scene.painter() for _ in range(4)]
    scene.paint(60, painters)
    proof = scene.prove(good + painters)
    status, info = https(scene.server, "/info")
    assert status == 200 and b'"version":%d,' % proof.version in info
    assert https(scene.server, "/canvas.png")[0] == 200
    back = scene.viewer(since=proof.version - 1, name="back")
    assert https(scene.server, "/edit?x=1&y=2&c=3", "POST")[0] == 200
    scene.server.process.send_signal(signal.SIGTERM)
    scene.wait(lambda: all(viewer.ended for viewer in good + painters + [back]), "all were let go")
    assert {viewer.code for viewer in good + painters + [back]} == {1012}
    assert scene.server.wait_exit() == 0


def test_slow_readers_with_tiny_buffers_get_every_byte_by_tls_too(scene, rng):
    good = scene.viewers(2, "good")
    slow = scene.viewers(6, "slow", receive_buffer=TINY, pace=behind(rng, 3000, good[0]))
    painters = [scene.painter() for _ in range(6)]
    for _ in range(12):
        scene.paint(80, painters)
        for viewer in slow:
            viewer.send(PONG, b"unasked")
            viewer.ping(b"%d" % len(good[0].edits))
        frames = len(good[0].marks)
        if scene.server.metric("placed_deliveries_total") / frames - len(good + painters) < 0.6 * len(slow):
            break
    for viewer in slow:
        viewer.pace = slowly(rng, 5000, 0.0004)
    scene.prove(slow + good + painters)
    assert any(slow[0].marks[i][1] != mark[1] for i, mark in enumerate(good[0].marks[:len(slow[0].marks)]))
    assert all(viewer.pongs for viewer in slow)
    before = [viewer.pongs for viewer in slow]
    for viewer in slow:
        viewer.ping(b"the last one")
    scene.wait(lambda: all(viewer.pongs > n for viewer, n in zip(slow, before)), "answered")


def test_closes_in_mid_frame_by_tls(scene, rng):
    leaving = scene.viewers(18, "leaving", receive_buffer=TINY, pace=slowly(rng, 500, 0.02))
    good = scene.viewers(3, "good")
    painters = [scene.painter() for _ in range(4)]
    scene.paint(150, painters)
    scene.wait(lambda: all(viewer.frames.rest for viewer in leaving), "in mid-frame")
    for i, viewer in enumerate(leaving):
        if i % 3 == 0:
            viewer.vanish()
        elif i % 3 == 1:
            # Without TLS's own goodbye. SSLSocket.shutdown would from here on hand out what is still encrypted.
            socket.socket.shutdown(viewer.sock, socket.SHUT_WR)
        else:
            viewer.send(CLOSE, struct.pack(">H", 1000))
            viewer.step()
            viewer.leave()
    scene.paint(50, painters)
    scene.prove(good + painters)
    scene.empty()


# ---- certificates that change

def reload(scene, says, threads=1):
    """SIGHUP, until every loop has said so."""
    before = len(re.findall(says, scene.server.stderr()))
    scene.server.process.send_signal(signal.SIGHUP)
    scene.wait(lambda: len(re.findall(says, scene.server.stderr())) == before + threads, f"{says} {threads} times")


def served(scene, n, **more):
    return {shake(scene.server, context(**more))[2] for _ in range(n)}


def test_a_new_certificate_is_for_new_connections_and_the_old_ones_go_on(make_scene, place, certificates):
    scene = make_scene("--threads", "3")
    good = scene.viewers(12, "good")
    painters = [scene.painter(window=4) for _ in range(3)]
    for name in ("ec two", "ec one", "ec two"):
        for painter in painters:
            painter.todo = 1 << 30
        scene.wait(lambda: all(painter.placed for painter in painters), "under load")
        place.put(certificates[name].cert, certificates[name].key)
        reload(scene, "tls: .* read again", 3)
        assert served(scene, 24) == {certificates[name].der}
        seen = len(good[0].edits)
        scene.wait(lambda n=seen: all(len(viewer.edits) > n + 10000 for viewer in good), "they go on")
        good.append(scene.viewer(name=f"since {name}"))
        for painter in painters:
            painter.todo = 0
        scene.wait(lambda: all(painter.done for painter in painters), "painted")
        scene.prove(good + painters)


@pytest.mark.parametrize("before,after", [("ec one", "rsa one"), ("rsa one", "ec one"), ("rsa one", "rsa two")])
def test_a_key_of_another_kind_replaces_the_old_one_for_everybody(make_scene, place, certificates, before, after):
    place.put(certificates[before].cert, certificates[before].key)
    scene = make_scene()
    assert served(scene, 2) == {certificates[before].der}
    place.put(certificates[after].cert, certificates[after].key)
    reload(scene, "tls: .* read again")
    assert served(scene, 4) == {certificates[after].der}
    # Nor does anybody get the old one who would take it, or only it.
    for ciphers in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"):
        try:
            assert served(scene, 2, ciphers=ciphers, highest=ssl.TLSVersion.TLSv1_2) == {certificates[after].der}
        except ssl.SSLError as error:
            assert "HANDSHAKE_FAILURE" in str(error)


def test_bad_files_are_not_used_and_the_old_ones_stay(make_scene, place, certificates):
    scene = make_scene("--threads", "2")
    good = scene.viewers(4, "good")
    painter = scene.painter()
    one, two = certificates["ec one"], certificates["ec two"]
    half = two.cert.read_bytes()[:200]
    for cert, key in [(two.cert, one.key), (one.cert, two.key), (two.cert, certificates["rsa one"].key), (half, two.key),
                      (two.cert, b"garbage"), (b"", b""), (two.key, two.cert), (None, two.key)]:
        place.put(cert, key)
        reload(scene, r"tls: .* are not used, the certificate before stays: \S+", 2)
        assert served(scene, 10) == {one.der}
    scene.paint(5, [painter])
    place.put(two.cert, two.key)
    reload(scene, "tls: .* read again", 2)
    assert served(scene, 10) == {two.der}
    scene.paint(5, [painter])
    scene.prove(good + [painter])


@pytest.mark.parametrize("cert,key", [("ec two", "ec one"), ("ec two", None), (None, "ec two")])
def test_bad_files_at_the_start_are_an_error(tmp_path, certificates, cert, key):
    args = ["--tls-cert", str(certificates[cert].cert if cert else tmp_path / "none"),
            "--tls-key", str(certificates[key].key if key else tmp_path / "none")]
    server = Server(tmp_path / "data", args=args)
    status, said = server.run_to_exit()
    assert status == 1 and re.search(r"tls: (certificate|key) .*: \S+", said), (status, said)
    assert not server.reports, server.reports


# ---- who does not speak TLS

def test_http_on_the_tls_port_gets_no_page_and_a_quick_end(scene):
    for text in (b"GET /info HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"):
        answer = raw.request(scene.server, text)
        assert raw.status(answer) != 200 and b"palette" not in answer


def test_a_handshake_that_stalls_is_ended(scene):
    hello = client_hello()
    beginnings = [b"", hello[:1], hello[:5], hello[:len(hello) // 2], hello, hello[:5] + b"\0"]
    socks = [raw.connect(scene.server) for _ in beginnings]
    dripping = raw.connect(scene.server)
    for sock, data in zip(socks, beginnings):
        sock.sendall(data)
    for sock in socks:
        sock.setblocking(False)
    deadline = time.monotonic() + patient(HANDSHAKE_SECONDS + 8)
    closed = set()
    drip = iter(hello)
    dripped = False
    while len(closed) < len(socks) or not dripped:
        assert time.monotonic() < deadline, (closed, dripped)
        for sock in set(socks) - closed:
            try:
                if not sock.recv(65536):
                    closed.add(sock)
            except BlockingIOError:
                pass
            except ConnectionResetError:
                closed.add(sock)
        try:
            dripping.send(bytes([next(drip)]))
        except (ConnectionResetError, BrokenPipeError):
            dripped = True
        scene.crowd.step()
        time.sleep(0.05)
    for sock in [*socks, dripping]:
        sock.close()
    scene.empty()


def test_junk_and_broken_records_harm_nobody(scene, rng):
    good = scene.viewers(3, "good")
    painter = scene.painter()
    hello = client_hello()
    for i in range(150):
        data = [rng.randbytes(rng.randint(1, 3000)),
                hello[:rng.randrange(len(hello))] + rng.randbytes(200),
                bytes(byte ^ (rng.random() < 0.02) * rng.randrange(256) for byte in hello),
                b"\x80\x2e\x01\x00\x02" + rng.randbytes(44),  # SSL 2
                b"\x16\x03\x01\xff\xff" + rng.randbytes(500),
                hello + b"\x17\x03\x03\x00\x20" + rng.randbytes(32)][i % 6]
        with raw.connect(scene.server) as sock:
            sock.sendall(data)
            sock.settimeout(0.02)
            try:
                if rng.random() < 0.3:
                    sock.shutdown(socket.SHUT_WR)
                raw.read_all(sock)
            except OSError:
                pass  # it was quicker, or waits for more
        scene.crowd.step()
    for viewer in good[:1]:  # garbage within a connection that was one
        plain = socket.socket(fileno=socket.dup(viewer.sock.fileno()))
        plain.send(rng.randbytes(100))
        plain.close()
    scene.wait(lambda: good[0].ended, "who breaks a record is let go")
    scene.paint(20, [painter])
    proof = scene.prove(good[1:] + [painter])
    proof.stream(good[0], whole=False)
    scene.empty()
