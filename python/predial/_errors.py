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


class RequestError(ValueError):
    """A request of one job that can't be read or written.

    `rule` is the rule's name, `field` the parameter or the job's field at fault, ``host`` or
    ``token`` (None where the request as a whole is), and `suggestion` what would be right in its
    place (None where there is no telling). No part of the error holds the campaign's token.
    """

    rule: str
    field: str | None
    suggestion: str | None

    def __init__(
        self, message: str, rule: str, field: str | None = None, suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.field = field
        self.suggestion = suggestion

    def __reduce__(self) -> tuple[type[RequestError], tuple[object, ...]]:
        return type(self), (str(self), self.rule, self.field, self.suggestion)


class RequestWarning(UserWarning):
    """A request of one job that can be read, and that somebody should look at.

    `rule` is the rule's name, `field` the parameter that it is about, or None.
    """

    rule: str
    field: str | None

    def __init__(self, message: str, rule: str, field: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.field = field

    def __reduce__(self) -> tuple[type[RequestWarning], tuple[object, ...]]:
        return type(self), (str(self), self.rule, self.field)


for _error in (ZoneError, PhoneError, SourceError, RequestError, RequestWarning):
    _error.__module__ = "predial"
del _error
