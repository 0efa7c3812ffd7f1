"""The errors and warnings that predial raises. All can be pickled, and two are equal if all their
fields are.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from predial._core import Report
    from predial._table import PhoneCandidate


class _Value:
    """An exception that is a value: its class and its fields define it completely."""

    def _fields(self) -> tuple[object, ...]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((type(self), self._fields()))

    def __reduce__(self) -> tuple[object, ...]:
        # The state holds the notes (PEP 678).
        return type(self), self._fields(), self.__dict__


class _Refusal(_Value, ValueError):
    """A text that breaks a rule."""

    rule: str
    """The name of the rule that the text breaks, such as `zone-abbreviation`."""
    text: str
    """The text as it came; an int as its digits."""
    position: int | None
    """Where the text goes wrong, as an offset in characters from 0; None if no single place is at
    fault."""
    suggestion: str | None
    """What would be right in place of the text; None if nothing is sure enough."""

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

    def _fields(self) -> tuple[object, ...]:
        return str(self), self.rule, self.text, self.position, self.suggestion


class ZoneError(_Refusal):
    """A text that is not a gmtZone. Its message says what is wrong, and what would be right.

    >>> import predial
    >>> try:
    ...     predial.parse_zone("MSK")
    ... except predial.ZoneError as error:
    ...     error.rule, error.suggestion
    ('zone-abbreviation', 'Europe/Moscow')
    """


class PhoneError(_Refusal):
    """A text that is not a phone number. Its message says what is wrong, and what would be right.

    >>> import predial
    >>> try:
    ...     predial.parse_phone("7.911E+10")
    ... except predial.PhoneError as error:
    ...     error.rule, error.text, error.suggestion
    ('phone-scientific', '7.911E+10', None)
    """


class SourceError(_Value, ValueError):
    """A source that can't be read to its end: broken JSON, damaged compression, a cut file."""

    message: str
    """What is wrong, without the place."""
    line: int
    """The line of the source, from 1."""
    column: int
    """The column in that line in characters, from 1."""
    offset: int
    """The byte of the source, from 0."""
    report: Report
    """What was read before that place."""

    def __init__(self, message: str, line: int, column: int, offset: int, report: Report) -> None:
        super().__init__(message, line, column, offset, report)
        self.message = message
        self.line = line
        self.column = column
        self.offset = offset
        self.report = report

    def _fields(self) -> tuple[object, ...]:
        return self.message, self.line, self.column, self.offset, self.report

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column} (byte {self.offset}): {self.message}"


class ListError(_Value, ValueError):
    """A list of which no column is surely the phone. No job of it was read.

    Its message names the columns that could be the phone, how many of their cells are phones, and
    the option that takes each.

    >>> import predial
    >>> try:
    ...     predial.check(b"Contact,Name\\n(11) 96123-4567,Ana\\n(11) 96123-4568,Bia\\n")
    ... except predial.ListError as error:
    ...     [(column.header, column.phones, column.option) for column in error.candidates]
    [('Contact', 2, 'map={"phone": "Contact"}')]
    """

    candidates: tuple[PhoneCandidate, ...]
    """The columns that could be the phone, the likeliest first."""

    def __init__(self, message: str, candidates: Iterable[Iterable[object]] = ()) -> None:
        super().__init__(message)
        from predial._table import PhoneCandidate

        self.candidates = tuple(PhoneCandidate._make(column) for column in candidates)

    def _fields(self) -> tuple[object, ...]:
        return str(self), self.candidates


class RequestError(_Value, ValueError):
    """A request for one job that can't be read or written. No part of it holds the campaign's
    token.
    """

    rule: str
    """The name of the rule that the request breaks, such as `url-parameter-repeated`."""
    field: str | None
    """The parameter or the job's field at fault, or ``host`` or ``token``; None if the request as a
    whole is."""
    suggestion: str | None
    """What would be right in its place; None if nothing is sure enough."""

    def __init__(
        self, message: str, rule: str, field: str | None = None, suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.field = field
        self.suggestion = suggestion

    def _fields(self) -> tuple[object, ...]:
        return str(self), self.rule, self.field, self.suggestion


class RequestWarning(_Value, UserWarning):
    """A request for one job that can be read, and that somebody should look at."""

    rule: str
    """The name of the rule that the request breaks."""
    field: str | None
    """The parameter that it is about; None if it is about the request as a whole."""

    def __init__(self, message: str, rule: str, field: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.field = field

    def _fields(self) -> tuple[object, ...]:
        return str(self), self.rule, self.field


for _error in (ZoneError, PhoneError, SourceError, ListError, RequestError, RequestWarning):
    _error.__module__ = "predial"
del _error
