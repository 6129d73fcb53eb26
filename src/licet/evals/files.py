"""Files of a task: YAML with one document, read strictly, each problem with its place."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn

from licet.core.errors import Path as Place
from licet.evals.rejected import EvalsRejected
from licet.wire import yaml
from licet.wire.yaml import YamlDocument, YamlRejectedError


def content_of(path: Path) -> bytes:
    """A file's bytes. Raises `EvalsRejected`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvalsRejected(f"`{path}` cannot be read: {error.strerror}; name the file with `-T`") from None


class OneDocument:
    """A YAML file with one mapping. What is asked of it and is not there is an `EvalsRejected` with the place."""

    def __init__(self, path: Path, allowed: Collection[str]) -> None:
        try:
            documents = yaml.read(str(path), content_of(path))
        except YamlRejectedError as error:
            raise EvalsRejected(str(error)) from None
        if len(documents) != 1 or not isinstance(documents[0].tree, dict):
            raise EvalsRejected(f"`{path}` must hold one mapping, of {spelled(allowed)}")
        self._document: YamlDocument = documents[0]
        self.tree: dict[str, Any] = self._document.tree
        for key in self.tree:
            if key not in allowed:
                self.wrong((key,), f"unknown key `{key}`; known are {spelled(allowed)}", at_key=True)

    def text(self, key: str, default: str | None = None) -> str:
        """The text under a key."""
        value = self.tree.get(key, default)
        if not isinstance(value, str):
            self.wrong((key,) if key in self.tree else (), f"`{key}` must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under a key; empty if it is not there."""
        value = self.tree.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            self.wrong((key,), f"`{key}` must be a list of texts")
        return tuple(value)

    def wrong(self, path: Place, message: str, *, at_key: bool = False) -> NoReturn:
        """Raises `EvalsRejected` with the place."""
        raise EvalsRejected(f"{self._document.place(path, at_key=at_key)}: {message}")


def spelled(names: Collection[str]) -> str:
    """Names, for a message."""
    return ", ".join(f"`{name}`" for name in names)
