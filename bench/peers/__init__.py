"""The engines we are measured against, installed beside us in var/bench and run as programs of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOME = HERE.parent.parent / "var" / "bench"
#: (row, BPMN file, rounds)
Work = tuple[str, str, int]


def spiff(work: Sequence[Work]) -> dict[str, Any]:
    """SpiffWorkflow's milliseconds by row; why there is none where it fails."""
    python = HOME / "spiff" / "bin" / "python"
    wanted = (HERE / "requirements.txt").read_text()
    stamp = HOME / "spiff" / "stamp"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(HOME / "spiff", ignore_errors=True)
        venv.create(HOME / "spiff", with_pip=True)
        install = [
            python,
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "-r",
            HERE / "requirements.txt",
        ]
        subprocess.run([str(part) for part in install], check=True, stderr=subprocess.DEVNULL)
        stamp.write_text(wanted)
    return _run([str(python), str(HERE / "spiff.py"), json.dumps(work)])


def elements(work: Sequence[Work]) -> dict[str, Any]:
    """bpmn-elements' milliseconds by row; empty where there is no Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return {}
    place = HOME / "elements"
    wanted = (HERE / "package-lock.json").read_text()
    stamp = place / "stamp"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, place / name)
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=place, check=True)
        stamp.write_text(wanted)
    shutil.copyfile(HERE / "elements.mjs", place / "elements.mjs")
    return _run([node, str(place / "elements.mjs"), json.dumps(work)])


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        return {"*": done.stderr.strip().splitlines()[-1][:120] if done.stderr else f"exit {done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
