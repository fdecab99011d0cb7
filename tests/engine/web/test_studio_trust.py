"""Bundles from organisations that are trusted say whom they are from; two must agree on a key where that is decided."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select

from engine.workflow.audit.chain import audit_event
from engine.workflow.definitions.bundle import MANIFEST
from tests.engine.web.test_studio import Administrator, ada, app, bea
from tests.processes.conftest import Product, product

__all__ = ["ada", "app", "bea", "product"]
AT = "/prosesser/godkjente-hus"


@pytest.fixture
def foreign(ada: Administrator, product: Product) -> tuple[RSAKey, dict[str, bytes]]:  # noqa: F811
    """The key of another organisation, and a bundle that was signed with it."""
    ada.post("/prosesser/kopi", source="", title="Vergemål")
    own, key = product.application.settings.client_key, RSAKey.generate_key(2048)
    before = own.read_text() if own.is_file() else ""
    own.write_text(json.dumps(key.as_dict(private=True)))
    archive = zipfile.ZipFile(io.BytesIO(ada.client.get("/prosesser/vergemal/eksport.zip").get_data()))
    own.write_text(before or json.dumps(RSAKey.generate_key(2048).as_dict(private=True)))
    return key, {name: archive.read(name) for name in archive.namelist()}


def public(key: RSAKey) -> str:
    return json.dumps(key.as_dict(private=False))


def told(who: Administrator, files: dict[str, bytes]) -> str:
    """What the page of the draft says of who signed it."""
    status, page = who.upload(files, replace="vergemal")
    assert status == 303, page
    return who.get(page.split('href="')[1].split('"')[0].replace("&amp;", "&"))


def test_an_upload_names_the_house_whose_key_is_trusted(
    ada: Administrator,
    foreign: tuple[RSAKey, dict[str, bytes]],  # noqa: F811
) -> None:
    key, files = foreign
    assert f"ukjent nøkkel, og er ikke endret siden. Fingeravtrykk: {key.thumbprint()}" in told(ada, files)
    assert ada.post(AT, act="enter", name="Lillevik kommune", jwk=public(key))[0] == 303
    page = ada.get(AT)
    assert "Lillevik kommune" in page and key.thumbprint() in page and "Godkjent" in page
    assert "Signert av Lillevik kommune" in told(ada, files)
    ada.post(AT, act="remove", thumbprint=key.thumbprint())
    assert "ukjent nøkkel" in told(ada, files)


def test_two_agree_on_a_key_where_two_must_agree(
    ada: Administrator,
    bea: Administrator,
    product: Product,
    foreign: tuple[RSAKey, dict[str, bytes]],  # noqa: F811
) -> None:
    key, files = foreign
    ada.post("/prosesser/innstillinger", two_persons="yes")
    ada.post(AT, act="enter", name="Lillevik kommune", jwk=public(key))
    assert "Venter på en kollega" in ada.get(AT) and "ukjent nøkkel" in told(ada, files)
    status, page = ada.post(AT, act="agree", thumbprint=key.thumbprint())
    assert status == 422 and "Du kan ikke godkjenne en nøkkel du selv har lagt inn" in page
    assert "ukjent nøkkel" in told(ada, files)
    assert bea.post(AT, act="agree", thumbprint=key.thumbprint())[0] == 303
    assert "Signert av Lillevik kommune" in told(ada, files)
    with product.application.db.read() as connection:
        wanted = audit_event.c.kind.in_(("SigningKeyEntered", "SigningKeyTrusted"))
        rows = connection.execute(select(audit_event.c.kind, audit_event.c.data).where(wanted)).all()
    assert {row.kind for row in rows} == {"SigningKeyEntered", "SigningKeyTrusted"}
    assert all(row.data["thumbprint"] == key.thumbprint() for row in rows)


def test_nobody_passes_the_rule_of_two_alone(
    ada: Administrator,
    bea: Administrator,
    product: Product,
    foreign: tuple[RSAKey, dict[str, bytes]],  # noqa: F811
) -> None:
    key, files = foreign
    ada.post(AT, act="enter", name="Lillevik kommune", jwk=public(key))
    assert "Signert av Lillevik kommune" in told(ada, files), "one is enough until two must agree"
    ada.post("/prosesser/innstillinger", two_persons="yes")
    assert "Venter på en kollega" in ada.get(AT) and "ukjent nøkkel" in told(ada, files)
    for _ in range(2):
        ada.post("/prosesser/innstillinger")
        assert "Du har bedt om at dette slås av." in ada.get("/prosesser")
    assert "Venter på en kollega" in ada.get(AT) and "ukjent nøkkel" in told(ada, files), "it is only proposed"
    assert "Ada Administrator ber om at dette slås av." in bea.get("/prosesser")
    bea.post("/prosesser/innstillinger", two_persons="yes")
    bea.post("/prosesser/innstillinger")
    assert "Bea Administrator ber om" in ada.get("/prosesser"), "kept on, it must be asked for again"
    ada.post("/prosesser/innstillinger")
    assert "ber om at dette slås av" not in bea.get("/prosesser")
    assert "Signert av Lillevik kommune" in told(ada, files)
    with product.application.db.read() as connection:
        rows = connection.execute(select(audit_event.c.data).where(audit_event.c.kind == "StudioSettingAsked"))
        assert [row.data for row in rows] == [{"name": "two_persons", "value": False}] * 2


def test_two_agree_that_others_are_refused_no_longer(ada: Administrator, bea: Administrator) -> None:  # noqa: F811
    ada.post("/prosesser/innstillinger", two_persons="yes")
    ada.post(AT, act="only", only_trusted="yes")
    ada.post(AT, act="only")
    assert 'value="yes" checked' in ada.get(AT) and "Du har bedt om" in ada.get(AT)
    bea.post(AT, act="only")
    assert 'value="yes" checked' not in ada.get(AT) and "bedt om" not in ada.get(AT)


def test_others_are_refused_where_that_is_chosen(
    ada: Administrator,
    foreign: tuple[RSAKey, dict[str, bytes]],  # noqa: F811
) -> None:
    key, files = foreign
    ada.post(AT, act="only", only_trusted="yes")
    status, page = ada.upload(files, replace="vergemal")
    assert status == 422 and f"ukjent nøkkel (fingeravtrykk {key.thumbprint()})" in page
    status, page = ada.upload({n: d for n, d in files.items() if n != MANIFEST}, replace="vergemal")
    assert status == 422 and "er ikke signert" in page
    ada.post(AT, act="enter", name="Lillevik kommune", jwk=public(key))
    assert "Signert av Lillevik kommune" in told(ada, files)


@pytest.mark.parametrize(
    ("name", "jwk", "sentence"),
    [
        ("", "{}", "Navn på virksomheten må fylles ut"),
        ("A", "not json", "ikke en offentlig RSA-nøkkel"),
        ("A", '{"kty": "EC"}', "ikke en offentlig RSA-nøkkel"),
        ("A", json.dumps({"kty": "RSA", "n": "x" * 350, "e": 3}), "ikke en offentlig RSA-nøkkel"),
        ("A", json.dumps(RSAKey.generate_key(2048).as_dict(private=True)), "privat nøkkel"),
        ("A", json.dumps({"kty": "RSA", "n": "x" * 170, "e": "AQAB"}), "for kort"),
    ],
)
def test_what_is_no_good_key_is_refused_and_what_was_written_stands(
    ada: Administrator,
    name: str,
    jwk: str,
    sentence: str,  # noqa: F811
) -> None:
    status, page = ada.post(AT, act="enter", name=name, jwk=jwk)
    assert status == 422 and sentence in page
    assert "privat" in sentence or 'aria-invalid="true"' in page
    assert "Ingen ennå." in page
