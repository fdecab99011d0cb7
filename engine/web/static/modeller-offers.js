// What may be drawn: the palette, the pad beside a shape and the menu of sorts hold what the engine executes, no more.
// state: gives what the server said of this engine; selected: the first chosen shape, if any.
window.modellerOffers = (state, selected) => {
  const PLACES = { "intermediate-catch": "intermediateCatchEvent", "intermediate-throw": "intermediateThrowEvent",
    boundary: "boundaryEvent", start: "startEvent", end: "endEvent" };
  const TYPES = { "event-subprocess": "subProcess", subprocess: "subProcess", "expanded-subprocess": "subProcess",
    "collapsed-subprocess": "subProcess", "collapsed-ad-hoc-subprocess": "adHocSubProcess",
    "ad-hoc-subprocess": "adHocSubProcess", "expanded-ad-hoc-subprocess": "adHocSubProcess", "rule-task": "businessRuleTask" };
  // Whether an entry of the replace menu, known by its id, makes something the engine runs.
  const honoured = (id) => {
    const name = id.replace(/^replace-with-/, "").replace(/^non-interrupting-/, "").replace(/-non-interrupting$/, "");
    if (/pool|participant|data-|group/.test(name)) return false;
    const place = Object.keys(PLACES).find((key) => name.endsWith(key));
    if (place) {
      const kind = name === place || name === `none-${place}` ? "none" : name.slice(0, -place.length - 1);
      const scope = selected();
      const handler = place === "start" && scope && scope.parent && scope.parent.businessObject.triggeredByEvent;
      return (state().events[handler ? "eventSubProcessStart" : PLACES[place]] || []).includes(kind);
    }
    const type = TYPES[name] || name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    return !/(task|gateway|subprocess|transaction|activity)$/i.test(name) || state().elements.includes(type);
  };

  function Offers(palette, contextPad, popupMenu, create, elementFactory, autoPlace, translate, eventBus, moddle) {
    const shape = (type, more) => elementFactory.createShape({ type, ...more });
    const entry = (group, className, title, type, more) => {
      const begin = (event) => create.start(event, shape(type, more));
      return { group, className, title: translate(title), action: { dragstart: begin, click: begin } };
    };
    palette.registerProvider(900, { getPaletteEntries: () => (entries) => ({
      "hand-tool": entries["hand-tool"], "lasso-tool": entries["lasso-tool"], "space-tool": entries["space-tool"],
      "global-connect-tool": entries["global-connect-tool"], "tool-separator": entries["tool-separator"],
      start: entry("event", "bpmn-icon-start-event-none", "Start event", "bpmn:StartEvent"),
      wait: entry("event", "bpmn-icon-intermediate-event-catch-timer", "Timer intermediate catch event", "bpmn:IntermediateCatchEvent", { eventDefinitionType: "bpmn:TimerEventDefinition" }),
      end: entry("event", "bpmn-icon-end-event-none", "End event", "bpmn:EndEvent"),
      choice: entry("gateway", "bpmn-icon-gateway-xor", "Exclusive gateway", "bpmn:ExclusiveGateway"),
      parallel: entry("gateway", "bpmn-icon-gateway-parallel", "Parallel gateway", "bpmn:ParallelGateway"),
      user: entry("activity", "bpmn-icon-user-task", "User task", "bpmn:UserTask"),
      job: entry("activity", "bpmn-icon-service-task", "Service task", "bpmn:ServiceTask"),
      receive: entry("activity", "bpmn-icon-receive-task", "Receive task", "bpmn:ReceiveTask"),
      call: entry("activity", "bpmn-icon-call-activity", "Call activity", "bpmn:CallActivity"),
      part: entry("activity", "bpmn-icon-subprocess-expanded", "Sub-process (expanded)", "bpmn:SubProcess", { isExpanded: true }),
    }) });
    contextPad.registerProvider(900, { getContextPadEntries: (element) => (entries) => {
      const task = entries["append.append-task"];
      if (task) {
        const make = () => shape("bpmn:UserTask");
        entries["append.append-task"] = { ...task, className: "bpmn-icon-user-task", title: translate("User task"), action: {
          click: (event, source) => autoPlace.append(source, make()),
          dragstart: (event, source) => create.start(event, make(), { source }) } };
      }
      return entries;
    } });
    popupMenu.registerProvider("bpmn-replace", 900, {
      getPopupMenuEntries: () => (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => honoured(id))),
      getPopupMenuHeaderEntries: () => (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !id.includes("participant"))),
    });
    // A step that becomes another of its sort keeps what it says of itself: deadline, who does it, settings.
    const SORTS = [["bpmn:UserTask", "bpmn:ManualTask", "bpmn:Task"],
      ["bpmn:ServiceTask", "bpmn:BusinessRuleTask", "bpmn:ScriptTask", "bpmn:SendTask"],
      ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"]];
    eventBus.on("commandStack.shape.replace.preExecute", 2000, ({ context }) => {
      const old = context.oldShape.businessObject, node = context.newData.businessObject;
      const same = node && SORTS.some((sort) => sort.includes(old.$type) && sort.includes(node.$type));
      if (same && old.extensionElements && !node.extensionElements) node.extensionElements = old.extensionElements;
    });
    // A new task of a person begins as one the engine knows: read and confirm, by the citizen.
    eventBus.on("commandStack.shape.create.preExecute", 2000, ({ context }) => {
      const node = context.shape.businessObject;
      if (!node || !["bpmn:UserTask", "bpmn:ManualTask", "bpmn:Task"].includes(node.$type) || node.extensionElements) return;
      const altinn = "http://altinn.no/process", ours = "http://ibalanse.no/process";
      const kind = moddle.createAny("altinn:taskType", altinn, { $body: "confirmation" });
      const values = [moddle.createAny("altinn:taskExtension", altinn, { $children: [kind] }),
        moddle.createAny("ib:assignment", ours, { performer: "citizen" })];
      node.extensionElements = moddle.create("bpmn:ExtensionElements", { values });
      node.extensionElements.$parent = node;
      for (const value of values) value.$parent = node.extensionElements;
      if (!node.name) node.name = node.$type === "bpmn:ManualTask" ? translate("Manual task") : translate("User task");
    });
  }
  Offers.$inject = ["palette", "contextPad", "popupMenu", "create", "elementFactory", "autoPlace", "translate", "eventBus", "moddle"];
  return Offers;
};
