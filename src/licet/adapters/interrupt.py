"""Ctrl-C while something outside of Python works: it is told to stop, and the interruption comes when it returns."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType


@contextmanager
def stopped_by_ctrl_c(stop: Callable[[], None]) -> Iterator[None]:
    """While this lasts, Ctrl-C calls `stop` at once, from another thread; then `KeyboardInterrupt` comes as always.

    Python hears of a signal only between its own instructions; and where it hears of it while it clears something away,
    the interruption is lost: then it comes at the end. Where it became another error on its way, it is one again. In a
    thread that hears of no signals, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    here, there = socket.socketpair()
    there.setblocking(False)
    watcher = threading.Thread(target=_watch, args=(here, stop), name="ctrl-c", daemon=True)
    watcher.start()
    pressed = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(number, frame)

    handler, told = signal.signal(signal.SIGINT, handle), sys.unraisablehook
    sys.unraisablehook = partial(_unless_interrupted, told)
    descriptor = signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
    try:
        yield
    except Exception as error:
        if pressed.is_set():  # such as ctypes', which makes an error of its own of what comes while it takes arguments
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.set_wakeup_fd(descriptor)
        signal.signal(signal.SIGINT, handler)
        sys.unraisablehook = told
        there.close()
        watcher.join()
        here.close()
    if pressed.is_set():
        raise KeyboardInterrupt


def _unless_interrupted(told: Callable[[sys.UnraisableHookArgs], object], lost: sys.UnraisableHookArgs) -> None:
    """Tell of what was lost while something was cleared away; not of an interruption, which still comes."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        told(lost)


def _watch(signals: socket.socket, stop: Callable[[], None]) -> None:
    """Call `stop` for each Ctrl-C, until the other end is closed."""
    while told := signals.recv(1):
        if told[0] == signal.SIGINT:
            stop()
