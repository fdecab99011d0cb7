"""Where a setting is kept: a path of elements from the step, the last part an attribute or an element's text."""

from __future__ import annotations

from lxml import etree

from engine.studio.bpmn_editor.document import ALTINN, BPMN, IB, drop, extensions, insert_child

EXTENSIONS = "extensionElements"
_PREFIXES = {"altinn": ALTINN, "ib": IB, "": BPMN}


def _tag(part: str) -> str:
    prefix, _, name = part.rpartition(":")
    return f"{_PREFIXES[prefix]}{name}" if prefix else name


def get(step: etree._Element, path: str) -> str:
    *parts, last = path.split("/")
    node = step
    for part in parts:
        node = node.find(_element(part))
        if node is None:
            return ""
    if last.startswith("@"):
        return str(node.get(_tag(last[1:]), ""))
    return str(node.findtext(_element(last), "")).strip()


def _element(part: str) -> str:
    return _tag(part) if ":" in part else f"{BPMN}{part}"


def write(step: etree._Element, path: str, value: str) -> None:
    """Write the value, making what it stands in; an empty one takes it away, and what then stands empty."""
    *parts, last = path.split("/")
    if not last.startswith("@"):
        parts.append(last)
    node = step
    for part in parts:
        child = node.find(_element(part))
        if child is None:
            if not value:
                return
            child = extensions(step) if part == EXTENSIONS else insert_child(node, etree.Element(_element(part)))
        node = child
    if last.startswith("@"):
        if value:
            node.set(_tag(last[1:]), value)
        else:
            node.attrib.pop(_tag(last[1:]), None)
    else:
        node.text = value or None
    while node is not step and not len(node) and not node.attrib and not (node.text or "").strip():
        parent = node.getparent()
        drop(node)
        node = parent
