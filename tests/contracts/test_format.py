"""The bundles, and the examples of the documentation: what they are made of, and that they are found good as before."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import observation, seam
from tests.contracts.conftest import Ask

BUNDLES: dict[str, dict[str, Any]] = observation.recorded("bundles")
FINDINGS: dict[str, list[str]] = observation.recorded("findings")


def test_every_bundle_is_still_there() -> None:
    assert set(BUNDLES) <= set(observation.bundles())


@pytest.mark.parametrize("key", sorted(BUNDLES))
def test_a_bundle_lacks_nothing_it_had(key: str) -> None:
    was, now = BUNDLES[key], observation.bundle(observation.bundles()[key])

    assert not set(was["files"]) - set(now["files"])
    for file, keys in was["keys"].items():
        assert not set(keys) - set(now["keys"][file]), file
    changed = {name for name, kind in was["elements"].items() if now["elements"].get(name) != kind}
    assert not changed, "elements that running cases may stand at"
    assert not set(was["policy"]) - set(now["policy"])


@pytest.mark.parametrize("key", sorted(FINDINGS))
def test_a_bundle_is_found_as_good_as_it_was(key: str) -> None:
    assert observation.findings(observation.bundles()[key]) == FINDINGS[key]


def test_the_check_still_finds_what_is_wrong(tmp_path: Path) -> None:
    """An empty list of findings says something only where a fault makes one."""
    broken = tmp_path / "consent"
    shutil.copytree(observation.bundles()["consent"], broken)
    text = (broken / "process.bpmn").read_text()
    (broken / "process.bpmn").write_text(text.replace(">consent<", ">magic<"))

    assert ">consent<" in text and any(found.startswith("error ") for found in observation.findings(broken))


def test_every_extension_of_bpmn_is_still_used_with_its_attributes() -> None:
    now = observation.extensions()

    for name, attributes in observation.recorded("extensions").items():
        assert set(attributes) <= set(now.get(name, ())), name


def test_every_example_file_is_still_where_the_documentation_says() -> None:
    assert not set(observation.recorded("examples")) - set(observation.files_below("docs/examples"))


def test_every_example_can_be_deployed_once_and_is_known_the_second_time(ask: Ask) -> None:
    for folder in sorted((seam.ROOT / "docs" / "examples").iterdir()):
        status, _, err = ask("deploy", str(folder), "--json")
        assert status == 0, (folder.name, err)
        again, out, _ = ask("deploy", str(folder), "--json")
        assert again == 0 and '"new": false' in out, folder.name


def test_every_target_of_make_is_still_there() -> None:
    assert not set(observation.recorded("make")) - set(observation.make_targets())
