"""A small reader over YAML nodes that keeps line numbers and collects what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ID = re.compile(r"[a-z][a-z0-9_]*")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
TRAPS = {"bool": "YAML reads it as yes or no", "null": "it is empty", "timestamp": "YAML reads it as a date"}


@dataclass
class Problems:
    """What is wrong in all files that are read together."""

    found: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, file: str, line: int, message: str) -> None:
        """Note one problem; the same one twice is kept once."""
        if (file, line, message) not in self.found:
            self.found.append((file, line, message))

    def lines(self) -> tuple[str, ...]:
        """The problems as ``file:line: message``, by file in the order of reading, then by line."""
        files = list(dict.fromkeys(file for file, _, _ in self.found))
        ordered = sorted(self.found, key=lambda one: (files.index(one[0]), one[1]))
        return tuple(f"{file}:{line}: {message}" for file, line, message in ordered)


@dataclass(frozen=True)
class Fields:
    """A mapping of the YAML: its known keys and the line it starts at."""

    nodes: Mapping[str, yaml.Node]
    line: int

    def get(self, key: str) -> yaml.Node | None:
        """The value of a key, or None where the key is absent."""
        return self.nodes.get(key)


def line_of(node: yaml.Node) -> int:
    """The line a node starts at, counted from 1."""
    return (node.start_mark.line if node.start_mark else 0) + 1


def suggest(word: str, known: Sequence[str]) -> str:
    """``; did you mean "x"?`` for the nearest known word, or the list of them."""
    near = get_close_matches(word, known, n=1)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; write one of: {', '.join(known)}" if known else "; remove it"


@dataclass(frozen=True)
class Reader:
    """Reads the nodes of one file; every method notes what is wrong and answers something harmless then."""

    file: str
    problems: Problems

    def problem(self, where: yaml.Node | int, message: str) -> None:
        """Note a problem at a node or a line."""
        self.problems.add(self.file, where if isinstance(where, int) else line_of(where), message)

    def count(self) -> int:
        """How many problems are known by now; unchanged after reading means that it was read well."""
        return len(self.problems.found)

    def root(self, path: Path) -> yaml.MappingNode | None:
        """The top of a file, or None where it cannot be read at all."""
        text = self._text_of(path)
        node = self._composed(text) if text is not None else None
        if node is not None and not isinstance(node, yaml.MappingNode):
            self.problem(node, 'the top of the file is not a list of keys; write "key: value" lines')
            return None
        return node

    def _composed(self, text: str) -> yaml.Node | None:
        try:
            if not self._plain(text):
                return None
            node = yaml.compose(text, Loader=LOADER)
        except yaml.MarkedYAMLError as error:
            self._not_yaml(error)
            return None
        except yaml.YAMLError as error:
            self.problem(1, f"this is not YAML: {error}; write it anew from a file that works")
            return None
        if node is None:
            self.problem(1, 'the file is empty; write "key: value" lines in it')
        return node

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> None:
        unclosed = error.problem is not None and "end of stream" in error.problem
        mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        todo = "look at the quotes and indents, here and on the line before; indent with spaces, not tabs"
        self.problem(mark.line + 1 if mark else 1, f"this is not YAML: {what}; {todo}")

    def _text_of(self, path: Path) -> str | None:
        try:
            if path.stat().st_size > MAX_BYTES:
                self.problem(1, "the file is larger than 1 MB; divide it over several routines")
                return None
            data = path.read_bytes()
        except OSError as error:
            self.problem(1, f"cannot be read ({error.strerror}); put the file there, readable for you")
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self.problem(line, "a character that is not UTF-8; save the file as UTF-8")
            return None
        control = _CONTROL.search(text)
        if control:
            line, code = text.count("\n", 0, control.start()) + 1, ord(control.group())
            self.problem(line, f"an invisible control character U+{code:04X}; remove it")
            return None
        return text

    def _plain(self, text: str) -> bool:
        """Whether the file holds only plain YAML: one document, no aliases, anchors or tags, not too deep."""
        before, depth, documents = self.count(), 0, 0
        for event in yaml.parse(text, Loader=LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            tag = getattr(event, "tag", None)
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                depth -= 1
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
            if getattr(event, "anchor", None):
                self.problem(line, "anchors (&) and aliases (*) are not allowed here; write the text out, in quotes")
            if tag not in (None, "!"):
                self.problem(line, f"the tag {tag} is not allowed here; put the text in quotes")
            if documents > 1:
                self.problem(line, "a second document; remove the line ---")
                break
            if depth > MAX_DEPTH:
                self.problem(line, f"nested more than {MAX_DEPTH} deep; look at the brackets")
                break
        return self.count() == before

    def fields(
        self, node: yaml.Node | None, what: str, required: Sequence[str] = (), optional: Sequence[str] = ()
    ) -> Fields | None:
        """The keys of a mapping; unknown, doubled and missing ones are problems. None: it is no mapping."""
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self.problem(node, f'{what} must be keys with values; write "key: value" lines')
            return None
        known = [*required, *optional]
        nodes: dict[str, yaml.Node] = {}
        for key, value, key_node in self.pairs(node, what):
            if key not in known:
                self.problem(key_node, f'unknown key "{key}" in {what}{suggest(key, known)}')
                continue
            nodes[key] = value
        for key in required:
            if key not in nodes:
                self.problem(node, f'{what} lacks the key "{key}"; add it')
        return Fields(nodes, line_of(node))

    def pairs(self, node: yaml.MappingNode, what: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Key, value and node of the key, for every pair of a mapping; a doubled key is a problem."""
        seen: dict[str, int] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, f"a key of {what} is no word; write one word before the colon")
                continue
            key = str(key_node.value)
            if _kind(key_node) in TRAPS and not key_node.style:
                self.problem(key_node, f'the key "{key}" of {what} is no word for YAML; put it in quotes or remove it')
                continue
            if key in seen:
                self.problem(key_node, f'the key "{key}" is there twice (also on line {seen[key]}); remove one')
                continue
            seen[key] = line_of(key_node)
            yield key, value, key_node

    def items(self, node: yaml.Node | None, what: str) -> Sequence[yaml.Node]:
        """The parts of a list; something else or an empty list is a problem."""
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, f'{what} must be a list; write each part on a line that begins with "- "')
            return ()
        if not node.value:
            self.problem(node, f"{what} is an empty list; write at least one part")
        return list(node.value)

    def text(self, node: yaml.Node | None, what: str, *, empty: bool = False) -> str:
        """A text; what YAML does not read as text (no, on, 1:30, nothing) is a problem; "" may be allowed."""
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(node, f"{what} must be one text; put it in quotes on one line")
            return ""
        value = str(node.value)
        if empty and node.style and not value:
            return ""
        if _kind(node) == "null" or not value.strip():
            self.problem(node, f"{what} is empty; write a text in quotes")
            return ""
        if _kind(node) != "str":
            why = TRAPS.get(_kind(node), "YAML reads it as a number")
            self.problem(node, f'{what} is not a text: {why}; put it in quotes: "{value}"')
            return ""
        return value

    def id(self, node: yaml.Node | None, what: str) -> str:
        """A name in small letters, digits and underscores."""
        value = self.text(node, what)
        if value and node is not None and not ID.fullmatch(value):
            self.problem(node, f'{what} "{value}" may hold only a-z, 0-9 and _, a letter first; write it so')
            return ""
        return value

    def number(self, node: yaml.Node | None, what: str, low: float, high: float, unit: str = "seconds") -> float:
        """A number between two bounds, both included."""
        if node is None:
            return low
        value = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        if not plain or not NUMBER.fullmatch(value) or len(value) > 12:
            shown = f' "{value}"' if value else ""
            self.problem(node, f"{what}{shown} is not a plain number of {unit}; write for example {low + 1:g}")
            return low
        number = float(value)
        if not low <= number <= high:
            self.problem(node, f"{what} {value} is out of range; write {low:g} to {high:g} {unit}")
            return low
        return number

    def true(self, node: yaml.Node | None, what: str) -> bool:
        """Whether a mark is set; the only value that may be written is true."""
        if node is None:
            return False
        if not isinstance(node, yaml.ScalarNode) or node.value != "true" or node.style:
            self.problem(node, f"{what} can only be true; write {what}: true or remove it")
            return False
        return True

    def one_of(self, node: yaml.Node | None, what: str, known: Sequence[str]) -> str:
        """One word of a closed list."""
        value = self.text(node, what)
        if value and node is not None and value not in known:
            self.problem(node, f'unknown {what} "{value}"{suggest(value, known)}')
            return ""
        return value


def _kind(node: yaml.ScalarNode) -> str:
    return str(node.tag).rpartition(":")[2]
