"""The program `licet`."""

from __future__ import annotations

import sys

from licet.app.world import HostWorld
from licet.cli.main import run


def main() -> None:
    """Carry out the command that the arguments name, and exit with its code."""
    sys.exit(run(HostWorld(), sys.argv[1:]))


if __name__ == "__main__":
    main()
