"""A reference for gmtZones, independent of the parser under test, and texts for it."""

from __future__ import annotations

import os
import re
from random import Random

import tzdata
from hypothesis import strategies as st

# Java's private IDs, which IANA does not have.
JAVA_ALONE = frozenset(
    {
        "SystemV/AST4",
        "SystemV/AST4ADT",
        "SystemV/CST6",
        "SystemV/CST6CDT",
        "SystemV/EST5",
        "SystemV/EST5EDT",
        "SystemV/HST10",
        "SystemV/MST7",
        "SystemV/MST7MDT",
        "SystemV/PST8",
        "SystemV/PST8PDT",
        "SystemV/YST9",
        "SystemV/YST9YDT",
    }
)
# IANA's IDs that JDK 17 does not know.
IANA_ALONE = frozenset({"America/Coyhaique", "EST", "HST", "MST", "ROC"})
# IANA's placeholder, which is not a zone.
PLACEHOLDER = "Factory"

with open(os.path.join(tzdata.__path__[0], "zones"), encoding="ascii") as _file:
    REGION_IDS = frozenset(_file.read().split()) - {PLACEHOLDER}

_OFFSET = re.compile(
    r"""(?:UTC|GMT|UT)?[+-](?:
        [0-9]
      | (?:0[0-9]|1[0-7]) (?: [0-5][0-9] (?:[0-5][0-9])? | :[0-5][0-9] (?: :[0-5][0-9] )? )?
      | 18 (?: 00 (?:00)? | :00 (?: :00 )? )?
    )""",
    re.VERBOSE,
)


def is_zone(text: str) -> bool:
    """Whether the text is a gmtZone, by a regular expression and a set."""
    if text in ("Z", "UTC", "GMT", "UT") or text in REGION_IDS:
        return True
    return _OFFSET.fullmatch(text) is not None


PREFIXES = ("", "UTC", "GMT", "UT")


def written(prefix: str, sign: str, fields: tuple[int, int, int], shape: str) -> str:
    """An offset in one of the shapes `h`, `hh`, `hhmm`, `hh:mm`, `hhmmss` and `hh:mm:ss`.

    Fields for which the shape has no room are left out; `h` has room for the last digit only.
    """
    hours, minutes, seconds = fields
    values = {"hh": f"{hours:02}", "mm": f"{minutes:02}", "ss": f"{seconds:02}"}
    if shape == "h":
        return f"{prefix}{sign}{hours % 10}"
    return prefix + sign + re.sub("hh|mm|ss", lambda field: values[field[0]], shape)


SHAPES = ("h", "hh", "hhmm", "hh:mm", "hhmmss", "hh:mm:ss")

_fields = st.one_of(
    st.tuples(st.integers(0, 17), st.integers(0, 59), st.integers(0, 59)), st.just((18, 0, 0))
)

offset_parts = st.tuples(
    st.sampled_from(PREFIXES), st.sampled_from("+-"), _fields, st.sampled_from(SHAPES)
)
region_ids = st.sampled_from(sorted(REGION_IDS))
grammatical = st.one_of(
    st.sampled_from(["Z", "UTC", "GMT", "UT"]),
    offset_parts.map(lambda parts: written(*parts)),
    region_ids,
)

# Characters that a typing mistake, a form or a word processor adds to a zone.
SLIPS = "0123456789+-:., ZzUuTtCcGgMmEeh/_\u2212\u2013\u00b1\u00a0\uff0b\u0663\u00e9\x00"


@st.composite
def one_edit_away(draw: st.DrawFn) -> str:
    """A text one insertion, deletion, replacement or exchange of neighbours from a gmtZone."""
    text = draw(grammatical)
    place = draw(st.integers(0, len(text) - 1))
    slip = draw(st.sampled_from(SLIPS))
    return draw(st.sampled_from(list(edits(text, place, slip))))


def edits(text: str, place: int, slip: str) -> tuple[str, str, str, str]:
    """The four edits of a text at a place."""
    before, after = text[:place], text[place:]
    return (
        before + slip + after,
        before + after[1:],
        before + slip + after[1:],
        before + after[1:2] + after[:1] + after[2:],
    )


def random_text(random: Random) -> str:
    """A text of the differential test: grammatical, a few edits away, or noise."""
    kind = random.randrange(6)
    if kind < 2:
        return _random_offset(random)
    if kind == 2:
        return _edited(random, _random_offset(random))
    if kind == 3:
        return random.choice(_IDS)
    if kind == 4:
        return _edited(random, random.choice(_IDS))
    return "".join(random.choice(SLIPS) for _ in range(random.randrange(12)))


_IDS = sorted(REGION_IDS | JAVA_ALONE | {PLACEHOLDER, "Z", "UTC", "GMT", "UT"})


def _random_offset(random: Random) -> str:
    """An offset, sometimes just out of range."""
    fields = (random.randrange(20), random.randrange(62), random.randrange(62))
    if random.randrange(4) == 0:
        fields = (random.randint(16, 18), 0, random.randrange(2))
    return written(random.choice(PREFIXES), random.choice("+-"), fields, random.choice(SHAPES))


def _edited(random: Random, text: str) -> str:
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(text) + 1)
        text = random.choice(edits(text, place, random.choice(SLIPS)))
    return text
