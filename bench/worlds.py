"""Generated worlds of a realistic shape: models in families, releases, orders, licences, mandates, lifts, subjects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from licet.core.facts import Facts, Members, Value, complete
from licet.core.rulebook import Rulebook
from licet.wire.documents import SourceFile, read_files

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
FAMILIES = ("aurora", "basalt", "cobalt", "delta", "ember", "fjord", "garnet", "harbor", "indigo", "juniper")
GENERATIONS = 5
LISTS = 8
COUNTRIES = ("US", "US", "US", "US", "GB", "DE", "FR", "JP", "IN", "CA", "CN", "IR", "RU", "BR")
ORGANISATIONS = tuple(f"org-{number:03}" for number in range(300))

FORBIDS = (
    "foreign_person",
    "foreign_person and not staff",
    "covered_person",
    'foreign_person and residence in {"CN", "HK", "MO", "IR", "KP", "RU"}',
    '"IR" in citizenships or "KP" in citizenships',
    "org in listed",
    "org in listed and not us_citizen",
    "designated_covered_person or covered_ownership",
)
RELEASES = ("true", "true", "true", "org in listed or staff", "natural_person or us_organised")
RELIEVES = ("org in listed or staff", "lpr", 'residence in {"GB", "CA", "JP"}', "protected_individual", "org in listed")
USES = {
    "foreign_person": "foreign_person@15cfr772.1",
    "covered_person": "covered_person@28cfr202",
    "listed": "{list}",
}


@dataclass(frozen=True, slots=True)
class World:
    """A rulebook, the instant to decide at, and subjects with a value for every declared fact."""

    rulebook: Rulebook
    now: datetime
    subjects: tuple[Facts, ...]
    models: tuple[str, ...]
    instruments: int


def world(seed: int = 2026, subjects: int = 1000) -> World:
    """50 models, 200 instruments (50 releases, 70 orders, 60 licences, 10 mandates, 10 lifts) and the subjects."""
    files = world_files(seed)
    reading = read_files([SourceFile("world.yaml", files["world.yaml"], files.get)])
    chance = Random(f"{seed} subjects")
    rulebook = reading.rulebook(epoch=1)
    people = tuple(complete(rulebook.facts, _facts(chance)) for _ in range(subjects))
    return World(rulebook, NOW, people, tuple(rulebook.catalogue.models), len(rulebook.instruments))


def world_files(seed: int = 2026) -> dict[str, bytes]:
    """The documents of a world as files: `world.yaml` and the lists that it names."""
    models = tuple(f"{family}-{number}" for family in FAMILIES for number in range(1, GENERATIONS + 1))
    documents = [*_models(models), *_instruments(Random(seed), models)]
    lists = {f"list-{number}.csv": _list(seed, number) for number in range(LISTS)}
    return {"world.yaml": "\n---\n".join(documents).encode(), **lists}


def _models(models: tuple[str, ...]) -> Iterator[str]:
    for name in models:
        family, number = name.rsplit("-", 1)
        older = [f"{family}-{each}" for each in range(int(number) - 1, max(int(number) - 3, 0), -1)]
        fallback = f"\nfallback: [{', '.join(older)}]" if older else ""
        upstream = '{url: "http://127.0.0.1:9901"}'
        yield f"model: {name}\nfamily: {family}\napis: [openai, anthropic]\nupstream: {upstream}{fallback}"


def _instruments(chance: Random, models: tuple[str, ...]) -> Iterator[str]:
    for number, model in enumerate(models):
        yield _instrument(f"release: release-{number:02}", [model], "to", chance.choice(RELEASES), chance)
    orders: dict[str, list[str]] = {}
    for number in range(70):
        name = f"order-{number:02}"
        orders[name] = chance.sample(models, chance.choice((1, 2, 2, 3)))
        yield _instrument(f"order: {name}", orders[name], "forbids", chance.choice(FORBIDS), chance)
    for number in range(60):
        relieved = chance.choice(sorted(orders))
        extra = f"relieves: [{relieved}]"
        condition = chance.choice(RELIEVES)
        yield _instrument(f"licence: licence-{number:02}", orders[relieved], "to", condition, chance, extra)
    for number in range(10):
        condition = "org in listed"
        yield _instrument(f"mandate: mandate-{number:02}", chance.sample(models, 1), "to", condition, chance)
    for number, name in enumerate(chance.sample(sorted(orders), 10)):
        instant = (NOW - timedelta(days=number)).isoformat()
        yield f"lift: lift-{number:02}\nissued: {instant}\nfrom: {instant}\nends: [{name}]"


def _instrument(head: str, models: list[str], word: str, condition: str, chance: Random, extra: str = "") -> str:
    """One provision as YAML, in force since some day of the spring."""
    since = (NOW - timedelta(days=chance.randrange(30, 120))).isoformat()
    used = {name: target for name, target in USES.items() if name in condition}
    uses = ", ".join(
        f"{name}: {target.format(list=f'list-{chance.randrange(LISTS)}.csv')}" for name, target in used.items()
    )
    lines = [head, f"issued: {since}", f"from: {since}", f"models: [{', '.join(models)}]", "operations: [use]"]
    lines += [f"uses: {{{uses}}}"] * bool(uses) + [extra] * bool(extra)
    # `true` by itself is a truth value in YAML; everything else is quoted, to be a text whatever it contains
    return "\n".join([*lines, f"{word}: {condition if condition == 'true' else repr(condition)}"])


def _list(seed: int, number: int) -> bytes:
    chance = Random(f"{seed} list {number}")
    return "\n".join(["org", *chance.sample(ORGANISATIONS, 60), ""]).encode()


def _facts(chance: Random) -> dict[str, Value]:
    """A person or a workload. Every fact may also be one that nobody attested."""
    home = chance.choice(COUNTRIES)
    person = chance.random() < 0.8
    facts: dict[str, Value] = {
        "natural_person": person,
        "org": chance.choice(ORGANISATIONS),
        "staff": chance.random() < 0.05,
        "designated_covered_person": False,
        "stream": False,
    }
    if person:
        citizen = home == "US" and chance.random() < 0.9
        facts |= {"us_citizen": citizen, "lpr": not citizen and chance.random() < 0.2, "protected_individual": False}
        facts |= {"citizenships": Members(frozenset({home}), chance.random() < 0.7), "residence": home}
        facts |= {"in_united_states": home == "US", "covered_employment": False}
    else:
        facts |= {"us_organised": home == "US", "org_country": home, "covered_ownership": home in ("CN", "RU")}
    return {name: value for name, value in facts.items() if name == "stream" or chance.random() > 0.08}
