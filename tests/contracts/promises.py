"""What the recorder and the tests do alike: the names that are stored, a scrape, a call on a copy of the database."""

from __future__ import annotations

import ast
import re
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.contracts import examples, observation, seam
from tests.contracts.conftest import environment, set_clock
from tests.contracts.journeys import LAST

#: Environment variables → a value that differs from the default. Those with ``None`` are read outside the settings.
SETTINGS: dict[str, str | None] = {
    "DATABASE_URL": "sqlite:////tmp/other.db",
    "REDIS_URL": "redis://other",
    "IBALANSE_ENV": "development",
    "IBALANSE_DATA": "{tmp}/other",
    "IBALANSE_KEYS": "{keys}",
    "IBALANSE_BASE_URL": "https://other.example",
    "IBALANSE_SANDBOX_URL": "http://other.example",
    "IBALANSE_ORGNO": "999888777",
    "IBALANSE_ORG_NAME": "Another",
    "IBALANSE_CLIENT_KEY": "/tmp/other.json",
    "IBALANSE_WORKERS": "7",
    "IBALANSE_WEB_WORKERS": "7",
    "IBALANSE_WEB_THREADS": "7",
    "IBALANSE_TRUSTED_PROXIES": "7",
    "IBALANSE_METRICS_PORT": "7777",
    "IBALANSE_CONSENT_REMINDER_DAYS": "7",
    "IBALANSE_FAIL_POINT": "after_claim",
    "IBALANSE_CALLOUTS": '{{"other": {{"url": "https://other.example", "title": "Another", "scope": "s"}}}}',
    "IDPORTEN_ISSUER": "https://other.example",
    "IDPORTEN_CLIENT_ID": "other",
    "IDPORTEN_ACR": "idporten-loa-substantial",
    "ANSATTPORTEN_ISSUER": "https://other.example",
    "ANSATTPORTEN_CLIENT_ID": "other",
    "ANSATTPORTEN_ACR": "substantial",
    "MASKINPORTEN_ISSUER": "https://other.example/",
    "MASKINPORTEN_CLIENT_ID": "other",
    "ALTINN_URL": "https://other.example",
    "BANK_URL": "https://other.example",
    "GJELDSREGISTER_URL": "https://other.example",
    "INKASSO_URL": "https://other.example",
    "LANEKASSEN_URL": "https://other.example",
    "SKATTEETATEN_URL": "https://other.example",
    "KARTVERKET_URL": "https://other.example",
    "BRREG_URL": "https://other.example",
    "NAV_URL": "https://other.example",
    "FOLKEREGISTERET_URL": "https://other.example",
    "DOMSTOL_URL": "https://other.example",
    "DSOP_URL": "https://other.example",
    "PROMETHEUS_MULTIPROC_DIR": None,
    "XDG_RUNTIME_DIR": None,
    "SOAK_SECONDS": None,
}
#: Texts that columns of old databases hold, where no enumeration, life cycle or registry says them.
_COLUMNS = {
    "case_file.state": ["open", "closed", "cancelled"],
    "case_file.waiting_for": ["citizen", "caseworker", "source", "other", "nobody"],
    "case_file.pause_reason": ["agency", "citizen", "court", "creditor", "other"],
    "consent_record.basis": ["consent", "mandate"],
    "share.state": ["active", "stopped"],
    "letter.state": ["draft", "sent"],
    "letter.template": ["decision"],
    "signature.answer": ["signed", "refused"],
    "note.barred": ["health", "internal", "others", "relation"],
    "case_document.kind": ["agreement", "court", "id", "income", "other", "statement"],
    "complaint.outcome": ["changed", "dismissed", "sent_on", "withdrawn"],
    "measure.kind": ["administration", "budget", "debt_agreement", "income", "other", "payment_plan", "refinancing"],
    "measure_outcome.result": ["broken", "holds", "partly", "unknown"],
    "case_link.why": ["continues", "household", "same_matter"],
    "case_draft.kind": ["note", "message", "question", "measure", "task."],
    "case_party.role": ["contact", "creditor", "guardian", "representative", "spouse"],
    "batch.action": ["cancel", "migrate", "resume", "retry", "suspend", "undo"],
    "batch.state": ["ready", "running", "stopped", "done"],
    "batch_item.state": ["pending", "done", "refused", "undone"],
    "audit_check.state": ["running", "done"],
    "due_work.state": ["due", "leased", "done", "held", "incident"],
    "subscription.kind": ["message", "signal"],
    "studio_setting.name": ["two_persons"],
    "audit_event.case_id": ["system"],
    "user_task.state": ["ready", "claimed", "completed", "cancelled"],
    "queue_view.query": ["ansvarlig", "prosess", "sorter", "steg", "synkende", "visning"],
}
#: Extension elements of ours and Altinn's, and their attributes, that the reader of BPMN knows.
EXTENSIONS = (
    "http://altinn.no/process",
    "http://ibalanse.no/process",
    "taskExtension",
    "taskType",
    "actions",
    "action",
    "gatewayExtension",
    "connectedDataTypeId",
    "assignment",
    "performer",
    "party",
    "dueAfter",
    "warnBefore",
    "followUpAfter",
    "escalate",
    "pauseStopsClock",
    "stage",
    "config",
    "input",
    "output",
    "collection",
    "item",
    "target",
    "correlationKey",
    "calledVersion",
    "retry",
    "attempts",
    "first",
    "factor",
    "longest",
    "jitter",
    "giveUpAfter",
    "waitFor",
)
#: How the name of an event ends. The recorder looks for these; what it found stays recorded.
_ENDINGS = (
    "ed",
    "en",
    "own",
    "Up",
    "Given",
    "Sent",
    "Set",
    "Near",
    "Back",
    "Out",
    "Redone",
    "Undone",
    "Done",
    "More",
    "In",
    "Begun",
)
_NOT_EVENTS = frozenset({"EditRefused"})


def stored_names() -> dict[str, list[str]]:
    """Names that lie in databases: events, places values are sealed for, texts of columns."""
    events: set[str] = {key.split(".")[1] for key in observation.text_keys() if key.startswith("event.")} - {"other"}
    places: set[str] = set()
    for file in observation.product_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(r"(?:[A-Z][a-z]+){2,}", node.value) and node.value.endswith(_ENDINGS):
                    events.add(node.value)
                if re.fullmatch(r"[a-z_]+\.[a-z]+:", node.value):
                    places.add(node.value)
    readable = sorted(key.split(".")[1] for key in observation.text_keys() if key.startswith("event."))
    return {
        "events": sorted(events - _NOT_EVENTS),
        "events with a text": sorted({name for name in readable if name != "other"}),
        "sealed places": sorted(places),
        **_COLUMNS,
    }


def call_on_database(prepared: Path, folder: Path, argv: tuple[str, ...], named: Mapping[str, str]) -> dict[str, Any]:
    """What a call answers on a copy of the database, made in *folder*."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(prepared, folder)
    set_clock(folder, LAST)
    return examples.outcome(*seam.ibalanse(*examples.call(argv, named), **environment(folder)))


def scrape(folder: Path) -> dict[str, Any]:
    """Every family Prometheus reads, on a database that has something of each."""
    with sqlite3.connect(folder / "old.sqlite") as connection:
        connection.execute("INSERT OR REPLACE INTO sweep VALUES ('timers', '', '2026-11-27 07:00:00')")
        connection.execute("INSERT OR REPLACE INTO breaker VALUES ('fetch', '2026-11-27 07:00:00', 60, 0, 0)")
    status, out, err = seam.ibalanse("metrics", "--print", **environment(folder))
    assert status == 0, err
    found = observation.families(out)
    for name, labels in seam.metric_labels().items():
        for family in (name, f"{name}_total"):
            if family in found:
                found[family]["labels"] = sorted(labels)
    return found
