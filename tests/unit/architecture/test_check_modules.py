#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""test_check_modules: the architecture check finds each kind of fault, in a small tree that has them all."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from check_modules import check
from modules import circles, declared_names

SPDX = "/* SPDX-License-Identifier: ISC */\n"

GOOD = {
    "ARCHITECTURE.md": "## The files\n| `a` | one |\n| `types` `core/b` | two |\n## Threads\n",
    "server/main.c": '#include "sys/a.h"\nint main(void)\n{\n    standard_descriptors_open();\n    return a();\n}\n',
    "server/sys/a.h": "int a(void);\nvoid standard_descriptors_open(void);\n",
    "server/sys/a.c": '#include "sys/a.h"\nint a(void) { return 0; }\nvoid standard_descriptors_open(void) {}\n',
    "server/core/types.h": "struct t { int (*call)(int x); };\nstatic inline int twice(int x) { return 2 * x; }\n",
    "server/core/b.h": '#include "core/types.h"\nextern int table[3];\nint b(struct t *t);\n',
    "server/core/b.c": '#include "core/b.h"\n#include "sys/a.h"\nint table[3];\nint b(struct t *t) { return a(); }\n',
}

FAULTS = [  # files to change, what must be said of them
    ({"ARCHITECTURE.md": "## The files\n| `a` `types` `gone` | one |\n## Threads\n"},
     ["ARCHITECTURE.md does not list b", "ARCHITECTURE.md lists gone, which is not there"]),
    ({"server/core/c.c": "int c(void); int c(void) { return 1; }\n"},
     ["server/core/c.c has no server/core/c.h", "server/core/c.c defines c, no header declares it"]),
    ({"server/core/b.h": GOOD["server/core/b.h"] + "void nowhere(int *x);\n"},
     ["server/core/b.h declares nowhere, nobody defines it"]),
    ({"server/core/types.h": GOOD["server/core/types.h"] + "struct t *moved(void);\n",
      "server/core/b.c": GOOD["server/core/b.c"] + "struct t *moved(void) { return 0; }\n"},
     ["server/core/types.h declares moved, server/core/b defines it"]),
    ({"server/sys/a.c": GOOD["server/sys/a.c"] + '#include "core/b.h"\n'},
     ["circle: server/core/b, server/sys/a", "server/sys/a must not know server/core/b: it includes core/b.h"]),
    # By symbols alone: no #include tells of it.
    ({"server/sys/a.c": GOOD["server/sys/a.c"] + "extern int table[]; int *p(void); int *p(void) { return table; }\n",
      "server/sys/a.h": GOOD["server/sys/a.h"] + "int *p(void);\n"},
     ["circle: server/core/b, server/sys/a", "server/sys/a must not know server/core/b: it uses table"]),
    ({"server/odd/d.h": "enum { D };\n"}, ["server/odd is no layer: add it to this test and to ARCHITECTURE"]),
    ({"server/core/b.c": GOOD["server/core/b.c"] + "#include <pthread.h>\n"},
     ["server/core/b.c includes <pthread.h>, which is only for server/(?!core/)|render/(?!name/|wire/)|tools/|bench/|tests/"]),
    ({"server/main.c": GOOD["server/main.c"].replace("    standard_descriptors_open();\n", "")},
     ["server/main.c: main() does not begin with standard_descriptors_open()"]),
    # Folders that are in no layer have a row each, and a subfolder is part of its folder.
    ({"ARCHITECTURE.md": GOOD["ARCHITECTURE.md"].replace("`a`", "`a` `name` `farm` `loop`"),
      "render/name/name.h": "int name(void);\n",
      "render/name/name.c": '#include "render/name/name.h"\n#include "sys/a.h"\nint name(void) { return a(); }\n',
      "render/farm/farm.h": "int farm(void);\n",
      "render/farm/farm.c": '#include "render/name/name.h"\n#include "render/farm/loop/loop.h"\n'
                            "int farm(void) { return name() + loop(); }\n",
      "render/farm/loop/loop.h": "int loop(void);\n",
      "render/farm/loop/loop.c": "int loop(void); int loop(void) { return 0; }\n"},
     ["render/name/name must not know server/sys/a: it includes sys/a.h"]),
    ({"render/odd/d.h": "enum { D };\n", "render/odd/d.c": "enum { D };\n"},
     ["render/odd is no layer: add it to this test and to ARCHITECTURE"]),
    ({"server/core/b.c": GOOD["server/core/b.c"] + '#include "core/gone.h"\n', "gone.h": ""},
     ["server/core/b.c includes core/gone.h, which is not there"]),
]


def faults_of(files):
    """Write, compile and check a tree of these files."""
    with tempfile.TemporaryDirectory() as folder:
        root, commands = pathlib.Path(folder), []
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if name.endswith(".md") else SPDX + text, encoding="utf-8")
        for name, text in files.items():
            if not name.endswith(".c"):
                continue
            output = name.replace("/", "_") + ".o"
            text = re.sub('#include "core/gone.h"', "", text)  # what is not there cannot be compiled
            subprocess.run([os.environ.get("CC", "cc"), "-x", "c", "-Iserver", "-Itools", "-I.", "-c", "-o", output, "-"],
                           cwd=root, input=text, text=True, check=True)
            commands.append({"directory": folder, "file": name, "output": output})
        (root / "compile_commands.json").write_text(json.dumps(commands), encoding="utf-8")
        return check(root.resolve(), root)


def main():
    assert declared_names('int f(int a, void (*g)(void)); extern const char *const t[]; typedef int (*h)(int);\n'
                          'static inline int i(void) { return j(); } struct s { int (*k)(void); };\n'
                          '#define M(x) \\\n  l(x)\nvoid *m(void) __attribute__((format(printf, 1, 2))); enum e n(void);'
                          ) == {"f", "t", "m", "n"}
    assert circles({1: {2}, 2: {3}, 3: {1}, 4: {1}}) == [[1, 2, 3]]
    faults, numbers = faults_of(GOOD)
    assert not faults and numbers[0] == 4 and numbers[2] == 0, (faults, numbers)
    # Two programs may have functions of the same name.
    module = {"opt.h": "int opt(void);\n", "opt.c": '#include "TOOL/opt.h"\nint opt(void) { return 0; }\n',
              "main.c": '#include "TOOL/opt.h"\n#include "sys/a.h"\n'
                        'int main(void)\n{\n    standard_descriptors_open();\n    return opt();\n}\n'}
    programs = {f"tools/{tool}/{name}": text.replace("TOOL", tool)
                for tool in ("export", "verify") for name, text in module.items()}
    faults, _ = faults_of({**GOOD, **programs})
    assert not faults, faults
    for changed, expected in FAULTS:
        faults, _ = faults_of({**GOOD, **changed})
        missing = set(expected) - set(faults)
        assert not missing, f"not found: {missing}; found: {faults}"
    print(f"{len(FAULTS)} kinds of faults are found")


if __name__ == "__main__":
    sys.exit(main())
