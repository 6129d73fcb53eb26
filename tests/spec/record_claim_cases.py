"""Cases of `vectors/record/` about what an auditor is given: openings, and small enforcement claims."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.spec.record_case import Case, Json, bad, good

from licet.core.decision import Request, decide
from licet.record.log.entries import (
    Acknowledged,
    Enacted,
    Entry,
    JournalSegment,
    SubjectFacts,
    WithheldInstrument,
    digest_of,
    instrument,
)
from licet.record.log.entry_spelling import encode, read_entry
from licet.record.log.opening import WORDS, opening
from licet.record.sealed.facts import Attested, SubjectLeaf, facts_at, facts_head
from licet.record.sealed.segment import Blocks, block_roots
from licet.record.spelling import canonical
from licet.wire.documents import SourceFile, read_files, rulebook_from
from licet.wire.journal import ClosedRecord, DecisionRecord, EndRecord, OpenedRecord, Record
from licet.wire.journal import encode as framed

SALT = bytes(range(32))


def openings() -> Iterator[Case]:
    for of in WORDS:
        found = bytes(opening(of, SALT, '{"é":1}'.encode())).decode()
        yield good(f"of a {of}", "Salt and content give the commitment.", opening=found)
    text = bytes(opening("document", SALT, b"{}")).decode()
    tree = json.loads(text)
    for name, why, change in (
        ("another content", "It is not what was committed to.", {"content": "[]"}),
        ("another salt", "It is not what was committed to.", {"salt": "00" * 32}),
        ("another domain", "What commits to a document commits to nothing else.", {"of": "record"}),
        ("an unknown domain", "There are four.", {"of": "list"}),
        ("another format", "Another meaning is another format.", {"format": "licet-opening/2"}),
        ("a short salt", "A salt has 32 bytes.", {"salt": "00" * 31}),
        ("a salt in capitals", "Hexadecimal is in small letters.", {"salt": tree["salt"].upper()}),
        ("a digest", "Only what is salted is opened.", {"commitment": "sha256:" + "0" * 64}),
        ("one field more", "No other fields.", {"why": "x"}),
    ):
        yield bad(name, why, opening=canonical(tree | change).decode() + "\n")
    yield bad("one field less", "All are required.", opening=text.replace('"of":"document",', ""))
    yield bad("no line feed", "A file ends with one.", opening=text[:-1])
    yield bad("spaces", "Canonical JSON has none.", opening=json.dumps(tree, sort_keys=True) + "\n")
    yield bad("nothing", "It is an object.", opening="")


DOCUMENTS = """\
fact: cleared
type: boolean
meaning: The subject was cleared.
source: the example's
---
model: small
family: small
apis: [openai]
upstream: {url: "https://api.example"}
---
release: for-all
issued: 2026-06-01T00:00:00Z
from: 2026-06-01T00:00:00Z
models: [small]
operations: [use, tune]
to: true
---
order: cleared-only
issued: 2026-06-12T00:00:00Z
from: 2026-06-12T00:00:00Z
models: [small]
forbids: not cleared
"""
AT = datetime(2026, 6, 12, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
SEED, FACTS_SEED = b"s" * 32, b"f" * 32
NAMES = ("cleared", "ip_country", "small", "for-all", "cleared-only")
READ = read_files([SourceFile("law.yaml", DOCUMENTS.encode(), lambda _: b"")]).written
WRITTEN = [each for each in READ if each.name in NAMES]
BOOK = rulebook_from(WRITTEN, lambda _: None, 1)
NAME = f"{AT:%Y%m%dT%H%M%S.%f}Z-w0"


def person(pseudonym: str, *cleared: tuple[bool, datetime]) -> SubjectLeaf:
    """Somebody of whom it was attested, once or several times, whether they are cleared."""
    return SubjectLeaf(pseudonym, pseudonym, "person", tuple(Attested("cleared", yes, at, None) for yes, at in cleared))


ANN = person("aa", (True, AT - HOUR))
BEN = person("bb", (False, AT - HOUR))
KIM = person("cc")
EVE = person("ee", (True, AT - HOUR))
MOVED = person("dd", (True, AT - HOUR), (False, AT + 30 * SECOND))


def decided(number: int, seconds: float, leaf: SubjectLeaf, operation: str = "use", **changed: Any) -> list[Record]:
    """What the rulebook decides, or something else where a field is `changed`; with its end, where it is served."""
    at = AT + timedelta(seconds=seconds)
    found = decide(BOOK, Request(facts_at(leaf, BOOK.facts, at), "small", operation, at))
    fields: Json = {"outcome": found.outcome, "served": found.served, "instruments": found.instruments}
    fields |= {"unknown": found.unknown, "rulebook": BOOK.digest} | changed
    record = DecisionRecord(
        id=f"w0-{number}",
        at=at,
        key="abcd2345",
        subject=leaf.subject,
        api="openai",
        endpoint="/v1/chat/completions",
        operation=operation,
        stream=False,
        requested="small",
        epoch=1,
        **fields,
    )
    ended = EndRecord(id=record.id, at=at + SECOND / 20, how="done", bytes=7)
    return [record, ended] if record.served else [record]


SERVED: Json = {"outcome": "serve", "served": "small", "instruments": ("for-all",), "unknown": ()}
USUAL = [*decided(1, 10, ANN), *decided(2, 20, BEN), *decided(3, 30, KIM)]
TUNED = [*USUAL, *decided(4, 40, BEN, "tune")]


def world(records: Sequence[Record], leaves: Sequence[SubjectLeaf] = (ANN, BEN, KIM, MOVED)) -> Json:
    """A log with one segment, and what is disclosed of it."""
    opened = OpenedRecord(worker="w0", at=AT, segment=0)
    closed = ClosedRecord(at=AT + HOUR, by="worker", records=len(records) + 1)
    payloads = [framed(each)[8:] for each in (opened, *records, closed)]
    contents = [bytes(each) for each in leaves]
    head = facts_head(contents, FACTS_SEED)
    root = Blocks(len(payloads), block_roots(payloads, SEED)).head.root
    enacted = Enacted(1, AT - HOUR, (), "two officers", tuple(each.digest for each in WRITTEN), (), BOOK.digest)
    size = len(payloads)
    entries: list[Entry] = [
        *(instrument(each.kind, each.name, each.canonical) for each in WRITTEN),
        enacted,
        Acknowledged(1, "w0", AT - HOUR / 2),
        JournalSegment(NAME, "w0", f"{NAME}.parquet", AT, AT + HOUR, size, root, 9, digest_of(b"the file")),
        SubjectFacts(NAME, head.size, head.root),
    ]
    return {
        "entries": [encode(each).decode() for each in entries],
        "records": [each.decode() for each in payloads],
        "seed": SEED.hex(),
        "leaves": [each.decode() for each in contents],
        "facts_seed": FACTS_SEED.hex(),
        "openings": [],
    }


def claim(**changed: Any) -> Json:
    """That nobody who is not cleared was served the model in this hour."""
    return {
        "models": ["small"],
        "operations": ["use", "tune", "weights"],
        "whom": "not cleared",
        "since": (AT + SECOND).isoformat().replace("+00:00", "Z"),
        "until": (AT + HOUR).isoformat().replace("+00:00", "Z"),
        "certainty": "definite",
        "grace": 1,
    } | changed


def claims() -> Iterator[Case]:
    usual = world(USUAL)
    yield good("everything as decided", "Who is not cleared was refused.", claim=claim(), **usual)
    yield good(
        "whom it may hold of", "It is not known of one, who was refused.", claim=claim(certainty="possible"), **usual
    )
    forged = decided(4, 40, BEN, **SERVED)
    yield good("one was served", "The record says so itself.", claim=claim(), **world([*USUAL, *forged]))
    unsure = decided(4, 40, KIM, **SERVED)
    why = "The rulebook refuses where it is not known: recomputing finds it, whomever the claim is about."
    yield good("one was served of whom nothing is known", why, claim=claim(), **world([*USUAL, *unsure]))
    harsh = decided(4, 40, ANN, outcome="refuse", served=None, instruments=("cleared-only",), unknown=())
    yield good(
        "one was refused who may not be",
        "It is not what the rulebook decides.",
        claim=claim(),
        **world([*USUAL, *harsh]),
    )
    other = decided(4, 40, ANN, rulebook="sha256:" + "0" * 64)
    yield good("by another rulebook", "It is not the one of its epoch.", claim=claim(), **world([*USUAL, *other]))
    yield good("tuned by one who may not use it", "The order is about use alone.", claim=claim(), **world(TUNED))
    about_use = claim(operations=["use"])
    yield good("tuned, and the claim is about use", "It says nothing of tuning.", claim=about_use, **world(TUNED))
    within = world([*USUAL, *decided(4, 30.9, MOVED, **SERVED)])
    yield good("served within the grace", "A change takes a second to reach the gate.", claim=claim(), **within)
    yield good("served within no grace", "Then it takes no time.", claim=claim(grace=0), **within)
    after = world([*USUAL, *decided(4, 31.1, MOVED, **SERVED)])
    yield good("served after the grace", "By then it was known.", claim=claim(), **after)
    yield from _together()
    yield from _from_where()
    yield from _not_shown(usual)


def _together() -> Iterator[Case]:
    """Two who ask together: an agent for a person, each with facts of their own."""
    both = world([*USUAL, *decided(4, 40, ANN, beside="ee")], [ANN, BEN, KIM, MOVED, EVE])
    yield good("an agent and its person", "Both are cleared.", claim=claim(), **both)
    turned = world([*USUAL, *decided(4, 40, BEN, beside="aa")])
    yield good("refused to one of two", "It is the decision on the one who is not cleared.", claim=claim(), **turned)
    hidden = world([*USUAL, *decided(4, 40, ANN, beside="bb")])
    why = "The other one is not cleared: neither may it be served to both, nor was nobody served."
    yield good("served, beside one who may not be", why, claim=claim(), **hidden)
    blamed = decided(4, 40, ANN, beside="bb", outcome="refuse", served=None, instruments=("cleared-only",))
    why = "Nothing was refused to her; the decision is the other one's."
    yield good("refused, in the name of the wrong one", why, claim=claim(), **world([*USUAL, *blamed]))
    unsure = world([*USUAL, *decided(4, 40, ANN, beside="cc")])
    yield good("served, beside one of whom nothing is known", "It was to be refused.", claim=claim(), **unsure)
    moved = [ANN, BEN, KIM, MOVED]
    late = world([*USUAL, *decided(4, 30.9, ANN, beside="dd")], moved)
    yield good("beside one who lost it within the grace", "It takes a second.", claim=claim(), **late)
    nobody = world([*USUAL, *decided(4, 40, ANN, beside="ff")])
    yield good("beside one whose facts were not opened", "It cannot be decided again.", claim=claim(), **nobody)


def _from_where() -> Iterator[Case]:
    """From which country the connection seemed to come."""
    french = claim(whom='ip_country == "FR"')
    records = [*USUAL, *decided(4, 40, ANN, ip_country="FR")]
    yield good("served to a connection from France", "The record says so itself.", claim=french, **world(records))
    records = [*USUAL, *decided(4, 40, ANN, ip_country="DE")]
    yield good("served to a connection from elsewhere", "The claim is about France.", claim=french, **world(records))
    maybe = french | {"certainty": "possible"}
    why = "The connections of the others seemed to come from nowhere, so it may hold of them."
    yield good("served to a connection that may be from France", why, claim=maybe, **world(records))
    texts = world(records)
    for name, country in (("in small letters", '"de"'), ("in words", '"Germany"'), ("as a number", "49")):
        changed = [each.replace('"ip_country":"DE"', f'"ip_country":{country}') for each in texts["records"]]
        root = Blocks(len(changed), block_roots([each.encode() for each in changed], SEED)).head.root
        found = [read_entry(text.encode()) for text in texts["entries"]]
        sealed = [replace(each, root=root) if isinstance(each, JournalSegment) else each for each in found]
        entries = [encode(each).decode() for each in sealed]
        why = "It is no record: a country is two capital letters."
        yield good(f"a country {name}", why, claim=claim(), **texts | {"records": changed, "entries": entries})


def _not_shown(usual: Json) -> Iterator[Case]:
    later = (AT + 2 * HOUR).isoformat().replace("+00:00", "Z")
    yield good("beyond the last record", "The log has no segment then.", claim=claim(until=later), **usual)
    changed = [each.replace("w0-2", "w0-9") for each in usual["records"]]
    yield good("another record", "It is not what the log committed to.", claim=claim(), **usual | {"records": changed})
    fewer = usual["records"][:-1]
    yield good("a record less", "There are fewer than the log says.", claim=claim(), **usual | {"records": fewer})
    leaves = [each.replace("false", "true") for each in usual["leaves"]]
    yield good("another fact", "It is not what the log committed to.", claim=claim(), **usual | {"leaves": leaves})
    order = WRITTEN[-1]
    hidden = opening("document", SALT, order.canonical)
    public = {key: value for key, value in json.loads(order.canonical).items() if key not in ("forbids", "order")}
    withheld = WithheldInstrument(
        "order", order.name, hidden.commitment, canonical(public), ("forbids",), "it names people", "18 USC 2709(c)"
    )
    texts = [each.replace(order.digest, hidden.commitment) for each in usual["entries"]]
    texts[len(WRITTEN) - 1] = encode(withheld).decode()
    why = "Its rulebook cannot be rebuilt without what it withholds."
    yield good("a withheld order", why, claim=claim(), **usual | {"entries": texts})
    given = {"entries": texts, "openings": [bytes(hidden).decode()]}
    yield good("a withheld order, opened", "With its opening it can.", claim=claim(), **usual | given)
