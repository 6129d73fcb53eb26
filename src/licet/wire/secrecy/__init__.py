"""The grounds on which something is withheld, as data that comes with Licet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from licet.core.cases.grounds import Ground
from licet.core.cases.procedure import Secrecy
from licet.wire import yaml

FILE: Final = "grounds.yaml"


@cache
def shipped_grounds() -> Mapping[Secrecy, Ground]:
    """The ground of each class but `public`, which needs none. Raises `ValueError` if the file lacks one."""
    content = resources.files("licet.wire.secrecy").joinpath(FILE).read_bytes()
    (document,) = yaml.read(FILE, content)
    tree = document.tree
    found = {
        Secrecy(name): Ground(
            Secrecy(name), each["title"], each["why"], tuple(each["sources"]), date.fromisoformat(tree["as_of"])
        )
        for name, each in tree["classes"].items()
    }
    if set(found) != set(Secrecy) - {Secrecy.PUBLIC}:
        raise ValueError(f"{FILE} says of {sorted(found)} why they are withheld; every class but `public` needs that")
    return MappingProxyType(found)
