"""Access over HTTP: roles of parties by name, each role by itself, and what a new version changes for whom."""

from __future__ import annotations

import re

from engine.studio import access
from engine.studio.difference import differences
from engine.workflow.definitions.bundle import Bundle
from tests.engine.web.test_studio import ESTATE, Administrator, ada, app, bea, product, revision

__all__ = ["ada", "app", "bea", "product"]
AT = "/prosesser/estate_settlement"
TAB = f"{AT}?fane=tilganger"


def test_a_partys_role_is_given_access_by_its_name(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    page = ada.get(f"{TAB}&steg=Declare&handling=read")
    assert re.search(r'name="role" value="avdode"><label', page), "a role that only the texts name can be chosen"
    ticked = re.findall(r'name="role" value="([^"]+)" checked', page)

    form = {"steg": "Declare", "handling": "read", "role": ticked, "new_role": "Verge for arving"}
    assert ada.post(f"{AT}/tilgang", revision=revision(page), **form)[0] == 303

    page = ada.get(f"{TAB}&steg=Declare&handling=read")
    assert re.search(r'value="verge_for_arving" checked><label[^>]*>Verge for arving \(<code>verge_for_arving', page)
    by_role = page[page.index("<summary>Hver rolle for seg") : page.index('id="hvem"')]
    assert re.search(r"<dt>Verge for arving</dt><dd>«[^»]+»: lese", by_role), by_role
    assert "<code>role.verge_for_arving</code>" in ada.get(f"{AT}?fane=tekster"), "and its name can be said in nynorsk"


def test_the_difference_says_which_role_gained_or_lost_what_on_which_step(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    assert ada.post(f"{AT}/publiser", revision=revision(ada.get(AT)))[0] == 303
    ada.post(f"{AT}/utkast")
    name = ESTATE.process.elements["Declare"].name
    roles = [
        role for role in access.roles(ESTATE.files) if access.may(ESTATE.files, ESTATE.key, "Declare", role, "write")
    ]
    lost = roles[0]
    rest = [role for role in roles if role != lost]
    form = {"steg": "Declare", "handling": "write", "role": rest, "new_role": "Verge"}
    assert ada.post(f"{AT}/tilgang", revision=revision(ada.get(AT)), **form)[0] == 303

    for page in (ada.get(AT), ada.get(f"{AT}/publiser")):
        assert f"Verge kan nå lese og fylle ut «{name}»" in page
        assert f"kan ikke lenger fylle ut «{name}»" in page
        assert "skrevet på en annen måte" not in page


def test_rules_that_say_the_same_otherwise_are_not_told_as_a_change_of_access() -> None:
    policy = ESTATE.files["policy.xml"]
    rewritten = Bundle(
        ESTATE.key, {**ESTATE.files, "policy.xml": policy.replace(b"<Target/>", b"<Target></Target>") + b"\n"}
    )
    assert [text for text, _ in differences(ESTATE, rewritten)] == ["diff.policy"]
    turned = Bundle(ESTATE.key, access.let(ESTATE.files, ESTATE.key, "Declare", "verge", "sign", True))
    assert [(text, values["actions"]) for text, values in differences(ESTATE, turned)] == [
        ("diff.access_gained", ("read", "sign"))
    ]
    back = [(text, values["actions"]) for text, values in differences(turned, ESTATE)]
    assert back == [("diff.access_lost", ("read", "sign"))]
