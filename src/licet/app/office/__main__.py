"""What `licet serve` starts: `python -m licet.app.office <configuration> [<descriptor>]`."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from licet.app.config import load
from licet.app.office.running import run
from licet.app.supervised import end_with_supervisor


def main() -> int:
    """Run the office on the socket that was handed over; without one, where the configuration says."""
    path, *descriptor = sys.argv[1:]
    if descriptor:
        end_with_supervisor()
    listener = socket.socket(fileno=int(descriptor[0])) if descriptor else None
    return run(load(Path(path)), listener)


if __name__ == "__main__":
    sys.exit(main())
