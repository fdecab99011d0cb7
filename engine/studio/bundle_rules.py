"""What is wrong with a bundle that only the product knows: settings of jobs, lists to choose from, templates."""

from __future__ import annotations

from collections.abc import Iterator

from engine.advice.task_types.job_settings import job_findings
from engine.studio.option_lists import uses
from engine.studio.template_editor import template_findings
from engine.workflow.bpmn.elements import Finding
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.findings import Offer, Rule


def jobs(bundle: Bundle, offer: Offer) -> Iterator[Finding]:
    return job_findings(bundle, offer.named)


def lists(bundle: Bundle, _: Offer) -> Iterator[Finding]:
    for listed, used in uses(bundle).items():
        if f"options/{listed}.json" not in bundle.files:
            for use in used:
                text = f"{use.component} chooses from a list that is not there: {listed}"
                yield Finding(use.step, "list-missing", text, parameters={"component": use.component, "listed": listed})


def templates(bundle: Bundle, _: Offer) -> Iterator[Finding]:
    return template_findings(bundle)


#: Handed to ``Offer`` by whoever checks a bundle for publishing.
BUNDLE_RULES: tuple[Rule, ...] = (jobs, lists, templates)
