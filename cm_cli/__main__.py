"""``python -m cm_cli`` and the ``cm`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from cm_cli.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before or after anything was done
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
