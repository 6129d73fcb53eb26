"""What officers can do, as one table: the deed that a role must permit, the fields of its content, and what narrows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from licet.core.roles import Deed
from licet.services.acts import case_fields as c
from licet.services.acts import fields as f
from licet.services.acts.fields import Read


class What(StrEnum):
    """One kind of act. The names are those in the content that is signed."""

    ATTEST = "attest"
    RETRACT = "retract"
    SUSPEND = "suspend"
    RESUME = "resume"
    IMPORT = "import"
    MAKE_KEY = "make key"
    REVOKE_KEY = "revoke key"
    ADD_CLIENT = "add client"
    REVOKE_CLIENT = "revoke client"
    SCREEN = "screen"
    FORGET = "forget"
    APPOINT = "appoint"
    DISMISS = "dismiss"
    INVITE = "invite"
    KEEP_KEYS = "keep keys"
    ENACT = "enact"
    CLOSE = "close"
    REGISTER = "register"
    OPEN_CASES = "open cases"
    CASE = "act on cases"
    DESTROY_CASES = "destroy cases"


class Alone(StrEnum):
    """Whether one officer is enough."""

    ALWAYS = "always"
    """It gives nobody access that they did not have."""

    SOMETIMES = "sometimes"
    """Where it is shown to only narrow: of an enactment by proof, of most others by what it says, of cases where no
    event of it needs a second officer.
    """

    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Law:
    """What holds of one kind of act. `pushes`: whether it can change a decision, so that every gate process is told."""

    deed: Deed
    alone: Alone
    pushes: bool
    fields: Mapping[str, Read] = field(hash=False)


LAW: Mapping[What, Law] = {
    What.ATTEST: Law(
        Deed.ATTEST,
        Alone.NEVER,
        True,
        {
            "subject": f.line,
            "facts": f.values,
            "reason": f.text,
            "evidence": f.line,
            "level": f.level,
            "framework": f.line,
            "until": f.instant,
        },
    ),
    What.RETRACT: Law(
        Deed.RETRACT, Alone.SOMETIMES, True, {"subject": f.line, "facts": f.some(f.line), "reason": f.text}
    ),
    What.SUSPEND: Law(Deed.RETRACT, Alone.ALWAYS, True, {"subject": f.line, "reason": f.text}),
    What.RESUME: Law(Deed.ATTEST, Alone.NEVER, True, {"subject": f.line, "reason": f.text}),
    What.IMPORT: Law(Deed.ATTEST, Alone.NEVER, True, {"file": f.line, "digest": f.digest}),
    What.MAKE_KEY: Law(
        Deed.MAKE_KEY,
        Alone.NEVER,
        True,
        {
            "id": f.key_name,
            "hash": f.hash_,
            "subject": f.line,
            "scopes": f.any_number(f.line),
            "expires_at": f.maybe(f.instant),
            "acts_for": f.maybe(f.line),
        },
    ),
    What.REVOKE_KEY: Law(Deed.REVOKE_KEY, Alone.ALWAYS, True, {"id": f.line, "reason": f.text}),
    What.ADD_CLIENT: Law(Deed.MAKE_KEY, Alone.NEVER, True, {"id": f.line, "hash": f.hash_, "attester": f.line}),
    What.REVOKE_CLIENT: Law(Deed.REVOKE_KEY, Alone.ALWAYS, True, {"id": f.line, "reason": f.text}),
    What.SCREEN: Law(
        Deed.SCREEN,
        Alone.SOMETIMES,
        True,
        {
            "subject": f.line,
            "list": f.line,
            "candidate": f.line,
            "outcome": f.one_of("match", "no match"),
            "reason": f.text,
        },
    ),
    What.FORGET: Law(Deed.FORGET, Alone.NEVER, True, {"subject": f.line, "stands_for": f.line, "reason": f.text}),
    What.APPOINT: Law(Deed.APPOINT, Alone.NEVER, False, {"officers": f.some(f.officer)}),
    What.DISMISS: Law(Deed.APPOINT, Alone.NEVER, False, {"officers": f.some(f.line), "reason": f.text}),
    What.INVITE: Law(
        Deed.APPOINT,
        Alone.NEVER,
        False,
        {"name": f.line, "roles": f.some(f.role), "hash": f.hash_, "until": f.instant},
    ),
    What.KEEP_KEYS: Law(
        Deed.KEEP_KEYS,
        Alone.NEVER,
        False,
        {
            "work": f.one_of("hand the log over", "rotate pseudonyms", "destroy pseudonyms", "release a hold"),
            "key": f.maybe(f.line),
            "reason": f.text,
        },
    ),
    What.ENACT: Law(
        Deed.ENACT,
        Alone.SOMETIMES,
        True,
        {
            "documents": f.some(f.document),
            "lists": f.any_number(f.digest),
            "on": f.whole,
            "rulebook": f.line,
            "by": f.one_of("enact", "lift"),
        },
    ),
    What.REGISTER: Law(Deed.APPOINT, Alone.NEVER, False, {"officer": f.officer, "invitation": f.hash_}),
    What.OPEN_CASES: Law(Deed.WORK_CASES, Alone.SOMETIMES, False, {"cases": f.some(c.new_case)}),
    What.CASE: Law(Deed.WORK_CASES, Alone.SOMETIMES, False, {"entries": f.some(c.new_entry)}),
    What.DESTROY_CASES: Law(Deed.FORGET, Alone.NEVER, False, {"cases": f.some(f.line), "reason": f.text}),
    What.CLOSE: Law(Deed.WITHDRAW, Alone.ALWAYS, False, {"proposal": f.line, "reason": f.text}),
}
"""All of them. What is not here cannot be done."""
