// Saves a form as one goes, and keeps every form of the page at the newest revision. Without it one presses Lagre.
(() => {
  const say = (form, text, wrong) => {
    const line = form.querySelector("[data-saved]");
    if (line) { line.textContent = text; line.dataset.color = wrong ? "danger" : ""; }
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
    const preview = document.querySelector("#forhandsvisning");
    if (preview) preview.closest("form").dispatchEvent(new Event("refresh"));
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest && event.target.closest("form[data-autosave]");
    if (!form) return;
    const last = queue.get("last") || Promise.resolve();
    queue.set("last", last.then(() => send(form)).catch(() => say(form, form.dataset.offline || "", true)));
  });
})();
