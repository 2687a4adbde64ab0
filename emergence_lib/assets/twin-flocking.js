// Birds that copy their neighbours: the rules of emergence_lib/experiments/flocking.py.
(() => {
  "use strict";
  const CALLS = 4; // of advance in a step: birds glide, slowly enough for an eye to follow one
  const LENGTH = 0.035; // of a drawn bird, in edges of the sky
  const SPREAD = 0.012; // of each wing to its side

  // Birds anywhere, heading anywhere; opposite edges of the sky meet.
  function scatter(birds, density, random) {
    const side = Math.sqrt(birds / density);
    const [x, y, east, north, sumEast, sumNorth] = Array.from(
      { length: 6 },
      () => new Float64Array(birds),
    );
    for (let i = 0; i < birds; i++) {
      x[i] = side * random();
      y[i] = side * random();
      const angle = 2 * Math.PI * random();
      east[i] = Math.cos(angle);
      north[i] = Math.sin(angle);
    }
    return { birds, side, x, y, east, north, sumEast, sumNorth };
  }

  // Add up for each bird the headings within distance 1, its own included. Every pair is looked at:
  // for some hundred birds that is quicker than sorting them by place.
  function lookAround({ birds, side, x, y, east, north, sumEast, sumNorth }) {
    const half = side / 2;
    sumEast.set(east);
    sumNorth.set(north);
    for (let i = 1; i < birds; i++) {
      for (let j = 0; j < i; j++) {
        let across = Math.abs(x[i] - x[j]);
        if (across > half) across = side - across;
        if (across > 1) continue;
        let along = Math.abs(y[i] - y[j]);
        if (along > half) along = side - along;
        if (across * across + along * along > 1) continue;
        sumEast[i] += east[j];
        sumNorth[i] += north[j];
        sumEast[j] += east[i];
        sumNorth[j] += north[i];
      }
    }
  }

  // Every bird turns to the mean heading around it, errs by up to half the noise, and flies on.
  function step(flock, noise, speed, random) {
    const { birds, side, x, y, east, north, sumEast, sumNorth } = flock;
    lookAround(flock);
    for (let i = 0; i < birds; i++) {
      const angle = Math.atan2(sumNorth[i], sumEast[i]) + noise * (random() - 0.5);
      east[i] = Math.cos(angle);
      north[i] = Math.sin(angle);
      x[i] = within(x[i] + speed * east[i], side);
      y[i] = within(y[i] + speed * north[i], side);
    }
  }

  // The second remainder is for tiny negative numbers, which the sum rounds up to the side.
  const within = (place, side) => (((place % side) + side) % side) % side;

  // Length of the mean heading.
  function order({ birds, east, north }) {
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    return Math.hypot(sum(east), sum(north)) / birds;
  }

  // Mean order of birds that fly anywhere at random, by Rayleigh's law.
  const floor = (birds) => Math.sqrt(Math.PI / (4 * birds));

  function setup(stage) {
    const { density, speed, steps } = stage.data;
    const flock = scatter(stage.settings.birds, density, stage.random);
    // The first point stands twice: a line of no length is seen as a dot.
    const times = [0, 0];
    const orders = [order(flock), order(flock)];
    let calls = CALLS; // of the present step
    const taken = () => times.at(-1);
    const ended = () => taken() >= steps && calls === CALLS;

    // A bird is two wings that meet at its head.
    function drawBirds() {
      const { birds, side, x, y, east, north } = flock;
      const behind = speed * (1 - calls / CALLS);
      const xs = [];
      const ys = [];
      for (let i = 0; i < birds; i++) {
        const headX = within(x[i] - behind * east[i], side) / side;
        const headY = within(y[i] - behind * north[i], side) / side;
        const tailX = headX - LENGTH * east[i];
        const tailY = headY - LENGTH * north[i];
        xs.push(tailX - SPREAD * north[i], headX, tailX + SPREAD * north[i], NaN);
        ys.push(tailY + SPREAD * east[i], headY, tailY - SPREAD * east[i], NaN);
      }
      stage.line("birds", xs, ys);
    }

    return {
      advance() {
        if (ended()) return false;
        if (calls === CALLS) {
          step(flock, stage.settings.noise, speed, stage.random);
          times.push(taken() + 1);
          orders.push(order(flock));
          calls = 0;
        }
        calls += 1;
        return !ended();
      },
      draw() {
        drawBirds();
        stage.line("order", times, orders);
        return (
          `Run ${stage.run}, step ${taken().toLocaleString("en")}: order ${orders.at(-1).toFixed(2)} ` +
          `(random headings give about ${floor(flock.birds).toFixed(2)}).`
        );
      },
      // Another noise shakes the same flock; a flight that has ended cannot go on.
      change: (key) => key === "noise" && !ended(),
    };
  }

  (window.emTwins ??= {}).flocking = {
    controls: ["noise", "birds"],
    marks: ["birds", "order"],
    data: ["density", "speed", "steps"],
    pace: 1,
    scatter,
    step,
    order,
    floor,
    setup,
  };
})();
