"""What a diagram editor sends back, put in the place of what was there: comments, texts, forms and access follow."""

from __future__ import annotations

from lxml import etree

from engine.studio.bpmn_editor.document import BPMN, Files, is_node, local, open_process, read_commented, written
from engine.studio.bpmn_editor.settings import PEOPLE
from engine.studio.bpmn_editor.steps import without_forms
from engine.studio.bpmn_editor.texts import set_text
from engine.studio.policy_editor import allow
from engine.studio.replace_element import becomes, fit, regained, settings_of_step
from engine.workflow.authorization import role_codes
from engine.workflow.authorization.policy import PolicyError, read_policy
from engine.workflow.authorization.policy_queries import allowed
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle

LANGUAGES = ("nb", "nn", "en")


def merged(files: Files, data: bytes) -> dict[str, bytes]:
    """The files with *data* as their process. Raises ``BpmnSyntaxError`` when it cannot be read as one.

    Comments, which editors throw away, come back before the step they stood before. A step that has become another
    sort keeps what both sorts have (``dropped`` tells what it does not). A new step of a person gets its
    text in every language and a rule of access; a new name becomes the text in bokmål; a step that is gone takes its
    form along.
    """
    before, root = open_process(files), read_commented(data)
    _comments(before, root)
    _sorts(before, root)
    changed: Files = {**files, "process.bpmn": written(root)}
    old, new = Bundle("", files).process, Bundle("", changed).process
    gone = set(old.elements) - set(new.elements)
    if gone:
        changed = without_forms(changed, gone)
    key = new.id
    for element in new.elements.values():
        if element.type not in PEOPLE:
            continue
        there = old.elements.get(element.id)
        if there is None:
            for language in LANGUAGES:
                changed = set_text(changed, f"task.{element.id}", language, element.name or element.id)
        elif element.name and element.name != there.name:
            changed = set_text(changed, f"task.{element.id}", "nb", element.name)
        if there is None or there.extension.performer != element.extension.performer:
            changed = permitted(changed, key, element.id, element.extension.performer)
    return dict(changed)


def dropped(before: Files, after: Files) -> list[tuple[str, list[str]]]:
    """(name of the step, settings) for each step that has become another sort and lost something by it."""
    old = {node.get("id"): node for node in open_process(before).iter(f"{BPMN}*") if is_node(node)}
    found = []
    for node in open_process(after).iter(f"{BPMN}*"):
        there = old.get(node.get("id")) if is_node(node) else None
        if there is not None and there.tag != node.tag:
            present = settings_of_step(node)
            lost = [name for name in settings_of_step(there) if name not in present]
            if lost:
                found.append((node.get("name") or node.get("id", ""), lost))
    return found


def _sorts(before: etree._Element, root: etree._Element) -> None:
    old = {node.get("id"): node for node in before.iter(f"{BPMN}*") if is_node(node)}
    for node in [n for n in root.iter(f"{BPMN}*") if is_node(n)]:
        there = old.get(node.get("id"))
        if there is not None and there.tag != node.tag and local(node) in becomes(local(there)):
            regained(there, node)
            fit(root, node)


def permitted(files: Files, key: str, element: str, performer: str) -> Files:
    """Whoever is to do the step may do it."""
    role = role_codes.performing(performer)
    try:
        if allowed(read_policy(files["policy.xml"]), key, element, role) - {"read"}:
            return files
    except (KeyError, PolicyError, BpmnSyntaxError):
        return files
    return allow(files, element, role, key)


def _comments(before: etree._Element, root: etree._Element) -> None:
    """Comments of the old file into the new one, before the same neighbour, or first in the same parent."""
    there = {(node.text or "") for node in root.iter(etree.Comment)}
    nodes = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
    for comment in [c for c in before.iter(etree.Comment) if (c.text or "") not in there]:
        parent, following = comment.getparent(), comment.getnext()
        while following is not None and not (isinstance(following.tag, str) and following.get("id") in nodes):
            following = following.getnext()
        copy = etree.Comment(comment.text)
        if following is not None:
            nodes[following.get("id")].addprevious(copy)
        elif parent is not None and parent.get("id") in nodes and _is_ours(nodes[parent.get("id")]):
            nodes[parent.get("id")].insert(0, copy)
        elif parent is before:
            root.insert(0, copy)


def _is_ours(node: etree._Element) -> bool:
    return is_node(node) or node.tag == f"{BPMN}process"
