"""What `licet init` writes: a small commented configuration, one model, one release to everyone with a key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Start:
    """What the operator said: an upstream, the model's name, the APIs that it answers on, where its key is found."""

    upstream: str
    model: str
    apis: Sequence[str]
    key_env: str | None
    now: datetime


def files(start: Start) -> dict[str, str]:
    """The files to write, by their path under the installation's directory."""
    return {
        "rulebook/models.yaml": models(start),
        "rulebook/release.yaml": release(start),
        "licet.yaml": CONFIGURATION,
    }


def models(start: Start) -> str:
    """The catalogue with one model."""
    upstream = [f"  url: {json.dumps(start.upstream)}"]
    if start.key_env:
        upstream.append(f"  key_env: {start.key_env} # the variable of `licet serve` that holds the upstream's key")
    else:
        upstream.append("  # key_env: UPSTREAM_KEY # the variable of `licet serve` that holds the upstream's key")
    return "\n".join(
        (
            "# The models that are served, and the only names that lead to them. After a change: licet enact rulebook/",
            f"model: {json.dumps(start.model)}",
            f"family: {json.dumps(family(start.model))}",
            f"apis: [{', '.join(start.apis)}]",
            "upstream:",
            *upstream,
            "# fallback: [another-model] # who may serve instead where an order forbids this one",
            "",
        )
    )


def release(start: Start) -> str:
    """One release of the model to everyone with a key."""
    at = start.now.isoformat()
    return "\n".join(
        (
            "# A release permits, an order forbids. An instrument never changes: an amendment is a new one that",
            "# `supersedes` it, and a lift ends it.",
            f"release: {release_name(start)}",
            f"title: {json.dumps(f'{start.model} for everyone with a key')}",
            f"issued: {at}",
            f"from: {at}",
            f"models: [{json.dumps(start.model)}]",
            "to: true # everyone; or a condition over facts, such as: us_citizen or lpr",
            "",
        )
    )


def release_name(start: Start) -> str:
    """The release's name: the model's, as far as instruments' names allow, and the day."""
    return f"release-{family(start.model)}-{start.now:%Y-%m-%d}"


def family(model: str) -> str:
    """A family's name for a model: the same, but for what such names do not allow."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in model)


CONFIGURATION = """\
# Licet's configuration; spec/configuration.md has every setting. It is read when `licet serve` starts.
listen: 127.0.0.1:8080
workers: 2
state: .licet # the store, the journal and the secret: private, and worth a backup

# public_url: https://models.example        # the gate's address as callers know it
# appeal: https://models.example/appeal      # where a refused caller can appeal
# verify: https://models.example/verify      # where a caller can have a fact verified, if not at an office of yours:
# office: {public_url: https://office.models.example}    # where people verify themselves; needs `licet[office]`
"""
