"""Somebody's browser in the demonstration: it follows links and sends forms as they stand, and runs no scripts."""

from __future__ import annotations

import html
import re

import httpx

SECONDS = 20.0


class PageUnexpected(Exception):
    """A page that does not have what the visitor came for; the text says what it said instead."""


class Visitor:
    """One person at the office, with cookies of their own."""

    def __init__(self, office: str) -> None:
        headers = {"accept": "text/html", "origin": office, "sec-fetch-site": "same-origin"}
        self._http = httpx.Client(
            base_url=office, timeout=SECONDS, trust_env=False, headers=headers, follow_redirects=True
        )
        self.page = ""

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def go(self, address: str) -> Visitor:
        """Follow an address, and where it leads. Raises `PageUnexpected` unless there is a page."""
        return self._took(self._http.get(address))

    def follow(self, pattern: str) -> Visitor:
        """Follow the first link of the page that matches."""
        return self.go(self.link(pattern))

    def link(self, pattern: str) -> str:
        """The first link of the page that matches."""
        found = re.search(f'href="({pattern})"', self.page)
        if found is None:
            raise PageUnexpected(f"no link to `{pattern}` on the page; it says: {self.text}")
        return html.unescape(found[1])

    def send(self, form: str) -> Visitor:
        """Send a form of the page as it stands."""
        found = re.search(rf'<form method="post" action="([^"]+)" id="{form}".*?</form>', self.page, re.DOTALL)
        if found is None:
            raise PageUnexpected(f"no form `{form}` on the page; it says: {self.text}")
        fields: dict[str, str] = {}
        for each in re.findall(r"<input ([^>]+)>", found[0]):
            named = dict(re.findall(r'([a-z]+)="([^"]*)"', each))
            if named.get("type") != "checkbox" or " checked" in each:
                fields[named["name"]] = html.unescape(named.get("value", ""))
        return self._took(self._http.post(html.unescape(found[1]), data=fields))

    @property
    def text(self) -> str:
        """What the page says."""
        body = self.page.partition("<body>")[2]
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()

    def _took(self, answer: httpx.Response) -> Visitor:
        self.page = answer.text
        if answer.status_code != httpx.codes.OK:
            raise PageUnexpected(f"{answer.status_code} at {answer.url.path}: {self.text[:300]}")
        return self
