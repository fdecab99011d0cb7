"""Every page somebody can come to by links, each kind of page once."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import parse_qsl, urlsplit

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import AXE, Person

#: What is one's own in an address: ids, numbers, and which process it is about.
_OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b20\d\d-\d{6}\b|\d+|(?<=^/prosesser/)[a-z_]+|(?<=/steg/)\w+")
#: Parts of a query whose value makes another page of it, and those that only choose what is listed.
_TELLS = ("fane",)
_CHOOSES = ("visning", "sorter", "synkende", "ansvarlig", "etter", "for")
#: Files, and what ends the session or changes the language of it.
_NO_PAGE = re.compile(r"\.(csv|pdf|zip|svg|png|json|bpmn|xml)$|/logg-?ut|/ut\b|/filer/|/eksport|/last-?ned|/pdf$")


def kind_of(address: str) -> str:
    """What kind of page an address is: ids, numbers, and most values of its query left out."""
    parts = urlsplit(address)
    asked = [(name, value) for name, value in parse_qsl(parts.query) if name not in _CHOOSES]
    names = "&".join(sorted(f"{name}={value}" if name in _TELLS else name for name, value in asked))
    return _OWN.sub("*", parts.path) + (f"?{names}" if names else "")


def crawl(who: Person, *starts: str, most: int = 200) -> tuple[list[str], list[str]]:
    """Open every kind of page that is linked to. Returns the kinds seen and everything that is wrong with any.

    Wrong is an answer of 400 or more, a violation axe finds, or a page that scrolls sideways.
    """
    waiting = deque(f"{who.url}{path}" for path in starts)
    seen: dict[str, str] = {}
    wrong: list[str] = []
    while waiting and len(seen) < most:
        address = waiting.popleft()
        kind = kind_of(address)
        if kind in seen:
            continue
        seen[kind] = address
        answer = who.page.goto(address)
        if answer is None or answer.status >= 400:
            wrong.append(f"{kind}: answers {answer and answer.status}")
            continue
        wrong += [f"{kind}: {fault}" for fault in faults(who)]
        for href in who.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            target = href.partition("#")[0]
            if target.startswith(who.url) and not _NO_PAGE.search(urlsplit(target).path):
                waiting.append(target)
    return list(seen), wrong


def faults(who: Person) -> list[str]:
    """What is wrong with the page that is open."""
    found = [
        f"{one['id']} {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in Axe().run(who.page, options=AXE).response["violations"]
    ]
    if not who.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append("scrolls sideways")
    return found
