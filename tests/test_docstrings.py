"""The docstrings of every public name, in the sources and in the stub, for editors to show."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import predial
import predial.duckdb
import predial.pandas
import predial.polars
import predial.spark
import predial.testing

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "python" / "predial"
#: Words that add nothing to the name that they explain.
LEAST = 15


def _public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
    for name in names:
        value = getattr(module, name)
        if callable(value):
            yield f"{module.__name__}.{name}", value
        if inspect.isclass(value):
            for member, inner in inspect.getmembers(value):
                # A slot has no docstring at run time; its annotation has one.
                is_slot = inspect.ismemberdescriptor(inner)
                if not member.startswith("_") and _is_own(value, member) and not is_slot:
                    yield f"{module.__name__}.{name}.{member}", inner


def _is_own(owner: type, member: str) -> bool:
    """Whether the member is not one that Python's own classes bring."""
    [home] = [base for base in owner.__mro__ if member in vars(base)][:1]
    return home.__module__ not in ("builtins", "typing")


MODULES = [
    predial,
    predial.duckdb,
    predial.pandas,
    predial.polars,
    predial.spark,
    predial.testing,
]
SPACES = [predial.polars._Expressions, predial.polars._Checks, predial.pandas._Accessor]
DOCUMENTED = [
    *(pair for module in MODULES for pair in _public(module)),
    *(
        (f"{space.__name__}.{name}", member)
        for space in SPACES
        for name, member in vars(space).items()
        if not name.startswith("_")
    ),
]


@pytest.mark.parametrize(
    "documented", [pytest.param(value, id=name) for name, value in DOCUMENTED if value is not None]
)
def test_every_public_name_has_a_docstring(documented: Any) -> None:
    assert len(inspect.getdoc(documented) or "") >= LEAST


def test_every_module_has_a_docstring() -> None:
    for module in MODULES:
        assert module.__doc__


def _attributes(path: Path) -> Iterator[tuple[str, bool]]:
    """The annotated attributes of public classes, and whether a docstring follows each."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            for at, member in enumerate(node.body):
                if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                    following = node.body[at + 1 : at + 2]
                    is_text = bool(following) and _is_text(following[0])
                    yield f"{path.name}:{node.name}.{member.target.id}", is_text


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and len(node.value.value) >= LEAST
    )


@pytest.mark.parametrize("file", ["_core.pyi", "_errors.py", "types.py", "_ringing.py"])
def test_every_attribute_has_a_docstring(file: str) -> None:
    found = dict(_attributes(PACKAGE / file))
    assert found
    assert [name for name, is_documented in found.items() if not is_documented] == []


def test_the_stub_has_a_docstring_for_all_that_it_declares() -> None:
    tree = ast.parse((PACKAGE / "_core.pyi").read_text("utf-8"))
    missing = []
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            members = node.body if isinstance(node, ast.ClassDef) else []
            functions = [
                member
                for member in members
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("_")
            ]
            missing += [
                f"{node.name} {declared.name}"
                for declared in (node, *functions)
                if not ast.get_docstring(declared)
            ]
    assert missing == []


def test_the_docstrings_of_the_stub_are_those_of_the_core() -> None:
    tool = [sys.executable, str(ROOT / "tools" / "stub_docs.py"), "--check"]
    assert subprocess.run(tool).returncode == 0
