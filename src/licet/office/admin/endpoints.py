"""The endpoints of `/admin/v1` as one table: from it come the routes, and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from licet.core.roles import Deed, Officer
from licet.office.admin import cases, doing, reading, watching
from licet.office.admin.parts import AdminParts

PREFIX = "/admin/v1"

Read = Callable[[AdminParts, Officer, Mapping[str, str]], dict[str, Any]]
Do = Callable[[AdminParts, Officer, Mapping[str, str], Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address and method. `deed` is what a role must permit to get as far as its function; `gives` and `takes` name
    schemas. `query` are the parameters that it knows, with what each is for.
    """

    method: str
    path: str
    name: str
    summary: str
    deed: Deed
    gives: str
    run: Read | Do
    takes: str | None = None
    query: Mapping[str, str] | None = None
    status: int = 200


OF_CASES = {
    "topic": "Of this topic",
    "state": "In this state",
    "parent": "Part of this case",
    "open": "`true`: where something is pending; `false`: where nothing is",
    "overdue": "Where something was due up to and with this instant",
}
"""By what cases are told apart."""

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/status", "status", "The clock, the epoch, and what waits", Deed.SEE, "Status", reading.status),
    Endpoint("GET", "/rulebook", "rulebook", "The instruments and models", Deed.SEE, "Rulebook", reading.rulebook),
    Endpoint(
        "GET",
        "/documents",
        "documents",
        "Every enacted document",
        Deed.SEE,
        "Documents",
        reading.documents,
        query={"epoch": "Up to this epoch"},
    ),
    Endpoint("GET", "/lists/{digest}", "list", "The bytes of a list", Deed.SEE, "List", reading.list_),
    Endpoint("GET", "/enactments", "enactments", "Every enactment", Deed.SEE, "Enactments", reading.enactments),
    Endpoint(
        "GET",
        "/enactments/{epoch}/acknowledgements",
        "acknowledgements",
        "Which gate processes had taken over an epoch, and when",
        Deed.SEE,
        "Acknowledgements",
        watching.acknowledgements,
    ),
    Endpoint(
        "GET", "/workers", "workers", "What each gate process says of itself", Deed.SEE, "Workers", watching.workers
    ),
    Endpoint(
        "GET",
        "/status-lists",
        "statusLists",
        "Until when references into each status list count",
        Deed.SEE,
        "StatusLists",
        watching.status_lists,
    ),
    Endpoint(
        "GET",
        "/journal/health",
        "journalHealth",
        "How the journal's files are doing",
        Deed.SEE,
        "JournalHealth",
        watching.journal_health,
    ),
    Endpoint(
        "GET",
        "/journal",
        "journal",
        "The newest records of decisions; those of one subject also need `see facts`",
        Deed.SEE_RECORD,
        "Journal",
        watching.journal,
        query={
            "lines": "How many, 1 to 10000; 20 if it is not said",
            "outcome": "Only decisions that ended so",
            "subject": "Only decisions about this subject",
        },
    ),
    Endpoint(
        "GET", "/proposals", "proposals", "Documents that wait, or waited", Deed.SEE, "Proposals", reading.proposals
    ),
    Endpoint(
        "GET", "/proposals/{id}", "proposal", "The documents of a proposal", Deed.SEE, "Documents", reading.proposed
    ),
    Endpoint(
        "GET",
        "/acts",
        "acts",
        "What officers did and proposed",
        Deed.SEE,
        "Acts",
        reading.acts,
        query={"open": "`true`: only those that wait"},
    ),
    Endpoint(
        "POST",
        "/acts",
        "submit",
        "Hand in an act, signed: documents, attestations, keys, officers, cases",
        Deed.SEE,
        "Done",
        doing.submit,
        takes="NewAct",
        status=201,
    ),
    Endpoint("GET", "/acts/{id}", "act", "One act, by its ID or its proposal's", Deed.SEE, "Act", reading.act),
    Endpoint(
        "POST",
        "/acts/{id}/approval",
        "approve",
        "Agree to what another officer proposed",
        Deed.APPROVE,
        "Done",
        doing.approve,
        takes="Approval",
    ),
    Endpoint(
        "POST",
        "/acts/{id}/withdrawal",
        "withdraw",
        "Take back what waits",
        Deed.WITHDRAW,
        "Done",
        doing.withdraw,
        takes="Withdrawal",
    ),
    Endpoint(
        "GET",
        "/cases",
        "cases",
        "Cases, in the order in which they were opened; acts open them and act on them",
        Deed.SEE_CASES,
        "Cases",
        cases.cases,
        query={
            **OF_CASES,
            "party": "About this party",
            "cases": "These, with commas between",
            "after": "The last case of the page before",
            "limit": "How many, 1 to 1000",
        },
    ),
    Endpoint(
        "GET",
        "/case-counts",
        "case-counts",
        "How many cases are in which state of which procedure",
        Deed.SEE_CASES,
        "CaseCounts",
        cases.counts,
        query=OF_CASES,
    ),
    Endpoint(
        "GET",
        "/links",
        "links",
        "The cases that are linked to a case, an instrument or a document, in the order in which they were opened",
        Deed.SEE_CASES,
        "Links",
        cases.links,
        query={
            "target": "What they are linked to",
            "relation": "How, as in `appeals`; without this they are only counted",
            "after": "The last case of the page before",
            "limit": "How many, 1 to 1000",
        },
    ),
    Endpoint(
        "GET", "/cases/{id}", "case", "One case in full, and what can happen in it", Deed.SEE_CASES, "Case", cases.case
    ),
    Endpoint(
        "GET",
        "/clocks",
        "clocks",
        "What is due in all cases, soonest first",
        Deed.SEE_CASES,
        "Clocks",
        cases.clocks,
        query={
            "until": "Up to and with this instant",
            "owner": "What this role has to do",
            "cases": "Of these cases, with commas between",
            "fires": "`true`: what the clock makes an entry of; `false`: what it does not",
            "after": "The `next` of the page before",
            "limit": "How many, 1 to 1000",
        },
    ),
    Endpoint("GET", "/procedures", "procedures", "The procedures in force", Deed.SEE, "Procedures", cases.procedures),
    Endpoint(
        "GET", "/kept-law", "kept-law", "Procedures that are kept for cases", Deed.SEE, "KeptLaw", cases.kept_procedures
    ),
    Endpoint(
        "GET",
        "/kept-law/{digest}",
        "kept-law-of",
        "A procedure that cases began under, and all that it refers to",
        Deed.SEE,
        "Documents",
        cases.kept_law,
    ),
    Endpoint("GET", "/exhibits/{digest}", "exhibit", "The bytes of an exhibit", Deed.SEE_CASES, "List", cases.exhibit),
    Endpoint("GET", "/officers", "officers", "All officers", Deed.SEE, "Officers", reading.officers),
    Endpoint(
        "GET",
        "/subjects",
        "subjects",
        "Subjects with what is attested of them",
        Deed.SEE_FACTS,
        "Subjects",
        reading.subjects,
        query={"after": "The last name of the page before"},
    ),
    Endpoint("GET", "/subjects/{id}", "subject", "One subject", Deed.SEE_FACTS, "Subject", reading.subject),
    Endpoint(
        "GET",
        "/subjects/{id}/knowledge",
        "knowledge",
        "All that is kept about a subject, and why each fact has its value",
        Deed.SEE_FACTS,
        "Knowledge",
        reading.knowledge,
        query={"at": "As it was, or will be, at this instant"},
    ),
    Endpoint("GET", "/keys", "keys", "API keys without their secrets", Deed.SEE, "Keys", reading.keys),
    Endpoint(
        "POST",
        "/keys/drafts",
        "draftKey",
        "The text of a new API key, and the fields of the act by which it counts",
        Deed.MAKE_KEY,
        "IssuedKey",
        doing.new_key,
        takes="NewKey",
    ),
    Endpoint(
        "POST",
        "/accounts/drafts",
        "draftAccount",
        "What is kept of an officer's account at an identity provider",
        Deed.APPOINT,
        "Account",
        doing.new_account,
        takes="NewAccount",
    ),
    Endpoint(
        "GET", "/scim-clients", "clients", "Organisations that push members", Deed.SEE, "Clients", reading.clients
    ),
    Endpoint(
        "POST",
        "/scim-clients/drafts",
        "draftClient",
        "The token of an organisation, and the fields of the act by which it counts",
        Deed.MAKE_KEY,
        "IssuedKey",
        doing.new_client,
        takes="NewClient",
    ),
    Endpoint(
        "GET",
        "/dispositions",
        "dispositions",
        "What was decided about candidates of screenings",
        Deed.SEE_FACTS,
        "Dispositions",
        reading.dispositions,
        query={"subject": "Of this subject alone"},
    ),
    Endpoint(
        "GET",
        "/events",
        "events",
        "Every change of state, oldest first",
        Deed.SEE_RECORD,
        "Events",
        reading.events,
        query={"after": "The number of the last event of the page before"},
    ),
)
"""Every address that needs an officer. Signing in and the document itself are in `routes`."""
