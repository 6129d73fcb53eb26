"""The pages of verification in a real browser: on a telephone, by keyboard, for a screen reader, in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait
from tests.office.browser import NEEDS_CHROMIUM, name, role, sound, telephone
from tests.office.verifying import Verifying

from licet.pages.qr import svg

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    made = telephone()
    made.implicitly_wait(10)
    yield made
    made.quit()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Verifying]:
    made = Verifying(tmp_path)
    yield made
    made.close()


def stops(driver: Any, most: int = 40) -> list[str]:
    """What the key Tab reaches, in its order."""
    found: list[str] = []
    for _ in range(most):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        active = driver.switch_to.active_element
        if active.tag_name == "body":
            break
        found.append((active.text or active.get_attribute("id") or active.tag_name).strip())
    return found


def test_somebody_verifies_themselves_in_a_browser(driver: Any, world: Verifying) -> None:
    driver.get(world.url + world.invite("anna", "us_citizen", "lpr"))
    nodes = sound(driver)
    assert driver.execute_script("return document.documentElement.lang") == "en-GB"
    boxes = [name(each) for each in nodes if role(each) == "checkbox"]
    assert boxes == [
        "A citizen or national of the United States.",
        "Lawfully admitted for permanent residence in the United States.",
    ]
    reached = stops(driver)
    assert reached[0] == "Skip to the content"
    order = [reached.index(each) for each in ("wallet-fact-us_citizen", "wallet-fact-lpr", "Ask my wallet for this")]
    assert order == sorted(order)

    driver.find_element(By.CSS_SELECTOR, "label[for=wallet-fact-lpr]").click()
    enter(driver, driver.find_element(By.CSS_SELECTOR, "#wallet button"))
    sound(driver)
    link = driver.find_element(By.LINK_TEXT, "Open the wallet on this device").get_attribute("href")
    drawn = driver.find_element(By.CSS_SELECTOR, "svg.qr path").get_attribute("d")
    assert f'd="{drawn}"' in svg(link, ""), "the picture says what the address says"
    asked = world.wallet().request(link).parameters["dcql_query"]
    assert all(claim["path"] != ["residency", "lpr"] for each in asked["credentials"] for claim in each["claims"])
    redirect = world.wallet().answer(link).redirect

    driver.get(redirect)
    sound(driver)
    assert driver.find_element(By.TAG_NAME, "h1").text == "This is now known of you"
    assert driver.current_url.endswith("/kept"), "what leads back is used up, and not in the history"
    assert world.facts("anna")["us_citizen"] is True
    driver.refresh()
    assert driver.find_element(By.TAG_NAME, "h1").text == "This is now known of you"


def test_a_code_is_entered_by_keyboard(driver: Any, world: Verifying) -> None:
    driver.get(world.url + world.invite("bert", "us_citizen"))
    driver.find_element(By.CSS_SELECTOR, "#wallet button").click()
    link = driver.find_element(By.LINK_TEXT, "Open the wallet on this device").get_attribute("href")
    redirect = world.wallet().answer(link).redirect
    assert redirect is not None
    code = world.browser().go(redirect).code
    field = driver.find_element(By.ID, "enter-code")
    enter(driver, field, "wrong")
    sound(driver)
    assert "this is not the code" in driver.find_element(By.TAG_NAME, "main").text.lower()
    field = driver.find_element(By.ID, "enter-code")
    enter(driver, field, code.lower().replace("-", " "))
    assert driver.find_element(By.TAG_NAME, "h1").text == "This is now known of you"
    assert world.facts("bert")["us_citizen"] is True


def enter(driver: Any, field: Any, text: str = "") -> None:
    """Type, press Enter, and wait for the page that comes: unlike a click, a key does not wait by itself."""
    field.send_keys(text, Keys.ENTER)
    WebDriverWait(driver, 20).until(staleness_of(field))
    WebDriverWait(driver, 20).until(lambda each: each.execute_script("return document.readyState") == "complete")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_buttons_can_be_read_on_light_and_on_dark(driver: Any, world: Verifying, scheme: str) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    driver.get(world.url + world.invite("anna", "us_citizen"))
    button = driver.find_element(By.CSS_SELECTOR, "#wallet button")
    front, back = (colour(button.value_of_css_property(each)) for each in ("color", "background-color"))
    lighter, darker = sorted((luminance(front), luminance(back)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
    assert button.size["height"] >= 44, "a finger finds it"
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not driver.find_element(By.ID, "wallet").is_displayed()
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def colour(text: str) -> tuple[float, ...]:
    return tuple(float(each) / 255 for each in text[text.index("(") + 1 : -1].split(",")[:3])


def luminance(rgb: tuple[float, ...]) -> float:
    """WCAG 2.2, relative luminance."""
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
