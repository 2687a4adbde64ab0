// The workbench: read a table, audit its curves with audit.js, and say and draw what was found.
// Nothing leaves the page. `read` follows emergence_lib/audit/reading, the sentences follow
// emergence_lib/audit/words.py; tests/audit/test_workbench.py holds them to both.
globalThis.emWorkbench ??= (() => {
  "use strict";

  // ---- From text to curves --------------------------------------------------------------------

  const NUMBER = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
  const SHOWN = 10; // problems that are listed
  const ALIKE = 0.8; // likeness from which a column may be another one misspelt
  const SAME_ERROR = 0.25; // relative difference of a standard error from that of the items
  const LIMITS = {
    scale: [(x) => x >= 1e-50 && x <= 1e50, "a number above 0 (1e-50 to 1e+50)"],
    score: [(x) => x >= 0 && x <= 1, "a fraction from 0 to 1"],
    items: [(x) => x >= 1 && x <= 1e15, "a number of items, at least 1 (at most 1e+15)"],
    stderr: [
      (x) => x === 0 || (x >= 1e-8 && x <= 0.5),
      "a standard error of a fraction, from 0 to 0.5 (not between 0 and 1e-08)",
    ],
    chance: [(x) => x >= 0 && x < 1, "a fraction from 0 to below 1"],
    length: [
      (x) => x >= 1 && x <= 1e6 && Number.isInteger(x),
      "a whole number of tokens, from 1 to 1,000,000",
    ],
  };
  const LIKE = { other: "score", other_stderr: "stderr", other_chance: "chance" };
  const FRACTIONS = ["score", "stderr", "chance"];
  const THOUSANDS = /^[1-9][0-9]{0,2},[0-9]{3}$/;

  // What is wrong with a table: a line for each fault, told once where it is alike.
  class TableError extends Error {
    constructor(lines) {
      super(lines.join("\n"));
      this.lines = lines;
    }
  }
  function problems() {
    const places = new Map();
    return {
      add(place, what, remedy) {
        const text = `${what}. Remedy: ${remedy}.`;
        places.set(text, [...(places.get(text) ?? []), place]);
      },
      stop() {
        const lines = [...places].map(([text, [first, ...rest]]) => {
          const also = rest.length ? ` (and ${rest.length} more like it, next ${rest[0]})` : "";
          return `${first}${also}: ${text}`;
        });
        const more = lines.splice(SHOWN).length;
        if (more) lines.push(`... and ${more} more problems`);
        if (lines.length) throw new TableError(lines);
      },
    };
  }
  function fail(place, what, remedy) {
    throw new TableError([`${place}: ${what}. Remedy: ${remedy}.`]);
  }

  // Cells of a CSV text: quotation marks may hold delimiters, line ends and doubled marks.
  function cells(text, delimiter) {
    const [rows, mark] = [[[""]], '"'];
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
      const row = rows[rows.length - 1];
      const at = row.length - 1;
      if (quoted && text[i] === mark && text[i + 1] === mark) row[at] += text[i++];
      else if (text[i] === mark && (quoted || row[at] === "")) quoted = !quoted;
      else if (quoted) row[at] += text[i];
      else if (text[i] === delimiter) row.push("");
      else if (text[i] === "\n") rows.push([""]);
      else row[at] += text[i];
    }
    if (quoted) fail("table", "a quotation mark is never closed", "Close it or delete it");
    const blank = (row) => row.length === 1 && row[0] === "";
    return rows.map((row) => (blank(row) ? [] : row.map((cell) => cell.trim())));
  }

  // As Python writes a text, at most 60 characters of it.
  function quoted(text) {
    const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
    return (mark + text + mark).slice(0, 60);
  }
  const columnName = (title) => title.trim().toLowerCase().replace(/[\s-]+/g, "_");

  function tableOf(text) {
    text = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
    if (text.startsWith("PK\u0003\u0004")) {
      fail("table", "a workbook or archive, not text", "Save it as CSV UTF-8 (comma delimited)");
    }
    if (text.includes("\uFFFD")) {
      fail("table", "text that is not UTF-8", "Save it as CSV UTF-8 (comma delimited)");
    }
    if (!text.trim()) fail("table", "it is empty", "Paste rows with a header, or choose a file");
    const width = (mark) => cells(text, mark)[0].length;
    const delimiter = [",", ";", "\t"].reduce((a, b) => (width(b) > width(a) ? b : a));
    const [titles, ...records] = cells(text, delimiter);
    const used = (at) => records.some((row) => row.slice(at).some(Boolean));
    while (titles.length && !titles.at(-1) && !used(titles.length - 1)) titles.pop();
    const columns = checkedHeader(titles);
    const rows = records
      .map((record, at) => ({ place: `row ${at + 2}`, record }))
      .filter(({ record }) => record.some(Boolean));
    const found = problems();
    for (const { place, record } of rows) {
      if (record.length >= columns.length && !record.slice(columns.length).some(Boolean)) continue;
      const what = `found ${record.length} cells under ${columns.length} columns`;
      found.add(place, what, "Look for a comma inside a number or a text without quotation marks");
    }
    found.stop();
    if (!rows.length) fail("table", "no rows below the header", "Paste the scores too");
    const named = ({ place, record }) => ({
      place,
      cells: Object.fromEntries(columns.map((name, i) => [name, record[i]])),
    });
    return { columns, rows: rows.map(named), comma: delimiter !== "," };
  }

  function checkedHeader(titles) {
    const columns = titles.map(columnName);
    if (!titles.length) {
      fail("row 1", "found nothing, want the names of the columns", "Delete the blank rows on top");
    }
    if (titles.every((title) => NUMBER.test(title))) {
      fail("row 1", "found only numbers, want the names of the columns", "Add a header");
    }
    columns.forEach((name, at) => {
      if (!name) fail("row 1", `column ${at + 1} has no name`, "Name it or delete it");
      if (columns.indexOf(name) < at) {
        fail("row 1", `two columns are named ${quoted(titles[at])}`, "Rename or delete one");
      }
    });
    return columns;
  }

  // Which column is what; `names` gives each role its possible names, the preferred one first.
  function rolesOf({ columns }, names) {
    const roles = {};
    for (const [role, known] of Object.entries(names)) {
      const here = known.filter((name) => columns.includes(name));
      if (here.length > 1 && here[0] !== known[0]) {
        const what = `${here.map((name) => `'${name}'`).join(" and ")} could each be the ${role}`;
        fail("row 1", what, `Rename one of them, or name the right one '${known[0]}'`);
      }
      if (here.length) roles[role] = here[0];
    }
    refuseMisspelt(columns, roles, names);
    for (const role of ["scale", "score"]) {
      if (roles[role]) continue;
      const [first, ...rest] = names[role];
      const what = `no column '${first}' (or ${rest.join(", ")}) among ${columns.join(", ")}`;
      fail("row 1", what, `Add or rename a column: ${names[role].join(", ")}`);
    }
    return roles;
  }

  // A column that would go unread by one wrong letter is refused.
  function refuseMisspelt(columns, roles, names) {
    const missing = Object.keys(names).flatMap((role) => (roles[role] ? [] : names[role]));
    const read = [...Object.values(roles), ...names.scale];
    for (const name of columns.filter((each) => !read.includes(each))) {
      const likeness = (each) => (2 * shared(each, name)) / (each.length + name.length);
      const near = missing.reduce((a, b) => (likeness(b) > likeness(a) ? b : a), "");
      if (likeness(near) < ALIKE || name.startsWith(`${near}_`)) continue;
      const remedy = `Rename it to '${near}', or to something less alike if it is no such thing`;
      fail("row 1", `column ${quoted(name)} looks like '${near}' misspelt`, remedy);
    }
  }

  // Letters that two words share: the longest common piece, then the same to the left and right.
  // (So counts Python's difflib.)
  function shared(a, b) {
    let [length, inA, inB] = [0, 0, 0];
    for (let i = 0; i < a.length; i++) {
      for (let j = 0; j < b.length; j++) {
        let same = 0;
        while (i + same < a.length && a[i + same] === b[j + same]) same++;
        if (same > length) [length, inA, inB] = [same, i, j];
      }
    }
    if (!length) return 0;
    const right = shared(a.slice(inA + length), b.slice(inB + length));
    return shared(a.slice(0, inA), b.slice(0, inB)) + length + right;
  }

  // The number in a cell; NaN with a problem noted if there is no good one.
  function numberIn(place, column, kind, text, comma, found) {
    const [good, want] = LIMITS[kind];
    place = `${place}, column '${column}'`;
    const bad = (what, remedy) => {
      found.add(place, what, remedy);
      return NaN;
    };
    if (!text) {
      const part = kind === "scale" || kind === "score" ? "row" : "column";
      return bad(`empty, want ${want}`, `Fill it in or delete the ${part}`);
    }
    let plain = text;
    if (comma && text.split(",").length === 2) {
      if (!FRACTIONS.includes(kind) && THOUSANDS.test(text)) return bad(...ambiguous(text));
      plain = text.replace(",", ".");
    }
    if (!NUMBER.test(plain)) return bad(`found ${quoted(text)}, want ${want}`, howToWrite(text));
    const value = Number(plain);
    if (Number.isFinite(value) && good(value)) return value;
    const percent = FRACTIONS.includes(kind) && value > 0 && value <= 100;
    return bad(
      `found ${quoted(text)}, want ${want}`,
      percent
        ? "Divide the column by 100 if these are percentages"
        : "Correct it or delete the row",
    );
  }

  // What is wrong with a number that has a comma before three digits, and the remedy.
  const ambiguous = (text) => [
    `found ${quoted(text)}: decimal comma or thousands`,
    `Write ${text.replace(",", "")} or ${text.replace(",", ".")}`,
  ];

  function howToWrite(text) {
    const percent = text.match(/^(.*)%$/);
    if (percent && NUMBER.test(percent[1].trim())) return `Write ${general(percent[1] / 100, 6)}`;
    const suffixed = text.match(/^([0-9.]+) ?([kmbt])$/i);
    if (suffixed && NUMBER.test(suffixed[1])) {
      return `Write ${suffixed[1]}e${{ k: 3, m: 6, b: 9, t: 12 }[suffixed[2].toLowerCase()]}`;
    }
    if (text.includes(",")) return "Write a point for the decimals and nothing between thousands";
    return "Write a number or delete the row";
  }

  // Curves of a table in long form. `options` holds chance, length and items for what the table
  // does not say; `known` the names of columns (by role) and of scales (by column).
  function read(text, options, known) {
    const table = tableOf(text);
    const roles = rolesOf(table, known.columns);
    const found = problems();
    const groups = new Map();
    for (const row of table.rows) {
      const point = { place: row.place, values: {}, texts: {} };
      for (const [role, column] of Object.entries(roles)) {
        const cell = row.cells[column];
        const kind = LIKE[role] ?? role;
        if (LIMITS[kind]) {
          point.values[role] = numberIn(row.place, column, kind, cell, table.comma, found);
        } else if (cell) point.texts[role] = cell;
        else found.add(row.place, `column '${column}' is empty`, "Fill it in or delete the column");
      }
      const key = JSON.stringify([point.texts.task ?? "", point.texts.metric ?? ""]);
      groups.set(key, [...(groups.get(key) ?? []), point]);
    }
    found.stop();
    const keys = [...groups.keys()].map((key) => JSON.parse(key));
    const curves = [...groups.values()].map((points, at) => {
      const [task, metric] = keys[at];
      const several = keys.filter(([each]) => each === task).length > 1;
      const name = (task || metric || "curve") + (task && several ? ` (${metric})` : "");
      return curveOf(name, points, options, known.units[roles.scale] ?? roles.scale, found);
    });
    found.stop();
    return curves;
  }

  function curveOf(name, points, options, unit, found) {
    points = [...points].sort((a, b) => a.values.scale - b.values.scale);
    if (options.items !== undefined) {
      points = points.map((point) => {
        const said = point.values.items ?? options.items;
        if (said !== options.items) {
          const what = `${name}: ${said} items in the table, ${options.items} in the option`;
          found.add(point.place, what, "Say it once");
        }
        return { ...point, values: { ...point.values, items: options.items } };
      });
    }
    const chance = constant(name, points, "chance", options.chance, found) ?? 0;
    const length = constant(name, points, "length", options.length, found);
    const otherChance = constant(name, points, "other_chance", undefined, found) ?? 0;
    const scale = points.map(({ values }) => values.scale);
    const again = scale.findIndex((each, at) => each === scale[at + 1]);
    if (again >= 0) {
      const what = `scale ${general(scale[again], 6)} again, first in ${points[again].place}`;
      const remedy = "Average them, or name the tasks in a column 'task'";
      found.add(points[again + 1].place, `${name}: ${what}`, remedy);
    } else if (points.length < 2) {
      found.add(points[0].place, `${name}: one model only, want at least two`, "Add models");
    }
    const column = (role) => points.map(({ values }) => values[role]);
    const noise = noiseOf(name, points, "score", "stderr", found);
    const curve = { name, unit, scale, score: column("score"), ...noise, chance, length };
    if (points[0].values.other !== undefined) {
      const second = noiseOf(name, points, "other", "other_stderr", found);
      curve.other = { name: "the second score", unit, scale, score: column("other"), ...second, chance: otherChance };
    }
    return curve;
  }

  // The value that a column holds throughout a curve, or the option instead of it.
  function constant(name, points, role, option, found) {
    const places = new Map();
    for (const { place, values } of points) {
      if (values[role] !== undefined) places.set(values[role], place);
    }
    if (option !== undefined && !places.has(option)) places.set(option, points[0].place);
    const said = [...places.keys()];
    if (said.length > 1) {
      const [one, two] = said.map((value) => general(value, 6));
      const what = `${name}: ${role} is ${one} and ${two} within one curve`;
      found.add(places.get(said[1]), what, "Separate the tasks, or say it once");
    }
    return said[0];
  }

  // Items or standard errors. A standard error of 0, as any formula gives for a score of 0 or 1, is
  // never believed: the others of the curve tell how many items there were.
  function noiseOf(name, points, role, error, found) {
    const known = points.map(({ values }) => {
      const [y, n, se] = [values[role], values.items, values[error]];
      const ofItems = Math.sqrt((y * (1 - y)) / n);
      const agree = !(se > 0) || Math.abs(se - ofItems) <= SAME_ERROR * ofItems;
      const certain = y === 0 || y === 1;
      const effective = se > 0 && !certain ? (y * (1 - y)) / se ** 2 + 1 : n;
      return { n, se, agree, certain, effective };
    });
    if (known.every(({ n, agree }) => n > 0 && agree)) return { items: known.map(({ n }) => n) };
    if (known.every(({ se }) => se > 0)) return { stderr: known.map(({ se }) => se) };
    const fewest = Math.min(...known.map(({ effective }) => effective ?? Infinity));
    const items = known.map(({ certain, effective }, at) => {
      if (effective !== undefined) return Math.max(1, effective);
      if (certain && fewest < Infinity) return Math.max(1, fewest);
      const what = `${name}: neither items nor a standard error above 0 behind the ${role}`;
      const remedy = "Add a column 'n_items' (test items) or 'stderr', or fill in the items below";
      found.add(points[at].place, what, remedy);
      return NaN;
    });
    return { items };
  }

  // ---- Words ----------------------------------------------------------------------------------

  const EXACT = 50; // digits that leave nothing of a number to round
  // Of two numbers equally near, Python takes the one whose last digit is even. `write` gives the
  // exact value where it is asked for enough digits.
  function halfEven(write, digits) {
    const exact = write(digits + EXACT);
    const [kept, rest] = [exact.slice(0, -EXACT).replace(/\.$/, ""), exact.slice(-EXACT)];
    return /^50*$/.test(rest) && "02468".includes(kept.at(-1)) ? kept : write(digits);
  }
  const fixed = (value, digits) => halfEven((count) => value.toFixed(count), digits);

  // A number with some significant digits, as Python's format "g" writes it.
  function general(value, digits) {
    if (!value) return "0";
    const power = Number(value.toExponential(digits - 1).split("e")[1]);
    const mantissa = halfEven((count) => value.toExponential(count).split("e")[0], digits - 1);
    if (power >= -4 && power < digits) return String(Number(`${mantissa}e${power}`));
    const size = String(Math.abs(power)).padStart(2, "0");
    return `${Number(mantissa)}e${power < 0 ? "-" : "+"}${size}`;
  }
  const number = (scale) => general(scale, 3).replace("e+0", "e").replace("e+", "e");
  const size = ({ curve }, scale) =>
    curve.unit === "scale" ? `scale ${number(scale)}` : `${number(scale)} ${curve.unit}`;
  const points = (change) => (change < 0 ? "" : "+") + fixed(100 * change, 1);
  const percent = (share) => `${fixed(100 * share, 0)}%`;
  const decades = (width) => `${general(width, 2)} decade${general(width, 2) === "1" ? "" : "s"}`;
  function within({ low, high }, write, nothing, both) {
    if (low === null && high === null) return nothing;
    if (low === null) return `at most ${write(high)}`;
    return high === null ? `at least ${write(low)}` : both(low, high);
  }
  const span = (width) =>
    within(width, decades, "any number of decades", (low, high) =>
      `${fixed(low, 2)} to ${fixed(high, 2)} decades`);
  const bounds = (range) =>
    within(range, number, "it could be anywhere", (low, high) => `${number(low)} to ${number(high)}`);

  const rise = ({ falls }) => (falls ? "fall" : "rise");

  // The verdict in one sentence.
  function sentence(report) {
    const { verdict, width, metric, change } = report;
    const verb = report.falls ? "falls" : "rises";
    if (verdict === "flat") {
      return (
        "Flat: from the smaller half of the models to the larger half the score changes by " +
        `${points(change[0])} to ${points(change[1])} points.`
      );
    }
    if (verdict === "smooth") {
      return `Smooth: the score ${verb} over ${span(width)} (10% to 90% of the way).`;
    }
    if (verdict === "sharp in every metric") {
      const known = metric ? `and so does ${metric.name}` : "in the one metric given";
      return (
        `Sharp in every metric: the score ${verb} over ${span(width)}, less than the limit of ` +
        `${decades(report.sharp)}, ${known}.`
      );
    }
    if (verdict === "sharp by the metric") {
      const other = metric.width ? span(metric.width) : "no rise that could be seen";
      return `Sharp by the metric: the score ${verb} over ${span(width)}, ${metric.name} over ${other}.`;
    }
    return `Too little data to say: ${obstacle(report)}`;
  }

  function obstacle(report) {
    const { curve, rises, width, change, sharp, seen, leap, metric } = report;
    const [models, { FEWEST, MOST }] = [curve.scale.length, emAudit.constants];
    if (models < FEWEST) return `${models} models, and at least ${FEWEST} are needed.`;
    if (!rises) {
      return (
        `no rise is certain, but a change of ${points(change[0])} to ${points(change[1])} points ` +
        "from the smaller to the larger models is possible."
      );
    }
    const narrow = width.high !== null && width.high <= sharp;
    if (narrow && seen < MOST) {
      return (
        `the ${rise(report)} may take less than ${decades(sharp)}, but just its first ` +
        `${percent(seen)} was seen.`
      );
    }
    if (narrow && metric) {
      return `the score is sharp (${span(width)}), but ${metric.name} could be sharp or smooth.`;
    }
    if (width.low !== null && width.low >= sharp) {
      return (
        `${percent(leap)} of the ${rise(report)} lies between two neighbouring models, and what ` +
        "happens there nobody has measured."
      );
    }
    return `the ${rise(report)} takes ${span(width)}, and the limit for sharp is ${decades(sharp)}.`;
  }

  // What the verdict rests on, and what else the data say.
  function reasons(report) {
    const { curve, metric, verdict, nextScore } = report;
    const found = [aboveChance(report), ...(report.rises ? where(report) : [])];
    if (report.misfit < 0.05) {
      found.push(
        `The scores scatter around the best curve ${fixed(Math.sqrt(report.dispersion), 1)} times ` +
          "as widely as counting explains; every interval is widened by as much.",
      );
    }
    if (metric) found.push(byMetric(metric));
    else if (verdict === "sharp in every metric") {
      found.push(
        "Only one metric is known. Give the answer length or a second score of the same items, " +
          `and the audit can tell whether the metric makes the ${rise(report)} sharp.`,
      );
    }
    const rises = report.rises && !report.falls;
    if (report.shape === "Gompertz" && rises && !metric && !curve.chance) {
      found.push(
        "The Gompertz curve fits best: a loss that falls as a power of scale would give just this " +
          "curve if a whole answer has to be right.",
      );
    }
    const enough = curve.scale.length >= emAudit.constants.FEWEST;
    if (verdict === "too little data to say" && enough) found.push(remedy(report));
    if (nextScore) {
      const [low, high] = [nextScore.low ?? 0, nextScore.high ?? 1];
      const digits = high - low > 0.02 ? 2 : 3;
      const [best, from, to] = [nextScore.best, low, high].map((each) => fixed(each, digits));
      found.push(
        `At ${size(report, report.nextScale)} the score should be ${best} (${from} to ${to}), ` +
          `if the ${rise(report)} goes on in the same way.`,
      );
    }
    return found;
  }

  function aboveChance(report) {
    const { curve, firstAboveChance, smallestSeen } = report;
    const chance = general(curve.chance, 6);
    const seen = `at the largest model a true score below about ${general(smallestSeen, 2)} might not show`;
    return firstAboveChance === null
      ? `The last score is not above chance (${chance}); ${seen}.`
      : `From ${size(report, firstAboveChance)} on every score is above chance (${chance}); ${seen}.`;
  }

  function where(report) {
    const { threshold, width, spacing, seen, ceiling } = report;
    const found = [
      `Half of the ${rise(report)} is done at ${size(report, threshold.best)} (${bounds(threshold)}).`,
    ];
    if (width.low === null || width.low < spacing) {
      found.push(
        "The width cannot be resolved: its interval reaches below the spacing of the models " +
          `(${decades(spacing)}), and of what happens within a gap they know nothing.`,
      );
    }
    if (report.ceilingFitted) {
      found.push(`The scores level off at ${fixed(ceiling, 2)}; the ceiling was fitted.`);
    } else if (seen < emAudit.constants.MOST) {
      found.push(
        `Only ${percent(seen)} of the way to a score of ${general(ceiling, 6)} has been seen; ` +
          "threshold and width are extrapolated.",
      );
    }
    const rivals = report.candidates.filter(({ behind }) => behind !== null);
    if (rivals.length < 2) return [...found, "There are too few models to compare curves by AICc."];
    const near = rivals.slice(1).filter(({ behind }) => behind < 2);
    const then = near.length
      ? `; within 2 of it: ${near.map(({ name }) => name).join(", ")}.`
      : `, ${fixed(rivals[1].behind, 1)} ahead of the ${rivals[1].name}.`;
    const models = report.curve.scale.length;
    return [...found, `By AICc (n = ${models} models) the best curve is the ${rivals[0].name}${then}`];
  }

  function byMetric({ name, width, share }) {
    if (!width) return `By ${name} no rise is certain.`;
    let more = "";
    if (share !== null) {
      more = share >= 0
        ? `; the metric accounts for ${percent(share)} of the sharpness`
        : "; the second metric is the sharper one";
    }
    return `By ${name} it takes ${span(width)}${more}.`;
  }

  function remedy({ moreModels, moreItems }) {
    const wishes = [
      moreModels && `${moreModels} times the models over the same range`,
      moreItems && `${moreItems} times the test items`,
    ].filter(Boolean);
    return wishes.length
      ? `If the best curve is right, ${wishes.join(" or ")} should settle it.`
      : "Neither 6 times the models nor 100 times the items would settle it.";
  }

  function plainText(report) {
    const title = `${report.curve.name}: ${report.verdict}`;
    const more = [...reasons(report), ...usual(report)].map((each) => `- ${each}`);
    return [title, "=".repeat(title.length), sentence(report), "", ...more, ""].join("\n");
  }

  function usual({ emergenceScore, linearity, curve, falls }) {
    const straight = falls ? -1 : 1;
    const none = "not defined (a step of zero is typical)";
    const score = emergenceScore === null ? none : general(emergenceScore, 3);
    return [
      `Emergence score: ${score}; a straight line over as many models scores ` +
        `${straight * (curve.scale.length - 1)}.`,
      `Linearity: ${general(linearity, 3)}; a straight line scores ${straight}.`,
    ];
  }

  // ---- Picture --------------------------------------------------------------------------------

  const SVG = "http://www.w3.org/2000/svg";
  const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [360, 230, 34, 352, 8, 194]; // of the plot
  const element = (name, attributes, ...children) =>
    filled(document.createElement(name), attributes, children);
  const mark = (name, attributes, ...children) =>
    filled(document.createElementNS(SVG, name), attributes, children);
  function filled(made, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }
  const line = (kind, x1, y1, x2, y2) => mark("line", { class: kind, x1, y1, x2, y2 });
  const write = (text, x, y, anchor = "middle", kind = "") =>
    mark("text", { class: kind, x, y, "text-anchor": anchor }, text);

  // Scores with 95% intervals, the best curve, its threshold and the next model's score.
  function picture(report) {
    const { curve, nextScale } = report;
    const logs = [...curve.scale, nextScale].map(Math.log10);
    const [first, end] = [Math.min(...logs), Math.max(...logs)];
    const pad = 0.04 * (end - first);
    const x = (log) => LEFT + ((log - first + pad) / (end - first + 2 * pad)) * (RIGHT - LEFT);
    const y = (score) => TOP + (1.02 - score) * ((BOTTOM - TOP) / 1.05);
    const path = (kind, from, to) => {
      const steps = Array.from({ length: 81 }, (_, i) => from + ((to - from) * i) / 80);
      const at = (log) => `${x(log).toFixed(1)},${y(report.scoreAt(10 ** log)).toFixed(1)}`;
      return mark("path", { class: kind, d: `M${steps.map(at).join("L")}` });
    };
    const largest = logs.at(-2);
    const models = curve.scale.length;
    const title = `${curve.name}: scores of ${models} models with 95% intervals and the best curve`;
    return mark("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title },
      ...halfWay(report, x), ...axes(curve, x, y, Math.ceil(first - pad), end + pad),
      path("em-wb-curve", first, largest), path("em-wb-curve em-wb-beyond", largest, end),
      ...following(report, x, y), ...measurements(curve, x, y));
  }

  // Where half of the rise can lie, as a band; an open end goes to the edge.
  function halfWay({ threshold }, x) {
    if (!threshold) return [];
    const place = (scale, edge) => (scale === null ? edge : x(Math.log10(scale)));
    const [from, to] = [place(threshold.low, LEFT), place(threshold.high, RIGHT)].map((each) =>
      Math.min(Math.max(each, LEFT), RIGHT));
    const size = { x: from, y: TOP, width: Math.max(to - from, 1), height: BOTTOM - TOP };
    const before = from > WIDTH / 2;
    const [at, anchor] = before ? [from - 4, "end"] : [to + 4, "start"];
    return [
      mark("rect", { class: "em-wb-band", ...size }),
      write("half-way: 95%", at, TOP + 15, anchor, "em-wb-half"),
    ];
  }

  function axes({ unit, chance }, x, y, first, end) {
    const drawn = [write(unit, (LEFT + RIGHT) / 2, HEIGHT - 5)];
    for (const score of [0, 0.25, 0.5, 0.75, 1]) {
      drawn.push(line("em-wb-grid", LEFT, y(score), RIGHT, y(score)));
      drawn.push(write(percent(score), LEFT - 4, y(score) + 4, "end"));
    }
    for (let power = first; power <= end; power += Math.max(1, Math.ceil((end - first) / 5))) {
      const label = write("10", x(power), HEIGHT - 22);
      label.append(mark("tspan", { dy: -4, "font-size": "75%" }, String(power)));
      drawn.push(line("em-wb-grid", x(power), TOP, x(power), BOTTOM), label);
    }
    if (chance) drawn.push(line("em-wb-chance", LEFT, y(chance), RIGHT, y(chance)));
    return drawn;
  }

  function following({ nextScale, nextScore }, x, y) {
    if (!nextScore) return [];
    const [at, middle] = [x(Math.log10(nextScale)), y(nextScore.best)];
    return [
      line("em-wb-next", at, y(nextScore.low ?? 0), at, y(nextScore.high ?? 1)),
      mark("path", { class: "em-wb-next", d: `M${at},${middle - 5}l5,5l-5,5l-5,-5z` }),
    ];
  }

  function measurements(curve, x, y) {
    return curve.scale.flatMap((scale, i) => {
      const [at, [low, high]] = [x(Math.log10(scale)), errorBar(curve, i)];
      const dot = { class: "em-wb-point", cx: at, cy: y(curve.score[i]), r: 3.2 };
      return [line("em-wb-error", at, y(low), at, y(high)), mark("circle", dot)];
    });
  }

  // 95% interval of one score (Wilson's for a share).
  function errorBar({ score, items, stderr }, i) {
    const [y, z] = [score[i], 1.959964];
    if (!items) return [Math.max(y - z * stderr[i], 0), Math.min(y + z * stderr[i], 1)];
    const n = items[i];
    const centre = (y + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
    const reach = (z / (1 + z ** 2 / n)) * Math.sqrt((y * (1 - y)) / n + z ** 2 / (4 * n ** 2));
    return [Math.min(centre - reach, y), Math.max(centre + reach, y)];
  }

  // ---- Page -----------------------------------------------------------------------------------

  function result(report, id) {
    const copy = element("button", { type: "button" }, "Copy as text");
    copy.addEventListener("click", () => copyText(plainText(report), copy));
    const said = [...reasons(report), ...usual(report)].map((each) => element("li", {}, each));
    return element("section", { class: "em-wb-result", "aria-labelledby": id },
      element("p", { class: "em-wb-name", id }, report.curve.name),
      element("p", { class: "em-wb-verdict", "data-em-verdict": report.verdict }, sentence(report)),
      picture(report), facts(report), element("ul", {}, ...said), rivals(report),
      element("p", { class: "em-wb-buttons" }, copy));
  }

  function facts(report) {
    const { threshold, width } = report;
    const enough = report.curve.scale.length >= emAudit.constants.FEWEST;
    const none = enough ? "no rise is certain" : "too few models";
    const half = threshold ? `${size(report, threshold.best)} (${bounds(threshold)})` : none;
    const whole = width ? `${general(width.best, 2)} decades (${span(width)})` : none;
    return element("dl", {},
      element("dt", {}, "Half-way"), element("dd", {}, half),
      element("dt", {}, "10% to 90%"), element("dd", {}, whole));
  }

  function rivals({ candidates }) {
    const rows = candidates.map(({ name, parameters, deviance, behind }) => {
      const last = behind === null ? "too few models" : fixed(behind, 1);
      const cells = [parameters, fixed(deviance, 1), last].map((cell) => element("td", {}, String(cell)));
      return element("tr", {}, element("th", { scope: "row" }, name), ...cells);
    });
    const titles = ["curve", "parameters", "deviance", "AICc behind"];
    const head = titles.map((each) => element("th", { scope: "col" }, each));
    return element("table", {},
      element("caption", {}, "Rival curves, best first. Small is good."),
      element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
  }

  async function copyText(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without permission, or from a file: the old way.
      const area = element("textarea", { "aria-hidden": "true" });
      area.value = text;
      button.after(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy as text"), 2000);
  }

  // The options that were filled in, or a problem.
  function optionsOf(form) {
    const options = {};
    for (const field of form.querySelectorAll("[data-em-option]")) {
      const [name, text] = [field.dataset.emOption, field.value.trim()];
      if (!text) continue;
      const plain = text.replace(",", ".");
      const kind = { sharp: "scale", ceiling: "score" }[name] ?? name;
      const [good, want] = LIMITS[kind];
      const bad = (what, remedy) =>
        fail(field.closest("label").querySelector("span").textContent, what, remedy);
      if (!FRACTIONS.includes(kind) && THOUSANDS.test(text)) bad(...ambiguous(text));
      options[name] = NUMBER.test(plain) ? Number(plain) : NaN;
      if (!(Number.isFinite(options[name]) && good(options[name]))) {
        bad(`found ${quoted(text)}, want ${want}`, "Correct it or leave it empty");
      }
    }
    return options;
  }

  function checkCeiling(ceiling, curves) {
    if (ceiling === null) return;
    const bad = (what) => fail("Best possible score", what, "Correct it or leave it empty");
    for (const { name, chance, score, items, stderr } of curves) {
      if (ceiling <= chance) bad(`found '${ceiling}', want it above chance, ${chance}`);
      const above = score.find((each, i) => {
        const noise = items ? Math.sqrt((ceiling * (1 - ceiling)) / items[i]) : stderr[i];
        return each > ceiling + 3 * noise;
      });
      if (above !== undefined) bad(`found '${ceiling}', but a model of ${name} scores ${above}`);
    }
  }

  function start(box) {
    box.dataset.emOn = "";
    const known = JSON.parse(box.querySelector('script[type="application/json"]').textContent);
    const find = (selector) => box.querySelector(selector);
    const [form, area, file] = ["form", "textarea", "[type=file]"].map(find);
    const [output, status] = [".em-wb-output", ".em-wb-status"].map(find);
    find(".em-wb-plain").hidden = true;
    form.hidden = false;
    let turn = 0;

    async function run() {
      const mine = ++turn;
      output.replaceChildren();
      try {
        const { ceiling = null, sharp, ...options } = optionsOf(form);
        const curves = read(area.value, options, known);
        checkCeiling(ceiling, curves);
        for (const [at, curve] of curves.entries()) {
          status.textContent = `Auditing ${at + 1} of ${curves.length} …`;
          await new Promise((resume) => setTimeout(resume)); // let the page show it
          if (mine !== turn) return;
          const report = emAudit.audit(curve, { ceiling, sharp });
          output.append(result(report, `${box.id}-result-${at}`));
          if (curves.length === 1) status.textContent = `${curve.name}. ${sentence(report)}`;
        }
        if (curves.length > 1) status.textContent = `${curves.length} curves audited.`;
      } catch (error) {
        if (error instanceof TableError) refuse(error.lines);
        else {
          status.textContent = "The audit failed. That is a fault of this page, not of the table.";
          throw error;
        }
      }
      // On a phone the report begins below the screen, and a press would seem to do nothing.
      status.scrollIntoView({ block: "nearest" });
    }

    function refuse(lines) {
      const found = lines.length > 1 ? `${lines.length} problems` : "1 problem";
      status.textContent = `The table cannot be read: ${found}.`;
      const list = lines.map((text) => element("li", {}, text[0].toUpperCase() + text.slice(1)));
      const alert = element("div", { class: "em-wb-problems", role: "alert" }, element("ul", {}, ...list));
      output.replaceChildren(alert);
    }

    function load(chosen) {
      if (!chosen) return;
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        area.value = reader.result;
        run();
      });
      reader.readAsText(chosen);
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run();
    });
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    });
    file.addEventListener("change", () => load(file.files[0]));
    box.querySelectorAll("[data-em-example]").forEach((button) =>
      button.addEventListener("click", () => {
        form.reset();
        area.value = known.examples[button.dataset.emExample];
        run();
      }));
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      area.addEventListener(kind, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        area.classList.toggle("em-wb-over", kind === "dragenter" || kind === "dragover");
        if (kind === "drop") load(event.dataTransfer.files[0]);
      });
    }
  }

  function startAll() {
    document.querySelectorAll(".em-workbench:not([data-em-on])").forEach(start);
  }
  return { read, sentence, reasons, general, startAll };
})();
emWorkbench.startAll();
