"""Read XML that a stranger wrote: no DOCTYPE, no entities, no network, bounded in every direction."""

from __future__ import annotations

from lxml import etree

MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 100_000
MAX_ATTRIBUTES = 100


class BpmnSyntaxError(Exception):
    """The file cannot be read as BPMN. ``line`` is 0 when unknown."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.message = message
        self.line = line


def read_xml(data: bytes, *, max_bytes: int = MAX_BYTES) -> etree._Element:
    """The root element. Raises ``BpmnSyntaxError`` for what is malformed, hostile or too large."""
    if len(data) > max_bytes:
        raise BpmnSyntaxError(f"the file has {len(data)} bytes, at most {max_bytes} are read")
    if b"<!DOCTYPE" in data or "<!DOCTYPE".encode("utf-16-le") in data or "<!DOCTYPE".encode("utf-16-be") in data:
        raise BpmnSyntaxError("a DOCTYPE is not allowed")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BpmnSyntaxError(f"not well-formed XML: {error.msg}", error.lineno or 0) from None
    if root.getroottree().docinfo.doctype:
        raise BpmnSyntaxError("a DOCTYPE is not allowed")
    for count, element in enumerate(root.iter()):
        if count > MAX_ELEMENTS:
            raise BpmnSyntaxError(f"more than {MAX_ELEMENTS} XML elements")
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise BpmnSyntaxError(f"more than {MAX_ATTRIBUTES} attributes", element.sourceline or 0)
    return root
