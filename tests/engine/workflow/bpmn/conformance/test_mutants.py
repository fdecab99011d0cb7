"""A model with anything dropped, doubled, moved or overwritten is still answered with a report, never a traceback."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.cli.capabilities import CAPABILITIES
from engine.workflow.bpmn.report import findings_report
from tests.engine.workflow.bpmn.conformance.cases import CASES, file
from tests.factories.sampling import examples

#: Every kept case in one file of its own: between them every element the rules know.
SEEDS = [etree.fromstring(file(stored_case)) for _, _, stored_case in CASES.values()]
WORDS = ("", " ", "x", "true", "-1", "9" * 30, "a:b", "::", "${x}", '["a"', "PT5M", "☃", "٣", "²")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("drop", "double", "move", "unset", "set", "text", "rename")),
        st.integers(0, 200),
        st.integers(0, 200),
        st.sampled_from(WORDS),
    ),
    min_size=1,
    max_size=6,
)


def mutate(root: etree._Element, step: tuple[str, int, int, str]) -> None:
    kind, first, second, word = step
    nodes = list(root.iter())
    node, other = nodes[first % len(nodes)], nodes[second % len(nodes)]
    if kind == "text":
        node.text = word
    elif kind == "rename":
        node.tag = other.tag
    elif kind in ("set", "unset") and node.attrib:
        name = sorted(node.attrib)[second % len(node.attrib)]
        if kind == "set":
            node.set(name, word)
        else:
            del node.attrib[name]
    elif node.getparent() is not None:
        if kind == "drop":
            node.getparent().remove(node)
        elif kind == "double":
            node.addnext(copy.deepcopy(node))
        elif kind == "move" and node not in (other, *other.iterancestors()):
            other.append(node)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutants") / "x.bpmn"


@settings(max_examples=examples(300), suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, len(SEEDS) - 1), steps=STEPS)
def test_every_mutant_gets_a_report(place: Path, seed: int, steps: list[tuple[str, int, int, str]]) -> None:
    root = copy.deepcopy(SEEDS[seed])
    for step in steps:
        mutate(root, step)
    place.write_bytes(etree.tostring(root))

    for row in findings_report(place, CAPABILITIES):
        assert row["severity"] in ("error", "warning", "unsupported")
        assert row["rule"] and row["message"]
