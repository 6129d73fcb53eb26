"""Passkeys in a real browser: an invitation is redeemed, somebody signs in, reads an act and approves it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.ui import WebDriverWait
from tests.office.browser import NEEDS_CHROMIUM, chromium

from licet.app.world import HostWorld
from licet.cli.main import run

if TYPE_CHECKING:
    from tests.office.conftest import MakeOffice, Running

MODEL = "model: small\nfamily: f\napis: [openai]\nupstream: {url: 'http://127.0.0.1:9'}\n"
UNTIL = "2100-01-01T00:00:00Z"
pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    """A browser with a device that has passkeys and knows its owner."""
    driver = chromium(f"--user-data-dir={tmp_path / 'browser'}")
    device = VirtualAuthenticatorOptions()
    device.has_resident_key = True
    device.has_user_verification = True
    device.is_user_verified = True
    driver.add_virtual_authenticator(device)
    yield driver
    driver.quit()


@pytest.fixture
def running(make_office: MakeOffice) -> Running:
    """An office that a browser knows by a name, as passkeys need."""
    made = make_office()
    port = made.url.rpartition(":")[2]
    made.write(office=f"  public_url: http://localhost:{port}\n")
    made.url = f"http://localhost:{port}"
    made.enact(MODEL)
    made.subject("alice")
    return made.start()


@pytest.fixture
def call(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """The command line beside the office, with ann and dora appointed."""
    monkeypatch.chdir(tmp_path)
    for each in ("LICET_ADMIN", "LICET_CONFIG", "LICET_OFFICER", "LICET_OFFICER_KEY"):
        monkeypatch.delenv(each, raising=False)

    def made(*arguments: object, by: str | None = None) -> Any:
        capsys.readouterr()
        tail = ["--sign-with", f"{by}.key"] if by else []
        said = ["--config", str(running.configuration), *map(str, arguments), *tail, "--json"]
        run(HostWorld(), said)
        return json.loads(capsys.readouterr().out)

    keys = {name: made("officers", "key", "--file", f"{name}.key")["key"] for name in ("ann", "dora")}
    Path("officers.yaml").write_text(
        "officers:\n"
        f"  ann: {{roles: [officer, administrator], keys: ['{keys['ann']}']}}\n"
        f"  dora: {{roles: [approver], keys: ['{keys['dora']}']}}\n"
    )
    made("officers", "appoint", "--file", "officers.yaml")
    return made


def press(browser: webdriver.Chrome, button: str, says: str | None = None) -> None:
    browser.find_element(By.ID, button).click()
    if says is not None:
        said = browser.find_element(By.ID, f"{button}-said")
        WebDriverWait(browser, 20).until(lambda _: said.text not in ("", "…"))
        assert says in said.text


TUNE = """\
release: tune
title: "<script>alert(1)</script> & \\u202Eso"
issued: 2026-06-01T00:00:00Z
from: 2026-06-01T00:00:00Z
models: [small]
operations: [tune]
to: staff
"""


def reads_and_withdraws(running: Running, call: Callable[..., Any], browser: webdriver.Chrome) -> None:
    """Documents are there to read, whole and harmless; and are taken back with a reason."""
    Path("tune.yaml").write_text(TUNE)
    waits = call("enact", "tune.yaml", by="ann")
    browser.get(f"{running.url}/admin/acts/{waits['act']}")
    text = browser.find_element(By.CSS_SELECTOR, ".source pre").text
    for each in ('"release": "tune"', '"small"', '"to"', "<script>alert(1)</script> & ", "\u27e8U+202E\u27e9so"):
        assert each in text
    if folder := os.environ.get("LICET_TEST_PICTURES"):
        pictures(browser, Path(folder))
    press(browser, "withdraw", "Say why")
    browser.find_element(By.ID, "withdraw-reason").send_keys("the title is wrong")
    press(browser, "withdraw", "It is taken back.")
    kept = running.store.act(waits["act"])
    assert kept is not None
    assert kept.settlement is not None
    assert (kept.settlement.outcome, kept.settlement.actor) == ("withdrawn", "ben")
    assert kept.settlement.reason == "the title is wrong"
    browser.refresh()
    assert "It does not wait: withdrawn." in browser.find_element(By.TAG_NAME, "main").text
    assert browser.find_elements(By.ID, "withdraw") == []


def pictures(browser: webdriver.Chrome, folder: Path) -> None:
    """The page as it looks on a telephone and on a desk, by day and by night."""
    for width in (390, 1200):
        for scheme in ("light", "dark"):
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
            sized = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", sized)
            whole = browser.execute_script("return document.documentElement.scrollWidth")
            assert whole <= width, f"{whole} px wide"
            shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
            (folder / f"act-{width}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_an_officer_comes_by_invitation_and_approves(
    running: Running, call: Callable[..., Any], browser: webdriver.Chrome
) -> None:
    invited = call("officers", "invite", "ben", "--role", "approver", "--until", UNTIL, by="ann")
    browser.get(running.url + invited["invitation"])
    press(browser, "register", "this invitation is void")  # nobody approved it yet
    call("approve", invited["act"], by="dora")
    browser.refresh()
    press(browser, "register", "The passkey is yours, ben.")
    browser.refresh()
    press(browser, "register", "this invitation is void")  # it counts once
    officers = {each["name"]: each for each in call("officers", "list")["officers"]}
    assert officers["ben"]["roles"] == ["approver"]
    assert [each["kind"] for each in officers["ben"]["keys"]] == ["passkey"]

    attesting = ("--reason", "came in person", "--evidence", "passport", "--level", "high", "--framework", "house 3")
    waits = call("attest", "alice", "us_citizen=true", *attesting, "--until", UNTIL, by="ann")
    browser.get(f"{running.url}/admin/")
    press(browser, "passkey")
    WebDriverWait(browser, 20).until(lambda _: "What waits for approval" in browser.title)
    browser.find_element(By.CSS_SELECTOR, f"a[href='/admin/acts/{waits['act']}']").click()
    page = browser.find_element(By.TAG_NAME, "main").text
    assert "us_citizen = true" in page
    assert waits["digest"] in page
    press(browser, "approve", "It is approved, and in force.")
    assert running.facts("alice")["us_citizen"] is True
    kept = running.store.act(waits["act"])
    assert kept is not None
    assert kept.settlement is not None
    assert kept.settlement.actor == "ben"
    assert kept.settlement.signature is not None
    reads_and_withdraws(running, call, browser)
    browser.get(f"{running.url}/admin/")
    press(browser, "leave")
    WebDriverWait(browser, 20).until(lambda _: browser.title.startswith("Sign in"))
    wrong = [each for each in browser.get_log("browser") if "Content Security Policy" in each["message"]]  # type: ignore[no-untyped-call]
    assert wrong == []
