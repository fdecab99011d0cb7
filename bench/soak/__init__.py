"""The soak: real processes on a real database, killed at random, and nothing may be lost or doubled.

    python -m bench.soak [--sqlite] [--postgres]        ``make soak`` runs both; SOAK_SECONDS=60 shortens

``__main__`` starts, kills and starts again; ``roles`` is what each process does; ``verdict`` counts afterwards.
"""
