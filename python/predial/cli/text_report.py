"""The report of one batch for people, in the order in which they need it.

What was read, the decision, what would help, why rows are kept back, and then where. No line is
wider than the terminal or 80 columns, except one that begins with the long name of a file.
"""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

import predial
from predial.cli.printing import (
    counted,
    cut,
    grouped,
    of_severity,
    padded,
    paragraph,
    printable,
    room_now,
    say,
    width,
)
from predial.cli.shell_words import in_shell_words

if TYPE_CHECKING:
    from predial._core import Input, Skipped

#: The severities, the gravest first.
GRAVITY: Final = ("error", "suggested", "warning", "repair")
#: How many diagnostics are shown by default, and how many of one rule.
MOST: Final = 20
MOST_OF_A_RULE: Final = 3
#: What the cells of a column are, by its field.
CELLS: Final = {"phone": "phones", "gmtZone": "zones"}
#: A value beside the name of its rule has at least so much room.
LEAST: Final = 30
#: Where the words about an option begin.
OPTION: Final = 30
#: How wide the column of rule names is. A longer name shifts what comes after it.
LONGEST_NAME: Final = 20
#: A word of a command as the shell takes it, an option with its value.
_WORD: Final = re.compile(r"(?:--[\w-]+ (?!--))?(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+")
#: The subject of a message and its verb, which the name of the rule has too.
_SUBJECT: Final = re.compile(r"^th(?:e|is) \w+ (?:(?:is|has) |(?=does ))")


def show_report(
    file: str,
    report: predial.Report,
    error: predial.SourceError | None,
    most: int | None,
    show_all: bool,
) -> None:
    """Write the report of the list of that name.

    `most` is how many diagnostics the user wants; None means a screenful.
    """
    is_whole = error is None
    if is_unread(report, error):
        return
    if is_whole and not (report.counts or report.hints or report.notes):
        _show_faultless(file, report)
        return
    _show_input(file, report)
    _show_mapping(report)
    say()
    _show_verdict(report, is_whole)
    _show_help(report)
    if report.counts:
        _show_reasons(report)
        _show_diagnostics(file, report, most, show_all)


def is_unread(report: predial.Report, error: predial.SourceError | None) -> bool:
    """Whether the list was refused before anything of it was read: only the error has something to
    say.
    """
    return error is not None and report.total == 0 and report.mapping is None


def _show_faultless(file: str, report: predial.Report) -> None:
    """Three lines: what was read, as what, and that all of it can be sent."""
    _show_input(file, report)
    columns = report.mapping or []
    used = [
        f"{column.field} {_quoted(column.header)}"
        + (", by content" if column.why == "content" else "")
        for column in columns
        if column.field is not None
    ]
    keys = [_quoted(column.header) for column in columns if column.key is not None]
    shown = "; ".join([*used, *([f"payload {_some(keys, 30)}"] if keys else [])])
    say(f"  {cut(shown, room_now() - 2)}" if shown else "")
    _show_verdict(report, True)


def _show_input(file: str, report: predial.Report) -> None:
    """Write what the list was read as."""
    found = report.input
    parts = [(found["format"] or "nothing").upper()]
    parts += [] if found["encoding"] is None else [found["encoding"].replace("utf-", "UTF-")]
    parts += [] if found["compression"] is None else [found["compression"]]
    if found["sheet"] is not None:
        what = "file" if found["workbook"] is None else "sheet"
        parts.append(f"{what} {_quoted(found['sheet'])}")
    if found["delimiter"] is not None:
        delimiter = "tab" if found["delimiter"] == "\t" else f'"{found["delimiter"]}"'
        parts.append(f"delimiter {delimiter}")
    if report.mapping is not None:
        parts += _layout(found)
    for line in paragraph(f"{printable(file)}: {', '.join(parts)}", rest="  "):
        say(line)


def _layout(found: Input) -> list[str]:
    """Where the header is, and which lines were skipped."""
    line, unit = found["header_line"], "line" if found["workbook"] is None else "row"
    if line is None and found["format"] == "arrow":
        return []
    parts = ["no header" if line is None else f"header in {unit} {line}"]
    above = [record for record in found["skipped"] if record["why"] != "repeated-header"]
    if above:
        parts[0] += f" ({_skipped(above, unit)})"
    if again := found["repeated_headers"]:
        parts.append(f"and again in {counted(again, 'other ' + unit)}")
    return parts


def _skipped(records: list[Skipped], unit: str) -> str:
    """
    >>> title = [{"line": 1, "why": "title"}, {"line": 2, "why": "title"}]
    >>> _skipped(title, "line"), _skipped([*title, {"line": 4, "why": "blank"}], "row")
    ('lines 1-2 skipped: title', 'rows 1-2 skipped: title; row 4: blank')
    """
    runs = []
    numbered = enumerate(records)
    for _, run in groupby(numbered, lambda item: (item[1]["line"] - item[0], item[1]["why"])):
        lines = [record for _, record in run]
        first, last = lines[0]["line"], lines[-1]["line"]
        place = f"{unit} {first}" if first == last else f"{unit}s {first}-{last}"
        runs.append((place, lines[0]["why"].replace("-", " ")))
    (place, why), *others = runs
    return "; ".join([f"{place} skipped: {why}", *(f"{place}: {why}" for place, why in others)])


def _show_mapping(report: predial.Report) -> None:
    """Write the columns of a table for each field and for payload."""
    columns = report.mapping or []
    used = [column for column in columns if column.field is not None]
    names = [cut(_quoted(column.header), 28) for column in used]
    widest = max(map(width, names), default=0)
    fields = max((len(column.field or "") for column in used), default=0)
    fields = max(fields, len("payload"))
    for column, name in zip(used, names, strict=True):
        head = f"  {column.field:<{fields}}  {padded(name, widest)}  "
        for line in paragraph(head + _reason(column), rest=" " * width(head)):
            say(line)
    keys = [_quoted(column.header) for column in columns if column.key is not None]
    unused = [
        _quoted(column.header) for column in columns if column.field is None and column.key is None
    ]
    for name, headers in (("payload", keys), ("not sent", unused)):
        if headers:
            say(f"  {name:<{fields}}  {_some(headers, room_now() - fields - 4)}")


def _reason(column: predial.MappedColumn) -> str:
    """Where a column is, why it is used, and how many of its sampled cells fit."""
    shown = f"column {column.place}, by {column.why}"
    if column.share is None or column.field not in CELLS:
        return shown
    return f"{shown}, {column.share * 100:.0f} % of its cells are {CELLS[column.field]}"


def _show_verdict(report: predial.Report, is_whole: bool) -> None:
    first, _, rest = report.verdict.partition("; ")
    sentences = [first]
    if report.clean + report.repaired == 1 == report.repaired:
        sentences.append("It was corrected")
    elif report.repaired:
        were = "was" if report.repaired == 1 else "were"
        sentences.append(f"{grouped(report.repaired)} of them {were} corrected")
    sentences += [rest] if rest else []
    sentences += [] if is_whole else ["The list could not be read to its end"]
    for line in paragraph(". ".join(sentences) + "."):
        say(line)


def _show_help(report: predial.Report) -> None:
    """Write the options that would help, and other facts."""
    if report.hints:
        say("\nWhat would help")
    for hint in report.hints:
        option = printable(in_shell_words(hint.option))
        rows = f"{counted(hint.rows, 'more row')} could be sent: " if hint.rows else ""
        text = rows + printable(in_shell_words(hint.text))
        head = f"  {padded(option, OPTION)} "
        if width(option) > OPTION:
            say(f"  {option}")
            head = " " * (OPTION + 3)
        for line in paragraph(head + text, rest=" " * (OPTION + 3)):
            say(line)
    if report.notes:
        say()
    for note in report.notes:
        for line in paragraph(f"note: {printable(in_shell_words(note))}", rest="  "):
            say(line)


def _show_reasons(report: predial.Report) -> None:
    """Write how often each rule was broken, those first that alone keep most rows back."""
    known = {rule.name: rule for rule in predial.rules()}
    severities = dict(reversed([(found.rule, found.severity) for found in gravest_first(report)]))

    def severity(name: str) -> str:
        return "error" if report.alone[name] else severities.get(name, known[name].severity)

    def order(name: str) -> tuple[int, int, int, str]:
        return GRAVITY.index(severity(name)), -report.alone[name], -report.counts[name], name

    room = max(room_now(), 60)
    names = sorted(report.counts, key=order)
    figures = [_figures(report, name, severity(name)) for name in names]
    columns = zip(("rows", "alone", "") if report.alone else ("rows",), *figures, strict=True)
    widths = [max(map(len, column)) for column in columns]
    word_room = max(len(severity(name)) for name in names)
    name_room = min(max(map(len, names)), LONGEST_NAME)

    def row(head: str, figures: tuple[str, ...]) -> str:
        cells = "  ".join(f"{it:>{size}}" for it, size in zip(figures, widths, strict=True))
        return f"{head}{' ' * max(room - len(head) - len(cells), 2)}{cells}".rstrip()

    say("\n" + row("Why", ("rows", "alone", "")[: len(widths)]))
    for name, of_rule in zip(names, figures, strict=True):
        word = severity(name)
        head = f"  {word:<{word_room}}  {name:<{name_room}}  "
        left = room - len(head) - sum(widths) - 2 * len(widths)
        line = row(head + _brief(known[name].message, left), of_rule)
        say(line.replace(word, of_severity(word), 1))


def _brief(message: str, room: int) -> str:
    """What is wrong in one line: without its subject, or its first words, if all of it is too long.

    >>> _brief("the phone is empty", 20), _brief("the phone has an unknown form", 20)
    ('the phone is empty', 'an unknown form')
    >>> _brief("the phone is in scientific notation: digits are lost", 30)
    'in scientific notation…'
    """
    if len(message) <= room:
        return message
    brief = _SUBJECT.sub("", message)
    if len(brief) <= room:
        return brief
    words = brief[: max(room - 1, 0)].rpartition(" ")[0] or brief[: max(room - 1, 0)]
    return words.rstrip(",;:") + "…"


def _figures(report: predial.Report, name: str, severity: str) -> tuple[str, ...]:
    """How many rows break a rule, how many of them only this one, and their share of the list."""
    rows, alone = report.counts[name], report.alone[name]
    if not report.alone:
        return (grouped(rows),)
    if severity != "error":
        return grouped(rows), "", ""
    return grouped(rows), grouped(alone), _percent(alone, report.total)


def _percent(part: int, whole: int) -> str:
    """A share in percent, rounded down, and with a tenth if it is small.

    >>> _percent(1, 3), _percent(1, 30), _percent(999, 1000), _percent(3, 3), _percent(1, 10**6)
    ('33 %', '3.3 %', '99 %', '100 %', '0.1 %')
    """
    tenths = part * 1000 // whole
    if tenths < 100:
        return f"{max(tenths, 1 if part else 0) / 10:.1f} %"
    return f"{tenths // 10} %"


def gravest_first(report: predial.Report) -> list[predial.Diagnostic]:
    """The diagnostics, errors before suggested fixes, warnings and repairs."""
    return sorted(report.diagnostics, key=lambda found: GRAVITY.index(found.severity))


def chosen(
    report: predial.Report, most: int | None, show_all: bool
) -> Iterator[predial.Diagnostic]:
    """The diagnostics that are shown."""
    room = MOST if most is None else most
    of_rule: Counter[str] = Counter()
    for found in gravest_first(report):
        of_rule[found.rule] += 1
        is_one_more = most is None and of_rule[found.rule] > MOST_OF_A_RULE
        if show_all:
            yield found
        elif room > 0 and found.severity != "repair" and not is_one_more:
            room -= 1
            yield found


def _show_diagnostics(file: str, report: predial.Report, most: int | None, show_all: bool) -> None:
    """Write where rules are broken, and how many rows are not shown."""
    shown = list(chosen(report, most, show_all))
    if shown:
        say()
    for found in shown:
        place = f"row {found.row}" if found.line is None else str(found.line)
        head = f"{printable(file)}:{place}: "
        said = f"{head}{of_severity(found.severity)} {found.rule}  "
        left = room_now() - width(f"{head}{found.severity} {found.rule}  ")
        about = subject(found, max(left, LEAST))
        if width(about) <= left:
            say((said + about).rstrip())
        else:  # after the long name of a file
            say(said.rstrip())
            say(" " * 8 + subject(found, room_now() - 8))
        for line in paragraph(" " * 8 + printable(in_shell_words(found.message)), rest=" " * 8):
            say(line)
    if rest := _not_shown(report, shown):
        for line in paragraph(rest, rest="    "):
            say(line)


def subject(found: predial.Diagnostic, room: int) -> str:
    """The field that a diagnostic is about, and its value as far as there is room."""
    field = printable(found.field or "")
    if found.value is None:
        return field
    return cut(f'{field} "{printable(found.value)}"', max(room, len(field) + 20))


def _not_shown(report: predial.Report, shown: list[predial.Diagnostic]) -> str:
    rows = {found.row for found in shown if found.severity == "error"}
    if more := report.rejected - len(rows):
        left = counted(more, "more rejected row")
    else:
        warnings = sum(found.severity == "warning" for found in report.diagnostics)
        here = sum(found.severity == "warning" for found in shown)
        more = warnings - here + report.left_out["warning"]
        left = counted(more, "more warning") if more else ""
    return (
        f"... and {left}: --all shows them, --output-format ndjson is for scripts" if left else ""
    )


def show_files(report: predial.Report, out: str, again: str) -> None:
    """Write what `prepare` left in the directory, and what comes next.

    `again` are the options with which the rejects have to be read.
    """
    base = out.rstrip("/") or out
    jobs = sum(body.jobs for body in report.bodies)
    bodies = counted(len(report.bodies), "request body", "request bodies")
    size = _size(sum(body.bytes for body in report.bodies))
    rows = [("bodies/", f"{counted(jobs, 'job')} in {bodies}, {size}")]
    if report.rejected:
        whose = "its" if report.rejected == 1 else "their"
        reasons = f"{counted(report.rejected, 'row')} with {whose} reasons"
        name = _reject_table(out)
        is_json = name is None and report.input["format"] in ("json", "ndjson")
        rows.append(("rejects.ndjson", f"{reasons}: correct them, then" if is_json else reasons))
        if is_json:
            rows.append(("", _second_round(f"{base}/rejects.ndjson", base, again)))
        if name is not None:
            rows.append((name, f"the same rows as {name[8:].upper()}: correct them, then"))
            rows.append(("", _second_round(f"{base}/{name}", base, again)))
    keys = "counts, options and idempotence keys (the service keeps a key for 24 hours)"
    rows.append(("manifest.json", keys))
    say(f"\nWrote {printable(base)}/")
    for name, what in rows:
        head = f"  {name:<14}  "
        if name:
            for line in paragraph(head + printable(what), rest=" " * len(head)):
                say(line)
        else:
            for line in _command(head, printable(what)):
                say(line)
    if report.bodies:
        send = f"predial send {shlex.quote(base)} --host https://app.jaicp.com"
        for line in _command("Next: ", printable(send)):
            say(line)


def _command(head: str, command: str) -> list[str]:
    """A command in lines that fit and can be copied: all but the last one end with a backslash.

    >>> _command("Next: ", "predial send out --host https://app.jaicp.com")
    ['Next: predial send out --host https://app.jaicp.com']
    >>> print(*_command("  ", "predial prepare 'a long.csv' " + "b" * 40 + " --after out"), sep="|")
      predial prepare 'a long.csv' bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb \\|    --after out
    """
    room = room_now()
    if width(head + command) <= room:
        return [head + command]
    lines, line = [], head.rstrip() and head
    rest = " " * 4
    for word in _WORD.findall(command):
        if line.strip() and width(line) + width(word) + 2 > room:
            lines.append(f"{line.rstrip()} \\")
            line = rest
        line = f"{line or rest[:2]}{word} "
    return [*lines, line.rstrip()]


def _reject_table(out: str) -> str | None:
    """The name of the reject file in the format of the list, if the list is a table."""
    names = ("rejects.csv", "rejects.xlsx")
    return next((name for name in names if os.path.isfile(os.path.join(out, name))), None)


def _second_round(rejects: str, out: str, again: str) -> str:
    """The command for the corrected rejects: it leaves out whoever was sent in any run before."""
    number = out[len(out.rstrip("0123456789")) :]
    next_out = f"{out.removesuffix(number)}{int(number or 1) + 1}"
    words = shlex.join(["predial", "prepare", rejects, next_out])
    return " ".join([words, *([again] if again else []), "--after", shlex.quote(out)])


def _size(count: int) -> str:
    """
    >>> _size(999), _size(180_400), _size(2_500_000)
    ('999 bytes', '180 KB', '2.5 MB')
    """
    if count < 1000:
        return counted(count, "byte")
    return f"{count / 1000:.0f} KB" if count < 10**6 else f"{count / 10**6:.1f} MB"


def _quoted(header: str) -> str:
    return f'"{printable(header)}"'


def _some(names: list[str], room: int) -> str:
    """As many of the names as there is room for, at least one, and how many more there are.

    >>> _some(['"a"', '"bb"', '"cc"'], 80), _some(['"a"', '"bb"', '"cc"'], 14)
    ('"a", "bb", "cc"', '"a" and 2 more')
    """
    first, *others = names
    shown, best = first, ""
    for count, name in enumerate([*others, ""], 1):
        more = f" and {len(names) - count} more" if count < len(names) else ""
        if width(shown) > room:
            break
        if width(shown) + len(more) <= room:
            best = shown + more
        shown += f", {name}"
    if best:
        return best
    more = f" and {len(others)} more" if others else ""
    return cut(first, max(room - len(more), 12)) + more
