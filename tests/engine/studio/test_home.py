"""The page a journey calls home is one of ours, whatever an administrator uploads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import processes
from engine.studio.bundle_upload import _shaped
from engine.workflow.definitions.bundle import Bundle

SELF_HELP = Path(processes.__file__).parent / "self_help"


@pytest.mark.parametrize(
    "home",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/enk\n", "javascript:x", "", 7, None, ["/enk"]],
)
def test_no_address_outside_the_house(home: object) -> None:
    files = dict(Bundle.read(SELF_HELP).files)
    metadata = {**json.loads(files["metadata.json"]), "home": home}
    files["metadata.json"] = json.dumps(metadata).encode()

    assert Bundle("self_help", files).home == ""
    assert not _shaped("metadata.json", metadata)


def test_home_is_read_and_may_be_left_out() -> None:
    files = dict(Bundle.read(SELF_HELP).files)
    assert Bundle("self_help", files).home == "/hverdag" and _shaped(
        "metadata.json", json.loads(files["metadata.json"])
    )
    metadata = json.loads(files["metadata.json"])
    del metadata["home"]
    without = {**files, "metadata.json": json.dumps(metadata).encode()}
    assert Bundle("self_help", without).home == "" and _shaped("metadata.json", metadata)
