"""Check the layers of the Rust sources: no arrow up between rooms, no circle of files inside one.

python tools/check_layers.py            check src/; end with status 1 at a fault
python tools/check_layers.py DIRECTORY  check the sources of another crate

`LAYERS` is the order. A file may import files of lower layers and of its own room, and never of
another room of its own layer. Inside a room, files import each other without a circle.

An import is a path that begins with `crate::`, `super::`, `self::` or the name of a module inside,
in a `use` or anywhere else. It leads to the file that defines the item: re-exports of a `mod.rs`
are followed, and a re-export itself is not an import inside the room. Modules under
`#[cfg(test)]`, comments and texts are ignored.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: The layers, the lowest first, each with its rooms. A room is a file or a folder of `src`.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("service", "test_cases"),
    ("rules",),
    ("fault", "guard", "packed_text", "slots"),
    ("json", "zone", "phone"),
    ("job",),
    ("request",),
    ("batch/refusal", "batch/place"),
    ("batch/error", "batch/diagnostic", "batch/judged", "batch/excluded"),
    ("batch/source",),
    ("batch/options",),
    ("batch/out",),
    ("batch/run",),
    ("batch", "columns"),
    ("python",),
)

_TOKEN = re.compile(
    r"""
    (?P<skip>
        //[^\n]*                                # a comment to the end of the line
        | /\*.*?\*/                             # a comment, as nobody nests them here
        | \bb?r(?P<hashes>\#*)".*?"(?P=hashes)  # a raw text
        | b?"(?:[^"\\]|\\.)*"                   # a text
        | b?'(?:[^'\\]|\\(?:u\{[^}]*\}|x..|.))' # a character
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_TEST = re.compile(r"#\[cfg\((?:all\()?test\b[^\]]*\]\s*(?:pub\s+)?mod\s+\w+\s*\{")
_USE = re.compile(r"(?P<public>\bpub\s+)?\buse\s+(?P<tree>[^;]*);")
_PATH = re.compile(r"(?<![\w:])[a-z]\w*(?:\s*::\s*\w+)+")
_VISIBILITY = re.compile(r"\bpub\s*\([^)]*\)")


@dataclass
class Module:
    """One file."""

    path: tuple[str, ...]
    file: Path
    #: The paths that it imports, as they are written.
    imports: list[tuple[str, ...]] = field(default_factory=list)
    #: Its re-exports: the name here, and the path there.
    exports: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: The paths whose items it re-exports all.
    globs: list[tuple[str, ...]] = field(default_factory=list)


def bare(source: str) -> str:
    """A source without comments, texts and test modules."""
    source = _TOKEN.sub(lambda match: " " if match["skip"][0] == "/" else '""', source)
    source = _VISIBILITY.sub("pub", source)
    while test := _TEST.search(source):
        end = _closing(source, test.end())
        source = source[: test.start()] + source[end:]
    return source


def _closing(source: str, start: int) -> int:
    """The place after the brace that closes the one before `start`."""
    depth = 1
    for brace in re.finditer(r"[{}]", source[start:]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return start + brace.end()
    return len(source)


def leaves(tree: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The paths of a `use` tree, each with the name that it has here (`*` for all)."""
    tree = tree.strip()
    before, brace, rest = tree.partition("{")
    if brace:
        prefix = tuple(part.strip() for part in before.split("::") if part.strip())
        for branch in _branches(rest.rsplit("}", 1)[0]):
            for path, name in leaves(branch):
                whole = prefix if path == ("self",) else prefix + path
                yield whole, whole[-1] if name == "self" else name
        return
    path_text, _, alias = tree.partition(" as ")
    path = tuple(part.strip() for part in path_text.split("::") if part.strip())
    if path:
        yield path, alias.strip() or path[-1]


def _branches(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, char in enumerate(text):
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        elif char == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def read(root: Path) -> dict[tuple[str, ...], Module]:
    """The modules of a crate by their paths."""
    modules = {}
    for file in sorted(root.rglob("*.rs")):
        parts = file.relative_to(root).with_suffix("").parts
        path = parts[:-1] if parts[-1] in ("mod", "lib") else parts
        modules[path] = Module(path, file)
    for module in modules.values():
        _read_imports(module, modules)
    return modules


def _read_imports(module: Module, modules: dict[tuple[str, ...], Module]) -> None:
    source = bare(module.file.read_text(encoding="utf-8"))
    for use in _USE.finditer(source):
        for path, name in leaves(use["tree"]):
            whole = _absolute(path, module, modules)
            if whole is None:
                continue
            if not use["public"]:
                module.imports.append(whole)
            elif path[-1] == "*":
                module.globs.append(whole[:-1])
            else:
                module.exports[name] = whole
    for inline in _PATH.finditer(_USE.sub("", source)):
        path = tuple(part.strip() for part in inline[0].split("::"))
        whole = _absolute(path, module, modules)
        if whole is not None:
            module.imports.append(whole)


def _absolute(
    path: tuple[str, ...], module: Module, modules: dict[tuple[str, ...], Module]
) -> tuple[str, ...] | None:
    """A path from the root of the crate; None if it leads out of it."""
    base = module.path
    if path[0] == "crate":
        return path[1:]
    if path[0] == "self":
        return base + path[1:]
    if path[0] == "super":
        while path and path[0] == "super":
            base, path = base[:-1], path[1:]
        return base + path
    return base + path if (*base, path[0]) in modules else None


def target(
    path: tuple[str, ...],
    modules: dict[tuple[str, ...], Module],
    seen: frozenset[object] = frozenset(),
) -> tuple[str, ...]:
    """The module that defines the item of a path."""
    at: tuple[str, ...] = ()
    for depth, part in enumerate(path):
        if (*at, part) in modules:
            at = (*at, part)
            continue
        module = modules[at]
        if part in module.exports and (at, part) not in seen:
            onward = module.exports[part] + path[depth + 1 :]
            return target(onward, modules, seen | {(at, part)})
        for glob in module.globs:
            if (at, part, glob) not in seen and part[:1].isalpha():
                found = target((*glob, part), modules, seen | {(at, part, glob)})
                if found != target(glob, modules, seen | {(at, part, glob)}):
                    return found
        return at
    return at


def room_of(path: tuple[str, ...]) -> str | None:
    """The room of a module; None for the root."""
    rooms = [room for layer in LAYERS for room in layer]
    for length in range(len(path), 0, -1):
        name = "/".join(path[:length])
        if name in rooms:
            return name
    return None


def faults(root: Path) -> list[str]:
    """The faults in the layers of a crate, one line each."""
    modules = read(root)
    level = {room: number for number, layer in enumerate(LAYERS) for room in layer}
    found = []
    within: dict[tuple[str, ...], set[tuple[str, ...]]] = {path: set() for path in modules}
    for module in modules.values():
        room = room_of(module.path)
        if room is None:
            if module.path:
                found.append(f"{module.file}: the room is not in the table of layers")
            continue
        onward = [(path, True) for path in module.imports]
        onward += [(path, False) for path in (*module.exports.values(), *module.globs)]
        for path, is_import in onward:
            other = target(path, modules)
            their_room = room_of(other)
            if their_room == room:
                if is_import and other != module.path:
                    within[module.path].add(other)
            elif their_room is not None and level[their_room] >= level[room]:
                found.append(
                    f"{module.file}: {room} may not import {their_room} ({'::'.join(path)})"
                )
    found.extend(
        f"{root}: a circle of files: {' → '.join('/'.join(path) for path in circle)}"
        for circle in circles(within)
    )
    return sorted(set(found))


def circles(edges: dict[tuple[str, ...], set[tuple[str, ...]]]) -> Iterator[list[tuple[str, ...]]]:
    """The groups of modules that reach each other (Tarjan's algorithm), each as a list."""
    number: dict[tuple[str, ...], int] = {}
    low: dict[tuple[str, ...], int] = {}
    stack: list[tuple[str, ...]] = []

    def visit(node: tuple[str, ...]) -> Iterator[list[tuple[str, ...]]]:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in number:
                yield from visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            at = stack.index(node)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                yield sorted(group)

    for node in sorted(edges):
        if node not in number:
            yield from visit(node)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Check the layers of the Rust sources.")
    parser.add_argument("root", type=Path, nargs="?", default=Path("src"))
    found = faults(parser.parse_args().root)
    for fault in found:
        print(fault, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
