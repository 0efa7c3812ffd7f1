"""The workbook of the tutorial; its commands run in test_docs.py."""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import make_workbook  # noqa: E402


def test_the_workbook_is_what_its_tool_makes() -> None:
    made, kept = make_workbook.workbook(), openpyxl.load_workbook(make_workbook.FILE)
    assert made.sheetnames == kept.sheetnames
    for name in made.sheetnames:
        assert list(made[name].values) == list(kept[name].values)
