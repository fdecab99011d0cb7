"""One bundle in memory: its files, and what is read from them, parsed once."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.workflow.bpmn.elements import Definitions, Element, Process
from engine.workflow.bpmn.parser import parse
from engine.workflow.bpmn.timing import TimerSyntaxError, add_duration

MAX_BYTES = 20 * 1024 * 1024
_IGNORED = (".py", ".pyc", ".md")
#: Where a bundle on its way between installations says what it is; no part of the bundle itself.
MANIFEST = "ibalanse-bundle.json"


#: Content types of forms; an entry that has none of them, and some other, is a file.
_FORM_TYPES = frozenset({"application/json", "application/xml", "text/xml"})
#: Signs in the id of a component that takes files: a file is kept under it, with its own id of 32 and an ending.
MAX_FILE_ID_LENGTH = 62
#: Paths a bundle may send a citizen to: within this application, nothing but its path.
HOME = re.compile(r"(/[a-z0-9-]+)+", re.ASCII)


class BundleError(Exception):
    """The bundle cannot be used; ``errors`` says everything that is wrong, one sentence each."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class DataType:
    """A kind of form data: which task fills it in, which schema it follows.

    per_party  everybody who does the task has a form of their own (``"perParty": true``)
    """

    id: str
    task_id: str
    schema: str
    per_party: bool = False

    def stored_as(self, person_id: str) -> str:
        """The data type the content is kept under in a case."""
        return f"{self.id}@{person_id}" if self.per_party else self.id


@dataclass(frozen=True, slots=True)
class AttachmentType:
    """A kind of file a task's form takes: its id is the component's. No ``types``: any; ``max_count`` 0: no limit."""

    id: str
    task_id: str
    types: tuple[str, ...] = ()
    min_count: int = 0
    max_count: int = 0


def takes_files(entry: Mapping[str, Any]) -> bool:
    """Whether a data type of the metadata is a file and not a form: it has content types, and none is a form's."""
    types = entry.get("allowedContentTypes") or ()
    return bool(types) and "appLogic" not in entry and not _FORM_TYPES & {*types}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a case, as the bundle declares it.

    guard    expression over the case's data that must be true to enter, or ``None``
    refusal  text key of the sentence shown when the guard says no
    replaces ids of stages of older versions that this one has taken the place of
    """

    id: str
    guard: Any
    refusal: str
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """The files of one version of a journey. Everything else is derived from them."""

    key: str
    files: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: Path) -> Bundle:
        """Read a folder; code and notes beside the bundle are not part of it."""
        files = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            and path.suffix not in _IGNORED
            and path.name != MANIFEST
            and "__pycache__" not in path.parts
        }
        if "process.bpmn" not in files:
            raise BundleError([f"{folder.name}: process.bpmn is missing"])
        return cls(folder.name, files)

    @classmethod
    def unpack(cls, key: str, data: bytes) -> Bundle:
        """The bundle ``pack`` wrote."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise BundleError([f"{key}: more than {MAX_BYTES} bytes"])
            return cls(key, {name: archive.read(name) for name in archive.namelist() if name != MANIFEST})

    def pack(self) -> bytes:
        """A zip that is the same bytes for the same files."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(self.files):
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), self.files[name])
        return buffer.getvalue()

    @cached_property
    def checksum(self) -> str:
        """SHA-256 over names and contents."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(name.encode() + b"\0" + hashlib.sha256(self.files[name]).digest())
        return digest.hexdigest()

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = json.loads(self.files.get("metadata.json", b"{}"))
        return data

    @property
    def version_tag(self) -> str:
        """``versionTag`` of metadata.json: the name people use for this version, or ""."""
        return str(self.metadata.get("versionTag") or "")

    @cached_property
    def retention(self) -> tuple[str, str]:
        """How long a finished case and its audit trail are kept, ISO 8601 durations, "" = for ever.

        Raises ``BundleError`` when that cannot be read, or the trail would go before its case.
        """
        entry = self.metadata.get("retention", {})
        case, audit = str(entry.get("case", "")), str(entry.get("audit", ""))
        begin = datetime(2000, 1, 1, tzinfo=UTC)
        try:
            ends = [add_duration(begin, text) for text in (case, audit) if text]
        except TimerSyntaxError as error:
            raise BundleError([f"metadata.json: retention: {error}"]) from None
        if any(end <= begin for end in ends):
            raise BundleError(["metadata.json: retention must be longer than nothing"])
        if audit and (not case or ends[1] < ends[0]):
            raise BundleError(["metadata.json: retention.audit must not be shorter than retention.case"])
        return case, audit

    @cached_property
    def definitions(self) -> Definitions:
        return parse(self.files["process.bpmn"])

    @cached_property
    def process(self) -> Process:
        """The bundle's process: Altinn allows one per file. Global tasks beside it are only called."""
        processes = list(self.definitions.processes.values())
        return next((process for process in processes if process.executable), processes[0])

    def element(self, element_id: str) -> Element:
        """A flow node of the bundle's process, or of one called beside it in the same file. Raises ``KeyError``."""
        for process in (self.process, *self.definitions.processes.values()):
            if element_id in process.elements:
                return process.elements[element_id]
        raise KeyError(element_id)

    @cached_property
    def data_types(self) -> Mapping[str, DataType]:
        return {
            entry["id"]: DataType(
                entry["id"], entry.get("taskId", ""), entry.get("schema", entry["id"]), entry.get("perParty", False)
            )
            for entry in self.metadata.get("dataTypes", ())
            if not takes_files(entry)
        }

    @cached_property
    def attachment_types(self) -> Mapping[str, AttachmentType]:
        """The kinds of files forms take, by the id of the component."""
        return {
            entry["id"]: AttachmentType(
                entry["id"],
                entry.get("taskId", ""),
                tuple(entry["allowedContentTypes"]),
                int(entry.get("minCount") or 0),
                int(entry.get("maxCount") or 0),
            )
            for entry in self.metadata.get("dataTypes", ())
            if takes_files(entry)
        }

    def attachments_of(self, task_id: str) -> Mapping[str, AttachmentType]:
        """Those one task's form takes."""
        return {name: kind for name, kind in self.attachment_types.items() if kind.task_id == task_id}

    def data_type_of(self, task_id: str) -> DataType | None:
        """The form data a task fills in, if any."""
        return next((t for t in self.data_types.values() if t.task_id == task_id), None)

    @cached_property
    def startable(self) -> frozenset[str]:
        """The roles that may start the journey by themselves."""
        return frozenset(self.metadata.get("startable", ()))

    @cached_property
    def home(self) -> str:
        """The page a citizen comes to when the journey asks nothing of them: a path of ours, or "" for its case."""
        path = self.metadata.get("home", "")
        return path if isinstance(path, str) and HOME.fullmatch(path) else ""

    def described(self, language: str) -> str:
        """One or two sentences on what the journey is for."""
        described = self.metadata.get("description", {})
        return str(described.get(language) or described.get("nb") or "")

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(
            Stage(entry["id"], entry.get("guard"), entry.get("refusal", ""), tuple(entry.get("replaces", ())))
            for entry in self.metadata.get("stages", ())
        )

    @cached_property
    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """language → text key → text, as written in ``texts/resource.<language>.json``."""
        found: dict[str, Mapping[str, str]] = {}
        for name, data in self.files.items():
            if name.startswith("texts/resource.") and name.endswith(".json"):
                resource = json.loads(data)
                found[resource["language"]] = {entry["id"]: entry["value"] for entry in resource["resources"]}
        return found

    def text(self, key: str, language: str) -> str:
        """A text in *language*, else bokmål, else the key."""
        for candidate in (language, "nb"):
            value = self.texts.get(candidate, {}).get(key)
            if value is not None:
                return value
        return key

    def components(self, task_id: str) -> Iterator[Mapping[str, Any]]:
        """The components of a task's layouts, page by page; a page that cannot be read has none."""
        for data in self.layout_files(task_id).values():
            try:
                layout = json.loads(data).get("data", {}).get("layout", ())
            except (ValueError, AttributeError):
                continue
            yield from (component for component in layout if isinstance(component, dict))

    @cached_property
    def option_labels(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """(Step, field) → value → text key of the choice, as the step's layouts and the code lists have it."""
        found: dict[tuple[str, str], Mapping[str, str]] = {}
        for step in {name.split("/")[1] for name in self.files if name.startswith("layouts/")}:
            for component in self.components(step):
                try:
                    bound = component.get("dataModelBindings", {}).get("simpleBinding")
                    path = bound.get("field") if isinstance(bound, dict) else bound
                    listed = f"options/{component.get('optionsId')}.json"
                    rows = component.get("options") or json.loads(self.files.get(listed, b"[]"))
                    if path and rows:
                        found[step, str(path)] = {str(row["value"]): str(row["label"]) for row in rows}
                except (ValueError, KeyError, TypeError, AttributeError):
                    continue
        return found

    def option(self, data_type: str, path: str, value: object, language: str) -> str:
        """A value of a choice in words: of the list it was chosen from, of the field, else as it stands.

        What was ticked of several stands with commas between (Altinn).
        """
        kind = self.data_types.get(data_type)
        listed = self.option_labels.get((kind.task_id, path), {}) if kind else {}
        several = str(value).split(",")
        if len(several) > 1 and str(value) not in listed and all(one in listed for one in several):
            return ", ".join(self.option(data_type, path, one, language) for one in several)
        for key in (listed.get(str(value)), f"option.{data_type}.{path}.{value}"):
            if key and self.text(key, language) != key:
                return self.text(key, language)
        return listed.get(str(value), str(value))

    def title(self, language: str) -> str:
        title = self.metadata.get("title", {})
        return str(title.get(language) or title.get("nb") or self.key)

    def layout_files(self, task_id: str) -> Mapping[str, bytes]:
        """The files of ``layouts/<task_id>/``, by their name in that folder."""
        prefix = f"layouts/{task_id}/"
        return {name[len(prefix) :]: data for name, data in self.files.items() if name.startswith(prefix)}

    def schema(self, data_type: str) -> Mapping[str, Any] | None:
        kind = self.data_types.get(data_type.partition("@")[0])
        data = self.files.get(f"models/{kind.schema if kind else data_type.partition('@')[0]}.schema.json")
        return None if data is None else json.loads(data)
