"""What a notebook shows of a report: a table."""

from __future__ import annotations

from html import escape

import predial

__all__ = ["table"]

#: Only what is in the block of a report gets this style: a notebook is one page.
_STYLE = (
    ".predial-report table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ".predial-report th,.predial-report td{padding:.2em .9em .2em 0;text-align:left;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}"
    ".predial-report .n{text-align:right}.predial-report p{font-weight:600;margin:.3em 0}"
)


def table(report: predial.Report) -> str:
    """The decision about a list and the rules that were broken, as HTML.

    >>> import predial
    >>> report = predial.check([{"phone": "79123456789"}, {"phone": "79123456780"}])
    >>> table(report).endswith("<p>All 2 jobs can be sent</p></div>")
    True
    """
    rules = {rule.name: rule for rule in predial.rules()}
    lines = [f"<p>{escape(report.verdict)}</p>"]
    if report.counts:
        head = "".join(
            f'<th scope="col"{numbers}>{name}</th>'
            for name, numbers in zip(
                ("rule", "what is wrong", "rows", "alone"), ("", "", *2 * (_N,)), strict=True
            )
        )
        # What keeps most rows back comes first, as everywhere.
        order = sorted(
            report.counts.items(), key=lambda rule: (-report.alone[rule[0]], -rule[1], rule[0])
        )
        rows = [
            f'<tr><th scope="row">{name}</th><td>{escape(rules[name].message)}</td>'
            f"<td{_N}>{times}</td><td{_N}>{report.alone[name]}</td></tr>"
            for name, times in order
        ]
        lines.append(f"<table><thead><tr>{head}</tr></thead><tbody>")
        lines += [*rows, "</tbody></table>"]
    body = "".join(lines)
    return f'<div class="predial-report"><style>{_STYLE}</style>{body}</div>'


_N = ' class="n"'
