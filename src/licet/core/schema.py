"""Which documents there are, which fields they have, and what each field means: the tables that `spec/` documents.

The strict reader, the JSON Schemas and the tests of the specification all work from these tables.
"""

from __future__ import annotations

from licet.core.form import ABOUT_INSTRUMENTS, LASTING, PROVISION, Field, Form, Shape
from licet.core.schema_cases import CASE_FORMS
from licet.core.schema_evidence import EVIDENCE_FORMS
from licet.core.schema_safeguard import SAFEGUARD_FORMS

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
            (
                *PROVISION,
                Field("to", Shape.CONDITION, "whom it permits", required=True),
                Field("requires", Shape.REQUIREMENTS, "what the evidence must say, of each model, for it to permit"),
            ),
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
        *EVIDENCE_FORMS,
        *SAFEGUARD_FORMS,
        *CASE_FORMS,
    )
}

INSTRUMENTS = ("release", "order", "licence", "mandate", "trust", "assessment", "finding", "patch", "lift")
NEVER_ENACTED = ("subject", "suite", "inquiry")
CASE_KINDS = tuple(form.kind for form in CASE_FORMS)
"""The documents of procedure. They say nothing of who may use which model, so no rulebook has them."""

ENACTED = tuple(kind for kind in FORMS if kind not in NEVER_ENACTED)
