"""Sole proprietorships a person owns: their role (INNH) has the person's name and day of birth.

The open register tells no identity numbers. The name of a sole proprietorship holds its owner's surname
(foretaksnavneloven § 2-2), so it is searched by surname, every page, those with more of the name first.
"""

from __future__ import annotations

from datetime import date

from engine.advice.economy.figures import Enterprise, Figures, RecordGap, RecordGapReason
from engine.advice.economy.sourced import Source
from engine.advice.evidence.datasets import Evidence, EvidenceRequest
from engine.platform.name_index import same_person_name, words
from integrations.answer import state_of
from integrations.brreg.metadata import ENTERPRISES
from integrations.http import HttpClient
from integrations.provider import Provider, ProviderContext
from integrations.record import Record

REGISTER = "Brønnøysundregistrene"
OWNER = "INNH"
PAGE_SIZE = 100
#: A bound on pages of a search, and on firms whose owner is looked up. What is beyond it is told as missing.
MAX_PAGES, MAX_LOOKUPS = 20, 60


class BrregClient:
    def __init__(self, base_url: str, http: HttpClient) -> None:
        self._url = f"{base_url}/enhetsregisteret/api/enheter"
        self._http = http

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        """The firms of the person. Partial where more firms have the name than can be looked up."""
        found, whole = self._candidates(asked.subject.name)
        gaps: list[RecordGap] = []
        enterprises: list[Enterprise] = []
        for entity in found[:MAX_LOOKUPS]:
            orgno = entity.text("organisasjonsnummer")
            if not orgno.isdigit():
                gaps.append(RecordGap(ENTERPRISES.id, "enterprise", RecordGapReason.UNREADABLE, REGISTER))
            elif self._owns(orgno, asked):
                enterprises.append(_enterprise(entity, asked))
        missing = () if whole and len(found) <= MAX_LOOKUPS else (REGISTER,)
        figures = Figures(enterprises=tuple(enterprises), record_gaps=tuple(gaps))
        return Evidence(state_of(figures, missing), figures, missing)

    def _candidates(self, name: str) -> tuple[list[Record], bool]:
        """The firms whose name has the person's surname, the likeliest first, and whether every page was read.

        Of a surname with a hyphen the last half is searched too.
        """
        found: dict[str, Record] = {}
        whole = True
        for surname in dict.fromkeys([*name.split()[-1:], *name.replace("-", " ").split()[-1:]]):
            firms, all_read = self._search(surname)
            found |= {firm.text("organisasjonsnummer"): firm for firm in firms}
            whole = whole and all_read
        own = set(words(name))
        return sorted(found.values(), key=lambda firm: -len(own & set(words(firm.text("navn"))))), whole

    def _search(self, surname: str) -> tuple[list[Record], bool]:
        """Every page of a search, and whether there were no more than we read."""
        found: list[Record] = []
        for page in range(MAX_PAGES):
            query = {"navn": surname, "organisasjonsform": "ENK", "size": str(PAGE_SIZE), "page": str(page)}
            answer = Record(self._http.get(self._url, params=query).json())
            found += answer.record("_embedded").records("enheter")
            pages = answer.record("page").text("totalPages")
            if page + 1 >= (int(pages) if pages.isdigit() and len(pages) < 6 else 1):
                return found, True
        return found, False

    def _owns(self, orgno: str, asked: EvidenceRequest) -> bool:
        answer = self._http.get(f"{self._url}/{orgno}/roller", expected=frozenset({200, 404, 410}))
        if answer.status != 200:
            return False
        roles = (role for group in Record(answer.json()).records("rollegrupper") for role in group.records("roller"))
        return any(_is_owner(role, asked.subject.name, asked.subject.birth_date) for role in roles)


def _is_owner(role: Record, name: str, born: date) -> bool:
    """Whether a role is the person's, and has not ended."""
    person = role.record("person")
    told = person.record("navn")
    full = " ".join(told.text(part) for part in ("fornavn", "mellomnavn", "etternavn"))
    return (
        role.record("type").text("kode") == OWNER
        and not role.flag("fratraadt")
        and person.day("fodselsdato") == born
        and same_person_name(full, name)
    )


def _enterprise(entity: Record, asked: EvidenceRequest) -> Enterprise:
    orgno = entity.text("organisasjonsnummer")
    return Enterprise(
        orgno=orgno,
        name=entity.text("navn") or orgno,
        form=entity.record("organisasjonsform").text("kode") or "ENK",
        industry=entity.record("naeringskode1").text("beskrivelse"),
        registered=entity.day("registreringsdatoEnhetsregisteret"),
        vat_registered=bool(entity.flag("registrertIMvaregisteret")),
        bankrupt=bool(entity.flag("konkurs")),
        winding_up=bool(entity.flag("underAvvikling")),
        source=Source(ENTERPRISES.id, REGISTER, asked.as_of, ENTERPRISES.requirement.value, orgno),
    )


def connect(context: ProviderContext) -> Provider:
    client = BrregClient(context.url, context.http)
    return Provider(fetch={ENTERPRISES.id: client.fetch})
