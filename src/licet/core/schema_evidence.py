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
            Field("asks", Shape.ASKS, "what it is about", required=True),
            Field("model", Shape.MODEL_NAME, "the model that was tried", required=True),
            Field("suites", Shape.SUITES, "the suites with which the technique is tried", required=True),
            Field("metric", Shape.TEXT, "what is measured, as trials name it", required=True),
            Field("scale", Shape.SCALE, "the metric's range; other scales are refused", required=True),
            Field("success_at", Shape.DECIMAL, "the score from which a try is a success", required=True),
            Field("arms", Shape.ARMS, "what each arm of the trials is for", required=True),
            Field("baselines", Shape.BASELINES, "of a finding: the public models that its gain is measured against"),
            Field("margin", Shape.DECIMAL, "of a finding: the gain, as a share of items, that still counts as none"),
            Field(
                "reproduced_at",
                Shape.DECIMAL,
                "of a finding: the share of tries at which it must work; half if left out",
            ),
            Field("rubric", Shape.RUBRIC, "of a finding: the rubric of its grade; `cjs@2026-07-02` if left out"),
            Field("axes", Shape.AXES, "of a finding: what people judge, with reasons; every value where left out"),
            Field("categories", Shape.CATEGORIES, "of a finding: which families belong to unrelated categories"),
            Field("universal", Shape.UNIVERSAL, "of a finding: the test of universality; `8-of-8` if left out"),
            Field("raised", Shape.RAISED, "of a finding: the level that judgement raises the grade to, and why"),
            Field("earlier", Shape.EARLIER, "of a finding: assessments that this one follows"),
            Field("bound", Shape.DECIMAL, "of a patch: the rate that the technique must stay under"),
            Field(
                "ordinary", Shape.SUITES, "of a patch: the suites of ordinary requests, by which its cost is measured"
            ),
            Field(
                "loss_at_most",
                Shape.DECIMAL,
                "of a patch: the loss of the share served that still counts as none; 0 if left out",
            ),
            Field("regressions", Shape.REGRESSIONS, "of a patch: earlier findings, to be tried again after it"),
            Field("budget", Shape.BUDGET, "how hard must have been tried"),
            Field("judge", Shape.JUDGE, "how good the judge must be shown to be; left out: scored by a rule"),
            Field("sources", Shape.DIGESTS, "the files that trials may come from, by digest; any if left out"),
            Field("confidence", Shape.DECIMAL, "the level of its intervals and bounds", default="0.95"),
        ),
    ),
)
