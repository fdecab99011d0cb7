"""What is different between two versions of a bundle, so that it can be said in words before publishing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.bpmn.elements import Element, Process
from engine.definitions.bundle import Bundle

Change = tuple[str, Mapping[str, object]]
"""Text key and values of one sentence."""


def differences(old: Bundle, new: Bundle) -> list[Change]:
    """Every change from *old* to *new*: steps first, then ways, texts, forms and access."""
    found = list(_steps(old.process, new.process))
    found += _ways(old.process, new.process)
    found += _texts(old, new)
    for key, prefixes in (
        ("diff.forms", ("layouts/", "models/", "options/")),
        ("diff.policy", ("policy.xml",)),
        ("diff.metadata", ("metadata.json",)),
        ("diff.scenarios", ("scenarios/",)),
    ):
        names = {n for n in {*old.files, *new.files} if n.startswith(prefixes) and old.files.get(n) != new.files.get(n)}
        if names:
            found.append((key, {"count": len(names)}))
    return found


def _steps(old: Process, new: Process) -> Iterator[Change]:
    for element in new.elements.values():
        before = old.elements.get(element.id)
        if before is None:
            yield ("diff.added", {"step": element.name or element.id})
            continue
        if before.name != element.name:
            yield ("diff.renamed", {"step": before.name or before.id, "name": element.name})
        if _bare(before) != _bare(element):
            yield ("diff.changed", {"step": element.name or element.id})
    for element in old.elements.values():
        if element.id not in new.elements:
            yield ("diff.removed", {"step": element.name or element.id})


def _bare(element: Element) -> Element:
    """The element without its name, its place in the file and what leads to and from it."""
    return replace(element, name="", line=0, incoming=(), outgoing=(), boundary=())


def _ways(old: Process, new: Process) -> list[Change]:
    def ways(process: Process) -> set[tuple[str, str, str]]:
        return {(f.source, f.target, f.condition.text.strip() if f.condition else "") for f in process.flows.values()}

    changed = {source for source, _, _ in ways(old) ^ ways(new)}
    both = [e for e in new.elements.values() if e.id in changed and e.id in old.elements]
    return [("diff.ways", {"step": element.name or element.id}) for element in both]


def _texts(old: Bundle, new: Bundle) -> list[Change]:
    keys = {
        key
        for language in {*old.texts, *new.texts}
        for key in {*old.texts.get(language, {}), *new.texts.get(language, {})}
        if old.texts.get(language, {}).get(key) != new.texts.get(language, {}).get(key)
    }
    return [("diff.texts", {"count": len(keys)})] if keys else []
