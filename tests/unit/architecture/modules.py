# SPDX-License-Identifier: ISC
"""modules: what the modules of a folder tree are, and which names each declares, defines and uses.

A module is X.h with X.c, or with X.cpp that defines C functions. What it declares is read from the header by a
small parser; what it defines and uses is read from the object file by nm, so that a function is found where it
really is.
"""
import json
import pathlib
import re
import subprocess

IDENTIFIER = r"[A-Za-z_]\w*"


def without_comments(text):
    """The code with comments and string literals blanked out."""
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda found: '""' if found[0][0] in "\"'" else " ", text, flags=re.S)


def _top_level(code):
    """Declarations outside of all braces; the bodies of functions are gone, those of types are {}."""
    chunk, depth = [], 0
    for char in code:
        if char == "{":
            depth += 1
            if depth == 1:
                before = "".join(chunk).rstrip()
                chunk.append("{}" if not before.endswith(")") else ";drop")
        elif char == "}":
            depth -= 1
            if depth == 0 and chunk[-1] == ";drop":
                yield ""  # an inline function: defined where it is declared
                chunk = []
        elif depth == 0 and char == ";":
            yield "".join(chunk)
            chunk = []
        elif depth == 0:
            chunk.append(char)


def declared_names(header):
    """Functions and objects that this header text promises and does not define itself."""
    code = re.sub(r"^#ifdef __cplusplus$.*?^#endif$", "", without_comments(header), flags=re.M | re.S)
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", "", code, flags=re.M)
    names = set()
    for declaration in _top_level(code):
        declaration = re.sub(r"__attribute__\s*\(\(.*\)\)", " ", declaration, flags=re.S).strip()
        words = re.findall(IDENTIFIER, declaration)
        if not words or words[0] in ("typedef", "_Static_assert", "static_assert") or "static" in words:
            continue
        function = re.match(rf"[^()=]*?\b({IDENTIFIER})\s*\(", declaration)
        if function and not function[1].isupper():  # a macro that makes a type, like TAILQ_HEAD
            names.add(function[1])
        elif words[0] == "extern":
            names.add(re.search(rf"({IDENTIFIER})\s*(?:\[[^\]]*\]\s*)*$", declaration)[1])
    return names


def includes_of(text):
    """(line number, "own" or "foreign", name) of every #include."""
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if found:
            yield number, "own" if found[1] == '"' else "foreign", found[2]


def symbols_of(objects):
    """nm of many object files: {path: (defined names, undefined names)}."""
    if not objects:
        return {}
    out = subprocess.run(["nm", "-A", "-g", "-P", *map(str, objects)], stdout=subprocess.PIPE, check=True, text=True)
    found = {str(path): (set(), set()) for path in objects}
    for line in out.stdout.splitlines():
        path, name, kind = re.match(r"(.*?): (\S+) (\S)", line).groups()
        if not name.startswith(("__", "_Z", "DW.")):  # the sanitizers' own; what C++ makes for itself
            found[path][kind in "Uwv"].add(name)
    return found


class Module:
    """One module; `name` is its path below the root without suffix."""

    def __init__(self, name):
        self.name = name
        self.folder = name.rpartition("/")[0]
        self.header = self.source = None  # their text
        self.declares = set()
        self.defines = set()
        self.uses = set()  # names that another object file defines
        self.includes = []  # (file, line number, "own" or "foreign", name)

    @property
    def is_program(self):
        return "main" in self.defines


def source_files(folder):
    """The files of a folder and below it that modules are made of, sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".c", ".h", ".cpp"))


def _lies_in(name, optional):
    return name == optional or name.startswith(optional + "/")


def _is_left_out(name, optional, compiled):
    """Is this an optional module, or one in an optional folder, of which nothing has been compiled?"""
    return any(_lies_in(name, place) and not any(_lies_in(other, place) for other in compiled) for place in optional)


def read_modules(root, folders, build, optional=()):
    """All modules below these folders of root: {name: Module}. build holds compile_commands.json."""
    root, build = pathlib.Path(root).resolve(), pathlib.Path(build)
    modules = {}
    for folder in folders:
        for path in source_files(root / folder):
            name = path.relative_to(root).with_suffix("").as_posix()
            module = modules.setdefault(name, Module(name))
            text = path.read_text(encoding="utf-8")
            module.includes += [(path.relative_to(root).as_posix(), *include) for include in includes_of(text)]
            if path.suffix == ".h":
                module.header, module.declares = text, declared_names(text)
            else:
                module.source = text
    objects = {}
    for command in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        source = (pathlib.Path(command["directory"]) / command["file"]).resolve()
        output = pathlib.Path(command["directory"]) / command["output"]
        if source.is_relative_to(root) and output.exists():
            objects.setdefault(source.relative_to(root).with_suffix("").as_posix(), output)
    objects = {name: path for name, path in objects.items() if name in modules}
    symbols = symbols_of(list(objects.values()))
    for name, path in objects.items():
        modules[name].defines, modules[name].uses = symbols[str(path)]
    for name in [name for name in modules if _is_left_out(name, optional, objects)]:
        del modules[name]
    missing = [name for name, module in modules.items() if module.source and name not in objects]
    assert not missing, f"not compiled in {build}: {missing}"
    return modules


def circles(arrows):
    """The strongly connected groups of more than one node, sorted. arrows: {node: set of nodes}."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):  # Tarjan
        index[node] = low[node] = len(index)
        stack.append(node)
        for goal in sorted(arrows.get(node, ())):
            if goal not in index:
                visit(goal)
                low[node] = min(low[node], low[goal])
            elif goal in stack:
                low[node] = min(low[node], index[goal])
        if low[node] == index[node]:
            group = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(arrows):
        if node not in index:
            visit(node)
    return sorted(found)
