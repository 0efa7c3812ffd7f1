"""The errors that predial raises."""

from __future__ import annotations


class _Refusal(ValueError):
    """A text that breaks a rule.

    `rule` is the rule's name, `text` the text as it came, `position` the offset in characters
    where it goes wrong (None where no single place is at fault), and `suggestion` what would be
    right in its place (None where there is no telling).
    """

    rule: str
    text: str
    position: int | None
    suggestion: str | None

    def __init__(
        self,
        message: str,
        rule: str,
        text: str,
        position: int | None = None,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.text = text
        self.position = position
        self.suggestion = suggestion

    def __reduce__(self) -> tuple[type[_Refusal], tuple[object, ...]]:
        fields = (str(self), self.rule, self.text, self.position, self.suggestion)
        return type(self), fields


class ZoneError(_Refusal):
    """A text that is no gmtZone."""


class PhoneError(_Refusal):
    """A text that is no phone number."""


for _error in (ZoneError, PhoneError):
    _error.__module__ = "predial"
del _error
