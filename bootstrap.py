"""Set up, run and test on a machine with Python 3.11 and nothing else. Standard library only.

    python3 bootstrap.py setup | run | test | bench | prove | soak | lint | types | pictures

``make`` calls this file; it works without make. Everything lands in .venv,
node_modules and var; a stamp makes the second time quick.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

#: The product is several processes and the tests start more than a hundred; each would compile every module for itself.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOCK = ROOT / "requirements-dev.lock"
STAMP = VENV / "stamp"
ASSETS = ROOT / "engine" / "web" / "static" / "vendor" / "stamp"
#: Debian's packages and commands, the one for tests before the one for people; see tests/browser/conftest.py.
BROWSERS = ("chromium-headless-shell", "chromium")


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def digest(*paths: Path) -> str:
    found = hashlib.sha256(sys.version.encode())
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def run(*command: str | Path, env: Mapping[str, str] | None = None, quiet: bool = False) -> None:
    output = subprocess.DEVNULL if quiet else None
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True, env=env, stdout=output)


def setup() -> None:
    """The virtual environment from the lock with hashes, the project in it, and the front-end files."""
    if sys.version_info < (3, 11):
        sys.exit("iBalanse needs Python 3.11 or newer")
    wanted = digest(LOCK, ROOT / "pyproject.toml")
    if not STAMP.exists() or STAMP.read_text() != wanted:
        say("installing Python packages from requirements-dev.lock")
        if not (BIN / "python").exists():
            shutil.rmtree(VENV, ignore_errors=True)
            try:
                venv.create(VENV, with_pip=True)
            except subprocess.CalledProcessError:
                sys.exit("Python has no ensurepip here: apt-get install python3-venv")
        pip: list[str | Path] = [BIN / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", LOCK)
        run(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
        STAMP.write_text(wanted)
    assets = digest(ROOT / "package-lock.json", ROOT / "build_assets.py")
    if not ASSETS.exists() or ASSETS.read_text() != assets:
        say("copying front-end files and cutting fonts")
        run(BIN / "python", "build_assets.py")
        ASSETS.write_text(assets)


def chromium() -> None:
    """The browser tests need Debian's Chromium, best without its desktop; as root it is installed, else we say how."""
    if shutil.which(BROWSERS[0]):
        return
    if os.geteuid() == 0 and shutil.which("apt-get") and not install(BROWSERS[0]) and not shutil.which(BROWSERS[1]):
        install(BROWSERS[1])  # a Debian older than 12.10 has no other
    if not any(map(shutil.which, BROWSERS)):
        sys.exit(f"The browser tests need Chromium: sudo apt-get install {BROWSERS[0]}")


def install(package: str) -> bool:
    """Whether Debian's *package* could be installed; without a network that is known within seconds."""
    say(f"installing {package}")
    apt = ["apt-get", "-qq", "-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10"]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(*apt, "update", env=env, quiet=True)
        run(*apt, "install", "-y", "--no-install-recommends", package, env=env, quiet=True)
    except subprocess.CalledProcessError:
        return False
    return shutil.which(package) is not None


def serve() -> None:
    setup()
    os.execv(BIN / "ibalanse", [str(BIN / "ibalanse"), "serve"])


#: A module's tests stay together, since they share one running product. Browser tests mostly wait, so there are more
#: of these processes than cores. The longest modules come first, see tests/conftest.py.
ALL_TESTS = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")


def test() -> None:
    setup()
    chromium()
    run(BIN / "python", "-m", "pytest", *(sys.argv[2:] or ALL_TESTS))


def lint() -> None:
    setup()
    run(BIN / "ruff", "check", ".")
    run(BIN / "ruff", "format", "--check", ".")
    run(BIN / "djlint", "--check", "--quiet", "engine/web")
    run(BIN / "lint-imports")


def types() -> None:
    setup()
    run(BIN / "mypy")


def bench() -> None:
    """Every suite against its floor or peer; the suites named after it are run alone."""
    setup()
    run(BIN / "python", "-m", "bench", *sys.argv[2:])


def pictures() -> None:
    """The browser tests take the screens; the ones the documentation links are kept, and the diagrams drawn anew."""
    setup()
    chromium()
    run(BIN / "python", "-m", "pytest", "tests/browser", env={**os.environ, "PICTURES": "1"})
    run(BIN / "python", "build_pictures.py")


def prove() -> None:
    """What takes too long for every submission; ``prove --help`` tells how to shorten it or choose one proof."""
    setup()
    run(BIN / "python", "-m", "bench.proofs", *sys.argv[2:])


def soak() -> None:
    """Ten minutes of kill -9 on each database; SOAK_SECONDS shortens, --sqlite or --postgres chooses."""
    setup()
    run(BIN / "python", "-m", "bench.soak", *sys.argv[2:])


COMMANDS = {
    "setup": setup,
    "run": serve,
    "test": test,
    "lint": lint,
    "types": types,
    "bench": bench,
    "prove": prove,
    "soak": soak,
    "pictures": pictures,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: python3 bootstrap.py {' | '.join(COMMANDS)}")
    try:
        COMMANDS[sys.argv[1]]()
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
