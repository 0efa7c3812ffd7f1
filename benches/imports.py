"""What `import predial` costs a process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Final

from timing import Contender, Section

ROUNDS: Final = 21


def section() -> Section:
    """Whole processes: one that imports predial, and a bare one."""
    return Section(
        "A process that imports predial, over a bare interpreter",
        "process",
        1,
        (
            Contender("python -c 'import predial'", _process("import predial")),
            Contender("python -c ''", _process("")),
        ),
    )


def _process(code: str) -> Callable[[], object]:
    command = [sys.executable, "-I", "-c", code]
    return lambda: subprocess.run(command, check=True)
