"""What stops every command at the start, and says why."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from engine.advice.evidence.datasets import DataSetError
from engine.cli import main
from engine.platform.settings import SettingsError


@pytest.mark.parametrize("error", [DataSetError("a.b feeds debts"), SettingsError("BANK_NAME must be set")])
def test_a_source_or_setting_that_is_wrong_ends_with_its_reason_and_no_traceback(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IBALANSE_DATA", str(tmp_path))

    def wire(_settings: object) -> NoReturn:
        raise error

    status = main.main(["prepare"], wire=wire, prepare=wire, create_sandbox=wire)

    assert (status, capsys.readouterr().err.strip()) == (2, str(error))
