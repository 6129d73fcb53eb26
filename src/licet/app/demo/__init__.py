"""The demonstration: a real cycle of orders, played on a real gate with official clients.

The package is a program of its own (`python -m licet.app.demo`), so that no other command loads the client libraries.
"""

from __future__ import annotations

import signal
import subprocess
import sys


def run(*arguments: str) -> int:
    """Run the program with these arguments (`--json`, `--scenario DIR`, ...) and return its exit code."""
    command = [sys.executable, "-m", "licet.app.demo", *arguments]
    with subprocess.Popen(command) as program:  # noqa: S603 - our own module
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells both; the program cleans up
        try:
            return program.wait()
        finally:
            signal.signal(signal.SIGINT, before)
