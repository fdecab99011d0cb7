"""Reading asks the policy. What was published before keeps the readers it had: a version whose policy gives nobody
``read`` is read by everyone with a role in the case, and a role that may act on a step it may not read reads too."""

import io
import zipfile
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from lxml import etree

from engine.platform.db import Json

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_XACML = "{urn:oasis:names:tc:xacml:3.0:core:schema:wd-17}"
_ROLE, _TASK, _ACTION = "rolecode", "task", "action-id"
EVERYONE = ["*"]


def upgrade() -> None:
    if "readers" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("process_definition")}:
        with op.batch_alter_table("process_definition", schema=None) as batch_op:
            batch_op.add_column(sa.Column("readers", Json(), nullable=True))
    _fill()


def _fill() -> None:
    """Done once more it writes the same: what a version's policy says never changes."""
    definition = sa.table(
        "process_definition", sa.column("id"), sa.column("bundle", sa.LargeBinary), sa.column("readers", Json)
    )
    connection = op.get_bind()
    for identity in connection.execute(sa.select(definition.c.id)).scalars().all():
        row = connection.execute(sa.select(definition).where(definition.c.id == identity)).one()
        readers = readers_of(bytes(row.bundle))
        if readers:
            connection.execute(sa.update(definition).where(definition.c.id == identity).values(readers=readers))


def readers_of(bundle: bytes) -> list[str]:
    """The roles that read a version besides its policy, ``["*"]`` for all that have one, ``[]`` where it says it all.

    bundle  the zip of the version
    """
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        policy = archive.read("policy.xml") if "policy.xml" in archive.namelist() else b""
    try:
        rules = list(_rules(etree.fromstring(policy, etree.XMLParser(resolve_entities=False, no_network=True))))
    except etree.XMLSyntaxError:
        return EVERYONE
    reads = {(role, task) for roles, tasks, actions in rules if "read" in actions for role in roles for task in tasks}
    acts = {
        (role, task)
        for roles, tasks, actions in rules
        if actions - {"read", "instantiate"}
        for role in roles
        for task in tasks
    }
    if not reads:
        return EVERYONE
    return sorted({role for role, task in acts if (role, task) not in reads and (role, "") not in reads})


def _rules(root: etree._Element) -> Iterator[tuple[set[str], set[str], set[str]]]:
    """Roles, tasks and actions of each rule that permits. A task of "" is all of them, so are the actions of a rule
    that names none.
    """
    for rule in root.iter(f"{_XACML}Rule"):
        named: dict[str, set[str]] = {_ROLE: set(), _TASK: set(), _ACTION: set()}
        for match in rule.iter(f"{_XACML}Match"):
            designator = match.find(f"{_XACML}AttributeDesignator")
            attribute = designator.get("AttributeId", "") if designator is not None else ""
            for name, values in named.items():
                if attribute.endswith(f":{name}"):
                    values.add((match.findtext(f"{_XACML}AttributeValue") or "").strip())
        if rule.get("Effect") == "Permit":
            yield named[_ROLE], named[_TASK] or {""}, named[_ACTION] or {"read", "write"}


def downgrade() -> None:
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.drop_column("readers")
