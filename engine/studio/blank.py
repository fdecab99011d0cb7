"""The smallest process one can begin from: a citizen fills in one form, a caseworker looks at it."""

from __future__ import annotations

import json
from typing import Any

from engine.studio.bpmn_editor import set_text
from engine.studio.policy_editor import allow, let_read
from engine.workflow.authorization import role_codes
from engine.workflow.definitions.bundle import Bundle

_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:altinn="http://altinn.no/process" xmlns:ib="http://ibalanse.no/process" targetNamespace="http://ibalanse.no">
  <bpmn:process id="{key}" isExecutable="true">
    <bpmn:startEvent id="Start"><bpmn:outgoing>Start_Apply</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="Apply" name="Fyll ut">
      <bpmn:extensionElements>
        <altinn:taskExtension><altinn:taskType>data</altinn:taskType></altinn:taskExtension>
        <ib:assignment performer="citizen"/><ib:stage id="mottatt"/>
      </bpmn:extensionElements>
      <bpmn:incoming>Start_Apply</bpmn:incoming><bpmn:outgoing>Apply_Handle</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="Handle" name="Behandle">
      <bpmn:extensionElements>
        <altinn:taskExtension><altinn:taskType>data</altinn:taskType></altinn:taskExtension>
        <ib:assignment performer="caseworker"/><ib:stage id="behandles"/>
      </bpmn:extensionElements>
      <bpmn:incoming>Apply_Handle</bpmn:incoming><bpmn:outgoing>Handle_End</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="End"><bpmn:incoming>Handle_End</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Start_Apply" sourceRef="Start" targetRef="Apply"/>
    <bpmn:sequenceFlow id="Apply_Handle" sourceRef="Apply" targetRef="Handle"/>
    <bpmn:sequenceFlow id="Handle_End" sourceRef="Handle" targetRef="End"/>
  </bpmn:process>
</bpmn:definitions>
"""
_POLICY = """<?xml version="1.0" encoding="UTF-8"?>
<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
    PolicyId="urn:altinn:resource:app_ibalanse_{key}:policyid:1" Version="1.0"
    RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>
"""
_STAGES = (
    ("mottatt", "Mottatt", "Motteken", "Received"),
    ("behandles", "Vi ser på saken", "Vi ser på saka", "We are looking at it"),
)
_STEPS = (("Apply", "Fyll ut", "Fyll ut", "Fill in"), ("Handle", "Behandle", "Handsam", "Handle"))


def blank(key: str, title: str, office: dict[str, str]) -> Bundle:
    """A process that runs as it stands. *office* has its cases: ``orgno`` and ``name``."""
    files: dict[str, Any] = {
        "process.bpmn": _PROCESS.format(key=key).encode(),
        "policy.xml": _POLICY.format(key=key).encode(),
        "metadata.json": _json(
            {
                "id": f"ibalanse/{key}",
                "org": "ibalanse",
                "title": dict.fromkeys(("nb", "nn", "en"), title),
                "partyTypesAllowed": {"person": True},
                "startable": ["citizen"],
                "order": 90,
                "office": office,
                "dataTypes": [_data_type("form_apply", "Apply"), _data_type("form_handle", "Handle")],
                "stages": [{"id": i, "title": {"nb": nb, "nn": nn, "en": en}} for i, nb, nn, en in _STAGES],
            }
        ),
    }
    for kind, step in (("form_apply", "Apply"), ("form_handle", "Handle")):
        files[f"models/{kind}.schema.json"] = _json(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {}}
        )
        files[f"layouts/{step}/Settings.json"] = _json({"pages": {"order": ["Side1"]}})
        files[f"layouts/{step}/Side1.json"] = _json({"data": {"layout": []}})
    for language, index in (("nb", 1), ("nn", 2), ("en", 3)):
        for row in _STEPS:
            files = set_text(files, f"task.{row[0]}", language, row[index])
        files = set_text(files, "Side1", language, {"nb": "Side 1", "nn": "Side 1", "en": "Page 1"}[language])
    files = allow(allow(files, "Apply", role_codes.OWNER, key), "Handle", role_codes.CASEWORKER, key)
    return Bundle(key, let_read(files, role_codes.CASEWORKER, key))  # whoever handles it sees what was filled in


def _data_type(kind: str, step: str) -> dict[str, Any]:
    return {"id": kind, "taskId": step, "allowedContentTypes": ["application/json"], "maxCount": 1, "minCount": 1}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
