"""The copies of the overview, paper and table: the words and sums of the page, and nothing that it has is left out."""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from reportlab.platypus import Flowable, Paragraph, Table

from engine.advice.documents import page
from engine.advice.documents.letter import render_letter
from engine.advice.documents.overview import render, story
from engine.advice.documents.spreadsheet import BOM, HEADS, to_csv
from engine.advice.documents.words import Words
from engine.advice.economy.figures import Debt, DebtKind, DebtStatus, Figures, Gap, GapReason, Total
from engine.advice.economy.overview import Overview, build
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.statement import statement
from engine.web.shared.texts import LANGUAGES, translate

AT = datetime(2026, 11, 27, 7, tzinfo=UTC)
REGISTER = Source("gjeldsregister.debts", "Gjeldsregisteret", AT, "consent")


def words(language: str = "nb") -> Words:
    names = {"bank.accounts": "Banken, kontoer"}
    return Words(language, partial(translate, language), lambda one: names.get(one, one))


def nok(amount: str) -> Sourced[Decimal]:
    return Sourced(Decimal(amount), (REGISTER,), date(2026, 11, 20))


def claim(creditor: str = "Strøm Eksempel AS", **more: Any) -> Debt:
    return Debt(
        "inkasso:1",
        DebtKind.COLLECTION,
        creditor,
        nok("10590.50"),
        collector="Eksempel Inkasso",
        principal=nok("9000"),
        interest=nok("390.50"),
        costs=nok("1200"),
        rate=nok("12.25"),
        due=date(2026, 11, 27),
        case_number="2026-1181",
        status=DebtStatus.COLLECTION,
        **more,
    )


SILENT = Gap("bank.accounts", "", GapReason.NOT_ASKED, tuple(Total))


def overview(*debts: Debt) -> Overview:
    return build(Figures(debts=debts or (claim(),)), as_of=AT.date(), gaps=(SILENT,))


def read(flowables: list[Flowable]) -> str:
    """The words of a story, as they are set."""
    found = []
    for one in flowables:
        if isinstance(one, Paragraph):
            found.append(re.sub(r"<br/>", "\n", one.text))
        if isinstance(one, Table):
            found += [read([cell]) for row in one._cellvalues for cell in row]
    return "\n".join(found).replace("\u00a0", " ")


def paper(*debts: Debt, name: str = "Anne Eksempel", language: str = "nb") -> str:
    return read(story(statement(overview(*debts)), words(language), name=name, made_at=AT))


def rows(*debts: Debt) -> list[dict[str, str]]:
    text = to_csv(overview(*debts), words())
    assert text.startswith(BOM)
    lines = list(csv.reader(text.removeprefix(BOM).splitlines(), delimiter=";"))
    return [dict(zip(HEADS, line, strict=True)) for line in lines[1:]]


def test_the_paper_says_what_is_missing_and_never_zero_for_what_is_unknown() -> None:
    said = paper()

    assert "minst 10 591 kr" in said and "Vi har ikke spurt Banken, kontoer." in said
    assert "\n0 kr" not in said and "Ukjent" in said and "bank.accounts" not in said
    assert "Vi vet ikke ennå alt du får inn og bruker." in said


def test_what_burns_what_is_old_and_what_may_be_one_debt_stand_on_paper_and_in_the_table_in_the_same_words() -> None:
    card = Debt("a:1", DebtKind.CONSUMER_LOAN, "Storbanken", nok("40000"))
    bank = Source("bank.accounts", "Storbanken", AT, "consent")
    other = Debt("b:1", DebtKind.CONSUMER_LOAN, "Storbanken", Sourced(Decimal(52_000), (bank,), date(2026, 11, 20)))
    made = build(Figures(debts=(claim(), card, other)), as_of=AT.date())
    old = ("bank.accounts",)

    said = read(story(statement(made, old), words(), name="Anne", made_at=AT))
    table = to_csv(made, words(), old).replace("\u00a0", " ")

    burning = "10 591 kr til inkasso hos Eksempel Inkasso. Fristen er 27. november 2026."
    pair = "Storbanken, Forbrukslån, 52 000 kr (Storbanken) – Storbanken, Forbrukslån, 40 000 kr (Gjeldsregisteret)"
    assert f"– {burning}" in said and f"Haster;Eksempel Inkasso;;{burning};10590,50;" in table
    assert "Gamle svar: Banken, kontoer." in said and "Gammelt svar;Banken, kontoer;;svaret er gammelt;" in table
    assert "Kan være samme gjeld" in said and "Kan være samme gjeld;" in table
    assert any(f"{one}: Samme långiver" in said and f"{one};;Samme långiver" in table for one in both_ways(pair))


def both_ways(pair: str) -> tuple[str, str]:
    one, _, other = pair.partition(" – ")
    return pair, f"{other} – {one}"


def test_the_paper_has_every_part_of_a_debt() -> None:
    said = paper()

    for part in (
        "Inkassokrav, inkasso",
        "Kreves inn av: Eksempel Inkasso",
        "Sak: 2026-1181",
        "Forfall: 27. november 2026",
        "Hovedkrav 9 000 kr, Renter 391 kr, Kostnader 1 200 kr",
        "12,25 %",
        "Gjeldsregisteret",
        "etter samtykke",
    ):
        assert part in said, part


def test_both_copies_are_written_in_each_language_without_a_key_left_bare() -> None:
    for language in LANGUAGES:
        said = paper(language=language) + to_csv(overview(), words(language))
        assert not re.search(r"\b(document|csv|loans|gap|debt|status|asset|income|spending|basis)\.[a-z_]+", said)


def test_amounts_have_a_comma_and_days_are_norwegian() -> None:
    found = rows()
    (debt,) = [row for row in found if row["type"] == "Gjeld"]

    assert (debt["amount"], debt["principal"], debt["interest"], debt["costs"], debt["rate"]) == (
        "10590,50",
        "9000,00",
        "390,50",
        "1200,00",
        "12,25",
    )
    assert (debt["due"], debt["kind"], debt["status"]) == ("27.11.2026", "Inkassokrav", "Inkasso")
    assert debt["name"] == "Strøm Eksempel AS (Eksempel Inkasso)" and debt["source"] == "Gjeldsregisteret"


def test_the_table_has_the_sums_with_what_is_known_of_them_and_what_is_missing() -> None:
    found = rows()

    sums = {row["name"]: (row["amount"], row["certainty"]) for row in found if row["type"] == "Sum"}
    assert sums["Gjeld"] == ("10590,50", "minst") and sums["Ut per måned"] == ("", "Ukjent")
    (missing,) = [row for row in found if row["type"] == "Mangler"]
    assert (missing["name"], missing["status"]) == ("Banken, kontoer", "ikke spurt")


def test_no_text_of_the_table_is_run_by_a_spreadsheet_or_breaks_its_line() -> None:
    for creditor in ("=1+1", "+47", "@sum", "-5", "\uff1d1", "  =1", "To\nlinjer"):
        (debt,) = [row for row in rows(claim(creditor)) if row["type"] == "Gjeld"]
        assert debt["name"][0] not in "=+-@\uff1d" and "\n" not in debt["name"]


def test_signs_the_typeface_lacks_are_squares_and_told() -> None:
    said = paper(claim("Vilje 王 AS"), name="محمد علي")

    assert f"Vilje {page.NO_GLYPH} AS" in said and "kan ikke vises på papir" in said
    assert page.missing_glyphs("Ringe ☎, 王 og ☎") == ("☎", "王")
    assert "kan ikke vises på papir" not in paper()


def test_letters_are_set_as_one_sign_however_they_were_typed() -> None:
    typed = unicodedata.normalize("NFD", "Åse Blåbærøy éa")
    assert page.missing_glyphs(typed) == () and unicodedata.normalize("NFC", typed) in paper(name=typed)


def test_a_cell_longer_than_a_page_goes_on_over_the_next() -> None:
    long = overview(claim("Ord " * 2_300), claim("Uten" * 2_300))
    pdf = render(long, name="Anne", words=words(), made_at=AT)
    assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") >= 2


def test_the_same_letter_is_the_same_bytes_and_every_page_is_numbered() -> None:
    told = {"title": "Brev", "to": "Anne", "office": "Nav", "adviser": "Kari", "number": "2026-0001", "language": "nb"}
    body = "\n\n".join(f"Avsnitt {number}." for number in range(120))
    one, two = (render_letter(body=body, day=AT, **told) for _ in range(2))
    assert one == two and page.word("nb", "page").format(number=2, count=3) == "Side 2 av 3"
