"""A test run of a process that sends a letter and calls out: nothing leaves the room, and every fault can be tried."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from engine.advice.task_types import task_type_registry
from engine.workflow.definitions.bundle import Bundle
from tests.engine.web.test_studio import Administrator, ada, app
from tests.factories.bundles import bundle, flow, job, line
from tests.processes.conftest import Product, product

__all__ = ["ada", "app", "product"]
LETTER = {
    "id": "receipt",
    "title": {"nb": "Kvittering", "nn": "Kvittering", "en": "Receipt"},
    "body": {"nb": "Hei {citizen}, sak {number}.", "nn": "Hei {citizen}.", "en": "Dear {citizen}."},
}
CALL = {
    "target": "kommunen",
    "body.case": "fast",
    "reply.receipt": "reference",
    "reply.count": "n:number",
}
BODY = (
    f'<startEvent id="s"/><serviceTask id="c" name="Kall ut">{job("call_out", **CALL)}</serviceTask>'
    f'<serviceTask id="d" name="Brev">{job("document", template="receipt")}</serviceTask><endEvent id="e"/>'
    '<boundaryEvent id="b" attachedToRef="c"><errorEventDefinition errorRef="err"/></boundaryEvent>'
    f'<endEvent id="no" name="Nei"/>{line("s", "c", "d", "e")}{flow("b", "no")}'
)
AT = "/prosesser/kall"


@pytest.fixture
def tried(ada: Administrator, product: Product, app: Flask) -> Administrator:  # noqa: F811
    """An administrator whose draft has both jobs, and where one address is allowed."""

    class Kommunen:
        title = "Kommunens fagsystem"

        def call(self, ask: object) -> dict[str, str]:
            raise AssertionError("a test run never leaves the room")

    product.application.offers.update(task_type_registry.offers({}, {}, {"kommunen": Kommunen()}))  # type: ignore[dict-item]
    made = bundle(BODY, key="kall", head='<error id="err" errorCode="CALL_REFUSED"/>')
    texts = {
        f"texts/resource.{lang}.json": json.dumps({"language": lang, "resources": []}).encode()
        for lang in ("nb", "nn", "en")
    }
    files = Bundle("kall", {**made.files, **texts, "templates.json": json.dumps({"letters": [LETTER]}).encode()}).files
    assert ada.upload(files)[0] == 303
    return ada


def told(who: Administrator) -> str:
    page = who.get(f"{AT}/provekjoring")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def start(who: Administrator, fault: str = "") -> str:
    """Start the run anew; with *fault* let the address do that, and start again what it stopped."""
    assert who.post(f"{AT}/provekjoring/start")[0] == 303
    return told(who)


def test_both_jobs_are_done_in_the_room(tried: Administrator) -> None:
    page = start(tried)

    assert "Ferdig" in page and "Jobben «Kall ut» er gjort" in page and "Jobben «Brev» er gjort" in page
    assert "Du har fått et brev: Kvittering." in page
    assert "Kommunens fagsystem" in page, "its faults can be chosen"
    assert "Banken" in page and "dataset." not in page, "and the sources stand by their names"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("refuses", "«Kall ut» ga et avvik, og prosessen tok en annen vei"),
        ("garbage", "not_json"),
        ("empty", "reply_value_missing receipt"),
        ("silent", "Ingen oppgaver"),
    ],
)
def test_every_fault_of_the_other_side_can_be_tried(tried: Administrator, fault: str, said: str) -> None:
    held = {"days": "0", "hours": "0"}
    files = bundle(
        BODY.replace(flow("s", "c"), flow("s", "w") + flow("w", "c")).replace(
            '<endEvent id="e"/>',
            '<endEvent id="e"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>PT2H</timeDuration>'
            "</timerEventDefinition></intermediateCatchEvent>",
        ),
        key="kall",
        head='<error id="err" errorCode="CALL_REFUSED"/>',
    ).files
    letter = {"templates.json": json.dumps({"letters": [LETTER]}).encode()}
    assert tried.upload({**files, **letter}, replace="kall")[0] == 303
    start(tried)
    assert tried.post(f"{AT}/provekjoring/kilde", source="callout:kommunen", fault=fault)[0] == 303

    assert tried.post(f"{AT}/provekjoring/klokke", **{**held, "hours": "3"})[0] == 303

    page = told(tried)
    assert said in page
    assert "Du har fått et brev" not in page, "it stopped before the letter"
    if fault == "silent":
        assert tried.post(f"{AT}/provekjoring/kilde", source="callout:kommunen", fault="")[0] == 303
        assert tried.post(f"{AT}/provekjoring/klokke", **{**held, "hours": "3"})[0] == 303
        assert "Du har fått et brev: Kvittering." in told(tried)
