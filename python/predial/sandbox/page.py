"""The page at `/`: campaigns, counts, the last requests, and the queue by local hour.

The page is made here and loads nothing: no script, no font, no picture. What is personal is masked
until somebody opens it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from html import escape
from typing import Any, Final

from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from predial.sandbox.campaigns import described
from predial.sandbox.queue import Windows, policy_of, waiting
from predial.sandbox.state import LoggedRequest, State, as_text

__all__ = ["html_page", "routes"]

#: How many jobs of a campaign the chart counts: a page must not take minutes.
COUNTED: Final = 20_000
#: The chart: units of the drawing.
BAR, GAP, HEIGHT, FOOT, TOP = 11, 3, 120, 16, 14

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --bar: #3667c9; }
* { box-sizing: border-box; }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; border: 1px solid var(--line); padding: .5rem; border-radius: 4px; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .5rem; }
dl div { border: 1px solid var(--line); border-radius: 4px; padding: .4rem .6rem; }
dt { font-size: .85rem; } dd { margin: 0; font-size: 1.2rem; font-weight: 600; }
svg { width: 100%; height: auto; max-width: 36rem; }
svg rect { fill: var(--bar); } svg line { stroke: var(--line); }
svg text { fill: currentColor; font-size: 11px; }
"""


def routes(state: State) -> list[Route]:
    """The page of one sandbox."""

    async def as_page(request: HttpRequest) -> Response:
        return HTMLResponse(await asyncio.to_thread(_page, state))

    return [Route("/", as_page, methods=["GET"])]


def html_page(title: str, content: str) -> str:
    """A page with this content, which is HTML."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{content}</body></html>"
    )


def _page(state: State) -> str:
    now = state.clock.now()
    tokens = [row["token"] for row in state.store.run_now(state.store.campaigns)]
    stopped = ", and the clock is stopped" if state.clock.is_stopped else ""
    parts = [
        f"<p>It is {escape(as_text(now.replace(microsecond=0)))} here{stopped}. "
        'Requests are described in <a href="/docs">/docs</a>. Nothing is called.</p>'
    ]
    parts += [_campaign(state, token, now) for token in tokens]
    requests = list(state.requests)
    parts.append("<h2>Last requests</h2>")
    parts += [_request(it) for it in requests] or ["<p>No request has come yet.</p>"]
    return html_page("predial sandbox", "".join(parts))


def _campaign(state: State, token: str, now: datetime) -> str:
    about: dict[str, Any] = state.store.run_now(lambda: described(state, token))
    counts = state.store.run_now(lambda: state.store.counts(token))
    numbers = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{_grouped(count)}</dd></div>"
        for name, count in [("jobs", sum(counts.values())), *sorted(counts.items())]
    )
    return (
        f"<h2>{escape(about['name'])}: {escape(about['status'])}</h2>"
        f"<details><summary>Token {escape(_masked(token))}</summary><code>{escape(token)}</code>"
        f"</details><dl>{numbers}</dl>{_queue(state, token, now)}"
    )


def _queue(state: State, token: str, now: datetime) -> str:
    campaign = state.store.run_now(lambda: state.store.campaign(token))
    windows = Windows(policy_of(campaign["settings"]) if campaign else None)
    hours: Counter[int] = Counter()
    never = counted = 0
    for job in waiting(state, token):
        if counted == COUNTED:
            break
        counted += 1
        window = windows.next(job, now)
        if window is None:
            never += 1
        else:
            hours[window.local_start.hour] += 1
    if not counted:
        return "<p>No job waits to be called.</p>"
    some = f" Only the first {_grouped(COUNTED)} jobs are counted." if counted == COUNTED else ""
    lost = f" {_grouped(never)} will never be called." if never else ""
    return (
        "<h3>When the queue is called, by the hour of local time</h3>"
        f"{_chart(hours)}<p>{_grouped(counted - never)} jobs wait.{lost}{some}</p>"
    )


def _chart(hours: Counter[int]) -> str:
    """The bars of 24 hours, as SVG. The highest has its number."""
    highest = max(range(24), key=lambda hour: hours[hour])
    most = hours[highest] or 1
    width = 24 * (BAR + GAP)
    parts = [f'<line x1="0" x2="{width}" y1="{TOP + HEIGHT}" y2="{TOP + HEIGHT}"/>']
    for hour in range(24):
        x = hour * (BAR + GAP)
        bar = round(hours[hour] / most * HEIGHT)
        parts.append(
            f'<rect x="{x}" y="{TOP + HEIGHT - bar}" width="{BAR}" height="{bar}">'
            f"<title>{hour:02}:00, {_grouped(hours[hour])}</title></rect>"
        )
        if hour == highest:
            parts.append(
                f'<text x="{x}" y="{TOP + HEIGHT - bar - 3}">{_grouped(hours[hour])}</text>'
            )
        if hour % 3 == 0:
            parts.append(f'<text x="{x}" y="{TOP + HEIGHT + FOOT - 4}">{hour:02}</text>')
    described = ", ".join(f"{hour:02}:00 {hours[hour]}" for hour in range(24) if hours[hour])
    return (
        f'<svg viewBox="0 0 {width} {TOP + HEIGHT + FOOT}" role="img" '
        f'aria-label="Jobs by the hour of local time: {escape(described)}">{"".join(parts)}</svg>'
    )


def _request(it: LoggedRequest) -> str:
    status = "no answer" if it.status is None else str(it.status)
    fault = f", fault {it.fault}" if it.fault else ""
    # What the path ends with says which endpoint it is.
    _, form, _, _, *tail = it.path.strip("/").split("/")
    name = "/".join(tail) or "campaign"
    name = name if form == "calls" else f"{name} ({form})"
    path = it.path.replace("{token}", it.token)
    return (
        f"<details><summary>{escape(f'{it.at:%H:%M:%S}')} <b>{escape(it.method)}</b> "
        f"{escape(name)}: {escape(status + fault)}</summary>"
        f"<p><code>{escape(path)}</code></p><pre>{escape(it.content)}</pre></details>"
    )


def _masked(token: str) -> str:
    """The token with its secret part hidden.

    >>> _masked("8231.7056.1b131df1"), _masked("secret")
    ('8231.7056.••••', '••••')
    """
    head, dot, _ = token.rpartition(".")
    return f"{head}{dot}••••"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")
