"""Writes ``recorded/*.json``: what the product promises others today.

    python -m tests.contracts.record

Run on purpose only, when a promise is to change, and commit what it writes in a commit of its own whose body says
who relies on it and what they must do. The tests never write.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

from tests.contracts import examples, observation, seam
from tests.contracts.conftest import TOLD, environment, unpacked
from tests.contracts.observation import RECORDED, ROOT
from tests.contracts.promises import EXTENSIONS, SETTINGS, call_on_database, scrape, stored_names


def write(name: str, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    (RECORDED / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    RECORDED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        prepared = unpacked(tmp / "prepared")
        status, _, err = seam.ibalanse("prepare", **environment(prepared))
        assert status == 0, err
        named = examples.values(tmp, TOLD)
        write("commands", observation.commands())
        plain = {
            one: examples.outcome(*seam.ibalanse(*examples.call(argv, named))) for one, argv in examples.PLAIN.items()
        }
        on_database = {
            one: call_on_database(prepared, tmp / "copy", argv, named) for one, argv in examples.DATABASE.items()
        }
        write("answers", {**plain, **on_database})
        write("make", observation.make_targets())
        write("settings", SETTINGS)
        write("bundles", {key: observation.bundle(folder) for key, folder in observation.bundles().items()})
        write("extensions", observation.extensions())
        write("extensions_read", EXTENSIONS)
        write("routes", observation.routes(seam.web(**environment(prepared))))
        write("examples", observation.files_below("docs/examples"))
        write("findings", {key: observation.findings(folder) for key, folder in observation.bundles().items()})
        write("life_cycles", seam.life_cycles())
        write("names", {**seam.job_types(tmp / "names"), **stored_names()})
        write("enumerations", seam.enumerations())
        write("metrics", scrape(prepared))
    shutil.rmtree(RECORDED / "__pycache__", ignore_errors=True)
    sizes = {file.name: file.stat().st_size for file in sorted(RECORDED.glob("*.json"))}
    print(re.sub(r"[{}']", "", str(sizes)), "in", RECORDED.relative_to(ROOT))


if __name__ == "__main__":
    main()
