"""What a bank offers of a deceased."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import NO_CHANNEL, DataSetMetadata, Kind, Requirement, Title

ESTATE_ACCOUNTS = DataSetMetadata(
    id="estate.bank",
    title=Title(nb="Bankkonti til den som døde", nn="Bankkonti til den som døydde", en="Bank accounts of the deceased"),
    kind=Kind.SPENDING,
    feeds=(Total.DEBT, Total.ASSETS, Total.SPENDING),
    requirement=Requirement.STATUTE,
    channel=NO_CHANNEL,
    resource="kontoinformasjon",
    scope="bits:kontoinformasjon",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=1),
    channel_today=True,
    legal_reference="arveloven § 92 og § 118, jf. § 88 a",
    subject_role="avdode",
    mistakes=Title(
        nb="Ta kontakt med banken til den som døde, og vis skifteattesten.",
        nn="Ta kontakt med banken til den som døydde, og vis skifteattesten.",
        en="Contact the bank of the deceased, and show the probate certificate.",
    ),
)
DATA_SETS = (ESTATE_ACCOUNTS,)
