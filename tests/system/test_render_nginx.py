# SPDX-License-Identifier: ISC
"""config/nginx-render.conf as it is shipped, in a real nginx before a real placed-render."""
import pytest
from render import TILE, wait_until
from test_nginx import NGINX, Nginx

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed (tools/setup system)")


class RenderNginx(Nginx):
    CONFIG = "config/nginx-render.conf"

    def __init__(self, folder, render):
        self.render = render
        super().__init__(folder, render.addresses["listening"][2])

    def replacements(self, folder, upstream):
        return ((r"^        server 127\.0\.0\.1:8082;", f"        server 127.0.0.1:{upstream};"),
                (r"(?<=root )/var/lib/placed-render/store", str(self.render.data / "store")))


def test_nginx_answers_from_the_disk_what_has_been_rendered(make_render, tmp_path):
    render = make_render("--image-workers", "none")
    nginx = RenderNginx(tmp_path / "nginx", render)
    try:
        first = nginx.get(TILE)
        assert first.status == 200 and first.headers["content-type"] == "image/png"
        wait_until(lambda: (render.data / "store" / TILE[1:]).is_file(), "it is on the disk")
        asked = render.count("requests_total")
        for _ in range(3):
            hit = nginx.get(TILE, **{"Accept-Encoding": "gzip"})
            assert hit.status == 200 and hit.body == first.body
            for name in "content-type", "cache-control", "access-control-allow-origin", "x-content-type-options":
                assert hit.headers[name] == first.headers[name], name
            assert nginx.get(TILE, **{"If-None-Match": hit.headers["etag"]}).status == 304
        # Only those of this test have come in meanwhile: /metrics, once.
        assert render.count("requests_total") - asked == 1

        # What is no name is none here either, not even when it is another spelling of one.
        for name in TILE + "?x=1", TILE.replace("0.png", "%30.png"), "/mandelbrot/1/00/0/0.png", "/mandelbrot//1/0/0/0.png", \
                "/mandelbrot/1/0/0/../0/0.png", "/mandelbrot/../.lock", "/images/" + "0" * 64 + "/blur":
            assert nginx.get(name).status in (400, 404), name

        # A miss is not kept: neither its absence nor an error.
        other = "/mandelbrot/1/1/0/0.png"
        assert render.post("/admin/scale", {"op": "fractal", "n": 0})[0] == 200
        wait_until(lambda: not render.children(), "nobody renders")
        full = nginx.get(other)
        assert full.status == 503 and int(full.headers["retry-after"]) > 0
        assert render.post("/admin/scale", {"op": "fractal", "n": 1})[0] == 200
        wait_until(lambda: nginx.get(other).status == 200, "it is rendered")

        # Everything else is passed on, a large body too.
        assert nginx.get("/render.json").body == render.get("/render.json").body
        assert nginx.get("/metrics").status == 404
        picture = (b"\x89PNG\r\n\x1a\n" + b"junk" * 300000)
        answer = nginx.request("POST", "/upload", {"Content-Type": "image/png"}, picture)
        assert answer.status in (415, 422), (answer.status, answer.body)
        render.stop()
        assert nginx.get(TILE).body == first.body  # nginx needs nobody for it
        assert nginx.get("/render.json").status == 502
    finally:
        nginx.close()
    assert (render.data / "store" / TILE[1:]).read_bytes() == first.body
