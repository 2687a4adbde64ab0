// Words in the prose that set a control. The figure comes to the reader: it leaves its place and
// docks beside the text, or at an edge of a narrow screen, and the page stays where it is, on the
// press and on the way back. Escape, Back, its button and reading on send it home. "Go to the
// figure" leaves a button that leads back. Without scripts the words are links to the figure.
(() => {
  "use strict";
  const EDGE = 12; // pixels around the dock
  const HEADER = 64; // what the page's own header covers
  const BESIDE = 240; // the narrowest dock that stands beside the text
  const SHARE = 0.6; // the most of a narrow screen that it takes
  const FAR = "60% 0px"; // how far a word may leave the screen before a figure beside it goes home

  let docked = null; // { figure, word, place, bar, watches }
  let visited = null; // { word, top, button, watch }: the reader has gone to the figure

  function button(className, text, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = className;
    made.textContent = text;
    made.addEventListener("click", press);
    return made;
  }

  // Change the page, and keep an element where the reader sees it.
  function pinned(element, change) {
    const { top } = element.getBoundingClientRect();
    change();
    const moved = element.getBoundingClientRect().top - top;
    if (moved) scrollBy({ top: moved, behavior: "instant" });
  }

  // One entry of the browser's history stands for the dock, so that Back closes it. The entry
  // below must not restore its place: the reader may have read on meanwhile.
  function pushEntry() {
    if (history.state?.emDock === "open") return;
    history.replaceState({ ...history.state, emDock: "below" }, "");
    history.scrollRestoration = "manual";
    history.pushState({ emDock: "open" }, "");
    history.scrollRestoration = "auto";
  }

  function popEntry() {
    if (history.state?.emDock === "open") history.back();
  }

  function dock(figure, word) {
    const bar = document.createElement("div");
    bar.className = "em-dockbar";
    bar.append(button("", "✕ Back to the text", close), button("", "Go to the figure", visit));
    const place = document.createElement("div");
    place.className = "em-place";
    pinned(word, () => {
      // Else the browser would take the docked height for that of the figure while out of sight.
      figure.style.contentVisibility = "visible";
      const { marginTop, marginBottom } = getComputedStyle(figure);
      place.style.height = `${figure.getBoundingClientRect().height}px`;
      place.style.marginBlock = `${marginTop} ${marginBottom}`;
      figure.before(place);
      figure.prepend(bar);
      figure.classList.add("em-docked");
    });
    docked = { figure, place, bar, watches: [] };
    call(word);
    pushEntry();
  }

  // Put the docked figure where it covers neither the word nor, if there is room, the text.
  function call(word) {
    const { figure, place, bar } = docked;
    docked.word?.classList.remove("em-now");
    docked.word = word;
    word.classList.add("em-now");
    arrange();
    bar.firstChild.focus({ preventScroll: true });
    docked.watches.forEach((watch) => watch.disconnect());
    let first = true;
    const home = new IntersectionObserver(
      (entries) => {
        if (!first && entries.at(-1).isIntersecting) goHome();
        first = false;
      },
      { threshold: 0.9 },
    );
    const far = new IntersectionObserver(
      (entries) => !entries.at(-1).isIntersecting && goHome(),
      { rootMargin: figure.classList.contains("em-beside") ? FAR : "0px" }, // else it is in the way
    );
    home.observe(place); // the reader has come to where the figure belongs
    far.observe(word); // or has read on
    docked.watches = [home, far];
  }

  function arrange() {
    const { figure, word } = docked;
    const wide = document.documentElement.clientWidth;
    const text = (word.closest("p, li, td, dd") ?? word).getBoundingClientRect();
    const box = word.getBoundingClientRect();
    const room = wide - text.right - 2 * EDGE;
    const beside = room >= BESIDE;
    figure.classList.toggle("em-beside", beside);
    // Over an edge it is as wide as the text, or as a narrow screen.
    const margin = text.left < 4 * EDGE ? text.left : EDGE;
    const left = beside ? text.right + EDGE : text.left - margin;
    const width = beside ? room : Math.min(wide - left, text.width + 4 * EDGE);
    const over = box.top - EDGE;
    const under = innerHeight - box.bottom - EDGE;
    const high = beside
      ? innerHeight - HEADER - EDGE
      : Math.min(SHARE * innerHeight, Math.max(over, under));
    Object.assign(figure.style, {
      left: `${left}px`,
      width: `${width}px`,
      maxHeight: `${high}px`,
    });
    const { height } = figure.getBoundingClientRect();
    const lowest = innerHeight - height;
    const top = beside
      ? Math.max(HEADER, Math.min(box.top - height / 3, lowest - EDGE))
      : under >= over
        ? lowest
        : 0;
    figure.style.top = `${top}px`;
  }

  function undock() {
    const { figure, word, place, bar, watches } = docked;
    docked = null;
    watches.forEach((watch) => watch.disconnect());
    word.classList.remove("em-now");
    pinned(word, () => {
      figure.classList.remove("em-docked", "em-beside");
      for (const name of ["left", "top", "width", "max-height"]) figure.style.removeProperty(name);
      bar.remove();
      place.remove();
    });
    return { figure, word };
  }

  function goHome() {
    // The keyboard must not go home with the figure: the next Tab would jump there.
    const inside = docked.figure.contains(document.activeElement);
    const { word } = undock();
    if (inside) word.focus({ preventScroll: true });
    popEntry();
  }

  function close() {
    undock().word.focus({ preventScroll: true });
    popEntry();
  }

  // Go and look at it properly.
  function visit() {
    const { top } = docked.word.getBoundingClientRect();
    const { figure, word } = undock();
    const back = button("em-back", "↑ Back to the text", () => {
      comeBack();
      popEntry();
    });
    const watch = new IntersectionObserver((entries) => {
      if (entries.at(-1).isIntersecting) return;
      forget(); // the reader has read on from here
      popEntry();
    }, { rootMargin: "100% 0px" });
    visited = { word, top, button: back, watch };
    figure.before(back);
    const tall = figure.getBoundingClientRect().height > innerHeight - HEADER;
    figure.scrollIntoView({ block: tall ? "start" : "center", behavior: "instant" });
    back.focus({ preventScroll: true });
    watch.observe(figure);
  }

  function comeBack() {
    const { word, top } = visited;
    forget();
    scrollBy({ top: word.getBoundingClientRect().top - top, behavior: "instant" });
    word.focus({ preventScroll: true });
  }

  function forget() {
    visited?.watch.disconnect();
    visited?.button.remove();
    visited = null;
  }

  function isInView(figure) {
    return [...figure.querySelectorAll(".em-picture, .em-controls, .em-readout")].every((part) => {
      const { top, bottom } = part.getBoundingClientRect();
      return top >= HEADER && bottom <= innerHeight;
    });
  }

  document.addEventListener("click", (event) => {
    const word = event.target.closest?.("a.em-set");
    const figure = word && document.getElementById(`fig-${word.dataset.emFigure}`);
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!figure?.emSet || elsewhere || !figure.checkVisibility()) return;
    event.preventDefault();
    figure.emSet(word.dataset.emSet);
    forget();
    if (docked?.figure === figure) call(word);
    else {
      if (docked) undock();
      if (isInView(figure)) popEntry();
      else dock(figure, word);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!docked) return;
    if (event.key === "Escape") close();
    if (event.key !== "Tab" || !docked.figure.contains(document.activeElement)) return;
    // What follows the dock is what follows the word, not what follows the figure's place.
    const stops = [
      ...docked.figure.querySelectorAll('button, input, select, a[href], summary, [tabindex="0"]'),
    ].filter((each) => each.checkVisibility() && (each.type !== "radio" || each.checked));
    if (document.activeElement !== (event.shiftKey ? stops[0] : stops.at(-1))) return;
    event.preventDefault();
    docked.word.focus({ preventScroll: true });
  });

  addEventListener("popstate", ({ state }) => {
    const back = state?.emDock === "below"; // else a link within the page was followed
    if (docked) back ? close() : undock();
    else if (visited) back ? comeBack() : forget();
    if (!back) return;
    // When the browser has done its part, this entry is one like any other.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => (history.scrollRestoration = "auto")),
    );
  });
  addEventListener("resize", () => docked && arrange());
  for (const event of ["beforeprint", "pagehide"]) {
    addEventListener(event, () => docked && undock());
  }
})();
