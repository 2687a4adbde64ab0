// Definitions on hover, focus and tap. Links marked em-term lead to the glossary without scripts;
// the page carries the definitions it uses as JSON. Escape dismisses; the tip itself can be hovered.
(() => {
  const source = document.getElementById("em-tips");
  if (!source) return;
  const definitions = JSON.parse(source.textContent);
  const levels = ["beginner", "intermediate", "expert"];
  const tip = document.createElement("div");
  tip.id = "em-tip";
  tip.role = "tooltip";
  tip.hidden = true;
  document.querySelector("main").append(tip);
  let current = null;
  let tapped = false; // a finger has left the screen: its tip stays until the next tap
  let timer = 0;

  // A term is explained for its own level and for every reader below it.
  const isExplained = (term) => {
    const reader = levels.indexOf(document.documentElement.dataset.level);
    return levels.findIndex((level) => term.classList.contains(`em-${level}`)) >= reader;
  };

  const hide = () => {
    clearTimeout(timer);
    tip.hidden = true;
    current?.removeAttribute("aria-describedby");
    current = null;
    tapped = false;
  };

  const show = (term) => {
    clearTimeout(timer);
    const text = definitions[term.hash.slice(1)];
    if (!text || !isExplained(term)) return;
    if (current && current !== term) hide();
    current = term;
    tip.textContent = text;
    tip.hidden = false;
    term.setAttribute("aria-describedby", tip.id);
    place(term);
  };

  const place = (term) => {
    const box = term.getBoundingClientRect();
    const width = Math.min(340, innerWidth - 24);
    tip.style.width = `${width}px`;
    tip.style.left = `${Math.max(12, Math.min(box.left, innerWidth - width - 12))}px`;
    const below = box.bottom + 4;
    const fits = below + tip.offsetHeight < innerHeight;
    tip.style.top = `${fits ? below : box.top - tip.offsetHeight - 4}px`;
  };

  const hideSoon = () => {
    clearTimeout(timer);
    if (!tapped) timer = setTimeout(hide, 200);
  };

  for (const term of document.querySelectorAll("a.em-term")) {
    let opensTip = false;
    term.addEventListener("mouseenter", () => show(term));
    term.addEventListener("mouseleave", hideSoon);
    term.addEventListener("focus", () => show(term));
    term.addEventListener("blur", hideSoon);
    // The first tap shows the definition, the second follows the link.
    term.addEventListener("pointerdown", (event) => {
      opensTip = event.pointerType === "touch" && current !== term && isExplained(term);
    });
    term.addEventListener("click", (event) => {
      if (!opensTip) return;
      event.preventDefault();
      opensTip = false;
      show(term);
      tapped = true;
    });
  }
  tip.addEventListener("mouseenter", () => clearTimeout(timer));
  tip.addEventListener("mouseleave", hideSoon);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("pointerdown", (event) => {
    if (current && event.target !== current && !tip.contains(event.target)) hide();
  });
  // The tip goes along with a term that has the focus or the pointer; else scrolling dismisses it.
  const follow = () => (tapped || current.matches(":focus, :hover") ? place(current) : hide());
  addEventListener("scroll", () => current && follow(), { passive: true });
})();
