"""Code lists several fields may choose from: ``options/<id>.json`` as Altinn has them, labels as texts by key.

A list's own name stands in the text ``list.<id>``. A field's own choices lie in a list that is called after the field;
they are changed with the field, in the form builder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.studio.bpmn_editor import EditRefused, Files, set_text
from engine.studio.bpmn_editor.values import MAX_NAME, within
from engine.studio.form_builder import FormDraft, bound_to
from engine.studio.form_builder.choices import own_list
from engine.studio.form_builder.names import free, name_of
from engine.workflow.definitions.bundle import Bundle

MAX_ROWS = 500
MAX_LABEL = 300
LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True, slots=True)
class Use:
    """A field that chooses from a list. ``title`` is its text key, or ""."""

    step: str
    data_type: str
    component: str
    path: str
    title: str
    own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list as it is to be. ``value`` is "" for a new one; ``labels`` language → text."""

    value: str
    labels: Mapping[str, str]


def uses(bundle: Bundle) -> dict[str, list[Use]]:
    """List id → the fields that choose from it, whether the list is there or not."""
    found: dict[str, list[Use]] = {}
    for step, component in _components(bundle):
        listed, kind = component.get("optionsId"), bundle.data_type_of(step)
        if isinstance(listed, str) and listed:
            path = bound_to(component)
            title = component.get("textResourceBindings", {}).get("title")
            data_type = kind.id if kind else ""
            use = Use(
                step,
                data_type,
                str(component.get("id")),
                path,
                title if isinstance(title, str) else "",
                listed == own_list(data_type, path),
            )
            found.setdefault(listed, []).append(use)
    return found


def shared(bundle: Bundle) -> list[str]:
    """Ids of the lists that are no field's own."""
    used = uses(bundle)
    return [one for one in lists(bundle.files) if not any(use.own for use in used.get(one, ()))]


def lists(files: Files) -> list[str]:
    return sorted(name[8:-5] for name in files if name.startswith("options/") and name.endswith(".json"))


def rows(files: Files, list_id: str) -> list[dict[str, Any]]:
    """Raises ``EditRefused`` for a list that is gone or cannot be read."""
    try:
        found = json.loads(files[f"options/{list_id}.json"])
    except KeyError:
        raise EditRefused("list.gone") from None
    except ValueError:
        raise EditRefused("list.unreadable") from None
    if not isinstance(found, list) or not all(isinstance(row, dict) and "value" in row for row in found):
        raise EditRefused("list.unreadable")
    return found


def create(files: Files, title: str) -> tuple[dict[str, bytes], str]:
    """A new list with nothing in it, called *title* in bokmål. Returns its id too."""
    title = within(" ".join(title.split()), MAX_NAME, "title")
    if not title:
        raise EditRefused("list.no_title", "title")
    identity = free(name_of(title) or "liste", {*lists(files)})
    changed = set_text(files, f"list.{identity}", "nb", title)
    return {**changed, f"options/{identity}.json": b"[]"}, identity


def change(bundle: Bundle, list_id: str, names: Mapping[str, str], wanted: Sequence[Row]) -> dict[str, bytes]:
    """The list as it is to be; rows without a word in bokmål that are new are left out.

    A value keeps its code, so answers already given stay answers. The data models of the fields that choose from the
    list follow. Raises ``EditRefused``.
    """
    files: Files = bundle.files
    there = {str(row["value"]): row for row in rows(files, list_id)}
    made: list[dict[str, Any]] = []
    if not names.get("nb", "").strip():
        raise EditRefused("list.no_title", "name-nb")
    files = _set_texts(files, f"list.{list_id}", names, MAX_NAME, "name-{language}")
    for place, row in enumerate(wanted):
        bokmal = row.labels.get("nb", "").strip()
        if not row.value and not any(text.strip() for text in row.labels.values()):
            continue
        if not bokmal:
            raise EditRefused("list.no_label", f"bokmal-nb-{place}")
        taken = {*there, *(str(one["value"]) for one in made)}
        if any(str(one["value"]) == row.value for one in made):
            continue
        value = row.value if row.value in there else free(name_of(bokmal) or "valg", taken)
        entry = dict(there.get(value, {"value": value}))
        label = entry.get("label")
        if not isinstance(label, str) or not any(label in texts for texts in bundle.texts.values()):
            entry["label"] = f"list.{list_id}.{value}"
        files = _set_texts(files, str(entry["label"]), row.labels, MAX_LABEL, f"label-{{language}}-{place}")
        made.append(entry)
    if len(made) > MAX_ROWS:
        raise EditRefused("list.too_many", limit=MAX_ROWS)
    texts = [row.labels.get("nb", "").strip().lower() for row in wanted if row.labels.get("nb", "").strip()]
    if len(set(texts)) != len(texts):
        raise EditRefused("list.twice")
    for value in {*there} - {str(entry["value"]) for entry in made}:
        _stays_if_compared(bundle, list_id, value)
    data = json.dumps(made, ensure_ascii=False, indent=2).encode()
    return _followed(bundle, list_id, {**files, f"options/{list_id}.json": data})


def remove(bundle: Bundle, list_id: str) -> dict[str, bytes]:
    """Without the list and its words. Raises ``EditRefused`` while a field chooses from it."""
    gone = rows(bundle.files, list_id)
    if uses(bundle).get(list_id):
        raise EditRefused("list.used")
    files: Files = {name: data for name, data in bundle.files.items() if name != f"options/{list_id}.json"}
    for key in [f"list.{list_id}", *(str(row.get("label")) for row in gone)]:
        if key == f"list.{list_id}" or key.startswith(f"list.{list_id}."):
            files = _set_texts(files, key, dict.fromkeys(LANGUAGES, ""), 0, "")
    return dict(files)


def _set_texts(files: Files, key: str, texts: Mapping[str, str], limit: int, field: str) -> Files:
    """The text in every language. *field*: the input each was written in, with ``{language}`` in its name."""
    for language in LANGUAGES:
        text = " ".join(texts.get(language, "").split())
        files = set_text(files, key, language, within(text, limit, field.format(language=language)))
    return files


def _components(bundle: Bundle) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Step and component, for every layout that can be read."""
    for name, data in bundle.files.items():
        if name.startswith("layouts/") and name.endswith(".json") and not name.endswith("/Settings.json"):
            try:
                layout = json.loads(data).get("data", {}).get("layout", ())
            except (ValueError, AttributeError):
                continue
            yield from ((name.split("/")[1], one) for one in layout if isinstance(one, dict))


def _stays_if_compared(bundle: Bundle, list_id: str, value: str) -> None:
    """A value that a rule or a condition compares with is not taken away."""
    written = [json.dumps(one, ensure_ascii=False) for _, one in _components(bundle)]
    written += [flow.condition.text for flow in bundle.process.flows.values() if flow.condition is not None]
    for use in uses(bundle).get(list_id, ()):
        field = f'"{use.path}"'
        if any(f'["dataModel", {field}' in " ".join(text.split()) and f'"{value}"' in text for text in written):
            raise EditRefused("list.compared", value=value)


def _followed(bundle: Bundle, list_id: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with the data model of every field that chooses from the list allowing what is in it now."""
    changed = dict(files)
    for use in uses(bundle).get(list_id, ()):
        form = FormDraft(changed, use.step)
        before = form.rule(use.path).get("enum")
        form.use_list(use.component, list_id)
        if form.rule(use.path).get("enum") != before:
            changed = form.files()
    return changed
