"""The names for annotations."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import predial
from predial import types


def test_rules_have_the_names_of_the_core() -> None:
    assert list(get_args(types.RuleName)) == [rule.name for rule in predial.rules()]


def test_types_of_phones_are_those_of_the_core() -> None:
    import phonenumbers

    names = {name.lower() for name in vars(phonenumbers.PhoneNumberType) if name.isupper()}
    assert set(get_args(types.PhoneType)) == names - {"unknown"}


def test_every_name_is_there() -> None:
    for name in types.__all__:
        assert getattr(types, name) is not None


def test_import_predial_does_not_import_them() -> None:
    code = "import predial, sys; assert 'predial.types' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
