"""A component that takes files: Altinn's ``FileUpload``, outside groups that repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: What the path of such a field begins with; what is in it is no part of the form's data.
PREFIX = "file:"
#: Megabytes of one file, whatever a component asks for.
MAX_MEGABYTES = 5
#: Files of one component that says no number.
MAX_FILES = 20


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that has been put in. ``size`` is in bytes."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Taking:
    """What a component takes, and what is in it.

    endings  what a name may end with, lower case with the dot; none: whatever may be kept at all
    max_megabytes  of each file
    """

    files: tuple[Attached, ...] = ()
    endings: tuple[str, ...] = ()
    min_count: int = 0
    max_count: int = MAX_FILES
    max_megabytes: int = MAX_MEGABYTES

    @property
    def more(self) -> bool:
        """Whether another file may be put in."""
        return len(self.files) < self.max_count


def taking(component: Mapping[str, Any], files: tuple[Attached, ...]) -> Taking:
    """What a component says of itself; numbers that cannot be read are the application's own."""
    endings = str(component.get("validFileEndings") or "") if component.get("hasCustomFileEndings", True) else ""
    names = (part.strip().lower() for part in endings.split(","))
    return Taking(
        files,
        tuple(name if name.startswith(".") else f".{name}" for name in names if name),
        _number(component, "minNumberOfAttachments", 0),
        _number(component, "maxNumberOfAttachments", MAX_FILES) or MAX_FILES,
        min(_number(component, "maxFileSizeInMB", MAX_MEGABYTES) or MAX_MEGABYTES, MAX_MEGABYTES),
    )


def _number(component: Mapping[str, Any], name: str, otherwise: int) -> int:
    found = component.get(name, otherwise)
    return max(0, found) if isinstance(found, int) else otherwise
