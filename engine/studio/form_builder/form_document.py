"""The form of one step, opened from a bundle's files: its pages and components, its data model and its words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.studio.bpmn_editor import EditRefused, Files, set_text
from engine.studio.bpmn_editor.values import MAX_TEXT, within
from engine.studio.create_element import data_type as named_data_type
from engine.studio.form_builder.kinds import kind_of_rule
from engine.workflow.definitions.bundle import takes_files

LANGUAGES = ("nb", "nn", "en")
#: Language → text.
Texts = Mapping[str, str]


class OpenForm:
    """Read, and what keeps model and texts in step; ``files()`` gives the files back with what was changed."""

    def __init__(self, files: Files, step: str) -> None:
        self._files = dict(files)
        self.step = step
        metadata = json.loads(files.get("metadata.json", b"{}"))
        entry = next(
            (kind for kind in metadata.get("dataTypes", ()) if kind.get("taskId") == step and not takes_files(kind)),
            None,
        )
        if entry is None:
            entry = {
                "id": named_data_type(step),
                "taskId": step,
                "allowedContentTypes": ["application/json"],
                "maxCount": 1,
                "minCount": 1,
            }
            metadata["dataTypes"] = [*metadata.get("dataTypes", ()), entry]
            self._files["metadata.json"] = as_json(metadata)
        self.data_type: str = entry["id"]
        self._model = f"models/{entry.get('schema', entry['id'])}.schema.json"
        empty = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {}}
        self.schema: dict[str, Any] = json.loads(files[self._model]) if self._model in files else empty
        prefix = f"layouts/{step}/"
        self.settings: dict[str, Any] = json.loads(files.get(f"{prefix}Settings.json", b'{"pages": {"order": []}}'))
        found = {
            name[len(prefix) : -5]: json.loads(data)
            for name, data in files.items()
            if name.startswith(prefix) and name.endswith(".json") and not name.endswith("/Settings.json")
        }
        order = [name for name in self.settings.get("pages", {}).get("order", ()) if name in found]
        self.pages: dict[str, Any] = {name: found[name] for name in [*order, *sorted(set(found) - set(order))]}
        if not self.pages:
            self._from_schema()

    def files(self) -> dict[str, bytes]:
        """The bundle's files with the form as it is now."""
        prefix = f"layouts/{self.step}/"
        written = {name: data for name, data in self._files.items() if not name.startswith(prefix)}
        self.settings.setdefault("pages", {})["order"] = list(self.pages)
        self.settings["pages"].pop("groups", None)
        written[f"{prefix}Settings.json"] = as_json(self.settings)
        for name, page in self.pages.items():
            written[f"{prefix}{name}.json"] = as_json(page)
        written[self._model] = as_json(self.schema)
        return written

    # What there is

    def layout(self, page: str) -> list[dict[str, Any]]:
        if page not in self.pages:
            raise EditRefused("forming.page_gone")
        found: list[dict[str, Any]] = self.pages[page].setdefault("data", {}).setdefault("layout", [])
        return found

    def components(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for page in self.pages:
            for component in self.layout(page):
                yield page, component

    def component(self, identity: str) -> tuple[str, dict[str, Any]]:
        """Its page, and the component. Raises ``EditRefused``."""
        found = next(((page, c) for page, c in self.components() if c.get("id") == identity), None)
        if found is None:
            raise EditRefused("forming.gone")
        return found

    def parent(self, page: str, identity: str) -> dict[str, Any] | None:
        """The group a component stands in."""
        return next((c for c in self.layout(page) if identity in c.get("children", ())), None)

    def top(self, page: str) -> list[dict[str, Any]]:
        """Components of a page that stand in no group, in order."""
        inside = {child for c in self.layout(page) for child in c.get("children", ())}
        return [component for component in self.layout(page) if component.get("id") not in inside]

    def rule(self, path: str) -> dict[str, Any]:
        rule: dict[str, Any] = self.schema
        for part in path.split(".") if path else ():
            rule = rule.get("items", rule) if rule.get("type") == "array" else rule
            rule = rule.get("properties", {}).get(part, {})
        return rule

    def options(self, component: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = component.get("options") or json.loads(
            self._files.get(f"options/{component.get('optionsId', '')}.json", b"[]")
        )
        return list(rows)

    # The data model and the texts

    def text(self, key: str, language: str) -> str:
        resource = json.loads(self._files.get(f"texts/resource.{language}.json", b'{"resources": []}'))
        return next(
            (row["value"] for row in resource["resources"] if row["id"] == key), "" if language != "nb" else key
        )

    def _set_texts(self, key: str, texts: Texts) -> None:
        for language, text in texts.items():
            if language in LANGUAGES:
                self._files = set_text(self._files, key, language, within(text.strip(), MAX_TEXT, ""))

    def _declare(self, path: str, rule: Mapping[str, Any]) -> None:
        above, _, name = path.rpartition(".")
        holder = self.rule(above)
        holder = holder.get("items", holder)
        holder.setdefault("properties", {})[name] = json.loads(json.dumps(rule))

    def required_by_model(self, path: str) -> bool:
        above, _, name = path.rpartition(".")
        holder = self.rule(above)
        return name in holder.get("items", holder).get("required", ())

    def _from_schema(self) -> None:
        """A form that had no layout gets one: a component for each field, in the same words."""
        layout: list[dict[str, Any]] = []
        self.pages = {"Side1": {"data": {"layout": layout}}}
        for name, rule in self.schema.get("properties", {}).items():
            key = f"{self.data_type}.{name}"
            kind = kind_of_rule(rule)
            texts = {"title": f"field.{key}"}
            if self.text(f"help.{key}", "nb") != f"help.{key}":
                texts["description"] = f"help.{key}"
            component: dict[str, Any] = {
                "id": name,
                "type": kind.type,
                "dataModelBindings": {"simpleBinding": name},
                "textResourceBindings": texts,
            }
            if name in self.schema.get("required", ()):
                component["required"] = True
            if "enum" in rule:
                rows = [{"value": str(value), "label": f"option.{key}.{value}"} for value in rule["enum"]]
                component["optionsId"] = f"{self.data_type}_{name}"
                self._files[f"options/{component['optionsId']}.json"] = as_json(rows)
            layout.append(component)


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
