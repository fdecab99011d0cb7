"""Every element of the BPMN 2.0 semantic model: its attributes, its children in order, what it refers to.

Written as a table, one line an element: ``name < base : attributes | children``.

attributes   ``name`` is a text; ``name=kind`` has a kind; ``!`` means obligatory.
             Kinds are id, bool, int, uri, (a b c) for a choice, ``ref>x`` for an
             id in the same file and ``qname>x`` for a qualified name, where x is
             the element or group it must lead to ("any": no matter which)
children     in the order they must stand, with ?, *, + or {2,} for how many;
             a capital name is a group, a|b means either
``= kind``   the element's text is a value of that kind
``= any``    the element may hold anything

A capital base carries what its kind has in common. Source: BPMN 2.0.2
(formal/2013-12-09), the XML schema tables that close each section of
chapters 8 to 11, read as facts about names, order and number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

GROUPS = {
    "TASK": "task serviceTask sendTask receiveTask userTask manualTask businessRuleTask scriptTask",
    "SUBPROCESS": "subProcess transaction adHocSubProcess",
    "ACTIVITY": "TASK SUBPROCESS callActivity",
    "CATCH": "startEvent intermediateCatchEvent boundaryEvent",
    "THROW": "intermediateThrowEvent endEvent implicitThrowEvent",
    "EVENT": "CATCH THROW event",
    "GATEWAY": "exclusiveGateway inclusiveGateway parallelGateway complexGateway eventBasedGateway",
    "CHOREOGRAPHY": "choreographyTask subChoreography callChoreography",
    "NODE": "ACTIVITY EVENT GATEWAY CHOREOGRAPHY",
    "DATA": "dataObject dataObjectReference dataStoreReference",
    "FLOW": "NODE DATA sequenceFlow",
    "ARTIFACT": "association group textAnnotation",
    "DEFINITION": "cancelEventDefinition compensateEventDefinition conditionalEventDefinition errorEventDefinition "
    "escalationEventDefinition linkEventDefinition messageEventDefinition signalEventDefinition "
    "terminateEventDefinition timerEventDefinition eventDefinition",
    "ROLE": "resourceRole performer humanPerformer potentialOwner",
    "LOOP": "standardLoopCharacteristics multiInstanceLoopCharacteristics",
    "TALK": "conversation subConversation callConversation",
    "GLOBALTASK": "globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask",
    "CALLABLE": "process GLOBALTASK",
    "COLLABORATION": "collaboration choreography globalChoreographyTask globalConversation",
    "ITEMAWARE": "DATA dataStore dataInput dataOutput property inputDataItem outputDataItem",
    "INTERACTION": "participant ACTIVITY EVENT TALK",
    "EXPRESSION": "expression formalExpression",
    "ROOT": "CALLABLE COLLABORATION DEFINITION category correlationProperty dataStore endPoint error escalation "
    "interface itemDefinition message partnerEntity partnerRole resource signal",
}

TABLE = """
Base : id=id | documentation* extensionElements?
FlowElement < Base : name | auditing? monitoring? categoryValueRef*
FlowNode < FlowElement : | incoming* outgoing*
Activity < FlowNode : isForCompensation=bool startQuantity=int completionQuantity=int default=ref>sequenceFlow \
| ioSpecification? property* dataInputAssociation* dataOutputAssociation* ROLE* LOOP?
Scope < Activity : triggeredByEvent=bool | laneSet* FLOW* ARTIFACT*
CatchEvent < FlowNode : parallelMultiple=bool \
| property* dataOutput* dataOutputAssociation* outputSet? DEFINITION* eventDefinitionRef*
ThrowEvent < FlowNode : | property* dataInput* dataInputAssociation* inputSet? DEFINITION* eventDefinitionRef*
Gateway < FlowNode : gatewayDirection=(Unspecified Converging Diverging Mixed)
Callable < Base : name | supportedInterfaceRef* ioSpecification? ioBinding*
GlobalTask < Callable : | ROLE*
Collaboration < Base : name isClosed=bool | participant* messageFlow* ARTIFACT* TALK* conversationAssociation* \
participantAssociation* messageFlowAssociation* correlationKey* choreographyRef* conversationLink*
Talk < Base : name | participantRef* messageFlowRef* correlationKey*
ChoreographyActivity < FlowNode : initiatingParticipantRef!=qname>participant \
loopType=(None Standard MultiInstanceSequential MultiInstanceParallel) | participantRef{2,} correlationKey*
Expression < Base : language=uri evaluatesToTypeRef=qname>itemDefinition = any
Item < Base : itemSubjectRef=qname>itemDefinition | dataState?

definitions : id=id name targetNamespace!=uri expressionLanguage=uri typeLanguage=uri exporter exporterVersion \
| import* extension* ROOT* relationship*
import : namespace!=uri location! importType!=uri
extension : definition=qname mustUnderstand=bool | documentation*
relationship < Base : type! direction=(None Forward Backward Both) | source+ target+
documentation : id=id textFormat = any
extensionElements : = any
auditing < Base
monitoring < Base
categoryValueRef : = qname>categoryValue
incoming : = qname>sequenceFlow
outgoing : = qname>sequenceFlow

association < Base : sourceRef!=qname>any targetRef!=qname>any associationDirection=(None One Both)
group < Base : categoryValueRef=qname>categoryValue
textAnnotation < Base : textFormat | text?
text : = any
category < Base : name | categoryValue*
categoryValue < Base : value

correlationKey < Base : name | correlationPropertyRef*
correlationPropertyRef : = qname>correlationProperty
correlationProperty < Base : name type=qname>itemDefinition | correlationPropertyRetrievalExpression+
correlationPropertyRetrievalExpression < Base : messageRef!=qname>message | messagePath
correlationSubscription < Base : correlationKeyRef!=qname>correlationKey | correlationPropertyBinding*
correlationPropertyBinding < Base : correlationPropertyRef!=qname>correlationProperty | dataPath

error < Base : name errorCode structureRef=qname>itemDefinition
escalation < Base : name escalationCode structureRef=qname>itemDefinition
signal < Base : name structureRef=qname>itemDefinition
message < Base : name itemRef=qname>itemDefinition
itemDefinition < Base : structureRef=qname isCollection=bool itemKind=(Information Physical)
interface < Base : name! implementationRef=qname | operation+
operation < Base : name! implementationRef=qname | inMessageRef outMessageRef? errorRef*
inMessageRef : = qname>message
outMessageRef : = qname>message
operation/errorRef : = qname>error
endPoint < Base
partnerEntity < Base : name | participantRef*
partnerRole < Base : name | participantRef*
resource < Base : name! | resourceParameter*
resourceParameter < Base : name type=qname>itemDefinition isRequired=bool

collaboration < Collaboration
globalConversation < Collaboration
choreography < Collaboration : | FLOW*
globalChoreographyTask < Collaboration : initiatingParticipantRef=qname>participant | FLOW*
participant < Base : name processRef=qname>process | interfaceRef* endPointRef* participantMultiplicity?
interfaceRef : = qname>interface
endPointRef : = qname>endPoint
participantMultiplicity < Base : minimum=int maximum=int
messageFlow < Base : name sourceRef!=qname>INTERACTION targetRef!=qname>INTERACTION messageRef=qname>message
conversation < Talk
subConversation < Talk : | TALK*
callConversation < Talk : calledCollaborationRef=qname>COLLABORATION | participantAssociation*
participantRef : = qname>participant
messageFlowRef : = qname>messageFlow
choreographyRef : = qname>choreography
conversationLink < Base : name sourceRef!=qname>any targetRef!=qname>any
conversationAssociation < Base : innerConversationNodeRef!=qname>TALK outerConversationNodeRef!=qname>TALK
messageFlowAssociation < Base : innerMessageFlowRef!=qname>messageFlow outerMessageFlowRef!=qname>messageFlow
participantAssociation < Base : | innerParticipantRef outerParticipantRef
innerParticipantRef : = qname>participant
outerParticipantRef : = qname>participant
choreographyTask < ChoreographyActivity : | messageFlowRef{1,2}
callChoreography < ChoreographyActivity : calledChoreographyRef=qname>COLLABORATION | participantAssociation*
subChoreography < ChoreographyActivity : | FLOW* ARTIFACT*

process < Base : name processType=(None Public Private) isClosed=bool isExecutable=bool \
definitionalCollaborationRef=qname>COLLABORATION | supportedInterfaceRef* ioSpecification? ioBinding* auditing? \
monitoring? property* laneSet* FLOW* ARTIFACT* ROLE* correlationSubscription* supports*
supportedInterfaceRef : = qname>interface
supports : = qname>process
globalTask < GlobalTask
globalManualTask < GlobalTask
globalUserTask < GlobalTask : implementation=uri | rendering*
globalScriptTask < GlobalTask : scriptLanguage=uri | script?
globalBusinessRuleTask < GlobalTask : implementation=uri
ioBinding < Base : operationRef!=qname>operation inputDataRef!=ref>dataInput outputDataRef!=ref>dataOutput
laneSet < Base : name | lane*
childLaneSet < Base : name | lane*
lane < Base : name partitionElementRef=qname>any | partitionElement? flowNodeRef* childLaneSet?
partitionElement < Base : = any
flowNodeRef : = ref>NODE
sequenceFlow < FlowElement : sourceRef!=ref>any targetRef!=ref>any isImmediate=bool | conditionExpression?

task < Activity
manualTask < Activity
serviceTask < Activity : implementation=uri operationRef=qname>operation
sendTask < Activity : implementation=uri messageRef=qname>message operationRef=qname>operation
receiveTask < Activity : implementation=uri messageRef=qname>message operationRef=qname>operation instantiate=bool
userTask < Activity : implementation=uri | rendering*
businessRuleTask < Activity : implementation=uri
scriptTask < Activity : scriptFormat | script?
script : = any
rendering < Base : = any
subProcess < Scope
transaction < Scope : method=uri
adHocSubProcess < Scope : cancelRemainingInstances=bool ordering=(Parallel Sequential) | completionCondition?
callActivity < Activity : calledElement=qname>CALLABLE
Role < Base : name | resourceRef? resourceParameterBinding* resourceAssignmentExpression?
resourceRole < Role
performer < Role
humanPerformer < Role
potentialOwner < Role
resourceRef : = qname>resource
resourceParameterBinding < Base : parameterRef!=qname>resourceParameter | EXPRESSION
resourceAssignmentExpression < Base : | EXPRESSION
standardLoopCharacteristics < Base : testBefore=bool loopMaximum=int | loopCondition?
multiInstanceLoopCharacteristics < Base : isSequential=bool behavior=(None One All Complex) \
oneBehaviorEventRef=qname>DEFINITION noneBehaviorEventRef=qname>DEFINITION | loopCardinality? loopDataInputRef? \
loopDataOutputRef? inputDataItem? outputDataItem? complexBehaviorDefinition* completionCondition?
loopDataInputRef : = qname>ITEMAWARE
loopDataOutputRef : = qname>ITEMAWARE
complexBehaviorDefinition < Base : | condition event?

startEvent < CatchEvent : isInterrupting=bool
intermediateCatchEvent < CatchEvent
boundaryEvent < CatchEvent : attachedToRef!=qname>ACTIVITY cancelActivity=bool
intermediateThrowEvent < ThrowEvent
implicitThrowEvent < ThrowEvent
event < ThrowEvent
endEvent < ThrowEvent
eventDefinitionRef : = qname>DEFINITION
eventDefinition < Base
cancelEventDefinition < Base
terminateEventDefinition < Base
compensateEventDefinition < Base : waitForCompletion=bool activityRef=qname>ACTIVITY
conditionalEventDefinition < Base : | condition
errorEventDefinition < Base : errorRef=qname>error
escalationEventDefinition < Base : escalationRef=qname>escalation
linkEventDefinition < Base : name! | source* target?
linkEventDefinition/source : = qname>linkEventDefinition
linkEventDefinition/target : = qname>linkEventDefinition
relationship/source : = qname
relationship/target : = qname
messageEventDefinition < Base : messageRef=qname>message | operationRef?
messageEventDefinition/operationRef : = qname>operation
signalEventDefinition < Base : signalRef=qname>signal
timerEventDefinition < Base : | timeDate|timeDuration|timeCycle?

exclusiveGateway < Gateway : default=ref>sequenceFlow
inclusiveGateway < Gateway : default=ref>sequenceFlow
parallelGateway < Gateway
complexGateway < Gateway : default=ref>sequenceFlow | activationCondition?
eventBasedGateway < Gateway : instantiate=bool eventGatewayType=(Exclusive Parallel)

dataStore < Item : name capacity=int isUnlimited=bool
dataInput < Item : name isCollection=bool
dataOutput < Item : name isCollection=bool
inputDataItem < Item : name isCollection=bool
outputDataItem < Item : name isCollection=bool
property < Item : name
dataState < Base : name
dataObject < FlowElement : itemSubjectRef=qname>itemDefinition isCollection=bool | dataState?
dataObjectReference < FlowElement : itemSubjectRef=qname>itemDefinition dataObjectRef=ref>dataObject | dataState?
dataStoreReference < FlowElement : itemSubjectRef=qname>itemDefinition dataStoreRef=qname>dataStore | dataState?
ioSpecification < Base : | dataInput* dataOutput* inputSet+ outputSet+
inputSet < Base : name | dataInputRefs* optionalInputRefs* whileExecutingInputRefs* outputSetRefs*
outputSet < Base : name | dataOutputRefs* optionalOutputRefs* whileExecutingOutputRefs* inputSetRefs*
dataInputRefs : = ref>dataInput
optionalInputRefs : = ref>dataInput
whileExecutingInputRefs : = ref>dataInput
outputSetRefs : = ref>outputSet
dataOutputRefs : = ref>dataOutput
optionalOutputRefs : = ref>dataOutput
whileExecutingOutputRefs : = ref>dataOutput
inputSetRefs : = ref>inputSet
DataAssociation < Base : | sourceRef* targetRef transformation? assignment*
dataInputAssociation < DataAssociation
dataOutputAssociation < DataAssociation
dataInputAssociation/sourceRef : = ref>ITEMAWARE
dataInputAssociation/targetRef : = ref>ITEMAWARE
dataOutputAssociation/sourceRef : = ref>ITEMAWARE
dataOutputAssociation/targetRef : = ref>ITEMAWARE
assignment < Base : | from to

expression < Expression
formalExpression < Expression
conditionExpression < Expression
activationCondition < Expression
completionCondition < Expression
loopCondition < Expression
loopCardinality < Expression
timeDate < Expression
timeDuration < Expression
timeCycle < Expression
condition < Expression
transformation < Expression
messagePath < Expression
dataPath < Expression
from < Expression
to < Expression
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """What an attribute or a text must be.

    target  the elements a reference may lead to; "*" stands for any of them,
            none at all for a name of another language, which is not followed
    """

    name: str = "text"
    choices: tuple[str, ...] = ()
    target: frozenset[str] = frozenset()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A place among the children: which elements, at least and at most how many (``None``: no end)."""

    names: frozenset[str]
    label: str
    min_count: int = 0
    max_count: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One element. ``content`` is its text: ``None`` nothing, "any" whatever, else a value of that kind."""

    attributes: dict[str, Kind]
    slots: tuple[Slot, ...]
    content: Kind | None = None


@cache
def members(group: str) -> frozenset[str]:
    """The elements a group stands for; an element's own name stands for itself."""
    if group not in GROUPS:
        return frozenset({group})
    return frozenset().union(*(members(part) for part in GROUPS[group].split()))


def entry(parent: str, name: str) -> Entry | None:
    """What the standard says of *name* inside *parent*, or ``None`` when it knows no such element."""
    return ENTRIES.get(f"{parent}/{name}") or ENTRIES.get(name)


_TOKEN = re.compile(r"(?P<name>\w+)(?P<required>!?)(?:=(?P<kind>\([^)]*\)|[\w>]+))?")
_SLOT = re.compile(r"(?P<names>[\w|]+)(?P<number>[?*+]|\{\d,\d?\})?$")
_NUMBERS: dict[str, tuple[int, int | None]] = {"": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}


def _kind(text: str) -> Kind:
    if text.startswith("("):
        return Kind("choice", tuple(text[1:-1].split()))
    name, _, target = text.partition(">")
    return Kind(name, target=frozenset({"*"}) if target == "any" else members(target) if target else frozenset())


def _slot(text: str) -> Slot:
    found = _SLOT.match(text)
    if found is None:
        raise ValueError(f"the vocabulary cannot be read at {text!r}")
    number = found["number"] or ""
    if number.startswith("{"):
        low, _, high = number[1:-1].partition(",")
        min_count, max_count = int(low), int(high) if high else None
    else:
        min_count, max_count = _NUMBERS[number]
    names = frozenset().union(*(members(part) for part in found["names"].split("|")))
    return Slot(names, found["names"].replace("|", " or "), min_count, max_count)


def _entries(table: str) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for line in filter(None, table.replace("\\\n", " ").splitlines()):
        head, _, rest = line.partition(" :")
        name, _, base = (part.strip() for part in head.partition("<"))
        rest, _, content = rest.partition(" = ")
        attributes, _, children = rest.partition("|")
        above = found[base] if base else Entry({}, ())
        own = {
            token["name"]: replace(_kind(token["kind"] or "text"), required=bool(token["required"]))
            for token in _TOKEN.finditer(attributes)
        }
        found[name] = Entry(
            {**above.attributes, **own},
            above.slots + tuple(_slot(text) for text in children.split()),
            _kind(content.strip()) if content else above.content,
        )
    return found


ENTRIES = _entries(TABLE)
