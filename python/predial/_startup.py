"""Ctrl-C before the command `predial` has begun: the process ends, and says nothing.

Python imports the package before the module that has the entry point, so nothing in that module
could catch the interrupt. The package imports this one first. Only a process that is the command is
changed, until the command begins; a program that imports predial treats interrupts as it likes.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

__all__ = ["begin"]

_INTERRUPTED = 130


def _is_command() -> bool:
    """Whether this process is `predial` or `python -m predial`."""
    arguments: list[str] = getattr(sys, "argv", None) or [""]
    name = arguments[0]
    if name == "-m":
        # The module is not found yet: its name is still an argument.
        at = sys.orig_argv.index("-m") if "-m" in sys.orig_argv else -1
        return sys.orig_argv[at + 1 : at + 2] == ["predial"]
    return os.path.basename(name).removesuffix(".exe") == "predial"


def _end(signal_number: int, frame: FrameType | None) -> None:
    """There is nothing to undo yet."""
    os._exit(_INTERRUPTED)


def _listen() -> bool:
    """End this process by an interrupt, as long as nobody else wants to hear it."""
    import signal

    is_python_s = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_python_s:
        signal.signal(signal.SIGINT, _end)
    return is_python_s


_is_listening = _is_command() and _listen()


def begin() -> None:
    """Let an interrupt raise KeyboardInterrupt from now on."""
    global _is_listening
    if _is_listening:
        import signal

        signal.signal(signal.SIGINT, signal.default_int_handler)
        _is_listening = False
