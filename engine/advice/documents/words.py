"""The few words the documents need, in three languages."""

from __future__ import annotations

_WORDS = {
    "title": ("Økonomien din", "Økonomien din", "Your economy"),
    "made": ("Laget", "Laga", "Made"),
    "copy": (
        "Dette er en kopi. Nettsiden er den tilgjengelige utgaven.",
        "Dette er ein kopi. Nettsida er den tilgjengelege utgåva.",
        "This is a copy. The web page is the accessible version.",
    ),
    "sum": ("Samlet", "Samla", "Totals"),
    "debt": ("Gjeld", "Gjeld", "Debt"),
    "assets": ("Det du eier", "Det du eig", "What you own"),
    "income": ("Inn per måned", "Inn per månad", "In per month"),
    "spending": ("Ut per måned", "Ut per månad", "Out per month"),
    "gaps": ("Dette mangler", "Dette manglar", "Missing"),
    "debts": ("Lån og krav", "Lån og krav", "Loans and claims"),
    "who": ("Långiver", "Långivar", "Lender"),
    "what": ("Hva", "Kva", "What"),
    "source": ("Kilde", "Kjelde", "Source"),
    "rate": ("Rente", "Rente", "Interest"),
    "balance": ("Restgjeld", "Restgjeld", "Balance"),
    "value": ("Verdi", "Verdi", "Value"),
    "unknown": ("Ukjent", "Ukjend", "Unknown"),
    "you": ("Lagt inn av deg", "Lagt inn av deg", "Added by you"),
    "receipt": ("Kvittering", "Kvittering", "Receipt"),
    "reference": ("Referanse", "Referanse", "Reference"),
    "given": ("Svart", "Svart", "Answered"),
    "state": ("Tilstand", "Tilstand", "State"),
    "state.given": ("Gitt", "Gitt", "Given"),
    "state.refused": ("Svarte nei", "Svarte nei", "Answered no"),
    "state.withdrawn": ("Trukket", "Trekt", "Withdrawn"),
    "state.expired": ("Utløpt", "Utgått", "Expired"),
    "until": ("Gjelder til", "Gjeld til", "Valid until"),
    "receiver": ("Mottaker", "Mottakar", "Receiver"),
    "information": ("Opplysninger", "Opplysningar", "Information"),
    "shown": ("Dette ble vist", "Dette vart vist", "This was shown"),
    "basis.consent": ("Samtykke", "Samtykke", "Consent"),
    "basis.mandate": ("Fullmakt", "Fullmakt", "Mandate"),
}
_ORDER = {"nb": 0, "nn": 1, "en": 2}


def word(language: str, key: str) -> str:
    """The word; ``KeyError`` when there is none, which the tests find."""
    return _WORDS[key][_ORDER[language]]
