"""A page, read as strictly as it was meant: every element closed, in order, and nothing that comes from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset({"meta", "link", "br", "img", "hr", "input"})
ADDRESSES = frozenset({"src", "href", "xlink:href", "action", "srcset", "data", "poster", "background", "formaction"})


@dataclass
class Element:
    """One element, with the text inside it."""

    tag: str
    attributes: dict[str, str | None]
    path: tuple[str, ...]
    text: str = ""


@dataclass
class Reading(HTMLParser):
    """Every element of a page, in order. A tag that is not closed where it has to be fails at once."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)
    declarations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_decl(self, decl: str) -> None:
        self.declarations.append(decl)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>: {attrs}"
        element = Element(tag, dict(attrs), tuple(each.tag for each in self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert any(each.tag == "svg" for each in self.open), f"<{tag}/> is no element that closes itself"
        self.elements.append(Element(tag, dict(attrs), tuple(each.tag for each in self.open)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag, f"</{tag}> is out of place"

    def handle_data(self, data: str) -> None:
        for each in self.open:
            each.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def all(self, *tags: str) -> list[Element]:
        """The elements with one of these tags."""
        return [each for each in self.elements if each.tag in tags]

    @property
    def text(self) -> str:
        """What a reader reads."""
        return " ".join(self.all("body")[0].text.split())


def read(page: str) -> Reading:
    """A page, read; it is well-formed."""
    reading = Reading()
    reading.feed(page)
    reading.close()
    assert not reading.open, [each.tag for each in reading.open]
    assert reading.declarations == ["DOCTYPE html"]
    return reading


def check(page: str) -> Reading:
    """What has to hold of every page, whatever is on it."""
    reading = read(page)
    nothing_from_outside(page, reading)
    ids = [value for each in reading.elements if (value := each.attributes.get("id")) is not None]
    assert len(ids) == len(set(ids)), sorted(each for each in ids if ids.count(each) > 1)
    named_by_others(reading, set(ids))
    headings(reading)
    tables(reading)
    charts(reading)
    (html,) = reading.all("html")
    assert html.attributes["lang"] == "en-GB"
    assert len(reading.all("main")) == len(reading.all("header")) == len(reading.all("footer")) == 1
    return reading


def nothing_from_outside(page: str, reading: Reading) -> None:
    """No script, no address but anchors and the links that documents give, no style but the stylesheet."""
    assert not reading.all("script", "iframe", "object", "embed", "link", "base", "form", "img", "foreignobject", "use")
    assert len(reading.all("style")) == 1
    assert "url(" not in page.split("</style>", maxsplit=1)[0] and "@import" not in page
    for each in reading.elements:
        assert not any(name.startswith("on") or name == "style" for name in each.attributes), each
        for name in ADDRESSES & each.attributes.keys():
            address = each.attributes[name] or ""
            if not address.startswith("#"):
                assert each.tag == "a" and address.startswith(("https://", "http://")), each
                assert {"noopener", "noreferrer", "external"} <= set((each.attributes["rel"] or "").split())


def named_by_others(reading: Reading, ids: set[str]) -> None:
    """Whatever is referred to by id is there."""
    for each in reading.elements:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((each.attributes.get(name) or "").split()) <= ids, each
        if each.tag == "a" and (each.attributes["href"] or "").startswith("#"):
            assert (each.attributes["href"] or "")[1:] in ids, each


def headings(reading: Reading) -> None:
    """One first heading; none is deeper than the one before by more than one."""
    levels = [int(each.tag[1]) for each in reading.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def tables(reading: Reading) -> None:
    """A caption, headers with a scope, a place that a keyboard reaches; rows as wide as the head."""
    shown = reading.all("table")
    assert len(reading.all("caption")) == len(shown)
    assert all(each.text.strip() for each in reading.all("caption"))
    assert all(each.attributes.get("scope") in ("col", "row") for each in reading.all("th"))
    regions = [each for each in reading.elements if each.attributes.get("role") == "region"]
    assert len(regions) == len(shown)
    assert all(each.attributes["tabindex"] == "0" and each.attributes["aria-labelledby"] for each in regions)


def charts(reading: Reading) -> None:
    """A text alternative that is more than a name, twice for two widths; and a table with the numbers."""
    figures, drawn = reading.all("figure"), reading.all("svg")
    assert len(drawn) == 2 * len(figures) == 2 * len(reading.all("figcaption"))
    for each in drawn:
        assert each.attributes["role"] == "img"
        assert len(each.attributes["aria-label"] or "") > 20
    for each in reading.elements:
        assert "svg" not in each.path or not {"role", "class"} & each.attributes.keys()
    assert sum("The numbers are in a table" in each.text for each in reading.all("p")) == len(figures)
