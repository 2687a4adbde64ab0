// The level control of a chapter's head: remembered, and applied before the first paint by a line
// in the page's head. Without scripts no level is set, and site.css hides the control.
(() => {
  for (const label of document.querySelectorAll(".em-level")) {
    const select = label.querySelector("select");
    select.value = document.documentElement.dataset.level;
    select.addEventListener("change", () => {
      document.documentElement.dataset.level = select.value;
      try {
        localStorage.setItem("em-level", select.value);
      } catch {
        // Private browsing: the choice lasts for this page.
      }
    });
  }
})();

// Sphinx looks words up in plain objects, where "constructor" and "__proto__" stand by nature.
if (typeof Search !== "undefined" && Search.hasIndex()) {
  const bare = Object.create(null, { hasOwnProperty: { value: Object.prototype.hasOwnProperty } });
  for (const words of [Search._index.terms, Search._index.titleterms]) {
    Object.setPrototypeOf(words, bare);
  }
}
