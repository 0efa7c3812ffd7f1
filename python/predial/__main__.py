"""The command `predial`, and `python -m predial`, which is the same."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line of this process, and end it."""
    try:
        from predial import _startup

        _startup.begin()
        from predial.cli import main as run

        run()
    except KeyboardInterrupt:
        # Ctrl-C may come before the command has begun: then there is nothing to say.
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
