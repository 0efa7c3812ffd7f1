"""`python -m predial`, the same as the command `predial`."""

from predial.cli import main

if __name__ == "__main__":
    main()
