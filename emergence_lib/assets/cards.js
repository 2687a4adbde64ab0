// Cards for terms and for graded numbers: on hover, focus and first tap. Without scripts both are
// links, to the glossary and to the ledger; the page carries what the cards say as JSON. A card
// stands in the document right after its word, so that Tab goes into it; Escape closes it.
(() => {
  "use strict";
  const HOVER = 120; // milliseconds before a card opens under a pointer that may be passing by
  const LEAVE = 220; // the same before it closes: time to reach it

  const data = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");
  const terms = data("em-tips");
  const claims = data("em-claims");
  const levels = ["beginner", "intermediate", "expert"];

  const make = (name, className, ...content) => {
    const element = document.createElement(name);
    element.className = className;
    element.append(...content);
    return element;
  };

  const card = make("span", "em-card");
  card.id = "em-card";
  card.setAttribute("role", "note");
  card.popover = "manual"; // above everything, and cut off by nothing
  let current = null;
  let kept = false; // opened by a finger: it stays until the next tap
  let timer = 0;

  // A term is explained for its own level and for every reader below it.
  const isExplained = (term) =>
    levels.findIndex((level) => term.classList.contains(`em-${level}`)) >=
    levels.indexOf(document.documentElement.dataset.level);

  function rows(word) {
    const anchor = word.hash.slice(1);
    if (word.matches(".em-term")) {
      return terms[anchor] && isExplained(word) ? [make("span", "", terms[anchor])] : [];
    }
    const claim = claims[anchor.replace("claim-", "")];
    if (!claim) return [];
    const [how, source] = claim;
    const [before, code, after] = how.split("`");
    const grade = make("span", `em-grade ${word.className}`, word.getAttribute("aria-description"));
    grade.classList.remove("em-claim", "em-nb");
    const link = make("a", "", "Entry in the ledger");
    link.href = word.href;
    return [
      make("span", "", grade),
      make("span", "em-how", before, ...(code ? [make("code", "", code), after] : [])),
      ...(source ? [make("span", "", source)] : []),
      make("span", "", link),
    ];
  }

  function show(word) {
    clearTimeout(timer);
    if (word === current) return;
    const content = rows(word);
    hide();
    if (!content.length) return;
    current = word;
    card.replaceChildren(...content);
    word.after(card);
    card.showPopover?.();
    if (word.matches(".em-term")) word.setAttribute("aria-describedby", card.id);
    place();
  }

  function hide() {
    clearTimeout(timer);
    kept = false;
    current?.removeAttribute("aria-describedby");
    current = null;
    card.remove();
  }

  function hideSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const used = current?.matches(":hover, :focus") || card.matches(":hover, :focus-within");
      if (!used && !kept) hide();
    }, LEAVE);
  }

  // Under the last line of the word, or above its first where there is no room below.
  function place() {
    const lines = current.getClientRects();
    const box = lines[lines.length - 1];
    if (box.bottom < 0 || lines[0].top > innerHeight) {
      hide(); // its word is out of sight
      return;
    }
    const width = Math.min(350, innerWidth - 24);
    card.style.width = `${width}px`;
    card.style.left = `${Math.max(12, Math.min(box.left - 12, innerWidth - width - 12))}px`;
    const fits = box.bottom + 6 + card.offsetHeight < innerHeight;
    const top = fits ? box.bottom + 6 : lines[0].top - card.offsetHeight - 6;
    card.style.top = `${Math.max(6, top)}px`;
  }

  for (const word of document.querySelectorAll("a.em-term, a.em-claim")) {
    let opens = false;
    word.addEventListener("mouseenter", () => {
      clearTimeout(timer);
      timer = setTimeout(show, HOVER, word);
    });
    word.addEventListener("mouseleave", hideSoon);
    word.addEventListener("focus", () => word.matches(":focus-visible") && show(word));
    word.addEventListener("blur", hideSoon);
    // The first tap opens the card, the second follows the link.
    word.addEventListener("pointerdown", (event) => {
      opens = event.pointerType !== "mouse" && current !== word;
    });
    word.addEventListener("click", (event) => {
      if (!opens) return;
      opens = false;
      show(word);
      kept = current === word;
      if (kept) event.preventDefault();
    });
  }
  card.addEventListener("mouseleave", hideSoon);
  card.addEventListener("focusout", hideSoon);
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !current) return;
      if (card.contains(document.activeElement)) current.focus({ preventScroll: true });
      hide();
      event.stopPropagation();
    },
    true, // before anything else that Escape closes
  );
  document.addEventListener("pointerdown", ({ target }) => {
    if (current && !current.contains(target) && !card.contains(target)) hide();
  });
  for (const event of ["scroll", "resize"]) {
    addEventListener(event, () => current && place(), { passive: true });
  }
})();
