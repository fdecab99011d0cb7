"""What a file must be to lie in a case: of a kind everybody can open, as big as it may be, and what its name says.

The kind is told by how the content begins, never by the name or by what the browser said.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from dataclasses import dataclass

#: Bytes. A form with a file must also stay under ``MAX_CONTENT_LENGTH``.
MAX_BYTES = 5 * 1024 * 1024
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
#: Content type → what a name of it may end with.
ENDINGS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    WORD: (".docx",),
}
#: What a name has none of, by Unicode's categories: controls, marks that turn the text around, halves, line ends.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
ACCEPT = ",".join(ending for endings in ENDINGS.values() for ending in endings)


class FileRefusedError(Exception):
    """The file may not be kept. ``key`` names the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be kept. ``name`` is what it was called, without folders and what cannot be seen."""

    name: str
    type: str
    content: bytes


def check(name: str, content: bytes) -> Upload:
    """The file as it may be kept. Raises ``FileRefusedError`` with what is wrong with it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = (sign for sign in last if sign not in '"<>' and unicodedata.category(sign) not in _UNSEEN)
    plain = "".join(seen).strip()[-120:]
    if not plain:
        raise FileRefusedError("upload.missing")
    if not content:
        raise FileRefusedError("upload.empty")
    if len(content) > MAX_BYTES:
        raise FileRefusedError("upload.large")
    kind = _kind(content)
    if not kind:
        raise FileRefusedError("upload.kind")
    if not plain.lower().endswith(ENDINGS[kind]):
        raise FileRefusedError("upload.ending")
    return Upload(plain, kind, content)


def _kind(content: bytes) -> str:
    found = next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), "")
    if found or not content.startswith(b"PK\x03\x04"):
        return found
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return WORD if "word/document.xml" in names and not macros else ""
