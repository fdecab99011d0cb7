"""What does this BPMN element do? One module per element, one line here.

An element that is not in the table cannot be executed; the validator refuses
it at deployment with its name and line.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.behaviours.boundary_event import BOUNDARY_EVENT, arm
from engine.execution.behaviours.call_activity import CALL_ACTIVITY, called_ended
from engine.execution.behaviours.end_event import END_EVENT
from engine.execution.behaviours.exclusive_gateway import EXCLUSIVE_GATEWAY
from engine.execution.behaviours.intermediate_catch_event import INTERMEDIATE_CATCH_EVENT
from engine.execution.behaviours.multi_instance import MULTI_INSTANCE, inner_left
from engine.execution.behaviours.parallel_gateway import PARALLEL_GATEWAY
from engine.execution.behaviours.parallel_gateway import arrive as _arrive_parallel
from engine.execution.behaviours.receive_task import RECEIVE_TASK
from engine.execution.behaviours.service_task import SERVICE_TASK
from engine.execution.behaviours.start_event import START_EVENT
from engine.execution.behaviours.sub_process import SUB_PROCESS
from engine.execution.behaviours.user_task import USER_TASK
from engine.execution.execution import Join, Palette

BEHAVIOURS: Mapping[str, Behaviour] = {
    "startEvent": START_EVENT,
    "endEvent": END_EVENT,
    "boundaryEvent": BOUNDARY_EVENT,
    "intermediateCatchEvent": INTERMEDIATE_CATCH_EVENT,
    "exclusiveGateway": EXCLUSIVE_GATEWAY,
    "parallelGateway": PARALLEL_GATEWAY,
    "userTask": USER_TASK,
    "manualTask": USER_TASK,
    "task": USER_TASK,
    "receiveTask": RECEIVE_TASK,
    "serviceTask": SERVICE_TASK,
    "subProcess": SUB_PROCESS,
    "callActivity": CALL_ACTIVITY,
}

#: Event kinds each element type honours.
EVENT_KINDS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"none"}),
    "endEvent": frozenset({"none", "terminate", "error"}),
    "intermediateCatchEvent": frozenset({"timer", "message"}),
    "boundaryEvent": frozenset({"timer", "message", "error"}),
}

#: Gateways that may keep a token until others have come.
JOINING: Mapping[str, Join] = {
    "parallelGateway": _arrive_parallel,
}


PALETTE = Palette(
    behaviours=BEHAVIOURS,
    joining=JOINING,
    multi_instance=MULTI_INSTANCE,
    arm=arm,
    called_ended=called_ended,
    inner_left=inner_left,
)
"""Everything the token loop needs to know about elements."""
