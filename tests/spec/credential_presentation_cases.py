"""Cases of `vectors/credentials/`: presentations and status lists. `None` is what is accepted."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

from tests.credentials.issuing import (
    AT,
    ISSUER,
    LIST,
    NONCE,
    SECRET_BIRTH,
    SECRET_NAME,
    US,
    Jwk,
    b64,
    credential_claims,
    digest,
    disclosure,
    header,
    issued,
    json64,
    new_key,
    present,
    public,
    raw,
    sign,
    status_token,
)
from tests.spec.credential_token_cases import OTHER, SCIM_ONLY, Case, Issuers, case, spelling_refused, verified

from licet.credentials.refusal import Reason

GIVEN = {"audience": US, "nonce": NONCE}
HIDDEN = {"us_citizen": True, "nationalities": ["US"], "given_name": SECRET_NAME, "birthdate": SECRET_BIRTH}


def presentations(of: Issuers) -> Iterator[Case]:
    """RFC 9901; SD-JWT VC."""
    holder = new_key(kid=None)
    yield from _accepted(of, holder)
    yield from _disclosures_refused(of.es256, holder)
    yield from _nested_refused(of.es256, holder)
    yield from _bindings_refused(of.es256, holder)
    yield from _credentials_refused(of, holder)
    yield from _tokens_refused(of.es256, holder)


def a(name: str, why: str, reason: Reason | None, token: str) -> Case:
    return case(name, why, reason, token, **GIVEN)


def _accepted(of: Issuers, holder: Jwk) -> Iterator[Case]:
    credential, shown = issued(of.es256, holder, HIDDEN)
    one = [shown["us_citizen"]]
    yield a("one predicate", "Nothing else is shown.", None, present(credential, one, holder))
    more = [shown["us_citizen"], shown["given_name"], shown["nationalities"]]
    yield a(
        "more than is asked for", "What no trust document names is forgotten.", None, present(credential, more, holder)
    )
    endless, shown = issued(of.es256, holder, HIDDEN, exp=None, status=None)
    yield a("without end or status", "Both are optional.", None, present(endless, [shown["us_citizen"]], holder))
    for kind, algorithm in (("Ed25519", "EdDSA"), ("P-384", "ES384"), ("RSA", "PS256")):
        other = new_key(kind, None)
        credential, shown = issued(of.es256, other, HIDDEN)
        token = present(credential, [shown["us_citizen"]], other, header={"alg": algorithm})
        yield a(f"a holder's key for {algorithm}", "Holders have the keys that they have.", None, token)
    signed = sign(of.ed25519, header(of.ed25519, "dc+sd-jwt", "EdDSA"), credential_claims(holder, us_citizen=True))
    yield a("nothing hidden", "A credential may show all that it has.", None, present(signed, [], holder))
    yield a("decoys", "A digest without a disclosure says nothing.", None, _decoys(of.es256, holder))
    yield a("a member of a list", "RFC 9901, section 4.2.2.", None, _members(of.es256, holder))
    yield a("verified claims, in each other", "RFC 9901, section 4.2.6.", None, _nested(of.es256, holder))


def _decoys(issuer: Jwk, holder: Jwk) -> str:
    shown = disclosure("us_citizen", True)
    return present(raw(issuer, holder, [digest(shown), digest("decoy 1"), digest("decoy 2")]), [shown], holder)


def _members(issuer: Jwk, holder: Jwk) -> str:
    shown = disclosure("US")
    listed = [{"...": digest(shown)}, {"...": digest("another")}]
    return present(raw(issuer, holder, [], nationalities=listed), [shown], holder)


def _nested(issuer: Jwk, holder: Jwk) -> str:
    inner = disclosure("nationalities", ["US"])
    whole = verified({"_sd": [digest(inner)]}, assurance_level="low")
    outer = disclosure("verified_claims", whole)
    return present(raw(issuer, holder, [digest(outer)]), [outer, inner], holder)


def _disclosures_refused(issuer: Jwk, holder: Jwk) -> Iterator[Case]:
    credential, by_name = issued(issuer, holder, HIDDEN)
    good = by_name["us_citizen"]

    def shown(*disclosures: str) -> str:
        return present(credential, disclosures, holder)

    def hidden(*disclosures: str, **more: Any) -> str:
        return present(raw(issuer, holder, [digest(each) for each in disclosures], **more), disclosures, holder)

    yield a(
        "a disclosure added",
        "RFC 9901, section 7.1, step 5.",
        Reason.DISCLOSURE_DANGLING,
        shown(good, disclosure("org", "acme")),
    )
    other = issued(issuer, holder, {"us_citizen": True})[1]["us_citizen"]
    yield a(
        "a disclosure of another credential", "Its digest is not in this one.", Reason.DISCLOSURE_DANGLING, shown(other)
    )
    yield a(
        "a disclosure changed",
        "Its digest is another one.",
        Reason.DISCLOSURE_DANGLING,
        shown(json64(["x", "us_citizen", True])),
    )
    yield a("a disclosure twice", "RFC 9901, section 7.1.", Reason.DISCLOSURE_TWICE, shown(good, good))
    twice = raw(issuer, holder, [digest(good), digest(good)])
    yield a("a digest twice", "RFC 9901, section 7.1, step 4.", Reason.DIGEST_TWICE, present(twice, [good], holder))
    decoy = raw(issuer, holder, [digest(good), digest("d")], inner={"_sd": [digest("d")]})
    yield a("a decoy twice", "RFC 9901, section 7.1, step 4.", Reason.DIGEST_TWICE, present(decoy, [good], holder))
    for name in ("iss", "exp", "nbf", "aud", "cnf", "vct", "vct#integrity", "status", "_sd_alg"):
        token = hidden(good, disclosure(name, "x"))
        yield a(f"{name} hidden", "A holder could leave it out.", Reason.REGISTERED_DISCLOSED, token)
    yield a(
        "a claim that is there",
        "RFC 9901, section 7.1, step 3.",
        Reason.CLAIM_DISCLOSED_TWICE,
        hidden(good, us_citizen=False),
    )
    again = disclosure("us_citizen", False)
    yield a(
        "a claim disclosed twice", "RFC 9901, section 7.1, step 3.", Reason.CLAIM_DISCLOSED_TWICE, hidden(good, again)
    )
    for name, odd in (
        ("a name that is reserved", disclosure("_sd", [])),
        ("a name of three dots", disclosure("...", "x")),
        ("four parts", disclosure("us_citizen", True, 1)),
        ("one part", disclosure()),
        ("a number for a name", disclosure(1, True)),
        ("a number for a salt", json64([1, "us_citizen", True])),
        ("an object", json64({"us_citizen": True})),
        ("a member's, in an object", disclosure("US")),
    ):
        yield a(f"a disclosure with {name}", "RFC 9901, section 4.2.", Reason.DISCLOSURE, hidden(odd))
    yield a("a disclosure that is no JSON", "RFC 9901, section 4.2.", Reason.MALFORMED, hidden(b64(b"[")))
    yield a("a disclosure with padding", "There is one spelling.", Reason.ENCODING, hidden(good + "="))
    yield a("an empty disclosure", "There is nothing between two tildes.", Reason.MALFORMED, hidden(""))
    key = b64(b'["s","us_citizen",{"a":1,"a":2}]')
    yield a("a key twice in a disclosure", "Parsers take the first or the last.", Reason.DUPLICATE_KEY, hidden(key))
    yield a(
        "201 disclosures", "They are not read.", Reason.TOO_LARGE, hidden(*(disclosure(f"c{n}", n) for n in range(201)))
    )


def _nested_refused(issuer: Jwk, holder: Jwk) -> Iterator[Case]:
    good = disclosure("us_citizen", True)

    def claims(**more: Any) -> str:
        return present(raw(issuer, holder, [digest(good)], **more), [good], holder)

    for algorithm in ("sha-512", "sha-1", "SHA-256", None, 1):
        text = sign(issuer, header(issuer, "dc+sd-jwt"), {**credential_claims(holder), "_sd": [], "_sd_alg": algorithm})
        yield a(f"_sd_alg is {algorithm}", "Nothing else is read.", Reason.HASH_ALGORITHM, present(text, [], holder))
    yield a("_sd_alg inside", "RFC 9901, section 4.1.1.", Reason.HASH_ALGORITHM, claims(inner={"_sd_alg": "sha-256"}))
    yield a("_sd is a text", "RFC 9901, section 4.2.4.1.", Reason.DISCLOSURE, claims(inner={"_sd": "x"}))
    yield a("_sd with a number", "RFC 9901, section 4.2.4.1.", Reason.DISCLOSURE, claims(inner={"_sd": [1]}))
    yield a(
        "three dots in an object", "They stand in lists only.", Reason.DISCLOSURE, claims(inner={"...": digest("x")})
    )
    yield a(
        "three dots with more",
        "RFC 9901, section 4.2.4.2.",
        Reason.DISCLOSURE,
        claims(inner=[{"...": digest("x"), "a": 1}]),
    )
    yield a("three dots with a number", "RFC 9901, section 4.2.4.2.", Reason.DISCLOSURE, claims(inner=[{"...": 1}]))
    listed = raw(issuer, holder, [], nationalities=[{"...": digest(good)}])
    yield a(
        "a claim's disclosure in a list", "RFC 9901, section 7.1.", Reason.DISCLOSURE, present(listed, [good], holder)
    )
    deep = [disclosure("d0", True)]
    for depth in range(1, 25):
        deep.append(disclosure(f"d{depth}", {"_sd": [digest(deep[-1])]}))
    token = present(raw(issuer, holder, [digest(deep[-1])]), deep, holder)
    yield a("disclosures in each other, 25 deep", "20 are enough.", Reason.TOO_DEEP, token)


def _bindings_refused(issuer: Jwk, holder: Jwk) -> Iterator[Case]:
    credential, by_name = issued(issuer, holder, HIDDEN)
    shown = [by_name["us_citizen"]]

    def bound(**changes: Any) -> str:
        return present(credential, shown, holder, **changes)

    without = "~".join([credential, *shown, ""])
    yield a("no key binding", "Whoever found it could present it.", Reason.KEY_BINDING_MISSING, without)
    yield a("no tilde at all", "It is a token, and nothing is presented.", Reason.KEY_BINDING_MISSING, credential)
    yield a("another nonce", "It was made for another request.", Reason.NONCE, bound(nonce="n-replayed"))
    yield a("another audience", "It was made for somebody else.", Reason.AUDIENCE, bound(aud="https://x.example"))
    yield a(
        "two audiences",
        "Whoever else it is for could hand it on.",
        Reason.AUDIENCE,
        bound(aud=[US, "https://x.example"]),
    )
    yield a(
        "another holder's key",
        "The credential is bound to its key.",
        Reason.KEY_BINDING_SIGNATURE,
        bound(key=new_key(kid=None)),
    )
    yield a("the issuer's key", "The credential is bound to its key.", Reason.KEY_BINDING_SIGNATURE, bound(key=issuer))
    edwards = new_key("Ed25519", None)
    swapped = bound(key=edwards, header={"alg": "EdDSA"})
    yield a("another algorithm", "It does not fit the key.", Reason.KEY_BINDING_SIGNATURE, swapped)
    none = f"{without}{json64({'alg': 'none', 'typ': 'kb+jwt'})}.{json64({'nonce': NONCE})}."
    yield a("alg none", "RFC 8725, section 3.2.", Reason.ALGORITHM, none)
    yield a("another type", "RFC 9901, section 4.3.", Reason.TOKEN_TYPE, bound(header={"typ": "jwt"}))
    yield a(
        "a key in the header",
        "RFC 8725, section 3.10.",
        Reason.KEY_IN_HEADER,
        bound(header={"jku": "https://x.example"}),
    )
    yield a(
        "crit",
        "RFC 7515, section 4.1.11.",
        Reason.CRITICAL,
        f"{without}{json64({'alg': 'ES256', 'crit': ['a']})}.e30.AA",
    )
    yield a("another hash", "It was signed over something else.", Reason.KEY_BINDING_HASH, bound(sd_hash=digest("x")))
    first = present(credential, [], holder).rsplit("~", 1)[1]
    yield a("a disclosure after signing", "The holder did not show it.", Reason.KEY_BINDING_HASH, without + first)
    yield a("signed long ago", "5 minutes, and the skew.", Reason.KEY_BINDING_STALE, bound(iat=AT - 360))
    yield a("signed later", "Past the skew.", Reason.NOT_YET_VALID, bound(iat=AT + 61))
    for name, value in (("true", True), ("text", "1")):
        yield a(f"iat is {name}", "RFC 7519, section 2.", Reason.TIME, bound(iat=value))
    for name in ("nonce", "aud", "iat", "sd_hash"):
        yield a(f"no {name}", "RFC 9901, section 4.3.", Reason.MISSING_CLAIM, bound(**{name: None}))
    yield a("two key bindings", "The first of them is no disclosure.", Reason.ENCODING, f"{bound()}~{first}")


def _credentials_refused(of: Issuers, holder: Jwk) -> Iterator[Case]:
    issuer = of.es256

    def credential(key: Jwk = issuer, **changes: Any) -> str:
        made, by_name = issued(key, holder, HIDDEN, **changes)
        return present(made, [by_name["us_citizen"]], holder)

    yield a("expired", "There is no skew at its end.", Reason.EXPIRED, credential(exp=AT))
    yield a("not yet valid", "Past the skew.", Reason.NOT_YET_VALID, credential(nbf=AT + 61))
    yield a("issued later", "Past the skew.", Reason.NOT_YET_VALID, credential(iat=AT + 61))
    yield a("exp is text", "RFC 7519, section 2.", Reason.TIME, credential(exp="2099"))
    yield a(
        "another type of credential",
        "No trust document names it.",
        Reason.CREDENTIAL_TYPE,
        credential(vct="https://id.example/vct/other"),
    )
    yield a("no type of credential", "SD-JWT VC, section 2.2.2.1.", Reason.MISSING_CLAIM, credential(vct=None))
    yield a("no issuer", "Whose it is must be said.", Reason.MISSING_CLAIM, credential(iss=None))
    yield a(
        "issuer that is not trusted",
        "No trust document names it.",
        Reason.ISSUER_NOT_TRUSTED,
        credential(iss="https://evil.example"),
    )
    yield a(
        "issuer trusted by another carrier",
        "It is believed by SCIM only.",
        Reason.CARRIER_NOT_TRUSTED,
        credential(iss=SCIM_ONLY),
    )
    yield a("a stranger's key", "It is not the issuer's.", Reason.SIGNATURE, credential(of.stranger))
    yield a("another issuer's key", "Each issuer has its own keys.", Reason.UNKNOWN_KEY, credential(of.other))
    named = [SECRET_NAME]
    made, by_name = issued(issuer, holder, HIDDEN)
    yield a(
        "no fact that is believed",
        "It says a name, and its issuer is not asked for one.",
        Reason.FACT_NOT_TRUSTED,
        present(made, [by_name["given_name"]], holder),
    )
    made, by_name = issued(issuer, holder, {"org": "initech"})
    yield a(
        "a value that is not believed",
        "Its issuer speaks for acme and globex.",
        Reason.FACT_NOT_TRUSTED,
        present(made, [by_name["org"]], holder),
    )
    made, by_name = issued(issuer, holder, {"us_citizen": named})
    yield a(
        "a set for a predicate",
        "It is read as a set, and types are for later.",
        None,
        present(made, [by_name["us_citizen"]], holder),
    )
    for name, cnf in (
        ("no key", None),
        ("a key by its name", {"kid": "k"}),
        ("a private key", {"jwk": holder.as_dict(private=True)}),
        ("a symmetric key", {"jwk": {"kty": "oct", "k": "AAAA"}}),
        ("a key that is none", {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}),
        ("a key to encrypt with", {"jwk": {**public(holder), "use": "enc"}}),
        ("a short key", {"jwk": public(of.short)}),
    ):
        made = sign(issuer, header(issuer, "dc+sd-jwt"), {**credential_claims(holder), "cnf": cnf, "us_citizen": True})
        yield a(f"bound to {name}", "Whose it is cannot be told.", Reason.HOLDER_KEY, present(made, [], holder))
    for name, status in (
        ("another way", {"bitstring": {"url": LIST}}),
        ("text", "ok"),
        ("a negative position", {"status_list": {"idx": -1, "uri": LIST}}),
        ("true for a position", {"status_list": {"idx": True, "uri": LIST}}),
        ("a position past all lists", {"status_list": {"idx": 2**53, "uri": LIST}}),
        ("http", {"status_list": {"idx": 1, "uri": "http://id.example/1"}}),
        ("a file", {"status_list": {"idx": 1, "uri": "file:///etc/passwd"}}),
        ("a space in its address", {"status_list": {"idx": 1, "uri": LIST + " x"}}),
    ):
        yield a(
            f"status told by {name}",
            "What cannot be checked is not believed.",
            Reason.STATUS_REFERENCE,
            credential(status=status),
        )


def _tokens_refused(issuer: Jwk, holder: Jwk) -> Iterator[Case]:
    """Whatever is refused of any token is refused of the one inside a presentation."""
    for each in spelling_refused(issuer, "dc+sd-jwt", credential_claims(holder, us_citizen=True)):
        token = each.token if "tilde" in each.name or not each.token.isascii() else present(each.token, [], holder)
        yield a(f"its token: {each.name}", each.why, each.reason, token)
    yield case("larger than 64 Ki", "It is not read.", Reason.TOO_LARGE, "a~", spaces=65_536, **GIVEN)
    old = sign(issuer, header(issuer, "vc+sd-jwt"), credential_claims(holder, us_citizen=True))
    yield a("the type of old drafts", "`vc+sd-jwt` meant something else.", Reason.TOKEN_TYPE, present(old, [], holder))


def status_lists(of: Issuers) -> Iterator[Case]:
    """Token Status List. `at` are positions to look up."""
    key, us = of.es256, {"uri": LIST, "attester": ISSUER}

    def made(name: str, why: str, reason: Reason | None, *, at: tuple[int, ...] = (), **changes: Any) -> Case:
        return case(name, why, reason, status_token(key, [0, 1], **changes), at=list(at), **us)

    def packed(name: str, why: str, reason: Reason, lst: Any, bits: Any = 1) -> Case:
        return made(name, why, reason, status_list={"bits": bits, "lst": lst})

    for bits, statuses in ((1, [0, 1, 0, 1]), (2, [0, 1, 2, 3]), (4, [0, 1, 2, 15]), (8, [0, 1, 2, 255])):
        token = status_token(key, statuses, bits)
        yield case(
            f"{bits} bits", "Token Status List, section 4.1.", None, token, at=[0, 1, 2, 3, 4, 128 // bits - 1], **us
        )
    example = b64(zlib.compress(bytes((0xB9, 0xA3))))
    yield case(
        "the standard's example",
        "Section 4.1: 1 0 0 1 1 1 0 1 1 1 0 0 0 1 0 1.",
        None,
        status_token(key, [], status_list={"bits": 1, "lst": example}),
        at=list(range(16)),
        **us,
    )
    yield made("without end", "When to read it anew is for us to say.", None, exp=None, ttl=None)
    yield made("a position outside", "The list has 128.", Reason.STATUS_POSITION, at=(128,))
    yield made("expired", "A newer one must be read.", Reason.EXPIRED, exp=AT)
    yield made("issued later", "Past the skew.", Reason.NOT_YET_VALID, iat=AT + 61)
    yield made("no iat", "Section 5.1.", Reason.MISSING_CLAIM, iat=None)
    yield made("about another address", "Section 8.3: `sub` is the address.", Reason.STATUS_LIST_OTHER, sub=LIST + "0")
    yield made("of another issuer", "Each issuer tells of its own.", Reason.STATUS_LIST_OTHER, iss=OTHER)
    yield made("ttl of nothing", "Section 5.1: it is positive.", Reason.TIME, ttl=0)
    yield made("ttl is text", "Section 5.1: it is a number.", Reason.TIME, ttl="300")
    yield case(
        "a stranger's key", "It is not the issuer's.", Reason.SIGNATURE, status_token(of.stranger, []), at=[], **us
    )
    yield case("another type", "Section 5.1.", Reason.TOKEN_TYPE, sign(key, header(key, "JWT"), {}), at=[], **us)
    yield case(
        "an algorithm that is not allowed",
        "The trust document pins the others.",
        Reason.ALGORITHM,
        sign(new_key("P-521"), header(key, "statuslist+jwt", "ES512"), {}),
        at=[],
        **us,
    )
    whole = zlib.compress(bytes(16))
    yield packed("bits 3", "Section 4.1.", Reason.STATUS_LIST, b64(whole), 3)
    yield packed("bits true", "Section 4.1.", Reason.STATUS_LIST, b64(whole), True)
    yield made("no list", "Section 5.1.", Reason.STATUS_LIST, status_list={"bits": 1})
    yield packed("not compressed", "Section 4.1.", Reason.STATUS_LIST, b64(bytes(16)))
    yield packed("cut off", "Some of it is missing.", Reason.STATUS_LIST, b64(whole[:-3]))
    yield packed("more behind it", "Nobody reads it.", Reason.STATUS_LIST, b64(whole + b"x"))
    yield packed("a checksum that is wrong", "RFC 1950.", Reason.STATUS_LIST, b64(whole[:-1] + b"\xff"))
    yield packed("nothing in it", "It has no statuses.", Reason.STATUS_LIST, b64(zlib.compress(b"")))
    yield packed("padding", "There is one spelling.", Reason.ENCODING, b64(whole) + "=")
    bomb = zlib.compressobj(9)
    grown = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(17)) + bomb.flush()
    yield packed(
        "a bomb", "17 MiB from 17 KiB: it is not unpacked past 16 MiB.", Reason.STATUS_LIST_TOO_LARGE, b64(grown)
    )
    for position, reason in ((0, None), (1, Reason.REVOKED), (2, Reason.SUSPENDED), (3, Reason.STATUS_OTHER)):
        token = status_token(key, [0, 1, 2, 3], 2)
        yield case(f"a credential at {position}", "Only 0 holds.", reason, token, at=[], reference=position, **us)


MAKERS: dict[str, Callable[[Issuers], Iterator[Case]]] = {"presentations": presentations, "status-lists": status_lists}
