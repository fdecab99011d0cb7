"""The summed tax base → what the assessment says is owned, and totals for a cross-check. All of it is of 31 December.

A tax value is no market value and is marked so. Deposits are the bank's to tell; here they are a total to check by.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from engine.advice.economy.figures import Asset, AssetKind, Figures, RecordGap, RecordGapReason, TaxSummary, Total
from engine.advice.economy.money import Money
from engine.advice.economy.sourced import Source, Sourced
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json
from integrations.record import BeyondSenseError, Record, UnreadableError, once, rows
from integrations.skatteetaten.incomes import SKATTEETATEN
from integrations.skatteetaten.metadata import TAX_BASE

WEALTH = "formue"
#: What an item may be. One sorted under anything else may be wealth, and is told as a gap.
CATEGORIES = frozenset({WEALTH, "formuesfradrag", "inntekt", "inntektsfradrag", "-"})
DEBT, GROSS_WEALTH = "annenGjeld", "bruttoformue"
DEPOSITS = ("innskudd", "samletInnskuddIInnenlandskeBanker", "samletInnskuddIUtenlandskeBanker")
WAGE = "samletLoennsinntektMedTrygdeavgiftspliktOgMedTrekkplikt"
#: What an asset is, by a part of its technical name. The first that fits.
KINDS: tuple[tuple[str, AssetKind, str], ...] = (
    ("Primaerbolig", AssetKind.HOME, "Bolig"),
    ("Sekundaerbolig", AssetKind.SECOND_HOME, "Sekundærbolig"),
    ("Baat", AssetKind.VEHICLE, "Båt"),
    ("Fritid", AssetKind.SECOND_HOME, "Fritidseiendom"),
    ("SelveidBolig", AssetKind.HOME, "Bolig"),
    ("FastEiendom", AssetKind.SECOND_HOME, "Fast eiendom"),
    ("Kjoeretoey", AssetKind.VEHICLE, "Kjøretøy"),
    ("Campingvogn", AssetKind.VEHICLE, "Campingvogn"),
    ("Kontanter", AssetKind.DEPOSIT, "Kontanter"),
    ("VirtuellValuta", AssetKind.SECURITIES, "Virtuell valuta"),
    ("Krypto", AssetKind.SECURITIES, "Virtuell valuta"),
    ("Aksje", AssetKind.SECURITIES, "Aksjer"),
    ("Verdipapirfond", AssetKind.SECURITIES, "Fond"),
    ("Obligasjon", AssetKind.SECURITIES, "Obligasjoner"),
    ("Finansprodukt", AssetKind.SECURITIES, "Verdipapirer"),
    ("Livsforsikring", AssetKind.SECURITIES, "Livsforsikring"),
    ("Kapitalforsikring", AssetKind.SECURITIES, "Kapitalforsikring"),
    ("Fordring", AssetKind.CLAIM, "Utestående fordring"),
)
#: Sums of other items: to count them too would count twice.
_TOTALS = re.compile(r"(brutto|netto|samlet|sum|skattepliktig)", re.IGNORECASE)
_TAX_VALUE = "tax_value"


def tax_base(answer: Json, at: datetime) -> Figures:
    """Assets and totals of one assessment. Raises ``SourceBrokenError`` where there is no tax base in it."""
    told = rows(answer, "grunnlag")
    whole = Record(answer)
    year = whole.text("inntektsaar")
    if told is None or not re.fullmatch(r"(19|20|21)\d\d", year):
        raise SourceBrokenError("schema")
    day = date(int(year), 12, 31)
    source = Source(TAX_BASE.id, SKATTEETATEN, at, TAX_BASE.requirement.value, year)
    gaps: list[RecordGap] = []
    amounts: list[tuple[str, Money, Record]] = []

    def gap(reason: RecordGapReason, row: Record, *feeds: Total) -> None:
        gaps.append(RecordGap(TAX_BASE.id, "asset", reason, SKATTEETATEN, row.text("tekniskNavn"), feeds, as_of=day))

    if whole.flag("skjermet"):
        gap(RecordGapReason.NOT_SENT, whole, Total.ASSETS)
    for number, row in enumerate(told):
        sorted_under = CATEGORIES & set(row.texts("kategori"))
        feeds = (Total.ASSETS,) if WEALTH in sorted_under or not sorted_under else ()
        try:
            name, amount = row.text("tekniskNavn"), row.money("beloep")
            if any(row.same_as(before) for before in told[:number]):
                gap(RecordGapReason.REPEATED, row)
            elif not name or amount is None or not sorted_under:
                gap(RecordGapReason.UNREADABLE, row, *feeds)
            else:
                amounts.append((name, amount, row))
                if amount <= 0 and _is_wealth(row):
                    gap(RecordGapReason.NO_AMOUNT, row)
        except BeyondSenseError:
            gap(RecordGapReason.TOO_LARGE, row, *feeds)
        except UnreadableError:
            gap(RecordGapReason.UNREADABLE, row, *feeds)

    def total(*names: str) -> Sourced[Money] | None:
        found = [amount for name, amount, _ in amounts if name in names]
        return Sourced(sum(found, Money(0)), (source,), day) if found else None

    owned = [one for one in amounts if _is_wealth(one[2]) and not _is_total(one[0]) and one[1] > 0]
    ids = once(f"{TAX_BASE.id}:{name}" for name, _, _ in owned)
    assets = tuple(
        _asset(identity, name, amount, source, day) for identity, (name, amount, _) in zip(ids, owned, strict=True)
    )
    summary = TaxSummary(int(year), total(DEBT), total(*DEPOSITS), total(GROSS_WEALTH), total(WAGE))
    return Figures(assets=assets, tax=(summary,), record_gaps=tuple(gaps))


def _is_wealth(row: Record) -> bool:
    """``kategori`` is a text in the second version, a list in the first."""
    return WEALTH in row.texts("kategori")


def _is_total(name: str) -> bool:
    return name in DEPOSITS or _TOTALS.match(name) is not None


def _asset(identity: str, name: str, amount: Money, source: Source, day: date) -> Asset:
    kind, title = next(
        ((kind, title) for part, kind, title in KINDS if part.lower() in name.lower()), (AssetKind.OTHER, _spoken(name))
    )
    derived = "" if name.startswith("verdiFoer") else _TAX_VALUE
    return Asset(identity, kind, title, Sourced(amount, (source,), day, derived), source)


def _spoken(name: str) -> str:
    """A technical name as words: "formuesverdiForSkog" → "Skog"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"^(formuesverdi|verdi\w*?)(For|Av)", "", name)).lower()
    spelled = words.replace("oe", "ø").replace("aa", "å").replace("ae", "æ")
    return spelled[:1].upper() + spelled[1:]
