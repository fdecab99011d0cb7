"""The job that writes a letter: filled from the case, sent as a caseworker's is, in the citizen's language."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.casework import letters, merge_fields, templates
from engine.casework.event_kinds import CaseworkEvent
from engine.platform.db import Database
from engine.platform.vault import ErasedError, Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Library
from engine.workflow.execution.models import process_instance
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.job_types import Done, Error, GiveUp, Result
from engine.workflow.jobs.outbox import Work


class Document:
    """Task type ``document``: a letter of the bundle or a standard one, as a PDF in the case, read by the citizen.

    config  ``template``: id of the letter
    leaves  ``letter``: its id in the case
    throws  ``BLANKS_LEFT`` when the case does not know something the letter needs; uncaught, the incident names the
            blanks, never what the others were filled with

    Sent once however often the job runs: the letter is written in the transaction that finishes the job, and its id
    is made from the job's key.
    """

    name = "document"

    def __init__(self, database: Database, vault: Vault, library: Library, organisation: str) -> None:
        self._database = database
        self._vault = vault
        self._library = library
        self._organisation = organisation

    def perform(self, work: Work, now: datetime) -> Result:
        wanted = str(work.payload.get("template") or "")
        with self._database.read() as connection:
            case = connection.execute(select(case_file).where(case_file.c.id == work.case_id)).one()
            instance = connection.execute(
                select(process_instance.c.definition_id, process_instance.c.variables).where(
                    process_instance.c.id == work.instance_id
                )
            ).one()
            bundle = self._library.get(connection, instance.definition_id).bundle
            template = next((one for one in templates.of(bundle, "letters") if one.id == wanted), None)
            if template is None:
                return GiveUp("unknown_template", wanted)
            language = merge_fields.language_of(connection, case.owner_id)
            office = self._office(bundle, instance.variables, case.office)
            known: dict[str, str] = {}
            for definition in dict.fromkeys((instance.definition_id, case.definition_id)):  # the case's own forms too
                known |= merge_fields.values(
                    connection,
                    self._vault,
                    case=case,
                    bundle=self._library.get(connection, definition).bundle,
                    language=language,
                    now=now,
                    adviser=office,
                    office=office,
                )
            try:
                to = self._vault.person(connection, case.owner_id).name
            except ErasedError:
                return GiveUp("erased")
        title, body = (templates.fill(text, known) for text in (template.named(language), template.text(language)))
        left = [
            blank
            for blank in templates.blanks(template.named(language) + template.text(language))
            if not known.get(blank)
        ]
        if left:
            return Error("BLANKS_LEFT", detail=", ".join(left))
        from engine.advice.documents.letter import render_letter  # reportlab: every process knows this job, few do it

        document = render_letter(
            title=title, body=body, to=to, office=office, adviser="", number=case.number, day=now, language=language
        )
        letter_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{work.idempotency_key}/letter"))

        def save(connection: Connection) -> None:
            letters.draft(
                connection,
                self._vault,
                author=SYSTEM.person_id,
                case=case,
                template=template.id,
                title=title,
                body=body,
                now=now,
                letter_id=letter_id,
            )
            data = letters.send(
                connection,
                self._vault,
                author=SYSTEM.person_id,
                case=case,
                letter_id=letter_id,
                document=document,
                now=now,
                filled=True,
            )
            chain.append(connection, case.id, now, SYSTEM, CaseworkEvent.LETTER_SENT, data)
            letters.notify(connection, self._vault, case, letter_id, now)

        return Done({"letter": letter_id}, save)

    def _office(self, bundle: Bundle, variables: Mapping[str, Any], orgno: str | None) -> str:
        """The office of the case by name; the organisation where the case has none."""
        metadata = bundle.metadata
        offices = [metadata.get("office") or {}, *metadata.get("offices", ())]
        found = next((office.get("name") for office in offices if orgno and office.get("orgno") == orgno), None)
        return str(found or variables.get("officeName") or self._organisation)
