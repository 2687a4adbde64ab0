// Long tables: a search box, a menu, and heads that sort. Works on the rows that are there.
(() => {
  "use strict";
  function start(figure) {
    const form = figure.querySelector(".em-find");
    const [search, menu, status] = ["input", "select", '[role="status"]'].map((each) => form.querySelector(each));
    const body = figure.querySelector("tbody");
    const rows = [...body.rows];
    const words = rows.map((row) => row.textContent.toLowerCase());
    // What a cell says before its small print.
    const first = (cell) =>
      ([...cell.childNodes].find((node) => node.nodeType === Node.TEXT_NODE)?.data ?? "").trim();

    function narrow() {
      const wanted = search.value.toLowerCase().split(/\s+/);
      let left = 0;
      rows.forEach((row, at) => {
        const fits =
          wanted.every((word) => words[at].includes(word)) &&
          (!menu.value || first(row.cells[menu.dataset.emColumn]) === menu.value);
        row.hidden = !fits;
        left += fits;
      });
      status.textContent = `${left} of ${rows.length} rows`;
    }
    form.addEventListener("input", narrow);
    form.addEventListener("submit", (event) => event.preventDefault());

    const heads = [...figure.querySelectorAll("thead th")];
    function sort(column) {
      const before = heads[column].getAttribute("aria-sort");
      const down = before ? before === "ascending" : "emDown" in heads[column].dataset;
      heads.forEach((head) => head.removeAttribute("aria-sort"));
      heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = ({ cells }) => cells[column].dataset.emBy ?? first(cells[column]);
      const byNumber = rows.some(({ cells }) => "emBy" in cells[column].dataset);
      const compare = byNumber ? (a, b) => a - b : (a, b) => a.localeCompare(b);
      body.append(
        ...[...rows].sort((one, two) => {
          const [a, b] = [key(one), key(two)];
          // Rows without a value come last, whichever way the others go.
          if (a === "" || b === "") return (a === "") - (b === "");
          return down ? compare(b, a) : compare(a, b);
        }),
      );
    }
    heads.forEach((head, column) => {
      // A page that was saved has its buttons already.
      const button = head.querySelector(".em-sort") ?? document.createElement("button");
      button.type = "button";
      button.className = "em-sort"; // its rules stay although no page has it at rest
      if (!button.parentNode) {
        button.append(...head.childNodes);
        head.append(button);
      }
      button.addEventListener("click", () => sort(column));
    });
    form.hidden = false;
    narrow(); // a browser that goes back may have kept what was typed
  }
  // As in explorable.js: noted here, so that a saved page does not begin with dead controls.
  const running = (window.emRunning ??= new WeakSet());
  for (const figure of document.querySelectorAll(".em-browse")) {
    if (running.has(figure)) continue;
    running.add(figure);
    start(figure);
  }
})();
