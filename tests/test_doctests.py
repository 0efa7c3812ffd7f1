"""The examples in the docstrings of the native core, which pytest does not collect by itself."""

from __future__ import annotations

import doctest

from predial import _core


def test_native_docstrings() -> None:
    examples = [test for test in doctest.DocTestFinder().find(_core) if test.examples]
    assert examples
    runner = doctest.DocTestRunner()
    for test in examples:
        assert runner.run(test).failed == 0, test.name
