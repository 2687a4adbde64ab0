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
