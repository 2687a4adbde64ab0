// The audit of one scaling curve, in the page: the twin of `emergence_lib.audit` and
// `emergence_lib.fitting`, step by step the same. Pure functions, no dependencies;
// tests/audit/test_audit_twin.py compares the two on random curves. Scales are handled as log10,
// widths in decades; read `assess` first.
globalThis.emAudit ??= (() => {
  "use strict";

  // As in verdict.py: what counts as sharp (decades) and flat, the fewest models, and the share of
  // a rise that one gap may hold, or that must have been seen.
  const [SHARP, FLAT, FEWEST, MOST] = [1, 0.05, 4, 0.5];
  // As in levels.py: scores of guessing that nobody need have said, the number of levels tried
  // where they are free, and the probability of scores so low, above which none lies below a level.
  const [PLAUSIBLE, FREE, LEVEL] = [[0, 1 / 5, 1 / 4, 1 / 3, 1 / 2], 6, 0.05];
  // As in assess.py: expected right (or wrong) answers from which a deviance has its degree of
  // freedom, and the difference of deviances (or share of it) up to which two curves fit alike.
  const [SURE, TIE, ALIKE] = [20, 1e-7, 1e-3];
  // As in models.py: widths tried (shares of the closest gap, of the whole range), the least share
  // of the way to 1 that a rise covers, the bound on z in the middle, how far a line stays from 0
  // and 1, and the widths and thresholds that start a fit, in ranges of scale.
  const [STEEPEST, WIDEST, LEAST_REACH, FARTHEST_Z, EDGE] = [1 / 200, 20, 0.02, 1e5, 1e-9];
  const [WIDTHS, PLACES] = [[2, 0.5, 0.12], [-0.5, -0.25, 0, 0.25, 0.5]];
  // As in fisher.py: steps at most, steps by Fisher's information first, the gain and the damping
  // at which the search ends.
  const [STEPS, CAUTIOUS, CONVERGED, STUCK] = [200, 3, 1e-8, 1e12];
  // As in profile.py: how far outside a threshold is looked for, steepnesses that start a profile
  // (and that start it at every place), how close to floor and ceiling a score is looked for, starts followed to their end, a bound on
  // thresholds; and of the search for an end: where it begins, where it ends, its most steps.
  const [BEYOND, CLIMBS, FEW_CLIMBS, ENDS, FOLLOWED, FARTHEST] = [2, 36, 8, 1e-6, 5, 1e4];
  const [FIRST, CLOSE, SEARCHES] = [0.1, 1e-8, 100];
  // As in report.py: multiples of the items and of the models that are tried as a remedy.
  const [ITEMS, MODELS] = [[2, 4, 10, 25, 100], [2, 3, 4, 6]];
  const FAR = 300; // beyond this z a sigmoid is 0 or 1 to 130 digits
  const TINY = 1e-140; // predictions stay this far from 0 and 1
  // Quantiles at 95%: the normal distribution's, two- and one-sided, and chi-squared's.
  const [TWO_SIDED, ONE_SIDED] = [1.959963984540054, 1.6448536269514722];
  const CHI_SQUARED = [NaN, 3.841458820694124, 5.991464547107979];
  const UNKNOWN = "undecided";

  const clip = (value, low, high) => Math.min(Math.max(value, low), high);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  function dot(a, b) {
    let total = 0;
    for (let i = 0; i < a.length; i++) total += a[i] * b[i];
    return total;
  }
  function weightedDot(a, b, weight) {
    let total = 0;
    for (let i = 0; i < a.length; i++) total += a[i] * b[i] * weight[i];
    return total;
  }
  const times = (a, b) => a.map((each, i) => each * b[i]);
  const last = (values) => values[values.length - 1];
  const diff = (values) => values.slice(1).map((value, at) => value - values[at]);
  function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  }
  // Halves go to the even neighbour, as in NumPy.
  const rounded = (value) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

  // ---- Distributions ------------------------------------------------------------------------

  // ln(n!), also of numbers that are not whole: Stirling's series above 20.
  function logFactorial(n) {
    let shift = 0;
    for (; n < 20; n++) shift += Math.log(n + 1);
    const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
    return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series - shift;
  }

  // A continued fraction b0 + a1 / (b1 + a2 / (b2 + ...)) by Lentz's method; `term` gives [a, b].
  function fraction(first, term) {
    let [value, ahead, behind] = [first, first, 0];
    for (let k = 1; k < 10_000; k++) {
      const [a, b] = term(k);
      behind = 1 / (b + a * behind);
      ahead = b + a / ahead;
      value *= ahead * behind;
      if (Math.abs(ahead * behind - 1) < 1e-15) break;
    }
    return value;
  }

  // Upper tail of chi-squared: a series near the middle, a continued fraction outside.
  function chiSquaredTail(x, freedom) {
    if (x <= 0) return 1;
    const [half, shape] = [x / 2, freedom / 2];
    const density = Math.exp(shape * Math.log(half) - half - logFactorial(shape));
    if (half > shape + 1) {
      const first = half + 1 - shape;
      return (density * shape) / fraction(first, (k) => [k * (shape - k), first + 2 * k]);
    }
    let [term, total] = [1, 1];
    for (let k = 1; term > 1e-17 * total; k++) total += term *= half / (shape + k);
    return 1 - density * total;
  }

  // Upper tail of the normal distribution.
  function normalTail(z) {
    const tail = chiSquaredTail(z * z, 1) / 2;
    return z < 0 ? 1 - tail : tail;
  }

  // 95% quantile of F with one or two degrees of freedom above.
  function fQuantile(above, below) {
    if (above === 2) return (below / 2) * (0.05 ** (-2 / below) - 1);
    // The root of F(1, n) is Student's t, here tan(angle) * sqrt(below); it is never below 1.9.
    let [low, high] = [Math.atan(1.9 / Math.sqrt(below)), Math.PI / 2];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (studentTail(middle, below) > 0.05) low = middle;
      else high = middle;
    }
    return below * Math.tan(low) ** 2;
  }

  // Probability that Student's t exceeds tan(angle) * sqrt(freedom) on either side: an incomplete
  // beta function by its continued fraction, quick for the t above 1.9 that are asked for.
  function studentTail(angle, freedom) {
    const [a, b, x] = [freedom / 2, 0.5, Math.cos(angle) ** 2];
    const beta = logFactorial(a) + Math.log(Math.PI) / 2 - logFactorial(a - 0.5); // ln of a * Beta
    const inner = fraction(1, (k) => {
      const m = k >> 1;
      const up = k % 2 ? -(a + m) * (a + b + m) : m * (b - m);
      return [(up * x) / ((a + k - 1) * (a + k)), 1];
    });
    return Math.exp(a * Math.log(x) - beta) * Math.sin(angle) / inner;
  }

  // Probability of at least k right among n.
  function binomialTail(k, n, p) {
    if (k <= 0) return 1;
    if (p === 0 || k > n) return 0;
    if (k <= n * p) return 1 - binomialTail(n - k + 1, n, 1 - p); // start where the terms are large
    const ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    let term = Math.exp(ways + k * Math.log(p) + (n - k) * Math.log1p(-p));
    let tail = term;
    // What is left no longer counts. (The smallest number times 0.9 is itself: 0 may never come.)
    for (let j = k; j < n && term > 1e-17 * tail; j++) {
      term *= ((n - j) / (j + 1)) * (p / (1 - p));
      tail += term;
    }
    return Math.min(tail, 1);
  }

  // ---- Sigmoids -----------------------------------------------------------------------------

  // Each is a rise from 0 to 1 in some z: `parts` gives the share risen, the share still to rise,
  // the slope and the slope's slope; `inverse` leads from a share back to z.
  function sigmoid(name, parts, inverse) {
    return { name, parts, inverse, middle: inverse(0.5), spread: inverse(0.9) - inverse(0.1) };
  }
  const logit = (share) => Math.log(share / (1 - share));

  const LOGISTIC = sigmoid(
    "logistic",
    (z) => {
      const odds = Math.exp(-clip(z, -FAR, FAR));
      const up = 1 / (1 + odds);
      const down = odds * up;
      return [up, down, up * down, up * down * (down - up)];
    },
    logit,
  );
  const GOMPERTZ = sigmoid(
    "Gompertz",
    (z) => {
      const loss = Math.exp(-clip(z, -Math.log(FAR), FAR));
      const up = Math.exp(-loss);
      return [up, -Math.expm1(-loss), loss * up, loss * up * (loss - 1)];
    },
    (share) => -Math.log(-Math.log(share)),
  );
  // A whole answer whose every token is right on a logistic of its own.
  function allRight(length) {
    return sigmoid(
      `${length} tokens right`,
      (z) => {
        const odds = Math.exp(-clip(z, -FAR / length, FAR));
        const logUp = -length * Math.log1p(odds);
        const wrong = odds / (1 + odds);
        const slope = length * Math.exp(logUp) * wrong;
        return [Math.exp(logUp), -Math.expm1(logUp), slope, slope * ((length + 1) * wrong - 1)];
      },
      (share) => logit(share ** (1 / length)),
    );
  }

  // ---- Likelihood ---------------------------------------------------------------------------

  // A curve as the fits take it: log10 scales, scores, and items or one over squared errors.
  function measured({ scale, score, items, stderr }, floor) {
    const weight = items ?? stderr.map((error) => 1 / error ** 2);
    return prepared({ x: scale.map(Math.log10), score, weight, floor, binomial: !!items });
  }
  function prepared({ x, score, weight, floor, binomial }) {
    const span = last(x) - x[0];
    const along = x.map((each) => (each - x[0]) / span);
    const u = along.map((each) => each - 0.5);
    const rest = score.map((y) => 1 - y);
    return { x, score, weight, floor, binomial, span, gap: Math.min(...diff(x)), along, u, rest };
  }
  // The curve with its scale turned round: a fall becomes a rise.
  function mirrored(data) {
    const [x, score, weight] = ["x", "score", "weight"].map((name) => [...data[name]].reverse());
    return prepared({ ...data, x: x.map((each) => -each), score, weight });
  }

  // Twice the log-likelihood lost against a perfect fit; q is 1 - p, with its digits kept.
  function deviance({ score, rest, weight, binomial }, p, q) {
    let total = 0;
    for (let i = 0; i < p.length; i++) {
      const y = score[i];
      const left = rest[i];
      let lost = 0;
      if (!binomial) lost = (y - p[i]) ** 2;
      else {
        if (y > 0) lost -= 2 * y * Math.log(Math.max(p[i], TINY) / y);
        if (left > 0) lost -= 2 * left * Math.log(Math.max(q[i], TINY) / left);
      }
      total += weight[i] * lost;
    }
    return total;
  }

  // How much less the deviance gets with each prediction (half of it), and how fast that slows:
  // as expected of such predictions, or exactly, which depends on the scores.
  function derivatives({ score, rest, weight, binomial }, { p, q }, exact) {
    if (!binomial) return [weight.map((n, i) => n * (score[i] - p[i])), weight];
    if (!exact) {
      const curve = information({ weight, binomial }, p, q);
      return [curve.map((each, i) => each * (score[i] - Math.max(p[i], TINY))), curve];
    }
    const [pull, curve] = [[], []];
    for (let i = 0; i < p.length; i++) {
      const up = Math.max(p[i], TINY);
      const down = Math.max(q[i], TINY);
      const gain = (weight[i] * score[i]) / up;
      const loss = (weight[i] * rest[i]) / down;
      pull.push(gain - loss);
      curve.push(gain / up + loss / down);
    }
    return [pull, curve];
  }

  // How fast the deviance slows with each prediction (half of it), as expected of such predictions.
  function information({ weight, binomial }, p, q) {
    if (!binomial) return weight;
    return weight.map((n, i) => n / (Math.max(p[i], TINY) * Math.max(q[i], TINY)));
  }

  // A model has two functions: `at` leads from parameters to predictions p and q, and to better
  // parameters where they can be had without iteration; `slopes` to the slope of p with each
  // parameter, and its second derivatives by the numbers of two parameters.
  function look(data, model, start, low, high) {
    const inside = [];
    for (let i = 0; i < start.length; i++) inside.push(clip(start[i], low[i], high[i]));
    const found = model.at(inside);
    found.deviance = deviance(data, found.p, found.q);
    return found;
  }

  // Least deviance within a box: damped Fisher scoring, which leads downhill from everywhere, then
  // Newton's method.
  function maximise(data, model, start, low, high) {
    let here = look(data, model, start, low, high);
    let [around, damping] = [parabola(data, model, here, false), 1e-4];
    for (let count = 1; count <= STEPS; count++) {
      const { step, gain } = downhill(here.theta, around, low, high, damping);
      if (!(gain > CONVERGED * (1 + here.deviance) && damping < STUCK)) break;
      const there = look(data, model, here.theta.map((value, i) => value + step[i]), low, high);
      if (there.deviance <= here.deviance) {
        [here, around] = [there, parabola(data, model, there, count >= CAUTIOUS)];
        damping = Math.max(damping / 10, 1e-9);
      } else damping *= 10;
    }
    return here;
  }

  // Half the downhill gradient of the deviance and half its Hessian (or what is expected of it).
  function parabola(data, model, there, exact) {
    const [[pull, curve], { slope, bend }] = [derivatives(data, there, exact), model.slopes(there)];
    const entry = (i, j) => {
      const bent = exact && bend[i]?.[j];
      return weightedDot(slope[i], slope[j], curve) - (bent ? dot(bent, pull) : 0);
    };
    const hessian = slope.map((_, i) => slope.map((_, j) => entry(Math.min(i, j), Math.max(i, j))));
    return { gradient: slope.map((each) => dot(each, pull)), hessian };
  }

  // One step and the deviance it would gain; a parameter that is pushed against its edge stays.
  function downhill(theta, { gradient, hessian }, low, high, damping) {
    // Scaled to ones on the diagonal: parameters of very different size solve equally well.
    const unit = theta.map((value, i) => {
      const held = (value <= low[i] && gradient[i] <= 0) || (value >= high[i] && gradient[i] >= 0);
      return held ? 0 : 1 / Math.sqrt(Math.max(Math.abs(hessian[i][i]), 1e-100));
    });
    const rows = hessian.map((row, i) => row.map((each, j) => each * unit[i] * unit[j]));
    rows.forEach((row, i) => row.push(unit[i] * gradient[i]));
    const step = solve(rows, damping).map((each, i) => unit[i] * each);
    return { step, gain: dot(step, gradient) };
  }

  // Gauss elimination with damping on the diagonal. A pivot that is not positive changes sign, so
  // that the solution always leads downhill.
  function solve(rows, damping) {
    const size = rows.length;
    for (let j = 0; j < size; j++) {
      const pivot = Math.max(Math.abs(rows[j][j] + damping), 1e-12);
      for (let k = j + 1; k <= size; k++) rows[j][k] /= pivot;
      for (let i = j + 1; i < size; i++) {
        for (let k = j + 1; k <= size; k++) rows[i][k] -= rows[i][j] * rows[j][k];
      }
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) rows[i][size] -= rows[i][k] * rows[k][size];
    }
    return rows.map((row) => row[size]);
  }

  // ---- The five models ----------------------------------------------------------------------

  const average = (weight, score) => dot(weight, score) / sum(weight);
  const levelled = (data, p) => deviance(data, p, p.map((each) => 1 - each));

  function fitFlat(data) {
    const level = average(data.weight, data.score);
    return { level, deviance: levelled(data, data.score.map(() => level)) };
  }

  // One score below a split and another above it; every split is tried.
  function fitStep(data) {
    const { score, weight } = data;
    const splits = score.slice(1).map((_, below) => {
      const parts = [[0, below + 1], [below + 1]];
      const [low, high] = parts.map((part) => average(weight.slice(...part), score.slice(...part)));
      return levelled(data, score.map((_, i) => (i <= below ? low : high)));
    });
    return { deviance: Math.min(...splits) };
  }

  // A straight line in log10 of scale, given by its scores at both ends.
  function fitLine(data) {
    const slope = [data.along.map((each) => 1 - each), data.along];
    const model = {
      at(theta) {
        const p = data.along.map((each) => theta[0] + (theta[1] - theta[0]) * each);
        return { theta, p, q: p.map((each) => 1 - each) };
      },
      slopes: () => ({ slope, bend: [] }),
    };
    const level = clip(fitFlat(data).level, 0.05, 0.95);
    const found = maximise(data, model, [level, level], [EDGE, EDGE], [1 - EDGE, 1 - EDGE]);
    return { first: found.theta[0], last: found.theta[1], deviance: found.deviance };
  }

  // A rise with z an offset plus parameters times columns. Its reach, the share of the way from
  // floor to 1 that it covers, is the last parameter if it is not known (null).
  function rising(data, shape, columns, offset, known) {
    const [{ floor }, size] = [data, columns.length];
    return {
      at(theta) {
        const there = [];
        for (let i = 0; i < offset.length; i++) {
          let z = offset[i];
          for (let k = 0; k < size; k++) z += theta[k] * columns[k][i];
          there.push(shape.parts(z));
        }
        if (known !== null) return risen(floor, known, there, theta);
        // The score is linear in the reach: one step of weighted least squares nearly solves for
        // it, and so keeps the iteration on the floor of a curved valley.
        const { p, q } = risen(floor, theta[size], there);
        const reach = likeliestReach(data, information(data, p, q), there);
        return risen(floor, reach, there, [...theta.slice(0, size), reach]);
      },
      slopes({ reach, there }) {
        const [room, height] = [1 - floor, (1 - floor) * reach];
        const [rise, turn] = [2, 3].map((part) => there.map((each) => height * each[part]));
        const slope = columns.map((column) => times(column, rise));
        const bend = columns.map((a) => columns.map((b) => times(times(a, b), turn)));
        if (known === null) {
          const byReach = there.map((each) => room * each[2]);
          slope.push(there.map(([up]) => room * up));
          columns.forEach((column, k) => bend[k].push(times(column, byReach)));
        }
        return { slope, bend };
      },
    };
  }

  // A rise as predictions: scores and what they leave to 1, without cancellation.
  function risen(floor, reach, there, theta) {
    const room = 1 - floor;
    const height = room * reach;
    const [p, q] = [[], []];
    for (let i = 0; i < there.length; i++) {
      p.push(floor + height * there[i][0]);
      q.push(room - height + height * there[i][1]);
    }
    return { theta, p, q, reach, there };
  }

  // The reach of the least squares for a given rise.
  function likeliestReach({ score, floor }, weight, there) {
    let [square, mixed, right] = [0, 0, 0];
    for (let i = 0; i < there.length; i++) {
      const high = weight[i] * there[i][0];
      square += high * there[i][0];
      mixed += high * there[i][1];
      right += high * score[i];
    }
    const ceiling = (right - floor * mixed) / Math.max(square, TINY);
    return clip((ceiling - floor) / (1 - floor), LEAST_REACH, 1);
  }

  const steepnessBox = (data, shape) => [
    shape.spread / WIDEST,
    (shape.spread * data.span) / (STEEPEST * data.gap),
  ];

  // The likeliest rise; a ceiling of null is fitted. The search starts, for each of some widths,
  // from the best of some places.
  function fitSigmoid(data, shape, ceiling) {
    const { u, floor, span, x } = data;
    const known = ceiling === null ? null : (ceiling - floor) / (1 - floor);
    const model = rising(data, shape, [u.map(() => 1), u], u.map(() => 0), known);
    const [least, most] = steepnessBox(data, shape);
    const size = known === null ? 3 : 2;
    const low = [-FARTHEST_Z, least, LEAST_REACH].slice(0, size);
    const high = [FARTHEST_Z, most, 1].slice(0, size);
    const found = firstGuesses(data, shape, known, most)
      .map((start) => maximise(data, model, start, low, high))
      .reduce(better);
    const [middle, steep] = found.theta;
    return {
      shape,
      threshold: x[0] + ((shape.middle - middle) / steep + 0.5) * span,
      width: (shape.spread / steep) * span,
      floor,
      ceiling: floor + (1 - floor) * found.reach,
      free: known === null,
      deviance: found.deviance,
    };
  }
  const better = (a, b) => (b.deviance < a.deviance ? b : a);

  // The best place of each width, the best width first.
  function firstGuesses(data, shape, known, most) {
    // No score is so sure that it outweighs all others.
    const safe = data.score.map((y, i) => (data.weight[i] * y + 0.5) / (data.weight[i] + 1));
    const weight = data.weight.map((n, i) => (data.binomial ? n / (safe[i] * (1 - safe[i])) : n));
    const guesses = WIDTHS.map((width) => {
      const steep = Math.min(shape.spread / width, most);
      return PLACES.map((place) => {
        const middle = shape.middle - steep * place;
        const there = data.u.map((each) => shape.parts(middle + steep * each));
        const reach = known ?? likeliestReach(data, weight, there);
        const { p, q } = risen(data.floor, reach, there);
        const theta = known === null ? [middle, steep, reach] : [middle, steep];
        return { theta, deviance: deviance(data, p, q) };
      }).reduce(better);
    });
    return guesses.sort((a, b) => a.deviance - b.deviance).map(({ theta }) => theta);
  }

  function predict(fit, x) {
    const z = fit.shape.middle + (fit.shape.spread / fit.width) * (x - fit.threshold);
    return fit.floor + (fit.ceiling - fit.floor) * fit.shape.parts(z)[0];
  }

  // ---- Profile likelihood -------------------------------------------------------------------

  // A profile is a quantity of a fit: its best value, the bounds between which it is looked for,
  // and `refit`, which for any other value fits the rest of the curve anew; `home` is the rest at
  // the best value. `unit` leads to the unit that an interval is wanted in.

  // The best maximum that the most promising of many starts lead to: a steep rise has one in every
  // gap between two models. A start is a list of ways to try it, of which the best counts.
  function bestFrom(data, model, starts, low, high) {
    const tried = (start) => {
      const { theta, deviance } = look(data, model, start, low, high);
      return { theta, deviance };
    };
    return starts
      .map((ways) => ways.map(tried).reduce(better))
      .sort((a, b) => a.deviance - b.deviance)
      .filter(({ deviance }, i, all) => i === 0 || deviance !== all[i - 1].deviance)
      .slice(0, FOLLOWED)
      .map(({ theta }) => maximise(data, model, theta, low, high))
      .reduce(better);
  }

  const standard = ({ span, x }, { shape, width, threshold }) => [
    (shape.spread / width) * span,
    (threshold - x[0]) / span - 0.5,
  ];
  const reachOf = ({ ceiling, floor }) => (ceiling - floor) / (1 - floor);

  // Starts and box for one coefficient, and for the reach where it is free.
  function startsOf(fit, ones, low, high) {
    if (!fit.free) return [ones.map((one) => [[one]]), [low], [high]];
    const starts = ones.map((one) => [reachOf(fit), 1].map((reach) => [one, reach]));
    return [starts, [low, LEAST_REACH], [high, 1]];
  }

  function climbs(low, high, length) {
    const step = Math.log10(high / low) / (length - 1);
    return Array.from({ length }, (_, i) => (i < length - 1 ? low * 10 ** (step * i) : high));
  }

  // Where a rise may begin to be looked for: at the models, between and outside them.
  function places({ u }) {
    const between = u.slice(1).map((each, i) => (each + u[i]) / 2);
    const outside = [-BEYOND, -1, -0.5, -0.2, 0.2, 0.5, 1, BEYOND].map((b) => Math.sign(b) * 0.5 + b);
    return [...u, ...between, ...outside];
  }

  function thresholdProfile(data, fit) {
    const { u, x, span } = data;
    const [steep, place] = standard(data, fit);
    const [low, high] = steepnessBox(data, fit.shape);
    const [more, ...box] = startsOf(fit, climbs(low, high, CLIMBS), low, high);
    const offset = u.map(() => fit.shape.middle);
    const edge = 0.5 + BEYOND;
    return {
      best: clip(place, -edge, edge),
      home: fit.free ? [steep, reachOf(fit)] : [steep],
      bounds: [-edge, edge],
      refit(value, starts) {
        const columns = [u.map((each) => each - value)];
        const model = rising(data, fit.shape, columns, offset, fit.free ? null : reachOf(fit));
        return bestFrom(data, model, [...starts, ...more], ...box);
      },
      unit: (value) => x[0] + 0.5 * span + value * span,
    };
  }

  function widthProfile(data, fit) {
    const { u, span, gap } = data;
    const place = standard(data, fit)[1];
    const [more, ...box] = startsOf(fit, places(data), -FARTHEST, FARTHEST);
    return {
      best: Math.log(fit.width),
      home: fit.free ? [place, reachOf(fit)] : [place],
      bounds: [Math.log(STEEPEST * gap), Math.log(WIDEST * span)],
      refit(value, starts) {
        const steep = (fit.shape.spread / Math.exp(value)) * span;
        const offset = u.map((each) => fit.shape.middle + steep * each);
        const columns = [u.map(() => -steep)];
        const model = rising(data, fit.shape, columns, offset, fit.free ? null : reachOf(fit));
        return bestFrom(data, model, [...starts, ...more], ...box);
      },
      unit: Math.exp,
    };
  }

  // Scores that the curve itself may have at a log10 scale.
  const scoreProfile = (x) => (data, fit) => {
    const { floor, u, span } = data;
    const { inverse, middle } = fit.shape;
    const ahead = (x - data.x[0]) / span - 0.5;
    const column = u.map((each) => each - ahead);
    const height = (fit.free ? 1 : fit.ceiling) - floor;
    const bounds = [floor + ENDS * height, floor + height - 2 * ENDS * height];
    const [low, high] = steepnessBox(data, fit.shape);
    const steeps = climbs(low, high, fit.free ? FEW_CLIMBS : CLIMBS);
    const [steep, threshold] = standard(data, fit);
    return {
      best: clip(predict(fit, x), ...bounds),
      home: [steep, middle + steep * (ahead - threshold)],
      bounds,
      refit(score, starts) {
        // The higher the ceiling, the less of the rise is done where the score is pinned.
        const least = inverse((score - floor) / height);
        const more = fit.free
          ? places(data).map((at) => steeps.map((each) => [each, middle + each * (ahead - at)]))
          : steeps.map((each) => [[each, least]]);
        const box = [[low, least], [high, fit.free ? Infinity : least]];
        return bestFrom(data, pinned(fit.shape, column, floor, score), [...starts, ...more], ...box);
      },
      unit: (score) => score,
    };
  };

  // A rise through a given score where the column is 0. Its parameters are the steepness and the z
  // of that point, from which the ceiling follows.
  function pinned({ parts }, column, floor, pin) {
    return {
      at(theta) {
        const [here, there] = [parts(theta[1]), column.map((each) => parts(theta[1] + theta[0] * each))];
        return risen(floor, (pin - floor) / here[0] / (1 - floor), there, theta);
      },
      slopes({ theta, reach, there }) {
        const [here, height] = [parts(theta[1]), reach * (1 - floor)];
        const [shrink, again] = [here[2] / here[0], here[3] / here[0]];
        const by = (value) => there.map((each, i) => height * value(each, column[i]));
        return {
          slope: [by(([, , rise], c) => c * rise), by(([up, , rise]) => rise - shrink * up)],
          bend: [
            [by(([, , , turn], c) => c * c * turn), by(([, , rise, turn], c) => c * (turn - shrink * rise))],
            [, by(([up, , rise, turn]) => turn - 2 * shrink * rise + (2 * shrink ** 2 - again) * up)],
          ],
        };
      },
    };
  }

  // Where a profile meets the target, on one side of the best value (0 the lower, 1 the upper); an
  // end that the data do not bound is open.
  function endOf({ best, home, bounds, refit, unit }, lost, target, side) {
    const bound = bounds[side];
    if (bound === best) return { value: unit(best), open: true };
    const outer = refit(bound, [[home]]);
    if (outer.deviance <= target) return { value: unit(bound), open: true };
    const found = crossing(refit, [home, outer.theta], best, bound, lost, target);
    return { value: unit(found), open: false };
  }

  // The root of the deviance lost since the best value is nearly a straight line: the secant finds
  // its crossing in a few steps. Where it does not halve the miss, the bracket is halved instead.
  function crossing(refit, rests, best, bound, lost, target) {
    const [aim, close] = [Math.sqrt(target - lost), CLOSE * Math.abs(bound - best)];
    const bracket = [best, bound]; // values below and above the target; `rests` are of these
    let [before, missBefore, value] = [best, -aim, best + FIRST * (bound - best)];
    for (let count = 0; count < SEARCHES; count++) {
      const found = refit(value, rests.map((rest) => [rest]));
      const miss = Math.sqrt(Math.max(found.deviance - lost, 0)) - aim;
      const above = Number(miss > 0);
      [bracket[above], rests[above]] = [value, found.theta];
      const [near, far] = bracket;
      if (Math.abs(miss) < CLOSE || Math.abs(far - near) < close) return value;
      const change = miss - missBefore;
      const onwards = value - (change === 0 ? 0 : (miss * (value - before)) / change);
      const inside = (onwards - near) * (onwards - far) < 0;
      const halved = Math.abs(miss) < Math.abs(missBefore) / 2 || before === best;
      [before, missBefore] = [value, miss];
      value = inside && halved ? onwards : (near + far) / 2;
    }
    return value;
  }

  // ---- The audit ----------------------------------------------------------------------------

  // How far a deviance may rise by chance one time in twenty, and the factor by which the scatter
  // exceeds what counting explains (then the F distribution, which knows how badly that is known).
  function noise(lost, freedom) {
    const misfit = chiSquaredTail(lost, freedom);
    const strained = misfit < 0.05;
    const dispersion = strained ? lost / freedom : 1;
    const quantile = (count) => (strained ? count * fQuantile(count, freedom) : CHI_SQUARED[count]);
    return { misfit, dispersion, quantile };
  }

  // How much deviance true scores p are expected to show: one degree of freedom a model, and less
  // where so few items are right, or wrong, that scores hardly stray from the curve.
  function informative({ x, weight, binomial }, p) {
    if (!binomial) return x.length;
    return sum(p.map((each, i) => expectedDeviance(weight[i] * Math.min(each, 1 - each))));
  }

  // Expected deviance of a Poisson count from its true mean.
  function expectedDeviance(mean) {
    if (mean >= SURE) return 1;
    const rare = Math.max(mean, TINY);
    let chance = Math.exp(-rare);
    let expected = 2 * rare * chance;
    for (let count = 1; count < 3 * SURE; count++) {
      chance *= rare / count;
      expected += 2 * (count * Math.log(count / rare) - (count - rare)) * chance;
    }
    return expected;
  }

  // The scatter around the best sigmoid, or around a level where that fits better.
  function scatterOf(data, lost, best, flat) {
    const risen = data.x.map((x) => predict(best, x));
    const curved = noise(lost, Math.max(informative(data, risen) - 2 - best.free, 1));
    const level = data.x.map(() => flat.level);
    const straight = noise(flat.deviance, Math.max(informative(data, level) - 1, 1));
    return curved.misfit >= straight.misfit ? curved : straight;
  }

  const least = (fits) => fits.reduce(better).deviance;
  // The first of some that fits as well as the best, but for the last digits.
  function likeliest(fits) {
    const smallest = least(fits);
    return fits.find((fit) => fit.deviance <= smallest + TIE * (1 + smallest));
  }
  const narrow = (width, sharp) => !width.openHigh && width.high <= sharp;
  const broad = (width, sharp) => !width.openLow && width.low >= sharp;

  // Does the score rise, where, and how sharply? See assess.py; `data` comes from `measured`.
  function assess(data, ceiling = null) {
    const [line, flat, points] = [fitLine(data), fitFlat(data), data.x.length];
    const falls = line.last < line.first;
    const turned = falls ? mirrored(data) : data;
    const fitted = (top) => [LOGISTIC, GOMPERTZ].map((shape) => fitSigmoid(turned, shape, top));
    const known = fitted(ceiling ?? 1);
    // A ceiling that nobody gave is unknown, even where 1 fits: intervals must allow for others.
    const bounds = ceiling === null ? fitted(null) : known;
    const loose = noise(least(bounds), Math.max(points - 3, 1));
    const gained = (least(known) - least(bounds)) / loose.dispersion;
    const fits = points > 3 && gained > loose.quantile(1) ? bounds : known;
    const [best, lost] = [likeliest(fits), least(fits)];
    const { misfit, dispersion, quantile } = scatterOf(turned, lost, best, flat);
    // Two sigmoids are tried, up and down: two degrees of freedom rather than the one of a slope.
    const change = changeInterval(data, dispersion);
    const gain = (flat.deviance - lost) / dispersion;
    const rises = (gain > quantile(2) || change[0] > 0 || change[1] < 0) && points >= FEWEST;
    const critical = dispersion * quantile(1);
    const target = least(bounds) + critical;
    const score = (x) => predict(best, falls ? -x : x);
    const curve = data.x.map(score);
    const steps = diff(curve).map(Math.abs);
    return {
      line, flat, falls, turned, best, misfit, dispersion, change, rises, target, score,
      deviance: lost,
      within: lost + critical,
      inside: bounds.filter((fit) => rises && fit.deviance < target),
      logistic: fits[0],
      gompertz: fits[1],
      seen: (Math.max(...curve) - best.floor) / (best.ceiling - best.floor),
      leap: Math.max(...steps) / (sum(steps) || 1),
      gap: steps.findIndex((step) => step >= (1 - ALIKE) * Math.max(...steps)),
      isFlat: !rises && change[0] > -FLAT && change[1] < FLAT,
    };
  }

  // The lower (0) or upper (1) end of a quantity around all sigmoids that fit.
  function end({ turned, inside, target }, profile, side) {
    const farther = (a, b) => ((side ? b.value > a.value : b.value < a.value) ? b : a);
    return inside
      .map((fit) => endOf(profile(turned, fit), fit.deviance, target, side))
      .reduce(farther);
  }
  function interval(found, profile) {
    if (!found.inside.length) return { low: 0, high: 0, openLow: true, openHigh: true };
    const [low, high] = [0, 1].map((side) => end(found, profile, side));
    return { low: low.value, high: high.value, openLow: low.open, openHigh: high.open };
  }
  const middleOf = ({ falls, best }) => (falls ? -best.threshold : best.threshold);
  const widthOf = (found) => interval(found, widthProfile);
  const forecast = (found, x) => interval(found, scoreProfile(found.falls ? -x : x));
  function thresholdOf(found) {
    const { low, high, openLow, openHigh } = interval(found, thresholdProfile);
    if (!found.falls) return { low, high, openLow, openHigh };
    return { low: -high, high: -low, openLow: openHigh, openHigh: openLow };
  }

  // What a verdict goes by; see verdict.py.
  function factsOf({ turned, isFlat, rises, seen, leap }, width, sharp, below = false) {
    const sides = { narrow: narrow(width, sharp), broad: broad(width, sharp) };
    return { models: turned.x.length, flat: isFlat, rises, ...sides, seen, leap, below };
  }

  // The verdict on one curve, and what keeps the audit from one (or null); `second` is the
  // steepness of a second metric (or null). The widths alone would trust the sigmoids where nothing
  // was measured.
  function judge({ models, flat, rises, narrow, broad, seen, leap, below }, second = null) {
    if (models < FEWEST) return [UNKNOWN, "few"];
    if (flat) return ["flat", null];
    if (!rises) return [UNKNOWN, "rise"];
    if (narrow === broad) return [UNKNOWN, "width"];
    if (broad) return leap >= MOST ? [UNKNOWN, "gap"] : ["smooth", null];
    if (seen < MOST) return [UNKNOWN, "beginning"];
    if (below) return [UNKNOWN, "below"];
    if (second === null) return ["sharp in the one metric given", null];
    if (second === 0) return [UNKNOWN, "metric"];
    return [second > 0 ? "sharp in both metrics" : "sharp by the metric", null];
  }

  // 1 where the verdict on a curve alone is sharp, -1 where it is smooth, else 0.
  function steepness(facts) {
    return { "sharp in the one metric given": 1, smooth: -1 }[judge(facts)[0]] ?? 0;
  }

  // Whether the verdict is no longer open; of the width only the end that matters is looked for.
  function settled(found, sharp) {
    const { inside, isFlat, seen, leap } = found;
    if (isFlat || !inside.length) return isFlat;
    if (inside.every(({ width }) => width <= sharp)) {
      if (seen < MOST) return false;
      const { value, open } = end(found, widthProfile, 1);
      return !open && value <= sharp;
    }
    if (leap >= MOST || inside.some(({ width }) => width < sharp)) return false;
    const { value, open } = end(found, widthProfile, 0);
    return !open && value >= sharp;
  }

  // 95% interval of a share that was measured on n items.
  function wilson(share, n) {
    const z = TWO_SIDED;
    const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
    const spread = Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
    const reach = (z / (1 + z ** 2 / n)) * spread;
    return [clip(centre - reach, 0, share), clip(centre + reach, share, 1)];
  }

  // From the smaller half of the models to the larger half, both pooled: the intervals of two
  // shares (Wilson) or two means, joined (Newcombe).
  function changeInterval({ score, weight, binomial }, dispersion) {
    const [half, z] = [Math.floor(score.length / 2), TWO_SIDED];
    const [small, large] = [[0, half], [score.length - half]].map((range) => {
      const [w, y] = [weight.slice(...range), score.slice(...range)];
      const [mean, n] = [average(w, y), sum(w) / dispersion];
      if (!binomial) return [mean, mean - z / Math.sqrt(n), mean + z / Math.sqrt(n)];
      return [mean, ...wilson(mean, n)];
    });
    const change = large[0] - small[0];
    return [
      change - Math.hypot(large[0] - large[1], small[2] - small[0]),
      change + Math.hypot(large[2] - large[0], small[0] - small[1]),
    ];
  }

  // Likeliest width, and its interval, of one token's own logistic if all tokens of an answer must
  // be right.
  function tokenWidth({ turned }, length) {
    const shape = allRight(length);
    const whole = fitSigmoid(turned, shape, 1);
    const { dispersion, quantile } = noise(whole.deviance, Math.max(turned.x.length - 2, 1));
    const target = whole.deviance + dispersion * quantile(1);
    const found = interval({ turned, inside: [whole], target }, widthProfile);
    const token = LOGISTIC.spread / shape.spread;
    return [whole.width * token, { ...found, low: found.low * token, high: found.high * token }];
  }

  // A number within its interval, whose open ends are null.
  function ranged(best, { low, high, openLow, openHigh }, unit = (value) => value) {
    return {
      best: unit(clip(best, low, high)),
      low: openLow ? null : unit(low),
      high: openHigh ? null : unit(high),
    };
  }

  // ---- Levels and readings ------------------------------------------------------------------

  // Scores far below the threshold that a curve is audited with, lowest first: those that each
  // count, and those of which only the ones that fit count. See levels.py.
  function levels(curve) {
    const { chance, turned } = curve;
    if (chance !== null) return isBelow(curve, chance) ? [[], freeUpTo(chance)] : [[chance], []];
    if (turned) return [[], freeUpTo(highest(curve, 1))];
    const said = PLAUSIBLE.filter((level) => !level || !isBelow(curve, level));
    if (said.length === PLAUSIBLE.length) return [said, []];
    const free = freeUpTo(highest(curve, last(PLAUSIBLE)));
    return [said, free.filter((level) => !said.includes(level))];
  }

  function freeUpTo(top) {
    if (!top) return [0];
    const step = top / (FREE - 1);
    return Array.from({ length: FREE }, (_, i) => (i < FREE - 1 ? i * step : top));
  }

  // The highest of the hundredths up to `most` that no score lies below. (What lies below a level
  // lies below all higher ones.)
  function highest(curve, most) {
    let level = 0;
    while (level + 1 < 100 * most && !isBelow(curve, (level + 1) / 100)) level += 1;
    return level / 100;
  }

  // Whether scores lie below a level by more than chance: one of them, or all together (Fisher).
  function isBelow(curve, level) {
    const tail = asLow(curve, level);
    const lost = -2 * sum(tail.map((each) => Math.log(Math.max(each, 1e-300))));
    const together = chiSquaredTail(lost, 2 * tail.length);
    return Math.min(tail.length * Math.min(...tail), together) < LEVEL / 2;
  }

  // The largest scale whose score lies below a level, one test a model; null if none.
  function belowUntil(curve, level) {
    if (!isBelow(curve, level)) return null;
    const single = asLow(curve, level).map((tail) => tail < LEVEL);
    const below = single.includes(true) ? single : curve.score.map((y) => y < level);
    return curve.scale[below.lastIndexOf(true)];
  }

  // The probability that a model of a true score `level` scores as low as each did.
  function asLow({ score, items, stderr }, level) {
    return score.map((y, i) => {
      if (!items) return normalTail((level - y) / stderr[i]);
      const right = rounded(y * items[i]);
      const all = Math.max(rounded(items[i]), right);
      return binomialTail(all - right, all, 1 - level);
    });
  }

  // A curve read the other way: less is better, so that its fall is a rise.
  function readTurned(curve) {
    const score = curve.score.map((y) => 1 - y);
    return { ...curve, score, turned: true, chance: null, length: null, other: null, along: null };
  }

  // A curve at every plausible floor and in every plausible direction: `rows`, of which `main` fits
  // best as the scores were given.
  function readAllWays(curve, ceiling) {
    const rows = readOneWay(curve, ceiling, false);
    const [main, { turned, higherIsBetter = null }] = [likeliest(rows), curve];
    // A best possible score says that more is better.
    const unsaid = higherIsBetter === null && ceiling === null && !turned;
    if (unsaid && (main.found.falls || curve.eitherWay) && main.found.rises) {
      rows.push(...readOneWay(readTurned(curve), ceiling, true));
    }
    // What takes long, the intervals, is computed for the rows that are left.
    for (const row of rows) row.width = widthOf(row.found);
    return { main, rows };
  }

  function readOneWay(curve, ceiling, turned) {
    const row = (floor) => {
      const data = measured(curve, floor);
      const found = assess(data, ceiling);
      return { curve, turned, floor, data, found, deviance: found.deviance };
    };
    const possible = (some) => some.filter((floor) => floor < (ceiling ?? 1)).map(row);
    const [said, free] = levels(curve).map(possible);
    const { within } = likeliest([...said, ...free]).found;
    return [...said, ...free.filter(({ deviance }) => deviance <= within)];
  }

  // A number of a curve, its interval joined over the readings that rise; null if it does not.
  function joined({ main, rows }, best, intervalOf, unit) {
    if (!main.found.rises) return null;
    const parts = rows.filter(({ found }) => found.rises).map(intervalOf);
    const whole = {
      low: Math.min(...parts.map(({ low }) => low)),
      high: Math.max(...parts.map(({ high }) => high)),
      openLow: parts.some(({ openLow }) => openLow),
      openHigh: parts.some(({ openHigh }) => openHigh),
    };
    return ranged(best, whole, unit);
  }
  const joinedWidth = (read) => joined(read, read.main.found.best.width, ({ width }) => width);

  // ---- The report ---------------------------------------------------------------------------

  // A second score: its name, steepness (0 where readings differ) and width.
  function secondScore(other, sharp) {
    const read = readAllWays(other, null);
    const steeps = read.rows.map(({ found, width }) => steepness(factsOf(found, width, sharp)));
    const same = steeps.every((each) => each === steeps[0]);
    return { name: other.name, steepness: same ? steeps[0] : 0, width: joinedWidth(read) };
  }

  // A row's ability by another measure: a second score, or one token of the answer.
  function metricOf({ curve, found }, second, sharp) {
    const share = (width) => (width && found.rises ? 1 - found.best.width / width.best : null);
    if (curve.other) return { ...second, share: share(second.width) };
    if (!(curve.length > 1) || !found.rises) return null;
    const [best, ends] = tokenWidth(found, curve.length);
    const [steep, width] = [narrow(ends, sharp) - broad(ends, sharp), ranged(best, ends)];
    const name = `one of ${curve.length} tokens`;
    // Both widths of one fit: of two, a part of the ratio would be the change of the curve.
    return { name, steepness: steep, width, share: 1 - allRight(curve.length).spread / LOGISTIC.spread };
  }

  // Whether scores lie below chance beyond the threshold.
  function isBelowBeyond({ curve, found }) {
    const below = curve.chance === null ? null : belowUntil(curve, curve.chance);
    return below !== null && Math.log10(below) >= middleOf(found);
  }

  // All readings of a curve, each with its metric and verdict, and the verdict of all of them, or
  // that they differ.
  function judged(curve, ceiling, sharp) {
    const read = readAllWays(curve, ceiling);
    const second = curve.other && secondScore(curve.other, sharp);
    const rows = read.rows.map((row) => {
      const metric = metricOf(row, second, sharp);
      const facts = factsOf(row.found, row.width, sharp, isBelowBeyond(row));
      const [verdict, obstacle] = judge(facts, metric && metric.steepness);
      return { ...row, metric, verdict, obstacle };
    });
    const main = rows[read.rows.indexOf(read.main)];
    const same = rows.every(({ verdict }) => verdict === main.verdict);
    const { verdict, obstacle } = same ? main : { verdict: UNKNOWN, obstacle: "unsaid" };
    return { main, rows, verdict, obstacle };
  }

  // The verdict on the same scores by another scale, where that is known.
  function alongOf({ along, other, ...curve }, ceiling, sharp) {
    if (!along) return null;
    const { scale, unit } = along;
    const again = { ...curve, scale, unit, other: other && { ...other, scale } };
    const read = judged(again, ceiling, sharp);
    return { unit, verdict: read.verdict, width: joinedWidth(read) };
  }

  // The smallest scale from which on every score is above chance: 5% over all models together.
  function firstAboveChance({ scale, score, items, stderr, chance }) {
    if (chance === null) return null;
    const above = score.map((y, i) => {
      const right = items && rounded(y * items[i]);
      const luck = items
        ? binomialTail(right, Math.max(rounded(items[i]), right), chance)
        : normalTail((y - chance) / stderr[i]);
      return luck < 0.05 / scale.length;
    });
    return last(above) ? scale[above.lastIndexOf(false) + 1] : null;
  }

  // The lowest true score that shows as above chance 19 times in 20, at the largest model.
  function smallestSeen({ items, stderr, chance }) {
    if (chance === null) return null;
    const n = items && last(items);
    if (items && chance === 0) return 1 - 0.05 ** (1 / n);
    const error = items ? Math.sqrt((chance * (1 - chance)) / n) : last(stderr);
    return Math.min(chance + 2 * ONE_SIDED * error, 1);
  }

  // Best first by QAICc, in which n is the number of models; without it where they are too few.
  // Scatter that had to be estimated is one parameter more.
  function candidates(data, found) {
    const [points, free] = [data.x.length, 2 + found.best.free];
    const table = [
      ["flat", 1, found.flat],
      ["straight line", 2, found.line],
      ["logistic", free, found.logistic],
      ["Gompertz", free, found.gompertz],
      ["step", 3, fitStep(data)],
    ].map(([name, parameters, fit]) => {
      const count = parameters + (found.dispersion > 1);
      const [lost, room] = [fit.deviance / found.dispersion, points - count - 1];
      const qaicc = room > 0 ? lost + (2 * count * points) / room : Infinity;
      return { name, parameters, deviance: fit.deviance, qaicc };
    });
    const smallest = Math.min(...table.map(({ qaicc }) => qaicc));
    return table
      .sort((a, b) => (a.qaicc === b.qaicc ? a.deviance - b.deviance : a.qaicc - b.qaicc))
      .map(({ qaicc, ...row }) => ({ ...row, behind: qaicc < Infinity ? qaicc - smallest : null }));
  }

  // Direction of a curve, and its squared steps as shares of the whole improvement.
  function stepsOf(score) {
    const [high, low] = [Math.max(...score), Math.min(...score)];
    const direction = Math.sign(score.indexOf(high) - score.indexOf(low));
    return [direction, diff(score).map((step) => (step / (high - low || 1)) ** 2)];
  }
  // Improvement over the root median square step; null where that is 0 although the score changes.
  function emergenceScore(score) {
    const [direction, squares] = stepsOf(score);
    const typical = median(squares);
    if (typical === 0) return direction === 0 ? 0 : null;
    return direction / Math.sqrt(typical);
  }
  // Improvement over (scales - 1) root mean square steps.
  function linearity(score) {
    const [direction, squares] = stepsOf(score);
    return direction && clip(direction / Math.sqrt(sum(squares) * squares.length), -1, 1);
  }

  // The least multiple of the items, and of the models over the same range, that would settle an
  // open verdict, if the curve fitted today were the truth and came without noise.
  function remedies(data, found, ceiling, sharp) {
    const settles = (x, weight) =>
      settled(assess(prepared({ ...data, x, weight, score: x.map(found.score) }), ceiling), sharp);
    const mean = sum(data.weight) / data.x.length;
    const denser = (count) => {
      const x = Array.from({ length: count }, (_, i) => data.x[0] + data.span * (i / (count - 1)));
      return settles(x, x.map(() => mean));
    };
    const more = (k) => settles(data.x, data.weight.map((each) => each * k));
    return {
      moreItems: ITEMS.find(more) ?? null,
      moreModels: MODELS.find((k) => denser(data.x.length * k)) ?? null,
    };
  }

  // The report on {name, unit, scale, score, items or stderr, chance (null if nobody said it),
  // turned, higherIsBetter, eitherWay, length, other, along}; see report.py.
  function audit(curve, { ceiling = null, sharp = SHARP } = {}) {
    const read = judged(curve, ceiling, sharp);
    const { main, rows, verdict, obstacle } = read;
    const { data, found } = main;
    const { rises, falls, best } = found;
    const next = last(data.x) + median(diff(data.x));
    const threshold = (row) => thresholdOf(row.found);
    const following = ({ found, turned }) => {
      const { low, high, openLow, openHigh } = forecast(found, next);
      if (!turned) return { low, high, openLow, openHigh };
      return { low: 1 - high, high: 1 - low, openLow: openHigh, openHigh: openLow };
    };
    const open = verdict === UNKNOWN && obstacle !== "unsaid";
    return {
      curve, verdict, obstacle, sharp, rises, falls,
      firstAboveChance: firstAboveChance(curve),
      smallestSeen: smallestSeen(curve),
      below: curve.chance === null ? null : belowUntil(curve, curve.chance),
      floor: main.floor,
      readings: rows.map(({ floor, turned, verdict, found, width }) => ({
        floor, turned, verdict, width: found.rises ? ranged(found.best.width, width) : null,
      })),
      along: alongOf(curve, ceiling, sharp),
      shape: best.shape.name,
      ceiling: best.ceiling,
      ceilingFitted: best.free,
      misfit: found.misfit,
      dispersion: found.dispersion,
      change: found.change,
      threshold: joined(read, middleOf(found), threshold, (x) => 10 ** x),
      width: joinedWidth(read),
      spacing: data.gap,
      seen: found.seen,
      leap: found.leap,
      gap: rises ? curve.scale.slice(found.gap, found.gap + 2) : null,
      metric: main.metric,
      candidates: candidates(data, found),
      emergenceScore: emergenceScore(curve.score),
      linearity: linearity(curve.score),
      moreItems: null,
      moreModels: null,
      ...(open && remedies(data, found, ceiling, sharp)),
      nextScale: 10 ** next,
      nextScore: joined(read, found.score(next), following),
      scoreAt: (scale) => (rises ? found.score(Math.log10(scale)) : found.flat.level),
    };
  }

  return {
    audit, assess, factsOf, judge, steepness, levels, isBelow, belowUntil, widthOf, thresholdOf,
    forecast, fitStep, measured, emergenceScore, linearity, wilson, chiSquaredTail, normalTail,
    fQuantile, binomialTail, expectedDeviance,
    constants: {
      SHARP, FLAT, FEWEST, MOST, PLAUSIBLE, FREE, LEVEL, SURE, TIE, ALIKE,
      STEEPEST, WIDEST, LEAST_REACH, FARTHEST_Z, EDGE, WIDTHS, PLACES,
      STEPS, CAUTIOUS, CONVERGED, STUCK, BEYOND, CLIMBS, FEW_CLIMBS, ENDS, FOLLOWED, FARTHEST,
      FIRST, CLOSE, SEARCHES, ITEMS, MODELS,
    },
  };
})();
