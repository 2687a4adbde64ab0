// A matrix whose rows open: the names of its columns become buttons. One opens the rows that have
// something under it and marks what they say; pressed again, it closes those that it opened. What a
// reader opens or closes by hand stays so.
(() => {
  "use strict";
  const started = (globalThis.emMatrices ??= new WeakSet());

  function start(matrix) {
    started.add(matrix);
    const rows = [...matrix.querySelectorAll(".em-row")];
    const status = matrix.querySelector(".em-spoken");
    const heads = [...matrix.querySelectorAll("[data-em-column]")];

    const ours = new Set(); // rows that a column opened
    rows.forEach((row) =>
      row.querySelector("summary").addEventListener("click", () => ours.delete(row)),
    );

    function light(column) {
      const wanted = heads.find((head) => head.dataset.emColumn === column);
      heads.forEach((head) =>
        head.querySelector("button").setAttribute("aria-pressed", String(head === wanted)),
      );
      matrix.querySelectorAll(".em-lit").forEach((piece) => piece.classList.remove("em-lit"));
      matrix
        .querySelectorAll(".em-cell")
        .forEach((cell) => cell.classList.toggle("em-chosen", cell.dataset.emCell === column));
      let speaking = 0;
      for (const row of rows) {
        const pieces = column ? [...row.querySelectorAll(`.em-under-${column}`)] : [];
        pieces.forEach((piece) => piece.classList.add("em-lit"));
        speaking += pieces.length > 0;
        if (pieces.length && !row.open) {
          row.open = true;
          ours.add(row);
        } else if (!pieces.length && ours.delete(row)) row.open = false;
      }
      // True whichever rows are then opened or closed by hand.
      status.textContent = wanted
        ? `${wanted.textContent}: it speaks to ${speaking} of ${rows.length} rows. Opened, they show what it says marked.`
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
    // Of a saved page.
    matrix.querySelectorAll(".em-lit").forEach((piece) => piece.classList.remove("em-lit"));
    matrix.querySelectorAll(".em-chosen").forEach((cell) => cell.classList.remove("em-chosen"));
    status.textContent = "";

    // A link to a row, in the text or in an address, opens it.
    const follow = () => {
      const row = rows.find((each) => `#${each.id}` === location.hash);
      if (row) row.open = true;
    };
    addEventListener("hashchange", follow);
    // The address does not change when the same link is followed again.
    document.addEventListener("click", (event) => {
      const hash = event.target.closest?.("a")?.hash;
      if (hash && hash === location.hash) follow();
    });
    follow();
  }
  for (const matrix of document.querySelectorAll(".em-matrix")) if (!started.has(matrix)) start(matrix);
})();
