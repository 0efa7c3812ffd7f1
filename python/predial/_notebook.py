"""What a notebook shows of a report: a table."""

from __future__ import annotations

from html import escape

import predial

__all__ = ["table"]


def table(report: predial.Report) -> str:
    """The counts of a report and the rules that were broken, as HTML.

    >>> import predial
    >>> print(table(predial.check([{"phone": "79123456789"}, {"phone": "79123456780"}])))
    <p>All 2 jobs can be sent</p>
    """
    rules = {rule.name: rule for rule in predial.rules()}
    lines = [f"<p>{escape(report.verdict)}</p>"]
    if report.counts:
        lines.append("<table><tr><th>rule</th><th>rows</th><th>alone</th><th>message</th></tr>")
        for name, times in sorted(report.counts.items(), key=lambda rule: (-rule[1], rule[0])):
            cells = (name, times, report.alone[name], rules[name].message)
            row = "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
            lines.append(f"<tr>{row}</tr>")
        lines.append("</table>")
    return "\n".join(lines)
