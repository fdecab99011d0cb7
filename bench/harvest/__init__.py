"""Harvesting under load: many citizens at once, two workers, sources that take their time, and a bank that hangs.

The workers are processes of the product (``ibalanse worker``) with its journeys, queue, vault and database. Only the
sources and the consent channels are made up: each takes ``LATENCY`` to answer, and knows what it has told whom, so that
what is stored can be counted against it.
"""

from bench.harvest.run import measure

__all__ = ["measure"]
