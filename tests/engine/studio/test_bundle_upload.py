"""What may be uploaded as a process, and what is refused, with every reason at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.studio.bundle_upload import MAX_FILES, UploadError, read_folder, read_zip
from engine.workflow.definitions.bundle import MAX_BYTES, Bundle

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
ESTATE = Bundle.read(EXAMPLES / "estate_settlement")


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def reasons(call: Callable[[], object]) -> list[str]:
    with pytest.raises(UploadError) as refused:
        call()
    return [key for key, _ in refused.value.reasons]


@pytest.mark.parametrize("folder", ["", "estate_settlement/", "a/b/"])
def test_a_zip_and_a_folder_give_the_same_bundle(folder: str) -> None:
    files = {f"{folder}{name}": data for name, data in ESTATE.files.items()}

    zipped, plain = read_zip(packed(files)), read_folder(files.items())

    assert zipped.bundle.checksum == plain.bundle.checksum == ESTATE.checksum
    assert zipped.bundle.key == "estate_settlement" and zipped.left_out == ()


def test_foreign_files_are_left_out_and_named() -> None:
    more = {
        "e/handlers.py": b"import os",
        "e/run.sh": b"rm",
        "e/logo.png": b"x",
        "e/.hidden.json": b"{",
        "__MACOSX/e/._process.bpmn": b"\0",
    }
    files = {**{f"e/{name}": data for name, data in ESTATE.files.items()}, **more}

    got = read_zip(packed(files))

    assert got.bundle.checksum == ESTATE.checksum
    assert set(got.left_out) == set(more)


@pytest.mark.parametrize(
    "name", ["/etc/process.bpmn", "../process.bpmn", "a/../../process.bpmn", "C:/process.bpmn", "a\\process.bpmn"]
)
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    assert reasons(lambda: read_folder([(name, b"")])) == ["upload.leads_out"]


def test_a_zip_bomb_is_refused_by_its_own_account() -> None:
    bomb = packed({"process.bpmn": b" " * (MAX_BYTES + 1)})
    assert len(bomb) < 100_000
    assert reasons(lambda: read_zip(bomb)) == ["upload.too_much"]


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    size = 5_000_000
    honest = packed({"process.bpmn": b" " * size})
    lying = honest.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    assert reasons(lambda: read_zip(lying)) == ["upload.damaged"]


def test_too_many_files_are_refused() -> None:
    files = {f"options/{number}.json": b"[]" for number in range(MAX_FILES + 1)}
    assert reasons(lambda: read_folder(files.items())) == ["upload.too_much"]


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert reasons(lambda: read_zip(data)) == ["upload.not_zip"]


def test_any_damage_to_a_zip_is_an_answer_and_never_a_crash() -> None:
    whole = packed(dict(ESTATE.files))
    for place in range(0, len(whole), 97):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            read_zip(broken)
        except UploadError as refused:
            assert refused.reasons


def test_no_process_and_two_processes_are_refused() -> None:
    assert reasons(lambda: read_folder([("metadata.json", b"{}")])) == ["upload.no_process"]
    two = [("a/process.bpmn", b"<a/>"), ("b/process.bpmn", b"<a/>")]
    assert reasons(lambda: read_folder(two)) == ["upload.many_processes"]


def test_every_unreadable_file_is_told_at_once_with_its_line() -> None:
    files = {
        **ESTATE.files,
        "process.bpmn": b"<a>\n<b></a>",
        "metadata.json": b'{"id": "x",\n "title": "not by language"}',
        "texts/resource.nn.json": b'{\n"language": "nn",\n oops}',
        "policy.xml": b"<Policy>",
    }

    with pytest.raises(UploadError) as refused:
        read_folder(files.items())

    told = {(key, values["file"]): values.get("line") for key, values in refused.value.reasons}
    assert set(told) == {
        ("upload.not_xml", "process.bpmn"),
        ("upload.wrong_shape", "metadata.json"),
        ("upload.not_json", "texts/resource.nn.json"),
        ("upload.not_xml", "policy.xml"),
    }
    assert told["upload.not_xml", "process.bpmn"] == 2 and told["upload.not_json", "texts/resource.nn.json"] == 3


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'
    assert reasons(lambda: read_folder([("process.bpmn", bomb)])) == ["upload.not_xml"]


@pytest.mark.parametrize("key", ["../x", "Å", "x" * 90, "a b"])
def test_a_key_that_could_be_a_path_is_refused(key: str) -> None:
    files = {**ESTATE.files, "metadata.json": f'{{"id": "ibalanse/{key}"}}'.encode()}
    assert reasons(lambda: read_folder(files.items()))[0] in ("upload.key", "upload.wrong_shape")
