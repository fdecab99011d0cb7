"""What may be chosen: choices of a field's own, a line each, or a list several fields share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.studio.bpmn_editor import EditRefused
from engine.studio.form_builder.files import Filing
from engine.studio.form_builder.form_document import as_json
from engine.studio.form_builder.kinds import bound_to, kind_of
from engine.studio.form_builder.names import free, name_of


def own_list(data_type: str, path: str) -> str:
    """The id of the list that holds a field's own choices."""
    return f"{data_type}_{path.replace('.', '_')}"


class Choosing(Filing):
    """A form whose choices can be changed."""

    def choose_from(self, identity: str, choices: Mapping[str, Sequence[str]]) -> None:
        """The choices, a line each, in every language.

        A choice keeps its value while its bokmål text is the same, or its place among others that are: answers
        already given stay answers.
        """
        _, component = self.component(identity)
        lines = [line.strip() for line in choices.get("nb", ()) if line.strip()]
        if len(lines) < 1 or len(set(lines)) != len(lines):
            raise EditRefused("forming.choices")
        path = bound_to(component)
        before = [(str(row["value"]), self.text(str(row["label"]), "nb")) for row in self.options(component)]
        has_same = any(text in lines for _, text in before)
        values: list[str] = []
        for place, line in enumerate(lines):
            same = next((value for value, text in before if text == line), None)
            if same is None and has_same and place < len(before) and before[place][1] not in lines:
                same = before[place][0]
            values.append(same if same and same not in values else free(name_of(line) or "valg", values))
        rows = []
        for place, value in enumerate(values):
            key = f"option.{self.data_type}.{path}.{value}"
            rows.append({"value": value, "label": key})
            texts = {lang: choices[lang][place] for lang in choices if place < len(choices[lang])}
            self._set_texts(key, {**texts, "nb": lines[place]})
        component.pop("options", None)
        component["optionsId"] = own_list(self.data_type, path)
        self._files[f"options/{component['optionsId']}.json"] = as_json(rows)
        self._update_enum(component, values)

    def use_list(self, identity: str, options_id: str) -> None:
        """Choose from a code list that is in the bundle already."""
        _, component = self.component(identity)
        if f"options/{options_id}.json" not in self._files:
            raise EditRefused("forming.no_list")
        old = component.get("optionsId", "")
        component.pop("options", None)
        component["optionsId"] = options_id
        own = old == own_list(self.data_type, bound_to(component))
        if own and old != options_id and all(c.get("optionsId") != old for _, c in self.components()):
            self._files.pop(f"options/{old}.json", None)  # its own choices are nobody's now
        self._update_enum(component, [str(row["value"]) for row in self.options(component)])

    def _update_enum(self, component: Mapping[str, Any], values: Sequence[str]) -> None:
        kind = kind_of(component, self.rule(bound_to(component)))
        if kind is not None and kind.id in ("radio", "dropdown"):
            self.rule(bound_to(component))["enum"] = list(values)
