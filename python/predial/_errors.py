"""The errors that predial raises."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from predial._core import Report


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


class SourceError(ValueError):
    """A source that can't be read to its end.

    ``line`` and ``column`` count from 1, the column in characters; ``offset`` is the byte, from
    0; ``report`` holds what was read before.
    """

    def __init__(self, message: str, line: int, column: int, offset: int, report: Report) -> None:
        super().__init__(message, line, column, offset, report)
        self.message = message
        self.line = line
        self.column = column
        self.offset = offset
        self.report = report

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column} (byte {self.offset}): {self.message}"


for _error in (ZoneError, PhoneError, SourceError):
    _error.__module__ = "predial"
del _error
