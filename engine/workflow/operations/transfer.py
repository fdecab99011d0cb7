"""Cases out of one installation and into another, as JSON lines that can be checked before a row is written.

::

    {"ibalanse": "export", "format": 1, "schema": "0004", "at": ...}
    {"definition": {"id", "key", "version", "checksum", "bundle", ...}}     each once, by checksum
    {"person": {...}, "key": {...}}                                         each once
    {"case": id, "rows": {table: [...]}}                                    with its audit trail
    {"end": {"cases": n, "sha256": of every line before}}

What is sealed stays sealed: keys travel wrapped, and only an installation with the same data
keys can open them. A file that was cut off or changed is refused whole.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Table, insert, select, update

from engine.platform import row_json, schema, stored_json
from engine.platform.db import metadata
from engine.platform.vault import ErasedError, person_key_table, person_table
from engine.workflow.audit import chain
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import EVERYONE, VersionTakenError
from engine.workflow.definitions.models import process_definition
from engine.workflow.errors import BadInputError
from engine.workflow.execution.models import message, process_instance
from engine.workflow.instances.models import case_file, case_number
from engine.workflow.jobs.models import due_work
from engine.workflow.operations.models import purged_case
from engine.workflow.operations.retention import Condition, named_by, outliving_tables, tables_of_case
from engine.workflow.runtime import Runtime

FORMAT = 1
#: Columns that name a person whose sealed values may be in the row.
_PERSONS = ("owner_id", "person_id", "acts_by", "on_behalf_of")


def _tables() -> list[tuple[Table, Condition]]:
    outliving = [table for table in outliving_tables() if table is not purged_case]
    return [*tables_of_case(), *((table, named_by(table.c.case_id)) for table in outliving)]


def export(runtime: Runtime, cases: Iterable[str]) -> Iterator[str]:
    """The lines of an export of *cases*, each case as it is at one moment."""
    digest, count = hashlib.sha256(), 0
    known: set[tuple[str, str]] = set()

    def line(value: Mapping[str, Any]) -> str:
        text = stored_json.encode(value)
        digest.update(text.encode() + b"\n")
        return text

    now = runtime.clock.now().isoformat()
    yield line({"ibalanse": "export", "format": FORMAT, "schema": schema.revision(), "at": now})
    for case_id in cases:
        with runtime.db.write() as connection:
            lines = list(_case(connection, case_id, known))
        for value in lines:
            yield line(value)
        count += 1
    yield json.dumps({"end": {"cases": count, "sha256": digest.hexdigest()}})


def _case(connection: Connection, case_id: str, known: set[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    connection.execute(select(process_instance.c.id).where(process_instance.c.id == case_id).with_for_update())
    found: dict[str, list[dict[str, Any]]] = {}
    for table, condition in _tables():
        taken = [row_json.to_json(row) for row in connection.execute(select(table).where(condition(case_id)))]
        if taken:
            found[table.name] = taken
    _messages(connection, found)
    everything = [row for taken in found.values() for row in taken]
    for definition in sorted({row["definition_id"] for row in everything if row.get("definition_id")}):
        if ("definition", definition) not in known:
            known.add(("definition", definition))
            yield {"definition": _definition(connection, definition)}
    persons = {row[name] for row in everything for name in _PERSONS if row.get(name)}
    for person in sorted(persons):
        if ("person", person) not in known:
            known.add(("person", person))
            yield from _person(connection, person)
    yield {"case": case_id, "rows": found}


def _messages(connection: Connection, found: dict[str, list[dict[str, Any]]]) -> None:
    """Messages that work of the case is about to pass on."""
    wanted = [row["payload"]["message"] for row in found.get(due_work.name, ()) if "message" in row["payload"]]
    if wanted:
        taken = connection.execute(select(message).where(message.c.id.in_(wanted)))
        found[message.name] = [row_json.to_json(row) for row in taken]


def _definition(connection: Connection, identity: str) -> dict[str, Any]:
    row = connection.execute(select(process_definition).where(process_definition.c.id == identity)).one()
    return row_json.to_json(row)


def _person(connection: Connection, identity: str) -> Iterator[dict[str, Any]]:
    row = connection.execute(select(person_table).where(person_table.c.id == identity)).first()
    if row is None:
        return
    key = connection.execute(select(person_key_table).where(person_key_table.c.person_id == identity)).first()
    yield {"person": row_json.to_json(row), "key": None if key is None else row_json.to_json(key)}


def check(lines: Iterable[str]) -> int:
    """Read a whole export without writing anything. Returns how many cases it holds. Raises ``BadInputError``."""
    digest = hashlib.sha256()
    last: dict[str, Any] | None = None
    count = 0
    for number, text in enumerate(lines, 1):
        if last is not None and "end" in last:
            raise BadInputError(f"line {number}: something stands after the end")
        try:
            found = stored_json.decode(text)
            if not isinstance(found, dict):
                raise ValueError
            last = found
        except ValueError:
            raise BadInputError(f"line {number} is not a JSON object") from None
        if number == 1:
            _header(last)
        if "end" in last:
            if last["end"] != {"cases": count, "sha256": digest.hexdigest()}:
                raise BadInputError("the file was changed: its checksum does not hold")
            continue
        count += "case" in last
        digest.update(text.rstrip("\n").encode() + b"\n")
    if last is None or "end" not in last:
        raise BadInputError("the file is cut off: its last line is missing")
    return count


def _header(header: Mapping[str, Any]) -> None:
    if header.get("ibalanse") != "export" or header.get("format") != FORMAT:
        raise BadInputError("this is not an export of iBalanse, or of another format")
    if header.get("schema") != schema.revision():
        raise BadInputError(
            f"the export is of schema {header.get('schema')}, this installation has {schema.revision()}"
        )


def import_cases(runtime: Runtime, lines: Iterable[str], report: Callable[[int], None] | None = None) -> dict[str, int]:
    """Write a checked export, each case in one transaction. A case that is here already is left alone.

    Raises ``BadInputError`` at the first case that cannot come in; those before it are in, and the same file can be
    brought in again.
    """
    definitions: dict[str, str] = {}
    done = {"cases": 0, "already": 0, "definitions": 0, "persons": 0}
    for text in lines:
        value = cast(Mapping[str, Any], stored_json.decode(text))
        with runtime.db.write() as connection:
            if "definition" in value:
                done["definitions"] += _adopt(runtime, connection, value["definition"], definitions)
            elif "person" in value:
                done["persons"] += _admit(runtime, connection, value)
            elif "case" in value:
                fresh = _write(runtime, connection, value["case"], value["rows"], definitions)
                done["cases" if fresh else "already"] += 1
                if report is not None:
                    report(done["cases"] + done["already"])
    return done


def _adopt(runtime: Runtime, connection: Connection, row: Mapping[str, Any], definitions: dict[str, str]) -> bool:
    bundle = Bundle.unpack(row["key"], base64.b64decode(row["bundle"]["base64"]))
    if bundle.checksum != row["checksum"]:
        raise BadInputError(f"definition {row['key']} {row['version']}: the bundle does not have its checksum")
    deployed_at = datetime.fromisoformat(row["deployed_at"])
    try:
        adopted, new = runtime.library.adopt(
            connection,
            bundle,
            identity=row["id"],
            version=row["version"],
            at=deployed_at,
            by=row["deployed_by"],
            readers=_readers(row),
        )
    except VersionTakenError as taken:
        raise BadInputError(str(taken)) from None
    definitions[row["id"]] = adopted.id
    return new


def _readers(row: Mapping[str, Any]) -> frozenset[str]:
    """Who reads besides the policy. A file from before reading was asked about says nothing: everyone did."""
    return frozenset(row["readers"] or ()) if "readers" in row else frozenset({EVERYONE})


def _admit(runtime: Runtime, connection: Connection, value: Mapping[str, Any]) -> bool:
    """A person and their wrapped key, unless the person is known here; then it must be the same."""
    person = row_json.from_json(person_table, value["person"])
    here = connection.execute(
        select(person_table.c.id, person_table.c.lookup).where(
            (person_table.c.id == person["id"]) | (person_table.c.lookup == person["lookup"])
        )
    ).all()
    if here:
        if len(here) > 1 or (here[0].id, bytes(here[0].lookup)) != (person["id"], person["lookup"]):
            raise BadInputError(f"person {person['id']} is known here under another id")
        return False
    connection.execute(insert(person_table).values(**person))
    if value["key"] is not None:
        connection.execute(insert(person_key_table).values(**row_json.from_json(person_key_table, value["key"])))
        try:
            runtime.vault.person(connection, person["id"])
        except (KeyError, InvalidTag, ErasedError):
            raise BadInputError("this installation does not have the data keys the export was sealed with") from None
    return True


def _write(
    runtime: Runtime,
    connection: Connection,
    case_id: str,
    found: Mapping[str, list[dict[str, Any]]],
    definitions: Mapping[str, str],
) -> bool:
    """The rows of one case. False when it is here already."""
    if connection.execute(select(case_file.c.id).where(case_file.c.id == case_id)).first() is not None:
        return False
    number = found[case_file.name][0]["number"]
    if connection.execute(select(case_file.c.id).where(case_file.c.number == number)).first() is not None:
        raise BadInputError(f"case number {number} is another case here")
    unknown = found.keys() - metadata.tables.keys()
    if unknown:
        raise BadInputError(f"this installation has no table {min(unknown)}")
    for table in (one for one in metadata.sorted_tables if one.name in found):  # those that keys name come first
        name, taken = table.name, found[table.name]
        written = []
        for row in taken:
            if row.get("definition_id"):
                row = {**row, "definition_id": definitions[row["definition_id"]]}
            if name == due_work.name and row["state"] == "leased":
                row = {**row, "state": "due", "lease_until": None, "fence": row["fence"] + 1}
            written.append(row_json.from_json(table, row))
        connection.execute(insert(table), written)
    _count_up(connection, number)
    broken = chain.verify(connection, case_id)
    if broken is not None:
        raise BadInputError(f"the audit trail of case {number} does not hold at event {broken.seq}: {broken.reason}")
    chain.append(connection, case_id, runtime.clock.now(), SYSTEM, WorkflowEvent.CASE_IMPORTED, {})
    return True


def _count_up(connection: Connection, number: str) -> None:
    """New cases of the year get higher numbers than those that came."""
    year, last = (int(part) for part in number.split("-"))
    known = connection.execute(select(case_number.c.last).where(case_number.c.year == year)).scalar()
    if known is None:
        connection.execute(insert(case_number).values(year=year, last=last))
    elif known < last:
        connection.execute(update(case_number).where(case_number.c.year == year).values(last=last))
