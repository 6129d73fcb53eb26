"""What a page of the office lets somebody do: forms that are sent to us, and addresses that lead on. No HTML yet."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be ticked: what it sends, its label, and what there is to know about it."""

    name: str
    label: str
    note: str = ""
    ticked: bool = True

    kind = "choice"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to be filled in, of at most so many characters. Browsers neither remember nor correct it."""

    name: str
    label: str
    note: str = ""
    most: int = 200

    kind = "entry"


@dataclass(frozen=True, slots=True)
class Form:
    """Fields that are sent to an address of ours by POST; `legend` says what about, `hidden` goes along unseen.

    `name` is its anchor, once a page.
    """

    name: str
    legend: str
    action: str
    button: str
    fields: tuple[Choice | Entry, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()

    kind = "form"


@dataclass(frozen=True, slots=True)
class Way:
    """An address of ours, or of a program on the reader's device, that a reader may go on to; looks like a button."""

    address: str
    text: str
    note: str = ""

    kind = "way"


@dataclass(frozen=True, slots=True)
class Copyable:
    """A text that a reader takes elsewhere, letter by letter; `name` is its anchor, once a page."""

    name: str
    label: str
    text: str
    large: bool = False

    kind = "copyable"


@dataclass(frozen=True, slots=True)
class Push:
    """A button that the page's script answers to: what it does, about what, and the token that only our pages know.

    `name` is its anchor, once a page; what came of it is said where `note` stands. `entry` is a line that goes along.
    """

    name: str
    text: str
    does: str
    about: str = ""
    token: str = ""
    note: str = ""
    entry: Entry | None = None

    kind = "push"


@dataclass(frozen=True, slots=True)
class Scan:
    """An address as a picture that a telephone's camera reads, and in words what it is."""

    picture: Markup
    label: str

    kind = "scan"
