"""How many examples a property test tries: a seeded sample in every run, many times as many in ``make prove``."""

from __future__ import annotations

import os

from hypothesis import settings

#: Set by ``bench.proofs``: how many times the sample is tried, with a seed of that run's own.
TIMES = float(os.environ.get("IBALANSE_PROOF_TIMES", "0"))


def examples(sample: int) -> int:
    """*sample*, or as many times that as the proof asks for."""
    return max(1, round(sample * TIMES)) if TIMES else sample


def load_profile() -> None:
    """The same examples at each run and nothing kept between runs; a proof tries others, by ``--hypothesis-seed``."""
    settings.register_profile(
        "ibalanse", derandomize=not TIMES, database=None, deadline=None, max_examples=examples(100)
    )
    settings.load_profile("ibalanse")
