"""What the office could not do, told in one form: problem details (RFC 9457), or the same as a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from licet.core.errors import LicetError
from licet.pages.look import STYLE, policy
from licet.pages.problem import problem_page
from licet.wire.canonical import canonical

MEDIA_TYPE = "application/problem+json"


class Problem(LicetError):
    """An answer that is a refusal. `code` names it for programs; the message is for whoever asked.

    `more` are members of its own (RFC 9457, section 3.2). Neither ever quotes a token, a secret or a claim's value.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    @property
    def title(self) -> str:
        """The status in words (RFC 9457, section 4.2.1: the title of `about:blank`)."""
        return HTTPStatus(self.status).phrase

    @property
    def tree(self) -> dict[str, object]:
        """The problem as JSON."""
        own = {"type": "about:blank", "title": self.title, "status": self.status, "detail": str(self)}
        return {**self.more, **own, "code": self.code}


def told(request: Request, problem: Problem) -> Response:
    """The answer: a page where the browser of a person asks, problem details otherwise."""
    if wants_page(request):
        page = problem_page(problem.status, problem.title, str(problem))
        allowed = {"content-security-policy": f"{policy(STYLE)}; frame-ancestors 'none'"}
        return Response(page, problem.status, {**problem.headers, **allowed}, "text/html")
    return Response(canonical(problem.tree), problem.status, problem.headers, MEDIA_TYPE)


def wants_page(request: Request) -> bool:
    """Whether somebody looks at the answer. Programs name other types, or take whatever comes."""
    return any(
        each.partition(";")[0].strip().lower() == "text/html" for each in request.headers.get("accept", "").split(",")
    )
