"""How often a step is done: once, for each of a list, a number of times, or again while a condition holds."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.studio.bpmn_editor.document import BPMN, IB, EditRefused, drop, insert_child
from engine.studio.bpmn_editor.setting_paths import EXTENSIONS, write
from engine.studio.bpmn_editor.values import expression, flag, number


def loop(step: etree._Element) -> dict[str, str]:
    """loop: "" | each | each_in_turn | times | while"""
    many, again = (step.find(f"{BPMN}{tag}LoopCharacteristics") for tag in ("multiInstance", "standard"))
    found = dict.fromkeys(
        (
            "loop",
            "loop_over",
            "loop_item",
            "loop_times",
            "loop_until",
            "loop_max",
            "loop_before",
            "loop_collect",
            "loop_output",
        ),
        "",
    )
    if again is not None:
        found["loop"] = "while"
        found["loop_until"] = again.findtext(f"{BPMN}loopCondition", "").strip()
        found["loop_max"] = again.get("loopMaximum", "")
        found["loop_before"] = again.get("testBefore", "")
    elif many is not None:
        found["loop"] = "each_in_turn" if many.get("isSequential") in ("true", "1") else "each"
        collection = many.find(f"{BPMN}{EXTENSIONS}/{IB}collection")
        output = many.find(f"{BPMN}{EXTENSIONS}/{IB}output")
        if collection is not None:
            found["loop_over"] = (collection.text or "").strip()
            found["loop_item"] = collection.get("item", "")
        if output is not None:
            found["loop_collect"], found["loop_output"] = output.get("collection", ""), (output.text or "").strip()
        found["loop_times"] = many.findtext(f"{BPMN}loopCardinality", "").strip()
        found["loop_until"] = many.findtext(f"{BPMN}completionCondition", "").strip()
    return found


def write_loop(step: etree._Element, values: Mapping[str, str]) -> None:
    for name in ("loop_over", "loop_until", "loop_output", "loop_times"):
        expression(values[name], name)
    many, again = (step.find(f"{BPMN}{tag}LoopCharacteristics") for tag in ("multiInstance", "standard"))
    kind = values["loop"]
    if again is not None and kind != "while":
        drop(again)
    if many is not None and kind in ("", "while"):
        drop(many)
    if kind == "while":
        if not values["loop_until"] and not values["loop_max"]:
            raise EditRefused("edit.loop_end", "loop_until")
        again = again if again is not None else insert_child(step, etree.Element(f"{BPMN}standardLoopCharacteristics"))
        number(values["loop_max"], "loop_max")
        write(again, "@loopMaximum", values["loop_max"])
        write(again, "@testBefore", flag(values["loop_before"], "loop_before"))
        write(again, "loopCondition", values["loop_until"])
    elif kind:
        if not values["loop_over"] and not values["loop_times"]:
            raise EditRefused("edit.loop_items", "loop_over")
        if many is None:
            many = insert_child(step, etree.Element(f"{BPMN}multiInstanceLoopCharacteristics"))
        write(many, "@isSequential", "true" if kind == "each_in_turn" else "")
        write(many, f"{EXTENSIONS}/ib:collection", values["loop_over"])
        write(many, f"{EXTENSIONS}/ib:collection/@item", (values["loop_item"] or "item") if values["loop_over"] else "")
        write(many, f"{EXTENSIONS}/ib:output", values["loop_output"])
        write(many, f"{EXTENSIONS}/ib:output/@collection", values["loop_collect"] if values["loop_output"] else "")
        write(many, "loopCardinality", values["loop_times"])
        write(many, "completionCondition", values["loop_until"])
