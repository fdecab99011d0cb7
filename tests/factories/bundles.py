"""Small bundles for tests, written as BPMN."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypedDict

from engine.workflow.definitions.bundle import Bundle

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:altinn="http://altinn.no/process" '
    'xmlns:ib="http://ibalanse.no/process" targetNamespace="t">'
)
POLICY = b"""<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0"
 RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>
<Rule RuleId="r" Effect="Permit"><Target><AnyOf><AllOf><Match
 MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue
 DataType="http://www.w3.org/2001/XMLSchema#string">priv</AttributeValue><AttributeDesignator
 AttributeId="urn:altinn:rolecode" Category="urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
 DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf></AnyOf></Target></Rule>
</Policy>"""


def policy(*roles: str) -> bytes:
    """A policy that permits these roles everything."""
    rule = POLICY.decode().split("<Target/>\n")[1].split("</Policy>")[0]
    rules = "".join(rule.replace('"r"', f'"{role}"').replace(">priv<", f">{role}<") for role in roles)
    return (POLICY.decode().split("<Target/>\n")[0] + "<Target/>\n" + rules + "</Policy>").encode()


def assigned(performer: str, **settings: str) -> str:
    """Extension elements of a user task: who does it, and by when (attributes of ``ib:assignment``)."""
    attributes = "".join(f' {name}="{value}"' for name, value in settings.items())
    return f'<extensionElements><ib:assignment performer="{performer}"{attributes}/></extensionElements>'


def bpmn(body: str, *, process: str = "p", head: str = "") -> bytes:
    """A BPMN file around the inside of one process."""
    return f'{HEAD}{head}<process id="{process}" isExecutable="true">{body}</process></definitions>'.encode()


def flow(source: str, target: str, condition: str = "") -> str:
    """One sequence flow named after its ends."""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def line(*ids: str) -> str:
    """Flows from each to the next."""
    return "".join(flow(a, b) for a, b in zip(ids, ids[1:], strict=False))


def job(task_type: str, **config: str) -> str:
    """Extension elements of a service task with a task type."""
    settings = "".join(f'<ib:config name="{name}">{value}</ib:config>' for name, value in config.items())
    return (
        "<extensionElements><altinn:taskExtension><altinn:taskType>"
        f"{task_type}</altinn:taskType></altinn:taskExtension>{settings}</extensionElements>"
    )


class BundleOptions(TypedDict, total=False):
    """What ``bundle`` may be told beside the inside of the process, for those who hand it on."""

    key: str
    head: str
    metadata: Mapping[str, object] | None
    roles: tuple[str, ...]


def bundle(
    body: str,
    *,
    key: str = "p",
    head: str = "",
    metadata: Mapping[str, object] | None = None,
    roles: tuple[str, ...] = ("priv",),
) -> Bundle:
    """A bundle with this process and a policy open to *roles*: the owner, unless told otherwise."""
    files = {
        "process.bpmn": bpmn(body, process=key, head=head),
        "metadata.json": json.dumps(metadata or {}).encode(),
        "policy.xml": policy(*roles),
    }
    return Bundle(key, files)
