"""Texts from documents, keys and people that want to be more than text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup
from tests.pages import june
from tests.pages.reading import check

from licet.core.change import Change, Effect
from licet.core.facts import Members
from licet.core.preview import Moment, Preview, Row, Touched
from licet.pages import difference, drill, look, preview, proof, review
from licet.pages.words import Link, visible

PERSIAN = "نام\u200cخانوادگی"  # noqa: RUF001 (a surname; its joiner is meant)

HOSTILE = (
    "<script>alert(1)</script>",
    "</svg><script>alert(1)</script>",
    "</style></title><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "{{ 7 * 7 }}{% raw %}&lt;&#60;",
    "]]><!-- --> <!--",
    "a\u202egnp.exe\u2066",
    "nul\x00 bell\x07 escape\x1b[31m",
    "lone \ud800 surrogate",
    "W" * 2_000,
    "two\nlines",
    PERSIAN,
    "datum.value; 'quoted' \\",
    "",
)


def hostile(text: str) -> Preview:
    """A preview in which every name is this text."""
    change = Change(text, text, text + "!", Effect.LOSES, (text,), (text,), True)
    return replace(
        june.PREVIEW,
        before=text,
        after=text,
        population=text,
        kinds=((text, 3),),
        models=(text,),
        rows=(Row(text, change, 3, 1, 2.5, (text,)),),
        organisations=(Touched(text, change, 3), Touched(None, change, 1)),
        moments=(Moment(june.ORDERED, 3, 0, 3, (text,), ()), Moment(june.LIFTED, 0, 0, 0, (), (text,))),
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_stays_a_text_on_every_page(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    order = replace(june.ORDER, name=text, title=text, issuer=text, authority=(text,), reasons=text, appeal=text)
    found = june.DIFFERENCES.differences[0]
    facts = {**june.JEAN, "org": text, text: Members(frozenset({text}), True)}
    witness = replace(found.witness, facts=facts, operation=text)
    first = replace(found, operation=text, witness=witness, change=hostile(text).rows[0].change)
    differences = replace(june.DIFFERENCES, differences=(first,), assumptions=(text,), before=text)
    claim = replace(june.PROOFS[1].property, name=text, title=text, text=text, models=(text,), source=text)
    refuted = replace(june.PROOFS[1], property=claim, because=text, about=(text,), witness=witness)
    drilled = replace(june.DRILL.subjects[0], subject=text, pseudonym=text, instead=((text, 3),))
    pages = (
        preview.page(hostile(text), title=text, instruments=(order,)),
        difference.page(differences, (text,), title=text),
        proof.page((refuted,), title=text),
        drill.page(replace(june.DRILL, name=text, title=text, subjects=(drilled,), silent=(text,)), title=text),
        review.page(hostile(text), differences, (refuted,), title=text, draft=(order,), sentences=(text,)),
    )
    wanted = " ".join(visible(text).split())
    for page in pages:
        reading = check(page)
        page.encode()
        assert wanted in reading.text
        assert not set("\u202e\u2066\x00\x07\x1b") & set(page)
    assert capfd.readouterr() == ("", "")


def test_an_address_that_is_no_page_leads_nowhere() -> None:
    for address in (
        "javascript:alert(1)",
        " https://x",
        "data:text/html,x",
        "JAVASCRIPT:x",
        "//evil.example",
        "mailto:a@b",
    ):
        assert "<a" not in look.word(Link(address))
    shown = look.word(Link('https://x.example/"><script>'))
    assert shown.startswith('<a href="https://x.example/&#34;&gt;&lt;script&gt;" rel=')


def test_what_changes_how_text_is_read_is_shown() -> None:
    assert visible("a\u202eb\u200bc\ufeff\x7f") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+FEFF⟩⟨U+007F⟩"
    for text in (PERSIAN, "Straße, 東京\n", "👩\u200d🔬"):
        assert visible(text) == text


def test_a_template_cannot_show_what_is_not_there_or_not_text() -> None:
    with pytest.raises(UndefinedError):
        look.TEMPLATES.from_string("{{ nothing }}").render()
    for value in (None, True, 1.5, object(), ["a"]):
        with pytest.raises(TypeError, match="nothing that a page can show"):
            look.TEMPLATES.from_string("{{ value }}").render(value=value)
    assert look.TEMPLATES.from_string("{{ value }}").render(value="<&\"'>") == "&lt;&amp;&#34;&#39;&gt;"
    assert look.shown(Markup("<b>")) == "<b>"
