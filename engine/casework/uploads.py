"""What a file must be to lie in a case: of a kind everybody can open, as big as it may be, and what its name says.

The kind is told by how the content begins, never by the name or by what the browser said.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass

#: Bytes. A form with a file must also stay under ``MAX_CONTENT_LENGTH``.
MAX_BYTES = 5 * 1024 * 1024
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
#: A PDF may begin with something else: its header is in the first 1 024 bytes (PDF 1.7, implementation note 13).
_PDF_HEADER, _PDF_HEADER_WITHIN = b"%PDF-", 1024
_PDF_LOCKED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
#: A document of Office that is locked with a password is no zip, but a compound file with this stream in it.
_COMPOUND, _OFFICE_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
_PARTS = "[Content_Types].xml"
_MAX_PARTS_BYTES = 1_000_000
_MAIN_PART = re.compile(r"<(?:\w+:)?Override\b[^>]*>")
#: Content type → what a name of it may end with.
ENDINGS = {
    PDF: (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jfif", ".jpe"),
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
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = (sign for sign in last if sign not in '"<>' and unicodedata.category(sign) not in _UNSEEN)
    plain = "".join(seen).strip()[-120:]
    if not plain:
        raise FileRefusedError("upload.missing")
    if not content:
        raise FileRefusedError("upload.empty")
    if len(content) > MAX_BYTES:
        raise FileRefusedError("upload.large")
    if _is_locked(content):
        raise FileRefusedError("upload.locked")
    kind = _kind(content)
    if not kind:
        raise FileRefusedError("upload.kind")
    if not plain.lower().endswith(ENDINGS[kind]):
        raise FileRefusedError("upload.ending")
    return Upload(plain, kind, content)


def _kind(content: bytes) -> str:
    found = next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), "")
    if found or content.startswith(b"PK\x03\x04"):
        return found or _kind_of_zip(content)
    return PDF if _PDF_HEADER in content[: _PDF_HEADER_WITHIN + len(_PDF_HEADER)] else ""


def _kind_of_zip(content: bytes) -> str:
    """Word, where the list of parts names a main part that is there, whatever it is called; and no macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            listed = _PARTS in names and archive.getinfo(_PARTS).file_size <= _MAX_PARTS_BYTES
            parts = archive.read(_PARTS).decode("utf-8", "replace") if listed else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        return ""
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    main = {f"/{name}" for name in names} & set(_main_parts(parts))
    return WORD if (main or "word/document.xml" in names) and not macros else ""


def _main_parts(parts: str) -> list[str]:
    """Names of the parts a list of parts calls a Word document's main one."""
    found = []
    for override in _MAIN_PART.findall(parts):
        name = re.search(r"""PartName\s*=\s*["']([^"']+)""", override)
        if name and f"{WORD}.main+xml" in override:
            found.append(name[1])
    return found


def _is_locked(content: bytes) -> bool:
    """Whether nobody can open it without a password."""
    if content.startswith(_COMPOUND):
        return _OFFICE_LOCKED in content
    return _kind(content) == PDF and _PDF_LOCKED.search(content) is not None
