"""Walks that several browser tests take."""

from __future__ import annotations

import re
import time

from tests.browser.conftest import SLOW, Person


def walk_to_overview(who: Person, name: str) -> None:
    """From the landing page to the overview, pressing as little as one may. Works with and without JavaScript."""
    who.log_in(name)
    who.press("Kom i gang")
    who.tick("Alt nedenfor")
    who.tick("Ja, jeg samtykker")
    who.press("Send svaret")
    who.page.get_by_role("heading", name="Godkjenn hos kildene").wait_for()
    who.press("Gå til", "link")
    with who.page.expect_navigation():  # the next source's page has a button of the same name
        who.press("Godkjenn")
    who.press("Godkjenn")
    who.tick("Alt nedenfor")
    who.tick("Ja, jeg gir fullmakt")
    who.press("Send svaret")
    who.page.wait_for_url(re.compile("/oversikt"))


def agree_at_sources(who: Person) -> None:
    """Say yes to everything the journey asks for, and at every source's own page; on to the first task after it."""
    who.page.get_by_role("heading", name="Får iBalanse hente").wait_for()
    who.picture("consent")
    who.tick("Alt nedenfor")
    who.tick("Ja, jeg samtykker")
    who.press("Send svaret")
    who.page.get_by_role("heading", name="Godkjenn hos kildene").wait_for()
    who.press("Gå til", "link")
    with who.page.expect_navigation():  # the next source's page has a button of the same name
        who.press("Godkjenn")
    who.press("Godkjenn")
    if not who.javascript:
        settle(who)
    who.page.wait_for_url(re.compile(r"/(oppgaver/[0-9a-f-]{36}|enk|budsjett|oversikt|tiltak)"))


def settle(who: Person, seconds: float = SLOW) -> None:
    """Without JavaScript the page that waits renews itself; in a test we do."""
    began = time.monotonic()
    while "/oppgaver/neste/" in who.page.url and time.monotonic() - began < seconds:
        time.sleep(0.5)
        who.go(who.page.url.removeprefix(who.url))


def source_states(html: str) -> dict[str, str]:
    """What a page says of each source."""
    found: dict[str, str] = dict(
        re.findall(r'<li>\s*<span>([^<]+)</span>\s*<span class="ds-tag"[^>]*>([^<]+)</span>', html)
    )
    return found


def wait_until(who: Person, wanted: dict[str, str], seconds: float = SLOW) -> None:
    """Reload until every source says what *wanted* says, the others "Svart", and the overview of it is built."""
    began = time.monotonic()
    states: dict[str, str] = {}
    built = False
    while time.monotonic() - began < seconds:
        html = who.page.content()  # in one go: the page may renew itself at any moment
        states, built = source_states(html), overview_is_built(html, waits=bool(wanted))
        good = [states[name].startswith(wanted.get(name, "Svart")) for name in states]
        if len(states) == 10 and all(good) and built:
            return
        time.sleep(1)
        who.go("/oversikt")
    raise AssertionError(f"after {seconds} s: {states}, {'an' if built else 'no'} overview")


def overview_is_built(html: str, *, waits: bool) -> bool:
    """Whether a page shows an overview and, unless it *waits* for a source, does not look for a newer one."""
    return '<p class="fresh' in html and (waits or "delay:1500ms" not in html)
