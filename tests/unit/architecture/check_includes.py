#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""check_includes: no #include points upward, and a foreign library stays where it belongs.

Layers, top to bottom: main.c -> edge -> session -> plane -> log -> core -> sys; derived lies on plane,
config on core. Files of one folder may include each other.
"""
import pathlib
import re
import sys

# What a folder below server/ may include of the others; "" is server/ itself, the composition root.
MAY_INCLUDE = {
    "": {"", "edge", "session", "derived", "plane", "log", "config", "core", "sys"},
    "edge": {"edge", "session", "derived", "plane", "log", "core", "sys"},
    "session": {"session", "plane", "log", "core", "sys"},
    "derived": {"derived", "plane", "log", "core", "sys"},
    "plane": {"plane", "log", "core", "sys"},
    "log": {"log", "core", "sys"},
    "config": {"config", "log", "core", "sys"},
    "core": {"core", "sys"},
    "sys": {"sys"},
}

# Header -> the files that may include it.
FOREIGN = {
    r"libwebsockets\.h": r"server/edge/|bench/",
    r"openssl/.*": r"server/edge/|tools/|bench/|tests/",
    r"librdkafka/.*": r"server/log/kafka/|tools/|bench/|tests/",
    r"lmdb\.h": r"server/log/local/|server/derived/(checkpoint|history)|tools/|bench/|tests/",
    r"png\.h": r"server/derived/(snapshot|picture)|tools/|bench/|tests/",
    r"(pthread|threads)\.h": r"server/(?!core/)|tools/|bench/|tests/",  # core is pure
    r"ini\.h": r"server/config/|tests/",
    r"cmocka\.h": r"tests/",
}

root = pathlib.Path(sys.argv[1])
folders = [f for f in ("server", "tools", "bench", "tests") if (root / f).is_dir()]
files = sorted(p for f in folders for p in (root / f).rglob("*.[ch]"))
faults, arrows = [], 0


def layer_of(path):
    """edge of server/edge/ws.c, "" of server/main.c"""
    return path.parts[1] if len(path.parts) > 2 else ""


def check_own(name, number, header):
    own = name.parts[0] == "server"
    beside = root / name.parent / header
    target = beside if beside.is_file() and not (root / "server" / header).is_file() \
        else root / "server" / header
    if not target.is_file():
        if own:
            faults.append(f'{name}:{number}: "{header}" is not found below server/')
        return
    if not own:
        return  # tests, tools and benches may look at everything
    target = target.resolve().relative_to(root.resolve())
    source, goal = layer_of(name), layer_of(target)
    if source not in MAY_INCLUDE:
        faults.append(f"{name}: folder {source} is not a layer: add it to this test and to DESIGN")
    elif goal not in MAY_INCLUDE[source]:
        faults.append(f'{name}:{number}: {source or "server"} must not include "{header}"')


def check_foreign(name, number, header):
    for pattern, where in FOREIGN.items():
        if re.fullmatch(pattern, header) and not re.match(where, name.as_posix()):
            faults.append(f"{name}:{number}: <{header}> is only for {where}")


for path in files:
    name = path.relative_to(root)
    lines = path.read_text().splitlines()
    if name.parts[0] == "server" and not lines[0].startswith("/* SPDX-License-Identifier: ISC"):
        faults.append(f"{name}:1: the first line is not the SPDX line")
    for number, line in enumerate(lines, 1):
        include = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not include:
            continue
        arrows += 1
        (check_own if include[1] == '"' else check_foreign)(name, number, include[2])

print(*faults, sep="\n", end="\n" if faults else "")
print(f"{len(files)} files, {arrows} includes, {len(faults)} against the layers")
assert arrows > 100, "found too little: was the right folder given?"
sys.exit(1 if faults else 0)
