# SPDX-License-Identifier: ISC
"""render_image: operations on images beside thumbor and ImageMagick."""
import os
import resource
import subprocess

from peers import SERVER_CPU, Absent, Clock, median, need, ratio, say
from render_peers import PlacedRender, Thumbor, debian

OPS = {  # thumbor's URL, ImageMagick's arguments, the goal
    "thumbnail": ("fit-in/256x256", ["-thumbnail", "256x256"], 0.3),
    "blur": ("filters:blur(24,8)", ["-blur", "0x8"], 0.2),
    "grayscale": ("filters:grayscale()", ["-colorspace", "Gray"], 0.8),
    "rotate90": ("filters:rotate(270)", ["-rotate", "90"], 0.8),
}


def photograph(directory):
    """A JPEG of 3000 x 2000 pixels with detail and noise."""
    file = directory / "photograph.jpg"
    subprocess.run([need("ffmpeg"), "-v", "error", "-y", "-f", "lavfi", "-i", "mandelbrot=size=3000x2000,noise=alls=14", "-frames:v",
                    "1", "-pix_fmt", "yuvj420p", "-q:v", "4", str(file)], check=True, timeout=60)
    return file.read_bytes()


def in_format(directory, kind):
    """The photograph as JPEG, WebP or PNG."""
    photo = photograph(directory)
    if kind == "jpeg":
        return photo
    file = directory / f"photograph.{kind}"
    subprocess.run([need("ffmpeg"), "-v", "error", "-y", "-i", directory / "photograph.jpg", "-quality", "80", file], check=True, timeout=120)
    return file.read_bytes()


def numbered(image, n):
    """The same picture with another comment, or something behind its end, so that it is another upload."""
    if image[:2] != b"\xff\xd8":
        return image + f"copy {n}".encode()
    comment = f"copy {n}".encode()
    return image[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + image[2:]


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def of_placed_render(directory, op, kind, images):
    """CPU milliseconds an image: uploaded before, then asked for."""
    server = PlacedRender(directory, "--fractal", 0, "--image-workers", f"{op}=1").start()
    try:
        server.get(f"/images/{server.upload(images[-1], f'image/{kind}')}/{op}")
        server.post("/admin/scale", {"op": op, "n": 0})
        ids = [server.upload(image, f"image/{kind}") for image in images[:-1]]
        server.post("/admin/scale", {"op": op, "n": 1})
        clock, before = Clock([server.processes[-1].pid]), server.pool(f"image:{op}")
        size = [len(server.get(f"/images/{one}/{op}")) for one in ids][0]
        after = server.pool(f"image:{op}")
        jobs = after["jobs"] - before["jobs"]
        if not 0 < jobs <= len(ids):  # the queue may have been faster than the first look
            raise RuntimeError(f"{jobs} jobs for {len(ids)} variants")
        of_child = (after["cpu_microseconds"] - before["cpu_microseconds"]) / jobs
        return (clock.used()[0] / len(ids) + of_child) / 1000, size
    finally:
        server.stop()


def of_thumbor(directory, op, kind, images):
    server = Thumbor(directory)
    for i, image in enumerate(images):
        server.put(f"{i}.{kind}", image)
    server.start()
    try:
        def ask(i):
            return len(server.get(f"/unsafe/{OPS[op][0]}/{i}.{kind}"))
        ask(len(images) - 1)
        clock = server.clock()
        size = [ask(i) for i in range(len(images) - 1)][0]
        return clock.used()[0] / 1000 / (len(images) - 1), size
    finally:
        server.stop()


def of_imagemagick(directory, op, kind, images):
    source, out = directory / f"in.{kind}", directory / f"out.{kind}"
    source.write_bytes(images[0])
    before, n = cpu_of_children(), 3
    for _ in range(n):
        subprocess.run([debian("convert"), "-limit", "thread", "1", source, *OPS[op][1], "-quality", "85", out], check=True, timeout=60)
    return (cpu_of_children() - before) * 1000 / n, out.stat().st_size


def measure(directory, quick, repeat):
    """CPU = milliseconds of the server and of its children's tasks / variants, of a photograph of 3000 x 2000 pixels that the server has already,
    asked for one after the other: placed-render; thumbor with one process, files and no storage; and convert of
    ImageMagick with one thread. All write the type that they read, JPEG with quality 85; blur is Gaussian with sigma 8. Ratios of the same
    repetition, median."""
    kinds = {kind: [numbered(in_format(directory, kind), n) for n in range(4 if quick else 9)] for kind in ("jpeg", "webp", "png")}
    ways = {"placed-render": of_placed_render, "thumbor": of_thumbor, "ImageMagick": of_imagemagick}
    rows, notes, absent, results = [], [], {}, {}
    for op, kind in [*((op, "jpeg") for op in OPS), ("thumbnail", "webp"), ("thumbnail", "png")]:
        name_of = f"{op} of {kind}"
        runs = {name: [] for name in ways}
        for i in range(repeat or (1 if quick else 3)):
            say(f"render: images, {name_of}, repetition {i + 1}")
            for name, way in ways.items():
                try:
                    runs[name].append(way(directory, op, kind, kinds[kind]))
                except Absent as why:
                    absent[name] = str(why)
        of = [ratio(a[0], b[0]) for a, b in zip(runs["placed-render"], runs["thumbor"])]
        rows.append((f"{name_of}: CPU of thumbor's", median(of), "<=", OPS[op][2]))
        results[name_of] = {name: {"ms": median([one[0] for one in run]), "bytes": run[0][1]} for name, run in runs.items() if run}
        notes.append(f"{name_of}: " + ", ".join(f"{name} {one['ms']:.1f} ms ({one['bytes']:,} bytes)"
                                                for name, one in results[name_of].items()))
    return {"rows": rows, "notes": notes, "absent": absent, "systems": results, "cpu": SERVER_CPU, "cores": os.cpu_count()}
