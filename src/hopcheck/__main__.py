"""``python -m hopcheck`` and the ``hopcheck`` script."""

from __future__ import annotations

import sys

from hopcheck.cli.app import run


def main() -> int:
    """Run the command line on this process's arguments, and return its exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
