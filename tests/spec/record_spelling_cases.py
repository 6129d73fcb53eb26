"""Cases of `vectors/record/` about how things are spelled: entries, keys, notes, checkpoints, policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from tests.record.small_log import (
    CHECKPOINT,
    ENTRIES,
    HEAD,
    LOG,
    NEXT,
    ONE_OF_EACH,
    OTHER,
    POLICY_TEXT,
    WITNESS,
)
from tests.spec.record_case import Case, Json, as_field, bad, good

from licet.record.log.entry_spelling import FIELDS, tree_of
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.notes import Note, sign
from licet.record.spelling import canonical, to_base64
from licet.record.tree.merkle import EMPTY_ROOT


def entries() -> Iterator[Case]:
    for entry, content in zip(ONE_OF_EACH, ENTRIES, strict=False):
        word, tree = entry.TYPE, tree_of(entry)
        yield good(word, "An entry of this type in its one spelling.", entry=content.decode())
        for field in FIELDS[type(entry)]:
            less = {key: value for key, value in tree.items() if key != field}
            yield bad(f"{word} without {field}", "All fields are required.", entry=canonical(less).decode())
            wrong = canonical(tree | {field: True}).decode()
            yield bad(f"{word} with another {field}", "No field is a truth value.", entry=wrong)
        more = canonical(tree | {"zz": 1}).decode()
        yield bad(f"{word} with one field more", "No other fields are allowed.", entry=more)
    base = ENTRIES[4].decode()
    tree = json.loads(base)
    for name, why, text in (
        ("spaces", "Canonical JSON has none.", json.dumps(tree, sort_keys=True)),
        ("keys in another order", "They are in the order of RFC 8785.", json.dumps(dict(reversed(tree.items())))),
        ("a line feed at the end", "An entry ends with its last brace.", base + "\n"),
        ("a key twice", "Two readers would read two values.", base.replace("{", '{"epoch":2,', 1)),
        ("an unknown type", "Another meaning is another type, which this version does not know.", '{"type":"rumour"}'),
        ("no object", "An entry is an object.", "[]"),
        ("nothing", "An entry is an object.", ""),
        ("a fraction", "Numbers are whole.", base.replace('"epoch":2', '"epoch":2.0')),
        ("a negative number", "Numbers begin at 0.", base.replace('"epoch":2', '"epoch":-2')),
        ("a number beyond 2^53", "No reader may round it.", base.replace('"epoch":2', '"epoch":9007199254740992')),
        ("an instant with an offset", "Instants are in UTC, with `Z`.", base.replace('Z"', '+00:00"')),
        ("an instant with milliseconds", "A fraction has six digits.", base.replace("012000Z", "012Z")),
        ("an instant that there is not", "June has 30 days.", base.replace("-06-12T", "-06-31T")),
        ("an escaped character", "Canonical JSON writes it as it is.", base.replace('"w0"', '"\\u00770"')),
    ):
        yield bad(name, why, entry=text)
    yield bad("bytes that are not UTF-8", "JSON is UTF-8.", **as_field("entry", b'{"type":"\xff"}'))
    erased = next(tree_of(entry) for entry in ONE_OF_EACH if entry.TYPE == "act") | {"content": None}
    why = "What is not there any more cannot be committed to."
    yield good("an act whose content was erased", why, entry=canonical(erased).decode())
    yield from _entries_that_do_not_fit()


def _entries_that_do_not_fit() -> Iterator[Case]:
    trees = {entry.TYPE: tree_of(entry) for entry in ONE_OF_EACH}
    changed: tuple[tuple[str, str, Json], ...] = (
        ("instrument", "It is the digest of the canonical form.", {"digest": "sha256:" + "0" * 64}),
        ("instrument", "The document is not called that.", {"name": "another"}),
        ("instrument", "A subject is never published.", {"kind": "subject"}),
        ("instrument-withheld", "A field cannot be withheld and public.", {"public": {"forbids": "x"}}),
        ("instrument-withheld", "They are in alphabetical order.", {"withheld": ["models", "forbids"]}),
        ("instrument-withheld", "A digest would let anybody confirm a guess.", {"commitment": "sha256:" + "0" * 64}),
        ("list", "It is the digest of the text.", {"text": "org\r\nacme.example\r\n"}),
        ("list-part", "Parts are counted from 1.", {"part": 0}),
        ("list-part", "There is no such part.", {"part": 3}),
        ("enactment", "Each document is named once.", {"documents": ["sha256:" + "0" * 64] * 2}),
        ("enactment", "A name could be a person's.", {"by": [{"role": "officer", "pseudonym": "Jane Doe"}]}),
        ("act", "There is no such deed.", {"kind": "rest"}),
        ("act", "There is no such outcome.", {"outcome": "refused"}),
        ("act", "Somebody did it.", {"by": []}),
        ("act", "A digest would let anybody confirm a guess.", {"content": "sha256:" + "0" * 64}),
        ("act", "A name could be a person's.", {"act": "of Jane Doe"}),
        ("journal-segment", "It would end before it begins.", {"last": "2026-06-12T22:50:59Z"}),
        ("journal-segment", "A segment has records.", {"records": 0}),
        ("journal-segment", "A root has 32 bytes.", {"root": "AAAA"}),
        ("subject-facts", "Without subjects there is no such entry.", {"subjects": 0}),
        ("key-hand-over", "Both keys sign the reason.", {"why": "another"}),
        ("key-hand-over", "A witness signs no checkpoints.", {"new": str(WITNESS.key)}),
        ("key-hand-over", "It is another key.", {"new": str(LOG.key)}),
    )
    for at, (word, why, change) in enumerate(changed):
        name = f"{word} that does not fit together {at}: {', '.join(change)}"
        yield bad(name, why, entry=canonical(trees[word] | change).decode())


def keys() -> Iterator[Case]:
    for signer in (LOG, NEXT, WITNESS, OTHER):
        yield good(f"public key {signer.key}", "A name, the key id, and the type with the key.", key=str(signer.key))
    yield good("private key of a log", "The key id is the public key's.", private=LOG.secret)
    yield good("private key of a witness", "The type is 0x04.", private=WITNESS.secret)
    key = str(LOG.key)
    name, ident, material = key.split("+", 2)
    kept = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    yield good("a key of Go's documentation", "Others write keys so.", key=kept)
    for text, why, broken in (
        ("no parts", "There are three, joined by `+`.", name),
        ("an empty name", "A name is not empty.", f"+{ident}+{material}"),
        ("a name with a space", "Notes part their signatures at spaces.", f"a b+{ident}+{material}"),
        ("another id", "It is computed from the rest.", f"{name}+00000000+{material}"),
        ("an id in capitals", "Hexadecimal is in small letters.", f"{name}+{ident.upper()}+{material}"),
        ("no padding", "Base64 has one spelling.", f"{name}+{ident}+{material}="),
        ("too short", "A key has 32 bytes.", f"{name}+{ident}+{material[:-4]}"),
        ("an unknown type", "Ed25519 alone.", f"{name}+{ident}+{to_base64(bytes([2]) + LOG.key.public)}"),
        ("a line feed", "A key is one line.", key + "\n"),
    ):
        yield bad(f"public key with {text}", why, key=broken)
    yield bad("a public key as a private one", "It begins otherwise.", private=key)


def notes() -> Iterator[Case]:
    note = Note("hello\n", ()).and_signed(LOG).and_signed(WITNESS, 1_781_304_700)
    text, both, known = bytes(note).decode(), [str(LOG.key), str(WITNESS.key)], [str(LOG.key)]
    yield good("two signatures", "Each by a known key.", note=text, keys=both)
    yield good("one that is not known", "Signatures by unknown keys are ignored.", note=text, keys=known)
    yield good("two by one key", "They count as one.", note=bytes(note.and_signed(LOG)).decode(), keys=known)
    yield good("an empty line in the text", "The text ends before the last one.", note=_signed("a\n\nb\n"), keys=known)
    line = str(note.signatures[0])
    odd = replace(note, signatures=(note.signatures[0]._replace(key_id=b"0000"), *note.signatures))
    yield good("another key id of a known name", "That is an unknown key.", note=bytes(odd).decode(), keys=known)
    for name, why, broken, asked in (
        ("nobody known", "A note needs one.", text, [str(OTHER.key)]),
        ("another text", "It was not signed.", text.replace("hello", "hallo"), known),
        ("another time", "A witness signs it.", _later(note), both),
        ("another signature by a known key", "One that is wrong refuses all.", text + str(_other_line()), known),
        ("no signature", "A note has at least one.", "hello\n\n", known),
        ("no empty line", "It parts text and signatures.", text.replace("\n\n", "\n"), known),
        ("no line feed at the end", "All lines end with one.", text[:-1], known),
        ("a line feed too many", "No line is empty.", text + "\n", known),
        ("a hyphen", "Signatures begin with U+2014.", text.replace("—", "-"), known),
        ("two spaces", "One parts the name from the dash.", text.replace("— ", "—  "), known),
        ("a tab", "Control characters are refused.", "\t" + text, known),
        ("a carriage return", "Control characters are refused.", text.replace("\n", "\r\n"), known),
        ("a short signature", "A key id and at least a byte.", text + "— x AAAAAA==\n", known),
        ("no base64", "Signatures are base64.", text + "— x !\n", known),
        ("a plus in a name", "No key has such a name.", text + line.replace("— ", "— a+"), known),
        ("over a hundred signatures", "A bound for readers.", text + line * 99, known),
    ):
        yield bad(name, why, note=broken, keys=asked)
    yield bad("bytes that are not UTF-8", "Notes are text.", keys=known, **as_field("note", b"\xff" + text.encode()))


def _signed(text: str) -> str:
    return bytes(sign(text, LOG)).decode()


def _later(note: Note) -> str:
    line = note.signatures[1]
    signed = (1_781_304_701).to_bytes(8, "big") + line.signed[8:]
    return bytes(replace(note, signatures=(note.signatures[0], line._replace(signed=signed)))).decode()


def _other_line() -> str:
    return str(sign("another\n", LOG).signatures[0])


def checkpoints() -> Iterator[Case]:
    root, empty = to_base64(HEAD.root), to_base64(EMPTY_ROOT)
    for name, why, text in (
        ("of 700 entries", "Origin, size and root.", f"o\n700\n{root}\n"),
        ("of none", "Its root is the hash of nothing.", f"o\n0\n{empty}\n"),
        ("the largest", "Sizes are below 2^63.", f"o\n9223372036854775807\n{root}\n"),
        ("with extensions", "They mean nothing, but are signed.", f"o\n700\n{root}\nmore\nlines\n"),
        ("of an origin with spaces", "Only its key's name cannot have any.", f"an origin\n700\n{root}\n"),
    ):
        yield good(name, why, checkpoint=_signed(text))
    for size in ("", "+700", "-700", "0700", "7_00", " 700", "700 ", "7e2", "0x2bc", "\uff19", "9223372036854775808"):
        yield bad(f"of the size `{size}`", "A number has one spelling.", checkpoint=_signed(f"o\n{size}\n{root}\n"))
    for name, why, text in (
        ("two lines", "There are at least three.", "o\n700\n"),
        ("no origin", "It is not empty.", f"\n700\n{root}\n"),
        ("an empty extension", "It is not empty.", f"o\n700\n{root}\n\n"),
        ("no root of the empty tree", "There is one empty tree.", f"o\n0\n{root}\n"),
        ("a short root", "A root has 32 bytes.", "o\n700\nAAAA\n"),
        ("a root without padding", "Base64 has one spelling.", f"o\n700\n{root[:-1]}\n"),
        ("a root with bits that carry nothing", "They are zero.", f"o\n700\n{root[:-2]}{_next(root[-2])}=\n"),
    ):
        yield bad(name, why, checkpoint=_signed(text))


def _next(letter: str) -> str:
    """The letter of base64 that differs in the lowest bit alone."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet[alphabet.index(letter) ^ 1]


def policies() -> Iterator[Case]:
    log, w1, w2 = f"log {LOG.key}\n", f"witness w1 {WITNESS.key}\n", f"witness w2 {OTHER.key} https://w2.example/\n"
    text = POLICY_TEXT.decode()
    yield good("a log, two witnesses, both needed", "As C2SP tlog-policy has it.", policy=text)
    yield good("without cosignatures", "It has to be said.", policy=log + "quorum none\n")
    yield good("one witness", "A quorum may be a witness.", policy=log + w1 + "quorum w1\n")
    any_of = log + w1 + w2 + "group g any w1 w2\ngroup h 1 g\nquorum h\n"
    yield good("groups of groups", "Each name counts once.", policy=any_of)
    yield good("tabs, spaces and remarks", "They part items.", policy=f"# a\n\n \tlog\t{LOG.key}  \nquorum none\n")
    for name, why, broken in (
        ("without a quorum", "It has to be said.", log),
        ("with two quorums", "There is one.", log + "quorum none\nquorum none\n"),
        ("with a quorum that is not there", "Names are from lines above.", log + "quorum w1\n"),
        ("that ends without a line feed", "All lines end with one.", log + "quorum none"),
        ("with a carriage return", "Control characters are refused.", log + "quorum none\r\n"),
        ("with an unknown line", "There are four kinds.", log + "trust me\nquorum none\n"),
        ("with a log twice", "Each key once.", log + log + "quorum none\n"),
        ("with a name twice", "Names are unique.", w1 + w2.replace("w2 ", "w1 ", 1) + "quorum none\n"),
        ("with a witness's key as a log's", "A log's has the type 0x01.", f"log {WITNESS.key}\nquorum none\n"),
        ("with a log's key as a witness's", "A witness's has the type 0x04.", f"witness w {LOG.key}\nquorum none\n"),
        ("with a witness called none", "That name means nobody.", f"witness none {WITNESS.key}\nquorum none\n"),
        ("with a group that needs too many", "At most all.", w1 + "group g 2 w1\nquorum g\n"),
        ("with a group that needs nobody", "At least one.", w1 + "group g 0 w1\nquorum g\n"),
        ("with a member twice", "Each name counts once.", w1 + "group g any w1 w1\nquorum g\n"),
        ("with an empty group", "A group has members.", w1 + "group g any\nquorum g\n"),
    ):
        yield bad(f"policy {name}", why, policy=broken)
    signed = read_checkpoint(CHECKPOINT)
    alone = Note(signed.note.text, signed.note.signatures[:1])
    twice = alone.and_signed(WITNESS, 5).and_signed(WITNESS, 6)
    other = replace(signed.note, text=signed.note.text.replace("700", "701"))
    new = sign(signed.note.text, NEXT).and_signed(WITNESS, 5).and_signed(OTHER, 5)
    strange = sign("strange.example\n1\n" + to_base64(bytes(32)) + "\n", LOG)
    for name, why, note in (
        ("both cosigned", "The quorum is met.", signed.note),
        ("one cosigned", "Both are needed.", Note(signed.note.text, signed.note.signatures[:2])),
        ("nobody cosigned", "Both are needed.", alone),
        ("one cosigned twice", "Two signatures by one key count as one.", twice),
        ("another size", "The signatures are of another text.", other),
        ("another key", "The policy does not know it.", new),
        ("another origin", "The log's key has another name.", strange),
    ):
        yield good(f"verdict: {name}", why, policy=text, **as_field("checkpoint", bytes(note)))
    yield good("verdict: no checkpoint", "It is refused like any other.", policy=text, checkpoint="")
