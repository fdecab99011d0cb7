"""What every source says of itself, and what stops start-up."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from engine.advice.evidence.datasets import (
    MANDATE,
    NO_CHANNEL,
    DataSetError,
    DataSetMetadata,
    Evidence,
    EvidenceRequest,
    Kind,
    Requirement,
    Title,
)
from engine.platform.provider_errors import SourceBrokenError, SourceRefusedError
from engine.platform.settings import SAMPLES, Settings, SettingsError
from integrations.provider import Provider
from integrations.wiring import PROVIDERS, Integrations, checked, connect, offered_by, wired
from tests.factories.data_sets import data_set

ROOT = Path(__file__).resolve().parents[2]
#: What a metadata.py may import: nothing that needs settings, a database or HTTP.
PLAIN = ("__future__", "dataclasses", "datetime", "engine.advice.economy.figures", "engine.advice.evidence.datasets")


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Integrations:
    return connect(Settings.from_env({"IBALANSE_DATA": str(tmp_path_factory.mktemp("w")), "IBALANSE_ENV": "test"}))


def test_every_data_set_says_all_there_is_to_say(connected: Integrations) -> None:
    every = [one for package in PROVIDERS for one in offered_by(package)]

    assert len({one.id for one in every}) == len(every) == len(connected.data_sets)
    for one in every:
        assert one.channel in {*connected.channels, MANDATE, NO_CHANNEL}, one.id
        titles = [one.title.text(language) for language in ("nb", "nn", "en")]
        assert all(titles) and titles == [one.title.nb, one.title.nn, one.title.en], one.id
        assert one.feeds or one.kind is Kind.BUSINESS, f"{one.id} tells of nothing"
        assert connected.data_sets[one.id].feeds == one.feeds


def test_every_data_set_says_whom_to_tell_of_a_mistake_in_every_language() -> None:
    for one in (one for package in PROVIDERS for one in offered_by(package)):
        assert one.mistakes is not None, one.id
        said = [one.mistakes.text(language) for language in ("nb", "nn", "en")]
        assert all(text.endswith(".") for text in said) and len(set(said)) > 1, one.id


def test_every_channel_has_a_title(connected: Integrations) -> None:
    assert set(connected.channels) == {one.channel for one in connected.data_sets.values()} - {MANDATE, NO_CHANNEL}
    assert all((one.title.nb, one.title.nn, one.title.en) for one in connected.channels.values())


def test_no_code_names_a_data_set_but_its_own_metadata(connected: Integrations) -> None:
    naming = [
        f"{path.relative_to(ROOT)} names {node.value}"
        for folder in ("engine", "forms", "integrations")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.name not in ("metadata.py", "standin.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in connected.data_sets
    ]
    assert naming == []


def test_every_folder_that_offers_something_has_its_line() -> None:
    folders = {f"integrations.{path.parent.name}" for path in (ROOT / "integrations").glob("*/metadata.py")}

    assert folders == set(PROVIDERS) and len(set(PROVIDERS)) == len(PROVIDERS)


@pytest.mark.parametrize("package", PROVIDERS)
def test_metadata_needs_neither_settings_nor_http(package: str) -> None:
    tree = ast.parse((ROOT / package.replace(".", "/") / "metadata.py").read_text())

    read = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert read <= set(PLAIN) and not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"feeds": ("debts",)}, "a.b feeds debts: the totals are debt, assets, income, spending"),
        ({"title": Title(nb="A", nn="", en="A")}, "a.b lacks"),
        ({"legal_reference": ""}, "a.b lacks"),
        ({"resource": ""}, "a.b lacks"),
        ({"channel": MANDATE}, "a.b needs consent, which the channel 'mandate' does not give"),
        ({"requirement": Requirement.MANDATE}, "a.b needs mandate, which the channel 'altinn' does not give"),
        ({"requirement": Requirement.STATUTE}, "a.b needs statute"),
        ({"timeout": timedelta(0)}, "a.b needs a timeout"),
        ({"max_age": timedelta(0)}, "a.b needs a timeout"),
    ],
)
def test_a_data_set_that_does_not_hold_together_is_refused_by_name(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(DataSetError, match=reason):
        replace(data_set("a.b"), **change)


@pytest.mark.parametrize("left_out", ["feeds", "title", "requirement", "legal_reference", "channel_today", "max_age"])
def test_nothing_that_must_be_said_has_a_default(left_out: str) -> None:
    told = {field.name: getattr(data_set("a.b"), field.name) for field in fields(DataSetMetadata)}
    del told[left_out]

    with pytest.raises(TypeError, match=left_out):
        DataSetMetadata(**told)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Makes a provider's package of one file."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(name: str, metadata: str) -> str:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        if metadata:
            (tmp_path / name / "metadata.py").write_text(metadata)
        monkeypatch.delitem(sys.modules, f"{name}.metadata", raising=False)
        return name

    return make


@pytest.mark.parametrize(
    ("name", "metadata", "reason"),
    [
        ("source_without_metadata", "", "source_without_metadata needs a metadata.py with DATA_SETS"),
        ("source_without_data_sets", "OTHER = ()", "source_without_data_sets needs a metadata.py with DATA_SETS"),
        (
            "source_half_told",
            "from engine.advice.evidence.datasets import DataSetMetadata\nDATA_SETS = (DataSetMetadata(id='a.b'),)",
            "source_half_told.metadata does not say all there is to say .* 'feeds'",
        ),
    ],
)
def test_a_source_without_metadata_stops_start_up(
    name: str, metadata: str, reason: str, folder: Callable[[str, str], str], tmp_path: Path
) -> None:
    settings = Settings.from_env({"IBALANSE_DATA": str(tmp_path / "data"), "IBALANSE_ENV": "test"})

    with pytest.raises(DataSetError, match=reason):
        connect(settings, (*PROVIDERS, folder(name, metadata)))


def test_what_nobody_foresaw_of_an_answer_is_the_sources_error_and_tells_nothing_of_it() -> None:
    def unforeseen(asked: EvidenceRequest) -> Evidence:
        raise ZeroDivisionError("14842249091")

    def refused(asked: EvidenceRequest) -> Evidence:
        raise SourceRefusedError("http_403")

    one = data_set("a.b")
    for fetch, error, code in (
        (unforeseen, SourceBrokenError, "unforeseen_zerodivisionerror"),
        (refused, SourceRefusedError, "http_403"),
    ):
        (found,) = wired("a", (one,), Provider(fetch={one.id: fetch}))
        with pytest.raises(error) as raised:
            found.fetch(cast(EvidenceRequest, None))
        assert str(raised.value) == raised.value.code == code


def test_metadata_and_client_must_agree_on_what_there_is() -> None:
    one, other = data_set("a.b"), data_set("a.c")

    with pytest.raises(DataSetError, match="do not both know of a.b, a.c"):
        wired("a", (one,), Provider(fetch={other.id: other.fetch}))


def test_two_data_sets_of_one_id_and_a_channel_nobody_has_are_refused() -> None:
    with pytest.raises(DataSetError, match="there are two data sets a.b"):
        checked([data_set("a.b"), data_set("a.b")], ["altinn"])
    with pytest.raises(DataSetError, match="a.b is opened by 'altinn': the channels are bank, mandate, none"):
        checked([data_set("a.b")], ["bank"])


KEYS = {"secret_keys": ["s"], "data_keys": {"k1": "00" * 32}, "data_key_id": "k1", "lookup_key": "00" * 32}


def production(tmp_path: Path, **more: str) -> Settings:
    import json

    (tmp_path / "keys.json").write_text(json.dumps(KEYS))
    env = {
        "IBALANSE_ENV": "production",
        "IBALANSE_DATA": str(tmp_path),
        "IBALANSE_KEYS": str(tmp_path / "keys.json"),
        "IBALANSE_BASE_URL": "https://ibalanse.test",
        "IDPORTEN_ISSUER": "https://idporten.test",
        "ANSATTPORTEN_ISSUER": "https://ansattporten.test",
        "ALTINN_URL": "https://altinn.test",
    }
    return Settings.from_env({**env, **more})


@pytest.mark.parametrize("setting", sorted(SAMPLES))
def test_production_refuses_a_missing_and_a_sample_value_of_a_provider(setting: str, tmp_path: Path) -> None:
    provider, _, what = setting.partition("_")
    read = Settings.provider_name if what == "NAME" else Settings.provider_secret

    for given in ({}, {setting: ""}, {setting: SAMPLES[setting]}):
        with pytest.raises(SettingsError, match=setting):
            read(production(tmp_path, **given), provider.lower())
    assert read(production(tmp_path, **{setting: "Ekte"}), provider.lower()) == "Ekte"


def test_a_setting_of_a_provider_is_in_no_printout(tmp_path: Path) -> None:
    settings = production(tmp_path, GJELDSREGISTER_CLIENT_SECRET="very-secret")

    assert "very-secret" not in repr(settings) and settings.provider_secret("gjeldsregister") == "very-secret"
