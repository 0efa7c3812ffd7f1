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
    # From the end, so that the places of what is before stay as they are.
    for node, found in sorted(_documented(text), key=lambda pair: -pair[0].lineno):
        indent = " " * (node.col_offset + 4)
        first, last = _body(node)
        if isinstance(node, ast.FunctionDef):
            lines[first - 1 : last] = [_head(lines, node, first), *_docstring(found, indent)]
        else:
            lines[first - 1 : last] = _docstring(found, indent)
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
    """The lines of the docstring that is there, or of what stands in its place."""
    first = node.body[0]
    if isinstance(node, ast.ClassDef) and ast.get_docstring(node) is None:
        return node.lineno + 1, node.lineno
    end = first.end_lineno
    assert end is not None
    return first.lineno, end


def _head(lines: list[str], node: ast.FunctionDef, first: int) -> str:
    """The line with which the signature of a function ends."""
    ends = node.returns.end_lineno if node.returns else node.lineno
    assert ends is not None
    if ends == first:
        line = lines[first - 1]
        return line[: node.body[0].col_offset].rstrip()
    return ""


def _docstring(doc: str, indent: str) -> list[str]:
    """The lines of a docstring."""
    escaped = doc.replace("\\", "\\\\")
    prefix = indent + '"""'
    if "\n" not in doc and len(prefix) + len(escaped) + 3 <= 100:
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
