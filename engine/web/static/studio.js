// Saves a form as one goes, keeps every form of the page at the newest revision, and draws the preview again.
// Without it one presses the buttons that stand there.
(() => {
  const say = (form, text, wrong) => {
    const line = form.querySelector("[data-saved]");
    if (line) { line.textContent = text; line.dataset.color = wrong ? "danger" : ""; }
  };
  const show = async (form) => {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" },
    });
    const target = document.querySelector(form.dataset.preview);
    if (!answer.ok || !target) return;
    const at = document.activeElement && target.contains(document.activeElement) ? document.activeElement.id : "";
    target.innerHTML = await answer.text();
    const again = at && document.getElementById(at);
    if (again) again.focus();
  };
  const queue = new Map();
  const send = async (form) => {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" },
    });
    if (!answer.ok) { say(form, await answer.text(), true); return; }
    if (!(answer.headers.get("Content-Type") || "").includes("json")) { say(form, "", true); return; }
    const kept = await answer.json();
    for (const field of document.querySelectorAll('input[name="revision"]')) field.value = kept.revision;
    say(form, kept.text, false);
    const preview = document.querySelector("form[data-preview]");
    if (preview) await show(preview);
  };
  document.addEventListener("change", (event) => {
    const preview = event.target.closest && event.target.closest("form[data-preview]");
    if (preview) show(preview);
    const form = event.target.closest && event.target.closest("form[data-autosave]");
    if (!form) return;
    const last = queue.get("last") || Promise.resolve();
    queue.set("last", last.then(() => send(form)).catch(() => say(form, form.dataset.offline || "", true)));
  });
})();
