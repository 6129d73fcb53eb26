"""`bench/RESULTS.md`: one section for each part, with the machine and the time it was measured at."""

from __future__ import annotations

import platform
import re
from collections.abc import Collection
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

PATH = Path(__file__).parent / "RESULTS.md"
ORDER = (
    "gate",
    "gate-identity",
    "gate-safeguard",
    "identity-store",
    "removal",
    "points",
    "columns",
    "proofs",
    "diff",
    "journal",
    "sealing",
    "log",
    "credentials",
    "presenting",
    "screening",
    "judging",
    "cases",
)
PACKAGES = ("licet", "uvicorn", "uvloop", "aiohttp", "msgspec", "cedarpy", "duckdb", "ibis-framework", "z3-solver")
HEAD = """# Measured

Written by `python -m bench` (`make bench`); each section can be measured again by itself: `python -m bench points`.
Everything runs on loopback, the load and the upstreams on the same cores as what is measured.
"""


def machine() -> str:
    """What it is measured on, and when; to be asked before measuring, since it tells what else was running."""
    cpus = psutil.cpu_count()
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {cpus} cores of {_processor()}, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}; {versions}. "
        f"Load average over the minute before: {psutil.getloadavg()[0]:.1f}."
    )


def write(part: str, section: str, where: str) -> None:
    """Put a part's section in the place of its last one; `where` is what `machine` said before it was measured.

    What has no place in the order comes last, and is not lost.
    """
    sections = _sections()
    title, _, body = section.partition("\n")
    sections[part] = f"{title}\n\n{where}\n{body.rstrip()}\n"
    marked = [f"<!-- {name} -->\n{sections[name]}<!-- / -->\n" for name in _ordered(sections)]
    PATH.write_text("\n".join([HEAD, *marked]))


def _ordered(names: Collection[str]) -> list[str]:
    return [*(name for name in ORDER if name in names), *(name for name in names if name not in ORDER)]


def _sections() -> dict[str, str]:
    if not PATH.exists():
        return {}
    return dict(re.findall(r"<!-- ([\w-]+) -->\n(.*?)<!-- / -->\n", PATH.read_text(), re.DOTALL))


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()
