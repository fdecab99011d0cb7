"""Every page somebody can come to by links, each kind of page once."""

from __future__ import annotations

from collections import deque
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import AXE, Person
from tests.factories.html import run_together
from tests.factories.links import NO_PAGE, kind_of


def crawl(who: Person, *starts: str, most: int = 200) -> tuple[list[str], list[str]]:
    """Open every kind of page that is linked to. Returns the kinds seen and everything that is wrong with any.

    Wrong is an answer of 400 or more, a violation axe finds, words without a space between them, or a page that
    scrolls sideways.
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
            if target.startswith(who.url) and not NO_PAGE.search(urlsplit(target).path):
                waiting.append(target)
    return list(seen), wrong


def faults(who: Person) -> list[str]:
    """What is wrong with the page that is open."""
    found = [
        f"{one['id']} {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in Axe().run(who.page, options=AXE).response["violations"]
    ]
    found += [f"runs together: {words}" for words in run_together(who.page.content())]
    if not who.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append("scrolls sideways")
    return found
