"""The cost of `import predial` for a process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Final

from timing import Contender, Section

ROUNDS: Final = 21


def sections() -> Iterator[Section]:
    """Whole processes: one that imports predial, and a bare one."""
    yield Section(
        "A process that imports predial, over a bare interpreter",
        "process",
        1,
        (
            Contender("python -c 'import predial'", _process("import predial")),
            Contender("python -c ''", _process("")),
        ),
        ROUNDS,
        lambda medians: f"import predial adds {(medians[0] - medians[1]) * 1e3:.1f} ms",
    )


def _process(code: str) -> Callable[[], object]:
    command = [sys.executable, "-I", "-c", code]
    return lambda: subprocess.run(command, check=True)
