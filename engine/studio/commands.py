"""What can be asked of the studio: every change of a draft, its publishing, the studio's rules, and moves of cases.

Each has its list of steps in ``engine.studio.sequence``; refusals are those of the engine's own commands, and
``EditRefused`` where a change cannot be made. All of them are for administrators only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.studio import scenarios
from engine.studio.bpmn_editor import EditRefused, Files
from engine.studio.diagram_merge import merged
from engine.studio.office_areas import Area
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.commands import Command


class StudioCommand(Command):
    """What only an administrator may ask for."""

    __slots__ = ()


class DraftCommand(StudioCommand):
    """About the draft of one process.

    revision  the one the sender has seen: nobody changes, publishes or discards what they have not seen
    """

    __slots__ = ()
    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class Edited:
    """A draft's files as a change makes them. ``place`` is what the change was about or made, for who shows it."""

    files: Files
    place: str = ""


class DraftEdit(DraftCommand):
    """A change of the draft's files, made on the draft as it stands under the lock."""

    __slots__ = ()

    def edited(self, bundle: Bundle) -> Edited:
        """The same change gives the same files whenever it is made on the same. Raises ``EditRefused``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class EditDraft(DraftEdit):
    """Any change by one of the editors of ``engine.studio``: a step, a form, a text, a list, a template, a role.

    change  the change as a pure function of the draft; raises ``EditRefused``
    """

    key: str
    revision: int
    change: Callable[[Bundle], Edited] = field(repr=False)

    def edited(self, bundle: Bundle) -> Edited:
        return self.change(bundle)


@dataclass(frozen=True, slots=True)
class MergeDraft(DraftEdit):
    """What a diagram editor drew takes the place of the process. Refused where it cannot be read as this process."""

    key: str
    revision: int
    xml: bytes = field(repr=False)

    def edited(self, bundle: Bundle) -> Edited:
        try:
            files = merged(bundle.files, self.xml)
            if Bundle(self.key, files).process.id != self.key:
                raise BpmnSyntaxError(f"the id of the process must be {self.key}")
        except (BpmnSyntaxError, KeyError, IndexError) as error:
            raise EditRefused("modeller.unreadable", why=str(error)) from None
        return Edited(files)


@dataclass(frozen=True, slots=True)
class SaveScenario(DraftEdit):
    """Keep a trial run in the draft, to be done again at every publishing.

    ran_on           ``scenarios.basis`` of the bundle that ran: refused when the draft has become another since
    blocks           publishing stops where it no longer ends as now
    script, outcome  what was pressed, and how it stood then
    """

    key: str
    revision: int
    name: str
    title: str
    ran_on: str
    script: list[dict[str, Any]] = field(repr=False)
    outcome: Mapping[str, Any] = field(repr=False)
    blocks: bool = False

    def edited(self, bundle: Bundle) -> Edited:
        if scenarios.basis(bundle) != self.ran_on:
            raise EditRefused("scenario.changed")
        return Edited(
            scenarios.save(bundle.files, self.name, self.title, self.script, self.outcome, blocks=self.blocks)
        )


@dataclass(frozen=True, slots=True)
class RemoveScenario(DraftEdit):
    key: str
    revision: int
    name: str

    def edited(self, bundle: Bundle) -> Edited:
        return Edited(scenarios.remove(bundle.files, self.name))


@dataclass(frozen=True, slots=True)
class BeginDraft(StudioCommand):
    """Begin a draft with the files of *bundle*: a copy, an upload, or a version that was published.

    new      a process that is not there yet: refused where its key is taken, by a version or a draft
    replace  take the place of the draft there is, which can be undone to; without it that is a ``Conflict``
    """

    bundle: Bundle = field(repr=False)
    new: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class UndoDraft(DraftCommand):
    """One step back in the draft's history. Refused unless the draft is as it was at *revision*."""

    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class RedoDraft(DraftCommand):
    """One step forward again."""

    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class DiscardDraft(DraftCommand):
    """Take the draft away. Refused unless it is as it was at *revision*."""

    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class ProposeDraft(DraftCommand):
    """Ask a colleague to publish the draft as it is, where two must agree. Any change takes the proposal back."""

    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class PublishDraft(DraftCommand):
    """The draft becomes the next version, as it was seen at *revision*, and is gone.

    Refused where it has errors, where two must agree and no colleague has proposed it, and where a scenario that must
    hold is not among those that do.

    held     names of the scenarios that ended as before when they were done again on this revision
    move     move the cases that run on older versions to the new one
    mapping  old step or stage → new, of those that are gone;  ``reason`` why the cases are moved
    """

    key: str
    revision: int
    held: tuple[str, ...] = ()
    move: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetStudioSetting(StudioCommand):
    """Turn a rule of the studio on or off: ``two_persons`` or ``only_trusted``.

    Where two must agree, the first who turns one off only asks for it; a colleague does it.
    """

    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class SetOfficeAreas(StudioCommand):
    """Which office serves which municipality, all of them: cases that begin from now on go there."""

    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class EnterIssuerKey(StudioCommand):
    """Enter the public key (a JWK) of an installation whose bundles shall be trusted. Refused: ``KeyRefused``."""

    name: str
    jwk: str


@dataclass(frozen=True, slots=True)
class TrustIssuer(StudioCommand):
    """Agree to a key a colleague has entered. Nobody agrees to their own: ``KeyRefused``."""

    thumbprint: str


@dataclass(frozen=True, slots=True)
class DistrustIssuer(StudioCommand):
    """Trust a key no longer; what came in with it stays."""

    thumbprint: str


@dataclass(frozen=True, slots=True)
class MoveCases(StudioCommand):
    """Move the cases that run on older versions of a process to the version *to*: a batch that a worker carries out.

    mapping  old step or stage → new, of those that are gone
    """

    key: str
    to: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TryMove(StudioCommand):
    """Have a worker try the same move and roll it back.

    to        a version; "" tries a move to the draft as it is at *revision*
    """

    key: str
    to: str = ""
    revision: int = 0
    mapping: Mapping[str, str] = field(default_factory=dict)


class BatchCommand(StudioCommand):
    """About one move of cases of a process, or a try-out of one."""

    __slots__ = ()
    key: str
    batch_id: str


@dataclass(frozen=True, slots=True)
class RevertMove(BatchCommand):
    """Put back the cases the batch moved that have not gone on since: a batch of its own."""

    key: str
    batch_id: str
