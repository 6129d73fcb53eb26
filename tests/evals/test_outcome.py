"""What came of a request, from what a server says."""

from __future__ import annotations

import pytest

from licet.core.evidence.trial import Came
from licet.evals.outcome import Response, came_of

ASKED = "big-model"


def gate(requested: str, served: str) -> dict[str, str]:
    return {"licet-requested-model": requested, "licet-served-model": served}


@pytest.mark.parametrize(
    ("response", "came"),
    [
        (Response(200, model=ASKED), Came.SERVED),
        (Response(200), Came.SERVED),
        (Response(200, model="big-model-2026-06-12"), Came.SERVED),
        (Response(200, model="big-model-20260612"), Came.SERVED),
        (Response(200, model="big-model:latest"), Came.SERVED),
        (Response(200, model="its-other-name"), Came.SERVED),
        (Response(200, model="big-model-mini"), Came.FALLBACK),
        (Response(200, model="small-model"), Came.FALLBACK),
        (Response(200, gate("an-alias", "an-alias"), model="another"), Came.SERVED),
        (Response(200, gate(ASKED, "small-model"), model=ASKED), Came.FALLBACK),
        (Response(200, model=ASKED, filtered=True), Came.BLOCKED),
        (Response(400, filtered=True), Came.BLOCKED),
        (Response(451), Came.BLOCKED),
        (Response(451, code="unavailable_for_legal_reasons"), Came.BLOCKED),
        (Response(403, code="flagged_by_safeguard"), Came.BLOCKED),
        (Response(400, code="content_filter"), Came.BLOCKED),
        (Response(403, code="key_scope"), Came.ERROR),
        (Response(403), Came.ERROR),
        (Response(401, code="invalid_api_key"), Came.ERROR),
        (Response(502, code="upstream_failed"), Came.ERROR),
        (Response(302), Came.ERROR),
        (Response(0), Came.ERROR),
    ],
)
def test_what_came_of_it(response: Response, came: Came) -> None:
    assert came_of(response, ASKED, ("its-other-name",)) is came
