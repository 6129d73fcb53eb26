"""The OpenAPI 3.1 document of the administration API, made from the table of endpoints."""

from __future__ import annotations

import re
from typing import Any

from licet.office.admin.endpoints import ENDPOINTS, PREFIX, Endpoint
from licet.office.admin.schemas import SCHEMAS, Schema, ref

VERSION = "1.0.0"
PROBLEM = "application/problem+json"
JSON = "application/json"
INTRODUCTION = (
    "What officers see and do. There are no passwords: an officer's key signs a challenge, and whatever they do is"
    " signed by itself. See spec/admin-api.md and spec/officers.md."
)


def document() -> dict[str, Any]:
    """The whole document, in a stable order."""
    paths: dict[str, Any] = {}
    for path, method, operation in [*_signing_in(), *((e.path, e.method, _operation(e)) for e in ENDPOINTS)]:
        paths.setdefault(f"{PREFIX}{path}", {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Licet: administration", "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": "/", "description": "the office (`office.public_url`)"}],
        "security": [{"bearer": []}, {"cookie": [], "csrf": []}],
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "responses": {"Problem": {"description": "a refusal (RFC 9457)", "content": _content("Problem", PROBLEM)}},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "the token of `POST /admin/v1/session`"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-licet-officer"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-Licet-CSRF"},
            },
        },
    }


def _signing_in() -> list[tuple[str, str, dict[str, Any]]]:
    """The addresses that need nobody signed in, and the one by which a session ends."""
    return [
        ("/openapi.json", "GET", _public("openapi", "This document", {"type": "object"})),
        ("/session/challenges", "POST", _public("challenge", "A challenge to sign", ref("Challenge"))),
        ("/session", "POST", {**_public("signIn", "Sign in", ref("Session"), 201), "requestBody": _body("SigningIn")}),
        (
            "/session",
            "DELETE",
            {
                "operationId": "signOut",
                "summary": "End the session",
                "responses": {"204": {"description": "it has ended"}, "default": {"$ref": _PROBLEM}},
            },
        ),
    ]


def _public(name: str, summary: str, schema: Schema, status: int = 200) -> dict[str, Any]:
    gives = {"description": summary, "content": {JSON: {"schema": schema}}}
    return {
        "operationId": name,
        "summary": summary,
        "security": [],
        "responses": {str(status): gives, "default": {"$ref": _PROBLEM}},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": f"Needs a role that permits `{endpoint.deed}`.",
        "parameters": [
            *(
                {"name": each, "in": "path", "required": True, "schema": {"type": "string"}}
                for each in _names(endpoint)
            ),
            *(
                {"name": each, "in": "query", "required": False, "description": why, "schema": {"type": "string"}}
                for each, why in (endpoint.query or {}).items()
            ),
        ],
        "responses": {
            str(endpoint.status): {"description": endpoint.summary, "content": _content(endpoint.gives)},
            "default": {"$ref": _PROBLEM},
        },
    }
    return operation if endpoint.takes is None else {**operation, "requestBody": _body(endpoint.takes)}


def _names(endpoint: Endpoint) -> list[str]:
    return re.findall(r"\{([a-z]+)\}", endpoint.path)


def _body(schema: str) -> dict[str, Any]:
    return {"required": True, "content": _content(schema)}


def _content(schema: str, kind: str = JSON) -> dict[str, Any]:
    return {kind: {"schema": ref(schema)}}


_PROBLEM = "#/components/responses/Problem"
