// What stands around the text: the menu, search, copying code, boxes that do not fit.

// The menu on wide screens; on narrow ones the theme opens it as a drawer.
(() => {
  const menu = document.getElementById("pst-primary-sidebar");
  document.querySelector(".primary-toggle")?.addEventListener("click", (event) => {
    if (!matchMedia("(min-width: 992px)").matches) return;
    event.stopImmediatePropagation();
    menu.classList.toggle("pst-sidebar-hidden");
  }, true);
  // A section chosen in the drawer: the drawer has done its work.
  document.getElementById("pst-primary-sidebar-modal")?.addEventListener("click", (event) => {
    if (event.target.closest("a[href^='#']")) event.currentTarget.close();
  });
  // Without scripts a link to the search page; here the theme's own handler opens its dialog.
  for (const link of document.querySelectorAll("a.search-button__button")) {
    link.addEventListener("click", (event) => event.preventDefault());
  }
})();

// The section in view is marked in the menu.
(() => {
  const links = new Map();
  for (const link of document.querySelectorAll(".em-sections a")) {
    links.set(document.getElementById(decodeURIComponent(link.hash.slice(1))), link);
  }
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(target).setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-20% 0px -75% 0px" });
  for (const section of links.keys()) if (section) watch.observe(section);
})();

// A button that copies a cell of code.
(() => {
  for (const code of document.querySelectorAll("[class*='highlight-'] > .highlight > pre")) {
    // The code of a prediction waits in what the cell shows.
    if (code.closest(".cell_output") && !code.closest(".em-code")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "em-copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.innerText);
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = "Copy"), 2000);
      } catch {
        getSelection().selectAllChildren(code); // the reader's own keys will do
      }
    });
    code.before(button);
  }
})();

// What does not fit scrolls sideways: then the keyboard must reach it. To ask for widths would have
// the browser lay out all that is out of sight; so it tells.
(() => {
  const watch = new ResizeObserver((entries) => {
    const cut = entries.map(({ target: box }) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
    entries.forEach(({ target: box }, at) => (cut[at] ? box.setAttribute("tabindex", "0") : box.removeAttribute("tabindex")));
  });
  for (const box of document.querySelectorAll("div.em-math, .em-table, pre, .cell_output > .output")) watch.observe(box);
})();

// A link into a fold opens it, as does going back to such a link.
(() => {
  const FRAMES = 30; // in which boxes above a section take their true heights
  let busy = false; // the reader has begun to move
  const asked = () => {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null; // "#50%" names nothing
    }
  };
  const open = () => {
    const target = asked();
    let fold = target?.closest("details:not([open])");
    if (!fold) return;
    for (; fold; fold = target.closest("details:not([open])")) fold.open = true;
    target.scrollIntoView();
  };
  // The browser jumps by estimated heights, and near the end of a page it cannot make up for them.
  const settle = (left) => {
    if (busy || !left) return;
    asked()?.scrollIntoView({ behavior: "instant" });
    requestAnimationFrame(() => settle(left - 1));
  };
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(kind, () => (busy = true), { passive: true });
  }
  addEventListener("hashchange", open);
  open();
  // Who goes back or reloads is where the browser remembers.
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate" && location.hash) settle(FRAMES);
})();
