"""The one look: blocks become HTML through the one set of templates and the one stylesheet."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Undefined
from markupsafe import Markup, escape

from licet.pages import rows
from licet.pages.blocks import Block, Page, Pairs, Table
from licet.pages.number import count, in_utc, same_as_utc, written
from licet.pages.rows import plain
from licet.pages.words import Amount, Code, Given, Link, Mark, Names, Withheld, Within, Word, visible

STYLE = files("licet.pages").joinpath("templates/style.css").read_text(encoding="utf-8")
"""The stylesheet, which is inside every page."""


def policy(style: str, *, sends: bool = False, runs: bool = False, beside: bool = False) -> str:
    """The Content-Security-Policy of a page: nothing is loaded, nothing runs, and no style but this one applies.

    `sends`: there is a form on it, which may be sent to where the page came from. `runs`: it has a script, which comes
    from there, too, and talks to nobody else. `beside`: its stylesheet is a file beside it.
    """
    script = "script-src 'self'; connect-src 'self'; " if runs else ""
    form_action = "'self'" if sends else "'none'"
    source = "'self'" if beside else f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
    return f"default-src 'none'; img-src data:; base-uri 'none'; form-action {form_action}; {script}style-src {source}"


LONG = 28
"""Characters that a name may have and stay on one line of a table."""

LONG_NAME = ' class="long"'


def shown(value: object) -> Markup:
    """What a template puts on a page: text is made visible and escaped; nothing that it does not know gets through."""
    match value:
        case Markup():
            return value
        case str():
            return escape(visible(value))
        case int() if not isinstance(value, bool):
            return escape(count(value))
        case Undefined():
            return escape(str(value))  # which raises, and says what is not there
        case _:
            raise TypeError(f"`{type(value).__name__}` is nothing that a page can show")


def cell(value: Word) -> str:
    """The same as `word`, as HTML in a text: fast for what stands in most cells."""
    match value:
        case str():
            return f"<bdi>{plain(value)}</bdi>"
        case None:
            return NOTHING
        case datetime():
            return stamp(value)
        case Mark():
            return stamped(value)
        case Withheld(secrecy, why):
            return f'<span class="withheld">withheld ({plain(secrecy)}): <bdi>{plain(why)}</bdi></span>'
        case Within(address, text):
            return f'<a href="{plain(address)}"><bdi>{plain(text)}</bdi></a>'
        case Code(text):
            return f"<code{LONG_NAME if len(text) > LONG else ''}><bdi>{plain(text)}</bdi></code>"
        case Names((_, *_)):
            return f'<ul class="names">{"".join([f"<li>{cell(each)}</li>" for each in value.words])}</ul>'
        case _:
            return str(word(value))  # no longer `Markup`, which would escape what it is put together with


NOTHING = '<span class="none">none</span>'


def stamp(at: datetime) -> str:
    """An instant as it was written, and in UTC where that reads otherwise."""
    if at.tzinfo is None or at.microsecond or at.year in RIMS:
        return instant(at)
    said = at.isoformat()
    if said.endswith(HERE):
        return f'<time datetime="{said}"><span>{said[:10]} {said[11:]}</span></time>'
    shown = f"{said[:10]} {said[11:]}"
    there = at.astimezone(UTC).isoformat()
    utc = there[11:19] if there[:10] == said[:10] else f"{there[:10]} {there[11:19]}"
    return f'<time datetime="{said}"><span>{shown}</span> <span class="utc">{utc} UTC</span></time>'


HERE = "+00:00"
"""How an instant in UTC ends."""

RIMS = (1, 9999)
"""Years before or after which there is none, in UTC either."""


def stamped(value: Mark) -> str:
    """A symbol in its colour, and words."""
    symbol = f'<span class="symbol" aria-hidden="true">{value.role.symbol}</span>'
    return f'<span class="mark {value.role.value}">{symbol} <bdi>{plain(value.text)}</bdi></span>'


def word(value: Word) -> Markup:
    """A cell's content. A name from a document is isolated, so that its direction disturbs nothing around it."""
    match value:
        case None | Names(()):
            return Markup('<span class="none">none</span>')
        case int() | Amount():
            return shown(value.text if isinstance(value, Amount) else value)
        case str():
            return Markup(f"<bdi>{shown(value)}</bdi>")  # noqa: S704 (what is shown is escaped)
        case datetime():
            return instant(value)
        case Code(text):
            kind = ' class="long"' if len(text) > LONG else ""
            return Markup(f"<code{kind}><bdi>{{}}</bdi></code>").format(shown(text))  # noqa: S704 (`kind` is ours)
        case Mark():
            return mark(value)
        case Names(words):
            return names(words)
        case Given():
            return given(value)
        case Link() | Within() | Withheld():
            return link(value)


def said(sentence: str) -> Markup:
    """A sentence of ours: what stands in it between backticks is set as what somebody types."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return shown(sentence)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(shown(part)) if at % 2 else shown(part) for at, part in enumerate(parts))


def names(words: tuple[Word, ...]) -> Markup:
    """Several words, as a list that runs on."""
    items = Markup("").join(Markup("<li>{}</li>").format(word(each)) for each in words)
    return Markup('<ul class="names">{}</ul>').format(items)


def given(value: Given) -> Markup:
    """A fact and its value."""
    kind = "given unknown" if value.unknown else "given"
    inner = (kind, shown(value.fact), shown(value.value))
    return Markup('<span class="{}"><code>{}</code> <bdi>{}</bdi></span>').format(*inner)


def withheld(value: Withheld) -> Markup:
    """That something is not shown, and why."""
    inner = (shown(value.secrecy), shown(value.why))
    return Markup('<span class="withheld">withheld ({}): <bdi>{}</bdi></span>').format(*inner)


def link(value: Link | Within | Withheld) -> Markup:
    """An address: only one that a browser opens as a page leads anywhere, or one of ours. Nothing leads to what is
    withheld.
    """
    if isinstance(value, Withheld):
        return withheld(value)
    if isinstance(value, Within):
        return Markup(f'<a href="{escape(value.address)}"><bdi>{shown(value.text)}</bdi></a>')  # noqa: S704 (escaped)
    text = Markup("<bdi>{}</bdi>").format(shown(value.address if value.text is None else value.text))
    if not value.leads:
        return text
    head = Markup('<a href="{}" rel="external noopener noreferrer nofollow">{}</a>')
    return head.format(shown(value.address), text)


def instant(at: datetime) -> Markup:
    """An instant as it was written, and in UTC where that reads otherwise."""
    there = "" if same_as_utc(at) else f' <span class="utc">{in_utc(at)}</span>'
    return Markup(f'<time datetime="{at.isoformat()}"><span>{written(at)}</span>{there}</time>')  # noqa: S704 (digits)


def mark(value: Mark) -> Markup:
    """A symbol in its colour, and words. The symbol is not read aloud: the words say it."""
    return Markup(stamped(value))  # noqa: S704 (what is shown is escaped)


def environment() -> Environment:
    """The templates: everything is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=PackageLoader("licet.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["word"] = word
    made.filters["said"] = said
    made.filters["pairs"] = lambda it: rows.pairs(it, cell)
    made.filters["table"] = lambda it: rows.table(it, cell)
    made.filters["timeline"] = lambda it: rows.timeline(it, cell, told)
    return made


@lru_cache(maxsize=4_096)
def told(sentence: str) -> str:
    """The same as `said`, as HTML in a text: most sentences stand on many pages."""
    return str(said(sentence))


def block(it: Block) -> str:
    """A block of a page by itself, as it stands in a section."""
    match it:
        case Pairs():
            html = str(rows.pairs(it, cell))
        case Table():
            html = str(rows.table(it, cell))
        case _:
            html = str(TEMPLATES.get_template("blocks.html.j2").make_module().block(it))  # type: ignore[attr-defined]
            return html + "\n"
    return html + "\n\n"


TEMPLATES = environment()


def render(page: Page) -> str:
    """A whole page as one self-contained HTML document. The same page gives the same text, to the byte."""
    # the texts of `heads` are spelled out in digits, so nothing in them ends the style or a string
    style = STYLE if page.running is None else STYLE + heads(*page.running)
    beside = page.site is not None
    allowed = policy(style, sends=page.sends, runs=page.script is not None, beside=beside)
    return TEMPLATES.get_template("page.html.j2").render(page=page, style=Markup(style), policy=allowed)  # noqa: S704


def heads(left: str, right: str) -> str:
    """The style by which each printed sheet has these texts at its head, and its number at its foot."""
    look = "font: 8pt sans-serif; color: #565b63;"
    return f"""@page {{
  size: A4;
  margin: 22mm 14mm 18mm;
  @top-left {{ content: {quoted(left)}; {look} }}
  @top-right {{ content: {quoted(right)}; {look} }}
  @bottom-right {{ content: counter(page) " / " counter(pages); {look} }}
}}
"""


def quoted(text: str) -> str:
    """A text as a string of CSS: letters, figures and spaces as they are, everything else by its code."""
    spelled = (each if each.isascii() and each.isalnum() else f"\\{ord(each):06x}" for each in visible(text))
    return '"' + "".join(spelled) + '"'
