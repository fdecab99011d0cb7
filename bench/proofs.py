"""``make prove``: the proofs that take too long for every submission, one after the other, with a count at the end.

    make prove                                       all of them, about an hour on two cores
    make prove ARGS="processes --times 2"            one of them, with twice the sample of ``make test``
    make prove ARGS="soak-sqlite --minutes 1"
    make prove ARGS="processes --seed 4711"          the same examples as the run that named this seed

What a proof prints goes to var/prove/<proof>.log; of one that fails the end is shown. Exit 1 when any failed.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "var" / "prove"
#: A line on how far it has come, at least so often.
SECONDS_BETWEEN_LINES = 30.0
LINES_OF_A_FAILURE = 60
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class Proof:
    """``arguments`` are Python's; what ``make test`` has a sample of is marked, and takes the seed of the run."""

    name: str
    text: str
    arguments: tuple[str, ...]
    sampled: bool = False
    #: What the last line to show begins with, where a proof ends in a figure.
    figure: str = ""


PROOFS = (
    Proof(
        "processes",
        "random processes in memory, on both databases, through crashes and kill -9",
        (*PYTEST, "tests/durability"),
        sampled=True,
    ),
    Proof(
        "properties",
        "what holds for any diagram, form, file, household and tax return",
        (*PYTEST, "-m", "hypothesis", "--ignore", "tests/durability", "--ignore", "tests/browser", "-n", "2", "tests"),
        sampled=True,
    ),
    Proof(
        "damaged-models",
        "models damaged at random are run or refused",
        (*PYTEST, "tests/engine/cli/test_run.py", "-k", "damaged"),
        sampled=True,
    ),
    Proof(
        "calendar",
        "overview, budget, plan and measures on sixty days of three years",
        (*PYTEST, "tests/processes/self_help/test_calendar_of_days.py"),
        sampled=True,
    ),
    Proof(
        "coverage",
        "how much of the product the tests run, those in a browser left out",
        (
            *PYTEST,
            "-n",
            "2",
            "--dist",
            "loadfile",
            "--ignore",
            "tests/browser",
            "--cov-report",
            "term",
            *(f"--cov={name}" for name in ("engine", "forms", "integrations", "processes")),
            "tests",
        ),
        figure="TOTAL",
    ),
    Proof("soak-sqlite", "real processes on SQLite, killed at random", ("-m", "bench.soak", "--sqlite")),
    Proof("soak-postgres", "the same on PostgreSQL, which goes away too", ("-m", "bench.soak", "--postgres")),
)


def main(arguments: Sequence[str], proofs: Sequence[Proof] = PROOFS) -> int:
    """0 when every proof passed, 1 when one failed, 2 for one that does not exist."""
    options = _parser().parse_args(arguments)
    named = {proof.name: proof for proof in proofs}
    if options.list:
        print("\n".join(f"{proof.name:16}{proof.text}" for proof in proofs))
        return 0
    unknown = [name for name in options.names if name not in named]
    if unknown:
        print(f"no proof {', '.join(unknown)}; there are {', '.join(named)}", file=sys.stderr)
        return 2
    chosen = [named[name] for name in options.names] or list(proofs)
    failed = 0
    for number, proof in enumerate(chosen, 1):
        print(f"· {proof.name} ({number} of {len(chosen)}): {proof.text}", flush=True)
        failed += not _passes(proof, options)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make prove", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="PROOF", help="which, by name; all when none is named")
    parser.add_argument("--list", action="store_true", help="the names, and what each shows")
    parser.add_argument("--times", type=float, default=10.0, help="how many times the sample of make test (10)")
    parser.add_argument("--minutes", type=float, default=10.0, help="of trouble in each soak (10)")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="of the examples; else a new one")
    return parser


def _passes(proof: Proof, options: argparse.Namespace) -> bool:
    """Run it, saying every now and then that it is still at it."""
    environment = {**os.environ, "SOAK_SECONDS": str(options.minutes * 60)}
    command = [sys.executable, *proof.arguments]
    repeat = ""
    if proof.sampled:
        environment["IBALANSE_PROOF_TIMES"] = str(options.times)
        command.append(f"--hypothesis-seed={options.seed}")
        repeat = f" (seed {options.seed}, {options.times:g} times the sample)"
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{proof.name}.log"
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            while not _ended(process):
                print(f"  {_since(began)}: {_last_line(log)}", flush=True)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    passed = process.returncode == 0
    print(f"  {'passed' if passed else 'FAILED'} after {_since(began)}{repeat}", flush=True)
    if passed and proof.figure:
        print(f"  {_figure(log, proof.figure)}")
    if not passed:
        print("\n".join(log.read_text(errors="replace").splitlines()[-LINES_OF_A_FAILURE:]))
    return passed


def _figure(log: Path, begins: str) -> str:
    """The last line of the log that begins so."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.startswith(begins)]
    return " ".join(lines[-1].split()) if lines else f"no line begins with {begins}"


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Wait for it until the next line is due."""
    try:
        process.wait(SECONDS_BETWEEN_LINES)
    except subprocess.TimeoutExpired:
        return False
    return True


def _since(began: float) -> str:
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return f"{minutes} min {seconds} s"


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1].strip() if lines else "begun"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
