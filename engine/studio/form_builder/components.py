"""Components put in, named, moved and taken out, with rules for when they are hidden, asked for or only read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.studio.bpmn_editor import EditRefused
from engine.studio.bpmn_editor.values import within
from engine.studio.form_builder.choices import Choosing
from engine.studio.form_builder.form_document import Texts
from engine.studio.form_builder.kinds import Kind, bound_to
from engine.studio.form_builder.names import free, name_of, shift
from forms.files import MAX_MEGABYTES
from forms.values import Value

MAX_TITLE = 300


class Building(Choosing):
    """A form whose components can be changed."""

    def add(self, page: str, kind: Kind, title: str, group: str = "") -> str:
        """A component last on the page, or last in a group on it. Returns its id."""
        layout = self.layout(page)
        title = within(title.strip(), MAX_TITLE, "title")
        if not title and kind.id not in ("divider", "summary"):
            raise EditRefused("forming.title")
        holder = next((c for c in layout if group and c.get("id") == group), None)
        if group and (holder is None or kind.id in ("group", "rows")):
            raise EditRefused("forming.no_group")
        if kind.id == "files" and holder is not None and bound_to(holder):
            raise EditRefused("forming.files_in_rows")
        taken = {str(c.get("id")) for _, c in self.components()}
        identity = free(name_of(title) or kind.id, {*taken, *self.schema.get("properties", {}), *self.file_types()})
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
            self._set_texts(key, {"nb": title})
        layout.append(component)
        if kind.id == "files":
            self.set_file_limits(identity, 0, 1, MAX_MEGABYTES, (".pdf", ".jpg", ".jpeg", ".png"))
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
            self._set_texts(bound[what], titles)
        has_help = any(text.strip() for text in helps.values())
        if has_help and not isinstance(bound.get("description"), str):
            bound["description"] = f"help.{self.data_type}.{path or identity}"
        if isinstance(bound.get("description"), str):
            self._set_texts(bound["description"], helps)
            if not has_help:
                del bound["description"]

    def let(self, identity: str, what: str, when: Value) -> None:
        """``hidden``, ``required`` or ``readOnly``: always (True), never (False), or when an expression is true."""
        assert what in ("hidden", "required", "readOnly"), what
        _, component = self.component(identity)
        if "required" not in component and self.required_by_model(bound_to(component)):
            component["required"] = True
        if when is False:
            component.pop(what, None)
        else:
            component[what] = when
        self._update_required(component)
        if component.get("type") == "FileUpload":
            self.update_file_type(component)

    def move(self, identity: str, by: int) -> None:
        """Up (-1) or down (1) among those it stands with."""
        page, component = self.component(identity)
        group = self.parent(page, identity)
        if group is not None:
            shift(group["children"], identity, by)
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
        if component.get("type") == "FileUpload":
            self.drop_file_type(identity)
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

    def _update_required(self, component: Mapping[str, Any]) -> None:
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
