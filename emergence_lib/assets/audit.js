// The audit of one scaling curve, in the page: the twin of `emergence_lib.audit` and
// `emergence_lib.fitting`. Pure functions, no dependencies; tests/test_audit_twin.py compares the
// two on random curves. Scales are handled as log10, widths in decades; read `assess` first.
globalThis.emAudit ??= (() => {
  "use strict";

  // As in assess.py: what counts as sharp (decades) and flat, the fewest models, and the share of
  // a rise that one gap may hold, or that must have been seen.
  const [SHARP, FLAT, FEWEST, MOST] = [1, 0.05, 4, 0.5];
  // As in models.py and profile.py: widths tried (shares of the closest gap, of the whole range),
  // the least share of the way to 1 that a rise covers, how far outside a threshold is looked for.
  const [STEEPEST, WIDEST, LEAST_REACH, BEYOND] = [1 / 200, 20, 0.02, 2];
  const CLIMBS = 12; // steepnesses that start a profile
  const [FOLLOWED, REMEMBERED] = [6, 3]; // starts followed to their end; earlier ends among them
  const ENDS = 1e-6; // a score is looked for no closer than this to floor and ceiling
  // Widths and thresholds that start a fit, in ranges of scale; bound on z and on thresholds.
  const [WIDTHS, PLACES] = [[8, 2, 0.5, 0.12, 0.03], [-0.6, -0.36, -0.12, 0.12, 0.36, 0.6]];
  const [FARTHEST_Z, FARTHEST] = [1e5, 1e4];
  // Multiples of the items and of the models that are tried as a remedy.
  const [ITEMS, MODELS] = [[2, 4, 10, 25, 100], [2, 3, 4, 6]];
  const FAR = 300; // beyond this z a sigmoid is 0 or 1 to 130 digits
  const TINY = 1e-140; // predictions stay this far from 0 and 1
  // Quantiles at 95%: the normal distribution's, two- and one-sided, and chi-squared's.
  const [TWO_SIDED, ONE_SIDED] = [1.959963984540054, 1.6448536269514722];
  const CHI_SQUARED = [NaN, 3.841458820694124, 5.991464547107979];

  const clip = (value, low, high) => Math.min(Math.max(value, low), high);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const dot = (a, b, weight) => {
    let total = 0;
    for (let i = 0; i < a.length; i++) total += a[i] * b[i] * (weight?.[i] ?? 1);
    return total;
  };
  const last = (values) => values[values.length - 1];
  const diff = (values) => values.slice(1).map((value, at) => value - values[at]);

  // ---- Distributions ------------------------------------------------------------------------

  // Upper tail of chi-squared: a finite sum for whole degrees of freedom, from that of one or two.
  function chiSquaredTail(x, freedom) {
    if (x <= 0) return 1;
    const [half, odd] = [x / 2, freedom % 2 === 1];
    let tail = odd ? 2 * normalTail(Math.sqrt(x)) : Math.exp(-half);
    let term = odd ? 2 * Math.sqrt(half / Math.PI) * Math.exp(-half) : half * Math.exp(-half);
    for (let shape = odd ? 0.5 : 1; shape < freedom / 2; shape++) {
      tail += term;
      term *= half / (shape + 1);
    }
    return tail;
  }

  // Upper tail of the normal distribution: a series near the middle, a continued fraction outside.
  function normalTail(z) {
    if (z < 0) return 1 - normalTail(-z);
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    if (z < 3) {
      let [term, total] = [z, z];
      for (let k = 3; term > 1e-17 * total; k += 2) total += term *= (z * z) / k;
      return 0.5 - density * total;
    }
    let fraction = z;
    for (let k = 100; k > 0; k--) fraction = z + k / fraction;
    return density / fraction;
  }

  // 95% quantile of F with one or two degrees of freedom above, from closed forms.
  function fQuantile(above, below) {
    if (above === 2) return (below / 2) * (0.05 ** (-2 / below) - 1);
    let [low, high] = [0, Math.PI / 2]; // Student's t is tan(angle) * sqrt(below)
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (studentWithin(middle, below) < 0.95) low = middle;
      else high = middle;
    }
    return below * Math.tan(low) ** 2;
  }

  // Probability that Student's t lies within tan(angle) * sqrt(freedom): a finite sum.
  function studentWithin(angle, freedom) {
    const [sine, cosine, odd] = [Math.sin(angle), Math.cos(angle), freedom % 2 === 1];
    let [term, total] = odd ? [cosine, 0] : [1, 0];
    for (let k = odd ? 3 : 2; k <= freedom; k += 2) {
      total += term;
      term *= (cosine * cosine * (k - 1)) / k;
    }
    return odd ? (2 / Math.PI) * (angle + sine * total) : sine * total;
  }

  // ln(n!), by Stirling's series above 20.
  function logFactorial(n) {
    let shift = 0;
    for (; n < 20; n++) shift += Math.log(n + 1);
    const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
    return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series - shift;
  }

  // Probability of at least k right among n.
  function binomialTail(k, n, p) {
    if (k <= 0) return 1;
    if (p === 0 || k > n) return 0;
    if (k <= n * p) return 1 - binomialTail(n - k + 1, n, 1 - p); // start where the terms are large
    const ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    let term = Math.exp(ways + k * Math.log(p) + (n - k) * Math.log1p(-p));
    let tail = term;
    for (let j = k; j < n && term > 0; j++) {
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
      const [up, down] = [1 / (1 + odds), odds / (1 + odds)];
      return [up, down, up * down, up * down * (down - up)];
    },
    logit,
  );
  const GOMPERTZ = sigmoid(
    "Gompertz",
    (z) => {
      const loss = Math.exp(-clip(z, -Math.log(FAR), FAR));
      const slope = loss * Math.exp(-loss);
      return [Math.exp(-loss), -Math.expm1(-loss), slope, slope * (loss - 1)];
    },
    (share) => -Math.log(-Math.log(share)),
  );
  // A whole answer whose every token is right on a logistic of its own.
  function allRight(length) {
    return sigmoid(
      `${length} tokens right`,
      (z) => {
        const odds = Math.exp(-clip(z, -FAR / length, FAR));
        const [logUp, wrong] = [-length * Math.log1p(odds), odds / (1 + odds)];
        const slope = length * Math.exp(logUp) * wrong;
        return [Math.exp(logUp), -Math.expm1(logUp), slope, slope * ((length + 1) * wrong - 1)];
      },
      (share) => logit(share ** (1 / length)),
    );
  }

  // ---- Likelihood ---------------------------------------------------------------------------

  // A curve as the fits take it: log10 scales, scores, and items or one over squared errors.
  function measured({ scale, score, items, stderr, chance = 0 }) {
    const weight = items ?? stderr.map((error) => 1 / error ** 2);
    return withRange({ x: scale.map(Math.log10), score, weight, floor: chance, binomial: !!items });
  }
  function withRange(data) {
    const { x } = data;
    const span = last(x) - x[0];
    return { ...data, span, gap: Math.min(...diff(x)), u: x.map((each) => (each - x[0]) / span - 0.5) };
  }
  // The curve with its scale turned round: a fall becomes a rise.
  function mirrored(data) {
    const [x, score, weight] = ["x", "score", "weight"].map((name) => [...data[name]].reverse());
    return withRange({ ...data, x: x.map((each) => -each), score, weight });
  }

  // Twice the log-likelihood lost against a perfect fit; q is 1 - p, with its digits kept.
  function deviance(data, p, q) {
    let total = 0;
    for (let i = 0; i < p.length; i++) {
      const [y, weight] = [data.score[i], data.weight[i]];
      if (!data.binomial) total += weight * (y - p[i]) ** 2;
      else {
        if (y > 0) total += 2 * weight * y * Math.log(y / Math.max(p[i], TINY));
        if (y < 1) total += 2 * weight * (1 - y) * Math.log((1 - y) / Math.max(q[i], TINY));
      }
    }
    return total;
  }

  // Least deviance within a box: damped Fisher scoring, which leads downhill from everywhere, then
  // Newton's method. A model leads from parameters to the predictions p and q, the slope of p with
  // each parameter, and its second derivatives by the numbers of two parameters.
  function maximise(data, model, start, low, high) {
    const look = (theta, exact) => ({ theta, ...parabola(data, model(theta), exact) });
    let here = look(start.map((value, i) => clip(value, low[i], high[i])), false);
    let damping = 1e-4;
    for (let count = 1; count <= 200 && damping < 1e12; count++) {
      const { step, gain } = downhill(here, low, high, damping);
      if (!(gain > 1e-13 * (1 + here.deviance))) break;
      const trial = here.theta.map((value, i) => clip(value + step[i], low[i], high[i]));
      const there = look(trial, count >= 3);
      const better = there.deviance <= here.deviance;
      if (better) here = there;
      damping = better ? Math.max(damping / 10, 1e-9) : damping * 10;
    }
    return here;
  }

  // The deviance, half its downhill gradient and half its Hessian (or what is expected of it).
  function parabola(data, { p, q, slope, bend }, exact) {
    const [pull, curve] = [[], []];
    for (let i = 0; i < p.length; i++) {
      const [y, weight] = [data.score[i], data.weight[i]];
      const [up, down] = [Math.max(p[i], TINY), Math.max(q[i], TINY)];
      const expected = data.binomial ? weight / (up * down) : weight;
      pull.push(expected * (y - (data.binomial ? up : p[i])));
      const seen = (weight * y) / up ** 2 + (weight * (1 - y)) / down ** 2;
      curve.push(exact && data.binomial ? seen : expected);
    }
    const hessian = slope.map((a, i) =>
      slope.map((b, j) => {
        const bent = exact && bend?.[Math.min(i, j)]?.[Math.max(i, j)];
        return dot(a, b, curve) - (bent ? dot(bent, pull) : 0);
      }),
    );
    return { deviance: deviance(data, p, q), gradient: slope.map((a) => dot(a, pull)), hessian };
  }

  // One step and the deviance it would gain; a parameter that is pushed against its edge stays.
  function downhill({ theta, gradient, hessian }, low, high, damping) {
    const free = [...theta.keys()].filter(
      (i) => !(theta[i] <= low[i] && gradient[i] <= 0) && !(theta[i] >= high[i] && gradient[i] >= 0),
    );
    // Scaled to ones on the diagonal: parameters of very different size solve equally well.
    const unit = free.map((i) => 1 / Math.sqrt(Math.max(Math.abs(hessian[i][i]), 1e-100)));
    const rows = free.map((i, a) => [
      ...free.map((j, b) => hessian[i][j] * unit[a] * unit[b]),
      unit[a] * gradient[i],
    ]);
    const found = solve(rows, damping);
    const step = theta.map(() => 0);
    free.forEach((i, a) => (step[i] = unit[a] * found[a]));
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

  const average = (weight, score) => sum(score.map((y, i) => weight[i] * y)) / sum(weight);
  const constant = (data, p) => deviance(data, p, p.map((each) => 1 - each));

  function fitFlat(data) {
    const level = average(data.weight, data.score);
    return { low: level, high: level, deviance: constant(data, data.score.map(() => level)) };
  }

  // One score below a split and another above it; every split is tried.
  function fitStep({ x, score, weight, ...data }) {
    let best = { deviance: Infinity };
    for (let at = 1; at < x.length; at++) {
      const low = average(weight.slice(0, at), score.slice(0, at));
      const high = average(weight.slice(at), score.slice(at));
      const lost = constant({ ...data, score, weight }, score.map((_, i) => (i < at ? low : high)));
      const split = (x[at - 1] + x[at]) / 2;
      if (lost < best.deviance) best = { low, high, split, deviance: lost };
    }
    return best;
  }

  // A straight line in log10 of scale, given by its scores at both ends.
  function fitLine(data) {
    const slope = [data.u.map((u) => 0.5 - u), data.u.map((u) => 0.5 + u)];
    const model = ([first, end]) => {
      const p = data.u.map((_, i) => first * slope[0][i] + end * slope[1][i]);
      return { p, q: p.map((each) => 1 - each), slope };
    };
    const level = clip(fitFlat(data).low, 0.05, 0.95);
    const [low, high] = [1e-9, 1 - 1e-9].map((edge) => [edge, edge]);
    const { theta, deviance: lost } = maximise(data, model, [level, level], low, high);
    return { first: theta[0], last: theta[1], deviance: lost };
  }

  // A rise as a model: z is an offset plus parameters times columns; the ceiling is the last
  // parameter unless it is given.
  function rising(data, shape, columns, ceiling, offset = null) {
    return (theta) => {
      const top = ceiling ?? last(theta);
      const height = top - data.floor;
      const there = data.x.map((_, i) => {
        let z = offset ? offset[i] : 0;
        for (let k = 0; k < columns.length; k++) z += theta[k] * columns[k][i];
        return shape.parts(z);
      });
      const slope = columns.map((column) => there.map(([, , rise], i) => column[i] * height * rise));
      const bend = columns.map((a) =>
        columns.map((b) => there.map(([, , , turn], i) => a[i] * b[i] * height * turn)),
      );
      if (ceiling === null) {
        slope.push(there.map(([up]) => up));
        columns.forEach((a, k) => bend[k].push(there.map(([, , rise], i) => a[i] * rise)));
      }
      const p = there.map(([up]) => data.floor + height * up);
      return { p, q: there.map(([, down]) => 1 - top + height * down), slope, bend };
    };
  }

  const steepnessBox = (data, shape) => [
    shape.spread / WIDEST,
    (shape.spread * data.span) / (STEEPEST * data.gap),
  ];

  const lowestCeiling = ({ floor }) => floor + LEAST_REACH * (1 - floor);

  // Threshold (log10 of scale), width and ceiling of the likeliest rise; a ceiling of null is fitted.
  // The search starts, for each of some widths, from the best of some places; and from a step.
  function fitSigmoid(data, shape, ceiling) {
    const { u, floor, score, span, x } = data;
    const free = ceiling === null;
    const model = rising(data, shape, [u.map(() => 1), u], ceiling);
    const [least, most] = steepnessBox(data, shape);
    const low = [-FARTHEST_Z, least, lowestCeiling(data)].slice(0, free ? 3 : 2);
    const high = [FARTHEST_Z, most, 1].slice(0, low.length);
    const split = (fitStep(data).split - x[0]) / span - 0.5;
    const tries = [...WIDTHS, data.gap / span / 2].map((width) => {
      const steep = Math.min(shape.spread / width, most);
      const starts = [...PLACES, split].map((place) => {
        const start = [shape.middle - steep * place, steep];
        return free ? settled(data, model, [...start, Math.max(...score)]) : start;
      });
      return bestFrom(data, model, starts, low, high);
    });
    const { theta, deviance: lost } = tries.reduce((a, b) => (b.deviance < a.deviance ? b : a));
    return {
      shape,
      threshold: x[0] + ((shape.middle - theta[0]) / theta[1] + 0.5) * span,
      width: (shape.spread / theta[1]) * span,
      floor,
      ceiling: ceiling ?? theta[2],
      free,
      deviance: lost,
    };
  }

  // Parameters with their last, a free ceiling, improved: the score is linear in it, so a few steps
  // of weighted least squares do.
  function settled(data, model, theta) {
    const rest = theta.slice(0, -1);
    let head = last(theta);
    for (let count = 0; count < 3; count++) {
      const { p, q, slope } = model([...rest, head]);
      const up = last(slope);
      const weight = data.weight.map((w, i) => (data.binomial ? w / Math.max(p[i] * q[i], TINY) : w));
      const above = data.score.map((y) => y - data.floor);
      const height = dot(up, above, weight) / Math.max(dot(up, up, weight), TINY);
      head = clip(data.floor + height, lowestCeiling(data), 1);
    }
    return [...rest, head];
  }

  // The best maximum that the most promising of many starts lead to: there may be several maxima,
  // one in each gap between two models where the rise is steep.
  function bestFrom(data, model, starts, low, high) {
    const tried = starts.map((start) => {
      const theta = start.map((value, i) => clip(value, low[i], high[i]));
      const { p, q } = model(theta);
      return { theta, lost: deviance(data, p, q) };
    });
    const promising = tried.sort((a, b) => a.lost - b.lost).slice(0, FOLLOWED);
    const found = promising.map(({ theta }) => maximise(data, model, theta, low, high));
    return found.reduce((a, b) => (b.deviance < a.deviance ? b : a));
  }

  function predict(fit, x) {
    const z = fit.shape.middle + (fit.shape.spread / fit.width) * (x - fit.threshold);
    return fit.floor + (fit.ceiling - fit.floor) * fit.shape.parts(z)[0];
  }

  // ---- Profile likelihood -------------------------------------------------------------------

  // For each value of the quantity in question the rest of the curve is fitted anew: one
  // coefficient, and the ceiling where it is free. A search also starts from where the last ones
  // ended.
  function profiler(data, fit, modelAt, startsAt, [low, high]) {
    const box = fit.free ? [[low, lowestCeiling(data)], [high, 1]] : [[low], [high]];
    let before = [];
    return (value) => {
      const model = modelAt(value);
      const starts = startsAt(value).map((start) =>
        fit.free ? settled(data, model, [start, fit.ceiling]) : [start],
      );
      const found = bestFrom(data, model, [...before, ...starts], ...box);
      before = [found.theta, ...before].slice(0, REMEMBERED);
      return found.deviance;
    };
  }
  const known = (fit) => (fit.free ? null : fit.ceiling);

  // Steepnesses to start from: evenly spread in their logarithm, and that of the fit.
  function climbs(data, fit) {
    const [low, high] = steepnessBox(data, fit.shape);
    const steps = Array.from({ length: CLIMBS }, (_, i) => low * (high / low) ** (i / (CLIMBS - 1)));
    return [...steps, (fit.shape.spread / fit.width) * data.span];
  }

  function thresholdInterval(data, fit, target) {
    const { u, x, span } = data;
    const offset = u.map(() => fit.shape.middle);
    const modelAt = (place) => {
      return rising(data, fit.shape, [u.map((each) => each - place)], known(fit), offset);
    };
    const starts = climbs(data, fit);
    const profile = profiler(data, fit, modelAt, () => starts, steepnessBox(data, fit.shape));
    const edge = 0.5 + BEYOND;
    const fitted = clip((fit.threshold - x[0]) / span - 0.5, -edge, edge);
    const found = interval(profile, fitted, -edge, edge, target);
    const toScale = (place) => x[0] + (0.5 + place) * span;
    return { ...found, low: toScale(found.low), high: toScale(found.high) };
  }

  function widthInterval(data, fit, target) {
    const { u, x, span, gap } = data;
    const between = u.slice(1).map((each, i) => (each + u[i]) / 2);
    const outside = [-BEYOND, -1, -0.5, -0.2, 0.2, 0.5, 1, BEYOND].map((b) => Math.sign(b) * 0.5 + b);
    const places = [...u, ...between, ...outside, (fit.threshold - x[0]) / span - 0.5];
    const modelAt = (logWidth) => {
      const steep = (fit.shape.spread / Math.exp(logWidth)) * span;
      const offset = u.map((each) => fit.shape.middle + steep * each);
      return rising(data, fit.shape, [u.map(() => -steep)], known(fit), offset);
    };
    const profile = profiler(data, fit, modelAt, () => places, [-FARTHEST, FARTHEST]);
    const [low, high] = [Math.log(STEEPEST * gap), Math.log(WIDEST * span)];
    const found = interval(profile, Math.log(fit.width), low, high, target);
    return { ...found, low: Math.exp(found.low), high: Math.exp(found.high) };
  }

  // Scores that the curve itself may have at a log10 scale. The rise goes through the score there;
  // its parameters are the steepness and the z of that point, from which the ceiling follows.
  function scoreInterval(data, fit, x, target) {
    const { floor, u, span } = data;
    const { inverse, parts, spread } = fit.shape;
    const column = u.map((each) => each - ((x - data.x[0]) / span - 0.5));
    const modelAt = (score) => ([steep, z]) => {
      const here = parts(z);
      const [height, shrink] = [(score - floor) / here[0], here[2] / here[0]];
      const there = column.map((each) => parts(z + steep * each));
      const each = (value) => there.map((found, i) => height * value(found, column[i]));
      const again = 2 * shrink ** 2 - here[3] / here[0];
      return {
        p: each(([up]) => up).map((risen) => floor + risen),
        q: each(([, down]) => down).map((left) => 1 - floor - height + left),
        slope: [each(([, , rise], u) => u * rise), each(([up, , rise]) => rise - shrink * up)],
        bend: [
          [
            each(([, , , turn], u) => u * u * turn),
            each(([, , rise, turn], u) => u * (turn - shrink * rise)),
          ],
          [null, each(([up, , rise, turn]) => turn - 2 * shrink * rise + again * up)],
        ],
      };
    };
    const height = (fit.free ? 1 : fit.ceiling) - floor;
    const [bottom, head] = [floor + ENDS * height, floor + height - 2 * ENDS * height];
    const [low, high] = steepnessBox(data, fit.shape);
    let before = [];
    const profile = (score) => {
      // The higher the ceiling, the less of the rise is done where the score is pinned.
      const least = inverse((score - floor) / height);
      const heights = (fit.free ? [0, 0.3, 1, 2, 4] : [0]).map((more) => least + more * spread);
      const starts = heights.flatMap((each) => climbs(data, fit).map((climb) => [climb, each]));
      const box = [[low, least], [high, fit.free ? FAR : least]];
      const found = bestFrom(data, modelAt(score), [...before, ...starts], ...box);
      before = [found.theta, ...before].slice(0, REMEMBERED);
      return found.deviance;
    };
    return interval(profile, clip(predict(fit, x), bottom, head), bottom, head, target);
  }

  // Where the profile meets the target on both sides of the best value; an end that the data do
  // not bound is open.
  function interval(profile, best, lowest, highest, target) {
    const end = (bound) => {
      if (bound === best) return [best, true];
      const excess = (value) => profile(value) - target;
      if (excess(bound) <= 0) return [bound, true];
      // Where the true best value lies outside the bounds, none inside need be good enough.
      return [excess(best) < 0 ? root(excess, best, bound) : best, false];
    };
    const [[low, openLow], [high, openHigh]] = [end(lowest), end(highest)];
    return { low, high, openLow, openHigh };
  }

  // Chandrupatla's root-finder, as SciPy's elementwise.find_root: parabolas where they help.
  function root(f, x1, x2) {
    let [f1, f2, t] = [f(x1), f(x2), 0.5];
    let [x3, f3] = [x2, f2];
    for (let count = 0; count < 100; count++) {
      const [best, least] = Math.abs(f1) < Math.abs(f2) ? [x1, f1] : [x2, f2];
      if (Math.abs(least) <= 1e-9 || Math.abs(x2 - x1) < 1e-9) return best;
      if (count > 0) {
        const xi = (x1 - x2) / (x3 - x2);
        const phi = (f1 - f2) / (f3 - f2);
        const parabolic = 1 - Math.sqrt(1 - xi) < phi && phi < Math.sqrt(xi);
        const alpha = (x3 - x1) / (x2 - x1);
        t = parabolic
          ? ((f1 / (f1 - f2)) * f3) / (f3 - f2) - (((alpha * f1) / (f3 - f1)) * f2) / (f2 - f3)
          : 0.5;
        const edge = (0.5 * 1e-9) / Math.abs(x2 - x1);
        t = clip(t, edge, 1 - edge);
      }
      const x = x1 + t * (x2 - x1);
      const value = f(x);
      if (Math.sign(value) === Math.sign(f1)) [x3, f3] = [x1, f1];
      else [x3, f3, x2, f2] = [x2, f2, x1, f1];
      [x1, f1] = [x, value];
    }
    return Math.abs(f1) < Math.abs(f2) ? x1 : x2;
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
  const union = (a, b) => {
    if (!a || !b) return a ?? b ?? { low: 0, high: 0, openLow: true, openHigh: true };
    const [low, high] = [a.low <= b.low ? a : b, a.high >= b.high ? a : b];
    return { low: low.low, openLow: low.openLow, high: high.high, openHigh: high.openHigh };
  };
  const narrow = (width, sharp) => !width.openHigh && width.high <= sharp;
  const broad = (width, sharp) => !width.openLow && width.low >= sharp;

  // Does the score rise, where, and how sharply? See assess.py; `data` comes from `measured`.
  function assess(data, ceiling = null, sharp = SHARP) {
    const [line, flat, points] = [fitLine(data), fitFlat(data), data.x.length];
    const falls = line.last < line.first;
    const turned = falls ? mirrored(data) : data;
    const fitted = (top) => [LOGISTIC, GOMPERTZ].map((shape) => fitSigmoid(turned, shape, top));
    const least = (fits) => Math.min(...fits.map((fit) => fit.deviance));
    const known = fitted(ceiling ?? 1);
    // A ceiling that nobody gave is unknown, even where 1 fits: intervals must allow for others.
    const bounds = ceiling === null ? fitted(null) : known;
    const loose = noise(least(bounds), Math.max(points - 3, 1));
    const gained = (least(known) - least(bounds)) / loose.dispersion;
    const fits = points > 3 && gained > loose.quantile(1) ? bounds : known;
    const best = fits[1].deviance < fits[0].deviance ? fits[1] : fits[0];
    const freedom = Math.max(points - 2 - best.free, 1);
    const { misfit, dispersion, quantile } = noise(best.deviance, freedom);
    // Two sigmoids are tried, up and down: two degrees of freedom rather than the one of a slope.
    const change = changeInterval(data, dispersion);
    const gain = (flat.deviance - best.deviance) / dispersion;
    const rises = (gain > quantile(2) || change[0] > 0 || change[1] < 0) && points >= FEWEST;
    const target = least(bounds) + dispersion * quantile(1);
    const inside = bounds.filter((fit) => rises && fit.deviance < target);
    const joined = (interval) => inside.map(interval).reduce(union, undefined) ?? union();
    let threshold = joined((fit) => thresholdInterval(turned, fit, target));
    const width = joined((fit) => widthInterval(turned, fit, target));
    if (falls) {
      const { low, high, openLow, openHigh } = threshold;
      threshold = { low: -high, high: -low, openLow: openHigh, openHigh: openLow };
    }
    const score = (x) => predict(best, falls ? -x : x);
    const forecast = (x) => joined((fit) => scoreInterval(turned, fit, falls ? -x : x, target));
    const curve = data.x.map(score);
    const steps = diff(curve).map(Math.abs);
    const seen = (Math.max(...curve) - best.floor) / (best.ceiling - best.floor);
    const leap = Math.max(...steps) / (sum(steps) || 1);
    const isSharp = rises && narrow(width, sharp) && seen >= MOST;
    const isSmooth = rises && broad(width, sharp) && leap < MOST;
    const isFlat = !rises && change[0] > -FLAT && change[1] < FLAT;
    return {
      falls, flat, line, step: fitStep(data), logistic: fits[0], gompertz: fits[1], best, misfit,
      dispersion, rises, change, threshold, width, seen, leap, isFlat, score, forecast,
      bestThreshold: falls ? -best.threshold : best.threshold,
      steepness: isSharp - isSmooth,
    };
  }

  // From the smaller half of the models to the larger half, both pooled: the intervals of two
  // shares (Wilson) or two means, joined (Newcombe).
  function changeInterval({ score, weight, binomial }, dispersion) {
    const half = Math.floor(score.length / 2);
    const [small, large] = [[0, half], [score.length - half]].map((range) => {
      const [w, y] = [weight.slice(...range), score.slice(...range)];
      const [mean, n] = [average(w, y), sum(w) / dispersion];
      const z = TWO_SIDED;
      if (!binomial) return [mean, mean - z / Math.sqrt(n), mean + z / Math.sqrt(n)];
      const centre = (mean + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
      const spread = Math.sqrt((mean * (1 - mean)) / n + z ** 2 / (4 * n ** 2));
      const reach = (z / (1 + z ** 2 / n)) * spread;
      return [mean, clip(centre - reach, 0, mean), clip(centre + reach, mean, 1)];
    });
    const change = large[0] - small[0];
    return [
      change - Math.hypot(large[0] - large[1], small[2] - small[0]),
      change + Math.hypot(large[2] - large[0], small[0] - small[1]),
    ];
  }

  // Width that one token's own logistic may have if all tokens of an answer must be right.
  function tokenWidth(data, falls, length) {
    const [turned, shape] = [falls ? mirrored(data) : data, allRight(length)];
    const whole = fitSigmoid(turned, shape, 1);
    const { dispersion, quantile } = noise(whole.deviance, Math.max(data.x.length - 2, 1));
    const found = widthInterval(turned, whole, whole.deviance + dispersion * quantile(1));
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

  // The same ability by another measure: a second score, or one token of the answer.
  function secondMetric(curve, data, found, sharp) {
    const metric = (name, steepness, width) => {
      const share = width && found.rises ? 1 - found.best.width / width.best : null;
      return { name, steepness, width, share };
    };
    if (curve.other) {
      const other = assess(measured(curve.other), null, sharp);
      const width = other.rises ? ranged(other.best.width, other.width) : null;
      return metric(curve.other.name, other.steepness, width);
    }
    if (!(curve.length > 1) || !found.rises) return null;
    const [best, width] = tokenWidth(data, found.falls, curve.length);
    const steepness = narrow(width, sharp) - broad(width, sharp);
    return metric(`one of ${curve.length} tokens`, steepness, ranged(best, width));
  }

  function judge({ isFlat, steepness }, metric) {
    if (isFlat) return "flat";
    if (steepness < 0) return "smooth";
    if (steepness > 0 && (!metric || metric.steepness > 0)) return "sharp in every metric";
    if (steepness > 0 && metric.steepness < 0) return "sharp by the metric";
    return "too little data to say";
  }

  // The smallest scale from which on every score is above chance: 5% over all models together.
  function firstAboveChance({ scale, score, items, stderr, chance = 0 }) {
    const above = score.map((y, i) => {
      const luck = items
        ? binomialTail(Math.round(y * items[i]), Math.round(items[i]), chance)
        : normalTail((y - chance) / stderr[i]);
      return luck < 0.05 / scale.length;
    });
    return above.includes(true) && above.at(-1) ? scale[above.lastIndexOf(false) + 1] : null;
  }

  // The lowest true score that shows as above chance 19 times in 20, at the largest model.
  function smallestSeen({ items, stderr, chance = 0 }) {
    const n = items && last(items);
    if (items && chance === 0) return 1 - 0.05 ** (1 / n);
    const error = items ? Math.sqrt((chance * (1 - chance)) / n) : last(stderr);
    return Math.min(chance + 2 * ONE_SIDED * error, 1);
  }

  // Best first by AICc, in which n is the number of models; without it where they are too few.
  function candidates(found, points) {
    const free = 2 + found.best.free;
    const table = [
      ["flat", 1, found.flat],
      ["straight line", 2, found.line],
      ["logistic", free, found.logistic],
      ["Gompertz", free, found.gompertz],
      ["step", 3, found.step],
    ].map(([name, parameters, fit]) => {
      const room = points - parameters - 1;
      const aicc = room > 0 ? fit.deviance + (2 * parameters * points) / room : Infinity;
      return { name, parameters, deviance: fit.deviance, aicc };
    });
    const least = Math.min(...table.map(({ aicc }) => aicc));
    return table
      .sort((a, b) => (a.aicc === b.aicc ? a.deviance - b.deviance : a.aicc - b.aicc))
      .map(({ aicc, ...row }) => ({ ...row, behind: aicc < Infinity ? aicc - least : null }));
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
    const sorted = squares.sort((a, b) => a - b);
    const typical = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
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
    const settles = (x, weight) => {
      const expected = withRange({ ...data, x, weight, score: x.map(found.score) });
      const { isFlat, steepness } = assess(expected, ceiling, sharp);
      return isFlat || steepness !== 0;
    };
    const mean = sum(data.weight) / data.x.length;
    const dense = (count) => [
      Array.from({ length: count }, (_, i) => data.x[0] + (data.span * i) / (count - 1)),
      Array(count).fill(mean),
    ];
    return {
      moreItems: ITEMS.find((k) => settles(data.x, data.weight.map((w) => w * k))) ?? null,
      moreModels: MODELS.find((k) => settles(...dense(data.x.length * k))) ?? null,
    };
  }

  // The report on {name, scale, score, items or stderr, chance, length, other}; see report.py.
  function audit(curve, { ceiling = null, sharp = SHARP } = {}) {
    const data = measured(curve);
    const found = assess(data, ceiling, sharp);
    const metric = secondMetric(curve, data, found, sharp);
    const verdict = judge(found, metric);
    const gaps = diff(data.x).sort((a, b) => a - b);
    const median = (gaps[(gaps.length - 1) >> 1] + gaps[gaps.length >> 1]) / 2;
    const next = last(data.x) + median;
    const open = verdict === "too little data to say";
    const { rises, best } = found;
    return {
      curve, verdict, metric, sharp, rises,
      falls: found.falls,
      shape: best.shape.name,
      ceiling: best.ceiling,
      ceilingFitted: best.free,
      misfit: found.misfit,
      dispersion: found.dispersion,
      change: found.change,
      threshold: rises ? ranged(found.bestThreshold, found.threshold, (x) => 10 ** x) : null,
      width: rises ? ranged(best.width, found.width) : null,
      spacing: data.gap,
      seen: found.seen,
      leap: found.leap,
      firstAboveChance: firstAboveChance(curve),
      smallestSeen: smallestSeen(curve),
      candidates: candidates(found, data.x.length),
      emergenceScore: emergenceScore(curve.score),
      linearity: linearity(curve.score),
      ...(open ? remedies(data, found, ceiling, sharp) : { moreItems: null, moreModels: null }),
      nextScale: 10 ** next,
      nextScore: rises ? ranged(found.score(next), found.forecast(next)) : null,
      scoreAt: (scale) => found.score(Math.log10(scale)),
    };
  }

  return {
    audit, assess, measured, emergenceScore, linearity, chiSquaredTail, normalTail, fQuantile,
    binomialTail,
    constants: { SHARP, FLAT, FEWEST, MOST, STEEPEST, WIDEST, LEAST_REACH, BEYOND, ITEMS, MODELS },
  };
})();
