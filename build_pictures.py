"""The pictures of the documentation: diagrams drawn from the bundles, screens taken by the browser tests.

    make pictures            run the browser tests, then this file
    python build_pictures.py only what the last run of the browser tests left in tests/artefacts

A screen is wanted when a page links it (``docs/pictures/NAME.png``); it is made by the line
``who.picture("NAME")`` of a browser test. It is kept with few colours, at most 250 KB.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from PIL import Image

from engine.cli.draw import draw

ROOT = Path(__file__).resolve().parent
DIAGRAMS = ROOT / "docs" / "diagrams"
PICTURES = ROOT / "docs" / "pictures"
ARTEFACTS = ROOT / "tests" / "artefacts"
LARGEST = 250_000  # bytes
TALLEST = 2_400  # pixels; a longer page is cut at its foot
_LINK = re.compile(r"pictures/([a-z0-9-]+)\.png")


def bundles() -> list[Path]:
    """Every process that is documented: the product's own and the examples."""
    folders = [*(ROOT / "processes").iterdir(), *(ROOT / "docs" / "examples").iterdir()]
    return sorted(folder for folder in folders if (folder / "process.bpmn").is_file())


def wanted() -> list[str]:
    """The names of the screens some page links."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return sorted({name for page in pages for name in _LINK.findall(page.read_text(encoding="utf-8"))})


def shrunk(source: Path) -> bytes:
    """The screen as a PNG with as many colours as the size allows. Raises ``ValueError`` when none does."""
    with Image.open(source) as opened:
        image = opened.convert("RGB").crop((0, 0, opened.width, min(opened.height, TALLEST)))
    for colours in (128, 64, 32, 16):
        found = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(found, "PNG", optimize=True)
        if found.tell() <= LARGEST:
            return found.getvalue()
    raise ValueError(f"{source.name} is larger than {LARGEST} bytes in 16 colours")


def main() -> int:
    DIAGRAMS.mkdir(exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    for folder in bundles():
        (DIAGRAMS / f"{folder.name}.svg").write_text(draw(folder), encoding="utf-8")
    missing = []
    for name in wanted():
        source = ARTEFACTS / f"{name}.png"
        if source.is_file():
            (PICTURES / f"{name}.png").write_bytes(shrunk(source))
        elif not (PICTURES / f"{name}.png").is_file():
            missing.append(name)
    print(f"{len(bundles())} diagrams, {len(wanted())} pictures")
    if missing:
        print(f"no browser test has made: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
