"""Write the docstrings of the native core into its stub, where editors look for them.

python tools/stub_docs.py            write them into python/predial/_core.pyi
python tools/stub_docs.py --check    end with status 1 if they differ

The text is written once, in Rust. Signatures are written in the stub.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import sys
from pathlib import Path

from predial import _core

STUB = Path(__file__).resolve().parent.parent / "python" / "predial" / "_core.pyi"

Documented = ast.FunctionDef | ast.ClassDef


def with_docs(text: str) -> str:
    """The text of the stub with the docstring of every class, method and function of the core."""
    lines = text.splitlines()
    # From the end, so that the places before stay the same.
    for node, found in sorted(_documented(text), key=lambda pair: -pair[0].lineno):
        indent = " " * (node.col_offset + 4)
        first, last = _body(node)
        if isinstance(node, ast.FunctionDef):
            lines[first - 1 : last] = [*_head(lines, node, first), *_docstring(found, indent)]
        else:
            while last < len(lines) and not lines[last].strip():
                last += 1
            lines[first - 1 : last] = [*_docstring(found, indent), ""]
    return "\n".join(lines) + "\n"


def _documented(text: str) -> list[tuple[Documented, str]]:
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, Documented) and hasattr(_core, node.name):
            owner = getattr(_core, node.name)
            found.append((node, _doc_of(owner)))
            for member in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
                    found.append((member, _doc_of(getattr(owner, member.name))))
    return [(node, doc) for node, doc in found if doc]


def _doc_of(owner: object) -> str:
    return inspect.cleandoc(getattr(owner, "__doc__", None) or "")


def _body(node: Documented) -> tuple[int, int]:
    """The lines of the docstring, or of the body in its place."""
    first = node.body[0]
    if isinstance(node, ast.ClassDef) and ast.get_docstring(node) is None:
        return node.lineno + 1, node.lineno
    end = first.end_lineno
    assert end is not None
    return first.lineno, end


def _head(lines: list[str], node: ast.FunctionDef, first: int) -> list[str]:
    """The line with which the signature of a function ends, if its body begins on that line."""
    line = lines[first - 1][: node.body[0].col_offset].rstrip()
    return [line] if line else []


def _docstring(doc: str, indent: str) -> list[str]:
    """The lines of a docstring."""
    escaped = doc.replace("\\", "\\\\")
    prefix = indent + '"""'
    if "\n" not in doc:
        return [f'{prefix}{escaped}"""']
    first, *others = escaped.split("\n")
    return [prefix + first, *((indent + line).rstrip() for line in others), indent + '"""']


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Write docstrings into the stub of the core.")
    parser.add_argument("--check", action="store_true", help="only compare")
    arguments = parser.parse_args()
    text = STUB.read_text(encoding="utf-8")
    wanted = with_docs(text)
    if arguments.check:
        return int(text != wanted)
    STUB.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
