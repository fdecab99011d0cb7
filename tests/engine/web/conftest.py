from __future__ import annotations

import pytest
from flask import Flask

from tests.factories.html import PageClient


@pytest.fixture(autouse=True)
def pages_are_flattened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flask, "test_client_class", PageClient)
