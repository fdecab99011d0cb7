"""What does this BPMN element do? One module per element, one line here.

An element more is a module that makes a ``Behaviour`` (``behaviour.py`` says what that must tell), its line in
``BEHAVIOUR_BY_TYPE``, its events in ``EVENT_KINDS``, and its row in ``docs/engine.md``, which a test asks for. The
parser must read it and the studio offer it: the recipe is in ``CONTRIBUTING.md``.

An element that is not in the table cannot be executed; the validator refuses
it at deployment with its name and line.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.workflow.bpmn.elements import Element
from engine.workflow.execution import conditions
from engine.workflow.execution.behaviours import (
    complex_gateway,
    inclusive_gateway,
    multi_instance,
    parallel_gateway,
)
from engine.workflow.execution.behaviours.ad_hoc_sub_process import AD_HOC_SUB_PROCESS, child_done
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.behaviours.boundary_event import BOUNDARY_EVENT
from engine.workflow.execution.behaviours.call_activity import CALL_ACTIVITY, called_ended
from engine.workflow.execution.behaviours.compensation import COMPENSATED
from engine.workflow.execution.behaviours.complex_gateway import COMPLEX_GATEWAY
from engine.workflow.execution.behaviours.end_event import END_EVENT
from engine.workflow.execution.behaviours.event_based_gateway import EVENT_BASED_GATEWAY, event_chosen
from engine.workflow.execution.behaviours.event_subscription import subscribe
from engine.workflow.execution.behaviours.exclusive_gateway import EXCLUSIVE_GATEWAY
from engine.workflow.execution.behaviours.inclusive_gateway import INCLUSIVE_GATEWAY
from engine.workflow.execution.behaviours.intermediate_catch_event import INTERMEDIATE_CATCH_EVENT
from engine.workflow.execution.behaviours.intermediate_throw_event import INTERMEDIATE_THROW_EVENT
from engine.workflow.execution.behaviours.multi_instance import MULTI_INSTANCE
from engine.workflow.execution.behaviours.parallel_gateway import PARALLEL_GATEWAY
from engine.workflow.execution.behaviours.receive_task import RECEIVE_TASK
from engine.workflow.execution.behaviours.service_task import SEND_TASK, SERVICE_TASK
from engine.workflow.execution.behaviours.standard_loop import STANDARD_LOOP, iteration_done
from engine.workflow.execution.behaviours.start_event import START_EVENT
from engine.workflow.execution.behaviours.sub_process import SUB_PROCESS
from engine.workflow.execution.behaviours.transaction import TRANSACTION
from engine.workflow.execution.behaviours.user_task import USER_TASK
from engine.workflow.execution.execution import ElementBehaviours, Execution, Join
from engine.workflow.execution.tokens import Scope, Token

BEHAVIOUR_BY_TYPE: Mapping[str, Behaviour] = {
    "startEvent": START_EVENT,
    "endEvent": END_EVENT,
    "boundaryEvent": BOUNDARY_EVENT,
    "intermediateCatchEvent": INTERMEDIATE_CATCH_EVENT,
    "intermediateThrowEvent": INTERMEDIATE_THROW_EVENT,
    "exclusiveGateway": EXCLUSIVE_GATEWAY,
    "parallelGateway": PARALLEL_GATEWAY,
    "inclusiveGateway": INCLUSIVE_GATEWAY,
    "eventBasedGateway": EVENT_BASED_GATEWAY,
    "complexGateway": COMPLEX_GATEWAY,
    "userTask": USER_TASK,
    "manualTask": USER_TASK,
    "task": USER_TASK,
    "receiveTask": RECEIVE_TASK,
    "serviceTask": SERVICE_TASK,
    "scriptTask": SERVICE_TASK,
    "businessRuleTask": SERVICE_TASK,
    "sendTask": SEND_TASK,
    "subProcess": SUB_PROCESS,
    "transaction": TRANSACTION,
    "adHocSubProcess": AD_HOC_SUB_PROCESS,
    "callActivity": CALL_ACTIVITY,
}

_WAITED_FOR = frozenset({"timer", "message", "signal", "conditional"})
#: Event kinds each element type honours; the start events of event subprocesses also catch what is thrown.
EVENT_KINDS: Mapping[str, frozenset[str]] = {
    "startEvent": _WAITED_FOR | {"none", "multiple"},
    "eventSubProcessStart": _WAITED_FOR | {"multiple", "error", "escalation", "compensation"},
    "endEvent": frozenset(
        {"none", "multiple", "message", "signal", "error", "escalation", "compensation", "cancel", "terminate"}
    ),
    "intermediateCatchEvent": _WAITED_FOR | {"multiple", "link"},
    "intermediateThrowEvent": frozenset(
        {"none", "multiple", "message", "signal", "escalation", "compensation", "link"}
    ),
    "boundaryEvent": _WAITED_FOR | {"multiple", "error", "escalation", "compensation", "cancel"},
}

#: Gateways that may keep a token until others have come.
JOIN_BY_TYPE: Mapping[str, Join] = {
    "parallelGateway": parallel_gateway.arrive,
    "inclusiveGateway": inclusive_gateway.arrive,
    "complexGateway": complex_gateway.arrive,
}
_REEVALUATE_BY_TYPE = {"inclusiveGateway": inclusive_gateway.reevaluate, "complexGateway": complex_gateway.reevaluate}


def _reevaluate_joins(execution: Execution, scope: Scope) -> bool:
    """Everything else rests: may a join that waits in *scope* go on? One at a time, since it may feed another."""
    elements = scope.instance.process.elements
    waiting = dict.fromkeys([*(scope.data or {}).get("joins", ()), *(scope.data or {}).get("fired", ())])
    for element_id in waiting:
        element: Element = elements[element_id]
        reevaluate = _REEVALUATE_BY_TYPE.get(element.type)
        if reevaluate is not None and reevaluate(execution, scope, element):
            execution.joins_to_reevaluate[scope.id] = scope
            return True
    return False


def _inner_left(execution: Execution, body: Token, token: Token) -> None:
    if token.element.multi_instance is not None:
        multi_instance.inner_left(execution, body, token)
    else:
        iteration_done(execution, body, token)


ELEMENT_BEHAVIOURS = ElementBehaviours(
    by_type=BEHAVIOUR_BY_TYPE,
    join_by_type=JOIN_BY_TYPE,
    multi_instance=MULTI_INSTANCE,
    loop=STANDARD_LOOP,
    compensating=COMPENSATED,
    reevaluate_joins=_reevaluate_joins,
    subscribe=subscribe,
    called_ended=called_ended,
    inner_left=_inner_left,
    event_chosen=event_chosen,
    child_done=child_done,
    reevaluate_conditions=conditions.reevaluate,
)
"""Everything the token loop needs to know about elements."""
