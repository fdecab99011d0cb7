"""What each person sees after a no, a withdrawal, an expiry, a second yes and a stop: the table, as data.

``docs/ways-back.md`` is this table for readers (``python -m tests.engine.web.ways_back > docs/ways-back.md``), and
``test_ways_back`` tries every row of it.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Pages by a short name: {case} is the case's number.
PAGES = {
    "oversikt": "/oversikt",
    "deling": "/deling",
    "sak": "/saken-min?sak={case}",
    "enk": "/enk",
    "hverdag": "/hverdag",
    "meldinger": "/meldinger",
    "kvittering": "/saken-min/{case}/stoppet",
    "saken hos kontoret": "/saker/{case}",
}
#: Whoever reads a page.
CITIZEN, ADVISER = "innbyggeren", "rådgiveren"

GIVE_AGAIN = "Ja, gi samtykke igjen"
GIVE_MANDATE_AGAIN = "Ja, gi fullmakt igjen"
SAY_YES = "Se hva du kan si ja til"
SAY_YES_MANDATE = "Se hva du kan gi fullmakt til"
OWN_FIGURES = "Før opp tallene selv"
SHARE = "Del med "
STOP_SHARING = "Stopp deling"
WITHDRAW = "Trekk samtykket"
WITHDRAW_MANDATE = "Trekk fullmakten"
THERE = "Det du skylder og det du eier"
FETCHING = "Vi henter opplysningene nå"
#: No page says these of a case where something has ended.
NEVER = (FETCHING, "Her kommer økonomien din", "Ingen kilder er spurt ennå")


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody reads on a page, and what they can do there."""

    who: str
    page: str
    says: str
    act: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A state and what happens to it, and what each person then sees.

    about    consent | mandate | share | case
    event    refuse | withdraw | remind | expire | again | stop
    """

    journey: str
    about: str
    event: str
    sees: tuple[Sight, ...]


def citizen(page: str, says: str, act: str = "") -> Sight:
    return Sight(CITIZEN, page, says, act)


def adviser(says: str, act: str = "") -> Sight:
    return Sight(ADVISER, "saken hos kontoret", says, act)


LOOKS = adviser("Delingen gjelder til", "Åpne hele oversikten")

ADVICE = (
    Row(
        "advice",
        "consent",
        "refuse",
        (
            citizen("oversikt", "Du sa nei", SAY_YES),
            citizen("hverdag", "Du får hjelp uansett", OWN_FIGURES),
            citizen("sak", "Du får hjelp likevel", SAY_YES),
            adviser("Innbyggeren har ikke delt oversikten. Du kan gi råd likevel."),
        ),
    ),
    Row(
        "advice",
        "consent",
        "withdraw",
        (
            citizen("oversikt", THERE, GIVE_AGAIN),
            citizen("deling", "Du trakk samtykket", GIVE_AGAIN),
            citizen("sak", "Du trakk samtykket", GIVE_AGAIN),
            LOOKS,
        ),
    ),
    Row(
        "advice",
        "consent",
        "remind",
        (
            citizen("meldinger", "Samtykket ditt i Gjeldsrådgivning går ut", "Se og forny samtykkene dine"),
            citizen("oversikt", "Du kan fornye det nå", GIVE_AGAIN),
            LOOKS,
        ),
    ),
    Row(
        "advice",
        "consent",
        "expire",
        (
            citizen("meldinger", "Samtykket ditt i Gjeldsrådgivning gikk ut", "Se og forny samtykkene dine"),
            citizen("oversikt", "Samtykket gikk ut", GIVE_AGAIN),
            citizen("hverdag", "Samtykket gikk ut", GIVE_AGAIN),
            citizen("sak", "Fullmakten gikk ut", GIVE_MANDATE_AGAIN),
            adviser("Delingen av oversikten er gått ut"),
        ),
    ),
    Row(
        "advice",
        "consent",
        "again",
        (citizen("oversikt", THERE, STOP_SHARING), citizen("deling", "Til ", WITHDRAW), LOOKS),
    ),
    Row(
        "advice",
        "mandate",
        "refuse",
        (citizen("oversikt", THERE, SAY_YES_MANDATE), citizen("deling", "Du sa nei", SAY_YES_MANDATE), LOOKS),
    ),
    Row(
        "advice",
        "mandate",
        "withdraw",
        (
            citizen("oversikt", THERE, GIVE_MANDATE_AGAIN),
            citizen("deling", "Du trakk fullmakten", GIVE_MANDATE_AGAIN),
            LOOKS,
        ),
    ),
    Row(
        "advice",
        "mandate",
        "again",
        (citizen("oversikt", THERE, STOP_SHARING), citizen("deling", "Til ", WITHDRAW_MANDATE), LOOKS),
    ),
    Row(
        "advice",
        "share",
        "refuse",
        (
            citizen("oversikt", "Bare du.", SHARE),
            citizen("deling", "Bare du.", SHARE),
            citizen("sak", "Saken", SHARE),
            adviser("Innbyggeren har ikke delt oversikten. Du kan gi råd likevel."),
        ),
    ),
    Row(
        "advice",
        "share",
        "withdraw",
        (
            citizen("oversikt", "Bare du.", SHARE),
            citizen("deling", "deling stoppet", SHARE),
            adviser("Innbyggeren har stoppet delingen"),
        ),
    ),
    Row("advice", "share", "again", (citizen("oversikt", "Nav Lillestrøm", STOP_SHARING), LOOKS)),
    Row(
        "advice",
        "case",
        "stop",
        (
            citizen("sak", "Saken er avsluttet", "Start"),
            citizen("deling", "trukket"),
            citizen("kvittering", "Delingen med Nav Lillestrøm", "Se saken"),
            adviser("Samtykket og fullmakten gjelder ikke lenger"),
        ),
    ),
)

SELF_HELP = (
    Row(
        "self_help",
        "consent",
        "refuse",
        (citizen("oversikt", "Du sa nei", SAY_YES), citizen("hverdag", "Du får hjelp uansett", OWN_FIGURES)),
    ),
    Row(
        "self_help",
        "consent",
        "withdraw",
        (citizen("oversikt", THERE, GIVE_AGAIN), citizen("sak", "Du trakk samtykket", GIVE_AGAIN)),
    ),
    Row("self_help", "mandate", "withdraw", (citizen("oversikt", THERE, GIVE_MANDATE_AGAIN),)),
    Row("self_help", "consent", "remind", (citizen("meldinger", "Samtykket ditt i Ordne økonomien selv går ut"),)),
    Row(
        "self_help",
        "consent",
        "expire",
        (citizen("oversikt", "Samtykket gikk ut", GIVE_AGAIN), citizen("hverdag", "Samtykket gikk ut", GIVE_AGAIN)),
    ),
    Row("self_help", "consent", "again", (citizen("oversikt", THERE), citizen("deling", "Til ", WITHDRAW))),
    Row(
        "self_help",
        "case",
        "stop",
        (citizen("sak", "Saken er avsluttet", "Start "), citizen("kvittering", "Banken", "Se saken")),
    ),
)

ENK_RUN = (
    Row("enk_run", "consent", "refuse", (citizen("sak", "Saken er avsluttet", "Start"),)),
    Row(
        "enk_run",
        "consent",
        "withdraw",
        (
            citizen("enk", "Vi ser ikke kontoene", GIVE_AGAIN),
            citizen("oversikt", "Du trakk samtykket", GIVE_AGAIN),
            citizen("sak", "Gi nytt samtykke", GIVE_AGAIN),
        ),
    ),
    Row(
        "enk_run",
        "consent",
        "remind",
        (citizen("meldinger", "går ut", "Se og forny"), citizen("enk", "Du kan fornye det nå", GIVE_AGAIN)),
    ),
    Row(
        "enk_run",
        "consent",
        "expire",
        (citizen("meldinger", "gikk ut"), citizen("enk", "Samtykket gikk ut", GIVE_AGAIN)),
    ),
    Row("enk_run", "consent", "again", (citizen("deling", "Til ", WITHDRAW),)),
    Row(
        "enk_run",
        "case",
        "stop",
        (citizen("sak", "Saken er avsluttet", "Start "), citizen("kvittering", "Banken", "Se saken")),
    ),
)

ENK_START = (
    Row(
        "enk_start",
        "consent",
        "refuse",
        (citizen("oversikt", "Du sa nei", SAY_YES), citizen("sak", "Lag budsjett for foretaket", SAY_YES)),
    ),
    Row(
        "enk_start",
        "consent",
        "withdraw",
        (
            citizen("oversikt", "Du trakk samtykket", GIVE_AGAIN),
            citizen("sak", "Lag budsjett for foretaket", GIVE_AGAIN),
        ),
    ),
    Row("enk_start", "consent", "expire", (citizen("oversikt", "Samtykket gikk ut", GIVE_AGAIN),)),
    Row("enk_start", "consent", "again", (citizen("oversikt", THERE), citizen("deling", "Til ", WITHDRAW))),
    Row("enk_start", "case", "stop", (citizen("sak", "Saken er avsluttet", "Start"),)),
)

ENK_CLOSE = (
    Row("enk_close", "consent", "refuse", (citizen("sak", "Merk kontoene", SAY_YES),)),
    Row("enk_close", "consent", "withdraw", (citizen("sak", "Merk kontoene", GIVE_AGAIN),)),
    Row("enk_close", "consent", "expire", (citizen("sak", "Samtykket gikk ut", GIVE_AGAIN),)),
    Row("enk_close", "consent", "again", (citizen("deling", "Til ", WITHDRAW),)),
    Row("enk_close", "case", "stop", (citizen("sak", "Saken er avsluttet", "Start"),)),
)

TABLE = (*ADVICE, *SELF_HELP, *ENK_RUN, *ENK_START, *ENK_CLOSE)

_WORDS = {
    "advice": "Gjeldsrådgivning",
    "self_help": "Ordne økonomien selv",
    "enk_run": "Kontroll på skatt og mva",
    "enk_start": "Starte foretak",
    "enk_close": "Avslutte foretak",
}


def markdown() -> str:
    """The table as a page of the documentation."""
    lines = [
        "# Every yes has its way back",
        "",
        "What each person sees after a no, a withdrawal, an expiry, a second yes and a stop (D23). Made of",
        "`tests/engine/web/ways_back.py` by `python -m tests.engine.web.ways_back > docs/ways-back.md`; every row is a",
        "test.",
        "No page of a case where something has ended says that we fetch, or that nobody was asked.",
    ]
    for journey, name in _WORDS.items():
        lines += [
            "",
            f"## {name} (`{journey}`)",
            "",
            "| about | event | who | page | reads | may do |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {row.about} | {row.event} | {one.who} | {one.page} | {one.says.strip()} | {one.act.strip()} |"
            for row in TABLE
            if row.journey == journey
            for one in row.sees
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
