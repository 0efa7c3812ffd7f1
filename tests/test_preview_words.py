"""The words of the launch preview: each rule in Russian, beside what the core says in English."""

from __future__ import annotations

import re

import pytest

import predial
from predial.preview.rules_ru import RULES_RU

RULES = {rule.name: rule for rule in predial.rules()}
RUSSIAN: dict[str, tuple[str, str]] = dict(RULES_RU.items())

#: What a person types: values, the names of fields, addresses, numbers.
_TYPED = re.compile(
    r"\{.*\}|\"[^\"]*\"|https?://[\w.…]*|/api/\S+|\b[a-z]+[A-Z]\w*|[+-]?\d\d:\d\d|\d+|\bHH:MM\b"
)


def typed(text: str) -> list[str]:
    return sorted(_TYPED.findall(text))


def test_no_rule_is_missing() -> None:
    assert list(RULES_RU) == list(RULES)


@pytest.mark.parametrize("name", RULES)
def test_what_is_typed_is_the_same(name: str) -> None:
    rule = RULES[name]
    message, remedy = RUSSIAN[name]
    # `7,9E+10` shows a campaign manager what is meant by the name of a notation.
    assert typed(message.replace(" (7,9E+10)", "")) == typed(rule.message)
    assert typed(remedy) == typed(rule.remedy)


@pytest.mark.parametrize("name", RULES)
def test_it_is_russian(name: str) -> None:
    for text in RUSSIAN[name]:
        assert re.search(r"[а-яё]", text)
        assert text == text.strip()
        assert not text.endswith((".", ":", ";"))
        # A clause: the page writes its first letter large.
        first = re.match(r"[а-яёА-ЯЁ]", text)
        assert first is None or first[0].islower()
        assert "  " not in text
        # No Latin letter that only looks Cyrillic, and the other way round.
        mixed = re.compile(r"[a-zA-Z][а-яё]|[а-яё][a-zA-Z]")
        assert not mixed.search(text)
