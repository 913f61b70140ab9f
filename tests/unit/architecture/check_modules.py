#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""check_modules SOURCE BUILD: the four rules of the house, for server/ and the tools of many files.

1. A module is X.h with X.c. A header of types and inline functions needs no X.c, a program no X.h.
2. What X.h declares, X.c defines; what X.c defines for others, X.h declares.
3. Modules have no circles: neither by #include nor by the symbols that their object files use.
4. Arrows between folders point down, and a foreign library is known where it belongs: libwebsockets.h in
   one folder.

Also: ARCHITECTURE.md lists every module of server/, render/, tools/common and tools/timelapse, every program
begins with standard_descriptors_open(),
and every file of ours with the SPDX line.
"""
import pathlib
import re
import sys

from modules import circles, includes_of, read_modules, source_files

FOLDERS = ("server", "render", "tools/common", "tools/edit-flood", "tools/export", "tools/import", "tools/placectl",
           "tools/renderctl", "tools/timelapse", "tools/verify")

# Built where their libraries are; left out of the rules for modules elsewhere.
OPTIONAL = ("render", "render/map/map_engine", "render/map/main", "tools/renderctl")

# Layers from bottom to top. A folder may use its own layer's folders below the same name (log/local uses log)
# and all lower layers.
LAYERS = [
    ("server/sys",),
    ("server/core",),
    ("server/log",),
    ("server/plane", "server/config"),
    ("server/rules",),
    ("server/identity",),
    ("server/control",),
    ("server/derived",),
    ("server/history",),
    ("server/moderation",),
    ("server/session",),
    ("server/net",),
    ("server/http",),
    ("server/ws",),
    ("server/api",),
    ("server",),
]
# Folders that are in no layer, with those that each may use beside the ones below its own name.
RENDER_BASE = ("server/sys", "server/core", "render/name")
USES = {
    "render/name": ("server/core",),
    "render/wire": ("server/core", "render/name"),
    "render/store": RENDER_BASE,
    "render/queue": RENDER_BASE + ("server/log", "render/queue/kafka"),
    "render/queue/kafka": RENDER_BASE + ("server/log", "server/log/kafka", "render/queue"),
    "render/child": RENDER_BASE + ("render/wire",),
    "render/fractal": RENDER_BASE + ("render/wire", "render/child"),
    "render/map": RENDER_BASE + ("render/wire", "render/child"),
    "render/image": RENDER_BASE + ("server/derived", "render/wire", "render/child"),
    "render/farm": RENDER_BASE + ("render/wire",),
    "render/events": RENDER_BASE + ("render/queue", "render/farm"),
    "render/batch": RENDER_BASE + ("render/farm", "render/queue", "render/store", "render/events"),
    "render/config": RENDER_BASE + ("server/log", "server/config"),
    "render/http": RENDER_BASE + ("server/log", "server/http", "render/store", "render/queue", "render/farm", "render/events",
                                  "render/batch", "render/config", "render/map", "render/image"),
    "render": RENDER_BASE + ("server/log", "server/config", "server/http", "render/store", "render/queue", "render/farm", "render/events",
                             "render/batch", "render/config", "render/http", "render/map", "render/image"),
    "tools/common": ("server/sys", "server/core", "server/log", "server/history"),
    "tools/edit-flood": ("server/sys", "server/core", "tools/common"),
    "tools/export": ("server/sys", "server/core", "server/log", "server/derived", "tools/common"),
    "tools/import": ("server/sys", "server/core", "server/log", "tools/common", "tools/edit-flood"),
    "tools/placectl": ("server/sys", "server/core", "tools/common"),
    "tools/renderctl": ("server/sys", "server/core", "tools/common"),
    "tools/timelapse": ("server/sys", "server/core", "server/log", "tools/common"),
    "tools/verify": ("server/sys", "server/core", "server/log", "server/history", "tools/common"),
}

# Header -> the files that may include it.
FOREIGN = {
    r"ev\.h": r"server/net/|render/(farm|events|batch|http)/|render/main\.c|bench/|tests/",
    r"seccomp\.h": r"render/child/",
    r"microhttpd\.h": r"render/http/|tests/",
    r"vips/.*": r"render/image/|bench/|tests/",
    r"mapnik/.*": r"render/map/",
    r"libwebsockets\.h": r"server/net/|bench/",
    r"expat\.h": r"render/map/style_xml",
    r"openssl/.*": r"server/net/|render/map/style\.c|tools/|bench/|tests/",
    r"librdkafka/.*": r"server/log/kafka/|render/queue/|tools/|bench/|tests/",
    r"lmdb\.h": r"server/log/local/|render/(queue|store)/|server/derived/(checkpoint|history)|tools/|bench/|tests/",
    r"png\.h": r"server/derived/(snapshot|picture|tile)|render/fractal/|tools/|bench/|tests/",
    r"(pthread|threads)\.h": r"server/(?!core/)|render/(?!name/|wire/)|tools/|bench/|tests/",  # the others are pure
    r"ini\.h": r"server/config/|tests/",
    r"curl/.*": r"tools/common/",
    r"webp/.*": r"tools/timelapse/|bench/|tests/",
    r"cmocka\.h": r"tests/",
}


def layer_of(folder):
    """The number of the folder's layer, by the longest name that it lies in; None: it has none."""
    fitting = [(len(name), level) for level, names in enumerate(LAYERS) for name in names
               if name == folder or (name != "server" and folder.startswith(name + "/"))]
    return max(fitting)[1] if fitting else None


def own_of(folder):
    """The row of USES that a folder has, by its own name or by that of one that it lies in; None: it is in a layer,
    or nowhere."""
    if folder in USES:
        return folder
    fitting = [name for name in USES if "/" in name and folder.startswith(name + "/")]
    return max(fitting, key=len) if fitting else None


def may_use(source, goal):
    """May a module of the folder `source` use one of the folder `goal`?"""
    if source == goal:
        return True
    own = own_of(source)
    if own:
        return goal in USES[own] or (own_of(goal) == own)
    above, below = layer_of(source), layer_of(goal)
    if above is None or below is None:
        return False
    if above == below:  # one layer in several folders, like log, log/local and log/kafka
        return source.startswith(goal + "/") or goal.startswith(source + "/")
    return below < above


def find_header(root, file, name):
    """The module whose header this #include means, or None."""
    for base in (root / file).parent, root, root / "server", root / "tools":
        if (base / name).is_file():
            return (base / name).resolve().relative_to(root).with_suffix("").as_posix()
    return None


def check_names(modules):
    """Rules 1 and 2."""
    definer = {name: module.name for module in modules.values() for name in module.defines}
    declarer = {}
    for module in modules.values():
        for name in module.declares:
            declarer.setdefault(name, module.name)
    for module in modules.values():
        if module.source and not module.header and not module.is_program:
            yield f"{module.name}.c has no {module.name}.h"
        for name in sorted(module.declares - module.defines):
            yield f"{module.name}.h declares {name}, {definer.get(name, 'nobody')} defines it"
        if not module.is_program:
            for name in sorted(module.defines - module.declares):
                if name not in declarer:  # else it is said above
                    yield f"{module.name}.c defines {name}, no header declares it"


def definer_of(modules, definers, module, name):
    """The module that defines a name which this one uses. Several programs may define the same one: it is that of
    the module's own program, else of a place that it may use."""
    found = sorted(definers.get(name, ()), key=lambda goal: (
        modules[goal].folder != module.folder, not may_use(module.folder, modules[goal].folder), goal))
    return found[0] if found else module.name


def arrows_of(root, modules):
    """Who uses whom: {module: {module: how}}, and complaints about headers that are not there."""
    definers = {}
    for module in modules.values():
        for name in module.defines - {"main"}:
            definers.setdefault(name, []).append(module.name)
    arrows = {name: {} for name in modules}
    faults = []
    for module in modules.values():
        for file, _, kind, name in module.includes:
            goal = find_header(root, file, name) if kind == "own" else None
            if kind == "own" and goal not in modules:
                faults.append(f"{file} includes {name}, which is not there")
            elif goal and goal != module.name:
                arrows[module.name].setdefault(goal, f"includes {name}")
        for name in module.uses:
            goal = definer_of(modules, definers, module, name)
            if goal != module.name:
                arrows[module.name].setdefault(goal, f"uses {name}")
    return arrows, faults


def check_layers(modules, arrows):
    """Rule 4, between folders."""
    for folder in sorted({module.folder for module in modules.values()}):
        if own_of(folder) is None and layer_of(folder) is None:
            yield f"{folder} is no layer: add it to this test and to ARCHITECTURE"
    for source, goals in arrows.items():
        for goal, how in goals.items():
            if not may_use(modules[source].folder, modules[goal].folder):
                yield f"{source} must not know {goal}: it {how}"


def check_files(root):
    """Rule 4 for foreign libraries, the SPDX line, and the first statement of programs."""
    for path in sorted(path for folder in ("server", "render", "tools", "bench", "tests")
                       for path in source_files(root / folder)):
        file, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        if not text.startswith("/* SPDX-License-Identifier: ISC"):
            yield f"{file} does not begin with the SPDX line"
        for _, kind, name in includes_of(text):
            for pattern, where in FOREIGN.items():
                if kind == "foreign" and re.fullmatch(pattern, name) and not re.match(where, file):
                    yield f"{file} includes <{name}>, which is only for {where}"
        program = re.search(r"^int main\([^)]*\)\n\{\s*(.*)$", text, re.M)
        if program and not file.startswith("tests/") and program[1] != "standard_descriptors_open();":
            yield f"{file}: main() does not begin with standard_descriptors_open()"


def check_document(root):
    """ARCHITECTURE.md lists every module of these folders, and none that is not there."""
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    tables = text[text.index("## The files"):text.index("## Threads")]
    listed = {name.rpartition("/")[2] for row in re.findall(r"^\| (`.*?`) \|", tables, re.M)
              for name in re.findall(r"`([^`]+)`", row)}
    there = {path.stem for folder in ("server", "render", "tools/common", "tools/timelapse")
             for path in source_files(root / folder)} - {"main"}
    yield from (f"ARCHITECTURE.md does not list {name}" for name in sorted(there - listed))
    yield from (f"ARCHITECTURE.md lists {name}, which is not there" for name in sorted(listed - there))


def check(root, build):
    """All faults, and (modules, arrows, circles) as numbers."""
    modules = read_modules(root, [folder for folder in FOLDERS if (root / folder).is_dir()], build, OPTIONAL)
    arrows, faults = arrows_of(root, modules)
    faults += check_names(modules)
    faults += check_layers(modules, arrows)
    found = circles({name: set(goals) for name, goals in arrows.items()})
    faults += ["circle: " + ", ".join(circle) for circle in found]
    faults += check_files(root)
    faults += check_document(root)
    return faults, (len(modules), sum(map(len, arrows.values())), len(found))


def main():
    root, build = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    faults, numbers = check(root, build)
    for fault in sorted(set(faults)):
        print(fault)
    print("{} modules, {} arrows, {} circles".format(*numbers))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
