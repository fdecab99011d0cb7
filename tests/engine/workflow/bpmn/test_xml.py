"""XML that a stranger wrote is bounded in every direction and can reach nothing."""

from __future__ import annotations

import pytest

from engine.workflow.bpmn.xml import MAX_ATTRIBUTES, MAX_ELEMENTS, BpmnSyntaxError, read_xml

LAUGHS = b"""<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""
OUTSIDE = b"""<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>"""


@pytest.mark.parametrize("data", [LAUGHS, OUTSIDE, b'<!DOCTYPE d SYSTEM "http://localhost/x.dtd"><d/>'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused_in_any_encoding(data: bytes, encoding: str) -> None:
    with pytest.raises(BpmnSyntaxError, match="DOCTYPE"):
        read_xml(data.decode().encode(encoding))


def test_an_undeclared_entity_is_refused() -> None:
    with pytest.raises(BpmnSyntaxError, match="not well-formed"):
        read_xml(b"<d>&nothing;</d>")


def test_a_file_over_the_limit_is_not_read() -> None:
    read_xml(b"<d/>", max_bytes=4)

    with pytest.raises(BpmnSyntaxError, match="at most 4"):
        read_xml(b"<dd/>", max_bytes=4)


def test_too_many_elements_are_refused() -> None:
    with pytest.raises(BpmnSyntaxError, match="XML elements"):
        read_xml(b"<d>" + b"<e/>" * (MAX_ELEMENTS + 1) + b"</d>")


def test_too_many_attributes_are_refused() -> None:
    attributes = " ".join(f'a{i}=""' for i in range(MAX_ATTRIBUTES + 1))

    with pytest.raises(BpmnSyntaxError, match="attributes"):
        read_xml(f"<d {attributes}/>".encode())


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(BpmnSyntaxError):
        read_xml(b"<d>" * 10_000 + b"</d>" * 10_000)


def test_a_fault_names_its_line() -> None:
    with pytest.raises(BpmnSyntaxError) as caught:
        read_xml(b"<d>\n<e>\n</d>")

    assert caught.value.line == 3


def test_comments_and_instructions_are_left_out() -> None:
    root = read_xml(b"<d>a<!-- x -->b<?run me?>c</d>")

    assert root.text == "abc"
    assert len(root) == 0


def test_a_tag_of_several_lines_is_told_by_its_first() -> None:
    root = read_xml(b'<a\n  b="1"\n  c="2">\n <d\n  e="3"/>\n</a>')

    assert [element.sourceline for element in root.iter()] == [1, 4]


def test_a_text_that_speaks_of_a_doctype_is_no_doctype() -> None:
    assert read_xml(b"<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE html>]]></a>").text == "<!DOCTYPE html>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "iso-8859-1", "windows-1252"])
def test_a_doctype_is_refused_in_every_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE a [<!ENTITY x "y">]>\n<a b="&x;"/>'

    with pytest.raises(BpmnSyntaxError, match="DOCTYPE"):
        read_xml(text.encode(encoding))
