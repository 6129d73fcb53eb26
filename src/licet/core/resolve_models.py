"""Drafts of models become models: names and aliases that lead to one model each, and fallbacks that can stand in."""

from __future__ import annotations

from collections import deque

from licet.core.catalogue import Api, Model, Upstream
from licet.core.resolving import DigestOf, Resolving, names
from licet.core.shape import Draft


def model_from(draft: Draft, digest_of: DigestOf) -> Model:
    tree = draft.tree
    return Model(
        name=draft.name,
        title=tree.get("title", ""),
        family=tree["family"],
        aliases=tuple(tree.get("aliases", ())),
        apis=tuple(Api(api) for api in tree["apis"]),
        upstream=Upstream(
            tree["upstream"]["url"], tree["upstream"].get("name", draft.name), tree["upstream"].get("key_env")
        ),
        fallback=tuple(tree.get("fallback", ())),
        digest=digest_of(draft),
    )


def check_models(work: Resolving) -> None:
    """Names and aliases lead to one model each, and fallbacks exist, speak the same APIs and form no circle."""
    owners: dict[str, str] = {name.casefold(): name for name in work.models}
    if len(owners) < len(work.models):
        for draft in work.of("model"):
            if owners[draft.name.casefold()] != draft.name:
                other = owners[draft.name.casefold()]
                work.report(draft, ("model",), f"`{draft.name}` and `{other}` differ only in case")
    for draft in work.of("model"):
        for position, alias in enumerate(draft.tree.get("aliases", ())):
            owner = owners.setdefault(alias.casefold(), draft.name)
            if owner != draft.name or alias in work.models:
                work.report(draft, ("aliases", position), f"`{alias}` leads to the model `{owner}` already")
        for position, fallback in enumerate(draft.tree.get("fallback", ())):
            check_fallback(work, draft, position, fallback)


def check_fallback(work: Resolving, draft: Draft, position: int, fallback: str) -> None:
    path = ("fallback", position)
    if fallback not in work.models:
        work.report(draft, path, f"unknown model `{fallback}`; known: {names(work.models)}")
        return
    silent = [api.value for api in work.models[draft.name].apis if api not in work.models[fallback].apis]
    if silent:
        message = f"`{fallback}` does not answer on `{silent[0]}`, as `{draft.name}` does; it could not take its place"
        work.report(draft, path, message)
    circle = way(work, fallback, draft.name)
    if circle is not None:
        work.report(
            draft, path, "models that fall back to each other in a circle: " + " -> ".join((draft.name, *circle))
        )


def way(work: Resolving, start: str, goal: str) -> tuple[str, ...] | None:
    """A shortest way along fallbacks from one model to another."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    ahead = deque([start])
    while ahead:
        name = ahead.popleft()
        if name == goal:
            return ways[name]
        for following in work.models[name].fallback:
            if following in work.models and following not in ways:
                ways[following] = (*ways[name], following)
                ahead.append(following)
    return None
