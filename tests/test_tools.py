"""The examples in the docstrings of tools."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

import check_licences
import check_workflows
import cli_pages
import figures_page
import site_llms

TOOLS = [check_licences, check_workflows, cli_pages, figures_page, site_llms]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
def test_examples(tool: ModuleType) -> None:
    tried = doctest.testmod(tool)
    assert tried.attempted
    assert tried.failed == 0
