"""Whatever stands in a file, every page of the studio answers: with what is wrong, never with a crash."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from engine.workflow.bpmn.parser import parse
from engine.workflow.definitions.bundle import Bundle
from tests.engine.web.test_studio import Administrator, ada, app, bea
from tests.engine.workflow.bpmn.test_drawing import anything
from tests.factories.sampling import examples
from tests.processes.conftest import product

__all__ = ["ada", "app", "bea", "product"]
AT = "/prosesser/vergemal"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'
    '<process id="vergemal" isExecutable="true">'
)


@pytest.fixture
def files(ada: Administrator) -> dict[str, bytes]:  # noqa: F811
    ada.post("/prosesser/kopi", source="", title="Vergemål")
    return dict(Bundle.unpack("vergemal", ada.client.get(f"{AT}/eksport.zip").data).files)


@given(anything())
@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_page_answers_whatever_is_drawn(ada: Administrator, files: dict[str, bytes], body: str) -> None:  # noqa: F811
    process = f"{HEAD}{body}</process></definitions>".encode()
    status, page = ada.upload({**files, "process.bpmn": process}, replace="vergemal")
    assert status == 303, page
    for tab in ("diagram", "steg", "skjemaer", "tilganger"):
        ada.get(f"{AT}?fane={tab}")
    assert ada.client.get(f"{AT}/tegn/prosess").status_code == 200
    made = parse(process).processes["vergemal"]
    for element in list(made.elements)[:5]:
        ada.get(f"{AT}/steg/{element}")
    for scope in list(made.children)[:3]:
        ada.get(f"{AT}/del/{scope}")
