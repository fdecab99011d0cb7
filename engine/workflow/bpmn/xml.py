"""Read XML that a stranger wrote: no DOCTYPE, no entities, no network, bounded in every direction.

The file is read twice: expat looks at it first, because it meets a DOCTYPE
before anything in it can act, in every encoding, and because it knows on which
line a tag begins; lxml, which builds the tree, only knows where the tag ends.
"""

from __future__ import annotations

from xml.parsers import expat

from lxml import etree

#: The namespaces of a bundle's diagram, as lxml writes them before a name.
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ALTINN = "{http://altinn.no/process}"
IB = "{http://ibalanse.no/process}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 100_000
MAX_ATTRIBUTES = 100
#: lxml cannot be told of a later line; beyond it a tag keeps the line of its end
_LAST_LINE = 65_535
_DOCTYPE = "a DOCTYPE is not allowed"


class BpmnSyntaxError(Exception):
    """The file cannot be read as BPMN. ``line`` is 0 when unknown."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.message = message
        self.line = line


def read_xml(data: bytes, *, max_bytes: int = MAX_BYTES, max_elements: int = MAX_ELEMENTS) -> etree._Element:
    """The root element, its lines those where tags begin.

    Raises ``BpmnSyntaxError`` for what is malformed, hostile or too large.
    """
    if len(data) > max_bytes:
        raise BpmnSyntaxError(f"the file has {len(data)} bytes, at most {max_bytes} are read")
    lines = _Scan(max_elements).of(data)
    if lines is None and any("<!DOCTYPE".encode(code) in data for code in ("utf-8", "utf-16-le", "utf-16-be")):
        raise BpmnSyntaxError(_DOCTYPE)
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
        raise BpmnSyntaxError(_DOCTYPE)
    elements = list(root.iter())
    if len(elements) > max_elements:
        raise BpmnSyntaxError(f"more than {max_elements} XML elements")
    for element, line in zip(elements, lines or [0] * len(elements), strict=False):
        if 0 < line <= _LAST_LINE and line != element.sourceline:
            element.sourceline = line
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise BpmnSyntaxError(f"more than {MAX_ATTRIBUTES} attributes", element.sourceline or 0)
    return root


class _Scan:
    """One look at the file before a tree is built."""

    def __init__(self, max_elements: int) -> None:
        self.max_elements = max_elements
        self.lines: list[int] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.element
        self.parser.StartDoctypeDeclHandler = self.doctype

    def of(self, data: bytes) -> list[int] | None:
        """The line of every start tag in document order, or ``None`` when expat cannot read the file."""
        try:
            self.parser.Parse(data, True)
        except (expat.ExpatError, LookupError, ValueError):
            return None
        return self.lines

    def element(self, _name: str, _attributes: dict[str, str]) -> None:
        self.lines.append(self.parser.CurrentLineNumber)
        if len(self.lines) > self.max_elements:
            raise BpmnSyntaxError(f"more than {self.max_elements} XML elements", self.lines[-1])

    def doctype(self, *_: object) -> None:
        raise BpmnSyntaxError(_DOCTYPE, self.parser.CurrentLineNumber)
