"""The BPMN files that are measured, written for the run."""

from __future__ import annotations

from pathlib import Path

_HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="bench">'


def _flows(ids: list[str]) -> str:
    return "".join(
        f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in zip(ids, ids[1:], strict=False)
    )


def _process(body: str) -> str:
    return f'{_HEAD}<process id="p" isExecutable="true">{body}</process></definitions>'


def line(tasks: int, kind: str = "scriptTask") -> str:
    """start → tasks → end. A script task's script does nothing: peers need one, we never run it."""
    ids = ["s", *(f"t{n}" for n in range(tasks)), "e"]
    inside = "<script>x = 1</script>" if kind == "scriptTask" else ""
    body = "".join(f'<{kind} id="{i}" name="{i}">{inside}</{kind}>' for i in ids[1:-1])
    return _process(f'<startEvent id="s"/>{body}<endEvent id="e"/>{_flows(ids)}')


def instances(count: int) -> str:
    """What makes an activity multi-instance, in parallel."""
    number = f"<loopCardinality>{count}</loopCardinality>"
    return f"<multiInstanceLoopCharacteristics>{number}</multiInstanceLoopCharacteristics>"


def many(items: int) -> str:
    """One task in *items* parallel instances."""
    task = f'<scriptTask id="t" name="t">{instances(items)}<script>x = 1</script></scriptTask>'
    return _process(f'<startEvent id="s"/>{task}<endEvent id="e"/>{_flows(["s", "t", "e"])}')


def loop(turns: int) -> str:
    """A loop drawn with gateways; ours counts the turns, the peers' script does."""
    condition = f"<conditionExpression>n &lt; {turns}</conditionExpression>"
    back = f'<sequenceFlow id="back" sourceRef="g" targetRef="m">{condition}</sequenceFlow>'
    body = (
        '<startEvent id="s"/><scriptTask id="i" name="i"><script>n = 0</script></scriptTask>'
        '<exclusiveGateway id="m"/><scriptTask id="t" name="t"><script>n = n + 1</script></scriptTask>'
        '<exclusiveGateway id="g" default="g-e"/><endEvent id="e"/>'
    )
    return _process(body + _flows(["s", "i", "m", "t", "g", "e"]) + back)


def write(directory: Path, name: str, text: str) -> str:
    path = directory / name
    path.write_text(text)
    return str(path)
