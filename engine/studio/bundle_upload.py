"""What an administrator uploads, a zip or a folder, becomes a bundle, or is refused with every reason at once.

Nothing half-loaded: either all files can be read as what they are, or no draft is made. What they *mean* (a step
nobody may do, a text that is missing) is for ``bundle_findings``, which the page of the draft lists.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from engine.studio.bundle_signature import Seal, SignatureError, check
from engine.workflow.bpmn.parser import read_definitions
from engine.workflow.bpmn.xml import BpmnSyntaxError, read_xml
from engine.workflow.definitions.bundle import HOME, MANIFEST, MAX_BYTES, Bundle, BundleError

KEY = re.compile(r"[a-z][a-z0-9_]{1,60}")
MAX_FILES = 500
MAX_MEGABYTES = MAX_BYTES // 1_048_576
#: What a bundle is made of. Anything else is left out and listed: code never comes in this way.
_KINDS = frozenset({".bpmn", ".xml", ".json"})
_OPTION = frozenset({"value", "label"})
Reason = tuple[str, Mapping[str, object]]


class UploadError(BundleError):
    """``reasons``: text key and values of every sentence that says why."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__([f"{key} {dict(values)}" if values else key for key, values in reasons])
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Upload:
    """A bundle, the names of the files that were left out since they are no part of one, and its seal if it has one."""

    bundle: Bundle
    left_out: tuple[str, ...]
    seal: Seal | None = None


def read_zip(data: bytes) -> Upload:
    """A bundle from a zip. Raises ``UploadError``."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UploadError([("upload.not_zip", {})]) from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _check([entry.filename for entry in entries], sum(entry.file_size for entry in entries))
        try:
            # A size the header lies about ends in BadZipFile: read() never gives more than the header says.
            files = {e.filename: archive.read(e) if _wanted(e.filename) else b"" for e in entries}
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, ValueError, EOFError, OSError):
            raise UploadError([("upload.damaged", {})]) from None
    return _read(files)


def read_folder(files: Iterable[tuple[str, bytes]]) -> Upload:
    """A bundle from the files of a folder, as a browser sends them: path and content. Raises ``UploadError``."""
    found = dict(files)
    _check(list(found), sum(len(content) for content in found.values()))
    return _read(found)


def _check(names: list[str], size: int) -> None:
    if len(names) > MAX_FILES or size > MAX_BYTES:
        raise UploadError([("upload.too_much", {"files": MAX_FILES, "size": MAX_MEGABYTES})])
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/"):
            raise UploadError([("upload.leads_out", {})])
    if len(set(names)) != len(names):
        raise UploadError([("upload.twice", {})])


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__")) for part in path.parts)
    return path.suffix.lower() in _KINDS and not hidden


def _read(uploaded: Mapping[str, bytes]) -> Upload:
    roots = [
        name.removesuffix("process.bpmn")
        for name in uploaded
        if PurePosixPath(name).name == "process.bpmn" and _wanted(name)
    ]
    if not roots:
        raise UploadError([("upload.no_process", {})])
    if len(roots) > 1:
        raise UploadError([("upload.many_processes", {"count": len(roots)})])
    root = roots[0]
    files = {
        name.removeprefix(root): data for name, data in uploaded.items() if name.startswith(root) and _wanted(name)
    }
    left_out = sorted(name for name in uploaded if not (name.startswith(root) and _wanted(name)))
    reasons = list(_unreadable(files))
    if reasons:
        raise UploadError(reasons)
    manifest = files.pop(MANIFEST, None)
    bundle = Bundle(_key(files), files)
    try:
        seal = None if manifest is None else check(json.loads(manifest), bundle)
    except SignatureError as broken:
        raise UploadError([(broken.key, broken.values)]) from None
    return Upload(bundle, tuple(left_out), seal)


def _unreadable(files: Mapping[str, bytes]) -> Iterator[Reason]:
    """Every file that is not what its name says, with the line."""
    for name, content in sorted(files.items()):
        if name.endswith(".json"):
            try:
                value = json.loads(content)
            except ValueError as error:
                line = getattr(error, "lineno", 1)
                yield ("upload.not_json", {"file": name, "line": line})
                continue
            except RecursionError:
                yield ("upload.not_json", {"file": name, "line": 1})
                continue
            if not _shaped(name, value):
                yield ("upload.wrong_shape", {"file": name})
        else:
            try:
                read_xml(content)
            except BpmnSyntaxError as error:
                yield ("upload.not_xml", {"file": name, "line": error.line or 1})


def _shaped(name: str, value: object) -> bool:
    """Whether a file has the outline everything that reads it relies on."""
    if name == "metadata.json":
        return _metadata(value)
    if name.startswith("texts/resource."):
        return (
            isinstance(value, dict)
            and isinstance(value.get("language"), str)
            and _rows(value.get("resources"), "id", "value")
        )
    if name.startswith("options/"):
        return isinstance(value, list) and all(
            isinstance(row, dict) and {"value", "label"} <= set(row) for row in value
        )
    if name.startswith("layouts/"):
        return isinstance(value, dict) and (_settings(value) if name.endswith("/Settings.json") else _layout(value))
    if name.startswith("scenarios/"):
        return _scenario(value)
    if name.startswith("models/") and name.endswith(".schema.json"):
        return _schema(value)
    return isinstance(value, dict)


def _metadata(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("id", ""), str):
        return False
    if not all(isinstance(value.get(part, []), list) for part in ("dataTypes", "stages", "offices", "startable")):
        return False
    named = (value.get("title", {}), value.get("description", {}))
    titles = [row.get("title", {}) for row in value.get("stages", ()) if isinstance(row, dict)]
    offices = [value.get("office", {}), *value.get("offices", ())]
    variables, order = value.get("startVariables", {}), value.get("order", 0)
    return (
        all(isinstance(texts, dict) and all(isinstance(t, str) for t in texts.values()) for texts in (*named, *titles))
        and _rows(value.get("dataTypes", []), "id")
        and all(
            isinstance(row.get(part, ""), str) for row in value.get("dataTypes", []) for part in ("taskId", "schema")
        )
        and all(
            _words(types if isinstance(types := row.get("allowedContentTypes") or [], list) else [None])
            and all(isinstance(row.get(part) or 0, int) for part in ("minCount", "maxCount"))
            for row in value.get("dataTypes", [])
        )
        and _rows(value.get("stages", []), "id")
        and all(title.get("nb") for title in titles)
        and all(isinstance(office, dict) for office in offices)
        and isinstance(variables, dict)
        and isinstance(order, int)
        and ("home" not in value or (isinstance(value["home"], str) and HOME.fullmatch(value["home"]) is not None))
        and all(isinstance(role, str) for role in value.get("startable", []))
    )


def _settings(value: Mapping[str, Any]) -> bool:
    pages = value.get("pages", {})
    return isinstance(pages, dict) and isinstance(pages.get("order", []), list) and _words(pages.get("order", []))


def _layout(value: Mapping[str, Any]) -> bool:
    """A page of a form: components with an id, each part of the kind everything that draws it relies on."""
    data = value.get("data", {})
    if not isinstance(data, dict) or not _rows(data.get("layout", []), "id"):
        return False
    return all(
        isinstance(row.get("type", ""), str)
        and isinstance(row.get("textResourceBindings", {}), dict)
        and isinstance(row.get("dataModelBindings", {}), dict)
        and isinstance(row.get("children", []), list)
        and isinstance(row.get("optionsId", ""), str)
        and (not row.get("options") or _rows(row["options"], "label"))
        and all(isinstance(row.get(part, 0), int) for part in ("minCount", "maxCount"))
        for row in data.get("layout", [])
    )


def _scenario(value: object) -> bool:
    """A test run as it was stored: what was pressed, and how it ended."""
    if not isinstance(value, dict) or not isinstance(value.get("title", ""), str):
        return False
    outcome, script = value.get("outcome", {}), value.get("script", [])
    return (
        isinstance(outcome, dict)
        and isinstance(outcome.get("happened", {}), dict)
        and isinstance(script, list)
        and all(isinstance(press, dict) and _press(press) for press in script)
    )


def _press(press: Mapping[str, Any]) -> bool:
    texts = {"task": ("element",), "turn": ("knob",), "fault": ("source", "kind"), "retry": ("element",), "clock": ()}
    do = press.get("do")
    if not isinstance(do, str) or do not in texts or not all(isinstance(press.get(part), str) for part in texts[do]):
        return False
    if do == "clock":
        return isinstance(press.get("hours"), int) and 0 <= press["hours"] <= 100_000
    at, data = press.get("at", 0), press.get("data", {})
    return isinstance(at, int) and at >= 0 and isinstance(data, dict) and isinstance(press.get("action", ""), str)


def _words(value: list[Any]) -> bool:
    return all(isinstance(word, str) for word in value)


def _schema(node: object) -> bool:
    """A schema and those inside it: fields by name, which are required, choices and lengths of the right kind."""
    pending = [node]
    while pending:
        here = pending.pop()
        if not isinstance(here, dict):
            return False
        required, longest = here.get("required", []), here.get("maxLength", 0)
        if not isinstance(required, list) or not _words(required) or not isinstance(longest, int):
            return False
        fields = here.get("properties", {})
        if not isinstance(fields, dict) or not isinstance(here.get("enum", []), list):
            return False
        pending += fields.values()
        if "items" in here and not isinstance(here["items"], bool):
            pending.append(here["items"])
    return True


def _rows(value: object, *parts: str) -> bool:
    """A list of objects that each have these parts, as text."""
    return isinstance(value, list) and all(
        isinstance(row, dict) and all(isinstance(row.get(part), str) for part in parts) for row in value
    )


def _key(files: Mapping[str, bytes]) -> str:
    """The key a bundle gives itself in metadata.json, else the id of its process."""
    key = str(json.loads(files.get("metadata.json", b"{}")).get("id", "")).rpartition("/")[2]
    if not key:
        try:
            key = next(iter(read_definitions(read_xml(files["process.bpmn"])).processes), "")
        except BpmnSyntaxError as error:
            raise UploadError([("upload.not_bpmn", {"line": error.line or 1})]) from None
    if not KEY.fullmatch(key):
        raise UploadError([("upload.key", {"key": key[:40]})])
    return key
