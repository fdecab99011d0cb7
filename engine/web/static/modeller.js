// The diagram editor: bpmn-js with only what the engine executes, saved as one draws, beside the form of a step.
// The server is the truth: it gives the BPMN with a revision and judges it; what was drawn is never thrown away.
(() => {
  const canvasBox = document.querySelector("#modeller");
  if (!canvasBox) return;
  const $ = (id) => document.querySelector(`#modeller-${id}`);
  const panel = $("panel");
  let state = null, modeler = null, dirty = false, timer = 0, saving = Promise.resolve(), chosen = "", stuck = false;

  const post = (address, values, headers = {}) => fetch(address, {
    method: "POST", headers, body: new URLSearchParams({ csrf_token: canvasBox.dataset.csrf, ...values }),
  });
  const say = (text) => { $("status").textContent = text; };
  const get = (name) => modeler.get(name);

  const offers = window.modellerOffers(() => state, () => modeler && get("selection").get()[0]);
  const translate = (template, values) => {
    const said = state.texts[template] || template;
    return said.replace(/{([^}]+)}/g, (_, name) => (values && values[name]) || `{${name}}`);
  };

  // Findings, on the diagram and in a list.

  const choose = (id) => {
    const element = get("elementRegistry").get(id);
    if (!element) return;
    get("canvas").scrollToElement(element);
    get("selection").select(element);
    canvasBox.querySelector("svg").focus();
  };
  const findings = () => {
    const overlays = get("overlays"), registry = get("elementRegistry"), list = $("findings");
    overlays.remove({ type: "finding" });
    list.replaceChildren();
    const marked = new Set();
    for (const finding of state.findings) {
      const item = document.createElement("li"), told = `${list.dataset[finding.severity]}: ${finding.text} ${finding.suggest}`.trim();
      const there = registry.get(finding.element);
      if (there) {
        const jump = document.createElement("button");
        jump.type = "button";
        jump.textContent = finding.name || finding.element;
        jump.addEventListener("click", () => choose(finding.element));
        item.append(jump, ` ${told}`);
        if (!marked.has(finding.element)) {
          marked.add(finding.element);
          const mark = document.createElement("button");
          mark.type = "button"; mark.className = "finding"; mark.dataset.severity = finding.severity;
          mark.textContent = "!"; mark.title = told; mark.setAttribute("aria-label", `${finding.name || finding.element}: ${told}`);
          mark.addEventListener("click", () => choose(finding.element));
          overlays.add(finding.element, "finding", { position: { top: -12, right: 12 }, html: mark });
        }
      } else item.textContent = told;
      list.append(item);
    }
    if (!state.findings.length) {
      const item = document.createElement("li");
      item.textContent = list.dataset.none;
      list.append(item);
    }
  };
  const names = () => {
    const list = $("find");
    while (list.options.length > 1) list.remove(1);
    for (const element of get("elementRegistry").filter((e) => e.businessObject && !e.labelTarget && !e.waypoints && e.parent)) {
      list.add(new Option(element.businessObject.name || element.id, element.id));
    }
  };
  const buttons = () => {
    const stack = get("commandStack");
    $("undo").setAttribute("aria-disabled", String(!(stack.canUndo() || state.canUndo)));
    $("redo").setAttribute("aria-disabled", String(!(stack.canRedo() || state.canRedo)));
  };

  // Saving.

  const trouble = async (text, conflict) => {
    stuck = conflict;
    $("trouble").hidden = false;
    $("trouble").querySelector("p").textContent = text;
    for (const id of ["theirs", "mine"]) $(id).hidden = !conflict;
    const { xml } = await modeler.saveXML({ format: true });
    $("download").href = URL.createObjectURL(new Blob([xml], { type: "application/xml" }));
    say(state.texts.unsaved);
  };
  const save = async () => {
    if (!dirty || stuck) return;
    dirty = false;
    say(state.texts.saving);
    try {
      const { xml } = await modeler.saveXML({ format: true });
      const answer = await post(canvasBox.dataset.process, { revision: state.revision, xml });
      if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error("no answer");
      const kept = await answer.json();
      if (!answer.ok) { dirty = true; await trouble(kept.text, Boolean(kept.conflict)); return; }
      state = { ...state, ...kept };
      $("trouble").hidden = true;
      say(kept.text);
      findings(); names(); buttons();
      if (!panel.contains(document.activeElement)) await show(chosen);
    } catch (error) {
      dirty = true;
      say(canvasBox.dataset.offline);
      timer = setTimeout(flush, 5000);
    }
  };
  const flush = () => { clearTimeout(timer); saving = saving.then(save); return saving; };
  const changed = () => {
    dirty = true;
    say(state.texts.unsaved);
    buttons();
    clearTimeout(timer);
    timer = setTimeout(flush, 500);
  };

  // The whole diagram beside the palette; one too wide to be read that way begins at its left.
  const fit = (canvas) => {
    const { inner, outer } = canvas.viewbox(), palette = 130;
    if (!inner.width) return;
    const scale = Math.max(Math.min((outer.width - palette - 20) / inner.width, (outer.height - 40) / inner.height, 1), 0.55);
    const width = outer.width / scale, height = outer.height / scale;
    const y = inner.height < height ? inner.y - (height - inner.height) / 2 : inner.y - 20 / scale;
    canvas.viewbox({ x: inner.x - palette / scale, y, width, height });
  };
  const load = async () => {
    const answer = await fetch(canvasBox.dataset.process);
    const before = state && modeler && get("canvas").viewbox();
    state = await answer.json();
    stuck = false; dirty = false;
    $("trouble").hidden = true;
    if (!modeler) make();
    await modeler.importXML(state.xml);
    const canvas = get("canvas");
    if (before) canvas.viewbox({ x: before.x, y: before.y, width: before.width, height: before.height });
    else fit(canvas);
    const svg = canvasBox.querySelector("svg");
    svg.setAttribute("tabindex", "0"); svg.setAttribute("role", "application"); svg.setAttribute("aria-label", canvasBox.dataset.name);
    findings(); names(); buttons();
    if (chosen && get("elementRegistry").get(chosen)) get("selection").select(get("elementRegistry").get(chosen));
    canvasBox.dataset.ready = String(state.revision);
  };
  const make = () => {
    canvasBox.replaceChildren();  // what is said where there is no JavaScript
    modeler = new window.BpmnJS({ container: canvasBox, additionalModules: [
      { translate: ["value", translate], __init__: ["offers"], offers: ["type", offers] } ] });
    window.modellerTouch(canvasBox);
    modeler.on("commandStack.changed", (event) => { if (event.trigger !== "clear") changed(); });
    modeler.on("popupMenu.close", () => setTimeout(() => {
      const there = document.activeElement;
      if (!there || there === document.body) canvasBox.querySelector("svg").focus();  // keys go on working on the diagram
    }));
    modeler.on("selection.changed", ({ newSelection }) => {
      const one = newSelection.length === 1 ? newSelection[0] : null;
      const node = one && (one.labelTarget || one);
      show(!node ? "" : node.waypoints ? (node.source ? node.source.id : "") : node.id);
    });
  };

  // The form of what is chosen.

  const put = (html) => {
    panel.innerHTML = html;
    if (window.htmx) window.htmx.process(panel);
    const fault = panel.querySelector("#feil");
    if (fault) fault.focus();
  };
  const address = (id) => canvasBox.dataset.step.replace("__", encodeURIComponent(id));
  let asked = 0;
  const show = async (id) => {
    const mine = ++asked;
    chosen = id;
    if (id && dirty) { flush(); return; }  // shown when it is saved
    const answer = id ? await fetch(address(id), { headers: { "X-Part": "1" } }) : null;
    const html = answer && answer.ok ? await answer.text() : "";
    if (mine !== asked) return;
    if (html) put(html);
    else { panel.replaceChildren(Object.assign(document.createElement("p"), { className: "quiet", textContent: panel.dataset.empty })); }
  };
  panel.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target, values = Object.fromEntries(new FormData(form, event.submitter));
    await flush();
    if (stuck) return;
    const answer = await post(form.action, { ...values, revision: state.revision }, { "X-Part": "1" });
    const html = answer.status === 204 ? "" : await answer.text();
    if (answer.ok) {
      if (!html) chosen = "";
      await load();
      if (html) put(html); else await show("");
    } else put(html);
  });

  // Undo and redo: first what was drawn here, then what the draft remembers.

  const step = async (by) => {
    const stack = get("commandStack");
    if (by < 0 ? stack.canUndo() : stack.canRedo()) { if (by < 0) stack.undo(); else stack.redo(); return; }
    await flush();
    if (!(by < 0 ? state.canUndo : state.canRedo)) return;
    const answer = await post(canvasBox.dataset.undo, { revision: state.revision, by });
    if (answer.ok) { await load(); await show(chosen); } else await trouble((await answer.json()).text, true);
  };
  $("undo").addEventListener("click", () => step(-1));
  $("redo").addEventListener("click", () => step(1));
  canvasBox.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.isContentEditable) return;
    const key = event.key.toLowerCase(), back = key === "z" && !event.shiftKey, on = key === "y" || (key === "z" && event.shiftKey);
    if ((back && !get("commandStack").canUndo()) || (on && !get("commandStack").canRedo())) {
      event.preventDefault(); event.stopPropagation();
      step(back ? -1 : 1);
    }
  }, true);  // before bpmn-js hears the key: what it undoes must not be undone twice
  $("find").addEventListener("change", (event) => { if (event.target.value) choose(event.target.value); });
  $("theirs").addEventListener("click", load);
  $("mine").addEventListener("click", async () => {
    const theirs = await (await fetch(canvasBox.dataset.process)).json();
    state.revision = theirs.revision;
    stuck = false; dirty = true;
    await flush();
  });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  load();
})();
