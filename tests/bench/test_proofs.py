"""The long proofs are run one after the other, counted, and can be shortened and repeated."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench import proofs
from bench.proofs import PROOFS, Proof, main

GOOD = Proof("good", "what holds", ("-c", "print('held')"))
BAD = Proof("bad", "what does not", ("-c", "print('it broke'); raise SystemExit(3)"))
#: Holds when it is told the sample's size and the seed, as pytest is.
SAMPLED = Proof(
    "sampled",
    "told how many and which",
    ("-c", "import os, sys; print(os.environ['IBALANSE_PROOF_TIMES'], sys.argv[1:]); assert 0"),
    sampled=True,
)


@pytest.fixture(autouse=True)
def own_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "LOGS", tmp_path / "prove")


def test_one_that_fails_is_counted_shown_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], (GOOD, BAD)) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "1 passed, 1 failed"
    assert "it broke" in out
    assert "held" not in out


def test_those_that_pass_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["good"], (GOOD, BAD)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def test_the_figure_a_proof_ends_in_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    counted = Proof("counted", "how much", ("-c", "print('TOTAL   200   20   90%\\nheld')"), figure="TOTAL")
    assert main([], (counted,)) == 0
    assert "  TOTAL 200 20 90%\n" in capsys.readouterr().out


def test_one_that_does_not_exist_ends_with_2_and_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    said = capsys.readouterr().err
    assert all(proof.name in said for proof in PROOFS)


def test_a_sampled_proof_is_told_its_size_and_its_seed_and_prints_both(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--times", "2.5", "--seed", "4711"], (SAMPLED,))
    out = capsys.readouterr().out
    assert "2.5 ['--hypothesis-seed=4711']" in out
    assert "seed 4711, 2.5 times the sample" in out


def test_one_that_takes_long_says_so_meanwhile(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "SECONDS_BETWEEN_LINES", 0.1)
    slow = Proof("slow", "slow", ("-u", "-c", "import time; print('half way', flush=True); time.sleep(1.5)"))
    assert main([], (slow,)) == 0
    assert "s: half way" in capsys.readouterr().out


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_every_proof_names_a_module_and_paths_that_exist(proof: Proof) -> None:
    root = Path(__file__).resolve().parents[2]
    assert [part for part in proof.arguments if "/" in part and not (root / part).exists()] == []
    assert proof.arguments[0] == "-m"
    assert proof.arguments[1] in ("pytest", "bench.soak")
    assert sys.modules["bench"].__path__[0] == str(root / "bench")
