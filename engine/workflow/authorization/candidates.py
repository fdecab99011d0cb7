"""Who may be given a task: the roles the policy permits, narrowed down by what the diagram names.

``policy.xml`` decides. The diagram may say more: a potential owner of the task, else
the lane it stands in, names a group, and ``metadata.json`` says which roles and
offices that group is::

    "groups": {"Skatt": {"roles": ["radgiver"], "offices": ["312345672"]}}

A potential owner may also be written as a role code of the policy or as an office's
nine digits. A name that is none of these is only a word in a drawing and narrows nothing.

Where not all of a deployed policy is evaluated, nobody is a candidate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.workflow.authorization.actor import Role
from engine.workflow.authorization.attempt import Attempt
from engine.workflow.authorization.pip import roles
from engine.workflow.authorization.policy import PolicyError, policy_of
from engine.workflow.authorization.policy_queries import allowed, roles_named
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.instances.rows import TaskRow

#: What makes nobody one whom a task waits for: to look at it, and to write down what another said.
NOT_DOING = frozenset({"read", "register"})


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who a task is for.

    roles    role codes the policy permits something else than reading
    narrowed role codes the diagram's groups stand for; empty = all of ``roles``
    offices  organisation numbers the diagram's groups stand for; empty = the case's office
    groups   the groups' names as the diagram writes them
    """

    roles: frozenset[str]
    narrowed: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()

    def admit(self, held: frozenset[str], office: str) -> bool:
        """Whether somebody with these roles, of this office, is among them."""
        fits = self.narrowed if self.narrowed else self.roles
        if not held & fits:
            return False
        return not self.offices or office in self.offices


def of_task(bundle: Bundle, element_id: str) -> Candidates:
    """The candidates of one task. Worked out once per definition."""
    cache: dict[Any, Any] = bundle.process.cache
    found: Candidates | None = cache.get(("candidates", element_id))
    if found is None:
        found = cache[("candidates", element_id)] = _work_out(bundle, element_id)
    return found


def _work_out(bundle: Bundle, element_id: str) -> Candidates:
    element = bundle.element(element_id)
    try:
        policy = policy_of(bundle.files)
    except PolicyError:
        return Candidates(frozenset())
    named = roles_named(policy)
    permitted = frozenset(role for role in named if allowed(policy, bundle.key, element_id, role) - NOT_DOING)
    names = element.groups or ((element.lane,) if element.lane else ())
    declared: Mapping[str, Mapping[str, Any]] = bundle.metadata.get("groups", {})
    narrowed: set[str] = set()
    offices: set[str] = set()
    for name in names:
        group = declared.get(name)
        if group is not None:
            narrowed.update(group.get("roles", ()))
            offices.update(group.get("offices", ()))
        elif element.groups and name in named:
            narrowed.add(name)
        elif element.groups and name.isdigit() and len(name) == 9:
            offices.add(name)
    return Candidates(permitted, frozenset(narrowed), frozenset(offices), tuple(names))


def admits(attempt: Attempt, task: TaskRow) -> bool:
    """Whether the diagram leaves the task to this actor. Without groups the policy has said it all."""
    if attempt.actor.role is Role.SYSTEM:
        return True
    found = of_task(attempt.deployed(task.definition_id).bundle, task.element_id)
    if not (found.narrowed or found.offices):
        return True
    held = roles(attempt.connection, attempt.actor, attempt.live.owner_id, attempt.case_id)
    return found.admit(held, attempt.actor.office.orgno if attempt.actor.office else "")
