"""YAML, read strictly: plain trees, and the place of everything in them.

The part of YAML 1.2 that configuration needs: mappings, sequences, strings, whole numbers, `true`, `false`, `null`.
Refused: duplicate keys, keys that are not strings, anchors, aliases, merge keys and tags. Instants stay strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from licet.core.errors import LicetError, Path

WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
SURROGATE = re.compile("[\ud800-\udfff]")
DEEPEST = 32
"""Levels of lists and mappings, at most."""

WORDS: dict[str, bool | None] = {"true": True, "True": True, "false": False, "False": False, "null": None, "~": None}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class YamlRejectedError(LicetError):
    """A file that is not the YAML that is read here, and where."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


@dataclass(slots=True)
class YamlDocument:
    """One document of a file: its tree and where its keys and values stand."""

    file: str
    lines: list[str]
    tree: Any = None
    values: dict[Path, Node] = field(default_factory=dict)
    keys: dict[Path, Node] = field(default_factory=dict)

    def place(self, path: Path, *, at_key: bool = False, offset: tuple[int, int] | None = None) -> Place:
        """Where the value (or the key) at `path` stands; the nearest place above it, if it is not in the file."""
        while path and path not in (self.keys if at_key else self.values):
            path, at_key = path[:-1], False
        node = (self.keys if at_key and path else self.values)[path]
        line, column = node.start_mark.line, node.start_mark.column
        if offset is not None and isinstance(node, ScalarNode):
            line, column = self._inside(node, *offset)
        return Place(self.file, line + 1, column + 1)

    def _inside(self, node: ScalarNode, row: int, column: int) -> tuple[int, int]:
        """A place inside a scalar, as near as YAML's folding allows."""
        start = node.start_mark
        if node.style == "|":
            return start.line + 1 + row, self._indent(start.line + 1) + column
        line, first = (start.line + 1, 0) if node.style == ">" else (start.line, start.column + bool(node.style))
        while row == 0 and line < len(self.lines):
            first = max(first, self._indent(line))
            width = len(self.lines[line].rstrip()) - first
            if column <= width or line >= node.end_mark.line:
                return line, first + column
            line, first, column = line + 1, 0, column - width - 1  # folding makes one space of a line's end
        return start.line, start.column

    def _indent(self, line: int) -> int:
        text = self.lines[line] if line < len(self.lines) else ""
        return len(text) - len(text.lstrip(" "))


class Loader(yaml.SafeLoader):
    """Composes nodes without resolving any scalar: `read` decides what a scalar is."""


Loader.yaml_implicit_resolvers = {}


def read(file: str, content: bytes) -> list[YamlDocument]:
    """The documents of a file; those that are empty are left out. Raises `YamlRejectedError`."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start)
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1)
        raise YamlRejectedError(Place(file, line + 1, column + 1), "not UTF-8") from error
    if text.startswith("\ufeff"):
        raise YamlRejectedError(Place(file, 1, 1), "a byte order mark; save the file as UTF-8 without one")
    documents = []
    lines = text.splitlines()
    try:
        for node in compose(text):
            document = YamlDocument(file, lines)
            document.tree = plain(document, (), node)
            if document.tree is not None:
                documents.append(document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        raise YamlRejectedError(place, error.problem or str(error)) from error
    except yaml.YAMLError as error:
        raise YamlRejectedError(Place(file, 1, 1), str(error).splitlines()[0]) from error
    except RecursionError as error:
        raise YamlRejectedError(Place(file, 1, 1), "nested too deeply") from error
    return documents


def compose(text: str) -> Iterator[Node]:
    loader = Loader(text)
    restrict(loader)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                yield node
    finally:
        loader.dispose()


def restrict(loader: Loader) -> None:
    """Refuse anchors, tags and deep nesting where the events are read: PyYAML expands aliases while it composes."""
    original = loader.compose_node
    depth = 0

    def compose_node(parent: Node | None, index: int) -> Node | None:
        nonlocal depth
        event: Any = loader.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's stubs leave its type out
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise ComposerError(None, None, "anchors and aliases are not read; write the value out", event.start_mark)
        if getattr(event, "tag", None) not in (None, "!"):
            raise ComposerError(None, None, f"the tag `{event.tag}` is not read; leave it out", event.start_mark)
        if depth >= DEEPEST:
            raise ComposerError(None, None, f"nested more than {DEEPEST} deep", event.start_mark)
        depth += 1
        node = original(parent, index)
        depth -= 1
        return node

    loader.__dict__["compose_node"] = compose_node


def plain(document: YamlDocument, path: Path, node: Node) -> Any:
    """A node's tree; the places of its parts go into the document."""
    document.values[path] = node
    if isinstance(node, ScalarNode):
        if SURROGATE.search(node.value):
            node.value = paired(document, node)
        return scalar(node)
    if isinstance(node, SequenceNode):
        return [plain(document, (*path, position), each) for position, each in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = plain(document, (*path, ""), key_node) if isinstance(key_node, ScalarNode) else None
        place = Place(document.file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, ScalarNode):
            raise YamlRejectedError(place, "a list or a mapping as a key; a key is a string")
        if not isinstance(key, str):
            raise YamlRejectedError(place, f"the key `{key_node.value}` is not a string; quote it")
        if key in mapping:
            first = document.keys[*path, key].start_mark.line + 1
            raise YamlRejectedError(place, f"duplicate key `{key}`; it stands in line {first} already")
        document.keys[*path, key] = key_node
        mapping[key] = plain(document, (*path, key), value_node)
    return mapping


def paired(document: YamlDocument, node: ScalarNode) -> str:
    """A string with pairs of surrogates, as JSON escapes rare characters, made whole."""
    try:
        return str(node.value).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        place = Place(document.file, node.start_mark.line + 1, node.start_mark.column + 1)
        raise YamlRejectedError(place, "half a surrogate pair is no character") from error


def scalar(node: ScalarNode) -> str | int | bool | None:
    """A quoted or block scalar is a string; a plain one may be a whole number, true, false or null."""
    value: str = node.value
    if node.style is not None:
        return value
    if value in WORDS:
        return WORDS[value]
    if value == "":
        return None
    return int(value) if WHOLE_NUMBER.fullmatch(value) else value
