"""What kind of page an address is of, so that each kind is opened once."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

#: What is one's own in an address: ids, numbers, and which process it is about.
_OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b20\d\d-\d{6}\b|\d+|(?<=^/prosesser/)[a-z_]+|(?<=/steg/)\w+")
#: Parts of a query whose value makes another page of it, and those that only choose what is listed.
_TELLS = ("fane",)
_CHOOSES = ("visning", "sorter", "synkende", "ansvarlig", "etter", "for")
#: Files, and what ends the session or changes the language of it.
NO_PAGE = re.compile(r"\.(csv|pdf|zip|svg|png|json|bpmn|xml)$|/logg-?ut|/ut\b|/filer/|/eksport|/last-?ned|/pdf$")


def kind_of(address: str) -> str:
    """What kind of page an address is: ids, numbers, and most values of its query left out."""
    parts = urlsplit(address)
    asked = [(name, value) for name, value in parse_qsl(parts.query) if name not in _CHOOSES]
    names = "&".join(sorted(f"{name}={value}" if name in _TELLS else name for name, value in asked))
    return _OWN.sub("*", parts.path) + (f"?{names}" if names else "")
