"""A process in sentences: what a step is called, and when a way is taken."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property

from flask import g

from engine.studio.bpmn_editor import conditions
from engine.studio.bpmn_editor.conditions import BUTTON, Comparison, Field
from engine.studio.condition_fields import counters, fields, items, lists
from engine.web.shared import view
from engine.web.studio.element_words import in_order, in_words, label
from engine.workflow.bpmn.elements import Element, SequenceFlow
from engine.workflow.definitions.bundle import Bundle


class ProcessWording:
    """Sentences about one bundle, in one language."""

    def __init__(self, bundle: Bundle, language: str) -> None:
        self.bundle = bundle
        self.fields = tuple(self._named(field) for field in fields(bundle, language))
        self.order = [element.id for element in in_order(bundle.process)]

    @cached_property
    def known(self) -> tuple[Field, ...]:
        """Everything a sentence may be about: fields, what the engine counts, turns of a loop, and lists."""
        every = [field for element in self.bundle.process.elements.values() for field in counters(element)]
        every += [*self.fields, *items(self.bundle), *lists(self.bundle, g.language)]
        return tuple({field.id: field for field in reversed(every)}.values())

    @staticmethod
    def _named(field: Field) -> Field:
        if field.source != BUTTON:
            return field
        return Field(BUTTON, "", view.t("flow.button"), field.kind, field.options)

    def grouped(self, found: Iterable[Field]) -> dict[str, list[Field]]:
        """Fields by where they come from, forms by the name of their step."""
        groups: dict[str, list[Field]] = {}
        for field in found:
            groups.setdefault(self.source(field.source), []).append(self._named(field))
        return groups

    def source(self, source: str) -> str:
        if source in (BUTTON, "variables"):
            return view.t(f"flow.source.{source}")
        kind = self.bundle.data_types.get(source)
        return self.name(kind.task_id) if kind and kind.task_id in self.bundle.process.elements else source

    def name(self, element_id: str) -> str:
        """The name of a step; one without says what it is and, where there are several, which."""
        element = self.bundle.process.elements[element_id]
        if element.name:
            return element.name
        alike = [e for e in self.bundle.process.elements.values() if e.type == element.type and not e.name]
        return label(element.type) if len(alike) == 1 else f"{label(element.type)} ({element.id})"

    def flow(self, flow: SequenceFlow, default: bool) -> str:
        """ "Når «Resultat» er «Trenger mer»: Si fra" """
        target = self.name(flow.target)
        if default:
            return view.t("flow.way.default", target=target)
        if flow.condition is None:
            return view.t("flow.way.always", target=target)
        return view.t("flow.way.when", condition=self.condition(flow.condition.text), target=target)

    def condition(self, text: str) -> str:
        choice = conditions.read(text, self.known)
        if choice is None:
            return " ".join(text.split())
        found = [self._comparison(comparison) for comparison in choice.comparisons]
        return view.listed(found, "or" if choice.join == "or" else "standard")

    def value(self, text: str) -> str:
        """The value an expression gives: of which field, or as it stands."""
        field = conditions.field_of(text, self.known) if text.startswith("[") else None
        return " ".join(text.split()) if field is None else f"«{field.label}»"

    def about(self, element: Element) -> list[str]:
        """What the step says of when it is done, how often and by whom, in sentences."""
        found = self.triggers(element) if element.type.endswith("Event") else []
        loop, many, extension = element.loop, element.multi_instance, element.extension
        for part, condition in (
            ("activation", element.activation),
            ("completion", element.ad_hoc.completion if element.ad_hoc else None),
            ("while", loop.condition if loop else None),
        ):
            if condition is not None:
                found.append(view.t(f"flow.says.{part}", condition=self.condition(condition.text)))
        if many is not None:
            over = many.collection if many.collection is not None else many.cardinality
            found.append(view.t(f"flow.says.{'turn' if many.sequential else 'each'}", list=self.value(_text(over))))
            if many.completion is not None:
                found.append(view.t("flow.says.until", condition=self.condition(many.completion.text)))
        if extension.party is not None:
            found.append(view.t("flow.says.party", value=self.value(_text(extension.party))))
        for part, pairs in (("in", extension.inputs), ("out", extension.outputs)):
            found += [view.t(f"flow.says.{part}", name=name, value=self.value(_text(value))) for name, value in pairs]
        return found

    def triggers(self, element: Element) -> list[str]:
        """What an event waits for or throws, one sentence for each."""
        found = []
        for event in element.events:
            what, detail = view.t(f"flow.event.{event.kind}"), event.reference
            if event.kind == "conditional":
                detail = self.condition(event.condition.text) if event.condition else ""
            elif event.kind == "compensation":
                detail = self.name(event.reference) if event.reference in self.bundle.process.elements else ""
            elif event.kind == "timer":
                detail = in_words(event.value) if isinstance(event.value, str) else _text(event.value)
            found.append(f"{what}: {detail}" if detail else what)
        return found

    def _comparison(self, comparison: Comparison) -> str:
        field = next(field for field in self.known if field.id == comparison.field)
        value = dict(field.options).get(comparison.value, comparison.value)
        if field.kind == "flag":
            value = view.t("flow.true" if value == "true" else "flow.false")
        return view.t(f"flow.is.{comparison.operator}", field=field.label, value=value)


def _text(value: object) -> str:
    """An expression as it is written."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
