"""Files as phones, scanners, Macs and offices make them: known by what is in them."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.casework.uploads import WORD, FileRefusedError, check

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"


def word(main: str = "word/document.xml", told: str = "", **more: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        if told:
            kind = f'ContentType="{WORD}.main+xml"'
            archive.writestr("[Content_Types].xml", f"<Types><Override PartName='{told}' {kind}/></Types>")
        for name, content in {main: "x", **more}.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lønn.pdf", PDF),
        ("skannet.pdf", b"\x00\r\n" + b" " * 900 + PDF),
        ("bilde.jfif", JPEG),
        ("bilde.JPE", JPEG),
        ("brev.docx", word()),
        ("brev.docx", word("word/document2.xml", "/word/document2.xml")),
    ],
)
def test_what_everybody_can_open_is_kept(name: str, content: bytes) -> None:
    assert check(name, content).name == name


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("lonn.pdf", PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root"), "upload.locked"),
        ("lonn.pdf", PDF.replace(b"/Root", b"/Encrypt<</V 5>>/Root"), "upload.locked"),
        (
            "brev.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 90 + "EncryptedPackage".encode("utf-16-le"),
            "upload.locked",
        ),
        ("brev.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 90, "upload.kind"),
        ("brev.pdf", b" " * 1100 + PDF, "upload.kind"),
        ("brev.docx", word("word/other.xml", "/word/document2.xml"), "upload.kind"),
        ("brev.docx", word("word/document2.xml", "/word/document2.xml", **{"word/vbaProject.bin": "x"}), "upload.kind"),
        ("bilde.png", JPEG, "upload.ending"),
    ],
)
def test_what_nobody_can_open_is_refused_with_the_reason(name: str, content: bytes, key: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        check(name, content)

    assert refused.value.key == key


def test_a_text_that_speaks_of_encryption_is_not_locked() -> None:
    assert check("om.pdf", PDF + b"(The /Encrypt dictionary is explained here)").name == "om.pdf"


def test_a_name_from_a_mac_is_written_as_everybody_else_writes_it() -> None:
    assert check("lo\u0308nn a\u030a.pdf", PDF).name == "l\u00f6nn \u00e5.pdf"
