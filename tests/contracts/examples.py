"""Calls of the command, good and bad, with what stands in for what differs: ``{case}``, ``{tmp}`` and the like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.contracts.observation import ROOT, merged, shape

BPMN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="p" isExecutable="true"><startEvent id="s"/><userTask id="u"/>
<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
<scriptTask id="x" scriptFormat="text/plain"><script>x</script></scriptTask><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="u"/><sequenceFlow id="b" sourceRef="u" targetRef="t"/>
<sequenceFlow id="c" sourceRef="t" targetRef="x"/><sequenceFlow id="d" sourceRef="x" targetRef="e"/>
</process></definitions>
"""
STIMULI = [{"start": {"variables": {"n": 1}}}, {"complete": "u", "variables": {"done": True}}, {"advance": "PT1H"}]
BIND = {"x": {"set": {"y": ["plus", 1, 2]}, "mark": "seen"}}

#: Name → call. Those of ``DATABASE`` run on a copy of the old database each.
PLAIN: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "unknown command": ("conjure",),
    "unknown option": ("check", "{good}", "--sideways"),
    "check": ("check", "{good}"),
    "check as JSON": ("check", "{bad}", "--json"),
    "check a bundle": ("check", "processes/advice"),
    "check a bundle as JSON": ("check", "processes/advice", "--json"),
    "check what has errors": ("check", "{bad}"),
    "check what is not there": ("check", "{tmp}/none.bpmn"),
    "check what is no XML": ("check", "{text}"),
    "run": ("run", "{good}"),
    "run with stimuli": ("run", "{good}", "--stimuli", "{stimuli}", "--bind", "{bind}", "--json"),
    "run with conditions": ("run", "{good}", "--conditions", "simple", "--process", "p", "--max-steps", "100"),
    "run a bundle": ("run", "processes/callback"),
    "run what is not there": ("run", "{tmp}/none.bpmn"),
    "run what has errors": ("run", "{bad}"),
    "run with bad stimuli": ("run", "{good}", "--stimuli", "{text}"),
    "run with no steps": ("run", "{good}", "--max-steps", "0"),
    "run another process": ("run", "{good}", "--process", "q"),
    "run with other conditions": ("run", "{good}", "--conditions", "feel"),
    "draw": ("draw", "processes/consent"),
    "draw into a file": ("draw", "{good}", "--output", "{tmp}/out.svg"),
    "draw another process": ("draw", "{good}", "--process", "q"),
    "estimate tax": ("estimate", "tax", "--year", "2026", "--profit", "600 000,50", "--paid", "100000", "--json"),
    "estimate tax in words": ("estimate", "tax", "--year", "2026", "--wages", "500000"),
    "estimate tax of nothing": ("estimate", "tax", "--year", "2026"),
    "estimate tax of another year": ("estimate", "tax", "--year", "1990", "--profit", "1"),
    "estimate tax of no amount": ("estimate", "tax", "--year", "2026", "--profit", "much"),
    "estimate vat": ("estimate", "vat", "--year", "2026", "--sales", "250000", "--purchases", "50000", "--json"),
    "estimate vat by year": ("estimate", "vat", "--year", "2026", "--sales", "1000", "--period", "annual", "--json"),
    "estimate vat at no rate": ("estimate", "vat", "--year", "2026", "--sales", "1000", "--rate", "high"),
}
DATABASE: dict[str, tuple[str, ...]] = {
    "prepare": ("prepare",),
    "deploy": ("deploy", "docs/examples/guardianship_status", "--json"),
    "deploy in words": ("deploy", "docs/examples/guardianship_status"),
    "deploy what is no bundle": ("deploy", "docs"),
    "versions": ("versions", "--json"),
    "versions of one": ("versions", "vergemal", "--json"),
    "versions in words": ("versions",),
    "versions of none": ("versions", "none"),
    "migrate dry": ("migrate", "vergemal", "--from", "2", "--to", "latest", "--dry-run", "--json"),
    "migrate dry, not all": (
        "migrate",
        "vergemal",
        "--from",
        "2",
        "--to",
        "3",
        "--map",
        "Handle=",
        "--dry-run",
        "--json",
    ),
    "migrate": ("migrate", "vergemal", "--from", "2", "--to", "3", "--reason", "new", "--json"),
    "migrate nothing": ("migrate",),
    "migrate to itself": ("migrate", "vergemal", "--from", "2", "--to", "2"),
    "migrate to no version": ("migrate", "vergemal", "--from", "2", "--to", "9"),
    "undo no batch": ("migrate", "--undo", "none"),
    "case": ("case", "show", "{case}", "--json"),
    "case in words": ("case", "show", "{case}"),
    "case that is not there": ("case", "show", "2001-0001"),
    "suspend": ("case", "suspend", "{case}", "--reason", "looked into", "--json"),
    "suspend without a reason": ("case", "suspend", "{case}"),
    "suspend twice": ("case", "suspend", "{suspended}", "--reason", "again"),
    "resume": ("case", "resume", "{suspended}", "--json"),
    "cancel": ("case", "cancel", "{case}", "--reason", "wrong person", "--json"),
    "modify": ("case", "modify", "{everything}", "--cancel", "wanted", "--start", "plain", "--reason", "x", "--json"),
    "modify what is not there": ("case", "modify", "{everything}", "--cancel", "none", "--reason", "x"),
    "modify with no JSON": ("case", "modify", "{everything}", "--set", "a=b", "--reason", "x"),
    "history of instances": ("history", "instances", "--json"),
    "history of few instances": ("history", "instances", "--limit", "1", "--json"),
    "history of too many": ("history", "instances", "--limit", "0"),
    "history of elements": ("history", "elements", "{case}", "--json"),
    "history of no case": ("history", "elements", "2001-0001"),
    "incidents": ("incidents", "list", "--json"),
    "incidents in words": ("incidents", "list"),
    "retry": ("incidents", "retry", "--all", "--json"),
    "skip": ("incidents", "skip", "--all", "--reason", "by hand", "--json"),
    "skip without a reason": ("incidents", "skip", "--all"),
    "retry nothing": ("incidents", "retry"),
    "batch": ("batch", "suspend", "--process", "vergemal", "--reason", "law", "--json"),
    "batch dry": ("batch", "cancel", "--everything", "--reason", "x", "--dry-run", "--json"),
    "batch later": ("batch", "retry", "--everything", "--later", "--json"),
    "batch of nothing": ("batch", "suspend", "--reason", "x"),
    "batch list": ("batch", "list", "--json"),
    "batch show": ("batch", "show", "{batch}", "--json"),
    "batch show none": ("batch", "show", "none"),
    "batch run": ("batch", "run", "{batch}", "--json"),
    "verify-audit": ("verify-audit", "--json"),
    "verify-audit in words": ("verify-audit",),
    "purge-expired": ("purge-expired", "--json"),
    "export": ("export", "{case}"),
    "export into a file": ("export", "--all", "--out", "{tmp}/out.jsonl", "--json"),
    "export nothing": ("export",),
    "export no case": ("export", "2001-0001"),
    "import what is none": ("import", "{text}"),
    "import what is not there": ("import", "{tmp}/none.jsonl"),
    "worker status": ("worker", "--status", "--json"),
    "worker of another queue": ("worker", "--queues", "fast"),
    "metrics": ("metrics", "--print"),
    "metrics without a port": ("metrics",),
}


def values(tmp: Path, told: Mapping[str, Any]) -> dict[str, str]:
    """What the calls name, made in *tmp* or found in the old database."""
    (tmp / "good.bpmn").write_text(BPMN)
    (tmp / "bad.bpmn").write_text(BPMN.replace('targetRef="e"', 'targetRef="nowhere"'))
    (tmp / "text.txt").write_text("this is text\n")
    (tmp / "stimuli.json").write_text(json.dumps(STIMULI))
    (tmp / "bind.json").write_text(json.dumps(BIND))
    cases = told["cases"]
    return {
        "tmp": str(tmp),
        "good": str(tmp / "good.bpmn"),
        "bad": str(tmp / "bad.bpmn"),
        "text": str(tmp / "text.txt"),
        "stimuli": str(tmp / "stimuli.json"),
        "bind": str(tmp / "bind.json"),
        "case": cases["in advice"]["number"],
        "suspended": cases["suspended"]["number"],
        "everything": cases["everything at rest"]["number"],
        "batch": told["batch"],
    }


def call(argv: tuple[str, ...], named: Mapping[str, str]) -> list[str]:
    """The words of a call. A path of the repository is made whole, so that it holds from anywhere."""
    filled = [word.format_map(named) if "{" in word else word for word in argv]
    return [str(ROOT / word) if word.startswith(("processes/", "docs")) else word for word in filled]


def outcome(status: int, out: str, err: str) -> dict[str, Any]:
    """What others rely on in an answer: the status, where the words went, and the keys of what is JSON."""
    found: dict[str, Any] = {"status": status, "answers": bool(out.strip())}
    if status == 2:
        found["says why"] = bool(err.strip())
    lines = [line for line in out.splitlines() if line.startswith(("{", "["))]
    if lines and len(lines) == len(out.splitlines()):
        shapes = [shape(json.loads(line)) for line in lines]
        found["lines" if len(lines) > 1 else "json"] = merged(shapes)
    return found
