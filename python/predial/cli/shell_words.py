"""Messages of the library in the words of the shell.

The library names its options as Python does: a message begins with the option that it is about
(`region must be ...`), and an option that would help is written as an argument (`overwrite=True`,
`region="RU"`). On the command line these are `--region`, `--overwrite` and `--region RU`.
"""

from __future__ import annotations

import os
import re
import shlex
from typing import Final

__all__ = ["in_shell_words"]

#: The options that the command line has under their Python names.
_OPTIONS: Final = (
    "region|prefer|level|input_format|encoding|sheet|delimiter|header|header_row|map|payload"
    "|drop_empty|set|repair|severity|max_row_bytes|exclude"
    "|canonical|campaign|night|zones|multiple|duplicates|now|threads|max_jobs"
    "|max_bytes|run|resume|overwrite|forget_sent"
    "|max_diagnostics|statistics|host|idempotence_key|form|max_rate|parallel"
    "|give_up_after|baseline|reconcile|take_over|proxy"
)
#: An option as the subject of a message; among the options of two runs that differ; as an argument.
_SUBJECT: Final = re.compile(
    rf"^({_OPTIONS})(?= (?:must be|is about|and|names|can't) )|^({_OPTIONS})(?=\[)"
)
_NAMED: Final = re.compile(rf"(?<=\bthe option )({_OPTIONS})\b")
_COMPARED: Final = re.compile(rf"\b({_OPTIONS})(?= \(.*? then, .*? now\))")
#: A text as the library quotes it.
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_MAPPED: Final = re.compile(rf'\b(map|set)=\{{"([^"]*)": (\[?)({_QUOTED}(?:, {_QUOTED})*)\]?\}}')
_ARGUMENT: Final = re.compile(rf"""\b({_OPTIONS})=(True|False|{_QUOTED}|'[^']*'|[0-9]+)""")
_ESCAPED: Final = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
#: What a shell takes as it is, in any script.
_PLAIN: Final = re.compile(r"[\w@%+=:,./#-]+")
#: What a shell reads between double quotes.
_READ_IN_QUOTES: Final = re.compile(r'[$`"\\!]')
_OR_NONE: Final = re.compile(r"(, or None| or None)(?=$|:)")


def in_shell_words(message: str) -> str:
    """The message with each option as it is written in the shell.

    >>> in_shell_words("region must be an ISO 3166-1 alpha-2 code such as 'RU', or None")
    "--region must be an ISO 3166-1 alpha-2 code such as 'RU'"
    >>> in_shell_words('overwrite=True removes them, region="RU" would read them')
    '--overwrite removes them, --region RU would read them'
    >>> in_shell_words("repair=False; these differ: max_jobs (20 then, 30 now)")
    '--no-repair; these differ: --max-jobs (20 then, 30 now)'
    >>> in_shell_words('map={"phone": "Моб. тел."} or map={"phone": ["Mobile", "#3"]}')
    '--map phone="Моб. тел." or --map phone=Mobile,#3'
    >>> in_shell_words('sheet="Лист 2" or map={"phone": ["Mobile $HOME"]}')
    "--sheet 'Лист 2' or --map 'phone=Mobile $HOME'"
    >>> in_shell_words("choose a reading with the option prefer")
    'choose a reading with the option --prefer'
    >>> in_shell_words("the set of rows in a region")
    'the set of rows in a region'
    """
    said = _SUBJECT.sub(lambda found: _flag(found[0]), message)
    if said != message:
        said = _OR_NONE.sub("", said)
    said = _NAMED.sub(lambda found: _flag(found[1]), said)
    said = _COMPARED.sub(lambda found: _flag(found[1]), said)
    said = _MAPPED.sub(_mapped, said)
    return _ARGUMENT.sub(lambda found: _argument(found[1], found[2]), said)


def _mapped(found: re.Match[str]) -> str:
    columns = [_unquoted(text) for text in re.findall(_QUOTED, found[4])]
    if any(_READ_IN_QUOTES.search(column) for column in columns):
        return f"--{found[1]} {_in_shell(found[2] + '=' + ','.join(columns))}"
    words = (name if _PLAIN.fullmatch(name) else f'"{name}"' for name in columns)
    return f"--{found[1]} {found[2]}={','.join(words)}"


def _unquoted(text: str) -> str:
    """A text that the library has quoted. Other white space becomes a plain space, since a
    column is found by its header whatever the spaces in it.
    """

    def of(found: re.Match[str]) -> str:
        code, character = found.groups()
        plain = (
            chr(int(code, 16))
            if code
            else {"n": "\n", "t": "\t", "r": "\r"}.get(character, character)
        )
        return " " if plain.isspace() else plain

    return _ESCAPED.sub(of, text[1:-1])


def _in_shell(word: str) -> str:
    """One word of a command; a letter of any script needs no quotes."""
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)


def _flag(name: str) -> str:
    if name == "severity":
        return "--error or --ignore"
    # --zones takes a file of what --zone says of one text.
    return "--zone" if name == "zones" else "--" + name.replace("_", "-")


def _excluded(place: str) -> str:
    """The option for a list of phones, or for the directory of an earlier run."""
    is_file = os.path.isfile(place)
    return f"{'--exclude' if is_file else '--after'} {shlex.quote(place)}"


def _argument(name: str, value: str) -> str:
    if value == "True":
        return _flag(name)
    if name == "exclude":
        return _excluded(_unquoted(value) if value[0] == '"' else value[1:-1])
    if value == "False":
        return f"--no-{name}".replace("_", "-")
    if value[0] == '"':
        return f"{_flag(name)} {_in_shell(_unquoted(value))}"
    return f"{_flag(name)} {value.strip(chr(39))}"
