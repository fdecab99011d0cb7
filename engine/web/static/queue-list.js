/* Views, filters, order, search and pages of the queue without loading the page anew: the same address is fetched and
   the part about the list is swapped. Without this script the same links and forms load the whole page. */
(() => {
  "use strict";
  const region = document.getElementById("koen");
  const said = document.getElementById("koen-sagt");
  if (!region || !said) return;
  const home = location.pathname;
  let shown = location.pathname + location.search;
  let asked = new AbortController();

  /* What has focus, told by its id or by its words without counts and arrows, so that it is found again in the new list. */
  const words = (element) => element.tagName + (element.getAttribute("rel") || "") + element.textContent.replace(/[\d()+↑↓\s]/g, "");
  const find = (wanted) => {
    if (!wanted) return null;
    if (wanted.id) return document.getElementById(wanted.id);
    return [...region.querySelectorAll("a, button, summary")].find((one) => words(one) === wanted.words);
  };

  const swap = async (address, options, push) => {
    asked.abort();
    asked = new AbortController();
    const focus = document.activeElement;
    const kept = region.contains(focus) ? { id: focus.id, words: words(focus), turns: focus.matches("[rel=prev], [rel=next]") } : null;
    region.setAttribute("aria-busy", "true");
    let answer, page;
    try {
      answer = await fetch(address, { ...options, signal: asked.signal, credentials: "same-origin" });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch (error) {
      if (error.name !== "AbortError") location.assign(options.method === "POST" ? location.href : address);
      return;
    }
    const there = new URL(answer.url);
    const fresh = page.getElementById("koen");
    if (!answer.ok || there.pathname !== home || !fresh) { location.assign(there.href); return; }
    region.replaceChildren(...fresh.childNodes);
    region.removeAttribute("aria-busy");
    shown = there.pathname + there.search;
    if (push) history.pushState({}, "", there.href);
    document.dispatchEvent(new CustomEvent("queue:swapped"));
    if (kept) {
      const next = kept.turns ? region.querySelector("[role=region]") : find(kept);
      (next || region).focus();
    }
    said.textContent = fresh.dataset.said;
  };

  region.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.pathname !== home) return;
    event.preventDefault();
    swap(link.href, {}, true);
  });
  region.addEventListener("submit", (event) => {
    const form = event.target;
    const content = new FormData(form);
    if (form.matches(".filters")) {
      event.preventDefault();
      for (const [name, value] of [...content]) if (!value) content.delete(name);
      swap(`${home}?${new URLSearchParams(content)}`, {}, true);
    } else if (form.matches("[role=search]")) {
      event.preventDefault();
      swap(form.action, { method: "POST", body: new URLSearchParams(content) }, true);
    }
  });
  addEventListener("popstate", () => {
    if (location.pathname === home && location.pathname + location.search !== shown) swap(location.href, {}, false);
  });
})();
