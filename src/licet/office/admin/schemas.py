"""The JSON Schemas (2020-12) of what the administration API takes and gives, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.core.roles import KeyKind, Role
from licet.services.acts.what import What

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
TRUTH: Schema = {"type": "boolean"}
DIGEST: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
BASE64: Schema = {"type": "string", "contentEncoding": "base64url", "pattern": "^[A-Za-z0-9_-]*$"}
ANYTHING: Schema = {"type": "object"}


def ref(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(inner: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": inner}


def or_null(inner: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [inner, {"type": "null"}]}


def record(*, optional: tuple[str, ...] = (), **members: Schema) -> Schema:
    """An object with exactly these members."""
    required = [each for each in members if each not in optional]
    return {"type": "object", "properties": members, "required": required, "additionalProperties": False}


def told(**members: Schema) -> Schema:
    """An object with these members, to which others may be added later."""
    return {"type": "object", "properties": members, "required": list(members)}


CASE_ROW = told(
    case=TEXT,
    topic=TEXT,
    procedure=TEXT,
    state=TEXT,
    final=TRUTH,
    title=TEXT,
    party=TEXT,
    opened=INSTANT,
    updated=INSTANT,
    number=WHOLE,
    parent=or_null(TEXT),
)
"""A case in a list."""

SIGNATURE = record(key=TEXT, content=BASE64)

SCHEMAS: Mapping[str, Schema] = {
    "Problem": told(type=TEXT, title=TEXT, status=WHOLE, detail=TEXT, code=TEXT),
    "Challenge": told(challenge=DIGEST, seconds=WHOLE),
    "SigningIn": record(challenge=DIGEST, key=TEXT, signature=BASE64),
    "Session": told(token=TEXT, officer=TEXT, roles=many({"enum": [each.value for each in Role]}), seconds=WHOLE),
    "Status": told(
        now=INSTANT, installation=TEXT, needed=WHOLE, epoch=WHOLE, rulebook=TEXT, subjects=WHOLE, open_acts=many(TEXT)
    ),
    "Rulebook": told(epoch=WHOLE, digest=TEXT, instruments=many(ANYTHING), models=many(TEXT)),
    "Document": record(kind=TEXT, name=TEXT, digest=DIGEST, canonical=TEXT),
    "Documents": told(documents=many(ref("Document"))),
    "Enactments": told(enactments=many(ANYTHING)),
    "Proposals": told(proposals=many(ANYTHING)),
    "Signature": SIGNATURE,
    "Carried": record(
        optional=("exhibits",),
        documents=many(ref("Document")),
        lists=many(record(digest=DIGEST, content=BASE64)),
        file=or_null(BASE64),
        summary=ANYTHING,
        exhibits=many(record(digest=DIGEST, content=BASE64)),
    ),
    "NewAct": record(content=TEXT, signature=ref("Signature"), carried=ref("Carried")),
    "Approval": record(signature=ref("Signature"), carried=ref("Carried")),
    "Withdrawal": record(signature=ref("Signature"), reason=TEXT),
    "Act": told(
        id=TEXT,
        kind=TEXT,
        state={"enum": ["open", "done", "approved", "withdrawn"]},
        actor=TEXT,
        at=INSTANT,
        subject=or_null(TEXT),
        alone=TRUTH,
        digest=or_null(DIGEST),
        content=TEXT,
        says=or_null({"type": "object", "properties": {"act": {"enum": [each.value for each in What]}}}),
        signature=or_null(ref("Signature")),
        settlement=or_null(ANYTHING),
    ),
    "Acts": told(acts=many(ref("Act"))),
    "Done": told(act=ref("Act"), result=ANYTHING, proposal=or_null(TEXT), told=or_null(ANYTHING)),
    "Officer": told(
        name=TEXT,
        roles=many({"enum": [each.value for each in Role]}),
        keys=many(told(id=TEXT, kind={"enum": [each.value for each in KeyKind]}, public=BASE64)),
        accounts=many(told(issuer=TEXT, mark=TEXT)),
    ),
    "Cases": told(cases=many(CASE_ROW), next=or_null(TEXT)),
    "CaseCounts": told(counts=many(told(procedure=TEXT, state=TEXT, final=TRUTH, cases=WHOLE)), total=WHOLE),
    "Links": told(
        links=many(told(relation=TEXT, target=TEXT, case=CASE_ROW)),
        next=or_null(TEXT),
        counts={"type": "object", "additionalProperties": WHOLE},
    ),
    "Case": told(
        id=TEXT,
        procedure=DIGEST,
        blind=TEXT,
        erased=or_null(INSTANT),
        entries=many(ANYTHING),
        linked_from=many(told(relation=TEXT, total=WHOLE, cases=many(TEXT))),
        standing=or_null(ANYTHING),
    ),
    "Clocks": told(
        now=INSTANT,
        due=many(
            told(
                case=TEXT,
                key=told(clock=TEXT, started_by=WHOLE, again=WHOLE),
                title=TEXT,
                owner=TEXT,
                due=INSTANT,
                warned_from=INSTANT,
                fires=TRUTH,
                calendar=TEXT,
                seconds={"type": "integer"},
            )
        ),
        next=or_null(TEXT),
        total=WHOLE,
        overdue=WHOLE,
    ),
    "Procedures": told(
        procedures=many(told(name=TEXT, title=TEXT, topic=TEXT, digest=DIGEST, as_of=TEXT, newest=TRUTH))
    ),
    "KeptLaw": told(procedures=many(DIGEST)),
    "Officers": told(officers=many(ref("Officer"))),
    "Subject": told(id=TEXT, kind=TEXT, suspended=or_null(TEXT), attestations=many(ANYTHING)),
    "Subjects": told(subjects=many(ref("Subject")), next=or_null(TEXT)),
    "Keys": told(keys=many(ANYTHING)),
    "NewKey": record(subject=TEXT, scopes=many(TEXT), expires_at=or_null(INSTANT), acts_for=or_null(TEXT)),
    "IssuedKey": told(fields=ANYTHING, text=TEXT),
    "NewClient": record(attester=TEXT),
    "Workers": told(workers=many(told(worker=TEXT))),
    "Acknowledgements": told(acknowledgements=many(told(worker=TEXT, at=INSTANT))),
    "StatusLists": told(status_lists=many(told(uri=TEXT, counts_until=INSTANT, used=TRUTH))),
    "JournalHealth": told(files=WHOLE, size=WHOLE, read=WHOLE, torn=many(TEXT), damaged=many(TEXT)),
    "Journal": told(records=many(ANYTHING)),
    "Knowledge": told(
        subject=TEXT,
        kind=TEXT,
        at=INSTANT,
        suspended=or_null(TEXT),
        facts=many(told(name=TEXT, said=many(ANYTHING))),
        silent=many(TEXT),
        issuers=many(TEXT),
        keys=many(ANYTHING),
        acts_for_it=many(ANYTHING),
        members=many(ANYTHING),
        dispositions=many(ANYTHING),
        pseudonyms=many(TEXT),
    ),
    "Clients": told(clients=many(ANYTHING)),
    "Dispositions": told(dispositions=many(ANYTHING)),
    "Events": told(events=many(ANYTHING), next=WHOLE),
    "List": told(digest=DIGEST, content=BASE64),
    "NewAccount": record(issuer=TEXT, name=TEXT),
    "Account": told(issuer=TEXT, mark=TEXT),
}
"""What is taken has no other members; what is given may get more."""
