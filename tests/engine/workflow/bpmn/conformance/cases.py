"""One breach and one kept case for every rule of the standard: number → (element told of, breach, kept).

Each is the inside of a definitions element, as small as it can be. Where both
sides are alike but for one detail, that detail is what the rule is about.
"""

from __future__ import annotations

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs" targetNamespace="t" '
    'xmlns:t="t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:v="vendor" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI">'
)
ALTINN = 'xmlns:altinn="http://altinn.no/process" '

START, END, TASK = '<startEvent id="a"/>', '<endEvent id="z"/>', '<task id="t"/>'


def file(inside: str, dialect: bool = False) -> bytes:
    head = HEAD.replace("<definitions ", f"<definitions {ALTINN}") if dialect else HEAD
    return f"{head}{inside}</definitions>".encode()


def flow(source: str, target: str, inside: str = "") -> str:
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def process(body: str, more: str = 'isExecutable="false"') -> str:
    return f'<process id="p" {more}>{body}</process>'


def runs(body: str) -> str:
    return process(body, 'isExecutable="true"')


def around(node: str, more: str = "") -> str:
    """start a → *node* t → end z."""
    return START + END + node + flow("a", "t") + flow("t", "z") + more


def condition(kind: str = ' xsi:type="tFormalExpression"', text: str = "x") -> str:
    return f"<conditionExpression{kind}>{text}</conditionExpression>"


def one(node: str, more: str = "") -> str:
    """A file of one process around *node*."""
    return process(around(node, more))


def executable(node: str, more: str = "") -> str:
    return runs(around(node, more))


def start(inside: str, more: str = "") -> str:
    """A process whose start event a holds *inside*."""
    return process(f'<startEvent id="a" {more}>{inside}</startEvent>' + around(TASK).removeprefix(START))


def end(inside: str) -> str:
    return f'<endEvent id="e">{inside}</endEvent>' + flow("t", "e")


def catch(inside: str) -> str:
    return f'<intermediateCatchEvent id="t">{inside}</intermediateCatchEvent>'


def throw(inside: str) -> str:
    return f'<intermediateThrowEvent id="t">{inside}</intermediateThrowEvent>'


def boundary(inside: str, more: str = "", leads: str = "z") -> str:
    """A boundary event b on t that leads to z."""
    event = f'<boundaryEvent id="b" attachedToRef="t" {more}>{inside}</boundaryEvent>'
    return event + (flow("b", leads) if leads else "")


def event_subprocess(start_event: str, more: str = "") -> str:
    """An event subprocess s: start event sa → end event sz."""
    inside = start_event + '<endEvent id="sz"/>' + flow("sa", "sz")
    return f'<subProcess id="s" triggeredByEvent="true">{more}{inside}</subProcess>'


def subprocess(start_event: str) -> str:
    """A plain subprocess t: start event sa → end event sz."""
    return f"""<subProcess id="t">{start_event}<endEvent id="sz"/>{flow("sa", "sz")}</subProcess>"""


def gate(kind: str, targets: str, more: str = "") -> str:
    """start a → gateway t → u and w → end z."""
    flows = flow("t", "u") + flow("t", "w") + flow("u", "z") + flow("w", "z")
    return process(f'{START}{END}<{kind} id="t"/>{flow("a", "t")}{targets}{flows}{more}')


TWO = '<task id="u"/><task id="w"/>'
TIMER, MESSAGE, SIGNAL = "<timerEventDefinition/>", "<messageEventDefinition/>", "<signalEventDefinition/>"
WAITS = f'<intermediateCatchEvent id="w">{TIMER}</intermediateCatchEvent>'


def event(identity: str, inside: str) -> str:
    return f'<intermediateCatchEvent id="{identity}">{inside}</intermediateCatchEvent>'


def awaited(node: str, more: str = "") -> str:
    return gate("eventBasedGateway", node + WAITS, more)


ITEMS = '<itemDefinition id="i" structureRef="one"/><itemDefinition id="j" structureRef="two"/>'
OFFER = (
    ITEMS + '<message id="m" itemRef="i"/><message id="n" itemRef="j"/><interface id="f" name="f">'
    '<operation id="o" name="o"><inMessageRef>m</inMessageRef><outMessageRef>n</outMessageRef></operation></interface>'
)


def io(ins: str = "", outs: str = "", sets: tuple[int, int] = (1, 1)) -> str:
    """An ioSpecification: a data input for each item in *ins*, an output for each in *outs*, all in the first sets."""
    inputs = "".join(f'<dataInput id="in-{item}" itemSubjectRef="{item}"/>' for item in ins)
    outputs = "".join(f'<dataOutput id="out-{item}" itemSubjectRef="{item}"/>' for item in outs)
    first_in = "".join(f"<dataInputRefs>in-{item}</dataInputRefs>" for item in ins)
    first_out = "".join(f"<dataOutputRefs>out-{item}</dataOutputRefs>" for item in outs)
    into = f"<inputSet>{first_in}</inputSet>" + "<inputSet/>" * (sets[0] - 1)
    out_of = f"<outputSet>{first_out}</outputSet>" + "<outputSet/>" * (sets[1] - 1)
    return f"<ioSpecification>{inputs}{outputs}{into}{out_of}</ioSpecification>"


def service(spec: str) -> str:
    return OFFER + one(f'<serviceTask id="t" operationRef="o">{spec}</serviceTask>')


def send(spec: str) -> str:
    return OFFER + one(f'<sendTask id="t" messageRef="m">{spec}</sendTask>')


def receive(spec: str) -> str:
    return OFFER + one(f'<receiveTask id="t" messageRef="m">{spec}</receiveTask>')


def spec(inside: str) -> str:
    return one(f'<task id="t"><ioSpecification>{inside}</ioSpecification></task>')


def into(refs: str) -> str:
    return spec(f'<dataInput id="x"/><inputSet id="si">{refs}</inputSet><outputSet id="so"/>')


def out_of(refs: str) -> str:
    return spec(f'<dataOutput id="x"/><inputSet id="si"/><outputSet id="so">{refs}</outputSet>')


def linked(throws: str, catches: str, scoped: bool = False) -> str:
    """a → throwing link; catching link → z."""
    source = f'<intermediateThrowEvent id="lt"><linkEventDefinition id="l1" name="l">{throws}</linkEventDefinition>'
    target = f'<intermediateCatchEvent id="lc"><linkEventDefinition id="l2" name="l">{catches}</linkEventDefinition>'
    target += "</intermediateCatchEvent>"
    if scoped:
        inner = f'<subProcess id="t">{target}<task id="u"/>{flow("lc", "u")}</subProcess>'
        return one(inner, f"{source}</intermediateThrowEvent>{flow('t', 'lt')}")
    return process(f"{START}{END}{source}</intermediateThrowEvent>{target}{flow('a', 'lt')}{flow('lc', 'z')}")


def pools(messages: str, body: str = around(TASK), also: str = "") -> str:
    return (
        '<collaboration id="k"><participant id="one" processRef="p"/><participant id="two"/>'
        f"{messages}</collaboration>{also}{process(body)}"
    )


def times(range_: str) -> str:
    pool = f'<participant id="x"><participantMultiplicity {range_}/></participant>'
    return f'<collaboration id="k">{pool}</collaboration>'


def message_flow(source: str, target: str) -> str:
    return f'<messageFlow id="m" sourceRef="{source}" targetRef="{target}"/>'


def call(own: str, theirs: str) -> str:
    """A call activity t with data *own* that calls a global task with data *theirs*."""
    return (
        ITEMS + f'<globalTask id="g">{theirs.replace("in-", "their-in-")}</globalTask>'
        f'{one(f"""<callActivity id="t" calledElement="g">{own}</callActivity>""")}'
    )


def called(start_event: str) -> str:
    return (
        one('<callActivity id="t" calledElement="q"/>') + f'<process id="q"><startEvent id="qa">{start_event}'
        f'</startEvent><endEvent id="qz"/>{flow("qa", "qz")}</process>'
    )


def offered(bindings: str) -> str:
    spec_ = io("i", "j")
    return (
        OFFER + '<itemDefinition id="h" structureRef="three"/>'
        f'<globalTask id="g"><supportedInterfaceRef>f</supportedInterfaceRef>{spec_}{bindings}</globalTask>'
    )


BINDING = '<ioBinding id="b" operationRef="o" inputDataRef="in-i" outputDataRef="out-j"/>'


def loop(inside: str, more: str = "", spec_: str = "") -> str:
    """An executable task t that loops; its collection in-i is of item i."""
    return ITEMS + executable(
        f'<task id="t">{spec_}<multiInstanceLoopCharacteristics id="l" {more}>{inside}'
        "</multiInstanceLoopCharacteristics></task>"
    )


def looped(inside: str) -> str:
    return loop(f"<loopDataInputRef>in-i</loopDataInputRef>{inside}", spec_=io("i"))


def data_link(source: str, more: str = "") -> str:
    """A data association from data object d of item *source* into an input of item i."""
    return ITEMS + one(
        f'<task id="t">{io("i")}<dataInputAssociation id="da"><sourceRef>d</sourceRef>{more}'
        "<targetRef>in-i</targetRef>MORE</dataInputAssociation></task>",
        f'<dataObject id="d" itemSubjectRef="{source}"/><dataObject id="d2" itemSubjectRef="{source}"/>',
    )


def transformed(link: str) -> str:
    return link.replace("MORE", "<transformation>x</transformation>")


def carries(data: str, definitions: str = MESSAGE) -> str:
    """A start event a with data outputs of the items *data* for its definitions."""
    outputs = "".join(f'<dataOutput id="d{n}" itemSubjectRef="{item}"/>' for n, item in enumerate(data))
    refs = "".join(f"<dataOutputRefs>d{n}</dataOutputRefs>" for n in range(len(data)))
    return OFFER + start(f"{outputs}<outputSet>{refs}</outputSet>{definitions}")


ADHOC = '<adHocSubProcess id="t">{}</adHocSubProcess>'
UNDO = '<task id="undo" isForCompensation="true"/>'
UNDONE = boundary("<compensateEventDefinition/>", leads="")
TO_UNDO = '<association id="as" sourceRef="b" targetRef="undo"/>'
ANNOTATION = '<textAnnotation id="note"/>'
CHOREOGRAPHY = (
    '<choreography id="c"><participant id="x"/><participant id="y"/><messageFlow id="mf" sourceRef="x" targetRef="y"/>'
    '<choreographyTask id="ct" initiatingParticipantRef="{}"><participantRef>x</participantRef>'
    "<participantRef>y</participantRef><messageFlowRef>mf</messageFlowRef></choreographyTask></choreography>"
)
IN_PROCESS = (
    '<choreographyTask id="ct" initiatingParticipantRef="x"><participantRef>x</participantRef>'
    "<participantRef>y</participantRef><messageFlowRef>mf</messageFlowRef></choreographyTask>"
)
KEY = (
    '<message id="m"/><correlationProperty id="cp"><correlationPropertyRetrievalExpression messageRef="m">'
    "<messagePath>x</messagePath></correlationPropertyRetrievalExpression></correlationProperty>"
    '<collaboration id="k"><correlationKey id="key"><correlationPropertyRef>cp</correlationPropertyRef>'
    "</correlationKey></collaboration>"
)
BOUND = '<correlationPropertyBinding correlationPropertyRef="cp"><dataPath>x</dataPath></correlationPropertyBinding>'
GOOD = one(TASK)

CASES: dict[str, tuple[str, str, str]] = {
    "XSD.element": ("t", one('<task id="t"><colour/></task>'), one('<task id="t"><documentation/></task>')),
    "XSD.order": (
        "t",
        one('<task id="t"><outgoing>t-z</outgoing><incoming>a-t</incoming></task>'),
        one('<task id="t"><documentation/><extensionElements/></task>'),
    ),
    "XSD.number": (
        "t",
        one('<task id="t"><ioSpecification><inputSet/></ioSpecification></task>'),
        one('<task id="t"><ioSpecification><inputSet/><outputSet/></ioSpecification></task>'),
    ),
    "XSD.attribute": ("t", one('<task id="t" colour="red"/>'), one('<task id="t" v:colour="red"/>')),
    "XSD.value": ("t", one('<task id="t" isForCompensation="maybe"/>'), one('<task id="t" startQuantity="2"/>')),
    "XSD.text": ("t", one('<task id="t">do it</task>'), one('<task id="t"><documentation>do</documentation></task>')),
    "EXT.002": ("t", one(TASK, TASK), one(TASK, '<group id="gr"/>')),
    "EXT.003": ("p", one(TASK, "<task/>"), one(TASK, "<group/>")),
    "EXT.004": (
        "t",
        one('<task id="t"><documentation textFormat="plain">x</documentation></task>'),
        one('<task id="t"><documentation textFormat="text/html">x</documentation></task>'),
    ),
    "EXT.010": (
        "note",
        one(TASK, '<textAnnotation id="note" textFormat="plain"/>'),
        one(TASK, '<textAnnotation id="note" textFormat="text/plain"/>'),
    ),
    "BPMN.resource-twice": (
        "r",
        one(
            '<task id="t"><performer id="r"><resourceRef>x</resourceRef><resourceAssignmentExpression>'
            "<expression/></resourceAssignmentExpression></performer></task>"
        ),
        one(
            '<task id="t"><performer id="r"><resourceAssignmentExpression><expression/>'
            "</resourceAssignmentExpression></performer></task>"
        ),
    ),
    "BPMN.loop-twice": (
        "t",
        one('<task id="t"><standardLoopCharacteristics/><standardLoopCharacteristics/></task>'),
        one('<task id="t"><standardLoopCharacteristics/></task>'),
    ),
    "BPMN.abstract-definition": ("d", '<eventDefinition id="d"/>' + GOOD, '<signalEventDefinition id="d"/>' + GOOD),
    "REF.existence": (
        "t",
        one('<receiveTask id="t" messageRef="gone"/>'),
        '<message id="m"/>' + one('<receiveTask id="t" messageRef="t:m"/>'),
    ),
    "REF.type": (
        "t",
        '<signal id="m"/>' + one('<receiveTask id="t" messageRef="m"/>'),
        '<message id="m"/>' + one('<receiveTask id="t" messageRef="m"/>'),
    ),
    "REF.diagram": (
        "shape",
        GOOD + '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNShape id="shape" bpmnElement="gone"/>'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>",
        GOOD + '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNShape id="shape" bpmnElement="t"/>'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>",
    ),
    "EXT.006": ("t-note", one(TASK, flow("t", "note") + ANNOTATION), one(TASK, ANNOTATION)),
    "EXT.007": ("note-t", one(TASK, flow("note", "t") + ANNOTATION), one(TASK, ANNOTATION)),
    "EXT.008": ("m", pools(message_flow("two", "note"), around(TASK, ANNOTATION)), pools(message_flow("two", "t"))),
    "EXT.009": ("m", pools(message_flow("note", "two"), around(TASK, ANNOTATION)), pools(message_flow("t", "two"))),
    "EXT.021": ("d-t", one(TASK, '<dataObject id="d"/>' + flow("d", "t")), GOOD),
    "EXT.022": ("t-d", one(TASK, '<dataObject id="d"/>' + flow("t", "d")), GOOD),
    "EXT.023": (
        "t",
        one('<task id="t"><incoming>a-t</incoming></task>'),
        process(
            '<task id="t"><outgoing>t-u</outgoing></task><task id="u"><incoming>t-u</incoming></task>' + flow("t", "u")
        ),
    ),
    "EXT.024": (
        "t-u",
        executable(TASK, END.replace("z", "u") + flow("t", "u").replace("><", ' isImmediate="false"><')),
        one(TASK, END.replace("z", "u") + flow("t", "u").replace("><", ' isImmediate="false"><')),
    ),
    "EXT.025": (
        "t-z",
        GOOD.replace(flow("t", "z"), flow("t", "z", condition())),
        GOOD.replace(flow("t", "z"), flow("t", "z", condition()) + '<endEvent id="y"/>' + flow("t", "y")),
    ),
    "BPMN.condition-unused": (
        "t-u",
        gate("parallelGateway", TWO).replace(flow("t", "u"), flow("t", "u", condition())),
        gate("inclusiveGateway", TWO).replace(flow("t", "u"), flow("t", "u", condition())),
    ),
    "EXT.026": ("t", one('<task id="t" default="a-t"/>'), one('<task id="t" default="t-z"/>')),
    "EXT.028": (
        "t-y",
        one(TASK, flow("t", "y")) + '<process id="q"><task id="y"/></process>',
        GOOD + '<process id="q"><task id="y"/></process>',
    ),
    "EXT.152": (
        "t-y",
        one(TASK, '<subProcess id="s"><task id="y"/></subProcess>' + flow("t", "y") + flow("t", "s") + flow("s", "z")),
        one(TASK, '<subProcess id="s"><task id="y"/></subProcess>' + flow("t", "s") + flow("s", "z")),
    ),
    "EXT.012": (
        "t-y",
        executable(TASK, '<endEvent id="y"/>' + flow("t", "y", condition(""))),
        executable(TASK, '<endEvent id="y"/>' + flow("t", "y", condition())),
    ),
    "EXT.013": (
        "t-y",
        one(TASK, '<endEvent id="y"/>' + flow("t", "y", condition(text=" "))),
        one(TASK, '<endEvent id="y"/>' + flow("t", "y", condition())),
    ),
    "EXT.017": (
        "t",
        gate('parallelGateway gatewayDirection="Converging"', TWO),
        gate('parallelGateway gatewayDirection="Diverging"', TWO),
    ),
    "EXT.018": (
        "t",
        one(
            '<parallelGateway id="t" gatewayDirection="Diverging"/>', '<task id="u"/>' + flow("a", "u") + flow("u", "t")
        ),
        one(
            '<parallelGateway id="t" gatewayDirection="Converging"/>',
            '<task id="u"/>' + flow("a", "u") + flow("u", "t"),
        ),
    ),
    "EXT.019": (
        "t",
        gate('parallelGateway gatewayDirection="Mixed"', TWO),
        gate('parallelGateway gatewayDirection="Mixed"', TWO, '<task id="s"/>' + flow("a", "s") + flow("s", "t")),
    ),
    "EXT.135": ("t", one('<parallelGateway id="t"/>'), gate("parallelGateway", TWO)),
    "EXT.136": ("t", one('<eventBasedGateway id="t"/>'), awaited(event("u", MESSAGE))),
    "EXT.137": (
        "t-u",
        awaited(event("u", MESSAGE)).replace(flow("t", "u"), flow("t", "u", condition())),
        awaited(event("u", MESSAGE)),
    ),
    "EXT.138": ("u", awaited('<task id="u"/>'), awaited('<receiveTask id="u"/>')),
    "EXT.139": (
        "t",
        gate("eventBasedGateway", event("u", MESSAGE) + '<receiveTask id="w"/>'),
        gate("eventBasedGateway", event("u", SIGNAL) + '<receiveTask id="w"/>'),
    ),
    "EXT.140": (
        "u",
        awaited('<receiveTask id="u"/>', boundary(TIMER).replace('attachedToRef="t"', 'attachedToRef="u"')),
        awaited('<receiveTask id="u"/>'),
    ),
    "EXT.141": ("u", awaited(event("u", MESSAGE), flow("a", "u")), awaited(event("u", MESSAGE))),
    "EXT.142": (
        "t",
        gate('eventBasedGateway instantiate="true"', event("u", MESSAGE) + WAITS),
        gate('eventBasedGateway instantiate="true"', event("u", MESSAGE) + WAITS)
        .replace(START, "")
        .replace(flow("a", "t"), ""),
    ),
    "BPMN.event-gateway-parallel": (
        "t",
        gate('eventBasedGateway eventGatewayType="Parallel"', event("u", MESSAGE) + WAITS),
        gate('eventBasedGateway eventGatewayType="Exclusive"', event("u", MESSAGE) + WAITS),
    ),
    "EXT.059": (
        "sa",
        one(TASK, event_subprocess('<startEvent id="sa"/>')),
        one(TASK, event_subprocess(f'<startEvent id="sa">{TIMER}</startEvent>')),
    ),
    "EXT.098": ("a", start("<errorEventDefinition/>"), start(TIMER)),
    "EXT.100": (
        "sa",
        one(subprocess(f'<startEvent id="sa">{TIMER}</startEvent>')),
        one(subprocess('<startEvent id="sa"/>')),
    ),
    "EXT.110": (
        "b",
        one(TASK, boundary("<errorEventDefinition/>", 'cancelActivity="false"')),
        one(TASK, boundary(TIMER)),
    ),
    "EXT.146": ("e", one(TASK, end(TIMER)), one(TASK, end(MESSAGE))),
    "EXT.147": ("t", one(throw(TIMER)), one(throw(""))),
    "EXT.148": ("t", one(catch("<terminateEventDefinition/>")), one(catch(TIMER))),
    "EXT.096": ("a", one(TASK, flow("t", "a")), GOOD),
    "EXT.101": ("y", one(TASK, '<startEvent id="y"/>'), one(TASK, '<startEvent id="y"/>' + flow("y", "t"))),
    "EXT.104": ("z", one(TASK, flow("z", "t")), GOOD),
    "EXT.107": ("y", one(TASK, '<endEvent id="y"/>'), one(TASK, '<endEvent id="y"/>' + flow("t", "y"))),
    "EXT.097": ("z", process(END + TASK + flow("t", "z")), process(TASK)),
    "EXT.105": ("a", process(START + TASK + flow("a", "t")), process(TASK)),
    "EXT.150": (
        "u",
        one(TASK, '<task id="u"/>' + flow("u", "z")),
        process('<task id="u"/>' + TASK + flow("u", "t")),
    ),
    "EXT.151": (
        "u",
        one(TASK, '<task id="u"/>' + flow("t", "u")),
        process('<task id="u"/>' + TASK + flow("t", "u")),
    ),
    "EXT.106": (
        "sz",
        one(
            '<subProcess id="t"><startEvent id="sa"/><endEvent id="sz"><cancelEventDefinition/></endEvent>'
            + flow("sa", "sz")
            + "</subProcess>"
        ),
        one(
            '<transaction id="t"><startEvent id="sa"/><endEvent id="sz"><cancelEventDefinition/></endEvent>'
            + flow("sa", "sz")
            + "</transaction>"
        ),
    ),
    "EXT.111": (
        "b",
        one('<subProcess id="t"/>', boundary("<cancelEventDefinition/>")),
        one('<transaction id="t"/>', boundary("<cancelEventDefinition/>")),
    ),
    "EXT.112": ("b", one(TASK, boundary(TIMER) + flow("t", "b")), one(TASK, boundary(TIMER))),
    "EXT.113": ("b", one(TASK, boundary(TIMER, leads="")), one(TASK, boundary(TIMER))),
    "EXT.114": (
        "b",
        one(TASK, UNDONE + UNDO + TO_UNDO.replace("<association", flow("b", "z") + "<association")),
        one(TASK, UNDONE + UNDO + TO_UNDO),
    ),
    "BPMN.boundary-scope": (
        "b",
        one('<subProcess id="s"><task id="u"/></subProcess>'.replace('"s"', '"t"'), boundary(TIMER)).replace(
            'attachedToRef="t"', 'attachedToRef="u"'
        ),
        one('<subProcess id="t"><task id="u"/></subProcess>', boundary(TIMER)),
    ),
    "EXT.143": ("b", one(TASK, UNDONE + UNDO), one(TASK, UNDONE + UNDO + TO_UNDO)),
    "EXT.144": (
        "undo",
        process(TASK + UNDONE + UNDO.replace("true", "false") + TO_UNDO),
        process(TASK + UNDONE + UNDO + TO_UNDO),
    ),
    "EXT.145": (
        "undo",
        one(TASK, UNDONE + UNDO + flow("t", "undo") + TO_UNDO),
        one(TASK, UNDONE + UNDO + TO_UNDO),
    ),
    "EXT.115": (
        "c",
        process(TASK + f'<intermediateCatchEvent id="c">{TIMER}</intermediateCatchEvent>' + flow("c", "t")),
        one(catch(TIMER)),
    ),
    "EXT.116": (
        "c",
        process(TASK + f'<intermediateCatchEvent id="c">{TIMER}</intermediateCatchEvent>' + flow("t", "c")),
        one(catch(TIMER)),
    ),
    "EXT.117": (
        "lc",
        linked("<target>l2</target>", "<source>l1</source>").replace("</process>", flow("a", "lc") + "</process>"),
        linked("<target>l2</target>", "<source>l1</source>"),
    ),
    "EXT.118": (
        "l1",
        linked("<target>l2</target>", "<source>l3</source>").replace(
            "</process>",
            '<intermediateThrowEvent id="x"><linkEventDefinition id="l3" name="l"><target>l2</target>'
            f"</linkEventDefinition></intermediateThrowEvent>{flow('a', 'x')}</process>",
        ),
        linked("<target>l2</target>", "<source>l1</source>"),
    ),
    "EXT.124": ("l2", linked("<target>l2</target>", ""), linked("<target>l2</target>", "<source>l1</source>")),
    "EXT.125": ("l1", linked("", "<source>l1</source>"), linked("<target>l2</target>", "<source>l1</source>")),
    "EXT.126": (
        "l1",
        linked("<target>l2</target>", "<source>l1</source>", scoped=True),
        linked("<target>l2</target>", "<source>l1</source>"),
    ),
    "EXT.095": (
        "d",
        one(
            TASK,
            end('<signalEventDefinition id="d"/>')
            + '<endEvent id="y"><eventDefinitionRef>d</eventDefinitionRef></endEvent>'
            + flow("t", "y"),
        ),
        '<signalEventDefinition id="d"/>' + one(TASK, end("<eventDefinitionRef>d</eventDefinitionRef>")),
    ),
    "EXT.011": (
        "e",
        executable(TASK, end("<escalationEventDefinition/>")),
        '<escalation id="es" escalationCode="1"/>'
        + executable(TASK, end('<escalationEventDefinition escalationRef="es"/>')),
    ),
    "BPMN.error-code": (
        "e",
        '<error id="er"/>' + executable(TASK, end('<errorEventDefinition errorRef="er"/>')),
        '<error id="er" errorCode="1"/>' + executable(TASK, end('<errorEventDefinition errorRef="er"/>')),
    ),
    "EXT.122": ("t", one(catch("<compensateEventDefinition/>")), one(throw("<compensateEventDefinition/>"))),
    "EXT.123": (
        "cd",
        executable(catch('<conditionalEventDefinition id="cd"><condition>x</condition></conditionalEventDefinition>')),
        executable(
            catch(
                '<conditionalEventDefinition id="cd"><condition xsi:type="tFormalExpression">x</condition>'
                "</conditionalEventDefinition>"
            )
        ),
    ),
    "EXT.127": (
        "t",
        OFFER + executable(catch("<messageEventDefinition><operationRef>o</operationRef></messageEventDefinition>")),
        OFFER
        + executable(
            catch('<messageEventDefinition messageRef="m"><operationRef>o</operationRef></messageEventDefinition>')
        ),
    ),
    "EXT.128": (
        "t",
        OFFER + executable(catch('<messageEventDefinition messageRef="m"/>')),
        OFFER
        + executable(
            catch('<messageEventDefinition messageRef="m"><operationRef>o</operationRef></messageEventDefinition>')
        ),
    ),
    "EXT.099": ("t", called(TIMER), called("")),
    "EXT.035": (
        "p",
        process(TASK, 'processType="Public" isExecutable="true"'),
        process(TASK, 'processType="Private" isExecutable="true"'),
    ),
    "EXT.037": ("t", one('<task id="t" startQuantity="0"/>'), one('<task id="t" startQuantity="1"/>')),
    "EXT.038": ("t", one('<task id="t" completionQuantity="0"/>'), one('<task id="t" completionQuantity="1"/>')),
    "EXT.042": ("t", service(io("i", "j", (2, 1))), service(io("i", "j"))),
    "EXT.043": ("t", service(io("i", "j", (1, 2))), service(io("i", "j"))),
    "EXT.044": ("in-j", service(io("j", "j")), service(io("i", "j"))),
    "EXT.045": ("t", service(io("i", "i")), service(io("i", "j"))),
    "EXT.046": ("t", send(io("i", sets=(2, 1))), send(io("i"))),
    "EXT.047": ("t", send(io("ij")), send(io("i"))),
    "EXT.048": ("in-j", send(io("j")), send(io("i"))),
    "EXT.050": ("t", receive(io("", "i", (1, 2))), receive(io("", "i"))),
    "EXT.051": ("t", receive(io("", "ij")), receive(io("", "i"))),
    "EXT.052": ("out-j", receive(io("", "j")), receive(io("", "i"))),
    "EXT.049": (
        "t",
        one('<receiveTask id="t" instantiate="true"/>'),
        process('<receiveTask id="t" instantiate="true"/>' + END + flow("t", "z")),
    ),
    "EXT.053": (
        "t",
        one('<scriptTask id="t"><script>x</script></scriptTask>'),
        one('<scriptTask id="t" scriptFormat="text/x-python"><script>x</script></scriptTask>'),
    ),
    "EXT.036": ("ct", process(TASK + IN_PROCESS), CHOREOGRAPHY.format("x")),
    "EXT.056": ("ct", one(f'<subProcess id="t">{IN_PROCESS}</subProcess>'), one('<subProcess id="t"/>')),
    "EXT.057": (
        "s",
        one(TASK, event_subprocess(f'<startEvent id="sa">{TIMER}</startEvent>') + flow("t", "s")),
        one(TASK, event_subprocess(f'<startEvent id="sa">{TIMER}</startEvent>')),
    ),
    "EXT.058": (
        "s",
        one(
            TASK,
            event_subprocess(
                f'<startEvent id="sa">{TIMER}</startEvent>',
                f'<startEvent id="sb">{TIMER}</startEvent>{flow("sb", "sz")}',
            ),
        ),
        one(TASK, event_subprocess(f'<startEvent id="sa">{TIMER}</startEvent>')),
    ),
    "EXT.061": ("t", one(ADHOC.format("")), one(ADHOC.format('<task id="u"/>'))),
    "EXT.062": ("sz", one(ADHOC.format('<task id="u"/><endEvent id="sz"/>')), one(ADHOC.format('<task id="u"/>'))),
    "EXT.063": ("t", call(io("i"), io("j")), call(io("i"), io("i"))),
    "EXT.064": ("g", offered(""), offered(BINDING)),
    "EXT.065": ("b", offered(BINDING).replace('itemSubjectRef="j"', 'itemSubjectRef="h"'), offered(BINDING)),
    "BPMN.interface-unbound": (
        "g",
        offered(BINDING).replace(
            "</interface>", '<operation id="o2" name="o2"><inMessageRef>m</inMessageRef></operation></interface>'
        ),
        offered(BINDING),
    ),
    "EXT.067": ("l", loop(""), loop('<loopCardinality xsi:type="tFormalExpression">3</loopCardinality>')),
    "EXT.068": (
        "l",
        loop("<loopDataInputRef>d</loopDataInputRef>").replace("</process>", '<dataObject id="d"/></process>'),
        looped(""),
    ),
    "EXT.069": (
        "o1",
        looped('<loopDataOutputRef>in-i</loopDataOutputRef><outputDataItem id="o1" itemSubjectRef="j"/>'),
        looped('<loopDataOutputRef>in-i</loopDataOutputRef><outputDataItem id="o1" itemSubjectRef="i"/>'),
    ),
    "EXT.070": (
        "i1",
        looped('<inputDataItem id="i1" itemSubjectRef="j"/>'),
        looped('<inputDataItem id="i1" itemSubjectRef="i"/>'),
    ),
    "BPMN.loop-behavior": (
        "l",
        loop('<loopCardinality xsi:type="tFormalExpression">3</loopCardinality>', 'behavior="One"'),
        loop('<loopCardinality xsi:type="tFormalExpression">3</loopCardinality>', 'behavior="All"'),
    ),
    "EXT.020": (
        "d",
        '<itemDefinition id="i" isCollection="true"/>' + one(TASK, '<dataObject id="d" itemSubjectRef="i"/>'),
        '<itemDefinition id="i" isCollection="true"/>'
        + one(TASK, '<dataObject id="d" itemSubjectRef="i" isCollection="true"/>'),
    ),
    "EXT.076": (
        "r",
        one(
            TASK,
            '<dataObject id="d" name="Claim"/><dataObjectReference id="r" name="Claim" dataObjectRef="d">'
            '<dataState name="new"/></dataObjectReference>',
        ),
        one(
            TASK,
            '<dataObject id="d" name="Claim"/><dataObjectReference id="r" name="Claim [new]" dataObjectRef="d">'
            '<dataState name="new"/></dataObjectReference>',
        ),
    ),
    "EXT.079": ("t", one(f'<subProcess id="t">{io()}</subProcess>'), one(f'<task id="t">{io()}</task>')),
    "EXT.084": ("x", into(""), into("<dataInputRefs>x</dataInputRefs>")),
    "EXT.088": ("x", out_of(""), out_of("<dataOutputRefs>x</dataOutputRefs>")),
    "EXT.085": (
        "si",
        into("<optionalInputRefs>x</optionalInputRefs>"),
        into("<dataInputRefs>x</dataInputRefs><optionalInputRefs>x</optionalInputRefs>"),
    ),
    "EXT.086": (
        "si",
        into("<whileExecutingInputRefs>x</whileExecutingInputRefs>"),
        into("<dataInputRefs>x</dataInputRefs><whileExecutingInputRefs>x</whileExecutingInputRefs>"),
    ),
    "EXT.087": (
        "si",
        into("<dataInputRefs>x</dataInputRefs><outputSetRefs>so</outputSetRefs>"),
        into("<dataInputRefs>x</dataInputRefs><outputSetRefs>so</outputSetRefs>").replace(
            '<outputSet id="so"/>', '<outputSet id="so"><inputSetRefs>si</inputSetRefs></outputSet>'
        ),
    ),
    "EXT.089": (
        "so",
        out_of("<optionalOutputRefs>x</optionalOutputRefs>"),
        out_of("<dataOutputRefs>x</dataOutputRefs><optionalOutputRefs>x</optionalOutputRefs>"),
    ),
    "EXT.090": (
        "so",
        out_of("<whileExecutingOutputRefs>x</whileExecutingOutputRefs>"),
        out_of("<dataOutputRefs>x</dataOutputRefs><whileExecutingOutputRefs>x</whileExecutingOutputRefs>"),
    ),
    "EXT.091": ("da", data_link("j").replace("MORE", ""), transformed(data_link("j"))),
    "EXT.092": (
        "da",
        data_link("i", "<sourceRef>d2</sourceRef>").replace("MORE", ""),
        transformed(data_link("i", "<sourceRef>d2</sourceRef>")),
    ),
    "EXT.093": ("a", carries("ij", '<messageEventDefinition messageRef="m"/>'), carries("i", MESSAGE)),
    "EXT.094": (
        "a",
        carries("j", '<messageEventDefinition messageRef="m"/>'),
        carries("i", '<messageEventDefinition messageRef="m"/>'),
    ),
    "EXT.027": (
        "gc",
        CHOREOGRAPHY.format("x")
        + '<globalConversation id="gc"><choreographyRef>c</choreographyRef></globalConversation>',
        CHOREOGRAPHY.format("x") + '<collaboration id="gc"><choreographyRef>c</choreographyRef></collaboration>',
    ),
    "EXT.032": (
        "cv",
        '<globalConversation id="gc"><conversation id="cv"/></globalConversation>',
        '<collaboration id="gc"><conversation id="cv"/></collaboration>',
    ),
    "EXT.033": (
        "k",
        CHOREOGRAPHY.format("x")
        + '<collaboration id="k" isClosed="true"><choreographyRef>c</choreographyRef></collaboration>',
        CHOREOGRAPHY.format("x")
        + '<collaboration id="k" isClosed="false"><choreographyRef>c</choreographyRef></collaboration>',
    ),
    "EXT.029": ("x", times('minimum="-1"'), times('minimum="0"')),
    "EXT.030": ("x", times('minimum="3" maximum="2"'), times('minimum="2" maximum="3"')),
    "EXT.031": ("m", pools(message_flow("t", "one")), pools(message_flow("t", "two"))),
    "EXT.102": ("m", pools(message_flow("a", "two")), pools(message_flow("t", "two"))),
    "EXT.103": (
        "a",
        pools(message_flow("two", "a")),
        pools(
            message_flow("two", "a"), f'<startEvent id="a">{MESSAGE}</startEvent>' + around(TASK).removeprefix(START)
        ),
    ),
    "EXT.108": ("m", pools(message_flow("two", "z")), pools(message_flow("two", "t"))),
    "EXT.109": (
        "z",
        pools(message_flow("z", "two")),
        pools(message_flow("e", "two"), around(TASK, end(MESSAGE))),
    ),
    "EXT.119": (
        "m",
        pools(message_flow("t", "two"), around(catch(MESSAGE))),
        pools(message_flow("two", "t"), around(catch(MESSAGE))),
    ),
    "BPMN.message-flow-event": (
        "t",
        pools(message_flow("two", "t"), around(catch(TIMER))),
        pools(message_flow("two", "t"), around(catch(MESSAGE))),
    ),
    "BPMN.correlation-unbound": (
        "s",
        KEY + one(TASK, '<correlationSubscription id="s" correlationKeyRef="key"/>'),
        KEY + one(TASK, f'<correlationSubscription id="s" correlationKeyRef="key">{BOUND}</correlationSubscription>'),
    ),
    "BPMN.initiating-participant": (
        "ct",
        CHOREOGRAPHY.format("w").replace('<participant id="y"/>', '<participant id="y"/><participant id="w"/>'),
        CHOREOGRAPHY.format("x"),
    ),
}
