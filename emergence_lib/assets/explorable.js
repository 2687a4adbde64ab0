// Explorables: swap the differences between the frames that Python drew. No dependencies.
(() => {
  "use strict";
  const STEP = 320; // milliseconds between frames while playing
  const CALM_STEP = 1000; // the same where the reader's system asks for less motion
  const PAUSE = 500; // quiet time before a read-out is announced

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function start(figure) {
    const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    // Curves are nested SVGs: only the outer ones begin a list.
    const nodes = [...figure.querySelectorAll(".em-picture .em-svg")].flatMap((svg) => [
      svg,
      ...svg.querySelectorAll("*"),
    ]);
    const readout = figure.querySelector(".em-readout span");
    const live = figure.querySelector(".em-live");
    const panel = figure.querySelector(".em-controls");
    const inputs = data.controls.map(({ key }) => [
      ...panel.querySelectorAll(`[data-em-key="${key}"]`),
    ]);
    let shown = -1;
    let timer;

    const isOne = (group) => group.length === 1;
    const index = (group) => {
      if (!isOne(group)) return Number(group.find((input) => input.checked).value);
      return group[0].type === "checkbox" ? Number(group[0].checked) : Number(group[0].value);
    };
    const setIndex = (group, value) => {
      if (!isOne(group)) group[value].checked = true;
      else if (group[0].type === "checkbox") group[0].checked = value === 1;
      else group[0].value = value;
    };
    const frame = () =>
      data.controls.reduce(
        (sum, { values }, at) => sum * values.length + index(inputs[at]),
        0,
      );

    function draw() {
      data.controls.forEach(({ texts }, at) => {
        const [input] = inputs[at];
        if (input.type !== "range") return;
        const text = texts[index(inputs[at])];
        input.setAttribute("aria-valuetext", text);
        input.closest(".em-control").querySelector("output").textContent = text;
        input.style.setProperty("--em-done", `${(100 * input.value) / input.max}%`);
      });
      const now = frame();
      if (now === shown) return;
      shown = now;
      for (const [element, attribute, strings, ofFrame] of data.slots) {
        const text = strings[ofFrame[now]];
        if (attribute === "#") nodes[element].textContent = text;
        else if (text === null) nodes[element].removeAttribute(attribute);
        else nodes[element].setAttribute(attribute, text);
      }
      readout.textContent = data.readouts[now];
    }

    function announce() {
      clearTimeout(timer);
      timer = setTimeout(() => (live.textContent = data.readouts[shown]), PAUSE);
    }

    // Settings as a query string, "n=10&metric=exact+match", from a link in the prose: dock.js.
    figure.emSet = (query) => {
      for (const [key, wanted] of new URLSearchParams(query)) {
        const at = data.controls.findIndex((control) => control.key === key);
        const value = at < 0 ? -1 : data.controls[at].values.indexOf(wanted);
        if (value >= 0) setIndex(inputs[at], value);
      }
      pause();
      draw();
      announce();
    };

    const play = panel.querySelector(".em-play");
    const slider = panel.querySelector('input[type="range"]');
    let playing;
    function pause() {
      clearTimeout(playing);
      playing = undefined;
      play?.setAttribute("aria-pressed", "false");
    }
    function advance() {
      slider.value = Number(slider.value) + 1;
      draw();
      if (slider.value === slider.max) {
        pause();
        announce();
      } else playing = setTimeout(advance, calm() ? CALM_STEP : STEP);
    }
    play?.addEventListener("click", () => {
      if (playing) {
        pause();
        announce();
        return;
      }
      play.setAttribute("aria-pressed", "true");
      if (slider.value === slider.max) slider.value = -1;
      advance();
    });

    panel.addEventListener("input", () => {
      pause();
      draw();
      announce();
    });
    panel.hidden = false;
    draw();
  }

  // What runs is noted here and not in the page: a saved page would begin with dead controls.
  const running = (window.emRunning ??= new WeakSet());
  for (const figure of document.querySelectorAll(".em-explorable")) {
    if (running.has(figure)) continue;
    running.add(figure);
    start(figure);
  }
})();
