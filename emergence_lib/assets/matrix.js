// A matrix whose rows open: the names of its columns become buttons. One opens the rows that have
// something under it and marks what they say; pressed again, it closes them.
(() => {
  "use strict";
  const started = (globalThis.emMatrices ??= new WeakSet());

  function start(matrix) {
    started.add(matrix);
    const rows = [...matrix.querySelectorAll(".em-row")];
    const status = matrix.querySelector(".em-spoken");
    const heads = [...matrix.querySelectorAll("[data-em-column]")];

    function light(column) {
      const wanted = heads.find((head) => head.dataset.emColumn === column);
      heads.forEach((head) =>
        head.querySelector("button").setAttribute("aria-pressed", String(head === wanted)),
      );
      matrix.querySelectorAll(".em-lit").forEach((piece) => piece.classList.remove("em-lit"));
      let open = 0;
      for (const row of rows) {
        const pieces = column ? [...row.querySelectorAll(`.em-under-${column}`)] : [];
        pieces.forEach((piece) => piece.classList.add("em-lit"));
        row.open = pieces.length > 0;
        open += row.open;
      }
      status.textContent = wanted
        ? `${wanted.textContent}: ${open} of ${rows.length} rows speak to it; they are open, and what they say is marked.`
        : "";
    }

    heads.forEach((head) => {
      const name = head.textContent; // a saved page holds a button already
      const button = document.createElement("button");
      button.type = "button";
      button.className = "em-column";
      button.textContent = name;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () =>
        light(button.getAttribute("aria-pressed") === "true" ? "" : head.dataset.emColumn),
      );
      head.replaceChildren(button);
    });
    matrix.querySelectorAll(".em-lit").forEach((piece) => piece.classList.remove("em-lit"));
    status.textContent = "";

    // A link to a row, in the text or in an address, opens it.
    const follow = () => {
      const row = rows.find((each) => `#${each.id}` === location.hash);
      if (row) row.open = true;
    };
    addEventListener("hashchange", follow);
    follow();
  }
  for (const matrix of document.querySelectorAll(".em-matrix")) if (!started.has(matrix)) start(matrix);
})();
