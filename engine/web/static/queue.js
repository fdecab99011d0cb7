/* The queue without a mouse: how many cases are chosen, which acts fit all of them, and keys for those who want them.
   Everything is looked up when it is needed, since the list may have been swapped for another (queue-list.js). */
(() => {
  "use strict";
  const list = () => document.getElementById("flere");
  const boxes = () => [...document.querySelectorAll("#flere input[name=sak]")];

  const refresh = () => {
    if (!list()) return;
    const chosen = boxes().filter((box) => box.checked);
    const legal = chosen.map((box) => box.closest("tr").dataset.acts.split(" "));
    for (const act of list().querySelectorAll("[data-act]")) {
      const names = act.dataset.act.split(" ");
      act.hidden = chosen.length > 0 && !names.some((name) => legal.every((found) => found.includes(name)));
    }
    const said = document.getElementById("valgt");
    if (!said) return;
    const { one, many, none } = said.dataset;
    said.textContent = chosen.length === 0 ? none : chosen.length === 1 ? one : many.replace("{count}", chosen.length);
  };
  document.addEventListener("change", (event) => { if (event.target.matches("#flere input[name=sak]")) refresh(); });
  document.addEventListener("queue:swapped", refresh);
  refresh();

  document.addEventListener("keydown", (event) => {
    if (!document.getElementById("snarveier") || !list()) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const links = [...list().querySelectorAll("tbody th a")];
    const row = document.activeElement.closest("tbody tr");
    const here = row ? links.findIndex((link) => row.contains(link)) : -1;
    if (event.key === "j" || event.key === "k") {
      const next = links[Math.min(links.length - 1, Math.max(0, here + (event.key === "j" ? 1 : -1)))];
      if (next) next.focus();
    } else if (event.key === "x" && row) {
      const box = row.querySelector("input[name=sak]");
      if (box) { box.checked = !box.checked; refresh(); }
    } else if (event.key === "t") {
      const take = list().querySelector("button[value=take]");
      if (take && !take.hidden && boxes().some((box) => box.checked)) take.click();
    } else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("tekst").focus();
    }
  });
})();
