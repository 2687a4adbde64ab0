// Predictions: commit, then look. What gives the answer away stays folded until then, in the text
// of the page too. The prediction is remembered in this browser.
(() => {
  "use strict";
  const SKIP = "Look without predicting";
  const DONE = "What happens";
  // An opinion has no right answer.
  const SKIP_PLACE = "Look without placing it";
  const DONE_PLACE = "Where your marker stands";
  const DONE_AGAIN = "What moved, and who stands where";
  const PLACE = "Place it";
  const MOVE = "Place it again";
  const VEIL = "The next lines give the answer away. They open when you commit, or look without predicting.";
  // A page may carry this script twice, and a saved page its marks: so they are kept here.
  const started = (window.emPredictions ??= new WeakSet());

  const asked = () => document.getElementById(location.hash.slice(1));

  // Hide what a prediction's answer can be read from, and return how to open it. A search within
  // the page opens it too, and so does a link to something in it.
  function fold(block) {
    block.removeAttribute("hidden");
    const before = block.previousElementSibling;
    if (before?.matches(".em-veil")) before.remove(); // of a saved page
    const note = document.createElement("p");
    note.className = "em-veil";
    note.textContent = VEIL;
    const open = () => {
      note.remove();
      block.removeAttribute("hidden");
    };
    if (block.contains(asked())) return open;
    block.before(note);
    block.setAttribute("hidden", "until-found");
    block.addEventListener("beforematch", open);
    addEventListener("hashchange", () => {
      if (!block.hidden || !block.contains(asked())) return;
      open();
      asked().scrollIntoView();
    });
    return open;
  }

  function start(box) {
    started.add(box);
    const key = `em-predict:${box.dataset.emName}`;
    const form = box.querySelector("form");
    const fields = [...form.querySelectorAll("input")];
    const reveal = box.querySelector(".em-reveal");
    const summary = reveal.querySelector("summary");
    const said = box.querySelector(".em-said");
    const [slider] = fields[0].type === "range" ? fields : [];
    const opinion = box.matches(".em-place");
    const output = form.querySelector("output");
    const button = form.querySelector("button");
    let touched = false;
    let committed = false;
    const done = () =>
      opinion ? (slider.dataset.emSince ? DONE_AGAIN : DONE_PLACE) : DONE;

    const label = () => {
      const number = Number(slider.value).toLocaleString("en", { maximumFractionDigits: 9 });
      const text = number + slider.dataset.emUnit;
      slider.setAttribute("aria-valuetext", text);
      slider.style.setProperty(
        "--em-done",
        `${(100 * (slider.value - slider.min)) / (slider.max - slider.min)}%`,
      );
      return text;
    };

    // Where the marker stood when the question was asked before, if it was placed then.
    function before() {
      try {
        const text = localStorage.getItem(`em-predict:${slider.dataset.emSince}`);
        const value = text ? Number(text) : NaN;
        const fits = Number.isInteger(value) && value >= +slider.min && value <= +slider.max;
        return fits ? value : null;
      } catch {
        return null;
      }
    }

    // What is said of an opinion: where it stands and who stands there, and what has moved since.
    function placed() {
      const now = Number(slider.value);
      const spans = [...box.querySelectorAll(".em-spans li")];
      const near = (at) =>
        spans
          .filter(({ dataset }) => +dataset.emFrom <= at && at <= +dataset.emTo)
          .map((each) => each.textContent.split(" ")[0]);
      const there = near(now);
      const words = [`Your marker is at ${label()}.`];
      if (spans.length) words.push(there.length ? `${there.join(", ")} ${there.length > 1 ? "stand" : "stands"} there.` : "No position stands there.");
      if (slider.dataset.emSince) {
        const was = before();
        const list = box.querySelector(".em-spans");
        list?.style.setProperty("--now", now / slider.max);
        list?.style.removeProperty("--was");
        const lines = [...box.querySelectorAll(".em-lines span")];
        lines.forEach((line, at) => (line.hidden = at === 0 && was === null));
        if (was === null) words.push("You placed none before.");
        else {
          list?.style.setProperty("--was", was / slider.max);
          const left = near(was).filter((each) => !there.includes(each));
          const end = slider.dataset.emEnds.split("|")[Number(now > was)];
          words.push(
            now === was
              ? "It has not moved."
              : `It moved from ${was} to ${now}, towards “${end}”${left.length ? `, and away from ${left.join(", ")}` : ""}.`,
          );
        }
      }
      return words.join(" ");
    }

    function judged() {
      if (opinion) return placed();
      const share = Math.abs(slider.value - slider.dataset.emAnswer) / (slider.max - slider.min);
      const exact = label() === box.querySelector(".em-truth strong").textContent;
      return `You said ${label()}.${exact ? " Spot on." : share < 0.1 ? " Close." : ""}`;
    }

    // Nothing is chosen yet: the browser says so beside the first choice.
    function choose() {
      fields[0].setCustomValidity("Choose one first.");
      fields[0].reportValidity();
      fields.forEach((field) => field.addEventListener("change", () => fields[0].setCustomValidity("")));
    }

    function commit() {
      const picked = slider ?? fields.find((field) => field.checked);
      // An opinion may be the middle, where the slider stands.
      if (!picked || (slider && !touched && !opinion)) {
        output ? (output.textContent = "move the slider first") : choose();
        return undefined;
      }
      committed = true;
      if (opinion) output.textContent = label();
      if (slider) said.textContent = judged();
      else if (picked.hasAttribute("data-em-right")) said.textContent = "You predicted it.";
      else said.textContent = `You said “${picked.nextElementSibling.textContent}”.`;
      fields.forEach((field) => (field.disabled = true));
      if (opinion) button.textContent = MOVE;
      else button.parentElement.hidden = true;
      reveal.open = true;
      summary.textContent = done();
      return picked.value;
    }

    // An opinion may change: the marker is free again, and stays where it was until it is placed.
    function free() {
      committed = false;
      slider.disabled = false;
      button.textContent = PLACE;
      slider.focus();
    }

    // Take over a value, if it is one that the reader could have given.
    function take(value) {
      if (!slider) {
        const field = fields.find((each) => each.value === value);
        if (field) field.checked = true;
        return Boolean(field);
      }
      const before = slider.value;
      slider.value = value;
      touched = value !== "" && Number(slider.value) === Number(value);
      if (touched) output.textContent = label();
      else slider.value = before;
      return touched;
    }

    function restore() {
      try {
        const value = localStorage.getItem(key);
        if (committed || value === null) return;
        if (take(value)) commit();
        else localStorage.removeItem(key);
      } catch {
        /* private window: nothing is remembered */
      }
    }

    // The box as it was written, whatever a saved page or the browser's history made of it.
    fields.forEach((field) => (field.disabled = false));
    reveal.open = false;
    summary.textContent = opinion ? SKIP_PLACE : SKIP;
    said.textContent = "";
    button.parentElement.hidden = false;
    if (opinion) button.textContent = PLACE;
    box.querySelectorAll(".em-lines span").forEach((line) => (line.hidden = true));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (committed) return free();
      const value = commit();
      if (value === undefined) return;
      try {
        localStorage.setItem(key, value);
      } catch {
        /* private window: it only forgets */
      }
      summary.focus();
    });
    slider?.addEventListener("input", () => {
      touched = true;
      output.textContent = label();
    });
    restore();
    addEventListener("pageshow", restore);
    addEventListener("storage", (event) => event.key === key && restore());

    if (reveal.open) return;
    const name = CSS.escape(box.dataset.emName);
    const openers = [...document.querySelectorAll(`.em-after[data-em-after="${name}"]`)].map(fold);
    reveal.addEventListener("toggle", () => reveal.open && openers.forEach((open) => open()));
  }

  for (const box of document.querySelectorAll(".em-predict")) if (!started.has(box)) start(box);
})();
