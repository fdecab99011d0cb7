// Warns before the session is over, extends it by a press, and lets a change of language take along what is typed.
(() => {
  const WARNING = 300; // seconds before the end
  const box = document.getElementById("okt");
  if (box) {
    const alert = box.firstElementChild;
    const line = alert.querySelector("p");
    const button = alert.querySelector("button");
    const text = line.textContent;
    let timer = 0;
    const ask = async (address) => {
      const answer = await fetch(address, { credentials: "same-origin" });
      return answer.status === 403 ? 0 : (await answer.json()).seconds;
    };
    const show = (seconds) => {
      clearTimeout(timer);
      alert.hidden = seconds > WARNING;
      line.textContent = seconds > 0 ? text : box.dataset.ended;
      button.hidden = seconds <= 0;
      // Another tab may have used the session meanwhile: the server knows.
      if (seconds > 0) timer = setTimeout(look, Math.max(5, seconds > WARNING ? seconds - WARNING : seconds + 1) * 1000);
    };
    const look = () => ask(box.dataset.remaining).then(show, () => { timer = setTimeout(look, 30000); });
    button.addEventListener("click", () => ask(box.dataset.extend).then(show, look));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
    show(Number(box.dataset.seconds));
  }
  // A text that is too long is told of and never cut: maxlength would cut what is pasted without a word.
  const limited = (field) => {
    const over = [...field.value].length - Number(field.dataset.limit);
    const text = box ? box.dataset.limitText : "";
    field.setCustomValidity(over > 0 ? text.replace("{limit}", field.dataset.limit).replace("{over}", over) : "");
  };
  document.addEventListener("input", (event) => { if (event.target.matches("[data-limit]")) limited(event.target); });
  const posted = (form) => form.method === "post" && !form.closest(".site-header");
  const dirty = (form) => [...form.elements].some((field) => (
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected)
        && field.value !== (field.querySelector("option[selected]") || field.options[0] || {}).value
        : field.tagName === "TEXTAREA" || (field.tagName === "INPUT" && !["hidden", "file", "submit"].includes(field.type))
          ? field.value !== field.defaultValue : false));
  const changed = () => [...document.forms].filter((form) => posted(form) && dirty(form));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const carried = form.querySelector('input[name="typed"]');
    if (carried) {
      const [one] = changed();
      if (!one) return;
      const fields = [...new FormData(one)].filter(([, value]) => typeof value === "string");
      carried.value = JSON.stringify({ action: new URL(one.action, location).pathname, fields });
      return;
    }
    // Several forms on a page: what is typed in another one would be lost with this press.
    const others = !form.matches("[hx-post]") && box && box.dataset.typed
      ? changed().filter((one) => one !== form && !one.matches("[data-autosave], [hx-post]")) : [];
    if (others.length && !confirm(box.dataset.typed)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const field = [...others[0].elements].find((one) => one.type !== "hidden" && one.offsetParent);
      if (field) field.focus();
    }
  }, true);
})();
