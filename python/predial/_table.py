"""What is known of the columns of a list."""

from __future__ import annotations

from typing import Literal, NamedTuple


class MappedColumn(NamedTuple):
    """What a column of a table became: an entry of `report.mapping`.

    >>> import predial
    >>> report = predial.check(b"ID,Phone\\n7,79110000000\\n")
    >>> report.mapping[1]
    MappedColumn(header='Phone', place=2, field='phone', key=None, why='name', share=1.0)
    """

    header: str
    """The header, without white space around it; `column2` if the column has none."""
    place: int
    """The place of the column in the table, from 1."""
    field: str | None
    """The field of the job that the column is, or `region` or `callingCode`; None if it is none."""
    key: str | None
    """The key of payload under which its cells are sent; None if they are not in payload."""
    why: Literal["name", "content", "option"] | None
    """Why it is that field: its header says so, its cells do, or an option."""
    share: float | None
    """The share of its sampled cells that are what the field takes, between 0 and 1; None if they
    were not looked at, or none has a value."""


class PhoneCandidate(NamedTuple):
    """A column that could be the phone: an entry of `ListError.candidates`."""

    header: str
    """The header; `column2` if the column has none."""
    place: int
    """The place of the column in the table, from 1."""
    phones: int
    """How many of its sampled cells are phones, with or without a fault."""
    valid: int
    """How many are valid phones."""
    filled: int
    """How many have a value."""
    option: str
    """The option that takes the column, such as `map={"phone": "Contact"}`."""


for _class in (MappedColumn, PhoneCandidate):
    _class.__module__ = "predial"
del _class
