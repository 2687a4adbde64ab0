// Explorables: swap the differences between the frames that Python drew. Needs controls.js.
(() => {
  "use strict";
  const STEP = 320; // milliseconds between frames while playing
  const SLOW_STEP = 1000; // the same of a few frames, or where the reader's system asks for less motion
  const FEW = 8; // frames
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
    const controls = emControls(panel, data.controls);
    let shown = -1;
    let timer;

    const frame = () =>
      controls.indices().reduce((sum, index, at) => sum * data.controls[at].values.length + index, 0);

    function draw() {
      controls.tell();
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
      controls.set(query);
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
      } else playing = setTimeout(advance, pace());
    }
    const pace = () => (calm() || slider.max < FEW ? SLOW_STEP : STEP);
    play?.addEventListener("click", () => {
      if (playing) {
        pause();
        announce();
        return;
      }
      play.setAttribute("aria-pressed", "true");
      if (slider.value !== slider.max) return advance();
      slider.value = 0;
      draw();
      playing = setTimeout(advance, pace());
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
  for (const figure of document.querySelectorAll(".em-explorable:not(.em-twin)")) {
    if (running.has(figure)) continue;
    running.add(figure);
    start(figure);
  }
})();
