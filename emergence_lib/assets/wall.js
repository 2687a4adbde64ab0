// Walls: the strip of writers follows a finger or a held mouse; a button goes through them once.
(() => {
  "use strict";
  const STEP = 650; // milliseconds a writer is shown
  const CALM_STEP = 1300; // the same where the reader's system asks for less motion
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function start(wall) {
    wall.dataset.emOn = "";
    const strip = wall.querySelector(".em-by-all");
    const radios = [...strip.querySelectorAll("input")];
    const grow = wall.querySelector(".em-grow");
    const status = wall.querySelector('[role="status"]');
    let playing;

    const stop = () => clearTimeout(playing);
    function pick(x) {
      const { left, width } = strip.getBoundingClientRect();
      const at = Math.floor((radios.length * (x - left)) / width);
      radios[Math.max(0, Math.min(radios.length - 1, at))].checked = true;
    }
    strip.addEventListener("pointerdown", (event) => {
      stop();
      if (event.button !== 0) return;
      pick(event.clientX);
      strip.setPointerCapture(event.pointerId);
    });
    strip.addEventListener("pointermove", (event) => {
      if (strip.hasPointerCapture(event.pointerId)) pick(event.clientX);
    });
    strip.addEventListener("input", stop);

    function show(at) {
      radios[at].checked = true;
      const last = at === radios.length - 1;
      if (last) status.textContent = radios[at].labels[0].textContent;
      else playing = setTimeout(show, calm() ? CALM_STEP : STEP, at + 1);
    }
    grow.addEventListener("click", () => {
      stop();
      status.textContent = "";
      show(0);
    });
    grow.hidden = false;
  }

  document.querySelectorAll(".em-wall:not([data-em-on])").forEach(start);
})();
