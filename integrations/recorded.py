"""Recorded answers in the place of the providers: the same clients read them, and nobody is called.

One folder for each data set (``bank.accounts``; ``bank.accounts.NAME`` of another bank), with files as the provider
sends them. A file answers a call when it is named by the path that is called (``/`` written ``_``), or when it holds
what the path ends in: ``/v1/accounts`` is answered by the file with ``accounts``, the transactions of an account by
the one that names the account, inside or in its file name. Several are the pages of one answer, in the order of their
names. Where a provider is asked once, each file is an answer of its own. ``person.json`` beside the folders may tell
``name``, ``pid`` and ``birthDate`` of the person.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Unpack, cast
from urllib.parse import unquote, urlsplit

from engine.advice.economy.figures import Figures, Gap, GapReason
from engine.advice.economy.identity import account_number
from engine.advice.evidence.datasets import DataSetMetadata, EvidenceRequest, Fetch, Subject
from engine.advice.task_types.fetch import history_since
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceError, SourceRefusedError, SourceUnavailableError
from engine.platform.settings import Institution, Settings
from engine.platform.strict_json import Json, JsonError, loads
from integrations.http import CallOptions, HttpClient, Response
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import ProviderContext
from integrations.wiring import PROVIDERS, offered_by

#: Providers that answer with several files to one question.
MANY_CALLS = frozenset({"bank", "dsop", "brreg", "kartverket"})
#: Under these names a provider says whom an answer is about.
_PERSON = ("ssn", "norskIdent", "norskident", "personidentifikator", "ident")
#: The provider's own address before the path of a link: whoever recorded an answer, it is read from where it lies.
_ADDRESS = re.compile(rb'("(?:href|next)"\s*:\s*")https?:(?:\\?/){2}[^/"\\]+(?=\\?/)')
_PID = re.compile(r"[0-9]{11}")


class RecordedError(ValueError):
    """The folder cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class File:
    """One recorded answer. ``told``: its JSON, ``None`` where it is none."""

    name: str
    body: bytes
    told: Json

    @property
    def fields(self) -> dict[str, Json]:
        """The object it holds; empty where it holds none."""
        return self.told if isinstance(self.told, dict) else {}

    @property
    def keys(self) -> frozenset[str]:
        """The names of its first two levels, in small letters."""
        deeper = [value for value in self.fields.values() if isinstance(value, dict)]
        return frozenset(key.lower() for level in (self.fields, *deeper) for key in level)


class RecordedHttp:
    """Answers calls from files, as ``HttpClient`` answers them from providers."""

    def __init__(self, files: Sequence[File], *, once: bool) -> None:
        self._files = files
        self._once = once
        self._served: dict[str, int] = {}

    def call(self, method: str, url: str, **more: Unpack[CallOptions]) -> Response:
        if (more.get("form") or {}).get("grant_type"):
            return Response(200, {}, b'{"access_token": "recorded", "expires_in": 3600}')
        parts = urlsplit(url)
        path = unquote(parts.path)
        found = self._by_path(path, parts.query) or self._next(path, self._answers(path))
        expected = more.get("expected") or frozenset({200})
        if found is not None:
            return Response(200, {}, found.body)
        if 404 in expected:
            return Response(404, {}, b"{}")
        raise SourceRefusedError("http_404")

    def get(self, url: str, **more: Unpack[CallOptions]) -> Response:
        return self.call("GET", url, **more)

    def post(self, url: str, **more: Unpack[CallOptions]) -> Response:
        return self.call("POST", url, **more)

    def _by_path(self, path: str, query: str) -> File | None:
        plain = path.strip("/").replace("/", "_")
        names = [f"{plain}?{query}.json", f"{plain}.json"] if query else [f"{plain}.json"]
        return next((file for name in names for file in self._files if file.name == name), None)

    def _next(self, path: str, found: Sequence[File]) -> File | None:
        """The pages of one answer one after the other, whatever prefix their addresses begin with."""
        what = "/".join(path.split("/")[-3:])
        served = self._served.get(what, 0)
        self._served[what] = served + 1
        return found[served] if served < len(found) else None

    def _answers(self, path: str) -> list[File]:
        if self._once:
            return list(self._files)
        *before, last = [part for part in path.split("/") if part]
        wanted = last.replace("-", "").lower()
        about = next((part for part in reversed(before) if not part.startswith("v")), "")
        holding = [file for file in self._files if any(_holds(key, wanted) for key in file.keys)]
        if wanted in ("transactions", "balances"):
            cards = any("card" in part for part in before)
            return self._of_account(holding, about, cards=cards)
        named = [file for file in holding if about and len(about) > 2 and about in file.name]
        exact = [file for file in holding if wanted in file.keys]
        if not holding and before and before[-1] == "accounts":
            return [file for file in self._files if "account" in file.keys and last in file.name]
        return named or exact or holding

    def _of_account(self, holding: Sequence[File], resource: str, *, cards: bool) -> list[File]:
        listed = [one for file in self._files for one in _listed(file)]
        own = next((one for one in listed if one.get("resourceId") == resource), {})
        named = [file for file in holding if resource in file.name]
        numbers = _numbers(own)
        told = [file for file in holding if numbers & _numbers(_account(file))]
        if named or told:
            return named or told
        silent = [file for file in holding if not _numbers(_account(file))]
        of_kind = [file for file in silent if cards == any(key.startswith("card") for key in file.keys)]
        alone = len([one for one in listed if one.get("cashAccountType") != "LOAN"]) <= 1
        return of_kind if alone else []


def _holds(key: str, wanted: str) -> bool:
    return (
        key == wanted
        or (wanted == "transactions" and key.endswith("transactions"))
        or (wanted == "roller" and key.startswith("rolle"))
    )


def _listed(file: File) -> Iterator[dict[str, Json]]:
    for name in ("accounts", "cardAccounts"):
        listed = file.fields.get(name)
        yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _account(file: File) -> Json:
    """The account or card that a file with movements or balances says it is of."""
    return file.fields.get("account") or file.fields.get("cardAccount")


def _numbers(account: Json) -> frozenset[str]:
    if not isinstance(account, dict):
        return frozenset()
    told = (account.get(name) for name in ("iban", "bban", "maskedPan", "accountIdentifier"))
    return frozenset(account_number(one) for one in told if isinstance(one, str) and one)


class _Tokens:
    """Nobody is asked, so nobody asks for a token."""

    def token(self, *_: object, **__: object) -> str:
        return "recorded"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a folder tells: the figures, and a gap for every data set that is not there or did not answer."""

    figures: Figures
    gaps: tuple[Gap, ...]


def read(folder: Path, at: datetime, settings: Settings) -> Recorded:
    """Every data set of *folder*, as it was answered *at*. Raises ``RecordedError``."""
    if not folder.is_dir():
        raise RecordedError(f"{folder} is no folder")
    offered = {one.id: (package.rpartition(".")[2], one) for package in PROVIDERS for one in offered_by(package)}
    there = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    person = _person(folder)
    found, gaps = Figures(), []
    for name in there:
        base = next((one for one in offered if name == one or name.startswith(f"{one}.")), "")
        if not base:
            raise RecordedError(f"{name} is no data set: {', '.join(offered)}")
        provider, data_set = offered[base]
        institution = None if name == base else _institution(name[len(base) + 1 :])
        more, lacking = _answered(provider, data_set, institution, _files(folder / name), at, settings, person)
        found += more
        gaps += lacking
    for base, (_, data_set) in offered.items():
        if not data_set.subject_role and not any(name == base or name.startswith(f"{base}.") for name in there):
            gaps.append(Gap(base, "", GapReason.NOT_ASKED, data_set.feeds))
    return Recorded(found, tuple(gaps))


def _institution(name: str) -> Institution:
    nowhere = "https://recorded.invalid"
    return Institution(id=name, name=name, url=nowhere, token_url=nowhere)


def _answered(
    provider: str,
    data_set: DataSetMetadata,
    institution: Institution | None,
    files: Sequence[File],
    at: datetime,
    settings: Settings,
    person: Mapping[str, str],
) -> tuple[Figures, list[Gap]]:
    """What the files of one data set tell."""
    if not files:
        return Figures(), [Gap(data_set.id, "", GapReason.NOT_ANSWERED, data_set.feeds)]
    many = provider in MANY_CALLS
    found, gaps = Figures(), []
    for answer in [files] if many else [[file] for file in files]:
        http = RecordedHttp(answer, once=not many)
        tokens = cast(MaskinportenClient, _Tokens())
        context = ProviderContext(provider, settings, cast(HttpClient, http), tokens, institution)
        fetch: Fetch = import_module(f"integrations.{provider}.client").connect(context).fetch[context.of(data_set).id]
        told = context.of(data_set)
        try:
            evidence = fetch(_request(at, answer, person))
        except SourceUnavailableError:
            gaps.append(Gap(told.id, "", GapReason.NOT_ANSWERED, told.feeds))
        except SourceError:
            gaps.append(Gap(told.id, "", GapReason.REFUSED, told.feeds))
        else:
            found += evidence.figures
            gaps += [Gap(told.id, who, GapReason.PARTIAL, told.feeds) for who in evidence.missing]
    return found, gaps


def _request(at: datetime, files: Sequence[File], person: Mapping[str, str]) -> EvidenceRequest:
    pid = person.get("pid") or next((one for file in files for one in _persons(file.told)), "0" * 11)
    born = date.fromisoformat(person.get("birthDate", "1980-01-01"))
    subject = Subject("recorded", pid, person.get("name", ""), born)
    return EvidenceRequest(subject, "recorded", "recorded", "recorded", at, history_since(norwegian_day(at)))


def _persons(told: Json) -> Iterator[str]:
    """Whom an answer says it is about."""
    if isinstance(told, dict):
        for name in _PERSON:
            pid = told.get(name)
            if isinstance(pid, str) and _PID.fullmatch(pid):
                yield pid
        for value in told.values():
            yield from _persons(value)
    elif isinstance(told, list):
        for value in told:
            yield from _persons(value)


def _files(folder: Path) -> list[File]:
    found = []
    for path in sorted(folder.rglob("*.json")):
        body = _ADDRESS.sub(rb"\1", path.read_bytes())
        try:
            told = loads(body, decimals=True)
        except JsonError:
            told = None
        found.append(File("_".join(path.relative_to(folder).parts), body, told))
    return found


def _person(folder: Path) -> dict[str, str]:
    path = folder / "person.json"
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(told[name]) for name in ("name", "pid", "birthDate") if name in told}
    except (ValueError, TypeError) as error:
        raise RecordedError(f"{path}: {error}") from None
