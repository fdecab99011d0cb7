"""A process in sentences: what a step is called, and when a way is taken."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from engine.bpmn.elements import SequenceFlow
from engine.definitions.asking import fields
from engine.definitions.bundle import Bundle
from engine.definitions.editing import conditions
from engine.definitions.editing.conditions import BUTTON, Field
from engine.web import view
from engine.web.studio.process import in_order, label


class Teller:
    """Sentences about one bundle, in one language."""

    def __init__(self, bundle: Bundle, language: str) -> None:
        self.bundle = bundle
        self.fields = tuple(self._named(field) for field in fields(bundle, language))
        self.order = [element.id for element in in_order(bundle.process)]

    @staticmethod
    def _named(field: Field) -> Field:
        if field.source != BUTTON:
            return field
        return Field(BUTTON, "", view.t("flow.button"), field.kind, field.options)

    @cached_property
    def groups(self) -> dict[str, list[Field]]:
        """Fields by where they come from, forms by the name of their step."""
        found: dict[str, list[Field]] = {}
        for field in self.fields:
            found.setdefault(self.source(field.source), []).append(field)
        return found

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

    def way(self, flow: SequenceFlow, default: bool) -> str:
        """ "Når «Resultat» er «Trenger mer»: Si fra" """
        target = self.name(flow.target)
        if default:
            return view.t("flow.way.default", target=target)
        if flow.condition is None:
            return view.t("flow.way.always", target=target)
        return view.t("flow.way.when", condition=self.condition(flow.condition.text), target=target)

    def condition(self, text: str) -> str:
        choice = conditions.read(text, self.fields)
        if choice is None:
            return " ".join(text.split())
        join = f" {view.t(f'flow.join.{choice.join}')} "
        return join.join(self._comparison(comparison) for comparison in choice.comparisons)

    def _comparison(self, comparison: Any) -> str:
        field = next(field for field in self.fields if field.id == comparison.field)
        value = dict(field.options).get(comparison.value, comparison.value)
        if field.kind == "flag":
            value = view.t("flow.true" if value == "true" else "flow.false")
        return view.t(f"flow.is.{comparison.operator}", field=field.label, value=value)
