"""What the debt register offers."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import DataSetMetadata, Kind, Requirement, Title

DEBTS = DataSetMetadata(
    id="gjeldsregister.debts",
    title=Title(nb="Gjeldsregisteret", nn="Gjeldsregisteret", en="The debt register"),
    kind=Kind.LOANS,
    feeds=(Total.DEBT,),
    requirement=Requirement.CONSENT,
    channel="norskgjeld",
    resource="debt.unsecured.presentation",
    scope="debt.unsecured.presentation",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=1),
    channel_today=True,
    legal_reference="gjeldsinformasjonsloven § 13",
    citizen_opens=False,  # an agreement between the register and whoever asks: nobody is sent to a page
    mistakes=Title(
        nb="Ta kontakt med långiveren. Det er långiveren som melder beløpet til gjeldsregisteret, og som må rette det.",
        nn="Ta kontakt med långivaren. Det er långivaren som melder beløpet til gjeldsregisteret, og som må rette det.",
        en="Contact the lender. The lender reports the amount to the debt register, and is the one to correct it.",
    ),
)
DATA_SETS = (DEBTS,)
