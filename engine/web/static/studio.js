// Saves a form as one goes, keeps every form of the page at the newest revision, and draws the preview again.
// Without it one presses the buttons that stand there.
(() => {
  const say = (form, text, wrong) => {
    const line = form.querySelector("[data-saved]");
    if (line) { line.textContent = text === null ? line.dataset.failed : text; line.dataset.color = wrong ? "danger" : ""; }
  };
  let asked = 0;
  const show = async (form) => {
    const mine = ++asked; // an answer that came after a newer question is not shown
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" },
    });
    const target = document.querySelector(form.dataset.preview);
    const drawn = await answer.text();
    if (!answer.ok || !target || mine !== asked) return;
    const at = document.activeElement && target.contains(document.activeElement) ? document.activeElement.id : "";
    target.innerHTML = drawn;
    const again = at && document.getElementById(at);
    if (again) again.focus();
  };
  let waiting = 0; // changes that are not kept yet: each goes after the one before, which gives it its revision
  let last = Promise.resolve();
  const send = async (form) => {
    const sent = new FormData(form).get("revision");
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" },
      keepalive: true, // what was on its way when one leaves the page is kept too
    });
    if (answer.status === 409 || answer.status === 422) { say(form, await answer.text(), true); return; }
    if (!answer.ok || !(answer.headers.get("Content-Type") || "").includes("json")) throw new Error("not kept");
    const kept = await answer.json();
    // What a colleague has changed beside it is not on this page: the other forms stay at the revision they were drawn on.
    const own = kept.beside ? form : document;
    for (const field of own.querySelectorAll('input[name="revision"]')) {
      if (kept.beside || field.value === sent) field.value = kept.revision;
    }
    say(form, kept.text, false);
    const preview = document.querySelector("form[data-preview]");
    if (preview) await show(preview);
  };
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.matches("[data-preview]")) show(form);
    if (!form || !form.matches("[data-autosave]")) return;
    waiting += 1;
    document.body.dataset.saving = waiting;
    last = last.then(() => send(form)).catch(() => say(form, null, true)).finally(() => {
      waiting -= 1;
      if (waiting) document.body.dataset.saving = waiting; else delete document.body.dataset.saving;
    });
  });
  addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });
})();
// A fill-in that is pressed goes in where one was writing last. Without this one copies it.
(() => {
  let writing = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-fillable]")) writing = event.target;
  });
  for (const code of document.querySelectorAll("code[data-insert]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ds-button";
    button.dataset.variant = "secondary";
    button.dataset.size = "sm";
    button.textContent = code.dataset.insert;
    button.addEventListener("click", () => {
      const field = writing || document.querySelector("textarea[data-fillable]");
      field.setRangeText(code.dataset.insert, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    code.replaceWith(button);
  }
})();
