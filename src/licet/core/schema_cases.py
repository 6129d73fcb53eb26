"""The forms of procedure: calendars, forms of fields, catalogues of criteria, and procedures themselves."""

from __future__ import annotations

from licet.core.form import Field, Form, Shape

DATED = (
    Field("title", Shape.TEXT, "what people call it", required=True),
    Field("sources", Shape.TEXTS, "the clauses and documents that it rests on", required=True),
    Field("as_of", Shape.DATE, "the day as of which its sources were read", required=True),
)

CASE_FORMS = (
    Form(
        "calendar",
        Shape.DEFINITION_NAME,
        "Which days are working days. A version never changes; each computed deadline names the table that it used.",
        (
            *DATED,
            Field("country", Shape.COUNTRY, "whose public holidays count", required=True),
            Field("subdivision", Shape.TEXT, "the part of the country whose holidays count too, as in ISO 3166-2"),
            Field("categories", Shape.TEXTS, "which kinds of holidays", default=("public",)),
            Field("weekend", Shape.WEEKDAYS, "the weekdays that are not worked", default=("saturday", "sunday")),
            Field("overrides", Shape.OVERRIDES, "days set by hand, which win over every table"),
        ),
    ),
    Form(
        "form",
        Shape.DEFINITION_NAME,
        "Fields that several procedures share: what is asked, in which kind, of which class. A version never changes.",
        (
            *DATED,
            Field("fields", Shape.CASE_FIELDS, "its fields, by name", required=True),
        ),
    ),
    Form(
        "criteria",
        Shape.DEFINITION_NAME,
        "Published criteria, each with an identifier. A version never changes.",
        (
            *DATED,
            Field("catalogue", Shape.CRITERIA, "the criteria, by identifier", required=True),
        ),
    ),
    Form(
        "procedure",
        Shape.DEFINITION_NAME,
        "How a case moves: states, events, roles, clocks. A version never changes; a case keeps the one that it has.",
        (
            *DATED,
            Field("topic", Shape.TOPIC, "what its cases are", required=True),
            Field("zone", Shape.ZONE, "the time zone in which its days are counted", required=True),
            Field("calendar", Shape.DEFINITION_NAME, "the calendar of its working days", required=True),
            Field("form", Shape.DEFINITION_NAME, "the form whose fields its events may take"),
            Field("fields", Shape.CASE_FIELDS, "fields of its own"),
            Field("criteria", Shape.DEFINITION_NAMES, "the catalogues by which its decisions are judged"),
            Field("appeals", Shape.DEFINITION_NAME, "the procedure by which its decisions are appealed"),
            Field("roles", Shape.CASE_ROLES, "who can be who in a case", required=True),
            Field("states", Shape.STATES, "where a case can be", required=True),
            Field("events", Shape.EVENTS, "what can happen, from which states, by whom", required=True),
            Field("clocks", Shape.CLOCKS, "who has how long for what, and what happens then"),
            Field("retention", Shape.RETENTION, "how long a case is kept after its latest event", required=True),
            Field("duty", Shape.DUTY, "where it is a duty to report incidents: when that applies, and to whom"),
        ),
    ),
)
