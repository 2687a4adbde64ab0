// The level control of a chapter's head: remembered, and applied before the first paint by a line
// in the page's head. Without scripts no level is set, and site.css hides the control.
{
  const root = document.documentElement.dataset;
  const selects = document.querySelectorAll(".em-level select");
  const recall = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // private browsing: the choice lasts for this page
    }
  };
  const show = (level) => {
    selects.forEach((select) => (select.value = level));
    root.level = selects[0]?.value || "beginner";
    selects.forEach((select) => (select.value = root.level));
  };

  selects.forEach((select) =>
    select.addEventListener("change", () => {
      show(select.value);
      try {
        localStorage.setItem("em-level", select.value);
      } catch {
        // as above
      }
    }),
  );
  show(root.level);
  // A browser that goes back may show the page as it was left, before a choice on another one.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    show(recall("em-level") ?? root.level);
    root.mode = recall("mode") ?? root.mode;
    root.theme = recall("theme") ?? root.theme;
  });
}

// Paper: light colours, and nothing folded. The worksheet keeps the answers to itself (see
// elsewhere.css); it is asked for in the chapter's head, or by ?print=worksheet.
{
  const root = document.documentElement.dataset;
  const asked = new URLSearchParams(location.search).get("print") === "worksheet";
  const kind = (worksheet) => (root.print = worksheet ? "worksheet" : "key");
  const undo = [];
  addEventListener("beforeprint", () => {
    const { theme } = root;
    root.theme = "light";
    undo.push(() => (root.theme = theme));
    // What is behind a figure is not printed, and of its folds one is open at a time.
    for (const fold of document.querySelectorAll("details:not([open], .em-fine > *)")) {
      fold.open = true;
      undo.push(() => (fold.open = false));
    }
    for (const hidden of document.querySelectorAll("[hidden=until-found]")) {
      hidden.hidden = false;
      undo.push(() => hidden.setAttribute("hidden", "until-found"));
    }
  });
  addEventListener("afterprint", () => {
    while (undo.length) undo.pop()();
    kind(asked);
  });
  for (const button of document.querySelectorAll("[data-em-print]")) {
    button.closest("[hidden]")?.removeAttribute("hidden");
    button.addEventListener("click", () => {
      kind(button.dataset.emPrint === "worksheet");
      print();
    });
  }
  kind(asked);
}

// Sphinx looks words up in plain objects, where "constructor" and "__proto__" stand by nature.
if (typeof Search !== "undefined" && Search.hasIndex()) {
  const bare = Object.create(null, { hasOwnProperty: { value: Object.prototype.hasOwnProperty } });
  for (const words of [Search._index.terms, Search._index.titleterms]) {
    Object.setPrototypeOf(words, bare);
  }
}

// A page that is opened as a file may not read others: results without a line from each.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// Sphinx's search leaves numbers out without a word.
{
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  const results = document.getElementById("search-results");
  if (results && asked && !/\p{Letter}/u.test(asked)) {
    const hint = document.createElement("p");
    hint.textContent = "The search knows words, not numbers: try a word that stands beside it.";
    hint.style.marginTop = "1rem";
    results.before(hint);
  }
}

// The text of a formula that is copied would lose its fractions and exponents: its TeX goes along.
addEventListener("copy", (event) => {
  const chosen = getSelection();
  if (chosen.isCollapsed || event.target.closest?.("input, textarea")) return;
  const copied = document.createElement("div");
  copied.append(chosen.getRangeAt(0).cloneContents());
  const formulas = copied.querySelectorAll("math[data-em-tex]");
  if (!formulas.length) return;
  event.preventDefault();
  // A radio button that is copied into the page would take the mark from the one it is a copy of.
  for (const field of copied.querySelectorAll("input")) field.remove();
  event.clipboardData.setData("text/html", copied.innerHTML);
  for (const each of formulas) each.replaceWith(`$${each.dataset.emTex}$`);
  // Paragraphs are told apart only where they are laid out.
  copied.style = "position: fixed; left: -100vw; white-space: normal";
  document.body.append(copied);
  event.clipboardData.setData("text/plain", copied.innerText);
  copied.remove();
});
