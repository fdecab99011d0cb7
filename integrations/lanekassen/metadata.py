"""What Lånekassen offers."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import DataSetMetadata, Kind, Requirement, Title

LOANS = DataSetMetadata(
    id="lanekassen.loans",
    title=Title(nb="Lånekassen", nn="Lånekassen", en="Lånekassen"),
    kind=Kind.LOANS,
    feeds=(Total.DEBT,),
    requirement=Requirement.CONSENT,
    channel="altinn",
    resource="lanekassen-saldo",
    scope="lanekassen:lan/v1/saldoopplysninger",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=1),
    channel_today=True,
    legal_reference="samtykke, personvernforordningen artikkel 6 nr. 1 a",
    mistakes=Title(
        nb="Send en melding på Dine sider hos Lånekassen, eller ring dem.",
        nn="Send ei melding på Dine sider hos Lånekassen, eller ring dei.",
        en="Send a message on Your page at Lånekassen, or call them.",
    ),
)
DATA_SETS = (LOANS,)
