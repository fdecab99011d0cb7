"""The real product in real processes, and a real browser in front of it."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from engine.platform.settings import Settings
from engine.workflow.jobs.valkey import socket_url
from engine.workflow.jobs.wakeup import connect

TODAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Debian's names. The first is Chromium without the parts that only a desktop shows: a third less work.
BROWSERS = ("chromium-headless-shell", "chromium")
#: Milliseconds to wait for what must come: long, since what is slow on a busy machine is not wrong.
WAIT = 120_000
#: Seconds to wait for what more than one process takes part in: a start, a source's answer, a worker's job.
SLOW = 300.0
expect.set_options(timeout=WAIT)
#: What the browser says when a page that renews itself did so while another was asked for.
RENEWING = ("ERR_ABORTED", "interrupted by another navigation", "frame was detached")
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what is well is not told, which halves the time
}


#: Below those the system gives to connections, so that none takes the port before the server that is to have it.
#: Each test process begins at another place.
_PORTS = (15_000 + (97 * os.getpid() + number) % 17_000 for number in itertools.count())


def free_port() -> int:
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


class Product:
    """``ibalanse serve`` on ports of its own, with the clock at *today* where the data folder has none yet."""

    def __init__(self, data: Path, today: datetime = TODAY, **settings: str) -> None:
        self.data = data
        self.url = f"http://localhost:{free_port()}"
        self.sandbox_url = f"http://localhost:{free_port()}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")},
            "IBALANSE_DATA": str(data),
            "IBALANSE_BASE_URL": self.url,
            "IBALANSE_SANDBOX_URL": self.sandbox_url,
            **settings,
        }
        self.log = (data / "serve.log").open("ab")
        clock = data / "sandbox" / "clock"
        if not clock.exists():  # the figures of law are those of 2026: the tests live on that day, whenever they run
            clock.parent.mkdir(parents=True, exist_ok=True)
            clock.write_text(str((today - datetime.now(UTC)).total_seconds()))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "wsgi", "serve"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until everything answers, as after a start or when one of the processes is started again."""
        assert self.process is not None
        until = time.monotonic() + SLOW
        while time.monotonic() < until:
            try:
                health = requests.get(f"{self.url}/health/ready", timeout=10).json()
                if health["status"] == "ready" and requests.get(self.sandbox_url, timeout=10).ok:
                    return
            except requests.RequestException:
                pass
            assert self.process.poll() is None, self._said()
            time.sleep(0.1)
        raise RuntimeError(f"the product did not answer: {self._said()}")

    def _said(self) -> str:
        return (self.data / "serve.log").read_text()[-3000:]

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.log.close()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "wsgi", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SLOW,
            check=False,
        )

    def kill(self, what: str) -> int:
        """kill -9 on every child whose command line holds *what*, and what it forked. Returns how many died."""
        assert self.process is not None
        listed = subprocess.run(["ps", "-eo", "pid,sid,args"], capture_output=True, text=True, check=True).stdout
        killed = 0
        for row in listed.splitlines()[1:]:
            pid, sid, command = row.split(None, 2)
            if int(sid) == self.process.pid != int(pid) and what in command:
                os.kill(int(pid), signal.SIGKILL)
                killed += 1
        return killed

    def kill_valkey(self) -> int:
        """kill -9 on the embedded server, which has a session of its own."""
        with connect(socket_url(Settings.from_env(self.environment))) as client:
            os.kill(int(client.info()["process_id"]), signal.SIGKILL)
        return 1

    def move_clock(self, days: int) -> None:
        """As somebody would on the sandbox's own page."""
        answer = requests.post(f"{self.sandbox_url}/klokke/", data={"days": str(days), "hours": "0"}, timeout=60)
        answer.raise_for_status()

    def fault(self, source: str, person: str, kind: str | None) -> None:
        address = f"{self.sandbox_url}/faults/{source}/{person}"
        session = requests.put if kind else requests.delete
        answer = session(address, json={"kind": kind} if kind else None, timeout=60)
        answer.raise_for_status()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running product per test module, on an empty SQLite database, with as many processes as one person needs."""
    running = Product(tmp_path_factory.mktemp("product"), IBALANSE_WEB_WORKERS="1", IBALANSE_WORKERS="1")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        message = f"Chromium is not installed: sudo apt-get install {BROWSERS[0]}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


class Person:
    """Somebody at a browser window, who counts presses and hears every complaint of the console."""

    def __init__(self, browser: Browser, product: Product, *, width: int = 1280, javascript: bool = True) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 1000},
            locale="nb-NO",
            timezone_id="Europe/Oslo",
            reduced_motion="reduce",
            java_script_enabled=javascript,
        )
        self.javascript = javascript
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT)
        self.url = product.url
        self.presses = 0
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        if re.search(r"status of 4\d\d", text):
            return  # pages that say what must be put right, or that no is the answer; the tests read them
        if getattr(message, "type", "") == "error" and self.url in getattr(message, "location", {}).get("url", ""):
            self.complaints.append(text)

    def press(self, name: str, role: str = "button") -> None:
        self.presses += 1
        self.page.get_by_role(role, name=name, exact=False).first.click()  # type: ignore[arg-type]

    def tick(self, label: str) -> None:
        self.presses += 1
        self.page.get_by_label(label, exact=False).first.check()

    def go(self, path: str) -> None:
        """To the address; again while the page that is left is just renewing itself."""
        for last in (False, False, False, False, True):
            try:
                self.page.goto(f"{self.url}{path}")
                return
            except PlaywrightError as error:
                if last or not any(word in str(error) for word in RENEWING):
                    raise

    def log_in(self, name: str, *, staff: bool = False) -> None:
        if staff:
            self.go("/ansatt/logg-inn")
        else:
            self.go("/")
            self.press("Logg inn med ID-porten", "link")
        self.press(name)
        self.page.wait_for_url(f"{self.url}/**")

    def check_page(self) -> None:
        """No axe violation, no sideways scroll, first Tab on the skip link."""
        if not self.javascript:
            return  # axe is a script itself; the pages are the same
        found = Axe().run(self.page, options=AXE).response["violations"]
        assert not found, [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"

    def picture(self, name: str) -> None:
        """Keep the page as a picture in tests/artefacts, where the run wants pictures: ``PICTURES=1``."""
        if not self.javascript or not os.environ.get("PICTURES"):
            return
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=str(ARTEFACTS / f"{name}.png"), full_page=True)

    def leave(self) -> None:
        self.context.close()


@pytest.fixture
def person(browser: Browser, product: Product) -> Iterator[Callable[..., Person]]:
    """Makes persons; every one of them must leave without a complaint in the console."""
    everyone: list[Person] = []

    def make(**options: int | bool) -> Person:
        everyone.append(Person(browser, product, **options))  # type: ignore[arg-type]
        return everyone[-1]

    yield make
    for one in everyone:
        one.leave()
    assert [c for one in everyone for c in one.complaints] == []
