import builtins
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import (
    Any,
    Generic,
    Literal,
    Protocol,
    Self,
    TypeAlias,
    TypedDict,
    TypeVar,
    final,
    overload,
)

from predial._forecast import Forecast
from predial._table import MappedColumn

"""The native core of predial. Its docstrings come from Rust by tools/stub_docs.py."""

PLAN_VERSION: str
"""The version of the package phonenumbers from which the numbering plan was built."""
__version__: str
"""The version of predial."""
BUILD: list[tuple[str, str]]
"""What the extension was built from: each fact with its name."""

@final
class Zone:
    """One time zone, as `parse_zone` returns it.

    Two zones are equal if their IDs are. Zones can be pickled and used as keys.
    """

    @property
    def id(self) -> str:
        """The name of the zone, as `getId()` of Java's `ZoneId` returns it: `+03:00` for `+3`,
        `UTC+03:00` for `UTC+3`, and the ID itself for a region.
        """
    @property
    def normalized(self) -> str:
        """The shortest name with the same rules, as Java's `normalized().getId()`: `+03:00` for a zone
        that has this offset at all times, else the ID of the region.
        """
    @property
    def kind(self) -> Literal["offset", "region"]:
        """`offset` for a fixed offset from UTC, `region` for an ID of the IANA time zone database."""
    @property
    def offset_seconds(self) -> int | None:
        """The offset from UTC in seconds, positive to the east; None for a region whose offset changes
        or has changed.
        """
    @property
    def tzinfo(self) -> tzinfo:
        """The zone for `datetime`: a `datetime.timezone` for an offset, a `zoneinfo.ZoneInfo` for a
        region. It is made from the installed tzdata package, never from files of the system.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Phone:
    """One international phone number, as `parse_phone` returns it.

    Two phones are equal if their digits are. Phones can be pickled and used as keys.
    """

    @property
    def e164(self) -> str:
        """The number in E.164 form: a plus, the country calling code, the national number."""
    @property
    def digits(self) -> str:
        """The number as the service takes it: the E.164 form without its plus."""
    @property
    def country_code(self) -> int:
        """The country calling code, such as 7."""
    @property
    def national_number(self) -> str:
        """The national significant number: what follows the country calling code, with its leading
        zeros.
        """
    @property
    def region(self) -> str | None:
        """The region of a valid number: an ISO 3166-1 alpha-2 code, or `001` for calling codes of no
        country; None for any other number. It is libphonenumber's `region_code_for_number`.
        """
    @property
    def type(self) -> str | None:
        """The type of a valid number in snake_case, such as `mobile`, `fixed_line` or `toll_free`; None
        for any other number. It is libphonenumber's `number_type`.
        """
    @property
    def is_possible(self) -> bool:
        """Whether the country has numbers of this length, even if they can only be dialled locally. It
        is libphonenumber's `is_possible_number`.
        """
    @property
    def is_valid(self) -> bool:
        """Whether the number is in a range that is in use. It is libphonenumber's `is_valid_number`."""
    @property
    def time_zones(self) -> tuple[str, ...]:
        """The IANA IDs of the time zones where the number may be; () if they are unknown. They are
        libphonenumber's `time_zones_for_number`.
        """
    def format(self, form: Literal["international", "national", "rfc3966", "e164"]) -> str:
        """The number as people write it, in one of libphonenumber's forms: `international`,
        `national`, `rfc3966` or `e164`. The same as `phonenumbers.format_number`.

        Raises ValueError for any other form.

        >>> import predial
        >>> phone = predial.parse_phone("79123456789")
        >>> phone.format("international"), phone.format("national"), phone.format("rfc3966")
        ('+7 912 345-67-89', '8 (912) 345-67-89', 'tel:+7-912-345-67-89')
        """
    def __hash__(self) -> int: ...

@final
class Found:
    """A number that `find_phones` found: where it begins and ends, in characters, and the phone."""

    def __new__(cls, start: int, end: int, phone: Phone) -> Self: ...
    @property
    def start(self) -> int:
        """Where the number begins, in characters."""
    @property
    def end(self) -> int:
        """Where it ends, in characters."""
    @property
    def phone(self) -> Phone:
        """The phone number that was found."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ArrowArray:
    """A column in one Arrow array.

    It exports Arrow's PyCapsule interface without a copy: use `polars.Series(array)` or
    `pyarrow.array(array)`. It is also a sequence of Python's values, with None for null.

    >>> import predial, pyarrow as pa
    >>> array = predial.check_phones(pa.array(["+7 912 345-67-89", "?"])).normalized
    >>> len(array), array[0], list(array), array[1:].to_pylist()
    (2, '79123456789', ['79123456789', None], [None])
    """

    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    @overload
    def __getitem__(self, index: int, /) -> Any: ...
    @overload
    def __getitem__(self, index: slice, /) -> ArrowArray: ...
    def to_pylist(self) -> list[Any]:
        """The values as a list: str, int, bool or lists of them, and None for null."""

@final
class ArrowChunkedArray:
    """A column in several Arrow arrays of one type.

    It exports Arrow's PyCapsule interface without a copy: use `polars.Series(array)` or
    `pyarrow.chunked_array(array)`. It is also a sequence of Python's values, with None for null.

    >>> import polars as pl, predial
    >>> rules = predial.check_phones(pl.Series(["79123456789", "7.911E+10"])).rules
    >>> len(rules), rules[-1], rules.to_pylist()
    (2, 'phone-scientific', [None, 'phone-scientific'])
    """

    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    @overload
    def __getitem__(self, index: int, /) -> Any: ...
    @overload
    def __getitem__(self, index: slice, /) -> ArrowChunkedArray: ...
    def to_pylist(self) -> list[Any]:
        """The values as a list: str, int, bool or lists of them, and None for null."""

class _ExportsArray(Protocol):
    """An object that exports one Arrow array."""

    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...

class _ExportsStream(Protocol):
    """An object that exports a stream of Arrow arrays."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Column:
    """The verdicts on a column: lists of the same length, or Arrow arrays if it was one."""

    @property
    def normalized(self) -> Any:
        """The values as a batch would send them: phones as digits, zones as `Zone.normalized`; null for
        a value that is rejected or was null.
        """
    @property
    def rules(self) -> Any:
        """The name of the rule for which each value is rejected; null if it is not rejected."""
    @property
    def repaired(self) -> Any:
        """Whether a batch would rewrite the value."""
    @property
    def country_code(self) -> Any:
        """The country calling code of each phone, null for others; None without `details`."""
    @property
    def region(self) -> Any:
        """The region of each valid phone (ISO 3166-1 alpha-2), null for others; None without
        `details`.
        """
    @property
    def type(self) -> Any:
        """The type of each valid phone, such as `mobile`, null for others; None without `details`."""
    @property
    def time_zones(self) -> Any:
        """A list for each phone: the IANA IDs of the zones where it may be, null for others; None
        without `details`.
        """
    def __len__(self) -> int: ...

def find_phones(text: str, region: str | None = None) -> list[Found]:
    """Finds the valid phone numbers in a text, in order: the same as libphonenumber's
    `PhoneNumberMatcher` at its level VALID. Without a region a number needs its plus.

    Dates, times, page numbers, and digits next to a Latin letter are ignored. Raises
    ValueError for an unknown region.

    >>> import predial
    >>> for found in predial.find_phones("Anna: 8 912 345-67-89, after 18:00", region="RU"):
    ...     print(found.start, found.end, found.phone)
    6 21 +79123456789
    """

def same_phone(
    first: str | int, second: str | int, region: str | None = None
) -> Literal["exact", "nsn", "short-nsn", "no"]:
    """Whether two texts mean the same phone number: libphonenumber's `is_number_match`.

    `exact`: calling code and all digits agree. `nsn`: all digits after the calling code agree, and one
    text has no code. `short-nsn`: one number ends with the other. `no`: anything else. With a region
    both are read as dialled there. Raises PhoneError for a text that is not a phone, and ValueError
    for an unknown region.

    >>> import predial
    >>> predial.same_phone("+7 911 000-00-00", "8 911 0000000", region="RU")
    'exact'
    >>> predial.same_phone("+7 911 000-00-00", "9110000000")
    'nsn'
    """

def region_of(values: Iterable[str | int | None]) -> list[tuple[str, float]]:
    """The regions under which these texts are valid numbers: pairs of a region and the share of texts,
    from 0 to 1, best first. The first 1 000 texts are read; None does not count.

    Raises TypeError for values that are neither str nor int nor None.

    >>> import predial
    >>> predial.region_of(["8 912 345-67-89", "8 (495) 123-45-67"])[0]
    ('RU', 1.0)
    """

def explain_phone(
    text: str | int,
    region: str | None = None,
    level: Literal["e164", "possible", "valid"] = "possible",
    *,
    prefer: Literal["national", "international"] | None = None,
) -> tuple[Phone, str, list[tuple[str, str]]]:
    """The phone that a text means, the reason for this reading, and the warnings as rule and message,
    for the command line.
    """

def parse_zone(text: str, *, repair: bool = False) -> Zone:
    """Reads a gmtZone.

    The grammar is that of Java's `ZoneId.of`. Region IDs are those of the installed tzdata package.
    With `repair`, a text that is not a gmtZone but can only mean one is read as that one.

    Raises ZoneError for any other text, and TypeError for a value that is not a str.

    >>> import predial
    >>> zone = predial.parse_zone("UTC+3")
    >>> zone.id, zone.normalized, zone.kind, zone.offset_seconds
    ('UTC+03:00', '+03:00', 'offset', 10800)
    >>> predial.parse_zone("Europe/Moscow").tzinfo
    zoneinfo.ZoneInfo(key='Europe/Moscow')
    >>> predial.parse_zone("MSK")
    Traceback (most recent call last):
    predial.ZoneError: MSK is an abbreviation, not an ID; did you mean "Europe/Moscow"?
    """

def is_zone(text: str) -> bool:
    """Whether the text is a gmtZone exactly as it is written.

    Raises TypeError for a value that is not a str.

    >>> import predial
    >>> predial.is_zone("+03:00"), predial.is_zone("+3:00")
    (True, False)
    """

def normalize_zone(text: str, *, repair: bool = False) -> str:
    """The normalized name of a gmtZone: its offset if it has the same one at all times, else the ID
    of its region. See parse_zone for `repair` and the errors.

    >>> import predial
    >>> predial.normalize_zone("+3"), predial.normalize_zone("Etc/GMT+3")
    ('+03:00', '-03:00')
    >>> predial.normalize_zone("utc +3", repair=True)
    '+03:00'
    """

def check_zones(
    values: Sequence[object] | _ExportsArray | _ExportsStream,
    *,
    repair: bool = True,
    threads: int | None = None,
) -> Column:
    """Checks a column of gmtZones: a sequence of str, int, float or None, or an object that exports Arrow's
    PyCapsule interface (a Series of Polars or pandas, an array of pyarrow, a column of DuckDB).

    The answer has lists for a sequence, Arrow arrays for Arrow. With `repair` a text that can only
    mean one gmtZone is read as that one, and a number from -12 to 14 as hours, if they are whole or an
    offset that some place has (5.5). Other values break the rule `zone-type`; None and NaN break no
    rule. Arrow columns are checked by
    `threads` threads without the interpreter's lock; None means one thread, or one for each core if
    the column is long.

    Raises TypeError for a value that is not a column.

    >>> import predial
    >>> column = predial.check_zones(["UTC+3", "utc +3", 3, "MSK", None])
    >>> column.normalized
    ['+03:00', '+03:00', '+03:00', None, None]
    >>> column.rules
    [None, None, None, 'zone-abbreviation', None]
    >>> column.repaired
    [False, True, True, False, False]
    """

def parse_phone(text: str | int, region: str | None = None) -> Phone:
    """The phone of a text, or of the digits of an int.

    Without a region the text is an international number, with or without its plus; a leading
    `00` means a plus. With a region it is read as libphonenumber's `parse(text, region)` does:
    national, unless it begins with a plus or the region's international prefix. Spaces, dashes,
    brackets, dots, digits of any script, `tel:` and the `.0` of a float are accepted and removed.

    Raises PhoneError for any other text, and for a text that contains more than one phone: letters,
    an extension, a second number. Raises ValueError for an unknown region and TypeError for a value
    that is neither str nor int.

    >>> import predial
    >>> phone = predial.parse_phone("+7 (912) 345-67-89")
    >>> phone.e164, phone.digits, phone.country_code, phone.national_number
    ('+79123456789', '79123456789', 7, '9123456789')
    >>> phone.region, phone.type, phone.is_possible, phone.is_valid
    ('RU', 'mobile', True, True)
    >>> predial.parse_phone("8 912 345-67-89", region="RU") == phone
    True
    >>> predial.parse_phone("+7 495 123-45-67").time_zones
    ('Europe/Moscow',)
    >>> predial.parse_phone("7.911E+10")
    Traceback (most recent call last):
    predial.PhoneError: the phone is in scientific notation: digits are lost; export the column as text
    """

def is_phone(
    text: str | int,
    region: str | None = None,
    level: Literal["e164", "possible", "valid"] = "possible",
    *,
    prefer: Literal["national", "international"] | None = None,
) -> bool:
    """Whether a text, or an int, is a phone that a batch would send, unchanged or rewritten.

    See normalize_phone for the texts that are read, and for the options.

    Raises ValueError for an unknown option, and TypeError for a value that is neither str nor int.

    >>> import predial
    >>> predial.is_phone("+7 912 345-67-89"), predial.is_phone("8 (912) 345-67-89")
    (True, False)
    >>> predial.is_phone("8 (912) 345-67-89", region="RU")
    True
    >>> predial.is_phone("72123456789"), predial.is_phone("72123456789", level="valid")
    (True, False)
    """

def normalize_phone(
    text: str | int,
    region: str | None = None,
    level: Literal["e164", "possible", "valid"] = "possible",
    format: Literal["digits", "e164"] = "digits",
    *,
    prefer: Literal["national", "international"] | None = None,
) -> str:
    """The phone that a text means, as `digits`, the form that the service accepts, or as `e164`.

    Without a region the text is an international number, with or without its plus, and a text that
    looks national is refused. With a region it may be national too. Of the two readings a valid
    number wins over a possible one, and a possible one over any other. If they are equally good,
    the text is ambiguous, unless `prefer` is `national` or `international`. `level` is what the
    number has to be: `e164`, `possible` (its country has numbers of its length) or `valid` (in a
    range that is in use).

    Raises PhoneError for any other text, ValueError for an unknown option, and TypeError for a value
    that is neither str nor int.

    >>> import predial
    >>> predial.normalize_phone("+7 912 345-67-89")
    '79123456789'
    >>> predial.normalize_phone("8 912 345-67-89", region="RU", format="e164")
    '+79123456789'
    >>> predial.normalize_phone("9607712345", region="RU")
    Traceback (most recent call last):
    predial.PhoneError: dialled in RU the phone is +79607712345, as an international number it is +9607712345; write it with a plus and its country code, or choose a reading with the option prefer
    >>> predial.normalize_phone("9607712345", region="RU", prefer="national")
    '79607712345'
    """

def check_phones(
    values: Sequence[object] | _ExportsArray | _ExportsStream,
    region: str | None = None,
    level: Literal["e164", "possible", "valid"] = "possible",
    *,
    prefer: Literal["national", "international"] | None = None,
    repair: bool = True,
    details: bool = False,
    format: Literal["digits", "international", "national", "rfc3966", "e164"] = "digits",
    threads: int | None = None,
) -> Column:
    """Checks a column of phones: a sequence of str, int or None, or an object that exports Arrow's
    PyCapsule interface (a Series of Polars or pandas, an array of pyarrow, a column of DuckDB).

    The answer has the digits of the phones: lists for a sequence, Arrow arrays for Arrow. With
    `repair` a phone that is not written as the digits of its E.164 form is rewritten; without it
    such a phone is rejected. A whole float counts as its digits, and needs repair. Values of other
    types break the rule `phone-type`; None and NaN break no rule. See normalize_phone for `region`,
    `level` and `prefer`. With `details` the answer also has country_code, region, type and
    time_zones. `format` is the form of the answer: `digits`, or one of those of Phone.format. Arrow columns are checked by `threads` threads without the interpreter's lock; None
    means one thread, or one for each core if the column is long.

    Raises ValueError for an unknown option, and TypeError for a value that is not a column.

    >>> import predial
    >>> column = predial.check_phones(["79123456789", "+7 912 345-67-89", "7.911E+10", None])
    >>> column.normalized
    ['79123456789', '79123456789', None, None]
    >>> column.rules
    [None, None, 'phone-scientific', None]
    >>> column.repaired
    [False, True, False, False]
    """

def phone_of_digits(digits: str) -> Phone:
    """The phone with exactly these digits, for pickle. `parse_phone` would search the digits for a
    national prefix.
    """

def restore_diagnostic(fields: tuple[object, ...], /) -> Diagnostic:
    """The diagnostic of these fields, for pickle."""

def restore_body(fields: tuple[object, ...], /) -> Body:
    """The body of these fields, for pickle."""

def restore_report(fields: tuple[object, ...], /) -> Report:
    """The report of these fields, for pickle."""

def restore_rule(name: str) -> Rule:
    """The rule of that name, for pickle."""

@final
class Diagnostic:
    """One rule that one field of one row breaks.

    Two diagnostics are equal if all their fields are. They can be pickled and used as keys.
    """

    @property
    def row(self) -> int:
        """The number of the row, from 0; a header is not counted."""
    @property
    def line(self) -> int | None:
        """The line of the source in which the row begins, from 1, as an editor counts; of a workbook the
        row that the sheet shows. None if the source has no lines.
        """
    @property
    def part(self) -> int | None:
        """Which job of the row it is about, from 0, if the row has several phones and is a job for each
        (`multiple="each"`); otherwise None.
        """
    @property
    def field(self) -> str | None:
        """The field at fault, with the path to an inner value (`allowedTime.mon[1].localTimeTo`); None
        if the whole row is at fault.
        """
    @property
    def rule(self) -> str:
        """The name of the rule, such as `phone-scientific`. `predial.rules()` explains each."""
    @property
    def severity(self) -> Literal["error", "warning", "repair", "suggested"]:
        """`error` (the job is rejected), `repair` (it is sent after it is rewritten), `suggested` (the same,
        with a suggestion) or `warning` (it is sent unchanged).
        """
    @property
    def message(self) -> str:
        """What is wrong, and what to do or what was meant, in one line."""
    @property
    def value(self) -> str | None:
        """The value at fault as text, cut after 120 characters; None if no value is shown."""
    @property
    def suggestion(self) -> str | None:
        """The right value, or the value after the rewrite; None if nothing is certain enough."""
    @property
    def offset(self) -> int | None:
        """The byte of the source where the row begins, from 0; None if the source has no bytes."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Body:
    """One request body: the bytes of a whole `addPhones` request, in a file or in memory.

    As a path, a body of `prepare` is its file: `open(body, "rb")`. Two bodies are equal if all their
    fields are. They can be pickled and used as keys.
    """

    @property
    def path(self) -> Path | None:
        """The file that holds the body; None if it is in memory."""
    @property
    def index(self) -> int:
        """The number of the body, from 1; that of the whole body for a part."""
    @property
    def mark(self) -> str:
        """The number with the part that this body is: `3` for a whole body, `3.1` for its first half."""
    @property
    def run(self) -> str:
        """The name of the loading, from which the key is made."""
    @property
    def jobs(self) -> int:
        """How many jobs it holds."""
    @property
    def bytes(self) -> int:
        """Its size in bytes."""
    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, as 64 hexadecimal digits."""
    @property
    def idempotence_key(self) -> str:
        """The idempotence key to send it with: a UUID. The service keeps a key for 24 hours."""
    @property
    def content(self) -> builtins.bytes:
        """The bytes of the body, as they are sent.

        Raises OSError if the file can't be read, and ValueError if its SHA-256 is not that of the
        body: such a file must not be sent.
        """
    @property
    def rows(self) -> tuple[int, ...]:
        """The numbers of the rows of its jobs, in the order of the jobs."""
    @property
    def lines(self) -> tuple[int, ...] | None:
        """The lines in which these rows begin, from 1; of a workbook the rows that the sheet shows. None if
        the source has no lines.

        >>> import predial
        >>> [body] = predial.bodies(b"phone\\n79110000000\\n\\n79110000001\\n")
        >>> body.rows, body.lines
        ((0, 1), (2, 4))
        """
    @property
    def parts(self) -> tuple[int | None, ...]:
        """The part of its row that each job is, in the order of the jobs: from 0 if the row has several
        phones and is a job for each (`multiple="each"`), otherwise None.
        """
    @property
    def runs(self) -> list[tuple[int, int]]:
        """The rows as runs of the first and the last one, as the manifest has them."""
    @property
    def phones(self) -> tuple[str, ...]:
        """The digits of the phone of each job, in the order of the jobs."""
    def without(self, phones: Iterable[str | int], keep_first: bool = False) -> Body:
        """The same body without the jobs of some phones, given as digits. With `keep_first` the first job
        of each of them stays. The other jobs keep their bytes. The answer has its own SHA-256 and key;
        if no job is left, its `jobs` is 0.

        >>> import predial
        >>> [body] = predial.bodies([{"phone": "79110000000"}, {"phone": "79110000001"}])
        >>> body.without({"79110000000"}).content
        b'[{"phone":"79110000001"}]'
        """
    def halves(self) -> tuple[Body, Body] | None:
        """The two halves of the body, each a body of its own; None if it has fewer than two jobs."""
    def renewed(self) -> Body:
        """The same body with a new key, to be sent again when it is certain that its jobs were not
        created: the service takes it for a new request.
        """
    def __fspath__(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class SendingJournal:
    """The journal of sending in a directory, which no other run uses until it is closed."""

    def __init__(self, out: str | PathLike[str]) -> None: ...
    @property
    def lines(self) -> list[bytes]:
        """The lines that were there."""
    def append(self, line: bytes) -> None:
        """Adds a line. Once this returns, it is on the disk."""
    def close(self) -> None:
        """Ends the use of the directory."""

def read_sending(out: str | PathLike[str]) -> list[bytes]:
    """The lines of the journal of sending in a directory; none if there is no journal."""

def read_prepared(out: str | PathLike[str]) -> tuple[bytes, str, Report]:
    """What an earlier run left in a directory: the text of its manifest, the name of the loading, and the
    report with the counts and the bodies.
    """

@final
class Row:
    """One row of a list and what became of it, as `judge` and `check_job` return it.

    Two rows are equal if all their fields are. They can be pickled and used as keys.
    """

    @property
    def number(self) -> int:
        """The number of the row, from 0; a header is not counted."""
    @property
    def line(self) -> int | None:
        """The line of the source in which the row begins, from 1, as an editor counts; of a workbook the
        row that the sheet shows. None if the source has no lines.
        """
    @property
    def part(self) -> int | None:
        """Which job of the row it is, from 0, if the row has several phones and is a job for each
        (`multiple="each"`); otherwise None.
        """
    @property
    def offset(self) -> int | None:
        """The byte of the source where the row begins, from 0; None if the source has no bytes."""
    @property
    def standing(self) -> Literal["clean", "repaired", "rejected"]:
        """`clean` (the job is sent as it came), `repaired` (it is sent after it is rewritten) or
        `rejected`.
        """
    @property
    def phone(self) -> str | None:
        """The digits of the phone; None if the row has none that can be read."""
    @property
    def zone(self) -> str | None:
        """The normalized zone of the job; None if it has no gmtZone, or none that can be read."""
    @property
    def job(self) -> bytes | None:
        """The JSON of the job as it is sent, in UTF-8; None if the row is rejected."""
    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found at the row, as a tuple of `Diagnostic`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def restore_row(fields: tuple[object, ...], /) -> Row:
    """The row of these fields, for pickle."""

def check_one_job(job: Record, is_text: bool, options: Mapping[str, object]) -> Row:
    """Checks one job: a record as `_records.py` writes it, or a text of the caller's."""

_Value = TypeVar("_Value", covariant=True)

@final
class Stream(Generic[_Value]):
    """Bodies or rows, one after the other, as `bodies` and `judge` return them: an iterator.

    It reads the source as its values are asked for. Leave it half-way at will: when it is closed or
    dropped, nothing is left of it. It is a context manager that closes itself.
    """

    def __iter__(self) -> Self: ...
    def __next__(self) -> _Value: ...
    @property
    def report(self) -> Report | None:
        """The report on all rows, as `check` returns it; None before the last value was taken."""
    def close(self) -> None:
        """Ends the iteration. Nothing of it is left."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        class_: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...

def judge_rows(
    source: object,
    named: str,
    options: Mapping[str, object],
    progress: Callable[[int, int, int], object] | None,
) -> Stream[Row]:
    """Begins to check a list row by row."""

def make_bodies(
    source: object,
    named: str,
    options: Mapping[str, object],
    output: Mapping[str, object],
    progress: Callable[[int, int, int], object] | None,
) -> Stream[Body]:
    """Begins to prepare a list in memory."""

class Input(TypedDict):
    """What a source was found to be: `Report.input`."""

    format: str | None
    """`json`, `ndjson`, `csv`, `tsv`, `xlsx`, `xls`, `xlsb`, `ods`, `html`,
    `spreadsheetml` or `arrow`; None if nothing was read."""
    encoding: str | None
    """The encoding of a text, such as `utf-8` or `windows-1251`; None for any other source."""
    encoding_runner_up: str | None
    """The encoding that may be right as well, if the encoding was guessed on little evidence."""
    byte_order_mark: bool
    """Whether the text begins with a byte order mark."""
    compression: Literal["gzip", "zstd", "zip"] | None
    """How the source is compressed; None if it is not."""
    sheet: str | None
    """The sheet of a workbook that was read; None for any other source."""
    workbook: WorkbookInput | None
    """What is known of that sheet and of the others; None for any other source."""
    delimiter: str | None
    """The character between the cells of a table; None for any other source."""
    header_line: int | None
    """The line of the header of a table, from 1; None if it has none."""
    skipped: list[Skipped]
    """The records of a table that are neither rows nor the header: all above the rows, and the first
    100 of those that repeat the header further down."""
    repeated_headers: int
    """How many records repeat the header further down, as in lists that were joined."""

class WorkbookInput(TypedDict):
    """What is known of the sheets of a workbook."""

    hidden_sheet: bool
    """Whether the sheet that was read is hidden."""
    hidden_rows: int
    """How many of its rows are hidden, by a filter or by hand. They are read like the others."""
    filtered: bool
    """Whether a filter is set in it."""
    unsaved_formulas: int
    """How many of its cells are formulas without a saved value. They count as empty."""
    other_sheets: list[OtherSheet]
    """The other sheets with rows, if `sheet` was not given."""

class OtherSheet(TypedDict):
    """A sheet of a workbook that was not read."""

    name: str
    """The name of the sheet, as its tab shows it."""
    rows: int | None
    """How many rows have a value, the header too; None if they can't be read."""
    hidden: bool
    """Whether it is hidden."""

class Skipped(TypedDict):
    """A record of a table that is neither a row nor the header."""

    line: int
    """Its line, from 1."""
    why: Literal["blank", "comment", "title", "above-header", "repeated-header"]
    """What kind of record it is."""

class Statistics(TypedDict):
    """Where the jobs are that can be sent: `Report.statistics`."""

    countries: dict[str, int]
    """How many have a phone of each region (ISO 3166-1 alpha-2), the most first."""
    types: dict[str, int]
    """How many have a phone of each type, such as `mobile`, the most first."""
    zones: dict[str, int]
    """How many have each gmtZone, in its normalized form; `unknown` are those without one."""
    local_hours: list[int]
    """For each hour of the day, for how many jobs it is that hour now. Jobs without a gmtZone have the
    clock of their phone if there is only one.
    """

@final
class Hint:
    """An option that would help a list: why (`text`), the option as an argument (`region="RU"`), and how
    many more of the sampled rows could be sent with it (`rows`).
    """

    def __new__(cls, text: str, option: str, rows: int) -> Self: ...
    @property
    def text(self) -> str:
        """Why the option would help, as one line for people."""
    @property
    def option(self) -> str:
        """The option in Python's words, such as `region="RU"`."""
    @property
    def rows(self) -> int:
        """How many more rows could be sent with it."""
    def __hash__(self) -> int: ...

@final
class Report:
    """The result of a batch, as `check` and `prepare` return it.

    Two reports are equal if all their fields are. They can be pickled and used as keys.
    """

    @property
    def total(self) -> int:
        """How many rows were read: `clean + repaired + rejected`."""
    @property
    def clean(self) -> int:
        """How many jobs can be sent unchanged, byte for byte."""
    @property
    def repaired(self) -> int:
        """How many jobs can be sent after they are rewritten."""
    @property
    def rejected(self) -> int:
        """How many jobs can't be sent."""
    @property
    def warned(self) -> int:
        """How many jobs have at least one warning, sent or not."""
    @property
    def counts(self) -> dict[str, int]:
        """How often each rule was broken, by its name. Complete, however many diagnostics are kept."""
    @property
    def alone(self) -> Counter[str]:
        """How many rows each rule alone keeps back, by its name: so many more could be sent if only that
        were corrected. A rule that is not here has 0.
        """
    @property
    def verdict(self) -> str:
        """The decision about the list in one line, such as `1 042 of 2 000 jobs can be sent (52.1 %); 958
        are rejected`.
        """
    @property
    def left_out(self) -> Counter[str]:
        """How many diagnostics of each severity were found that `diagnostics` does not have. A severity
        that is not here has 0.
        """
    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The diagnostics in the order of the rows, at most `max_diagnostics` of them: errors before
        suggested fixes, warnings and repairs if not all fit.
        """
    @property
    def duplicates(self) -> Literal["phone", "job", "allow"]:
        """How duplicates were found: `phone`, `job` or `allow`."""
    @property
    def input(self) -> Input:
        """What was detected in the source: `format`, `encoding`, `encoding_runner_up`,
        `byte_order_mark`, `compression`, `sheet`, `workbook`, `delimiter` and `header_line`, each None if it does not apply; `skipped`,
        the records that are neither rows nor the header (`line` and `why` of each); and
        `repeated_headers`, how many of them repeat the header further down (the first 100 are in
        `skipped`). `workbook` says whether the sheet is hidden (`hidden_sheet`), how many of its rows
        are (`hidden_rows`) and whether a filter is set (`filtered`), how many cells are formulas
        without a saved value (`unsaved_formulas`), and which other sheets have rows
        (`other_sheets`: `name`, `rows` and `hidden` of each).
        """
    @property
    def mapping(self) -> list[MappedColumn] | None:
        """What each column of a table became, as a list of `MappedColumn`. None if the source is not a
        table.
        """
    @property
    def bodies(self) -> list[Body]:
        """The request bodies that were written, in order; empty after `check`."""
    @property
    def notes(self) -> list[str]:
        """Other facts for the caller, one sentence each."""
    @property
    def hints(self) -> list[Hint]:
        """Options that would help the list as a whole, the best first; at most three. They are measured
        on the first 1 000 phones that are refused or warned about.
        """
    @property
    def statistics(self) -> Statistics | None:
        """Where the jobs are that can be sent, if `statistics=True` asked for it, else None: a dict with
        `countries`, `types` and `zones`, each a dict from a name to a number of jobs, the most first,
        and `local_hours`, a list with the number of jobs for each hour that their clocks show now.
        """
    def to_html(
        self,
        *,
        name: str = "",
        lang: str = "en",
        forecast: Forecast | None = None,
        show_phones: bool = False,
        docs: str | None = None,
    ) -> str:
        """The launch preview: one HTML page that needs no network, in English (`lang="en"`) or Russian
        (`"ru"`).

        `name` is what people call the list, and `forecast` a forecast of it, for the hours in which it
        rings. Phones are masked except for their last four digits unless `show_phones`. `docs` is the
        address of predial's documentation (`https://…`): each rule links to its section there. Without
        it the page names the command that shows the section. Needs the extra `report`. Raises ValueError
        for another language or address.

        >>> import predial
        >>> page = predial.check([{"phone": "7.9E+10"}]).to_html(name="contacts.csv")
        >>> "1 will not be sent" in page
        True
        """
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Rule:
    """One rule, with all its texts.

    Two rules are equal if all their fields are. They can be pickled and used as keys.
    """

    @property
    def name(self) -> str:
        """The name, such as `phone-scientific`. It never changes its meaning."""
    @property
    def severity(self) -> Literal["error", "warning", "repair", "suggested"]:
        """`error` (the job can't be sent), `repair` (it is sent after it is rewritten) or `warning` (it is
        sent unchanged).
        """
    @property
    def service_type(self) -> str | None:
        """The `type` of the service's answer with status 400 for the same fault; None if the service's
        documents name none.
        """
    @property
    def message(self) -> str:
        """What is wrong, as a clause without a full stop."""
    @property
    def remedy(self) -> str:
        """What to do, as a clause without a full stop."""
    @property
    def why(self) -> str:
        """The purpose of the rule, in full sentences."""
    @property
    def before(self) -> str:
        """A fragment of a job that breaks the rule."""
    @property
    def after(self) -> str:
        """The same fragment after the correction."""
    def __hash__(self) -> int: ...

def rules() -> list[Rule]:
    """All rules of predial, in the order of docs/rules.md: phones, zones, payloads, jobs, policies.

    >>> import predial
    >>> rule = next(rule for rule in predial.rules() if rule.name == "phone-scientific")
    >>> rule.severity, rule.service_type, rule.remedy
    ('error', 'phone.bad.format', 'export the column as text')
    >>> rule.before, rule.after
    ('{"phone": "7.911E+10"}', '{"phone": "79110000000"}')
    """

Failure: TypeAlias = tuple[str, int, int, int]
ForecastFields: TypeAlias = tuple[
    int,
    tuple[list[int], list[int]],
    tuple[int, int, int, int, int],
    tuple[int | None, int] | None,
]
Record: TypeAlias = bytes | tuple[bytes, str, bool]

@final
class CheckedTable:
    """A table of jobs with the verdict on each row, as `check_table` returns it.

    It exports Arrow's PyCapsule interface without a copy: use `polars.DataFrame(table)` or
    `pyarrow.table(table)`.
    """

    def _reasons(self) -> ArrowArray | None:
        """Why each row is rejected, as structs of the columns of a reject file, if that was wanted."""
    @property
    def report(self) -> Report:
        """The report on all jobs, as `check` returns it."""
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __len__(self) -> int: ...

def clean_batch(
    source: object,
    named: str,
    options: Mapping[str, object],
    output: tuple[str, bool, bool],
    progress: Callable[[int, int, int], object] | None,
) -> tuple[Report, Failure | None]:
    """Checks a batch, and writes it again to a file. Returns the report, and the failure that ended the
    source early.
    """

def check_table(
    table: object,
    options: Mapping[str, object],
    progress: Callable[[int, int, int], object] | None,
    for_clean: bool = False,
    with_reasons: bool = False,
) -> tuple[CheckedTable, Failure | None]:
    """Checks a table of jobs, and gives it back with the verdicts."""

def jobs_of_table(table: object, options: Mapping[str, object]) -> ArrowArray:
    """The JSON of the job in each row of a table, as [`check_table`] checks it."""

@final
class Exclusions:
    """Phones that are not to be called, from one list or several. The options of a batch take it once
    all lists are read and it is finished.
    """

    def __new__(cls) -> Self: ...
    def entries(self) -> tuple[int, int]:
        """How many entries of the lists so far are phones, and how many are not."""

def read_excluded(
    exclusions: Exclusions,
    source: object,
    named: str,
    listed: tuple[str, str, tuple[str, str] | None],
    options: Mapping[str, object],
    progress: Callable[[int, int, int], object] | None,
) -> tuple[Report, Failure | None]:
    """Reads one more list of phones that are not to be called. `listed` has what messages call it, and
    what its entries are: `phones`, the `bodies` of an earlier run, or its `rejects`; and of a directory
    the name of its run and the SHA-256 of its manifest. Returns the report of the reading, and the
    failure that ended the source early.
    """

def finish_excluded(exclusions: Exclusions, options: Mapping[str, object]) -> None:
    """Makes the table of the excluded lists, on as many threads as the options of a batch have. No list
    is added after that.
    """

def open_excluded(
    exclusions: Exclusions,
    source: object,
    name: str,
    merge: bool,
    progress: Callable[[int, int, int], object] | None,
) -> None:
    """Adds a file of excluded phones as one more list of this name: as a table of its own, or with
    `merge` phone by phone. `source` is its path, its bytes or a binary file.
    """

def write_excluded(
    exclusions: Exclusions,
    path: str,
    overwrite: bool,
    options: Mapping[str, object],
) -> tuple[int, int, list[str]]:
    """Writes the lists, which were read by these options, as one file of excluded phones. Returns how many
    different phones it has, how many entries were phones, and notes about the others.
    """

def check_batch(
    source: object,
    named: str,
    options: Mapping[str, object],
    progress: Callable[[int, int, int], object] | None,
) -> tuple[Report, Failure | None]:
    """Checks a batch. Returns the report, and the failure that ended the source early."""

def forecast_batch(
    source: object,
    named: str,
    options: Mapping[str, object],
    wanted: tuple[int, tuple[int, int] | None],
    progress: Callable[[int, int, int], object] | None,
) -> tuple[Report, Failure | None, ForecastFields]:
    """Checks a batch, and forecasts when its jobs may ring. Returns the report, the failure that ended
    the source early, and the forecast.
    """

def prepare_batch(
    source: object,
    named: str,
    options: Mapping[str, object],
    output: Mapping[str, object],
    days: int | None,
    progress: Callable[[int, int, int], object] | None,
) -> tuple[Report, Failure | None, ForecastFields | None]:
    """Prepares a batch, and forecasts as many `days` of its jobs as are asked for. Returns the report, the
    failure that ended the source early, and the forecast.
    """

@final
class Slices:
    """The directory of a list that is prepared slice by slice, from its claim to its manifest.

    A context: what ends it early hears of the slices that are whole.
    """

    @property
    def folder(self) -> Path:
        """The folder in which the slices are prepared."""
    @property
    def instant(self) -> int:
        """The instant of the run, in seconds since 1970-01-01T00:00:00Z."""
    def __new__(
        cls,
        columns: object,
        options: Mapping[str, object],
        output: Mapping[str, object],
        order_by: Sequence[str],
        slice_rows: int,
    ) -> Self: ...
    def join(self, names: Sequence[str], rows: int) -> Report:
        """Joins the slices of these names, in this order, to one list of `rows` rows."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        error_class: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...

def duplicate_fault(duplicates: str, first: str) -> tuple[str, str]:
    """The rule and the message for a row that repeats the row `first`. An engine that finds duplicates
    itself asks for them.
    """

def prepare_slice(
    folder: PathLike[str],
    slice: int,
    first_row: int,
    rows: object,
    options: Mapping[str, object],
    output: Mapping[str, object],
) -> str:
    """Prepares a slice in the folder of the slices, unless it is there; returns its name.

    `rows` is a table of the number of each row, the number of the first row with its job where
    that is an earlier one, and the JSON of its job.
    """

Warned: TypeAlias = tuple[str, str, str | None]

def read_url(url: str) -> tuple[dict[str, Any], list[Warned]]:
    """The job of a URL, and warnings about it."""

def read_form(body: str) -> tuple[dict[str, Any], list[Warned]]:
    """The job of a form's body, and warnings about it."""

def accepted_jobs(body: bytes) -> list[tuple[int, str, int]]:
    """The jobs of the body of a request that was checked: the digits of each phone as a number, the job's
    JSON, and whether it has a call policy of its own, as 0 or 1. SQLite takes these quickest.

    Raises ValueError for bytes that are not UTF-8.
    """

def write_url(
    record: Record,
    host: str,
    token: str,
    idempotence_key: str | None,
    form: str,
) -> str:
    """The URL that adds the job of a record."""

def write_form(record: Record) -> str:
    """The form's body that adds the job of a record."""

CallWindow: TypeAlias = tuple[tuple[int, int], tuple[int, int] | None, Zone]

@final
class CallWindows:
    """The windows of a job, earliest first: `(start, end, zone)`, with instants as seconds and
    nanoseconds since 1970.
    """

    def __iter__(self) -> CallWindows: ...
    def __next__(self) -> CallWindow: ...

def call_windows(job: str, now: tuple[int, int], campaign: str | None) -> CallWindows:
    """The windows of a job, given as a JSON text, from an instant on."""

def serve_workbook() -> None:
    """Does the work of a process that reads a workbook, as `predial.check` starts it. It takes a request
    from standard input and writes replies to standard output.

    Raises OSError where standard input is not a request.
    """
