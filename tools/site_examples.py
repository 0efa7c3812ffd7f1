"""Shows the examples of docstrings as code on the site: an extension of griffe (mkdocstrings)."""

from __future__ import annotations

from typing import Any

from griffe import Extension, Object


class Examples(Extension):
    """Puts a fence around each example that begins with `>>>` and has none."""

    def on_instance(self, *, obj: Object, **_: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = with_fences(obj.docstring.value)


def with_fences(docstring: str) -> str:
    """The text with a fence around each example.

    >>> print(with_fences("The sum:\\n\\n>>> 1 + 1\\n2\\n\\nof both."))
    The sum:
    <BLANKLINE>
    ```pycon
    >>> 1 + 1
    2
    ```
    <BLANKLINE>
    of both.
    """
    lines: list[str] = []
    in_fence = in_example = False
    for line in docstring.split("\n"):
        if line.startswith("```"):
            in_fence = not in_fence
        if not in_fence and not in_example and line.startswith(">>>"):
            lines.append("```pycon")
            in_example = True
        elif in_example and not line.strip():
            lines.append("```")
            in_example = False
        lines.append(line)
    return "\n".join([*lines, "```"] if in_example else lines)
