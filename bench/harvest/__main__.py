"""``python -m bench.harvest worker``: a worker of the run. Without an argument: the suite by itself."""

import sys

from bench.harvest import made_up, measure

if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        raise SystemExit(made_up.worker())
    for title, row in measure().items():
        print(f"{title}: {row['value']:g} {row['unit']} | {row['goal']} | {'reached' if row['reached'] else 'NOT'}")
