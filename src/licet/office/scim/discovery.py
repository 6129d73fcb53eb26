"""What the server says of itself (RFC 7644, section 4): what it can do, and of its attributes which are not kept."""

from __future__ import annotations

from typing import Any

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    EnterpriseUser,
    ETag,
    External,
    Filter,
    Meta,
    Patch,
    Reference,
    ResourceType,
    Schema,
    ServiceProviderConfig,
    Sort,
    User,
)

from licet.office.scim.shapes import ENTERPRISE, MODEL, USER

MOST = 500
"""Members in one answer."""

KEPT = frozenset(("active",))
REPEATED = frozenset(("userName", "externalId"))
NOT_KEPT = " Read for the facts that a trust document names, and not kept."


def config(base: str) -> dict[str, Any]:
    """ServiceProviderConfig (RFC 7643, section 5)."""
    made = ServiceProviderConfig(
        documentation_uri=None,
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer token",
                description="The token of the organisation's client, as `licet scim create` shows it once.",
                spec_uri=Reference[External]("https://www.rfc-editor.org/rfc/rfc6750"),
            )
        ],
        meta=Meta(resource_type="ServiceProviderConfig", location=f"{base}/ServiceProviderConfig"),
    )
    return dict(made.model_dump())


def resource_types(base: str) -> list[dict[str, Any]]:
    """ResourceTypes (RFC 7643, section 6): Users alone."""
    made = ResourceType.from_resource(MODEL)
    made.meta = Meta(resource_type="ResourceType", location=f"{base}/ResourceTypes/User")
    return [dict(made.model_dump())]


def schemas(base: str) -> list[dict[str, Any]]:
    """Schemas (RFC 7643, section 7). What is not kept is `writeOnly`, and `returned` never."""
    found: list[dict[str, Any]] = []
    for model, urn in ((User, USER), (EnterpriseUser, ENTERPRISE)):
        made: Schema = model.to_schema()
        made.meta = Meta(resource_type="Schema", location=f"{base}/Schemas/{urn}")
        tree = dict(made.model_dump())
        tree["attributes"] = [_marked(each) for each in tree.get("attributes", ()) if each["name"] != "groups"]
        found.append(tree)
    return found


def _marked(attribute: dict[str, Any]) -> dict[str, Any]:
    """An attribute as it is treated here."""
    if attribute["name"] in KEPT | REPEATED:
        return attribute
    description = attribute.get("description", "").rstrip() + NOT_KEPT
    inner = (
        {"subAttributes": [_marked(each) for each in attribute["subAttributes"]]}
        if "subAttributes" in attribute
        else {}
    )
    required = {"required": False} if attribute.get("required") else {}
    return {
        **attribute,
        **inner,
        **required,
        "description": description.strip(),
        "mutability": "writeOnly",
        "returned": "never",
    }
