"""Whom money goes to: names in one form, and what a payment is for by its words and the merchant's code.

Words are whole words, known endings of compound words ("Lillestrøm Tannlegesenter", "Solbarnehagen") or whole brands,
never letters inside another word: a shop in Strømmen sells no electricity. The name of a person says nothing of what
was paid for. What no rule knows is "other", never guessed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.advice.economy.figures import Debt, DebtKind

OTHER, DEBT_SERVICE = "other", "debt_service"
_FOLDER = Path(__file__).parent
_WORD = re.compile(r"[^\W_]+")
#: Endings a Norwegian noun is declined with: apoteket, husleia, barnehager, legens. "Strømmen" is not of "strøm".
_FORMS = ("", "en", "et", "a", "n", "er", "r", "ene", "ne", "s", "ens", "ets")
#: What a company's name has beside its own: left out where names are compared.
_COMPANY = frozenset(
    ("as", "asa", "sa", "ba", "ab", "ans", "da", "nuf", "kf", "iks", "enk", "oy", "oyj", "plc", "ltd", "inc", "gmbh")
    + ("norge", "norway", "nor", "no", "filial", "nbf", "bank", "banken")
)
#: Words that only a company or an office has.
_ORGANISATION = _COMPANY | {"kommune", "fylkeskommune", "butikk", "senter", "storsenter", "avd", "stiftelsen", "lag"}
#: Titles that stand before a person's name and tell what is paid for.
_TITLES = frozenset(("tannlege", "lege", "fastlege", "fysioterapeut", "psykolog", "optiker", "kiropraktor"))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name or text in one form: small letters, one spelling of each, without signs between."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("+", " plus ").replace("'", "").replace("\u2019", "")
    return tuple(_WORD.findall(plain))


def creditor_key(name: str) -> str:
    """The name of a creditor in one normal form: without company words, numbers and signs."""
    words = words_of(name)
    return _key(words)


def _key(words: Sequence[str]) -> str:
    own = [word for word in words if word not in _COMPANY and not word.isdigit()]
    return " ".join(own or words)


def payee_key(payee: str, text: str) -> str:
    """What a payee is known again by: the name in one form without numbers, else what the bank wrote."""
    return creditor_key(payee) or creditor_key(text)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What leads to a category, by its rank in ``names``: of several that fit, the first one wins.

    nouns    one word → rank;  endings  last part of a word → rank;  lengths  how long those are
    brands   first word → (all the words, rank)
    """

    names: tuple[str, ...]
    codes: Mapping[str, int]
    nouns: Mapping[str, int]
    brands: Mapping[str, Sequence[tuple[tuple[str, ...], int]]]
    endings: Mapping[str, int]
    lengths: tuple[int, ...]


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    told = json.loads((_FOLDER / "spending_categories.json").read_text(encoding="utf-8"))["categories"]
    codes: dict[str, int] = {}
    nouns: dict[str, int] = {}
    endings: dict[str, int] = {}
    brands: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for rank, one in enumerate(told):
        codes |= {code: rank for code in one["codes"] if code not in codes}
        for noun in one["nouns"]:
            nouns |= {form: rank for form in _forms(noun) if form not in nouns}
        endings |= {ending: rank for ending in one["endings"] if ending not in endings}
        for name in one["names"]:
            words = words_of(name)
            brands.setdefault(words[0], []).append((words, rank))
    lengths = tuple(sorted({len(ending) for ending in endings}, reverse=True))
    return _Rules(tuple(one["category"] for one in told), codes, nouns, brands, endings, lengths)


def _forms(noun: str) -> tuple[str, ...]:
    """A noun as it is declined: ``barnehage``, ``barnehagen``, ``barnehager``, ``husleia``, ``apotekets``."""
    stem = noun[:-1] if noun.endswith("e") else noun
    forms = [*(noun + form for form in _FORMS), *(stem + form for form in ("a", "en", "er", "ene"))]
    return tuple(dict.fromkeys(forms))


def categories() -> tuple[str, ...]:
    """Every category there is, ``other`` last."""
    return (*_rules().names, OTHER)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, Any]:
    told = json.loads((_FOLDER / "personal_names.json").read_text(encoding="utf-8"))
    endings = tuple(told.pop("surname_endings"))
    return {"endings": endings, **{key: frozenset(value) for key, value in told.items() if key != "about"}}


def is_person(name: str) -> bool:
    """Whether *name* is the name of a person, as far as it can be seen: two to five words, a known name among them."""
    return _is_person(words_of(name))


def _is_person(words: Sequence[str]) -> bool:
    if not 2 <= len(words) <= 5 or words[0] in _TITLES:
        return False
    if any(not word.isalpha() or word in _ORGANISATION for word in words):
        return False
    known = _names()
    return any(
        word in known["given"] or word in known["surnames"] or word.endswith(known["endings"])
        for word in words
        if word not in known["no_surnames"]
    )


def category(payee: str, text: str, code: str, creditors: Collection[str] = ()) -> str:
    """What a payment is for.

    payee      whom it went to, as the bank says it;  text  what the bank or the payer wrote
    code       the merchant's category code, "" where the bank tells none
    creditors  ``creditor_key`` of everybody the person owes
    """
    rules = _rules()
    if code in rules.codes:
        return rules.names[rules.codes[code]]
    name, said = words_of(payee), words_of(text)
    if name and _key(name) in creditors:
        return DEBT_SERVICE
    if _is_person(name):
        own = frozenset(name)
        found = [rules.nouns[word] for word in said if word in rules.nouns and word not in own]
    else:
        found = [*_ranks(name, rules), *_ranks(said, rules, brands=not name)]
    return rules.names[min(found)] if found else OTHER


def _ranks(words: Sequence[str], rules: _Rules, brands: bool = True) -> list[int]:
    """The rank of every rule that fits. A brand in what somebody wrote to a payee is not who was paid."""
    found = []
    for at, word in enumerate(words):
        if word in rules.nouns:
            found.append(rules.nouns[word])
        if brands:
            found += [rank for phrase, rank in rules.brands.get(word, ()) if words[at : at + len(phrase)] == phrase]
        last = (word[-size:] for size in rules.lengths if len(word) > size + 1)
        found += [rules.endings[ending] for ending in last if ending in rules.endings][:1]
    return found


def paid_to(debt: Debt) -> frozenset[str]:
    """Whom a debt is paid to, as ``creditor_key`` names them.

    Who owned a claim before it was collected may be a shop one still buys in.
    """
    names = (debt.collector,) if debt.kind is DebtKind.COLLECTION else (debt.creditor, debt.collector)
    return frozenset(creditor_key(name) for name in names if name)
