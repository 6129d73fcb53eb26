"""A real browser, for tests of pages; and what has to hold of every page in it."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
NEEDS_CHROMIUM = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="there is no chromium with its chromedriver here")


def chromium(*flags: str, asked: bool = False) -> webdriver.Chrome:
    """A browser that keeps what its console says, and what it `asked` for. Whoever asks for it quits it."""
    options = webdriver.ChromeOptions()
    for each in (*FLAGS, *flags):
        options.add_argument(each)
    options.binary_location = CHROMIUM or ""
    kept = {"browser": "ALL"} | ({"performance": "ALL"} if asked else {})
    options.set_capability("goog:loggingPrefs", kept)
    return webdriver.Chrome(options=options, service=Service(DRIVER))


def telephone() -> webdriver.Chrome:
    """A browser with the screen of a telephone."""
    made = chromium()
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    made.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    return made


def sound(driver: Any) -> list[dict[str, Any]]:
    """What has to hold of every page, as a browser sees it; its accessibility tree."""
    width = driver.execute_script("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], "nothing but tables is wider than a telephone"
    assert driver.execute_script("return getComputedStyle(document.body).maxWidth") != "none", "the style applies"
    said = [each["message"] for each in driver.get_log("browser") if "Policy" in each["message"]]
    assert said == [], "the policy forbids something that the page needs"
    driver.execute_cdp_cmd("Accessibility.enable", {})
    nodes = [each for each in driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"] if not each["ignored"]]
    (first,) = [each for each in nodes if role(each) == "heading" and prop(each, "level") == 1]
    assert name(first)
    for each in nodes:
        if role(each) in ("button", "link", "checkbox", "textbox", "region", "navigation", "table"):
            assert name(each), f"a {role(each)} without a name"
    return nodes


def role(node: dict[str, Any]) -> str:
    return str(node["role"]["value"])


def name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", ""))


def prop(node: dict[str, Any], wanted: str) -> Any:
    return next((each["value"]["value"] for each in node["properties"] if each["name"] == wanted), None)
