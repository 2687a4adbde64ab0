// Take a figure along: as SVG or PNG (as it stands, on white, with its message), as CSV, as a frame
// for another page, as a citation. ?only=fig-NAME shows that figure alone, for such frames.
(() => {
  "use strict";
  const root = document.documentElement;
  // What the style sheet of figures says of a drawing, for a file that has no style sheet.
  const RULES =
    ".em-svg{overflow:visible}.em-fluid>svg{width:100%;height:100%;overflow:hidden}" +
    ".em-fluid>.em-frame{overflow:visible}.em-fluid>svg path{vector-effect:non-scaling-stroke}" +
    ".em-svg text{fill:currentColor;font-variant-numeric:tabular-nums}" +
    ".em-fluid text{paint-order:stroke;stroke:#fff;stroke-width:3px}";
  const [GAP, TITLE, LINE] = [12, 15, 20];

  // A file is light, whatever the page is.
  function inLight(work) {
    const { theme } = root.dataset;
    root.dataset.theme = "light";
    const done = work();
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    return done;
  }

  const resolved = (text) => {
    const style = getComputedStyle(root);
    return text.replace(/var\((--em-\w+),(#\w+)\)/g, (_, name, spare) => style.getPropertyValue(name) || spare);
  };

  function fit(text, width) {
    if (!(width > 0)) return;
    text.setAttribute("textLength", width.toFixed(1));
    text.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }

  const message = (figure) => figure.querySelector(".em-lead").textContent.trim();

  // The message in lines that fit above the picture, each with its width.
  function lines(figure, width) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `650 ${TITLE}px ${getComputedStyle(figure).fontFamily}`;
    const found = [""];
    for (const word of message(figure).split(/\s+/)) {
      const longer = `${found.at(-1)} ${word}`.trim();
      if (found.at(-1) && pen.measureText(longer).width > width) found.push(word);
      else found[found.length - 1] = longer;
    }
    return found.map((line) => ({ line, wide: pen.measureText(line).width }));
  }

  function drawing(figure) {
    const picture = figure.querySelector(".em-picture").getBoundingClientRect();
    const title = lines(figure, picture.width);
    const top = GAP + title.length * LINE;
    const parts = [...figure.querySelectorAll(".em-picture .em-svg")].map((svg) => {
      const box = svg.getBoundingClientRect();
      const copy = svg.cloneNode(true);
      copy.removeAttribute("style");
      // A file has another font than the page: its words are set to the width they have here.
      const words = svg.querySelectorAll("text");
      copy.querySelectorAll("text").forEach((text, at) => fit(text, words[at].getComputedTextLength()));
      copy.setAttribute("x", box.left - picture.left + GAP);
      copy.setAttribute("y", box.top - picture.top + top);
      copy.setAttribute("width", box.width);
      copy.setAttribute("height", box.height);
      return new XMLSerializer().serializeToString(copy);
    });
    const width = Math.ceil(picture.width + 2 * GAP);
    const height = Math.ceil(picture.height + top + GAP);
    const head = title.map(({ line, wide }, number) => {
      const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
      const place = { x: GAP, y: GAP + TITLE + number * LINE, "font-size": TITLE, "font-weight": 650 };
      for (const [name, value] of Object.entries(place)) text.setAttribute(name, value);
      text.textContent = line;
      fit(text, wide);
      return new XMLSerializer().serializeToString(text);
    });
    const text =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" color="#1f2328" ` +
      `font-family="Source Sans 3,Source Sans Pro,Helvetica,Arial,sans-serif" font-size="12.5">` +
      `<style>${RULES}</style><rect width="100%" height="100%" fill="#fff"/>` +
      `${head.join("")}${parts.join("")}</svg>`;
    return { text: inLight(() => resolved(text)), width, height };
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return `Saved ${name}.`;
  }

  // Numbers as programs read them: 12,000 and 1.3 × 10⁹ are 12000 and 1.3e9, a dash is nothing.
  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const plain = (text) =>
    text
      .replaceAll(",", "")
      .replace(/^–$/, "")
      .replace(/ × 10(.+)/, (_, power) => `e${[...power].map((c) => (c === "⁻" ? "-" : RAISED.indexOf(c))).join("")}`);

  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const cell = (td) => quoted(td.localName === "td" && td.className ? plain(td.textContent) : td.textContent);

  // A figure with controls says in a last column which settings its numbers belong to.
  function record(row, number, { dataset: { emAt } }) {
    const last = emAt ? [number ? quoted(emAt) : "at the start settings"] : [];
    return [...[...row.cells].map(cell), ...last].join(",");
  }

  async function copy(text) {
    await navigator.clipboard.writeText(text);
    return "Copied.";
  }

  const address = (figure, search = "") => {
    const at = new URL(location.href);
    at.hash = search ? "" : figure.id;
    at.search = search;
    return at.href;
  };

  const take = {
    svg: (figure) => save(new Blob([drawing(figure).text], { type: "image/svg+xml" }), `${figure.id}.svg`),
    async png(figure) {
      const { text, width, height } = drawing(figure);
      const image = new Image(width, height);
      image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2 * width, 2 * height];
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done));
      return save(blob, `${figure.id}.png`);
    },
    csv(figure) {
      const tables = [...figure.querySelectorAll(".em-numbers table")];
      const text = tables.map((table) => [...table.rows].map((row, number) => record(row, number, table)).join("\n"));
      return save(new Blob([`${text.join("\n\n")}\n`], { type: "text/csv" }), `${figure.id}.csv`);
    },
    embed: (figure) => {
      const height = Math.ceil(figure.getBoundingClientRect().height) + 40;
      const title = message(figure).replaceAll('"', "&quot;");
      return copy(`<iframe src="${address(figure, `?only=${figure.id}`)}" width="100%" height="${height}" style="border:0" title="${title}"></iframe>`);
    },
    cite: (figure) => copy(`"${message(figure)}" Figure in: ${document.title}. ${address(figure)}`),
  };

  for (const fold of document.querySelectorAll(".em-take")) {
    fold.hidden = false;
    fold.querySelector("[data-em-take=csv]").hidden = !fold.parentElement.querySelector(".em-numbers");
  }
  if (!window.emTakes) {
    window.emTakes = true;
    document.addEventListener("click", async (event) => {
      const button = event.target.closest?.("[data-em-take]");
      if (!button) return;
      const status = button.parentElement.querySelector("[role=status]");
      try {
        status.textContent = await take[button.dataset.emTake](button.closest("figure"));
      } catch {
        status.textContent = "This browser does not allow it here.";
      }
    });
  }

  const only = new URLSearchParams(location.search).get("only");
  const alone = only && document.getElementById(only);
  if (alone?.classList.contains("em-figure")) {
    root.dataset.emOnly = "";
    document.querySelector("main").replaceChildren(alone);
    const back = document.createElement("p");
    const link = document.createElement("a");
    link.href = `${location.pathname}#${alone.id}`;
    link.target = "_top";
    link.textContent = document.title;
    back.append(link);
    alone.after(back);
  }
})();
