"""Settings for all tests."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long a case takes is the machine's business, and never pass or fail.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")
# Generated cases differ from run to run at a desk, where somebody sees what they find; in CI one commit has one result.
settings.register_profile("ci", settings.get_profile("any speed"), derandomize=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

HERE = Path(__file__).parent
LONGEST = tuple((HERE / "longest.txt").read_text().split())
"""The files that take longest, the longest first."""


def pytest_configure(config: pytest.Config) -> None:
    """What holds for this process and for the programs that tests start."""
    # who was started in the background ignores Ctrl-C, and so would every program that a test starts and interrupts
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # pydantic reads the source of each of its models through all modules that are loaded: 1 s at first, 10 s at the end
    if any(Path(str(each)).is_dir() for each in config.args):
        with contextlib.suppress(ImportError):
            __import__("licet.office.scim.routes")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In several processes, what takes longest begins first, so that all end together."""
    if hasattr(config, "workerinput"):
        rank = {HERE / name: at for at, name in enumerate(LONGEST)}
        items.sort(key=lambda item: rank.get(item.path, len(rank)))
