"""What the conformance tester that others wrote (`scim2-tester`) says of the server as it runs."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from licet.services.identity.organisations import clients

if TYPE_CHECKING:
    from tests.office.conftest import Running

SPEC = Path(__file__).parents[2] / "spec" / "scim.md"


def test_what_the_tester_complains_of_is_what_the_specification_says(running: Running) -> None:
    _, token = clients.create(
        running.store,
        "acme",
        actor="test",
        now=datetime.now(UTC),
        secret=running.secret,
        random_bytes=secrets.token_bytes,
    )
    with httpx2.Client(
        base_url=f"{running.url}/scim/v2", headers={"authorization": f"Bearer {token}"}, trust_env=False, timeout=20
    ) as client:
        results = check_server(SyncSCIMClient(client))
    by_status = {status: [each for each in results if each.status is status] for status in Status}
    complaints = {each.title: each for each in by_status[Status.ERROR]}
    table = re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", SPEC.read_text(), re.MULTILINE)
    assert set(complaints) == {title for title, _ in table}
    assert len(by_status[Status.SUCCESS]) >= 80
    assert by_status[Status.CRITICAL] == []
    about = {each.reason for each in by_status[Status.ERROR] if each.reason}
    assert all(any(word in reason for word in ("externalId", "userName", "active", "enterprise")) for reason in about)
