"""What the form of a document is made of: shapes, fields, and the fields that many kinds share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Shape(Enum):
    """What a field holds, with the words for an error message."""

    TEXT = "a text that is not empty"
    TEXTS = "a list of texts"
    INSTANT = "an instant with an offset, as in `2026-06-12T18:51:00-04:00`"
    CONDITION = "a condition over facts, or `true` for everyone"
    FACT_NAME = "a name of lower-case letters, digits and `_` that starts with a letter"
    DEFINITION_NAME = "a name and a version, as in `foreign_person@15cfr772.1`"
    MODEL_NAME = "a model's name: letters, digits and `. _ : / @ + -`, at most 200, starting with a letter or digit"
    INSTRUMENT_NAME = "an instrument's name: letters, digits and `. _ -`, at most 200, starting with a letter or digit"
    SUBJECT_NAME = "a subject's name: at most 200 printable ASCII characters without spaces"
    FAMILY_NAME = "a family's name: letters, digits and `. _ -`, starting with a letter or digit"
    MODEL_NAMES = "a list of models' names, each once"
    FAMILY_NAMES = "a list of families' names, each once"
    INSTRUMENT_NAMES = "a list of instruments' names, each once"
    OPERATIONS = "a list of `use`, `tune`, `weights`, each once"
    STREAMS = "`cut` or `finish`"
    APIS = "a list of `openai`, `anthropic`, each once"
    FACT_TYPE = "one of `boolean`, `integer`, `string`, `country`, `set of string`, `set of country`"
    ABOUT = "`subject` or `request`"
    CLAIM = (
        "one of `nobody-allowed`, `no-substitute`, `only-narrows`, `only-widens`, `changes-only`, `mandates-met`,"
        " `no-dead-instrument`, `lift-restores`"
    )
    CERTAINTY = "`definite` or `possible`"
    SUBJECT_KIND = "`person` or `workload`"
    USES = "local names, each for a definition's name or for a list file"
    UPSTREAM = "a mapping with `url`, and optionally `name` and `key_env`"
    ATTESTATIONS = "facts by name, each a mapping with `value`, `attested_by`, `how`, `level`, `at`"
    LEVEL = "one of `low`, `substantial`, `high`, `ial1`, `ial2`, `ial3`"
    CARRIERS = "a list of `oidc`, `jwt`, `sd-jwt-vc`, `scim`, each once"
    TRUSTED = "facts by name, each a mapping with `claim` or `value`, and optionally `only` and `level`"
    KEYS = "a mapping with one of `discovery: true`, `url` (a JWK set's), `pinned` (a list of public JWKs)"
    ALGORITHMS = "a list of `ES256`, `ES384`, `ES512`, `EdDSA`, `Ed25519`, `PS256`, `PS384`, `PS512`, `RS256`"
    DURATION = "a whole number with `s`, `m`, `h` or `d`, as in `90d`"
    DECIMAL = "a decimal number, as in `0.05`"
    WHOLE = "a whole number from 1"
    DIGEST = "`sha256:` and 64 hexadecimal digits"
    SCALE = "the lowest and the highest value of the metric, as in `[0, 1]`"
    LINES = "a mapping with `red`, and optionally `alert` below it: the rates at which the lines lie"
    SUITES = "suites by name, each with the digest of its manifest"
    BUDGET = "the declared elicitation budget: a mapping with `tokens`, `hours`, `tries`, `scaffolds`"
    JUDGE = "a mapping with `sensitivity`, `specificity` and `labels`: what the judge must be shown to have"
    REACHED = "one of `not reached`, `cannot rule out`, `reached`, `insufficient evidence`"
    HELD = "one of `holds`, `fails`, `undecided`, `insufficient evidence`"
    LEVELS = "a severity (`none`, `low`, `medium`, `high`, `critical`), or the lowest and the highest of a range"
    REACH = "one of `margin`, `narrow`, `broad`, `universal`"
    REQUIREMENTS = (
        "a list of requirements, each a mapping with one of `threshold`, `findings_at_most`, `head_start`, `safeguard`"
    )
    ITEMS = "a list of items, each a mapping with `item`, `family`, and optionally `use` and `digest`"
    ASKS = "`finding` or `patch`"
    ARMS = (
        "arms by their role: `technique`, `plain`, `unguarded` of a finding; `before`, `after`, `ordinary_before`,"
        " `ordinary_after` of a patch"
    )
    BASELINES = "a mapping with `name`, `frozen`, `current` and `models`, each with `arm`, `model`, `version`, `since`"
    AXES = "a mapping with `gain`, `breadth`, `ease`, `discoverability`, each with `low`, `high` and `why`"
    CATEGORIES = "categories by name, each a list of families"
    RUBRIC = "a rubric's name and version: `cjs@2026-07-02`"
    UNIVERSAL = "one of `8-of-8`, `10-of-10`"
    RAISED = "a mapping with `level` and `why`"
    EARLIER = "a list of assessments, each a mapping with `at`, `baselines`, `axes`, and optionally `raised`"
    REGRESSIONS = "a list of earlier findings, each a mapping with `finding`, `arm`, and optionally `suites`"
    DIGESTS = "a list of digests, each `sha256:` and 64 hexadecimal digits"
    SIDES = "a list of `request`, `answer`, each once"
    DATE = "a day, as in `2026-06-12`"
    COUNTRY = "a country's code of two letters (ISO 3166-1), as in `US`"
    ZONE = "a time zone's name, as in `America/New_York`"
    WEEKDAYS = "a list of `monday` to `sunday`, each once"
    OVERRIDES = "a list of days, each a mapping with `day`, `holiday`, `why`, `source`"
    CASE_FIELDS = "fields by name, each a mapping with `kind`, `meaning`, and optionally `class`, `values`, `source`"
    CRITERIA = "criteria by identifier, each with `title`, `statement`, `source`, and optionally `evidence`, `decisive`"
    TOPIC = (
        "one of `application`, `release review`, `customer approval`, `appeal`, `disclosure`, `incident`,"
        " `incident duty`"
    )
    DEFINITION_NAMES = "a list of names with versions, each once"
    CASE_ROLES = "roles by name, each a mapping with `title`, and `party: true` or `held` (a list of officers' roles)"
    STATES = "states by name, each a mapping with `title`, and optionally `meaning`, `final`, `outcome`"
    EVENTS = "events by name, each a mapping with `title`, `from`, `by`, and what else the event takes and does"
    CLOCKS = "clocks by name, each a mapping with `title`, `owner`, `limit`, `source`, and what else holds of it"
    RETENTION = "a mapping with `limit` and `source`"
    DUTY = (
        "a mapping with `jurisdiction`, `to`, `standing`, `tests`, `reports`, and optionally `begins`, `since`, `note`"
    )
    CASCADE = "a list of stages, cheap to costly, each a mapping with `classifier`, `version`, `contract`, `flags_at`"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a document: its name, what it holds, its meaning, and whether it must be there.

    A field with a `default` is written into the canonical form when it is absent.
    """

    name: str
    shape: Shape
    meaning: str
    required: bool = False
    default: str | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of document: the key that begins it, what its name looks like, its meaning and its other fields."""

    kind: str
    naming: Shape
    meaning: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """The field with this name."""
        return next((field for field in self.fields if field.name == name), None)


ABOUT_INSTRUMENTS = (
    Field("title", Shape.TEXT, "what people call it"),
    Field("issuer", Shape.TEXT, "who issued it"),
    Field("authority", Shape.TEXTS, "the law or contract that it rests on, clause by clause"),
    Field("issued", Shape.INSTANT, "when it was issued", required=True),
    Field("from", Shape.INSTANT, "the first instant at which it is in force", required=True),
    Field("reasons", Shape.TEXT, "why it was issued, in the issuer's words"),
    Field("appeal", Shape.TEXT, "where and how to appeal against it"),
    Field("source", Shape.TEXT, "where its text can be read"),
)
LASTING = (
    Field("until", Shape.INSTANT, "the first instant at which it is no longer in force"),
    Field("supersedes", Shape.INSTRUMENT_NAMES, "instruments that end when this one begins"),
    Field("review_by", Shape.INSTANT, "when it has to be looked at again"),
)
SCOPE = (
    Field("models", Shape.MODEL_NAMES, "the models that it is about, by name"),
    Field("families", Shape.FAMILY_NAMES, "the families that it is about: every model of them, later ones too"),
    Field("operations", Shape.OPERATIONS, "what must be done with the model for it to apply", default=("use",)),
    Field("uses", Shape.USES, "definitions and lists that its condition refers to"),
)
PROVISION = ABOUT_INSTRUMENTS + LASTING + SCOPE
