"""The forms of evidence: thresholds and suites, what was asked of them, and the judgements that are enacted."""

from __future__ import annotations

from licet.core.form import ABOUT_INSTRUMENTS, LASTING, Field, Form, Shape

JUDGED = (
    *ABOUT_INSTRUMENTS,
    *LASTING,
    Field("models", Shape.MODEL_NAMES, "the models that it is about, by name"),
    Field("families", Shape.FAMILY_NAMES, "the families that it is about: every model of them, later ones too"),
    Field("judgement", Shape.DIGEST, "the digest of the whole judgement, as `licet judge` wrote it", required=True),
    Field("assessed", Shape.INSTANT, "the instant as of which it was judged", required=True),
)

EVIDENCE_FORMS = (
    Form(
        "threshold",
        Shape.DEFINITION_NAME,
        "A line in a published framework, and what evidence must be like to speak of it. A version never changes.",
        (
            Field("title", Shape.TEXT, "what people call it"),
            Field("framework", Shape.TEXT, "the framework that it is part of", required=True),
            Field("source", Shape.TEXT, "the clause that draws it", required=True),
            Field("capability", Shape.TEXT, "what a model can do that reaches it", required=True),
            Field("metric", Shape.TEXT, "what is measured, as trials name it", required=True),
            Field("scale", Shape.SCALE, "the metric's range; other scales are refused", required=True),
            Field("success_at", Shape.DECIMAL, "the score from which an item counts as solved", required=True),
            Field("lines", Shape.LINES, "the rates of items solved at which its lines lie", required=True),
            Field("suites", Shape.SUITES, "the suites that are run; safety must be shown by each", required=True),
            Field("budget", Shape.BUDGET, "how hard must have been tried"),
            Field("judge", Shape.JUDGE, "how good the judge must be shown to be"),
            Field("confidence", Shape.DECIMAL, "the level of its one-sided bounds", default="0.95"),
        ),
    ),
    Form(
        "assessment",
        Shape.INSTRUMENT_NAME,
        "What evidence says of a threshold. It decides nothing; a release may require it.",
        (
            *JUDGED,
            Field("threshold", Shape.DEFINITION_NAME, "the threshold that it is about", required=True),
            Field("verdict", Shape.REACHED, "what the evidence says", required=True),
        ),
    ),
    Form(
        "finding",
        Shape.INSTRUMENT_NAME,
        "A reported way around safeguards, reproduced and graded; open until it is patched, lifted or superseded.",
        (
            *JUDGED,
            Field("levels", Shape.LEVELS, "its severity, or the range of it", required=True),
            Field("reach", Shape.REACH, "its class, beside severity"),
        ),
    ),
    Form(
        "patch",
        Shape.INSTRUMENT_NAME,
        "What evidence says of a patch of findings. One that holds closes them.",
        (
            *JUDGED,
            Field("patches", Shape.INSTRUMENT_NAMES, "the findings that it patches", required=True),
            Field("verdict", Shape.HELD, "what the evidence says", required=True),
        ),
    ),
    Form(
        "suite",
        Shape.INSTRUMENT_NAME,
        "A suite's manifest: which items are to be run and how often, never what they ask. Read, never enacted.",
        (
            Field("title", Shape.TEXT, "what people call it"),
            Field("source", Shape.TEXT, "where it comes from"),
            Field("stands_for", Shape.TEXT, "the population that the items were drawn from; left out: themselves"),
            Field("attempts", Shape.WHOLE, "how often each item is tried in each arm; 1 if left out"),
            Field("items", Shape.ITEMS, "the items", required=True),
        ),
    ),
    Form(
        "inquiry",
        Shape.INSTRUMENT_NAME,
        "What was asked of a reported technique or a patch: arms, baselines, margins. Read, never enacted.",
        (
            Field("title", Shape.TEXT, "what people call it"),
            Field("model", Shape.MODEL_NAME, "the model that was tried", required=True),
            Field("suites", Shape.SUITES, "the suites that were run", required=True),
        ),
    ),
)
