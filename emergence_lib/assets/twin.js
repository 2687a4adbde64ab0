// Twins: the process behind a figure, run in the reader's browser. Python has drawn the still; a piece
// (twin-NAME.js) gives the same artists new paths. Nothing runs before the reader asks, out of sight,
// or in a hidden tab. Needs controls.js.
(() => {
  "use strict";
  const WORK = 10; // milliseconds of a frame in which a piece may work
  const CALM_STEP = 1000; // milliseconds between pictures where the reader's system asks for less motion
  const PAUSE = 500; // quiet time before a read-out is announced
  const NEAR = "50% 0px"; // how near a figure comes before its script is fetched
  const UNITS = 2000; // a length of the axes in a drawing, as in reader/fluid.py
  const UNLOADED = "The script of this figure did not load. Press Play to try again.";
  const BROKEN = "The script of this figure stopped with an error. Start again, or reload the page.";

  const folder = document.currentScript?.src.replace(/[^/]*$/, "") ?? "";
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Mulberry32: the same run has the same luck on every machine.
  function uniform(seed) {
    let state = Math.imul(seed, 0x9e3779b9);
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  // Box and Muller: two normal numbers from two uniform ones.
  function normals(random) {
    let spare = null;
    return () => {
      if (spare !== null) {
        const kept = spare;
        spare = null;
        return kept;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      const angle = 2 * Math.PI * random();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    };
  }

  // From a number on an axis to its place in the drawing.
  function scale([low, high, log], flipped) {
    const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
    return (value) => {
      const share = ((log ? Math.log10(value) : value) - from) / (to - from);
      return Math.round(UNITS * (flipped ? 1 - share : share));
    };
  }

  const loading = {};
  function load(name, version) {
    if (window.emTwins?.[name]) return Promise.resolve(window.emTwins[name]);
    loading[name] ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = `${folder}twin-${name}.js?v=${version}`;
      script.onload = () => (window.emTwins?.[name] ? done(window.emTwins[name]) : fail());
      script.onerror = () => fail(script.remove());
      document.head.append(script);
    });
    loading[name].catch(() => delete loading[name]); // the next press tries again
    return loading[name];
  }

  function start(figure) {
    const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const readout = figure.querySelector(".em-readout span");
    const live = figure.querySelector(".em-live");
    const panel = figure.querySelector(".em-controls");
    const play = panel.querySelector(".em-play");
    const controls = emControls(panel, data.controls);
    const paths = {};
    for (const path of figure.querySelectorAll("[data-em-mark]")) paths[path.dataset.emMark] = path;
    const scales = {};
    for (const [mark, { x, y }] of Object.entries(data.marks)) {
      scales[mark] = { x: scale(x, false), y: scale(y, true) };
    }

    const traces = {};

    let piece = null;
    let run = null; // of the piece, once the reader has touched anything
    let runs = 1;
    let playing = false;
    let over = false;
    let seen = true;
    let frame; // of the browser, at most one
    let drawn = 0; // when the last picture was
    let timer;
    let indices = controls.indices();

    const stage = {
      settings: { ...data.data }, // a control that the page does not offer is set there
      data: data.data,
      line(mark, xs, ys) {
        const { x, y } = scales[mark];
        let d = "";
        let pen = "M";
        for (let i = 0; i < xs.length; i++) {
          if (Number.isNaN(xs[i]) || Number.isNaN(ys[i])) pen = "M";
          else {
            d += `${pen}${x(xs[i])} ${y(ys[i])}`;
            pen = "L";
          }
        }
        paths[mark].setAttribute("d", d);
      },
      boxes(mark, corners) {
        const { x, y } = scales[mark];
        let d = "";
        for (let i = 0; i < corners.length; i += 4) {
          const [left, right] = [x(corners[i]), x(corners[i + 2])];
          d += `M${left} ${y(corners[i + 1])}H${right}V${y(corners[i + 3])}H${left}Z`;
        }
        paths[mark].setAttribute("d", d);
      },
    };

    function settle() {
      indices = controls.indices();
      controls.tell();
      data.controls.forEach(({ key, settings }, at) => (stage.settings[key] = settings[indices[at]]));
    }

    // What a run leaves behind, pale, for the next to be compared with.
    function leaveTrace() {
      for (const mark of piece.traces ?? []) {
        const path = paths[mark];
        if (!traces[mark]) {
          traces[mark] = path.cloneNode();
          delete traces[mark].dataset.emMark;
          traces[mark].setAttribute("opacity", "0.35");
          path.before(traces[mark]);
        }
        traces[mark].setAttribute("d", path.getAttribute("d"));
      }
    }

    function begin() {
      if (run) leaveTrace();
      stage.run = runs;
      stage.random = uniform(runs);
      stage.normal = normals(stage.random);
      over = false;
      run = piece.setup(stage);
    }

    function draw() {
      drawn = performance.now();
      readout.textContent = run.draw();
    }

    function announce() {
      clearTimeout(timer);
      timer = setTimeout(() => (live.textContent = readout.textContent), PAUSE);
    }

    function setPlaying(now) {
      playing = now;
      play?.setAttribute("aria-pressed", String(now));
      cancelAnimationFrame(frame);
      if (now && run) frame = requestAnimationFrame(turn);
    }

    function stop(why) {
      setPlaying(false);
      readout.textContent = why;
      announce();
    }

    function turn() {
      if (!seen || document.hidden) return; // comes back with the figure
      try {
        const until = performance.now() + WORK;
        let left = piece.pace || Infinity;
        do over = run.advance() === false;
        while (!over && --left > 0 && performance.now() < until);
        if (over || !calm() || performance.now() - drawn >= CALM_STEP) draw();
      } catch (error) {
        console.error(error);
        run = null;
        return stop(BROKEN);
      }
      if (over) {
        setPlaying(false);
        announce();
      } else frame = requestAnimationFrame(turn);
    }

    // What the reader asks for happens when the script is there, if it is still asked for.
    async function whenLoaded(work) {
      try {
        piece = await load(data.piece, data.version);
      } catch {
        return stop(UNLOADED);
      }
      try {
        work();
      } catch (error) {
        console.error(error);
        run = null;
        stop(BROKEN);
      }
    }

    function again() {
      if (run) runs += 1;
      whenLoaded(() => {
        begin();
        draw();
        setPlaying(playing);
        if (!playing) announce();
      });
    }

    function begunOrOver() {
      if (run && !over) return;
      if (over) runs += 1;
      begin();
    }

    function toggle() {
      setPlaying(!playing);
      whenLoaded(() => {
        if (playing) {
          begunOrOver();
          setPlaying(true);
        } else if (run) {
          draw();
          announce();
        }
      });
    }

    function changed() {
      const before = indices;
      settle();
      const keys = data.controls.filter((_, at) => before[at] !== indices[at]).map(({ key }) => key);
      if (!keys.length) return;
      whenLoaded(() => {
        if (!run || !keys.every((key) => run.change?.(key))) begin();
        over = false; // there may be more to do under other settings
        draw();
        setPlaying(playing);
        announce();
      });
    }

    // Settings from a link in the prose (dock.js); "play=on" also lets it run.
    figure.emSet = (query) => {
      controls.set(query);
      changed();
      if (play && !playing && new URLSearchParams(query).get("play") === "on") toggle();
    };

    play?.addEventListener("click", toggle);
    panel.querySelector(".em-again")?.addEventListener("click", again);
    panel.addEventListener("input", changed);
    document.addEventListener("visibilitychange", () => setPlaying(playing));
    new IntersectionObserver((entries) => {
      seen = entries.at(-1).isIntersecting;
      if (seen) setPlaying(playing);
    }).observe(figure);
    // A page opens without its twins: the first scroll tells that the reader is on the way.
    addEventListener(
      "scroll",
      () => {
        const near = new IntersectionObserver(
          (entries) => {
            if (!entries.at(-1).isIntersecting) return;
            near.disconnect();
            load(data.piece, data.version).catch(() => {}); // said when it is asked for
          },
          { rootMargin: NEAR },
        );
        near.observe(figure);
      },
      { once: true, passive: true },
    );
    settle();
    panel.hidden = false;
  }

  // As in explorable.js: noted here, so that a saved page does not begin with dead controls.
  const running = (window.emRunning ??= new WeakSet());
  for (const figure of document.querySelectorAll(".em-twin")) {
    if (running.has(figure)) continue;
    running.add(figure);
    try {
      start(figure);
    } catch (error) {
      console.error(error); // the still stays, and the other twins begin
    }
  }
})();
