"""The pages of cases in a real browser: on a telephone, in the dark, on paper, with a keyboard, and read aloud."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from tests.office.browser import NEEDS_CHROMIUM, chromium, name, prop, role
from tests.pages.browsed import pages

pytestmark = NEEDS_CHROMIUM

LOOK = (Path(__file__).parent / "browsing.js").read_text(encoding="utf-8")
KINDS = (
    *("front page", "refused", "appeal", "granted", "incident", "duty", "destroyed", "hostile"),
    *("procedure", "criteria", "list", "month", "overdue", "case folder", "incident report"),
)
STYLED = "return [getComputedStyle(document.querySelector('h1')).marginTop, innerWidth]"
"""Whether the stylesheet applies (a browser's own has another margin), and how wide the page is."""


class View(NamedTuple):
    """On what a page is looked at: pixels, the colours that the reader prefers, and whether it is paper."""

    width: int
    height: int
    scheme: str
    media: str = "screen"


VIEWS = (
    View(390, 844, "light"),
    View(360, 740, "dark"),
    View(1280, 800, "light"),
    View(1280, 800, "dark"),
    View(688, 1017, "dark", "print"),  # A4 without its margins; dark readers print as well
)
TELEPHONE, DESK = VIEWS[0], VIEWS[2]


@pytest.fixture(name="driver", scope="module")
def _driver() -> Iterator[Any]:
    made = chromium(asked=True)
    yield made
    made.quit()


@pytest.fixture(name="places", scope="module")
def _places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = pages(tmp_path_factory.mktemp("browsed"))
    assert tuple(found) == KINDS
    return found


def view(driver: Any, on: View) -> None:
    size = {"width": on.width, "height": on.height, "deviceScaleFactor": 1, "mobile": on.width < 1_000}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": on.scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": on.media, "features": [scheme]})


def look(driver: Any, *at: str) -> list[Any]:
    """What these functions find, one list after the other."""
    found: list[Any] = driver.execute_script(f"{LOOK}; return [{', '.join(f'{each}()' for each in at)}]")
    return found


def tree(driver: Any) -> list[dict[str, Any]]:
    """What a screen reader is given, in order."""
    nodes = driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    return [each for each in nodes if not each["ignored"]]


@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_read_on_every_screen_and_on_paper(driver: Any, places: dict[str, Path], kind: str) -> None:
    driver.get(places[kind].as_uri())
    for on in VIEWS:
        view(driver, on)
        assert driver.execute_script(STYLED) == ["0px", on.width]
        assert look(driver, "sideways", "clipped", "covered", "faint") == [[], [], [], []], on


@pytest.mark.parametrize("kind", KINDS)
def test_it_asks_for_nothing_and_says_nothing(driver: Any, places: dict[str, Path], kind: str) -> None:
    """Not even with what links are hovered, and the same without scripts."""
    driver.get_log("performance"), driver.get_log("browser")
    driver.get(places[kind].as_uri())
    text = driver.execute_script("return document.body.innerText")
    asked = {each["url"] for each in sent(driver)}
    beside = {(places["front page"].parent / "style.css").as_uri()} if "register" in places[kind].parts else set()
    assert asked == {places[kind].as_uri()} | beside
    assert driver.get_log("browser") == []
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    driver.get(places[kind].as_uri())
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert driver.execute_script("return document.body.innerText") == text
    assert driver.execute_script("return [document.scripts.length, document.documentElement.lang]") == [0, "en-GB"]


def sent(driver: Any) -> Iterator[dict[str, Any]]:
    for each in driver.get_log("performance"):
        message = json.loads(each["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            yield message["params"]["request"]


@pytest.mark.parametrize("on", [TELEPHONE, DESK], ids=["telephone", "desk"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_read_aloud(driver: Any, places: dict[str, Path], kind: str, on: View) -> None:
    view(driver, on)
    driver.get(places[kind].as_uri())
    nodes = tree(driver)
    counted = Counter(role(each) for each in nodes)
    assert (counted["main"], counted["banner"], counted["contentinfo"]) == (1, 1, 1)
    levels = [prop(each, "level") for each in nodes if role(each) == "heading"]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(levels)), levels
    for each in nodes:
        if role(each) in ("link", "heading", "table", "image", "region", "navigation", "article", "figure"):
            assert name(each).strip(), f"a {role(each)} without a name"
    tabled(nodes)
    pictured(driver, nodes)
    linked(nodes)


def tabled(nodes: list[dict[str, Any]]) -> None:
    """A table is still one where it stands row by row: with a header for each column and one for each row."""
    parents = {each["nodeId"]: each.get("parentId") for each in nodes}
    inside: dict[str, Counter[str]] = defaultdict(Counter)
    tables = {each["nodeId"] for each in nodes if role(each) == "table"}
    for each in nodes:
        above = parents[each["nodeId"]]
        while above is not None and above not in tables:
            above = parents.get(above)
        if above is not None:
            inside[above][role(each)] += 1
    for each in tables:
        held = inside[each]
        assert held["columnheader"] >= 2 and held["rowheader"] == held["row"] - 1 and held["caption"] == 1, held
        assert held["columnheader"] * (held["row"] - 1) == held["rowheader"] + held["cell"], held


def pictured(driver: Any, nodes: list[dict[str, Any]]) -> None:
    """Of the two drawings of a chart, for two widths, one is read: by what it shows, and not word by word."""
    seen = "return [...document.querySelectorAll('svg')].filter((each) => each.checkVisibility()).length"
    images = [name(each) for each in nodes if role(each) == "image"]
    assert len(images) == driver.execute_script(seen) and all(len(each) > 15 for each in images)


def linked(nodes: list[dict[str, Any]]) -> None:
    """Links that are called the same lead to the same place."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in nodes:
        if role(each) == "link":
            found[name(each)].add(prop(each, "url"))
    assert {text: to for text, to in found.items() if len(to) > 1 or None in to} == {}


@pytest.mark.parametrize("kind", ["front page", "refused", "procedure", "overdue", "case folder", "incident report"])
def test_the_keyboard_gets_everywhere_in_the_order_of_reading(driver: Any, places: dict[str, Path], kind: str) -> None:
    view(driver, TELEPHONE)
    driver.get(places[kind].as_uri())
    (stops,) = look(driver, "listen")
    keys = ActionChains(driver, duration=0)
    for _ in range(stops):
        keys.send_keys(Keys.TAB)
    keys.perform()
    stopped = driver.execute_script("return window.stopped")
    assert [each["at"] for each in stopped] == list(range(stops)) and stops > 3
    assert [each["what"] for each in stopped if not each["ring"]] == [], "where one is has to be seen"
    assert [each["what"] for each in stopped if not each["seen"]] == []
    tops = [each["top"] for each in stopped[1:]]
    assert all(after >= before - 1 for before, after in pairwise(tops)), "on a telephone one goes down, never up"


@pytest.mark.parametrize("kind", ["front page", "refused", "case folder"])
def test_a_key_leads_past_the_head(driver: Any, places: dict[str, Path], kind: str) -> None:
    view(driver, TELEPHONE)
    driver.get(places[kind].as_uri())
    look(driver, "listen")
    ActionChains(driver, duration=0).send_keys(Keys.TAB).perform()
    box = driver.execute_script(
        "const b = document.activeElement.getBoundingClientRect(); return [b.left, b.right, b.top]"
    )
    assert driver.switch_to.active_element.text == "Skip to the content"
    assert 0 <= box[0] < box[1] <= TELEPHONE.width and 0 <= box[2] < TELEPHONE.height
    ActionChains(driver, duration=0).send_keys(Keys.ENTER).send_keys(Keys.TAB).perform()
    past = "const main = document.querySelector('main'); return main.contains(document.activeElement)"
    assert driver.execute_script(past)
