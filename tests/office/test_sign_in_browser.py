"""Signing in with a real browser: from the page of a refusal, by the provider's own page, to what is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from tests.office.browser import NEEDS_CHROMIUM, sound, telephone
from tests.office.conftest import Running
from tests.office.signing_in import Signing
from tests.oidc_provider.running import NoProvider, installed

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def signing(tmp_path: Path) -> Iterator[Signing]:
    try:
        folder = installed()
    except NoProvider as error:
        pytest.skip(f"the OpenID provider that sign-in is tested with is not here: {error}")
    office = Running(tmp_path)
    made = Signing(office, folder)
    office.enact(made.trust())
    office.start()
    made.fresh({"staff": True, "org": "acme.example", "name": "Alice Liddell"})
    made.provider.set(login=None)
    yield made
    made.close()
    office.close()


@pytest.fixture
def driver() -> Iterator[Any]:
    made = telephone()
    yield made
    made.quit()


def press(driver: Any, text: str) -> None:
    """Follow the link, or press the button, with this text, and wait for another page."""
    page = driver.find_element(By.TAG_NAME, "html")
    driver.find_element(By.XPATH, f"//a[normalize-space()='{text}'] | //button[normalize-space()='{text}']").click()
    deadline = time.monotonic() + 20
    while driver.find_element(By.TAG_NAME, "html") == page:
        assert time.monotonic() < deadline, f"nothing came of `{text}`"
        time.sleep(0.05)


def test_a_person_signs_in_at_work_and_sees_what_is_kept(driver: Any, signing: Signing) -> None:
    driver.get(signing.office.url + signing.invited().replace("/sign-in/", "/verify/"))
    sound(driver)
    press(driver, "Sign in at Acme")
    sound(driver)
    press(driver, "Sign in at Acme")
    assert driver.current_url.startswith(signing.issuer)
    press(driver, f"Sign in as {signing.account}")
    assert driver.current_url.startswith(signing.office.url)
    sound(driver)
    text = driver.find_element(By.TAG_NAME, "main").text
    assert "acme.example" in text
    assert "Your provider also told us" in text
    assert "Liddell" not in driver.page_source
    assert signing.known()["staff"] is True
    driver.refresh()
    assert "This did not work" in driver.page_source
    sound(driver)
