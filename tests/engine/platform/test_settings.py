"""Settings: read typed, refused in plain words with their place on the page, and never shown when they are secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.platform.settings import PROVIDER_ENDINGS, Settings, SettingsError, anchor, refusal, variables
from engine.platform.settings_page import markdown

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
RING = {
    "secret_keys": ["cookie-secret"],
    "data_keys": {"k1": "ab" * 32},
    "data_key_id": "k1",
    "lookup_key": "cd" * 32,
}
PRODUCTION = {
    "IBALANSE_ENV": "production",
    "IBALANSE_BASE_URL": "https://ibalanse.test",
    "IDPORTEN_ISSUER": "https://idporten.test",
    "ANSATTPORTEN_ISSUER": "https://ansattporten.test",
    "ALTINN_URL": "https://altinn.test",
}


def read(folder: Path, given: Mapping[str, str], ring: object = RING) -> Settings:
    keys = folder / "ring.json"
    keys.write_text(ring if isinstance(ring, str) else json.dumps(ring))
    return Settings.from_env({"IBALANSE_DATA": str(folder), "IBALANSE_KEYS": str(keys), **given})


def test_the_page_of_settings_is_what_the_code_says() -> None:
    assert markdown() == PAGE, "write it anew: ibalanse settings --markdown > docs/settings.md"


def test_every_setting_has_a_heading_description_default_and_example() -> None:
    for name in variables():
        entry = PAGE.partition(f"### {name}\n")[2].partition("\n###")[0]
        text, default, example = re.findall(r"^([A-Z].+|- Default: .+|- Example: .+)$", entry, re.MULTILINE)[:3]
        assert text and "None" not in default and name in example, name


@pytest.mark.parametrize("name", [*variables(), *(f"BANK_{ending}" for ending in PROVIDER_ENDINGS)])
def test_the_place_a_refusal_names_is_on_the_page(name: str) -> None:
    where = str(refusal(name, "is wrong")).rpartition("#")[2]

    assert where == anchor(name) and where in {heading.lower() for heading in re.findall(r"^### (\w+)$", PAGE, re.M)}


@pytest.mark.parametrize(
    ("given", "name", "why"),
    [
        ({"IBALANSE_ENV": "prod"}, "IBALANSE_ENV", "must be development, test or production"),
        ({"IBALANSE_WORKERS": "two"}, "IBALANSE_WORKERS", "must be a whole number, not 'two'"),
        ({"IBALANSE_METRICS_PORT": "-1"}, "IBALANSE_METRICS_PORT", "must be a whole number"),
        ({**PRODUCTION, "IDPORTEN_ISSUER": "http://idporten.test"}, "IDPORTEN_ISSUER", "https"),
        ({**PRODUCTION, "IBALANSE_SANDBOX_URL": "http://x"}, "IBALANSE_SANDBOX_URL", "unset it"),
        ({**PRODUCTION, "IBALANSE_FAIL_POINT": "before_commit"}, "IBALANSE_FAIL_POINT", "unset it"),
        ({**PRODUCTION, "IBALANSE_CALLOUTS": '{"a": {"url": "http://x.no/"}}'}, "IBALANSE_CALLOUTS", "https"),
    ],
)
def test_a_refusal_names_the_variable_what_is_wrong_and_its_place(
    given: Mapping[str, str], name: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, given)

    assert str(refused.value).startswith(f"{name}: ") and why in str(refused.value)
    assert str(refused.value).endswith(f"docs/settings.md#{name.lower()}")


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, {"IBALANSE_WORKERS": "x", "IBALANSE_WEB_THREADS": "y"})

    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == [
        "IBALANSE_WORKERS",
        "IBALANSE_WEB_THREADS",
    ]


@pytest.mark.parametrize(
    "ring", ["{", {}, {**RING, "secret_keys": []}, {**RING, "lookup_key": "no hexadecimal digits"}]
)
def test_a_key_ring_that_cannot_be_used_is_refused_without_showing_it(ring: object, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^IBALANSE_KEYS: .*docs/settings.md#ibalanse_keys$") as refused:
        read(tmp_path, {}, ring)

    assert "abab" not in str(refused.value) and "no hexadecimal" not in str(refused.value)


def test_keys_made_for_development_are_refused_in_production(tmp_path: Path) -> None:
    assert read(tmp_path, PRODUCTION).production
    with pytest.raises(SettingsError, match="made for development"):
        read(tmp_path, PRODUCTION, {**RING, "sample": True})


def test_no_secret_is_in_what_is_printed_of_the_settings(tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://ibalanse:db-secret@db/ibalanse",
        "REDIS_URL": "rediss://:redis-secret@cache/0",
        "BANK_CLIENT_SECRET": "bank-secret",
    }
    settings = read(tmp_path, given)

    for printed in (repr(settings), str(settings), repr(settings.model_dump()["provider_secrets"])):
        assert not re.search("db-secret|redis-secret|bank-secret|cookie-secret|abab|cdcd", printed)
    assert "postgresql://ibalanse:***@db/ibalanse" in repr(settings)
    assert settings.provider_secret("bank") == "bank-secret" and settings.secret_keys == ("cookie-secret",)
    assert settings.data_keys == {"k1": bytes.fromhex("ab" * 32)} and settings.lookup_key == bytes.fromhex("cd" * 32)


def test_the_names_beside_the_settings_stand_on_the_page_too() -> None:
    recorded = json.loads((ROOT / "tests/contracts/recorded/settings.json").read_text())
    ours = {name for name in recorded if name != "SOAK_SECONDS"}  # a proof's

    missing = {name for name in ours if f"### {name}\n" not in PAGE and not name.endswith("_URL")}
    assert missing == set()
