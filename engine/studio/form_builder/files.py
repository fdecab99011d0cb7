"""A component that takes files, and the data type of the bundle's metadata it is kept under."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.studio.bpmn_editor import EditRefused
from engine.studio.form_builder.form_document import OpenForm, as_json
from forms.files import MAX_FILES, MAX_MEGABYTES

#: Ending a name may have → content type. The kinds that can be stored.
KINDS = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class Filing(OpenForm):
    """A form whose file components can be changed."""

    def set_file_limits(self, identity: str, least: int, most: int, size: int, endings: Sequence[str]) -> None:
        """How many files a component takes, how large each (MB) and of which kinds. Raises ``EditRefused``."""
        _, component = self.component(identity)
        if not 0 <= least <= most <= MAX_FILES or most < 1 or not 1 <= size <= MAX_MEGABYTES:
            raise EditRefused("forming.files_numbers")
        if not endings or any(ending not in KINDS for ending in endings):
            raise EditRefused("forming.files_kinds")
        component["minNumberOfAttachments"] = least
        component["maxNumberOfAttachments"] = most
        component["maxFileSizeInMB"] = size
        component["hasCustomFileEndings"] = True
        component["validFileEndings"] = ",".join(endings)
        component.setdefault("displayMode", "list")
        self.update_file_type(component)

    def update_file_type(self, component: Mapping[str, Any]) -> None:
        """The metadata's data type as the component is. One that may be hidden asks for nothing while it is."""
        identity = component["id"]
        endings = str(component.get("validFileEndings", "")).split(",")
        entry = {
            "id": identity,
            "taskId": self.step,
            "allowedContentTypes": list(dict.fromkeys(KINDS[ending] for ending in endings if ending in KINDS)),
            "maxCount": component.get("maxNumberOfAttachments", 1),
            "minCount": 0 if self._may_be_away(identity) else component.get("minNumberOfAttachments", 0),
            "maxSize": component.get("maxFileSizeInMB", MAX_MEGABYTES),
        }
        self._write_file_type(identity, entry)

    def _may_be_away(self, identity: str) -> bool:
        """Whether it, its group or its page may be hidden."""
        page, component = self.component(identity)
        holders = (component, self.parent(page, identity) or {}, self.pages[page].get("data", {}))
        return any(holder.get("hidden") for holder in holders)

    def drop_file_type(self, identity: str) -> None:
        self._write_file_type(identity, None)

    def file_types(self) -> set[str]:
        """Ids of every data type of the bundle; a new component's must be another."""
        metadata = json.loads(self._files.get("metadata.json", b"{}"))
        return {str(entry.get("id")) for entry in metadata.get("dataTypes", ())}

    def _write_file_type(self, identity: str, entry: Mapping[str, Any] | None) -> None:
        metadata = json.loads(self._files.get("metadata.json", b"{}"))
        types = metadata.get("dataTypes", [])
        at = next((n for n, one in enumerate(types) if one.get("id") == identity), len(types))
        before = types[at] if at < len(types) else {}
        metadata["dataTypes"] = [*types[:at], *([{**before, **entry}] if entry else []), *types[at + 1 :]]
        self._files["metadata.json"] = as_json(metadata)
