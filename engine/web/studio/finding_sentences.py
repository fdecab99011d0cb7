"""Findings of a process in the reader's language, with where each is put right."""

from __future__ import annotations

import re
from typing import Any

from flask import g, url_for

from engine.studio import template_editor
from engine.web.shared import view
from engine.web.shared.texts import NAMES
from engine.web.shared.texts import texts as page_texts
from engine.workflow.bpmn.elements import Finding, Process
from engine.workflow.definitions.bundle import Bundle

_LACKING = re.compile(r"text (\S+) is missing in (.+)")


def finding_text(finding: Finding, process: Process | None) -> dict[str, Any]:
    """A finding in the reader's language, with the name of its step; the technical sentence lies under its code."""
    element = process.elements.get(finding.element) if process else None
    if process and finding.element in process.flows:
        element = process.elements[process.flows[finding.element].source]
    key = f"finding.{finding.rule}"
    return {
        "severity": finding.severity,
        "element": finding.element,
        "step": element.id if element else "",
        "name": element.name if element else "",
        "href": "",
        "line": finding.line,
        "rule": finding.rule,
        "text": view.t(key if key in page_texts("nb") else "finding.other"),
        "suggest": view.t(f"suggest.{finding.rule}") if f"suggest.{finding.rule}" in page_texts("nb") else "",
        "technical": f"{finding.message}. {finding.suggestion}".removesuffix(". "),
    }


def finding_place(key: str, bundle: Bundle, finding: Finding) -> dict[str, str]:
    """What a finding that is not about a step is about, and where it is put right."""
    if finding.rule in ("policy-not-evaluated", "policy-never-matches"):
        file, _, name = finding.element.partition("#")
        return {"name": name, "element": file}
    lacking = _LACKING.fullmatch(finding.message) if finding.rule == "text-missing" else None
    if lacking is None or finding.element:
        return _template(key, bundle, finding)
    name, languages = lacking[1], lacking[2].split(", ")
    name_text = bundle.texts.get("nb", {}).get(name, "")
    text = view.t("finding.text-missing-in", languages=", ".join(NAMES[language] for language in languages))
    href = url_for("studio.show", key=key, fane="tekster", _anchor=f"tekst-{name}")
    return {"name": f"«{name_text[:60]}»" if name_text else name, "href": href, "text": text}


def _template(key: str, bundle: Bundle, finding: Finding) -> dict[str, str]:
    """What the template a finding is about is called, and where it is written; nothing for other findings."""
    kind, identity = template_editor.reference(finding.element)
    if not finding.rule.startswith("template-") or not identity:
        return {}
    entry = next(
        (one for one in template_editor.entries(bundle.files, kind) if one["id"] == identity), {"id": identity}
    )
    href = url_for("studio.show", key=key, fane="maler", mal=finding.element, _anchor="mal")
    return {"name": template_editor.named(kind, entry, g.language), "href": href}
