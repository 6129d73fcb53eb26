"""The first step from a tree (what YAML or JSON gave) to a document: keys and shapes, one spelling, nothing left over.

What comes out is the canonical form: defaults written in, conditions and instants in their one spelling, lists pinned
by digest. It needs no other document; `resolve` is the second step.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from licet.core import annex, grammar
from licet.core.cases.procedure import Topic
from licet.core.cases.shape.calendar import country, day, overrides, weekdays, zone
from licet.core.cases.shape.clocks import clocks, retention
from licet.core.cases.shape.criteria import criteria
from licet.core.cases.shape.duty import duty
from licet.core.cases.shape.events import events
from licet.core.cases.shape.fields import fields as case_fields
from licet.core.cases.shape.roles import roles
from licet.core.cases.shape.states import states
from licet.core.errors import ConditionRejectedError, Path, Problem
from licet.core.evidence.inquiry import Asks
from licet.core.evidence.judgement import Held, Reached
from licet.core.evidence.rubric import RUBRICS
from licet.core.evidence.severity import Reach
from licet.core.evidence.universality import UNIVERSALS
from licet.core.form import Form, Shape
from licet.core.properties import Certainty, Claim
from licet.core.schema import FORMS
from licet.core.shape_evidence import levels, lines
from licet.core.shape_inquiry import arms, axes, baselines, categories, digests, earlier, raised, regressions
from licet.core.shape_measured import budget, judge, scale, suites
from licet.core.shape_numbers import decimal, digest, whole
from licet.core.shape_requirements import requirements
from licet.core.shape_safeguard import cascade
from licet.core.shape_suite import items
from licet.core.shape_trust import duration, keys, trusted
from licet.core.shaping import ReadList, Refused, Shaping, Tree, a, mapping, shown, text
from licet.core.trust import LEVELS

INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
WITHOUT_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
NAMES: dict[Shape, re.Pattern[str]] = {
    Shape.FACT_NAME: FACT_NAME,
    Shape.DEFINITION_NAME: re.compile(r"[a-z][a-z0-9_]*@[A-Za-z0-9][A-Za-z0-9._()-]*"),
    Shape.MODEL_NAME: re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}"),
    Shape.INSTRUMENT_NAME: re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"),
    Shape.SUBJECT_NAME: re.compile(r"[!-~]{1,200}"),
    Shape.FAMILY_NAME: re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"),
}
LISTS_OF: dict[Shape, Shape | tuple[str, ...]] = {
    Shape.MODEL_NAMES: Shape.MODEL_NAME,
    Shape.FAMILY_NAMES: Shape.FAMILY_NAME,
    Shape.INSTRUMENT_NAMES: Shape.INSTRUMENT_NAME,
    Shape.OPERATIONS: ("use", "tune", "weights"),
    Shape.APIS: ("openai", "anthropic"),
    Shape.TEXTS: Shape.TEXT,
    Shape.CARRIERS: ("oidc", "jwt", "sd-jwt-vc", "scim"),
    Shape.SIDES: ("request", "answer"),
    Shape.DEFINITION_NAMES: Shape.DEFINITION_NAME,
    Shape.ALGORITHMS: ("ES256", "ES384", "ES512", "EdDSA", "Ed25519", "PS256", "PS384", "PS512", "RS256"),
}
CHOICES: dict[Shape, tuple[str, ...]] = {
    Shape.STREAMS: ("cut", "finish"),
    Shape.FACT_TYPE: ("boolean", "integer", "string", "country", "set of string", "set of country"),
    Shape.ABOUT: ("subject", "request"),
    Shape.SUBJECT_KIND: ("person", "workload"),
    Shape.CLAIM: tuple(claim.value for claim in Claim),
    Shape.CERTAINTY: tuple(certainty.value for certainty in Certainty),
    Shape.LEVEL: tuple(LEVELS),
    Shape.REACHED: tuple(reached.value for reached in Reached),
    Shape.HELD: tuple(held.value for held in Held),
    Shape.REACH: tuple(reach.value for reach in Reach),
    Shape.ASKS: tuple(asks.value for asks in Asks),
    Shape.RUBRIC: tuple(RUBRICS),
    Shape.UNIVERSAL: tuple(UNIVERSALS),
    Shape.TOPIC: tuple(topic.value for topic in Topic),
}
RESERVED = re.compile(
    r"and|as|assert|async|await|break|class|continue|def|del|elif|else|except|false|finally|for|from"
    r"|global|if|import|in|is|lambda|none|nonlocal|not|null|or|pass|raise|return|true|try|unknown|while|with|yield"
)
"""What no fact and no local name can be called, because a condition (or its reader) takes it for something else."""

ATTESTATION = {"value", "complete", "attested_by", "how", "level", "at", "until"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A document of the right shape. `tree` is its canonical form; `members` holds the lists that it uses, by digest,
    and `contents` their bytes. `number` is its position among the documents it was read with.
    """

    number: int
    kind: str
    name: str
    tree: dict[str, Tree]
    syntax: Mapping[str, ast.expr]
    members: Mapping[str, frozenset[str]]
    contents: Mapping[str, bytes]


def shape(number: int, tree: Tree, read_list: ReadList) -> tuple[Draft | None, tuple[Problem, ...]]:
    """One document in its canonical form, or everything that is wrong with it.

    `number` goes into the problems and the draft. A tree is what a YAML or JSON reader gave for one document.
    """
    shaping = Shaping(number, read_list)
    try:
        form = form_of(tree, shaping)
        name = named(shaping, (form.kind,), tree[form.kind], form.naming)
        canonical = {form.kind: name, **shaped_fields(tree, form, shaping)}
    except Refused:
        return None, tuple(shaping.problems)
    if shaping.problems:
        return None, tuple(shaping.problems)
    return Draft(number, form.kind, name, canonical, shaping.syntax, shaping.members, shaping.contents), ()


def form_of(tree: Tree, shaping: Shaping) -> Form:
    """The form of a document: exactly one of its keys says what it is."""
    kinds = ", ".join(f"`{kind}`" for kind in FORMS)
    if not isinstance(tree, dict) or not tree:
        raise shaping.report((), f"{shown(tree)} where a document is needed; it begins with one of {kinds}")
    found = [key for key in tree if key in FORMS]
    if not found:
        first = next(iter(tree))
        raise shaping.report((first,), f"unknown kind of document `{first}`; known: {kinds}", at_key=True)
    # an inquiry has a field `model`, an assessment a field `threshold`: a kind that is a field of another is that field
    fitting = [kind for kind in found if all(FORMS[kind].field(key) for key in found if key != kind)]
    if len(fitting) != 1:
        raise shaping.report((found[1],), f"a second kind, `{found[1]}`, in {a(found[0])}", at_key=True)
    return FORMS[fitting[0]]


def shaped_fields(tree: dict[str, Tree], form: Form, shaping: Shaping) -> dict[str, Tree]:
    """All fields but the name, checked and in their one spelling; every problem is reported."""
    fields: dict[str, Tree] = {}
    for key, value in tree.items():
        if key == form.kind:
            continue
        field_ = form.field(key)
        if field_ is None:
            allowed = ", ".join(f"`{field_.name}`" for field_ in form.fields)
            shaping.report((key,), f"unknown key `{key}` in {a(form.kind)}; allowed: {allowed}", at_key=True)
            continue
        try:
            fields[key] = shaped(shaping, (key,), value, field_.shape)
        except Refused:
            continue
    for field_ in form.fields:
        if field_.name in tree:
            continue
        if field_.required:
            shaping.report((form.kind,), f"{a(form.kind)} needs `{field_.name}`: {field_.meaning}", at_key=True)
        elif field_.default is not None:
            default = field_.default
            fields[field_.name] = list(default) if isinstance(default, tuple) else default
    return fields


def shaped(shaping: Shaping, path: Path, value: Tree, wanted: Shape) -> Tree:
    """One value in its one spelling."""
    if wanted in NAMES:
        return named(shaping, path, value, wanted)
    if wanted in LISTS_OF:
        return listed(shaping, path, value, wanted)
    if wanted in CHOICES:
        return chosen(shaping, path, value, wanted)
    return READERS[wanted](shaping, path, value)


def chosen(shaping: Shaping, path: Path, value: Tree, wanted: Shape) -> Tree:
    if value not in CHOICES[wanted]:
        raise shaping.wrong(path, value, wanted.value)
    return value


def named(shaping: Shaping, path: Path, value: Tree, wanted: Shape) -> str:
    if not isinstance(value, str) or not NAMES[wanted].fullmatch(value):
        raise shaping.wrong(path, value, wanted.value)
    if wanted is Shape.FACT_NAME and RESERVED.fullmatch(value):
        raise shaping.report(path, f"`{value}` is a reserved word; choose another name")
    return value


def instant(shaping: Shaping, path: Path, value: Tree) -> str:
    """An instant, to the microsecond, with the offset it was written with."""
    found = INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, str) and WITHOUT_OFFSET.fullmatch(value):
            raise shaping.report(path, f"`{value}` has no offset from UTC; allowed: {Shape.INSTANT.value}")
        raise shaping.wrong(path, value, Shape.INSTANT.value)
    try:
        at = datetime.fromisoformat(value)
        at.astimezone(UTC)
        return at.isoformat()
    except (ValueError, OverflowError) as error:
        raise shaping.report(path, f"`{value}` is no instant: {error}") from error


def condition(shaping: Shaping, path: Path, value: Tree) -> str:
    if isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise shaping.wrong(path, value, Shape.CONDITION.value)
    try:
        syntax = grammar.parse(value)
    except ConditionRejectedError as error:
        raise shaping.report(path, str(error), offset=error.offset) from error
    shaping.syntax[str(path[-1])] = syntax
    return grammar.render(syntax)


def listed(shaping: Shaping, path: Path, value: Tree, wanted: Shape) -> list[str]:
    """A list without repetitions, every element checked; `[x]` may not be written as `x`."""
    if not isinstance(value, list):
        raise shaping.wrong(path, value, wanted.value)
    if not value:
        raise shaping.report(path, f"an empty list; leave it out, or give {wanted.value}")
    of = LISTS_OF[wanted]
    members: list[str] = []
    for position, element in enumerate(value):
        place = (*path, position)
        if isinstance(of, tuple):
            if element not in of:
                raise shaping.wrong(place, element, wanted.value)
            member = element
        else:
            member = shaped(shaping, place, element, of)
        if member in members:
            raise shaping.report(place, f"`{member}` is listed twice")
        members.append(member)
    return members


def upstream(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    fields = mapping(shaping, path, value, {"url", "name", "key_env"}, {"url"}, Shape.UPSTREAM.value)
    url = text(shaping, (*path, "url"), fields["url"])
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#@]*)?", url):
        raise shaping.wrong((*path, "url"), url, "an http or https URL without credentials, query or fragment")
    shaped_upstream = {"url": url.rstrip("/").removesuffix("/v1")}
    if "name" in fields:
        shaped_upstream["name"] = named(shaping, (*path, "name"), fields["name"], Shape.MODEL_NAME)
    if "key_env" in fields:
        variable = fields["key_env"]
        if not isinstance(variable, str) or not re.fullmatch("[A-Z_][A-Z0-9_]*", variable):
            raise shaping.wrong((*path, "key_env"), variable, "the name of an environment variable, never the key")
        shaped_upstream["key_env"] = variable
    return shaped_upstream


def used(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """What local names stand for; a list is pinned by the digest of its bytes, and read."""
    if not isinstance(value, dict):
        raise shaping.wrong(path, value, Shape.USES.value)
    uses: dict[str, Tree] = {}
    for local, target in value.items():
        if not FACT_NAME.fullmatch(local):
            allowed = f"`{local}` is not allowed here; allowed: {Shape.FACT_NAME.value}"
            raise shaping.report((*path, local), allowed, at_key=True)
        if RESERVED.fullmatch(local):
            raise shaping.report((*path, local), f"`{local}` is a reserved word; choose another name", at_key=True)
        if isinstance(target, str) and "@" in target:
            uses[local] = named(shaping, (*path, local), target, Shape.DEFINITION_NAME)
        else:
            uses[local] = pinned(shaping, (*path, local), target)
    return uses


def pinned(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    words = "a definition's name and version, a file `<name>.csv`, or a mapping with `list`, `column` and `digest`"
    whole = {"list": value} if isinstance(value, str) else value
    fields = mapping(shaping, path, whole, {"list", "column", "digest"}, {"list"}, words)
    file, column, digest = fields["list"], fields.get("column"), fields.get("digest")
    if not isinstance(file, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.csv", file):
        raise shaping.wrong(path, file, words)
    if column is not None:
        text(shaping, (*path, "column"), column)
    if digest is not None and (not isinstance(digest, str) or not DIGEST.fullmatch(digest)):
        raise shaping.wrong((*path, "digest"), digest, "`sha256:` and 64 hexadecimal digits")
    content = shaping.read_list(file, digest)
    if content is None:
        raise shaping.report(path, f"there is no list `{file}`; put it beside the document")
    actual = annex.digest_of(content)
    if digest is not None and digest != actual:
        raise shaping.report((*path, "digest"), f"`{file}` has the digest `{actual}`, but `{digest}` is pinned")
    try:
        shaping.members[f"{actual} {column or ''}"] = annex.members_of(content, column)
    except annex.AnnexRejectedError as error:
        raise shaping.report(path, f"`{file}`, {error}") from error
    shaping.contents[actual] = content
    return {"list": file, "digest": actual} | ({"column": column} if column is not None else {})


def attestations(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    if not isinstance(value, dict):
        raise shaping.wrong(path, value, Shape.ATTESTATIONS.value)
    return {fact: attestation(shaping, (*path, fact), each) for fact, each in value.items()}


def attestation(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    needed = {"value", "attested_by", "how", "level", "at"}
    fields = dict(mapping(shaping, path, value, ATTESTATION, needed, Shape.ATTESTATIONS.value))
    for name in ("attested_by", "how", "level"):
        fields[name] = text(shaping, (*path, name), fields[name])
    for name in ("at", "until"):
        if name in fields:
            fields[name] = instant(shaping, (*path, name), fields[name])
    if "complete" in fields and not isinstance(fields["complete"], bool):
        raise shaping.wrong((*path, "complete"), fields["complete"], "`true` or `false`")
    return fields


READERS: dict[Shape, Callable[[Shaping, Path, Tree], Tree]] = {
    Shape.TEXT: text,
    Shape.INSTANT: instant,
    Shape.CONDITION: condition,
    Shape.USES: used,
    Shape.UPSTREAM: upstream,
    Shape.ATTESTATIONS: attestations,
    Shape.TRUSTED: trusted,
    Shape.KEYS: keys,
    Shape.DURATION: duration,
    Shape.DECIMAL: decimal,
    Shape.WHOLE: whole,
    Shape.ITEMS: items,
    Shape.DIGEST: digest,
    Shape.SCALE: scale,
    Shape.SUITES: suites,
    Shape.BUDGET: budget,
    Shape.JUDGE: judge,
    Shape.LINES: lines,
    Shape.LEVELS: levels,
    Shape.REQUIREMENTS: requirements,
    Shape.ARMS: arms,
    Shape.BASELINES: baselines(instant),
    Shape.AXES: axes,
    Shape.CATEGORIES: categories,
    Shape.RAISED: raised,
    Shape.EARLIER: earlier(instant),
    Shape.REGRESSIONS: regressions,
    Shape.DIGESTS: digests,
    Shape.CASCADE: cascade,
    Shape.DATE: day,
    Shape.COUNTRY: country,
    Shape.ZONE: zone,
    Shape.WEEKDAYS: weekdays,
    Shape.OVERRIDES: overrides,
    Shape.CASE_FIELDS: case_fields(RESERVED),
    Shape.CRITERIA: criteria,
    Shape.CASE_ROLES: roles,
    Shape.STATES: states,
    Shape.EVENTS: events,
    Shape.CLOCKS: clocks(zone),
    Shape.RETENTION: retention,
    Shape.DUTY: duty(day),
}
