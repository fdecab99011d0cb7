"""What policies call those who are in every case: the one place that names them.

A policy may name more roles; who holds those is written with the case's parties. ``priv`` is Altinn's code of a
private person acting for themselves, the others are ours.
"""

from __future__ import annotations

OWNER = "priv"
CASEWORKER = "radgiver"
ADMINISTRATOR = "administrator"
#: Who acts for the owner of a case: named by the office with a written mandate, or by the population register.
REPRESENTATIVE, GUARDIAN = "representative", "guardian"

#: Role codes that no party of a case can be given.
BUILT_IN = frozenset({OWNER, CASEWORKER, ADMINISTRATOR})


def performing(performer: str) -> str:
    """The role of whoever a diagram says does a step: citizen | caseworker."""
    return CASEWORKER if performer == "caseworker" else OWNER
