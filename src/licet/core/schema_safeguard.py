"""The form of safeguards: classifiers that stand between the gate and a model."""

from __future__ import annotations

from licet.core.form import Field, Form, Shape

SAFEGUARD_FORMS = (
    Form(
        "safeguard",
        Shape.INSTRUMENT_NAME,
        "Classifiers before models. A later document of the same name takes the place of an earlier one.",
        (
            Field("title", Shape.TEXT, "what people call it"),
            Field("models", Shape.MODEL_NAMES, "the models that it guards, by name"),
            Field("families", Shape.FAMILY_NAMES, "the families that it guards: every model of them, later ones too"),
            Field("on", Shape.SIDES, "what it looks at", default=("request", "answer")),
            Field("cascade", Shape.CASCADE, "its classifiers, cheap to costly", required=True),
            Field("reasons", Shape.TEXT, "why it is there; callers whom it turns away are told"),
            Field("appeal", Shape.TEXT, "where and how to object to what it flagged"),
        ),
    ),
)
