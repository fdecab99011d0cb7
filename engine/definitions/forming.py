"""A step's form while an administrator builds it: pages and components, with the data model kept in step.

Everything is written as Altinn writes it: ``layouts/<step>/<Page>.json`` and ``Settings.json``, a JSON Schema in
``models/``, code lists in ``options/``, texts by key. What stood there and is not understood is left as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.definitions.drafts import key_from
from engine.definitions.editing import EditRefused, Files, set_text
from engine.definitions.making import data_type as named_data_type

LANGUAGES = ("nb", "nn", "en")
#: Language → text.
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of component that can be put in.

    id      names its text, ``component.<id>``;  ``type`` Altinn's name
    rule    JSON Schema of the value; ``None``: it has none
    options it has choices
    """

    id: str
    type: str
    rule: Mapping[str, Any] | None = None
    options: bool = False


_TEXT = {"type": "string", "minLength": 1}
KINDS = (
    Kind("heading", "Header"),
    Kind("paragraph", "Paragraph"),
    Kind("alert", "Alert"),
    Kind("input", "Input", {**_TEXT, "maxLength": 100}),
    Kind("textarea", "TextArea", {**_TEXT, "maxLength": 4000}),
    Kind("number", "Input", {"type": "number"}),
    Kind("amount", "Input", {"type": "number", "minimum": 0, "unit": "NOK"}),
    Kind("date", "Datepicker", {"type": "string", "format": "date"}),
    Kind("yes", "Checkboxes", {"type": "boolean"}),
    Kind("radio", "RadioButtons", _TEXT, options=True),
    Kind("checks", "Checkboxes", _TEXT, options=True),
    Kind("dropdown", "Dropdown", _TEXT, options=True),
    Kind("group", "Group"),
    Kind("rows", "RepeatingGroup", {"type": "array", "maxItems": 50, "items": {"type": "object", "properties": {}}}),
    Kind("summary", "Summary2"),
    Kind("divider", "Divider"),
)
BY_ID = {kind.id: kind for kind in KINDS}
_OTHER_NAMES = {"heading": "header", "text": "paragraph", "panel": "alert", "summary": "summary2"}


def kind_of(component: Mapping[str, Any], rule: Mapping[str, Any]) -> Kind | None:
    """Which sort a component of a layout is; ``None`` for one that is kept but not edited here."""
    kind = str(component.get("type", "")).lower()
    kind = _OTHER_NAMES.get(kind, kind)
    if kind == "input":
        if rule.get("type") in ("number", "integer"):
            return BY_ID["amount" if rule.get("unit") == "NOK" else "number"]
        return BY_ID["date" if rule.get("format") == "date" else "input"]
    if kind == "checkboxes":
        return BY_ID["yes" if rule.get("type") == "boolean" else "checks"]
    return next((known for known in KINDS if known.type.lower() == kind), None)


class FormDraft:
    """The form of one step, opened from a bundle's files; ``files()`` gives them back with what was changed."""

    def __init__(self, files: Files, step: str) -> None:
        self._files = dict(files)
        self.step = step
        metadata = json.loads(files.get("metadata.json", b"{}"))
        entry = next((kind for kind in metadata.get("dataTypes", ()) if kind.get("taskId") == step), None)
        if entry is None:
            entry = {
                "id": named_data_type(step), "taskId": step, "allowedContentTypes": ["application/json"],
                "maxCount": 1, "minCount": 1,
            }  # fmt: skip
            metadata["dataTypes"] = [*metadata.get("dataTypes", ()), entry]
            self._files["metadata.json"] = _json(metadata)
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
        kept = {name: data for name, data in self._files.items() if not name.startswith(prefix)}
        self.settings.setdefault("pages", {})["order"] = list(self.pages)
        self.settings["pages"].pop("groups", None)
        kept[f"{prefix}Settings.json"] = _json(self.settings)
        for name, page in self.pages.items():
            kept[f"{prefix}{name}.json"] = _json(page)
        kept[self._model] = _json(self.schema)
        return kept

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

    # Pages

    def add_page(self, title: str) -> str:
        """A new page last, called *title* in bokmål. Returns its name."""
        if not title.strip():
            raise EditRefused("forming.page_title")
        name = _free(_name(title).title().replace("_", "") or "Side", self.pages)
        self.pages[name] = {"data": {"layout": []}}
        self._say(name, {"nb": title})
        return name

    def title_page(self, page: str, texts: Texts) -> None:
        self.layout(page)
        if not texts.get("nb", "").strip():
            raise EditRefused("forming.page_title")
        self._say(page, texts)

    def move_page(self, page: str, by: int) -> None:
        self.layout(page)
        names = list(self.pages)
        _shift(names, page, by)
        self.pages = {name: self.pages[name] for name in names}

    def remove_page(self, page: str) -> None:
        """The page with all that is on it, and what was asked there. The last page stays."""
        if len(self.pages) == 1:
            raise EditRefused("forming.last_page")
        for component in [*self.top(page)]:
            self.remove(component["id"])
        del self.pages[page]

    # Components

    def add(self, page: str, kind: Kind, title: str, group: str = "") -> str:
        """A component last on the page, or last in a group on it. Returns its id."""
        layout = self.layout(page)
        title = title.strip()[:300]
        if not title and kind.id not in ("divider", "summary"):
            raise EditRefused("forming.title")
        holder = next((c for c in layout if group and c.get("id") == group), None)
        if group and (holder is None or kind.id in ("group", "rows")):
            raise EditRefused("forming.no_group")
        taken = {c.get("id") for _, c in self.components()}
        identity = _free(_name(title) or kind.id, {*taken, *self.schema.get("properties", {})})
        component: dict[str, Any] = {"id": identity, "type": kind.type}
        if kind.id in ("group", "rows"):
            component["children"] = []
        if kind.rule is not None:
            above = bound_to(holder) if holder is not None else ""
            path = f"{above}.{identity}" if above else identity
            component["dataModelBindings"] = {"group" if kind.id == "rows" else "simpleBinding": path}
            self._declare(path, kind.rule)
        if title:
            key = f"field.{self.data_type}.{bound_to(component)}" if kind.rule else f"form.{self.step}.{identity}"
            bound = "body" if kind.id == "alert" else "title"
            component["textResourceBindings"] = {bound: key}
            self._say(key, {"nb": title})
        layout.append(component)
        if holder is not None:
            holder["children"] = [*holder.get("children", ()), identity]
        if kind.options:
            self.choose_from(identity, {"nb": ["Ja", "Nei"], "nn": ["Ja", "Nei"], "en": ["Yes", "No"]})
        return identity

    def name(self, identity: str, titles: Texts, helps: Texts) -> None:
        """Title and help text in every language; an empty help text takes it away."""
        _, component = self.component(identity)
        bound = component.setdefault("textResourceBindings", {})
        path = bound_to(component)
        what = "body" if str(component.get("type", "")).lower() in ("alert", "panel") else "title"
        if not titles.get("nb", "").strip() and component.get("type") not in ("Divider", "Summary2"):
            raise EditRefused("forming.title")
        if titles.get("nb", "").strip():
            if not isinstance(bound.get(what), str):
                bound[what] = f"field.{self.data_type}.{path}" if path else f"form.{self.step}.{identity}"
            self._say(bound[what], titles)
        given = any(text.strip() for text in helps.values())
        if given and not isinstance(bound.get("description"), str):
            bound["description"] = f"help.{self.data_type}.{path or identity}"
        if isinstance(bound.get("description"), str):
            self._say(bound["description"], helps)
            if not given:
                del bound["description"]

    def let(self, identity: str, what: str, when: Any) -> None:
        """``hidden``, ``required`` or ``readOnly``: always (True), never (False), or when an expression is true."""
        assert what in ("hidden", "required", "readOnly"), what
        _, component = self.component(identity)
        if "required" not in component and self.asked_by_model(bound_to(component)):
            component["required"] = True
        if when is False:
            component.pop(what, None)
        else:
            component[what] = when
        self._keep_required(component)

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
        kept = any(text in lines for _, text in before)
        values: list[str] = []
        for place, line in enumerate(lines):
            same = next((value for value, text in before if text == line), None)
            if same is None and kept and place < len(before) and before[place][1] not in lines:
                same = before[place][0]
            values.append(same if same and same not in values else _free(_name(line) or "valg", values))
        rows = []
        for place, value in enumerate(values):
            key = f"option.{self.data_type}.{path}.{value}"
            rows.append({"value": value, "label": key})
            said = {lang: choices[lang][place] for lang in choices if place < len(choices[lang])}
            self._say(key, {**said, "nb": lines[place]})
        component.pop("options", None)
        component["optionsId"] = f"{self.data_type}_{path.replace('.', '_')}"
        self._files[f"options/{component['optionsId']}.json"] = _json(rows)
        self._keep_enum(component, values)

    def use_list(self, identity: str, options_id: str) -> None:
        """Choose from a code list that is in the bundle already."""
        _, component = self.component(identity)
        if f"options/{options_id}.json" not in self._files:
            raise EditRefused("forming.no_list")
        component.pop("options", None)
        component["optionsId"] = options_id
        self._keep_enum(component, [str(row["value"]) for row in self.options(component)])

    def move(self, identity: str, by: int) -> None:
        """Up (-1) or down (1) among those it stands with."""
        page, component = self.component(identity)
        group = self.parent(page, identity)
        if group is not None:
            _shift(group["children"], identity, by)
            return
        layout, top = self.layout(page), self.top(page)
        at = top.index(component) + by
        if 0 <= at < len(top):
            here, there = layout.index(component), layout.index(top[at])
            layout[here], layout[there] = layout[there], layout[here]

    def move_to(self, identity: str, page: str) -> None:
        """To the end of another page, a group with all that is in it."""
        old, component = self.component(identity)
        if self.parent(old, identity) is not None:
            raise EditRefused("forming.in_group")
        target = self.layout(page)
        moved = [component, *(c for c in self.layout(old) if c.get("id") in component.get("children", ()))]
        if old != page:
            self.pages[old]["data"]["layout"] = [c for c in self.layout(old) if c not in moved]
            target.extend(moved)

    def remove(self, identity: str) -> None:
        """The component, what is in it, and its place in the data model."""
        page, component = self.component(identity)
        for child in list(component.get("children", ())):
            if any(c.get("id") == child for c in self.layout(page)):
                self.remove(child)
        group = self.parent(page, identity)
        if group is not None:
            group["children"].remove(identity)
        self.layout(page).remove(component)
        path = bound_to(component)
        if path and all(bound_to(other) != path for _, other in self.components()):
            above, _, name = path.rpartition(".")
            rule = self.rule(above)
            rule = rule.get("items", rule)
            rule.get("properties", {}).pop(name, None)
            if name in rule.get("required", ()):
                rule["required"] = [other for other in rule["required"] if other != name]
                if not rule["required"]:
                    del rule["required"]

    # The data model and the texts

    def text(self, key: str, language: str) -> str:
        resource = json.loads(self._files.get(f"texts/resource.{language}.json", b'{"resources": []}'))
        return next(
            (row["value"] for row in resource["resources"] if row["id"] == key), "" if language != "nb" else key
        )

    def _say(self, key: str, texts: Texts) -> None:
        for language, text in texts.items():
            if language in LANGUAGES:
                self._files = set_text(self._files, key, language, text.strip()[:4000])

    def _declare(self, path: str, rule: Mapping[str, Any]) -> None:
        above, _, name = path.rpartition(".")
        holder = self.rule(above)
        holder = holder.get("items", holder)
        holder.setdefault("properties", {})[name] = json.loads(json.dumps(rule))

    def asked_by_model(self, path: str) -> bool:
        above, _, name = path.rpartition(".")
        holder = self.rule(above)
        return name in holder.get("items", holder).get("required", ())

    def _keep_required(self, component: Mapping[str, Any]) -> None:
        """The model asks for what the form always asks for; a field that may be hidden is asked for by the form."""
        path = bound_to(component)
        if not path:
            return
        above, _, name = path.rpartition(".")
        holder = self.rule(above)
        holder = holder.get("items", holder)
        wanted = [other for other in holder.get("required", ()) if other != name]
        always = component.get("required") is True and not component.get("hidden")
        if always and self.rule(path).get("type") == "boolean":
            self.rule(path)["const"] = True
        elif self.rule(path).get("type") == "boolean":
            self.rule(path).pop("const", None)
        if always:
            wanted.append(name)
        if wanted:
            holder["required"] = wanted
        else:
            holder.pop("required", None)

    def _keep_enum(self, component: Mapping[str, Any], values: Sequence[str]) -> None:
        kind = kind_of(component, self.rule(bound_to(component)))
        if kind is not None and kind.id in ("radio", "dropdown"):
            self.rule(bound_to(component))["enum"] = list(values)

    def _from_schema(self) -> None:
        """A form that had no layout gets one: a component for each field, in the same words."""
        layout: list[dict[str, Any]] = []
        self.pages = {"Side1": {"data": {"layout": layout}}}
        for name, rule in self.schema.get("properties", {}).items():
            key = f"{self.data_type}.{name}"
            kind = _kind_of_rule(rule)
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
                self._files[f"options/{component['optionsId']}.json"] = _json(rows)
            layout.append(component)


def _kind_of_rule(rule: Mapping[str, Any]) -> Kind:
    if "enum" in rule:
        return BY_ID["radio" if len(rule["enum"]) <= 5 else "dropdown"]
    if rule.get("type") == "boolean":
        return BY_ID["yes"]
    if rule.get("type") in ("number", "integer"):
        return BY_ID["amount" if rule.get("unit") == "NOK" else "number"]
    if rule.get("format") == "date":
        return BY_ID["date"]
    return BY_ID["input" if int(rule.get("maxLength", 4000)) <= 100 else "textarea"]


def bound_to(component: Mapping[str, Any] | None) -> str:
    """Where a component's value lies in the data; "" when it has none."""
    bindings = (component or {}).get("dataModelBindings", {})
    bound = bindings.get("simpleBinding") or bindings.get("group") or ""
    return str(bound.get("field", "")) if isinstance(bound, Mapping) else str(bound)


def _shift(items: list[Any], item: Any, by: int) -> None:
    at = items.index(item)
    to = min(max(at + by, 0), len(items) - 1)
    items.insert(to, items.pop(at))


def _name(title: str) -> str:
    """A name for code from a title: "Hva skal du gjøre?" → "hva_skal_du_gjore"."""
    return key_from(title)[:40].strip("_")


def _free(name: str, taken: Any) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}{number}"
    return candidate


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
