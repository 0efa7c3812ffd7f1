"""The launch preview: what a list comes to, as one page for people and as figures for programs.

`figures` holds what the page shows, as plain data; `page` writes the page. Neither decides
anything: the figures are those of a report, of its forecast and of the bodies that were written.
"""

from __future__ import annotations

from predial.preview.figures import figures
from predial.preview.page import page

__all__ = ["figures", "page"]
