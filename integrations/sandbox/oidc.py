"""ID-porten and Ansattporten of the sandbox: the documented protocol, with a list of persons instead of BankID.

Discovery, PAR (RFC 9126), PKCE S256, private_key_jwt, code once within 60 s,
``iss`` in the answer (RFC 9207), logout with front-channel frames by ``sid``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from werkzeug.wrappers import Response as WerkzeugResponse

from integrations.sandbox import keys
from integrations.sandbox.persons import Employee, all_persons, employees

CODE_SECONDS = 60
PAR_SECONDS = 120
SESSION_COOKIE = "sandbox_sso"


#: What an office gives an employee by their role: to see its figures, also as the only thing they do there.
_GIVEN = {"leader": ("ansatt", "leder"), "head": ("leder",)}


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody to choose at log-in. ``offices``: number, name and what they were given there, of each they work at."""

    key: str
    name: str
    pid: str
    summary: str
    offices: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


@dataclass
class Provider:
    """One OpenID provider. State lives in memory: a restart ends log-ins that are under way, nothing else."""

    name: str
    title: str
    prefix: str
    client_id: str
    pushed: dict[str, tuple[float, dict[str, str]]] = field(default_factory=dict)
    codes: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    assertions: dict[str, float] = field(default_factory=dict)
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"{current_app.config['SANDBOX_URL']}/{self.name}"

    def people(self) -> list[Who]:
        if self.name == "idporten":
            return [Who(p.key, p.name, p.pid, p.summary) for p in all_persons()]
        return [_employee(e) for e in employees()]


def _employee(e: Employee) -> Who:
    every = ((e.office_orgno, e.office_name, e.role), *e.also)
    offices = tuple((orgno, name, _GIVEN.get(role, ("ansatt",))) for orgno, name, role in every)
    return Who(e.key, e.name, e.pid, ", ".join(f"{name} ({role})" for _, name, role in every), offices)


def blueprint(provider: Provider) -> Blueprint:
    """The endpoints of one provider."""
    routes = Blueprint(provider.name, __name__, url_prefix=f"/{provider.name}")

    @routes.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        issuer = provider.issuer
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            pushed_authorization_request_endpoint=f"{issuer}/par",
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/jwks.json",
            end_session_endpoint=f"{issuer}/logout",
            response_types_supported=["code"],
            response_modes_supported=["query"],
            grant_types_supported=["authorization_code"],
            code_challenge_methods_supported=["S256"],
            token_endpoint_auth_methods_supported=["private_key_jwt"],
            subject_types_supported=["pairwise"],
            id_token_signing_alg_values_supported=["RS256"],
            acr_values_supported=[f"{provider.prefix}substantial", f"{provider.prefix}high"],
            authorization_response_iss_parameter_supported=True,
            frontchannel_logout_supported=True,
            frontchannel_logout_session_supported=True,
        )

    @routes.get("/jwks.json")
    def jwks() -> ResponseReturnValue:
        return jsonify(keys.jwks(current_app.config["SANDBOX_DATA"]))

    @routes.post("/par")
    def par() -> ResponseReturnValue:
        _authenticate(provider)
        form = request.form.to_dict()
        fixed = {"response_type": "code", "client_id": provider.client_id, "code_challenge_method": "S256"}
        missing = [name for name in ("state", "nonce", "code_challenge", "redirect_uri") if not form.get(name)]
        if missing or any(form.get(name) != value for name, value in fixed.items()):
            return jsonify(error="invalid_request", error_description=f"missing or wrong: {missing}"), 400
        if not form["redirect_uri"].startswith(current_app.config["CLIENT_URL"] + "/"):
            return jsonify(error="invalid_request", error_description="redirect_uri is not registered"), 400
        request_uri = f"urn:{provider.name}:{secrets.token_urlsafe(24)}"
        provider.pushed[request_uri] = (time.time() + PAR_SECONDS, form)
        return jsonify(request_uri=request_uri, expires_in=PAR_SECONDS), 201

    @routes.get("/authorize")
    def authorize() -> ResponseReturnValue:
        _pushed(provider, request.args.get("request_uri", ""), keep=True)
        return render_template(
            "picker.html", provider=provider, people=provider.people(), request_uri=request.args["request_uri"]
        )

    @routes.post("/authorize")
    def choose() -> ResponseReturnValue:
        asked = _pushed(provider, request.form.get("request_uri", ""), keep=False)
        if "cancel" in request.form:
            return _back(provider, asked, {"error": "access_denied", "error_description": "user cancelled"})
        chosen = next((p for p in provider.people() if p.key == request.form.get("person")), None)
        if chosen is None:
            abort(400)
        sid = secrets.token_urlsafe(16)
        code = secrets.token_urlsafe(32)
        provider.sessions[sid] = {"key": chosen.key}
        provider.codes[code] = (time.time() + CODE_SECONDS, {"asked": asked, "who": chosen, "sid": sid})
        answer = _back(provider, asked, {"code": code})
        answer.set_cookie(f"{SESSION_COOKIE}_{provider.name}", sid, httponly=True, samesite="Lax")
        return answer

    @routes.post("/token")
    def token() -> ResponseReturnValue:
        _authenticate(provider)
        ends, granted = provider.codes.pop(request.form.get("code", ""), (0.0, {}))
        verifier = request.form.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = granted.get("asked", {})
        if ends < time.time() or asked.get("code_challenge") != challenge:
            return jsonify(error="invalid_grant"), 400
        if asked.get("redirect_uri") != request.form.get("redirect_uri"):
            return jsonify(error="invalid_grant"), 400
        claims = _claims(provider, granted)
        id_token = keys.sign(current_app.config["SANDBOX_DATA"], claims, 120)
        return jsonify(access_token=secrets.token_urlsafe(24), id_token=id_token, token_type="Bearer", expires_in=120)

    @routes.route("/logout", methods=["GET", "POST"])
    def logout() -> ResponseReturnValue:
        sid = request.cookies.get(f"{SESSION_COOKIE}_{provider.name}", "")
        hint = request.values.get("id_token_hint", "")
        try:
            sid = keys.read(hint, keys.key(current_app.config["SANDBOX_DATA"]))["sid"]
        except (JoseError, ValueError, KeyError):
            pass
        provider.sessions.pop(sid, None)
        client = current_app.config["CLIENT_URL"]
        back = request.values.get("post_logout_redirect_uri", client)
        if not back.startswith(client):
            abort(400)
        query = urlencode({"iss": provider.issuer, "sid": sid})
        page = render_template("logged_out.html", provider=provider, frame=f"{client}/frontkanal?{query}", back=back)
        answer = Response(page)
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self'; frame-src {_origin(client)}; base-uri 'none'"
        )
        return answer

    @routes.put("/wrong")
    def make_wrong() -> ResponseReturnValue:
        """The next log-in answers with one thing wrong: iss, nonce, acr, aud, expired or signature."""
        provider.wrong = {"kind": str(request.get_json(force=True).get("kind", ""))}
        return "", 204

    return routes


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _pushed(provider: Provider, request_uri: str, *, keep: bool) -> dict[str, str]:
    ends, form = provider.pushed.get(request_uri, (0.0, {}))
    if ends < time.time() or (request.method == "GET" and request.args.get("client_id") != form.get("client_id")):
        abort(400, "Innloggingen er utløpt. Gå tilbake til tjenesten og prøv igjen.")
    if not keep:
        provider.pushed.pop(request_uri)
    return form


def _authenticate(provider: Provider) -> None:
    """private_key_jwt: signature, issuer as audience, at most 120 s, each assertion once."""
    try:
        claims = keys.read(request.form.get("client_assertion", ""), current_app.config["CLIENT_KEY"])
        good = (
            claims["iss"] == claims["sub"] == provider.client_id
            and claims["aud"] == provider.issuer
            and claims["exp"] - claims["iat"] <= 120
            and claims["exp"] > time.time()
            and claims["jti"] not in provider.assertions
        )
    except (JoseError, ValueError, KeyError):
        good = False
    if not good:
        abort(Response(json.dumps({"error": "invalid_client"}), 401, content_type="application/json"))
    provider.assertions[claims["jti"]] = claims["exp"]


def _back(provider: Provider, asked: dict[str, str], answer: dict[str, str]) -> WerkzeugResponse:
    issuer = "https://somebody.else" if provider.wrong.get("kind") == "iss" else provider.issuer
    query = urlencode({**answer, "state": asked["state"], "iss": issuer})
    return redirect(f"{asked['redirect_uri']}?{query}", 303)


def _claims(provider: Provider, granted: dict[str, Any]) -> dict[str, Any]:
    who: Who = granted["who"]
    asked: dict[str, str] = granted["asked"]
    wrong = provider.wrong.pop("kind", "")
    pairwise = hashlib.sha256(f"{provider.client_id}/{who.pid}".encode()).hexdigest()
    claims: dict[str, Any] = {
        "iss": provider.issuer,
        "aud": "somebody-else" if wrong == "aud" else provider.client_id,
        "sub": pairwise,
        "pid": who.pid,
        "acr": f"{provider.prefix}{'substantial' if wrong == 'acr' else 'high'}",
        "amr": ["TestID"],
        "auth_time": int(time.time()),
        "nonce": "wrong" if wrong == "nonce" else asked["nonce"],
        "sid": granted["sid"],
        "locale": (asked.get("ui_locales") or "nb").split()[0],
    }
    if who.offices:
        given = dict.fromkeys(resource for _, _, resources in who.offices for resource in resources)
        claims["authorization_details"] = [
            {
                "type": "ansattporten:altinn:resource",
                "resource": f"urn:altinn:resource:ibalanse-{resource}",
                "authorized_parties": [
                    {"orgno": {"authority": "iso6523-actorid-upis", "ID": f"0192:{orgno}"}, "name": name}
                    for orgno, name, resources in who.offices
                    if resource in resources
                ],
            }
            for resource in given
        ]
    return claims
