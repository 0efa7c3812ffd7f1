"""How names are compared: without case, accents and punctuation, as in `src/zone/fold.rs`."""

from __future__ import annotations

import unicodedata

#: Letters that are no other letter with an accent.
LIGATURES = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h"} | {
    "ı": "i",
    "þ": "th",
    "ə": "e",
    "ґ": "г",
}
#: They are left out: `Xi'an` is `Xian`.
APOSTROPHES = "'’‘ʼʻ`´"
#: Latin letters beyond ASCII, Vietnamese ones, and Cyrillic letters.
RANGES = (range(0xC0, 0x250), range(0x259, 0x25A), range(0x400, 0x500), range(0x1E00, 0x1F00))


def plain(letter: str) -> str:
    """A letter in lower case, without its accents."""
    if letter in LIGATURES:
        return LIGATURES[letter]
    parts = unicodedata.normalize("NFD", letter)
    kept = [part for part in parts if not unicodedata.combining(part)]
    return "".join(LIGATURES.get(part, part) for part in kept)


class _Letters(dict[int, str]):
    """What each letter becomes, as `str.translate` asks for it; computed once."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if unicodedata.combining(letter) or letter in APOSTROPHES:
            folded = ""
        else:
            folded = plain(letter) if letter.isalnum() else " "
        self[code] = folded
        return folded


_LETTERS = _Letters()


def fold(name: str) -> str:
    """The name in lower case, without accents, its words between single spaces."""
    return " ".join(name.lower().replace("&", " and ").translate(_LETTERS).split())


def table() -> str:
    """The letters that are not plain: each plain text, a tab, and what folds to it."""
    by_plain: dict[str, list[str]] = {}
    for code in (code for codes in RANGES for code in codes):
        letter = chr(code)
        if letter.isalpha() and letter == letter.lower() and plain(letter) != letter:
            by_plain.setdefault(plain(letter), []).append(letter)
    return "".join(f"{key}\t{''.join(letters)}\n" for key, letters in sorted(by_plain.items()))
