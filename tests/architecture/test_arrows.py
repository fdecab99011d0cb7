"""What the contracts of import-linter (``pyproject.toml``, run by ``make lint``) cannot say of the code's tree."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_engine_has_no_loose_module_but_the_application() -> None:
    assert {path.name for path in (ROOT / "engine").glob("*.py")} == {"__init__.py", "application.py"}


def test_time_is_asked_of_the_clock_alone() -> None:
    """``datetime.now`` and its kin stand in ``clock.py``; the sandbox lives on the machine's own day."""
    wrong = []
    for folder in ("engine", "forms"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            if path.name != "clock.py" and ("datetime.now(" in text or "utcnow(" in text or "date.today(" in text):
                wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []
