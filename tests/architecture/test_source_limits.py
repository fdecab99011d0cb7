"""What may grow only so far: signatures without a type, statements the formatter leaves alone, long modules."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("engine", "forms", "integrations", "processes", "bench")
MAX_UNTYPED = 21
MAX_SKIPS = 20
MAX_LINES = 350
#: A module that is named as long may shrink to this before its name must go.
MIN_NAMED_LINES = 300
#: In two parts, so that this line is none.
SKIP = "# fmt: " + "skip"


def python_files(*folders: str) -> list[Path]:
    """The modules of the top level and those below *folders*."""
    return [*ROOT.glob("*.py"), *(file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))]


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def reasons(page: str) -> dict[str, str]:
    """Module → why it is one, of the table in docs/architecture.md."""
    table = page.partition("## Modules over 350 lines")[2]
    return dict(re.findall(r"^\| `([^`]+\.py)` \| ([^|]+) \|$", table, re.MULTILINE))


def untyped(*places: Path) -> list[str]:
    """Each ``Any`` of a signature, as ruff tells it."""
    command = [str(Path(sys.executable).with_name("ruff")), "check", "--isolated", "--no-cache", "--select", "ANN401"]
    command += ["--output-format", "concise", *map(str, places)]
    report = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60).stdout
    return [line for line in report.splitlines() if " ANN401 " in line]


def test_a_signature_says_what_it_takes_and_gives() -> None:
    found = untyped(ROOT)

    assert len(found) <= MAX_UNTYPED, "\n".join(found)


def test_an_untyped_signature_is_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("from typing import Any\n\ndef one(of: Any, **more: Any) -> Any: ...\n", encoding="utf-8")

    assert len(untyped(module)) == 3


def test_the_formatter_lays_out_nearly_every_statement() -> None:
    skipped = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in python_files(*PRODUCT, "tests")
        for number, line in enumerate(lines(file), 1)
        if SKIP in line
    ]

    assert len(skipped) <= MAX_SKIPS, skipped


def test_a_long_module_is_named_with_its_reason() -> None:
    named = reasons((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    sizes = {str(file.relative_to(ROOT)): len(lines(file)) for file in python_files(*PRODUCT)}

    assert [name for name, size in sizes.items() if size > MAX_LINES and name not in named] == [], (
        "split it, or say why"
    )
    assert [name for name in named if sizes.get(name, 0) < MIN_NAMED_LINES] == [], "it is long no more"
    assert all(len(reason.split()) > 5 for reason in named.values())


def test_a_table_without_reasons_names_nothing() -> None:
    assert reasons("## Modules over 350 lines\n\n| `a/b.py` |  |\n") == {}
    assert reasons("## Modules over 350 lines\n\n| `a/b.py` | one walk |\n") == {"a/b.py": "one walk"}
