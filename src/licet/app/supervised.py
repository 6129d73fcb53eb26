"""Processes that end with the one that started them."""

from __future__ import annotations

import ctypes
import signal

PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>; neither the standard library nor a dependency has it."""


def end_with_supervisor() -> None:
    """Have the kernel stop this process when the one that started it is gone, even by SIGKILL (prctl(2)).

    One that nobody supervises would go on to serve beside what is started next.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM)) != 0:
        raise OSError(ctypes.get_errno(), "the kernel does not tell this process of its supervisor's end")
