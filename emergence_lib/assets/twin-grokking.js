// A network learns a table by heart, and later perhaps by rule: emergence_lib/experiments/grokking.py
// step by step, trained in double precision on all seen pairs at once.
//
// Two numbers of a clock go into units that square their sum; each answer weighs the squares.
// Weights lie row by row, one for each unit: the rows of the first number, of the second, and of
// the answers. One empty row more makes the answers even, so that they can be taken two by two.
(() => {
  "use strict";
  const MARKS = ["seen", "new", "filtered", "scrambled"];
  const MEAN = 0.9; // Adam's memory of the gradient,
  const SQUARE = 0.98; // of its square,
  const EPSILON = 1e-8; // and what keeps it from dividing by zero

  function network(hours, units) {
    const reals = (count) => new Float64Array(count);
    return {
      hours, units,
      weights: reals((3 * hours + 1) * units),
      // For four pairs side by side: what units sum, its square, the blame that answers pass back.
      sums: reals(4 * units), squares: reals(4 * units), blame: reals(4 * units),
      logits: reals(4 * (hours + 1)),
    };
  }

  // Whole numbers below count in random order, each order as likely as any other.
  function shuffled(count, random) {
    const order = Array.from({ length: count }, (_, number) => number);
    for (let left = count - 1; left > 0; left--) {
      const other = Math.floor((left + 1) * random());
      [order[left], order[other]] = [order[other], order[left]];
    }
    return order;
  }

  // An untrained network, the pairs it is shown, and the others; each pair with its answer.
  function begin({ hours, units, share }, random, normal) {
    const table = shuffled(hours ** 2, random).map((place) => {
      const a = Math.floor(place / hours), b = place % hours;
      return [a, b, (a + b) % hours];
    });
    const net = network(hours, units), inputs = 2 * hours * units;
    for (let i = 0; i < 3 * hours * units; i++) {
      net.weights[i] = normal() * (i < inputs ? 0.5 / (2 * hours) ** 0.25 : 1 / Math.sqrt(units));
    }
    const count = Math.round(share * table.length);
    return { net, seen: table.slice(0, count), fresh: table.slice(count) };
  }

  // Works out sums, squares and logits of four pairs, the first of them at a place of the list.
  // Four pairs by two answers: each weight is read once for four pairs, each square for two answers.
  function forward({ hours, units, weights, sums, squares, logits }, pairs, first) {
    for (let j = 0; j < 4; j++) {
      // Past the end of the list the last pair stands in; nobody reads its logits.
      const [a, b] = pairs[Math.min(first + j, pairs.length - 1)];
      const one = a * units, two = (hours + b) * units;
      for (let k = 0; k < units; k++) {
        const sum = weights[one + k] + weights[two + k];
        sums[4 * k + j] = sum;
        squares[4 * k + j] = sum * sum;
      }
    }
    for (let c = 0; c < hours; c += 2) {
      const odd = (2 * hours + c) * units, even = odd + units;
      let x0 = 0, x1 = 0, x2 = 0, x3 = 0, y0 = 0, y1 = 0, y2 = 0, y3 = 0;
      for (let k = 0; k < units; k++) {
        const v = weights[odd + k], w = weights[even + k], q = 4 * k;
        const q0 = squares[q], q1 = squares[q + 1], q2 = squares[q + 2], q3 = squares[q + 3];
        x0 += v * q0; x1 += v * q1; x2 += v * q2; x3 += v * q3;
        y0 += w * q0; y1 += w * q1; y2 += w * q2; y3 += w * q3;
      }
      const z = 4 * c;
      logits[z] = x0; logits[z + 1] = x1; logits[z + 2] = x2; logits[z + 3] = x3;
      logits[z + 4] = y0; logits[z + 5] = y1; logits[z + 6] = y2; logits[z + 7] = y3;
    }
  }

  // Turns the logits of one of the four pairs into the derivative of its cross-entropy.
  function differentiate({ hours, logits }, j, answer, share) {
    let top = -Infinity, total = 0;
    for (let c = 0; c < hours; c++) top = Math.max(top, logits[4 * c + j]);
    for (let c = 0; c < hours; c++) {
      total += logits[4 * c + j] = Math.exp(logits[4 * c + j] - top);
    }
    for (let c = 0; c < hours; c++) {
      logits[4 * c + j] = share * (logits[4 * c + j] / total - (c === answer ? 1 : 0));
    }
  }

  // The gradient of the cross-entropy averaged over pairs, laid out as the weights are.
  function gradient(net, pairs, slopes = new Float64Array(net.weights.length)) {
    const { hours, units, weights, sums, squares, blame, logits } = net;
    slopes.fill(0);
    for (let first = 0; first < pairs.length; first += 4) {
      const here = Math.min(4, pairs.length - first);
      forward(net, pairs, first);
      for (let j = 0; j < here; j++) differentiate(net, j, pairs[first + j][2], 1 / pairs.length);
      // Nobody is to blame for pairs that only stand in; the empty answer's logits are zero anyway.
      if (here < 4) for (let c = 0; c < hours; c++) logits.fill(0, 4 * c + here, 4 * c + 4);
      blame.fill(0);
      for (let c = 0; c < hours; c += 2) {
        const z = 4 * c, odd = (2 * hours + c) * units, even = odd + units;
        const x0 = logits[z], x1 = logits[z + 1], x2 = logits[z + 2], x3 = logits[z + 3];
        const y0 = logits[z + 4], y1 = logits[z + 5], y2 = logits[z + 6], y3 = logits[z + 7];
        for (let k = 0; k < units; k++) {
          const v = weights[odd + k], w = weights[even + k], q = 4 * k;
          const q0 = squares[q], q1 = squares[q + 1], q2 = squares[q + 2], q3 = squares[q + 3];
          slopes[odd + k] += x0 * q0 + x1 * q1 + x2 * q2 + x3 * q3;
          slopes[even + k] += y0 * q0 + y1 * q1 + y2 * q2 + y3 * q3;
          blame[q] += v * x0 + w * y0;
          blame[q + 1] += v * x1 + w * y1;
          blame[q + 2] += v * x2 + w * y2;
          blame[q + 3] += v * x3 + w * y3;
        }
      }
      for (let j = 0; j < here; j++) {
        const [a, b] = pairs[first + j];
        const one = a * units, two = (hours + b) * units;
        for (let k = 0; k < units; k++) {
          const slope = 2 * sums[4 * k + j] * blame[4 * k + j];
          slopes[one + k] += slope;
          slopes[two + k] += slope;
        }
      }
    }
    return slopes;
  }

  // Returns a function that takes one step of Adam (AdamW: decay stands apart from the gradient).
  function trainer(net, pairs, { rate, decay, warmUp }) {
    const { weights } = net;
    const [slopes, mean, square] = [0, 0, 0].map(() => new Float64Array(weights.length));
    let steps = 0;
    return () => {
      gradient(net, pairs, slopes);
      steps += 1;
      const pace = rate * Math.min(1, steps / warmUp);
      // The corrections for memories that start at zero, folded into one factor.
      const bias = Math.sqrt(1 - SQUARE ** steps), size = (pace * bias) / (1 - MEAN ** steps);
      for (let i = 0; i < weights.length; i++) {
        mean[i] = MEAN * mean[i] + (1 - MEAN) * slopes[i];
        square[i] = SQUARE * square[i] + (1 - SQUARE) * slopes[i] ** 2;
        weights[i] *= 1 - pace * decay;
        weights[i] -= (size * mean[i]) / (Math.sqrt(square[i]) + EPSILON * bias);
      }
    };
  }

  // The share of pairs whose largest logit is the answer's.
  function accuracy(net, pairs) {
    const { hours, logits } = net;
    let right = 0;
    for (let first = 0; first < pairs.length; first += 4) {
      forward(net, pairs, first);
      for (let j = 0; j < Math.min(4, pairs.length - first); j++) {
        let best = 0;
        for (let c = 1; c < hours; c++) if (logits[4 * c + j] > logits[4 * best + j]) best = c;
        if (best === pairs[first + j][2]) right += 1;
      }
    }
    return right / pairs.length;
  }

  // The network with each unit reduced to the frequency that is strongest in its input weights.
  // The numbers stand in the order given: in any but their own the waves of a sum are no waves.
  function filtered({ hours, units, weights }, order) {
    const kept = network(hours, units);
    const turns = order.map((_, n) => (2 * Math.PI * n) / hours);
    const cos = turns.map(Math.cos), sin = turns.map(Math.sin);
    const place = (part, n, unit) => (part * hours + order[n]) * units + unit;
    // One Fourier coefficient of a unit's weights of the first number, the second, or the answer.
    function wave(part, unit, frequency) {
      let real = 0, imaginary = 0;
      for (let n = 0; n < hours; n++) {
        const weight = weights[place(part, n, unit)], turn = (frequency * n) % hours;
        real += weight * cos[turn];
        imaginary += weight * sin[turn];
      }
      return [real, imaginary];
    }
    for (let unit = 0; unit < units; unit++) {
      let strongest = 1, most = -1;
      for (let frequency = 1; 2 * frequency < hours; frequency++) {
        const both = [...wave(0, unit, frequency), ...wave(1, unit, frequency)];
        const power = both.reduce((sum, each) => sum + each ** 2, 0);
        if (power > most) [strongest, most] = [frequency, power];
      }
      for (let part = 0; part < 3; part++) {
        const [real, imaginary] = wave(part, unit, strongest);
        for (let n = 0; n < hours; n++) {
          const turn = (strongest * n) % hours;
          kept.weights[place(part, n, unit)] =
            (2 / hours) * (real * cos[turn] + imaginary * sin[turn]);
        }
      }
    }
    return kept;
  }

  function setup({ settings, data, random, normal, run, line }) {
    const { hours, checkpoints } = data;
    const { net, seen, fresh } = begin(data, random, normal);
    const train = trainer(net, seen, { ...data, decay: settings.decay ? data.decay : 0 });
    const inOrder = Array.from({ length: hours }, (_, number) => number);
    const exams = {
      seen: () => accuracy(net, seen),
      new: () => accuracy(net, fresh),
      filtered: () => accuracy(filtered(net, inOrder), fresh),
      scrambled: () => accuracy(filtered(net, shuffled(hours, random)), fresh),
    };
    const scores = Object.fromEntries(MARKS.map((mark) => [mark, []]));
    const last = checkpoints.length - 1;
    let step = 0;

    // A training step, or, where the network is due to be examined, one of the examinations:
    // each takes a few milliseconds, all of them together more than a frame.
    function advance() {
      const due = MARKS.find((mark) => checkpoints[scores[mark].length] === step);
      if (due) scores[due].push(exams[due]());
      else if (step < checkpoints[last]) {
        train();
        step += 1;
      }
      return scores.scrambled.length <= last;
    }

    function draw() {
      const done = scores.scrambled.length; // the last to be examined
      for (const mark of MARKS) line(mark, checkpoints.slice(0, done), scores[mark].slice(0, done));
      const [known, found, sieved, mixed] = MARKS.map(
        (mark) => `${Math.round(100 * scores[mark][done - 1])}%`,
      );
      const [now, end] = [checkpoints[done - 1], checkpoints[last]].map((each) =>
        each.toLocaleString("en-GB"),
      );
      return (
        `Run ${run}, step ${now} of ${end}: ${known} of seen pairs, ${found} of new ones; ` +
        `filtered ${sieved}, scrambled ${mixed}.`
      );
    }

    MARKS.forEach(advance); // as it is before the first step
    return { advance, draw };
  }

  (window.emTwins ??= {}).grokking = {
    controls: ["decay"],
    marks: ["seen", "new", "filtered", "scrambled"],
    data: ["hours", "units", "share", "rate", "decay", "warmUp", "checkpoints"],
    pace: 0,
    traces: ["new", "filtered"],
    shuffled, begin, gradient, trainer, accuracy, filtered, network,
    setup,
  };
})();
