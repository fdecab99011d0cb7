"""Which settings each job takes, what it leaves behind and what it throws, as data: for the validator and for the form.

Texts: ``job.<type>`` (what it does), ``job.<type>.s.<setting>`` and ``.h.<setting>`` (label and help),
``job.leaves.<variable>``, ``job.error.<code>``.

Kinds of settings, and what a value that is written out must be:

    text        anything                            expression  a value of the case, or a fixed text
    flag        true or false                       choice      one of ``choices``
    text_key    a text of the bundle                template    a letter of the bundle or the standard ones
    role        a role in the case, "" its owner    data_set    one data set;  ``data_sets``: several, by commas
    register    a register of parties               receiver    a body that takes what is handed over
    target      an address the operator has allowed
    reply       where in the reply a variable is found, see ``Wanted``

Every one of them may be an expression instead. A name that ends with a dot stands for any number of settings of the
administrator's own naming, ``body.amount``; what has a dot in its name is worked out when the job is done and never
lies in the queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: What a value of a reply may have to be.
TYPES = ("text", "number", "flag")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value of the reply: the variable it becomes, where it stands ("result.items.0.id"), and of which type.

    type  one of ``TYPES``, or "" for any of them
    """

    variable: str
    path: str
    type: str = ""

    @classmethod
    def read(cls, variable: str, setting: str) -> Wanted:
        """From the setting: a path, and ``:number`` after it where it must be one."""
        path, colon, kind = setting.rpartition(":")
        return cls(variable, path.strip(), kind.strip()) if colon else cls(variable, setting.strip())


@dataclass(frozen=True, slots=True)
class JobSetting:
    """One setting of a job. ``kind`` is one of the kinds above; ``by_hand``: written as a line, seldom needed."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    by_hand: bool = False

    @property
    def many(self) -> bool:
        return self.name.endswith(".")


@dataclass(frozen=True, slots=True)
class Described:
    """A job as an administrator meets it.

    leaves  variable → kind: text | number | flag | duration | day | list
    errors  BPMN error codes a boundary event may catch
    either  one of these settings must be there
    """

    settings: tuple[JobSetting, ...] = ()
    leaves: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    either: tuple[str, ...] = ()

    def setting(self, name: str) -> JobSetting | None:
        """The setting that a name in a diagram means."""
        return next((one for one in (*self.settings, PRIORITY) if _is(one, name)), None)


def _is(one: JobSetting, name: str) -> bool:
    return name.startswith(one.name) and len(name) > len(one.name) if one.many else name == one.name


#: Every job may be put behind what people wait for.
PRIORITY = JobSetting("priority", "choice", choices=("bulk",), by_hand=True)

_ABOUT = JobSetting("subject", "role")

DESCRIBED: Mapping[str, Described] = {
    "open_sources": Described(leaves={"pending": "number"}),
    "plan_harvest": Described(
        (JobSetting("dataSets", "data_sets"), JobSetting("onlyMissing", "flag", by_hand=True), _ABOUT),
        {"sources": "list"},
    ),
    "fetch": Described(
        (JobSetting("dataSets", "data_sets"), JobSetting("dataSet", "data_set", by_hand=True)),
        {"answered": "flag", "askAgain": "duration", "notAllowed": "number"},
        ("NO_BASIS",),
        either=("dataSets", "dataSet"),
    ),
    "overview": Described((_ABOUT,)),
    "parties": Described(
        (JobSetting("register", "register", required=True),),
        {
            "reference": "text",
            "parties": "list",
            "partiesChanged": "flag",
            "annulled": "flag",
            "partiesOutside": "number",
        },
        ("NO_PARTIES",),
    ),
    "submit": Described(
        (
            JobSetting("receiver", "receiver", required=True),
            JobSetting("reference", "expression", required=True),
            JobSetting("everybodySigned", "flag"),
        ),
        {"receipt": "text"},
    ),
    "await_reply": Described(
        (JobSetting("receiver", "receiver", required=True), JobSetting("reference", "expression", required=True)),
        {"reply": "text", "replyDay": "day"},
    ),
    "change_roles": Described((JobSetting("from", "role", required=True), JobSetting("to", "role", required=True))),
    "notify": Described((JobSetting("text", "text_key", required=True), JobSetting("role", "role"))),
    "document": Described((JobSetting("template", "template", required=True),), {"letter": "text"}, ("BLANKS_LEFT",)),
    "call_out": Described(
        (
            JobSetting("target", "target", required=True),
            JobSetting("body.", "expression"),
            JobSetting("reply.", "reply"),
        ),
        errors=("CALL_REFUSED", "VALUE_MISSING"),
    ),
    "enk_check": Described(
        leaves={"checkAgain": "duration", "asking": "flag", "tagged": "flag", "ended": "flag", "left": "number"}
    ),
    "household_check": Described(leaves={"asking": "flag", "debtFree": "flag"}),
}


def named(value: object) -> list[str]:
    """The names in a list, or in a text with commas."""
    found = value if isinstance(value, list) else str(value or "").split(",")
    return [name for name in (str(one).strip() for one in found) if name]
