"""`python -m bench [part ...]`: measure all parts, or those named, and write them into `bench/RESULTS.md`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bench import (
    cases,
    columns,
    credentials,
    diff,
    gate,
    gate_identity,
    gate_safeguard,
    identity_store,
    journal,
    judging,
    log,
    points,
    presenting,
    proofs,
    removal,
    results,
    screening,
    sealing,
)

PARTS: dict[str, Callable[[Callable[[str], None]], str]] = {
    "points": points.run,
    "columns": columns.run,
    "proofs": proofs.run,
    "diff": diff.run,
    "journal": journal.run,
    "sealing": sealing.run,
    "log": log.run,
    "credentials": credentials.run,
    "presenting": presenting.run,
    "screening": screening.run,
    "gate-identity": gate_identity.run,
    "gate-safeguard": gate_safeguard.run,
    "identity-store": identity_store.run,
    "removal": removal.run,
    "judging": judging.run,
    "cases": cases.run,
    "gate": gate.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; default: all")
    asked = parser.parse_args().parts or list(PARTS)
    unknown = [part for part in asked if part not in PARTS]
    if unknown:
        parser.error(f"no part called `{unknown[0]}`; there are {', '.join(PARTS)}")
    for part in asked:
        where = results.machine()
        section = PARTS[part](lambda line: print(line, file=sys.stderr, flush=True))
        results.write(part, section, where)
        print(section)
    print(f"written: {results.PATH}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
