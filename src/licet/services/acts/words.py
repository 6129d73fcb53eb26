"""An act in words: what somebody reads before they sign or approve it, on a terminal and on a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from licet.core.facts import Members, Unknown
from licet.services.acts.content import Act
from licet.services.acts.what import What
from licet.wire.values import from_json

HEADLINES: Mapping[What, str] = {
    What.ATTEST: "attest facts of {subject}",
    What.RETRACT: "withdraw what the operator attested of {subject}",
    What.SUSPEND: "let nobody in as {subject}",
    What.RESUME: "let {subject} in again",
    What.IMPORT: "import the subjects of {file}",
    What.MAKE_KEY: "make an API key for {subject}",
    What.REVOKE_KEY: "revoke the API key {id}",
    What.ADD_CLIENT: "let {attester} push its members",
    What.REVOKE_CLIENT: "end the token {id} of an organisation",
    What.SCREEN: "decide about a candidate of a screening: {outcome}",
    What.FORGET: "erase what is known of {subject}",
    What.APPOINT: "appoint officers",
    What.DISMISS: "dismiss officers",
    What.INVITE: "invite {name} to register a passkey",
    What.KEEP_KEYS: "{work}",
    What.ENACT: "put documents in force",
    What.REGISTER: "register a passkey by an invitation",
    What.CLOSE: "take back {proposal}, which nobody signed",
    What.OPEN_CASES: "open cases",
    What.CASE: "act on cases",
    What.DESTROY_CASES: "destroy what cases say, after their retention",
}

LABELS = {
    "until": "until",
    "expires_at": "expires",
    "acts_for": "acts for",
    "on": "on epoch",
    "by": "made with",
    "stands_for": "name kept",
}
QUIET = frozenset(("hash", "invitation"))
"""Fields that say nothing to a reader."""


def headline(act: Act) -> str:
    """What it does, in half a sentence."""
    return HEADLINES[act.what].format_map(act.fields)


def lines(act: Act) -> list[tuple[str, str]]:
    """Every field of it with its value, in the order of the table."""
    found = [("does", headline(act)), ("by", act.actor), ("made", act.at.isoformat(timespec="seconds"))]
    for name in act.law.fields:
        value = act.fields[name]
        if name not in QUIET and value not in (None, [], {}):
            found.append((LABELS.get(name, name.replace("_", " ")), _shown(name, value)))
    return [*found, ("digest", act.digest)]


def _shown(name: str, value: Any) -> str:
    if name == "facts" and isinstance(value, dict):
        return ", ".join(f"{fact} = {_value(each)}" for fact, each in value.items())
    if name == "documents":
        return ", ".join(f"{each['kind']} {each['name']} ({each['digest']})" for each in value)
    if name == "officers":
        return "; ".join(each if isinstance(each, str) else _officer(each) for each in value)
    if name == "officer":
        return _officer(value)
    if name == "entries":
        return "; ".join(f"{each['event']} in {each['case']} on {each['on']} entries{_entered(each)}" for each in value)
    if name == "cases" and isinstance(value[0], dict):
        return "; ".join(f"{each['event']} under {each['procedure']}{_entered(each)}" for each in value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _entered(tree: Mapping[str, Any]) -> str:
    """Everything that an entry says: whoever agrees to it must have seen it."""
    said = [f"as {tree['role']}" + (f" ({tree['party']})" if tree["party"] else "")]
    said += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in tree["fields"].items()]
    said += [f"happened {tree['happened']}"] if tree["happened"] else []
    said += [f"late, because {tree['late']}"] if tree["late"] else []
    said += [f"with {each['name']} ({each['digest']})" for each in tree["exhibits"]]
    said += [f"{each['relation']} {each['target']}" for each in tree.get("links", ())]
    return ": " + ", ".join(said)


def _officer(tree: Mapping[str, Any]) -> str:
    keys = ", ".join(f"{each['kind']} {each['id']}" for each in tree["keys"]) or "no key"
    accounts = "".join(f", an account at {each['issuer']}" for each in tree["accounts"])
    return f"{tree['name']} ({', '.join(tree['roles'])}; {keys}{accounts})"


def _value(tree: Any) -> str:
    match from_json(tree):
        case Members(known, complete):
            return "{" + ", ".join(sorted(known)) + ("}" if complete else ", perhaps others}")
        case Unknown():
            return "unknown"
        case value:
            return json.dumps(value, ensure_ascii=False)
