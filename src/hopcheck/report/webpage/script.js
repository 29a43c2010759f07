"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, text = "") => Object.assign(document.createElement(name), { textContent: text });

  // Light or dark: the reader's choice outlives the page where the browser lets it.
  const theme = document.getElementById("theme");
  const remembered = (() => { try { return localStorage.getItem("hopcheck-theme"); } catch { return null; } })();
  if (remembered === "light" || remembered === "dark") document.documentElement.dataset.theme = remembered;
  const toggle = () => {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("hopcheck-theme", document.documentElement.dataset.theme); } catch { /* not here */ }
  };
  theme.hidden = false;
  theme.addEventListener("click", toggle);

  // Filters: a finding is shown where every facet and every word of the search agrees.
  const form = document.querySelector(".filters");
  const findings = all(".finding");
  const texts = new WeakMap();
  const textOf = (finding) => {
    if (!texts.has(finding)) texts.set(finding, finding.textContent.toLowerCase());
    return texts.get(finding);
  };
  const filter = () => {
    const words = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = all("select", form).filter((each) => each.value);
    let shown = 0;
    for (const finding of findings) {
      const facets = chosen.every((each) => (finding.dataset[each.name] ?? "").split("|").includes(each.value));
      finding.hidden = !(facets && words.every((word) => textOf(finding).includes(word)));
      shown += finding.hidden ? 0 : 1;
    }
    for (const title of all("#findings h3")) {
      let next = title.nextElementSibling;
      while (next?.matches(".finding[hidden]")) next = next.nextElementSibling;
      title.hidden = !next?.matches(".finding");
    }
    document.getElementById("count").value = `${shown} of ${findings.length}`;
    document.querySelector(".none").hidden = shown > 0;
  };
  if (form) {
    form.hidden = false;
    document.querySelector(".keys").hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }

  // Stepping: the state after each step, worked out from what the page says of it when somebody first looks.
  const stepper = (trace) => {
    const steps = all(".steps > li", trace);
    if (trace.step || !steps.length) return;
    const states = [new Map(all(".initial dl > div", trace).map((row) => [row.children[0].textContent, row.children[1].textContent]))];
    const changed = [new Set()];
    for (const step of steps) {
      const state = new Map(states.at(-1));
      const names = new Set();
      for (const each of all("li[data-name]", step)) {
        state.set(each.dataset.name, each.querySelector("b").textContent);
        names.add(each.dataset.name);
      }
      states.push(state);
      changed.push(names);
    }
    const bar = make("div"), back = make("button", "Back"), next = make("button", "Next"), told = make("output");
    bar.className = "stepper";
    bar.append(back, next, told);
    back.type = next.type = "button";
    told.setAttribute("aria-live", "polite");
    const view = make("div"), table = make("dl");
    view.className = "state";
    view.append(table);
    let at = 0;
    trace.step = (by) => {
      at = Math.min(Math.max(at + by, 0), steps.length);
      steps.forEach((step, number) => step.classList.toggle("now", number === at - 1));
      back.disabled = at === 0;
      next.disabled = at === steps.length;
      told.value = at === 0 ? `initial state, ${steps.length} to come` : `after step ${at} of ${steps.length}`;
      table.replaceChildren(...[...states[at]].map(([name, value]) => {
        const row = make("div");
        row.append(make("dt", name), make("dd", value));
        row.classList.toggle("changed", changed[at].has(name));
        return row;
      }));
    };
    back.addEventListener("click", () => trace.step(-1));
    next.addEventListener("click", () => trace.step(1));
    trace.append(bar, view);
    trace.step(0);
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.open) all(":scope > .body > .trace", event.target).forEach(stepper);
  }, true);
  all("details[open] > .body > .trace").forEach(stepper);

  // Keys: none is taken while somebody writes.
  const items = () => all(".item").filter((each) => each.offsetParent !== null);
  const move = (by) => {
    const list = items();
    const here = list.findIndex((each) => each.contains(document.activeElement));
    const there = list[here < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(here + by, 0), list.length - 1)];
    there?.querySelector("summary").focus();
    there?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const writing = event.target.matches("input, select, textarea");
    if (writing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const trace = document.activeElement?.closest("details.item[open]")?.querySelector(":scope > .body > .trace");
    const keys = {
      "/": () => document.getElementById("search")?.focus(),
      j: () => move(1),
      k: () => move(-1),
      t: toggle,
      ArrowRight: () => trace?.step?.(1),
      ArrowLeft: () => trace?.step?.(-1),
    };
    if (!(event.key in keys) || (event.key.startsWith("Arrow") && !trace)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // A link to a finding opens it; printing opens everything that is shown.
  const follow = () => {
    const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", follow);
  follow();
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    opened.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));
})();
