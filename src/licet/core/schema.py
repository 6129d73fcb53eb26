"""Which documents there are, which fields they have, and what each field means: the tables that `spec/` documents.

The strict reader, the JSON Schemas and the tests of the specification all work from these tables.
"""

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

FORMS: dict[str, Form] = {
    form.kind: form
    for form in (
        Form(
            "fact",
            Shape.FACT_NAME,
            "Declares something that can be attested about a subject, or observed of a request.",
            (
                Field("type", Shape.FACT_TYPE, "what its values are", required=True),
                Field("values", Shape.TEXTS, "the only strings that it can take"),
                Field("about", Shape.ABOUT, "whose property it is", default="subject"),
                Field("level", Shape.LEVEL, "the lowest assurance level at which it counts; any if left out"),
                Field("meaning", Shape.TEXT, "what it says when it is known", required=True),
                Field("source", Shape.TEXT, "the clause or specification that it comes from", required=True),
            ),
        ),
        Form(
            "definition",
            Shape.DEFINITION_NAME,
            "A named, versioned predicate over facts, with its legal source. A version never changes.",
            (
                Field("title", Shape.TEXT, "what people call it"),
                Field("source", Shape.TEXT, "the clause that defines it", required=True),
                Field("uses", Shape.USES, "definitions and lists that its condition refers to"),
                Field("holds_if", Shape.CONDITION, "when it is true of a subject", required=True),
            ),
        ),
        Form(
            "model",
            Shape.MODEL_NAME,
            "A name that is served. A later document of the same name takes the place of an earlier one.",
            (
                Field("title", Shape.TEXT, "what people call it"),
                Field("family", Shape.FAMILY_NAME, "the family that it belongs to", required=True),
                Field("aliases", Shape.MODEL_NAMES, "other names that lead to it, exactly as written"),
                Field("apis", Shape.APIS, "the APIs on which its upstream answers", required=True),
                Field("upstream", Shape.UPSTREAM, "where it is served", required=True),
                Field("fallback", Shape.MODEL_NAMES, "models that may serve instead, the first allowed one"),
            ),
        ),
        Form(
            "release",
            Shape.INSTRUMENT_NAME,
            "The developer permits use to those of whom its condition is definitely true.",
            (*PROVISION, Field("to", Shape.CONDITION, "whom it permits", required=True)),
        ),
        Form(
            "order",
            Shape.INSTRUMENT_NAME,
            "An authority forbids use to those of whom its condition is not definitely false.",
            (
                *PROVISION,
                Field("forbids", Shape.CONDITION, "whom it forbids", required=True),
                Field("streams", Shape.STREAMS, "what happens to open streams when it takes effect", default="cut"),
            ),
        ),
        Form(
            "licence",
            Shape.INSTRUMENT_NAME,
            "Relieves the orders that it names, for those of whom its condition is definitely true.",
            (
                *PROVISION,
                Field("relieves", Shape.INSTRUMENT_NAMES, "the orders that it relieves", required=True),
                Field("to", Shape.CONDITION, "whom it relieves", required=True),
            ),
        ),
        Form(
            "mandate",
            Shape.INSTRUMENT_NAME,
            "A court or contract requires access. Where an order forbids it, the order wins and that is reported.",
            (*PROVISION, Field("to", Shape.CONDITION, "whose access it requires", required=True)),
        ),
        Form(
            "trust",
            Shape.INSTRUMENT_NAME,
            "Says which facts an issuer is believed about subjects, by which carriers and at which level.",
            (
                *ABOUT_INSTRUMENTS,
                *LASTING,
                Field("attester", Shape.TEXT, "who is believed: `iss` of its tokens, or a SCIM client", required=True),
                Field("carriers", Shape.CARRIERS, "how its word reaches us", required=True),
                Field("facts", Shape.TRUSTED, "what it is believed, and which claim says it", required=True),
                Field("framework", Shape.TEXT, "the trust framework under which it attests"),
                Field("level", Shape.LEVEL, "the assurance level of what it attests", default="low"),
                Field("audience", Shape.TEXTS, "the audiences of which each of its tokens must name one"),
                Field("types", Shape.TEXTS, "the types (`vct`) of its credentials"),
                Field("algorithms", Shape.ALGORITHMS, "the signature algorithms that it may use"),
                Field("keys", Shape.KEYS, "where its public keys are"),
                Field("lasts", Shape.DURATION, "how long a fact counts after it was attested, at most"),
                Field("grace", Shape.DURATION, "how long it counts while its status cannot be read", default="5m"),
            ),
        ),
        Form(
            "lift",
            Shape.INSTRUMENT_NAME,
            "Ends the instruments that it names.",
            (*ABOUT_INSTRUMENTS, Field("ends", Shape.INSTRUMENT_NAMES, "the instruments that it ends", required=True)),
        ),
        Form(
            "property",
            Shape.INSTRUMENT_NAME,
            "Claims something of the rulebook, to be proved whenever it changes. It decides nothing.",
            (
                Field("title", Shape.TEXT, "what people call it"),
                Field("source", Shape.TEXT, "the clause or promise that it comes from"),
                Field("claim", Shape.CLAIM, "what it says", required=True),
                Field("whom", Shape.CONDITION, "whom it is about; everyone if left out"),
                Field("certainty", Shape.CERTAINTY, "how much must be known of them", default="definite"),
                Field("models", Shape.MODEL_NAMES, "the models that it is about; with no families either: all"),
                Field("families", Shape.FAMILY_NAMES, "the families that it is about"),
                Field("operations", Shape.OPERATIONS, "what is done with the models", default=("use",)),
                Field("uses", Shape.USES, "definitions and lists that its condition refers to"),
                Field("from", Shape.INSTANT, "the first instant that it is about; that of the proof if left out"),
                Field("until", Shape.INSTANT, "the first instant that it is no longer about"),
                Field("instruments", Shape.INSTRUMENT_NAMES, "the lifts, or the instruments, that it is about"),
            ),
        ),
        Form(
            "subject",
            Shape.SUBJECT_NAME,
            "Whoever asks, with the facts that were attested. Imported, never enacted.",
            (
                Field("kind", Shape.SUBJECT_KIND, "whether it is a person or acts for one", required=True),
                Field("facts", Shape.ATTESTATIONS, "what was attested"),
            ),
        ),
    )
}

INSTRUMENTS = ("release", "order", "licence", "mandate", "trust", "lift")
ENACTED = tuple(kind for kind in FORMS if kind != "subject")
