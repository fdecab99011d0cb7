"""The words of documents in three languages: those of receipts and page feet here, those of the overview the page's.

A copy of the overview says what the page says, so it is handed the page's own texts (``Words``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_WORDS = {
    "made": ("Laget", "Laga", "Made"),
    "copy": (
        "Dette er en kopi. Nettsiden er den tilgjengelige utgaven.",
        "Dette er ein kopi. Nettsida er den tilgjengelege utgåva.",
        "This is a copy. The web page is the accessible version.",
    ),
    "page": ("Side {number} av {count}", "Side {number} av {count}", "Page {number} of {count}"),
    "no_glyph": (
        "{count} tegn kan ikke vises på papir og står som {square}. Les dem på nettsiden.",
        "{count} teikn kan ikkje visast på papir og står som {square}. Les dei på nettsida.",
        "{count} characters cannot be shown on paper and stand as {square}. Read them on the web page.",
    ),
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


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of the page, for copies of it.

    text      the text of a key with its values put in; the key itself where there is no such text
    data_set  what a data set is called
    """

    language: str
    text: Callable[..., str]
    data_set: Callable[[str], str]

    def __getitem__(self, key: str) -> str:
        return self.text(key)

    def of(self, key: str, **values: object) -> str:
        return self.text(key, **values)

    def line(self, kind: str, category: str) -> str:
        """The name of a line of income or spending; one the citizen named themselves stands as written."""
        found = self.text(f"{kind}.{category}")
        return category if found == f"{kind}.{category}" else found
