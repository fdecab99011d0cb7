"""Findings of a process in the reader's language, with where each is put right."""

from __future__ import annotations

from typing import Any

from flask import g, url_for

from engine.studio import template_editor
from engine.web.shared import view
from engine.web.shared.texts import NAMES
from engine.web.shared.texts import texts as page_texts
from engine.workflow.bpmn.elements import Finding, Process
from engine.workflow.definitions.bundle import Bundle


def finding_text(finding: Finding, process: Process | None) -> dict[str, Any]:
    """A finding in the reader's language, with the name of its step; what it is about lies under its code.

    The message of the command line is English, so only a page in English has it.
    """
    element = process.elements.get(finding.element) if process else None
    if process and finding.element in process.flows:
        element = process.elements[process.flows[finding.element].source]
    rule = finding.rule if f"finding.{finding.rule}" in page_texts("nb") else "other"
    return {
        "severity": finding.severity,
        "element": finding.element,
        "step": element.id if element else "",
        "name": element.name if element else "",
        "href": "",
        "line": finding.line,
        "rule": finding.rule,
        "text": view.t(f"finding.{rule}"),
        "suggest": view.t(f"suggest.{rule}"),
        "technical": _technical(finding),
    }


def _technical(finding: Finding) -> str:
    """The English message on an English page; in other languages the names and values it holds."""
    if g.language == "en":
        return f"{finding.message}. {finding.suggestion}".removesuffix(". ")
    names = dict.fromkeys(str(value) for value in finding.parameters.values() if value not in (None, ""))
    return view.t("finding.about", names=view.listed(names)) if names else ""


def finding_place(key: str, bundle: Bundle, finding: Finding) -> dict[str, str]:
    """What a finding that is not about a step is about, and where it is put right."""
    if finding.rule in ("policy-not-evaluated", "policy-never-matches"):
        file, _, name = finding.element.partition("#")
        return {"name": name, "element": file}
    if finding.rule != "text-missing" or finding.element:
        return _template(key, bundle, finding)
    name, languages = str(finding.parameters["key"]), str(finding.parameters["missing"]).split(", ")
    name_text = bundle.texts.get("nb", {}).get(name, "")
    text = view.t("finding.text-missing-in", languages=view.listed(map(NAMES.get, languages)))
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
