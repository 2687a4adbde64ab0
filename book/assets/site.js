// The level control of a chapter's head: remembered, and applied before the first paint by the
// inline line in the page's head.
(() => {
  for (const label of document.querySelectorAll(".em-level")) {
    const select = label.querySelector("select");
    select.value = document.documentElement.dataset.level;
    label.hidden = false;
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
