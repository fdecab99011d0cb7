"""Altinn 3 consent of the sandbox: the enterprise API, and the page where the citizen answers and withdraws.

Made from the published requests and answers: who asked may create and read, nothing else. That the page of a consent
is where it is withdrawn is own design.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from integrations.sandbox import files
from integrations.sandbox.clock import now
from integrations.sandbox.persons import person

blueprint = Blueprint("altinn", __name__, url_prefix="/altinn")
API = "/accessmanagement/api/v1/enterprise/consentrequests"
_TITLES = {
    "ske-samtykke-sbl-inntekt": "Inntekten din fra Skatteetaten",
    "ske-samtykke-sbl-summert-skattegrunnlag": "Skattegrunnlaget ditt fra Skatteetaten",
    "ske-samtykke-krav-og-betalinger": "Krav du har hos Skatteetaten og Statens innkrevingssentral",
    "lanekassen-saldo": "Studielånet ditt fra Lånekassen",
}
#: What the text of each resource wants to know: all of it, and nothing else.
_PARAMETERS = {
    "ske-samtykke-sbl-inntekt": {"fraogmed", "tilogmed"},
    "ske-samtykke-sbl-summert-skattegrunnlag": {"inntektsaar"},
}


def find(consent_id: str) -> dict[str, Any] | None:
    """The consent with its status as of now: it has expired when its time is out."""
    consent = files.read("consents").get(consent_id)
    if consent and consent["status"] in ("Created", "Accepted"):
        if datetime.fromisoformat(consent["validTo"]) < now():
            consent = {**consent, "status": "Expired"}
    return consent


def _problem(code: str, text: str, status: int) -> ResponseReturnValue:
    answer = jsonify(code=f"AM-{code}", title=text, status=status)
    answer.content_type = "application/problem+json"
    return answer, status


def _require(right: str) -> None:
    from integrations.sandbox.bearer import require

    require(f"altinn:consentrequests.{right}")


@blueprint.post(API)
def create() -> ResponseReturnValue:
    _require("write")
    body = request.get_json(force=True)
    wanted = ("id", "from", "to", "validTo", "consentRights", "redirectUrl")
    if any(not body.get(name) for name in wanted):
        return _problem("00008", "Missing field", 400)
    if person(body["from"].rpartition(":")[2]) is None:
        return _problem("00004", "Unknown person", 400)
    for right in body["consentRights"]:
        refused = _refused(right)
        if refused:
            return _problem(*refused, 400)
    there = find(body["id"])
    if there is not None:
        same = all(there[name] == body[name] for name in ("from", "to", "consentRights"))
        return (jsonify(_shown(there)), 200) if same else _problem("00016", "Id exists with other content", 400)
    consent = {**body, "status": "Created", "consented": None, "events": [_event("Created")]}
    files.put("consents", body["id"], consent)
    return jsonify(_shown(consent)), 201


def _refused(right: dict[str, Any]) -> tuple[str, str] | None:
    """Number and title of what is wrong with a right, or ``None``."""
    resources = [one.get("value") for one in right.get("resource", ())]
    if len(resources) != 1 or resources[0] not in _TITLES:
        return "00005", "Invalid resource"
    told, wanted = right.get("metadata") or {}, _PARAMETERS.get(resources[0], set())
    if set(told) - wanted:
        return "00006", "Unknown metadata"
    if any(not value for value in told.values()):
        return "00007", "Empty metadata value"
    if wanted - set(told):
        return "00008", "Missing metadata"
    return None


def _event(kind: str) -> dict[str, str]:
    return {"eventType": kind, "created": now().isoformat()}


def _shown(consent: dict[str, Any]) -> dict[str, Any]:
    view = f"{current_app.config['SANDBOX_URL']}/altinn/samtykke/{consent['id']}"
    return {**consent, "consentRequestEvents": consent["events"], "viewUri": view}


@blueprint.get(f"{API}/<consent_id>")
def show(consent_id: str) -> ResponseReturnValue:
    _require("read")
    consent = find(consent_id)
    return jsonify(_shown(consent)) if consent else _problem("00001", "Not found", 404)


@blueprint.get("/samtykke/<consent_id>")
def page(consent_id: str) -> ResponseReturnValue:
    consent = find(consent_id) or abort(404)
    giver = person(consent["from"].rpartition(":")[2])
    resources = [right["resource"][0]["value"] for right in consent["consentRights"]]
    return render_template(
        "consent.html",
        title="Altinn: Gi samtykke",
        giver=giver,
        items=[_TITLES.get(resource, resource) for resource in resources],
        valid_to=consent["validTo"][:10],
        decided=consent["status"] != "Created",
        accepted=consent["status"] == "Accepted",
        redirect_url=consent["redirectUrl"],
        form_target=_origin(consent["redirectUrl"]),
    )


@blueprint.post("/samtykke/<consent_id>")
def answer(consent_id: str) -> ResponseReturnValue:
    consent = find(consent_id) or abort(404)
    if "withdraw" in request.form:
        if consent["status"] == "Accepted":
            events = [*consent["events"], _event("Revoked")]
            files.put("consents", consent_id, {**consent, "status": "Revoked", "events": events})
        return redirect(request.url, 303)
    accepted = "accept" in request.form
    if consent["status"] == "Created":
        status = "Accepted" if accepted else "Rejected"
        changed = {
            "status": status,
            "consented": now().isoformat() if accepted else None,
            "events": [*consent["events"], _event(status)],
        }
        files.put("consents", consent_id, {**consent, **changed})
    separator = "&" if "?" in consent["redirectUrl"] else "?"
    return redirect(f"{consent['redirectUrl']}{separator}Status={'OK' if accepted else 'Failed'}", 303)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
