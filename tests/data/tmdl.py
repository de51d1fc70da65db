"""A strict reader of TMDL: one tab per level, known objects and properties only, expressions two levels deeper."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# The properties that each kind of object may have; a flag has no value.
PROPERTIES = {
    "database": {"compatibilityLevel"},
    "model": {"culture", "defaultPowerBIDataSourceVersion", "sourceQueryCulture"},
    "dataAccessOptions": set(),
    "table": {"dataCategory"},
    "column": {"dataType", "formatString", "summarizeBy", "sourceColumn", "sortByColumn"},
    "measure": {"formatString", "displayFolder"},
    "partition": {"mode", "source"},
    "relationship": {"isActive", "fromColumn", "toColumn"},
    "expression": set(),
    "annotation": set(),
    "ref": set(),
}
FLAGS = {
    "model": {"discourageImplicitMeasures"},
    "dataAccessOptions": {"legacyRedirects", "returnErrorValuesAsNull"},
    "column": {"isHidden", "isKey"},
}
CHILDREN = {
    "": {"database", "model", "table", "relationship", "expression", "annotation", "ref"},
    "model": {"dataAccessOptions"},
    "table": {"column", "measure", "partition"},
    "column": {"annotation"},
}
EXPRESSIONS = {"measure", "expression", "annotation", "partition"}
NAME = r"(?:[A-Za-z_]\w*|'(?:[^']|'')+'|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"


class TmdlError(ValueError):
    """A line that is no TMDL."""


@dataclass
class Node:
    """An object, with its properties as text, and what follows its `=`."""

    kind: str
    name: str
    expression: str
    description: str
    properties: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    children: list[Node] = field(default_factory=list)

    def of(self, kind: str) -> list[Node]:
        return [one for one in self.children if one.kind == kind]


def unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def parse(text: str) -> Node:
    """The objects of a file."""
    root = Node("", "", "", "")
    lines = text.split("\n")
    if lines.pop() != "" or "\r" in text or text.startswith("\ufeff"):
        raise TmdlError("The file does not end in one line feed.")
    stack, description, place = [root], "", 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if not line:
            if description:
                raise TmdlError(f"line {place}: a description is not followed by its object")
            continue
        depth = len(line) - len(line.lstrip("\t"))
        content = line[depth:]
        if content != content.strip() or depth >= len(stack):
            raise TmdlError(f"line {place}: wrong indentation")
        if content.startswith("/// "):
            description = content[4:]
            continue
        del stack[depth + 1 :]
        parent = stack[-1]
        if parent.kind == "partition" and content == "source =":
            query = []
            while place < len(lines) and (lines[place].startswith("\t" * (depth + 2)) or not lines[place]):
                query.append(lines[place][depth + 2 :])
                place += 1
            parent.properties["source"] = "\n".join(query).strip("\n")
            continue
        node = read(content, parent, description, place)
        description = ""
        if node:
            parent.children.append(node)
            stack.append(node)
    return root


def read(content: str, parent: Node, description: str, place: int) -> Node | None:
    """The object that a line begins; nothing if it is a property of its parent."""
    if content in FLAGS.get(parent.kind, ()):
        parent.flags.add(content)
        return None
    key, colon, value = content.partition(": ")
    if colon and key in PROPERTIES.get(parent.kind, ()):
        if key in parent.properties or not value:
            raise TmdlError(f"line {place}: {key} is repeated or empty")
        parent.properties[key] = value
        return None
    found = re.fullmatch(rf"(\w+)(?: (table))?(?: ({NAME}))?(?: = (.+))?", content)
    if not found or found[1] not in CHILDREN.get(parent.kind, ()):
        raise TmdlError(f"line {place}: {content} is not allowed in {parent.kind or 'a file'}")
    kind, _, name, expression = found.groups()
    if bool(expression) != (kind in EXPRESSIONS):
        raise TmdlError(f"line {place}: {kind} has an expression, or none")
    if description and kind not in ("table", "measure", "column", "expression"):
        raise TmdlError(f"line {place}: {kind} has no description")
    if any(one.kind == kind and one.name == unquoted(name or "") for one in parent.children):
        raise TmdlError(f"line {place}: {kind} {name} is there twice")
    return Node(kind, unquoted(name or ""), expression or "", description)
