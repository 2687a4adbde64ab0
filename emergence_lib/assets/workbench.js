// The workbench: read a table, audit its curves with audit.js, and say and draw what was found.
// Nothing leaves the page. The form carries what is said, emergence_lib/audit/phrases.json, and the
// names and patterns of audit/reading; which of it is said follows audit/reading and words.py.
// tests/audit/test_workbench.py holds both programs to the same tables, faults and sentences.
globalThis.emWorkbench ??= (() => {
  "use strict";

  const KEY = "em-workbench"; // of what the tab keeps until it is closed
  // What the page takes: one curve of so many models holds it up for a second or two.
  const [MOST_MODELS, MOST_ROWS, MOST_BYTES] = [200, 5000, 5e6];
  const ELSEWHERE = "Keep fewer, or use the command line, which has no such limit";
  const started = new WeakSet(); // boxes; kept out of the markup, which a reader may save
  let known; // what the form carries: names, limits, phrases; see audit/reading/carried.py
  let is; // patterns by what a whole cell or name is, and of parts of one

  // ---- From text to curves --------------------------------------------------------------------

  const SHOWN = 10; // problems that are listed
  const ALIKE = 0.8; // likeness from which a column may be another one misspelt
  const SAME_ERROR = 0.25; // relative difference of a standard error from that of the items
  const SAME_SCALE = 0.25; // relative difference of two scales that say the same, as in scales.py
  const NEAR = 0.005; // difference up to which two chance levels are one, rounded, as in chance.py
  const FEW = 3; // values and stretches of an unknown number that are few, as in settings.py
  const SOME = 4; // values that a note lists, as in settings.py
  const GIVEN = { more: "", less: "as given" }; // why less is better, if the form says what is
  const BY_NAME = "as its name says";
  const SAME = 1e-12; // relative difference up to which two scales are one, as in curve.py
  const LIKE = { other: "score", other_stderr: "stderr", other_chance: "chance" };
  const COUNTS = ["items", "length"];
  const FRACTIONS = ["score", "stderr", "chance"];
  const LONGEST_VALUE = 300; // characters that a value takes in a sentence
  const LONGEST_PART = 800; // and a part of it that is put in as a whole
  const BORDER = 0.1; // share of a limit within which a number is called borderline, as in words.py
  const SPOKEN = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]]; // as in phrases.py
  // What may bring a verdict, by what nobody said; of the level of a start there is nothing to say.
  const HINTS = { "whether more is better": "say_direction", "the chance level": "say_chance" };
  const LONGEST_NOTE = 400; // characters that a note of a reader takes
  const AMEND = "Correct it or leave it empty";
  const PERCENT_FAULTS = ["percent_name", "percent_sign", "percent_beside"];
  const UNKNOWN = "unknown"; // what a field says of what is to stay unsaid
  const QUESTION = {
    chance: "What does guessing score? 0.25 of four options.",
    items: "How many test items stand behind each score?",
  };
  // What a column is read as, where its role does not say it.
  const WHAT = {
    items: "the number of items", stderr: "the standard error", chance: "the score of guessing",
    length: "the tokens of an answer", other: "a second score", other_stderr: "its standard error",
    other_chance: "its score of guessing",
  };
  const CLOSE = "Close it or delete it";
  const SAVE_AS = "Save it as CSV UTF-8 (comma delimited)";

  // What is wrong with a table: a line for each fault, and the ways out that the form has.
  class TableError extends Error {
    constructor(lines, ways = []) {
      super(lines.join("\n"));
      Object.assign(this, { lines, ways });
    }
  }
  function fail(place, what, remedy, ways) {
    throw new TableError([`${place}: ${what}. Remedy: ${remedy}.`], ways);
  }
  // What is wrong, and the remedy.
  const fault = (name, values) => known.phrases.fault[name].map((each) => fill(each, values));
  const badHeader = (name, values) => fail("row 1", ...fault(name, values), waysOut(name, values));
  // Ways out of a fault: a field to fill in, or a button and the fields that it sets.
  function waysOut(name, { options, choices = [], leave = [] } = {}) {
    const units = name === "doubtful" ? [...options.split(", "), "plain"] : [];
    const kinds = PERCENT_FAULTS.includes(name) ? ["percentages", "shares"] : [];
    const but = (kept) => choices.filter((each) => each !== kept);
    return [
      ...(name === "no_noise" ? [{ ask: "items" }] : []),
      ...(name === "other_items" ? [{ text: "Go by the table", set: { items: "" } }] : []),
      ...units.map((unit) => ({ text: unitName(unit), set: { scaleUnit: unit } })),
      ...kinds.map((kind) => ({ text: kind, set: { percent: kind } })),
      ...choices.map((each) => ({ text: `Take ${quoted(each)}`, leave: but(each) })),
      ...leave.map((each) => ({ text: `Leave out ${quoted(each)}`, leave: [each] })),
    ];
  }
  const unitName = (unit) => (unit === "plain" ? "plain numbers" : unit);
  // Everything wrong with a table; what is alike in several places is told once.
  function problems() {
    const [places, ways] = [new Map(), new Map()];
    return {
      add(place, name, values) {
        for (const way of waysOut(name, values)) ways.set(JSON.stringify(way), way);
        const [what, remedy] = fault(name, values);
        const text = `${what}. Remedy: ${remedy}.`;
        if (places.has(text)) places.get(text).push(place);
        else places.set(text, [place]);
      },
      stop() {
        const lines = [...places].map(([text, [first, ...rest]]) => {
          const also = rest.length ? ` (and ${rest.length} more like it, next ${rest[0]})` : "";
          return `${first}${also}: ${text}`;
        });
        const more = lines.splice(SHOWN).length;
        if (more) lines.push(`... and ${more} more problems`);
        if (lines.length) throw new TableError(lines, [...ways.values()]);
      },
    };
  }

  // Records of a text: quotation marks may hold delimiters, line ends and doubled marks.
  function recordsOf(lines, delimiter, most = Infinity) {
    const records = [];
    for (let at = 0; at < lines.length && records.length < most; at++) {
      let line = lines[at];
      const record = line.includes('"') ? quotedCells() : line.split(delimiter);
      for (let i = 0; i < record.length; i++) record[i] = record[i].trim();
      records.push(record.length === 1 && record[0] === "" ? [] : record);

      function quotedCells() {
        const [cells, mark] = [[""], '"'];
        for (let quoted = false; ; line = lines[at]) {
          for (let i = 0; i < line.length; i++) {
            const last = cells.length - 1;
            if (quoted && line[i] === mark && line[i + 1] === mark) cells[last] += line[i++];
            else if (line[i] === mark && (quoted || cells[last] === "")) quoted = !quoted;
            else if (line[i] === delimiter && !quoted) cells.push("");
            else cells[last] += line[i];
          }
          if (!quoted) return cells;
          if (++at === lines.length) fail("table", "a quotation mark is never closed", CLOSE);
          cells[cells.length - 1] += "\n";
        }
      }
    }
    return records;
  }

  function tableOf(text) {
    text = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
    const bad = (what, remedy) => fail("table", what, remedy);
    if (text.startsWith("PK\u0003\u0004")) bad("a workbook or archive, not text", SAVE_AS);
    if (text.includes("\0")) bad("a NUL byte, so this is not text", SAVE_AS);
    if (text.includes("\uFFFD")) bad("text that is not UTF-8", SAVE_AS);
    if (!text.trim()) bad("it is empty", "Paste rows with a header, or choose a file");
    if (is.json.test(text)) bad(...fault("json"));
    const lines = text.split("\n");
    const width = (mark) => recordsOf(lines, mark, 1)[0].length;
    const delimiter = [",", ";", "\t", "|"].reduce((a, b) => (width(b) > width(a) ? b : a));
    let all = recordsOf(lines, delimiter);
    if (delimiter === "|") all = ofMarkdown(all);
    const [titles, ...records] = all;
    const used = (at) => records.some((row) => row.slice(at).some(Boolean));
    while (titles.length && !titles.at(-1) && !used(titles.length - 1)) titles.pop();
    if (!titles.some(Boolean)) badHeader("no_header");
    if (titles.every((title) => is.number.test(title))) badHeader("only_numbers");
    if (!titles.slice(1).some(Boolean)) badHeader("one_column", { found: titles[0] });
    const [rows, notes] = [[], []];
    records.forEach((record, at) => {
      if (record.some(Boolean)) rows.push({ place: `row ${at + 2}`, record });
    });
    const left = unnamed(titles, rows, notes);
    const [columns, percent] = checkedHeader(titles, left);
    const found = problems();
    for (const { place, record } of rows) {
      if (record.length === titles.length) continue;
      if (record.length > titles.length && !record.slice(titles.length).some(Boolean)) continue;
      found.add(place, "cells", { found: record.length, columns: titles.length });
    }
    found.stop();
    if (!rows.length) bad(...fault("no_rows"));
    const kept = (cells) => (left.size ? cells.filter((_, at) => !left.has(at)) : cells);
    const made = rows.map(({ place, record }) => ({ place, cells: named(columns, kept(record)) }));
    const title = new Map(kept(titles).map((each, at) => [columns[at], each]));
    return { columns, title, rows: made, comma: delimiter !== ",", percent, notes };
  }
  function named(columns, record) {
    if (columns.includes("__proto__")) {
      return Object.fromEntries(columns.map((name, at) => [name, record[at]]));
    }
    const cells = {};
    for (let at = 0; at < columns.length; at++) cells[columns[at]] = record[at];
    return cells;
  }
  // Rows of a Markdown table without what sets cells apart, the rule and the outer marks.
  function ofMarkdown(records) {
    const rule = (cells) => cells.every((cell) => !cell || is.rule.test(cell));
    const plain = (cell) => cell.match(is.strong)?.[2] ?? cell;
    const found = records.map((cells) => (rule(cells) ? [] : cells.map(plain)));
    return found.some(([first]) => first) ? found : found.map((cells) => cells.slice(1));
  }
  // The columns without a name that are left out; names of models get one.
  function unnamed(titles, rows, notes) {
    const [left, names] = [new Set(), titles.map(columnName)];
    names.forEach((name, at) => {
      if (!is.unnamed.test(name)) return;
      const cells = rows.map(({ record }) => record[at]).filter((cell) => cell !== undefined);
      const what = counts(cells) ? "row numbers" : "marks";
      if (!cells.some(Boolean)) left.add(at);
      else if (what === "row numbers" || !cells.some((cell) => /[\p{L}\p{N}]/u.test(cell))) {
        left.add(at);
        notes.push(note("unnamed", { number: at + 1, what }));
      } else if (!at && !names.includes("model") && !cells.some((each) => is.number.test(each))) {
        titles[0] = "model";
        notes.push(note("unnamed_model"));
      }
    });
    return left;
  }
  // Numbers of rows, each once, or counted from 0 again and again.
  function counts(cells) {
    if (!cells.every((cell) => is.count.test(cell))) return false;
    const follows = (cell, at) => !at || [0, Number(cells[at - 1]) + 1].includes(Number(cell));
    return cells.every(follows) || new Set(cells).size === cells.length;
  }

  const columnName = (title) => title.trim().toLowerCase().replace(/[\s/-]+/g, "_");
  // A title without the sign of percentages; of a scale, the unit stays where it is looked for.
  function bare(title) {
    const found = title.replace(is.percent, "").trim();
    return !found || axisOf(columnName(title)) !== null ? title : found;
  }
  // What a map from outside holds itself: a column may be called "constructor".
  const own = (map, key) => (Object.hasOwn(map, key) ? map[key] : undefined);
  // A column holds a word in any row, so that its numbers are words too.
  const hasWords = (rows, column) =>
    rows.some(({ cells: { [column]: cell } }) => !is.numeric.test(cell) && !is.missing.test(cell));

  // The names of the columns that are kept, and those of percentages.
  function checkedHeader(titles, left) {
    const [columns, percent] = [new Set(), new Set()];
    const plain = titles.map((title) => columnName(bare(title)));
    titles.forEach((title, at) => {
      if (left.has(at)) return;
      let name = columnName(title);
      const says = name !== plain[at];
      if (says && plain.filter((each) => each === plain[at]).length === 1) name = plain[at];
      if (!name) badHeader("no_name", { number: at + 1 });
      if (columns.has(name)) badHeader("same_name", { found: title });
      columns.add(name);
      if (says) percent.add(name);
    });
    return [[...columns], percent];
  }

  // Which column is what; of the names that a role may have, the first is preferred, and of scales
  // parameters before compute before tokens.
  function rolesOf(table) {
    const [{ columns }, roles] = [table, {}];
    for (const [role, names] of Object.entries(known.columns)) {
      let here = names.filter((name) => columns.includes(name));
      if (role === "scale") {
        if (!here.length) here = columns.filter(isOther).slice(0, 1);
        if (!here.length && areSizes(table, "model")) here = ["model"];
        here = here.filter((name) => known.units[name] === known.units[here[0]]);
      }
      if (here.length > 1 && here[0] !== names[0]) unclear(here, role, names[0]);
      if (here.length) roles[role] = here[0];
    }
    const long = roles.score || known.longOnly.some((role) => roles[role]);
    if (!roles.score && long) {
      const read = Object.values(roles);
      const falls = (name) => !read.includes(name) && (isLoss(name) || lessIsBetter(name));
      const here = columns.filter(falls);
      if (here.length > 1) unclear(here, "score", "score");
      if (here.length) roles.score = here[0];
    }
    // As acc_stderr beside acc.
    for (const [end, role] of roles.score ? Object.entries(known.suffixes) : []) {
      const name = roles.score + end;
      if (!columns.includes(name)) continue;
      roles[role] ??= name;
      if (roles[role] !== name) unclear([roles[role], name], role, known.columns[role][0]);
    }
    refuseMisspelt(columns, roles, !long);
    if (!roles.scale) lacks(table, "scale");
    if (!roles.score && long) lacks(table, "score");
    return roles;
  }
  function unclear(names, role, first) {
    badHeader("unclear", { found: names.map(quoted).join(" and "), role, first, choices: names });
  }
  function lacks({ columns }, role) {
    const [first, ...rest] = known.columns[role];
    const wanted = `${quoted(first)} (or ${rest.join(", ")})`;
    const names = known.columns[role].join(", ");
    badHeader("lacking", { wanted, columns: columns.join(", "), names });
  }
  // A column holds nothing but sizes with letters, such as 7B.
  const areSizes = ({ columns, rows, comma }, column) =>
    columns.includes(column) &&
    rows.every(({ cells: { [column]: cell } }) => /\p{L}$/u.test(cell) && spelt(cell, comma));

  // A column that would go unread by one wrong letter is refused.
  function refuseMisspelt(columns, roles, wide) {
    const missing = Object.keys(known.columns).filter((role) => !roles[role]);
    const read = [...Object.values(roles), ...known.columns.scale, ...known.directions];
    const sure = (name) => // train_loss is no train_flops
      isLoss(name) || (wide && Object.keys(known.suffixes).some((end) => name.endsWith(end)));
    for (const name of columns.filter((each) => !read.includes(each) && !sure(each))) {
      const best = (a, b) => (likeness(b, name) > likeness(a, name) ? b : a);
      const near = missing.flatMap((role) => known.columns[role]).reduce(best, "");
      if (likeness(near, name) < ALIKE || name.startsWith(`${near}_`)) continue;
      badHeader("misspelt", { found: name, near, leave: [name] });
    }
  }

  // Share of letters that two words have in common, in the same order.
  function likeness(one, other) {
    let common = Array(other.length + 1).fill(0);
    for (const letter of one) {
      const now = [0];
      for (let at = 0; at < other.length; at++) {
        now.push(other[at] === letter ? common[at] + 1 : Math.max(common[at + 1], now[at]));
      }
      common = now;
    }
    return (2 * common.at(-1)) / (one.length + other.length);
  }

  // The number in a text; `tell` gets the name of its fault and what that tells. A scale may have
  // letters, and be 0, if it is said in what `unit` it is written.
  function numberIn(text, kind, comma, tell, unit) {
    const [least, most] = known.limits[kind];
    if ((!unit || unit === "plain") && kind !== "length" && is.number.test(text)) {
      // What nearly all cells hold. With a decimal comma, 1.000 items could be a thousand.
      const doubtful = comma && COUNTS.includes(kind) && is.pointed.test(text);
      if (!doubtful && Number(text) >= least && Number(text) <= most) return Number(text);
    }
    const as = unit && unit !== "plain" ? ` as ${unit}` : "";
    const want = () => fill(known.phrases.want[kind], { least, most }) + as;
    const bad = (name, more) => tell(name, { found: text, want: want(), ...more });
    if (!text) return bad("empty");
    const fraction = FRACTIONS.includes(kind);
    const written = unit && !own(known.scale.bases, unit) && spelt(text, comma);
    let plain = text;
    if (written) {
      plain = written;
      if (/\p{L}$/u.test(text)) unit = "plain"; // 7B is 7e9 in a column of billions too
    } else if (comma && text.split(",").length === 2) {
      plain = text.replace(",", ".");
      const whole = text.replace(",", "");
      if (!fraction && is.thousands.test(text)) return bad("comma", { whole, decimal: plain });
    }
    if (comma && COUNTS.includes(kind) && is.pointed.test(text)) {
      return bad("point", { whole: text.replace(".", ""), decimal: `${text}0` });
    }
    if (!is.number.test(plain)) {
      const instead = plainly(text);
      if (instead) return bad("written", { number: instead });
      return bad(text.includes(",") ? "commas" : "no_number");
    }
    const last = unit in known.scale.powers ? own(known.scale.most, unit) : undefined;
    if (Number(plain) > last) return bad("above_unit", { most: number(last), unit });
    const value = unit ? converted(plain, unit) : Number(plain);
    if (value === 0 && (kind === "stderr" || (unit && !own(known.scale.bases, unit)))) return 0;
    const countable = kind !== "length" || Number.isInteger(value);
    if (value >= least && value <= most && countable) return value;
    if (fraction && value > 0) return bad(value <= 100 ? "percentage" : "no_score");
    return bad("beyond");
  }
  // A number with a suffix as a plain number.
  function plainly(text) {
    const [, suffixed, suffix] = text.match(is.suffixed) ?? [];
    return is.number.test(suffixed) && `${suffixed}e${known.scale.letters[suffix.toLowerCase()]}`;
  }

  // ---- Scales, as in reading/scales.py --------------------------------------------------------

  // The plain number that a text like 1.3B or 1 300 000 000 stands for.
  function spelt(text, comma) {
    if (is.grouped.test(text)) return text.replace(/[^0-9]/g, "");
    const decimal = comma && !/,[0-9]{3} ?[a-z]/i.test(text);
    const [, digits, letters] = (decimal ? text.replace(",", ".") : text).match(is.letters) ?? [];
    const power = digits && own(known.scale.letters, letters.toLowerCase());
    return power && `${digits}e${power}`;
  }
  // The scale in a cell as it is written, in whatever unit, or null.
  function written(text, comma) {
    const plain = spelt(text, comma) || (comma ? text.replaceAll(",", ".") : text);
    return is.number.test(plain) ? Number(plain) : null;
  }
  // The scale that a plain number in some unit stands for; 0 if it is beyond any.
  function converted(text, unit) {
    const { powers, bases } = known.scale;
    if (unit === "plain" || Number(text) === Infinity) return Number(text);
    if (unit in powers) return Number(byPower(text, powers[unit]));
    return Math.abs(text * Math.log10(bases[unit])) < 300 ? bases[unit] ** text : 0;
  }
  // What an axis calls a column by the words in its name, and the units that its name says.
  function axisOf(column) {
    const words = column.replace(is.logarithm, " ").match(/[a-z]+/g) ?? [];
    if (words.some((word) => known.scale.others.includes(word))) return null;
    const heads = Object.keys(known.scale.heads);
    const found = words.map((word) => heads.find((head) => word.startsWith(head))).find(Boolean);
    return found ? known.scale.heads[found] : null;
  }
  function unitsOf(column) {
    const { words, last } = known.scale;
    const [log] = column.matchAll(is.logarithm);
    const base = log && (log[1] ?? log[2]);
    if (base) return base === "log" ? ["log10", "ln", "log2"] : [base];
    if (column.includes("%")) return ["percent"];
    const here = column.match(/[a-z]+/g) ?? [];
    const named = Object.keys(words).filter((unit) =>
      words[unit].some((word) => here.includes(word)));
    if (named.length || here.length < 2) return named;
    return [own(last, here.at(-1))].filter(Boolean);
  }
  const isOther = (column) =>
    axisOf(column) !== null && (unitsOf(column).length > 0 || is.named.test(column));
  function unitOf(column) {
    if (column === "model") return known.units.params;
    return own(known.units, column) ?? (isOther(column) ? axisOf(column) : column);
  }
  // The units that a scale could be in if its numbers are not plain; none if they are.
  function doubts(column, axis, values, lettered = false) {
    if (!values.length) return [];
    const largest = values.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    const some = [...new Set(values.filter(Boolean))];
    const least = some.reduce((a, b) => Math.min(a, b), Infinity);
    const cramped = some.every((each) => each < known.scale.cramped * least);
    const [fewest, otherwise] = own(known.scale.fewest, axis) ?? [0, []];
    const said = unitsOf(column);
    if (lettered && least < known.scale.bare) return said.length ? said : ["billions", "millions"];
    const could = new Set(said.length ? said : least < fewest ? otherwise : []);
    if (!said.length && cramped && some.length >= emAudit.constants.FEWEST) {
      for (const unit of Object.keys(known.scale.bases)) could.add(unit);
    }
    return [...could].filter((unit) => largest <= known.scale.most[unit]);
  }
  // A point or comma that groups digits in one cell, but not in another.
  function refuseGroups({ title }, column, entries) {
    const texts = entries.map(({ cells }) => cells.scale);
    for (const mark of [".", ","]) {
      const grouped = texts.find((text) => is.grouped.test(text) && text.includes(mark));
      const found = texts.find((text) => text.match(is.decimal)?.[1] === mark);
      const both = { grouped, found };
      if (grouped && found) badHeader("groups", { title: title.get(column), ...both });
    }
  }
  // The unit that the name of a scale says; of other numbers that are hardly plain, a refusal.
  function toldUnit({ title: titles, comma }, column, entries) {
    const texts = [...new Set(entries.map(({ cells }) => cells.scale))];
    const good = texts.filter((text) => written(text, comma) !== null);
    const bare = good.filter((text) => !/\p{L}$/u.test(text));
    const values = bare.map((text) => written(text, comma));
    const lettered = bare.length < good.length;
    const could = doubts(column, unitOf(column), values, lettered);
    if (!could.length) return null;
    const [unit] = could;
    if (could.length === 1 && unit !== "percent" && unitsOf(column).join() === unit) return unit;
    const ends = [Math.min, Math.max].map((end) => values.reduce((a, b) => end(a, b)));
    const [low, high] = ends.map((each) => number(each));
    const called = could.map((unit) => own(known.scale.logs, unit) ?? unit);
    const units = [called.slice(0, -1).join(", "), called.at(-1)].filter(Boolean).join(" or ");
    const title = titles.get(column);
    const where = lettered ? " where it has no letters" : "";
    badHeader("doubtful", { title, low, high, where, units, options: could.join(", ") });
  }
  // The first other scale by which the same scores make a curve, or a note why there is none.
  function alongOf({ scale, unit }, points, comma) {
    let why = null;
    for (const [column, axis] of Object.entries(known.units)) {
      if (axis === unit || !(column in points[0].row)) continue;
      const values = points.map(({ row }) => written(row[column], comma) ?? 0);
      if (values.every((each, i) => Math.abs(each - scale[i]) <= SAME_SCALE * scale[i])) continue;
      const bad = notAlong(column, axis, values);
      if (!bad) return [{ scale: values, unit: axis }, null];
      const [least, most] = known.limits.scale;
      why ??= note(bad, { unit: axis, column, least, most });
    }
    return [undefined, why];
  }
  function notAlong(column, axis, values) {
    const [least, most] = known.limits.scale;
    if (values.some((each) => each <= 0)) return "along_no_number";
    const rises = values.every((each, i) => i === 0 || above(each, values[i - 1]));
    if (!rises) return "along_not_rising";
    if (values[0] < least || values.at(-1) > most) return "along_beyond";
    return doubts(column, axis, values).length ? "along_doubtful" : null;
  }
  const above = (larger, scale) => larger > scale * (1 + SAME);

  // ---- Direction, as in reading/metrics.py and direction.py -----------------------------------

  const plainMetric = (metric) => columnName(metric.split(",")[0]);
  const isLoss = (metric) => is.loss.test(plainMetric(metric));
  function isUnknown(metric) {
    const name = plainMetric(metric ?? "");
    return name !== "" && !is.plain.test(name) && !is.more.test(name);
  }
  const noShare = (metric) => is.less.test(plainMetric(metric));
  function lessIsBetter(metric) {
    const name = plainMetric(metric);
    return (is.less.test(name) || is.wrong.test(name)) && !is.uncertainty.test(name);
  }

  // Entries that know why less is better, if it is, and a note on losses that are left out.
  function directed(entries, better) {
    const names = [...new Set(entries.map(({ metric }) => metric))];
    const losses = new Set(better === "more" ? [] : names.filter(isLoss));
    if (losses.size === names.length) fail("table", ...fault("loss", { found: names[0] }));
    const found = problems();
    const kept = entries.filter(({ metric }) => !losses.has(metric));
    const byName = new Map(names.map((name) => [name, lessByName(name)]));
    const unknown = new Map(kept.map(({ byMetric }) => [byMetric, null]));
    for (const metric of unknown.keys()) unknown.set(metric, isUnknown(metric));
    for (const entry of kept) {
      const column = known.directions.find((name) => entry.row[name]);
      const why = better ? GIVEN[better] : column ? whyLower(entry, column, found) : byName.get(entry.metric);
      entry.lower = why ?? "";
      entry.higher = why === "";
      entry.eitherWay = why === null && unknown.get(entry.byMetric);
    }
    found.stop();
    const left = [...losses].slice(0, 3).map(quoted).join(", ");
    const told = left + (losses.size > 3 ? " and more" : "");
    return [kept, losses.size ? [note("losses", { names: told })] : []];
  }
  // Why less is better, as a sentence ends; nothing if more is, null if nobody says.
  function lessByName(metric) {
    if (lessIsBetter(metric)) return BY_NAME;
    return is.more.test(plainMetric(metric)) ? "" : null;
  }
  function whyLower({ place, row }, column, found) {
    const said = own(known.said, columnName(row[column]));
    if (said === undefined) {
      found.add(`${place}, column ${quoted(column)}`, "direction", { found: row[column] });
      return null;
    }
    return said === (column === "lower_is_better") ? "as the table says" : "";
  }
  // Points with 1 minus the score where less is better; of what is no share of items, their number
  // does not tell how exact it is.
  function turned(name, points, found) {
    const [{ lower, metric }] = points;
    const other = points.find((point) => point.lower !== lower);
    if (other) found.add(other.place, "two_ways", { curve: name });
    if (!lower) return points;
    const dropped = noShare(metric) ? { items: undefined, length: undefined } : {};
    const turn = ({ score }) => ({ ...dropped, chance: undefined, score: 1 - score });
    return points.map((point) => ({ ...point, ...turn(point) }));
  }

  // ---- Chance, as in reading/chance.py and tasks.py -------------------------------------------

  // What guessing scores, null if nobody says it: the table, then the field, then well-known tasks.
  function levelOf(name, points, rest, found) {
    const [{ lower }] = points;
    if (lower) {
      const told = rest != null || points.some(({ chance }) => chance !== undefined);
      return { level: null, notes: told ? [note("chance_turned", { curve: name })] : [] };
    }
    const said = constant(name, points, "chance", undefined, found);
    if (said === undefined) {
      return rest === undefined ? builtIn(points[0]) : { level: rest, source: "given", notes: [] };
    }
    const source = "as the table says";
    const kept = { found: said, source, rest, remedy: "the column 'chance'" };
    const differs = rest != null && Math.abs(rest - said) >= NEAR;
    return { level: said, source, notes: differs ? [note("chance_kept", kept)] : [] };
  }
  const taskName = (task) => columnName(task).replace(is.board, "").replaceAll(":", "_");
  function optionsIn(name) {
    if (known.ordinary.includes(name)) return undefined;
    return is.tasks.find(([, names]) => names.test(name))?.[0];
  }
  function builtIn({ task, metric, wide }) {
    const plain = wide ? "score" : plainMetric(metric);
    const options = optionsIn(taskName(task));
    const free = is.accuracy.test(plain) || is.overlap.test(plain);
    const said = { task: shown(task, 60), count: known.counts[options] };
    if (options && is.chosen.test(plain)) {
      return { level: 1 / options, source: note("options", said), notes: [] };
    }
    if (options === 0 && (free || is.chosen.test(plain))) {
      return { level: 0, source: note("no_options", said), notes: [] };
    }
    return { level: null, notes: [] };
  }

  // ---- Wide tables, as in reading/columns.py --------------------------------------------------

  // One score with all that stands beside it: cells by role, and the row that they are from.
  function entryOf({ place, cells: row }, columns, task, wide) {
    const cells = {};
    for (const role in columns) cells[role] = row[columns[role]];
    if (wide) cells.task = task;
    const byMetric = cells.metric;
    const metric = byMetric || columns.score;
    return { place, row, cells, columns, byMetric, metric, wide, lower: "", higher: false,
      eitherWay: false, notes: [] };
  }
  function entriesOf(table) {
    const roles = rolesOf(table);
    if (roles.score || known.longOnly.some((role) => roles[role])) {
      return [table.rows.map((row) => entryOf(row, roles, "", false)), roles.scale, []];
    }
    const named = [...Object.values(roles), ...Object.keys(known.units), ...known.directions];
    const free = table.columns.filter((name) => !named.includes(name));
    const aside = noScores(table, free);
    const beside = besideOf(free.filter((name) => !aside.has(name)));
    // What is text only, is no number that anybody could miss among the scores.
    const left = free.filter((name) => aside.has(name) && !isText(table, name));
    const titles = (names) => names.map((name) => shown(table.title.get(name))).join(", ");
    if (!beside.size && left.length) badHeader("no_scores", { names: left.join(", ") });
    if (!beside.size) lacks(table, "score");
    const entries = [...beside].flatMap(([task, more]) => {
      const columns = { ...roles, score: task, ...more };
      const title = taskOf(table, task);
      return table.rows.map((row) => entryOf(row, columns, title, true));
    });
    const taken = [...beside.keys()].filter((name) => !isLoss(name));
    const notes = [note("tasks", { names: titles(taken) })];
    if (left.length) notes.push(note("no_tasks", { names: titles(left) }));
    return [entries, roles.scale, notes];
  }
  const cellsOf = ({ rows }, column) => rows.map(({ cells }) => cells[column]);
  const isText = (table, column) =>
    hasWords(table.rows, column) && !cellsOf(table, column).some((cell) => is.numeric.test(cell));
  function isWhole(table, column) {
    const cells = cellsOf(table, column).filter((cell) => !is.missing.test(cell));
    const plain = cells.map((cell) => (table.comma ? cell.replaceAll(",", ".") : cell));
    const whole = (cell) => is.number.test(cell) && Number.isInteger(Number(cell));
    return plain.length > 0 && plain.every(whole);
  }
  // The columns of a wide table that hold something else than scores.
  function noScores(table, free) {
    const ends = Object.keys(known.suffixes);
    const withEnds = (names) => names.flatMap((name) => [name, ...ends.map((end) => name + end)]);
    const helps = (name) =>
      (is.noScore.test(name) && !isLoss(name)) || isOther(name) || is.setting.test(name) ||
      isText(table, name) || cellsOf(table, name).every((cell) => is.missing.test(cell));
    const aside = new Set(withEnds(free.filter(helps)));
    const beside = new Set(free.flatMap((name) => ends.map((end) => name + end)));
    const tasks = free.filter((name) => !aside.has(name) && !beside.has(name));
    const says = new Set(tasks.filter((name) => saysScores(table, name, free)));
    const longer = (name) => partsBefore(name).some((part) => says.has(part));
    tasks.filter(longer).forEach((name) => says.add(name));
    const constant = (name) => {
      const cells = cellsOf(table, name);
      return cells.length > 2 && new Set(cells).size === 1 && is.number.test(cells[0]);
    };
    const others = tasks.filter((name) => !says.has(name) && !isLoss(name) &&
      (says.size || isWhole(table, name) || constant(name)));
    if (others.length < tasks.length) withEnds(others).forEach((name) => aside.add(name));
    return aside;
  }
  // What stands before each underscore of a name.
  const partsBefore = (name) => [...name.matchAll(/_/g)].map(({ index }) => name.slice(0, index));
  // The task of a column as it was written, without the sign of percentages.
  function taskOf({ title }, name) {
    const written = title.get(name);
    return columnName(written) === name ? written : bare(written);
  }
  // A column says by its name that it holds scores of a task; so does one whose name goes on in
  // another column, as in quiz_stderr.
  function saysScores(table, name, free) {
    const task = taskName(taskOf(table, name));
    return (
      table.percent.has(name) || optionsIn(task) !== undefined || is.elsewhere.test(task) ||
      is.more.test(plainMetric(name)) || lessIsBetter(name) ||
      free.some((each) => each.startsWith(`${name}_`))
    );
  }
  // The columns of items and errors that stand beside each task.
  function besideOf(free) {
    const beside = new Map(free.map((name) => [name, {}]));
    for (const name of free) {
      for (const [end, role] of Object.entries(known.suffixes)) {
        const task = name.endsWith(end) && name.slice(0, -end.length);
        if (beside.has(task)) {
          beside.get(task)[role] = name;
          beside.delete(name);
          break;
        }
        if (task !== false && end === "_stderr") badHeader("beside_none", { found: name, task });
      }
    }
    for (const name of beside.keys()) {
      const task = name.endsWith("_error") && name.slice(0, -"_error".length);
      if (beside.has(task)) badHeader("beside_error", { found: name, task });
      for (const part of partsBefore(name).filter((each) => beside.has(each))) {
        const alike = (end) => likeness(name, part + end) >= 0.9;
        if (!Object.keys(known.suffixes).some(alike)) continue;
        badHeader("beside_misspelt", { found: name, task: part });
      }
    }
    return beside;
  }

  // ---- Notation, as in reading/notation.py ----------------------------------------------------

  const ERRORS = { score: "stderr", other: "other_stderr" };
  const GUESSES = ["chance", "other_chance"];
  const OPTIONAL = ["items", "stderr", "length", ...GUESSES, "other_stderr"];
  const SHARES = [...Object.keys(ERRORS), ...Object.values(ERRORS), ...GUESSES];
  const [BY_SIZE, RATING, FINE] = ["since it runs to ", 10, 0.05];

  // Entries whose cells hold plain numbers, as far as it can be told which.
  function asNumbers(table, entries, asked) {
    const kept = withoutBlanks(entries);
    withoutThousands(kept, table.comma);
    withoutPercentages(table, kept, asked);
    return kept;
  }
  const groupOf = ({ columns, cells }, role) =>
    GUESSES.includes(role)
      ? `${role}\0${columns[role]}`
      : `${role}\0${columns[role]}\0${cells.metric ?? ""}\0${cells.task ?? ""}`;

  function withoutBlanks(entries) {
    const blank = ({ cells }, role) => role in cells && is.missing.test(cells[role]);
    const whole = entries.filter((entry) => "other" in entry.cells && !blank(entry, "other"));
    const second = new Set(whole.map((entry) => groupOf(entry, "other")));
    const missing = new Map();
    const kept = entries.filter((entry) => {
      const { cells, place, wide, columns } = entry;
      if (wide && blank(entry, "score")) {
        push(missing, columns.score, cells.model || place);
        return false;
      }
      for (const role of OPTIONAL) if (blank(entry, role)) delete cells[role];
      if (blank(entry, "other") && !second.has(groupOf(entry, "other"))) delete cells.other;
      if (cells.model === "") delete cells.model;
      return true;
    });
    for (const { columns, notes } of missing.size ? kept : []) {
      const names = missing.get(columns.score);
      if (names) notes.push(note("no_score", { names: listed(names) }));
    }
    return kept;
  }

  function withoutThousands(entries, comma) {
    const marked = entries.map(({ cells }) => cells.scale).filter((text) => text.includes(","));
    const sure = marked.length && marked.every((text) => is.thousandsMarked.test(text)) &&
      (!comma || marked.some((text) => text.split(",").length > 2));
    const notes = new Map();
    const apart = ({ cells }, role) => role in cells && is.thousandsMarked.test(cells[role]);
    const digits = (text) => text.replace(/[^0-9]/g, "");
    const roles = sure ? [...COUNTS, "scale"] : COUNTS;
    for (const role of roles) {
      const first = entries.find((entry) => apart(entry, role));
      if (!first) continue;
      const [found, what] = [first.cells[role], first.columns[role]];
      notes.set(role, note("read_as", { found, what, value: Number(digits(found)) }));
    }
    for (const entry of notes.size ? entries : []) {
      for (const [role, said] of notes) {
        if (apart(entry, role)) entry.cells[role] = digits(entry.cells[role]);
        entry.notes.push(said);
      }
    }
  }

  function withoutPercentages(table, entries, asked) {
    const groups = new Map();
    for (const entry of entries) {
      for (const role of SHARES) if (role in entry.cells) push(groups, groupOf(entry, role), entry);
    }
    const all = [...groups].map(([key, inside]) => {
      const [role] = key.split("\0"); // no table holds such a mark
      const [{ columns, cells, place }] = inside;
      const texts = inside.map(({ cells }) => cells[role]);
      const some = texts.map((text) => numberAs(text, table.comma)).filter(Boolean);
      const high = some.reduce((a, b) => Math.max(a, b), 0);
      const title = table.title.get(columns[role]);
      const what = role === "score" ? cells.metric || title : title;
      const said = table.percent.has(columns[role]);
      const signed = texts.some((text) => text.endsWith("%"));
      return { key, inside, role, place, some, high, what, said, signed, why: "", note: "" };
    });
    all.sort((a, b) => SHARES.indexOf(a.role) - SHARES.indexOf(b.role));
    const found = problems();
    const scored = all.filter(({ role }) => role in ERRORS);
    for (const group of scored) group.why = whyScores(group, asked, found);
    refuseBeside(scored, found);
    found.stop();
    const reasons = new Map(scored.map(({ key, why }) => [key, why]));
    for (const group of all) {
      const { role, said, some, high, inside, what } = group;
      const of = Object.keys(ERRORS).find((each) => ERRORS[each] === role);
      if (GUESSES.includes(role)) {
        const large = asked !== false && high > 1 && high <= 100;
        group.why = said ? "by its name" : large ? BY_SIZE + number(high, 6) : "";
      } else if (of) {
        const percents = some.length && reasons.get(groupOf(inside[0], of));
        if (said) group.why = "by its name";
        else if (percents && high >= FINE) group.why = "as its scores are";
        else if (percents) group.note = note("shares", { what, most: high });
      }
      inShares(group, table.comma);
    }
  }
  // Why the numbers without a sign are percentages; nothing if they are shares.
  function whyScores({ place, some, high, what, said, signed }, asked, found) {
    if (asked !== undefined) return asked ? "as asked" : "";
    if (said) {
      if (some.length && high <= 1) found.add(place, "percent_name", { what, high });
      return "by its name";
    }
    const slip = some.find((each) => each <= 1);
    if (signed) {
      if (slip !== undefined) found.add(place, "percent_sign", { what, found: slip });
      return "by its sign";
    }
    const over = some.filter((each) => each > 1).length;
    const large = over > 1 && 2 * over >= some.length && high > RATING && high <= 100;
    return large && some.every((each) => each > 0) ? BY_SIZE + number(high, 6) : "";
  }
  // Small numbers beside percentages of the same metric that are known by size only.
  function refuseBeside(scored, found) {
    const measure = ({ role, inside: [{ byMetric = "" }] }) => JSON.stringify([role, byMetric]);
    const called = ({ what, role, inside: [{ wide, cells, columns }] }) =>
      wide ? what : cells.task || columns[role];
    const large = new Map();
    for (const each of scored) if (each.why.startsWith(BY_SIZE)) large.set(measure(each), each);
    for (const group of scored) {
      const other = large.get(measure(group));
      if (group.why || !other || !group.some.length || group.high > 1) continue;
      const values = { what: called(group), high: group.high, other: called(other) };
      found.add(group.place, "percent_beside", { ...values, most: other.high });
    }
  }
  function inShares({ inside, role, why, what, note: said }, comma) {
    for (const { cells } of inside) {
      const text = cells[role];
      const signed = text.endsWith("%");
      if (!why && !signed) continue;
      const share = shareOf(text, role, comma);
      cells[role] = share;
      if (share === text || !Number(share) || said) continue;
      const values = { what, why: signed ? "by its sign" : why, found: text };
      // No way back: as shares, numbers beyond 10 could only be refused.
      said = note("percent", { ...values, value: Number(share) });
    }
    if (said) for (const { notes } of inside) notes.push(said);
  }
  const pointed = (text, comma) =>
    comma && text.split(",").length === 2 ? text.replace(",", ".") : text;
  // The number in a cell, 0 if there is none.
  function numberAs(text, comma) {
    const plain = pointed(text, comma);
    return is.number.test(plain) && Number(plain) < Infinity ? Number(plain) : 0;
  }
  // A percentage as a share, with decimals in place; what is none stays as it is.
  function shareOf(text, role, comma) {
    const plain = pointed(text.replace(/%$/, "").trimEnd(), comma);
    if (!is.number.test(plain)) return text;
    const share = byPower(plain, -2);
    return inLimits(LIKE[role] ?? role, Number(share)) ? share : text;
  }
  function byPower(text, power) {
    const [mantissa, exponent = 0] = text.toLowerCase().split("e");
    return `${mantissa}e${Number(exponent) + power}`;
  }
  function inLimits(kind, value) {
    const [least, most] = known.limits[kind];
    return (value === 0 && kind === "stderr") || (value >= least && value <= most);
  }
  // How a column was taken for the scale, if that is a guess.
  function ofScale({ title }, column, said, points) {
    const lettered = points.find(({ cells }) => /\p{L}$/u.test(cells.scale));
    const { cells, scale: value } = lettered ?? points[0];
    const values = { found: cells.scale, value };
    const called = title.get(column);
    if (!own(known.units, column) || said) {
      const unit = unitOf(column) + (said ? ` in ${own(known.scale.logs, said) ?? said}` : "");
      const ways = said ? [{ text: "Take plain numbers", set: { scaleUnit: "plain" } }] : [];
      return [{ said: note("scale", { title: called, unit, ...values }), ways }];
    }
    return lettered ? [note("letters", { what: called, ...values })] : [];
  }

  // ---- Settings, as in reading/settings.py ----------------------------------------------------

  // Groups, each of what may be one curve: where a setting differs between models it splits them.
  function settled(table, groups, found) {
    const sized = groups.filter((group) => hasModels(group, found));
    const all = new Set(pointsOf(sized).map(({ columns }) => columns));
    const read = new Set([...all].flatMap((columns) => Object.values(columns)));
    for (const name of [...Object.keys(known.units), ...known.directions, "model"]) read.add(name);
    const differ = (name) => cellsOf(table, name).some((cell, _, [first]) => cell !== first);
    const unread = table.columns.filter((name) => !read.has(name) && differ(name));
    const wide = sized.some(({ points: [{ wide }] }) => wide);
    const kinds = unread.map((name) => [name, kindOf(table, name, wide)]);
    const columns = kinds.filter(([, kind]) => kind);
    const names = namesOf(sized);
    const parts = byTask(sized).flatMap((whole) => {
      const [points, notes] = [pointsOf(whole), []];
      const by = settingsOf(names.get(whole[0]), points, columns, notes, found);
      return by ? apart(whole, by, notes) : [];
    });
    const order = new Map(pointsOf(sized).map((point, at) => [point, at]));
    return byTask(parts).flatMap(byModel)
      .sort((a, b) => order.get(a.points[0]) - order.get(b.points[0]));
  }
  // What kind of setting an unread column could hold; nothing for a helper. As in columns.py.
  function kindOf(table, column, wide) {
    if (is.setting.test(column)) return "setting";
    if (is.tag.test(column)) return null;
    const label = is.label.test(column);
    if (hasWords(table.rows, column)) return label ? "label" : "words";
    const helper = label || isHelper(column) || (wide && !isWhole(table, column));
    return helper ? null : "numbers";
  }
  function isHelper(column) {
    const patterns = [is.noScore, is.noise, is.uncertainty, is.accuracy];
    return (
      Object.values(known.columns).flat().includes(column) ||
      patterns.some((pattern) => pattern.test(column)) ||
      isLoss(column) || lessIsBetter(column) || isOther(column)
    );
  }
  const pointsOf = (groups) => [].concat(...groups.map(({ points }) => points));
  function byTask(groups) {
    const tasks = new Map();
    for (const group of groups) push(tasks, JSON.stringify([group.task, ...group.more]), group);
    return [...tasks.values()];
  }
  function push(lists, key, value) {
    if (lists.has(key)) lists.get(key).push(value);
    else lists.set(key, [value]);
  }

  // Leave out models of scale 0, which has no place on a logarithmic axis; false if too few remain.
  function hasModels(group, found) {
    const none = group.points.filter(({ scale }) => scale === 0);
    if (!none.length) return true;
    group.points = group.points.filter(({ scale }) => scale !== 0);
    const models = none.map(({ model }) => model);
    const again = group.points.some(({ model }) => models.includes(model));
    const named = models.every(Boolean) && !again;
    const names = named ? models : none.map(({ place }) => place);
    group.notes.push(note("no_size", { names: listed(names) }));
    if (count(group.points) > 1) return true;
    found.add(none[0].place, "no_size", { others: group.points.length ? "one model" : "nothing" });
    return false;
  }

  // The columns that split some points, each with its value of a point; null if they are no curve.
  function settingsOf(name, points, columns, notes, found) {
    const [splitting, models] = [[], count(points)];
    for (const [column, kind] of columns) {
      const by = [column, ({ row }) => settingIn(row[column])];
      const setting = kind === "setting";
      const parts = partsOf(points, [by]);
      if (parts.length < 2) continue;
      const alone = parts.filter(({ points }) => count(points) < 2).length;
      const absent = parts.some(({ part: [value] }) => known.none.includes(value));
      const each = !setting || (known.own.includes(column) && !absent);
      if (each && alone === parts.length) continue;
      const again = parts.some(({ part: [value], points }) => value && count(points) > 1);
      if (kind === "label" && !(again && 2 * parts.length <= models)) continue;
      const told = () => notes.push(note("many", { column, count: parts.length }));
      if (kind === "numbers" && !likeASetting(points, by, parts.length, alone)) {
        if (parts.length < models - 1) told();
        continue;
      }
      if (kind === "words" && parts.length > 2 && parts.length >= models - 1) {
        told();
        continue;
      }
      if (!setting && alone) return refuse(parts, [by]);
      splitting.push(by);
    }
    if (!splitting.length) return splitting;
    const parts = partsOf(points, splitting);
    const none = parts.every(({ points }) => count(points) < 2);
    return none ? refuse(parts, splitting) : splitting;

    function refuse(parts, by) {
      const counts = parts.map(({ part, points }) => [called(by, part), count(points)]);
      const some = counts.slice(0, SOME).map(([text, models]) => `${text} (${models})`).join(", ");
      const kind = counts.some(([, models]) => models > 1) ? "settings" : "settings_alone";
      const leave = by.map(([column]) => column);
      const columns = leave.map(quoted).join(" and ");
      found.add(points[0].place, kind, { curve: name, some: some + more(counts), columns, leave });
      return null;
    }
  }
  // A number of unknown name has few values that stay for stretches of the scale.
  function likeASetting(points, [, value], parts, alone) {
    const values = [...points].sort((a, b) => a.scale - b.scale).map(value);
    const stretches = values.filter((each, at) => at === 0 || each !== values[at - 1]).length;
    const few = parts <= Math.max(FEW, Math.floor(count(points) / 2)) && parts - alone > 1;
    return few && stretches <= Math.max(FEW, parts);
  }
  // 0, 0.0 and -0 are one setting, as True and true.
  function settingIn(text) {
    const value = is.number.test(text) ? Number(text) : Infinity;
    return Number.isFinite(value) ? number(value + 0, 15) : text.toLowerCase();
  }

  // The parts of groups, each with a note of what it is a part of.
  function apart(whole, by, said = []) {
    if (!by.length) {
      return whole.map((group) => ({ ...group, notes: [...group.notes, ...said] }));
    }
    const columns = by.map(([column]) => column).join(" and ");
    const all = partsOf(pointsOf(whole), by);
    const several = all.filter(({ points }) => count(points) > 1).map(({ part }) => part);
    const alone = all.filter(({ points }) => count(points) < 2).map(({ part }) => called(by, part));
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    return whole.flatMap((group) => {
      const made = [];
      for (const { part, points } of partsOf(group.points, by)) {
        if (!several.some((each) => same(each, part))) continue;
        let name = called(by, part);
        while (made.some(({ more }) => more.at(-1) === name)) name += " again"; // long ones are cut
        const notes = [...group.notes, ...said];
        made.push({ ...group, points, notes, more: [...group.more, name] });
        const others = several.filter((each) => !same(each, part)).map(plainPart);
        const kind = others.length ? "split_also" : "split";
        const text = note(kind, { columns, here: plainPart(part), others: listed(others) });
        // A family may be read out of the names of the models.
        const leave = by.map(([column]) => (column in points[0].row ? column : "model"));
        const short = `I took rows of different ${shown(columns, 60)} for curves of their own.`;
        notes.push({ said: text, short, ways: [{ text: "Take them for one curve", leave }] });
        if (alone.length) notes.push(note("one_model", { names: listed(alone) }));
      }
      return made;
    });
  }

  // Split by model where some stand at several scales, or by family where some have several.
  function byModel(whole) {
    const points = pointsOf(whole);
    if (!points.some(({ model }) => model)) return whole;
    const parted = (by) => {
      const several = ({ part: [value], points }) => value && count(points) > 1;
      return partsOf(points, [by]).filter(several).length > 1;
    };
    const [model, family] = [["model", ({ model }) => model], ["family", familyOf]];
    const either = ["family", (point) => familyOf(point) || point.model]; // one of its own
    if (parted(model)) return apart(whole, [model]);
    if (["family", "model_family"].some((name) => name in points[0].row)) return whole;
    if (parted(family)) return apart(whole, [either]);
    const families = partsOf(points, [family]).filter(({ part: [name] }) => name);
    const some = families.map(({ part: [name], points }) => `${name} (${count(points)})`);
    if (some.length > 1) {
      for (const { notes } of whole) notes.push(note("families", { names: listed(some) }));
    }
    return whole;
  }
  // The words around the size in the name of a model; null without a size.
  function familyOf({ model = "" }) {
    const part = model.replace(/\/+$/, "").split("/").at(-1);
    const [size] = part.matchAll(is.size);
    if (!size) return null;
    const before = part.slice(0, size.index).replace(/^[-_. ]+|[-_. ]+$/g, "");
    const behind = part.slice(size.index + size[0].length).split(/[-_. ]+/);
    const words = behind.filter((word) => /^\p{L}+$/u.test(word) && word.toLowerCase() !== "hf");
    return [before, ...words].filter(Boolean).join(" ").toLowerCase();
  }

  function partsOf(points, by) {
    const parts = new Map();
    const keyOf = (point) => JSON.stringify(by.map(([, value]) => value(point)));
    const [[, only] = []] = by.length === 1 ? by : [];
    for (const point of points) push(parts, only ? only(point) ?? null : keyOf(point), point);
    return [...parts].map(([key, points]) => ({ part: only ? [key] : JSON.parse(key), points }));
  }
  // How many different scales points have.
  function count(points) {
    const scales = points.map(({ scale }) => scale).sort((a, b) => a - b);
    return 1 + scales.filter((scale, at) => above(scale, scales[at - 1])).length;
  }
  const valueText = (value) => (value === null ? "unsaid" : shown(value, 60) || "empty");
  const plainPart = (part) => part.map(valueText).join(" and ");
  const called = (by, part) =>
    by.map(([column], at) => `${column} ${valueText(part[at])}`).join(", ");
  const more = ({ length }) => (length > SOME ? ` and ${length - SOME} more` : "");
  function listed(texts) {
    const short = (text) => {
      const letters = Array.from(text); // of a long place, the end tells it from others
      return letters.length > 80 ? `...${letters.slice(-76).join("")}` : text;
    };
    return escaped(texts.slice(0, SOME).map(short).join(", ")) + more(texts);
  }
  const note = (name, values) => fill(known.phrases.note[name], values);
  // A note is words, or what is said with the ways that the reader may have instead: `text` on a
  // button, the fields that it sets, or columns to `leave` out. `short` says it of all curves.
  const wordsOf = (note) => note.said ?? note;

  // ---- Curves ---------------------------------------------------------------------------------

  // Curves of a table. `options` holds chance (null if it is to stay unknown), length and items for
  // what the table does not say, the unit of its scale, whether its scores are percentages, whether
  // "more" or "less" is better, and columns to leave out.
  function read(text, { scaleUnit, percent, better, leave = [], ...options }) {
    const table = without(tableOf(text), leave);
    const [all, column, columnNotes] = entriesOf(table);
    const [some, losses] = directed(all, better);
    const entries = asNumbers(table, some, percent);
    refuseGroups(table, column, entries);
    const told = scaleUnit ? null : toldUnit(table, column, entries);
    const found = problems();
    const unit = scaleUnit || told || "plain";
    for (const entry of entries) readNumbers(entry, table.comma, unit, found);
    found.stop();
    const taken = ofScale(table, column, told, entries);
    const byKey = new Map();
    for (const point of entries) push(byKey, `${point.task}\0${point.byMetric ?? ""}`, point);
    const groups = [...byKey].map(([key, points]) => {
      const [task, metric] = key.split("\0");
      return { task, metric, more: [], notes: [], points };
    });
    const parts = settled(table, groups, found);
    found.stop();
    const plain = [undefined, "", "plain"].includes(scaleUnit);
    const asked = plain ? [] : [note("scale_unit", { unit: scaleUnit })];
    const names = namesOf(parts);
    const first = columnsNote(table.columns, all[0].columns, all[0].wide, taken[0]?.said);
    const curves = parts.map((group, at) => {
      const how = new Set(group.points.flatMap(({ notes }) => notes));
      // These are said once, though of all curves.
      const whole = [...table.notes, ...columnNotes].map((said) => ({ said, whole: true }));
      const once = at ? [] : whole;
      const points = group.points.sort((a, b) => a.scale - b.scale);
      const curve = curveOf(names.get(group), points, options, unitOf(column), found);
      const [along, why] = alongOf(curve, points, table.comma);
      const here = [...curve.notes, ...taken, ...how, ...group.notes, ...losses];
      const notes = [...here, ...asked, ...once, ...(why ? [why] : [])].map(wordsOf);
      const guesses = [...first, ...once, ...here, ...builtInNote(curve)];
      return { ...curve, along, notes, guesses };
    });
    found.stop();
    return curves;
  }
  // A table without some of its columns.
  function without({ columns, rows, ...table }, leave) {
    for (const name of leave.filter((each) => !columns.includes(each))) {
      const what = `no column ${quoted(name)} among ${shown(columns.join(", "))}`;
      fail("Columns to leave out", what, AMEND);
    }
    const kept = columns.filter((name) => !leave.includes(name));
    const fewer = rows.map(({ place, cells }) => {
      const here = kept.map((name) => [name, cells[name]]);
      return { place, cells: Object.fromEntries(here) };
    });
    return { ...table, columns: kept, rows: leave.length ? fewer : rows };
  }
  // What each column was read as, and the scales that could be read instead; of a scale that was
  // `told`, a note of its own says it.
  function columnsNote(columns, roles, wide, told) {
    // What the columns of a wide table hold, differs from task to task.
    const same = Object.entries(roles).filter(([role]) => (role === "scale" ? !told : !wide));
    const as = same.map(([role, column]) => {
      const unit = role === "scale" && unitOf(column);
      const what = (unit || "scale") === "scale" ? WHAT[role] ?? `the ${role}` : unit;
      return `${quoted(column)} as ${what}`;
    });
    const scales = columns.filter((name) => own(known.units, name));
    const others = scales.filter((name) => name !== roles.scale);
    const ways = others.map((other) => ({
      text: `Take ${quoted(other)} for the scale`,
      leave: scales.filter((each) => each !== other),
    }));
    return as.length ? [{ said: `I read ${as.join(", ")}.`, ways }] : [];
  }
  function builtInNote({ chance, chanceSource, name }) {
    if (chance === null || ["given", "as the table says"].includes(chanceSource)) return [];
    const said = `${shown(name)}: I took ${number(chance)} as the score of guessing, ${chanceSource}.`;
    return [{ said, ways: [{ text: "Leave it open", set: { chance: UNKNOWN } }] }];
  }

  // Give an entry its numbers, by role.
  function readNumbers(entry, comma, unit, found) {
    const { place, cells, columns, lower } = entry;
    entry.task = "";
    for (const role in cells) {
      const [cell, kind] = [cells[role], LIKE[role] ?? role];
      const tell = (...what) => found.add(`${place}, column ${quoted(columns[role])}`, ...what);
      const scaled = (unit, tell) => numberIn(cell, "scale", comma, tell, unit);
      const beyond = role === "score" && lower && scaled("plain", () => 0) > 1;
      if (role === "scale") entry.scale = scaled(unit, tell);
      else if (beyond) tell("not_turned", { found: cell });
      else if (known.limits[kind]) entry[role] = numberIn(cell, kind, comma, tell);
      else if (!cell) found.add(place, "empty_text", { column: columns[role] });
      else if (role !== "metric") entry[role] = cell;
    }
  }

  // A name for each group; its metric is in it if there are several, or it is turned.
  function namesOf(groups) {
    const metrics = new Map();
    for (const { task, metric } of groups) {
      metrics.set(task, (metrics.get(task) ?? new Set()).add(metric));
    }
    return new Map(groups.map((group) => {
      const [{ task, metric, more, points: [{ lower, metric: measure, wide }] }] = [group];
      const several = task && metrics.get(task).size > 1;
      if (lower && wide) return [group, [`1 - ${task}`, ...more].join(", ")];
      const by = lower ? ` (1 - ${measure})` : several ? ` (${metric})` : "";
      return [group, [(task || metric || "curve") + by, ...more].join(", ")];
    }));
  }

  function curveOf(name, points, { items, chance, length }, unit, found) {
    for (const point of items === undefined ? [] : points) {
      if ((point.items ?? items) !== items) {
        const said = { found: point.items, option: items };
        found.add(point.place, "other_items", { curve: name, ...said });
      }
      point.items = items;
    }
    const [{ lower, metric }] = points;
    const { level, source = "", notes } = levelOf(name, points, chance, found);
    const turn = lower && note("turned", { metric, why: lower });
    const ways = lower === BY_NAME ? [{ text: "More is better", set: { better: "more" } }] : [];
    const why = lower ? [{ said: turn, ways }] : [];
    points = turned(name, points, found);
    const noItems = Boolean(lower) && noShare(metric);
    const tokens = constant(name, points, "length", noItems ? undefined : length, found);
    const otherLevel = constant(name, points, "other_chance", undefined, found) ?? null;
    const twice = ({ scale }, at) => points[at + 1] && !above(points[at + 1].scale, scale);
    const again = points.findIndex(twice);
    if (again >= 0) found.add(points[again + 1].place, "again", { ...points[again], curve: name });
    else if (points.length < 2) found.add(points[0].place, "one_model", { curve: name });
    const column = (role) => points.map((point) => point[role]);
    const scale = column("scale");
    const noise = noItems
      ? certain(name, points, found)
      : noiseOf(name, points, "score", "stderr", found);
    const said = { chance: level, chanceSource: source, turned: Boolean(lower), length: tokens };
    const higherIsBetter = points.every(({ higher }) => higher) || null;
    const eitherWay = points.every((point) => point.eitherWay);
    const curve = {
      name, unit, scale, score: column("score"), ...noise, ...said, higherIsBetter, eitherWay,
      notes: [...why, ...notes],
    };
    if (points[0].other === undefined) return curve;
    const second = noiseOf(name, points, "other", "other_stderr", found);
    const other = { name: "the second score", score: column("other"), chance: otherLevel };
    return { ...curve, other: { unit, scale, ...other, ...second } };
  }

  // Standard errors; nothing takes their place where scores are no shares of items.
  function certain(name, points, found) {
    for (const { place, stderr, metric } of points) {
      if (!(stderr > 0)) found.add(place, "no_share", { curve: name, metric });
    }
    return { stderr: points.map(({ stderr }) => stderr) };
  }

  // The value that a column holds throughout a curve, or the option instead of it.
  function constant(name, points, role, option, found) {
    const places = new Map();
    for (const point of points) {
      if (point[role] !== undefined) places.set(point[role], point.place);
    }
    if (option !== undefined && !places.has(option)) places.set(option, points[0].place);
    const said = [...places.keys()];
    if (said.length > 1) {
      const [one, two] = said;
      found.add(places.get(two), "varies", { curve: name, role, one, two });
    }
    return said[0];
  }

  // Items or standard errors. A standard error of 0, as any formula gives for a score of 0 or 1, is
  // never believed: the others of the curve tell how many items there were.
  function noiseOf(name, points, role, error, found) {
    const parts = points.map(({ [role]: y, items: n, [error]: se }) => {
      const ofItems = Math.sqrt((y * (1 - y)) / n);
      const agree = !(se > 0) || Math.abs(se - ofItems) <= SAME_ERROR * ofItems;
      const certain = y === 0 || y === 1;
      const effective = se > 0 && !certain ? (y * (1 - y)) / se ** 2 + 1 : n;
      return { n, se, agree, certain, effective };
    });
    if (parts.every(({ n, agree }) => n > 0 && agree)) return { items: parts.map(({ n }) => n) };
    if (parts.every(({ se }) => se > 0)) return { stderr: parts.map(({ se }) => se) };
    const fewest = parts.reduce((a, { effective = a }) => Math.min(a, effective), Infinity);
    const items = parts.map(({ certain, effective }, at) => {
      if (effective !== undefined) return Math.max(1, effective);
      if (certain && fewest < Infinity) return Math.max(1, fewest);
      found.add(points[at].place, "no_noise", { curve: name, role });
      return NaN;
    });
    return { items };
  }

  // ---- Words ----------------------------------------------------------------------------------

  // A number with some significant digits, powers of ten as 1.2e10 and 1.2e-7. (Where two are
  // equally near, this takes the larger and Python the even one.)
  function number(value, digits = 3) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e").map(Number);
    if (power < -4 || power >= digits) return `${mantissa}e${power}`;
    return String(Number(value.toPrecision(digits)));
  }
  const decimals = (value) => value.toFixed(2);
  const tenths = (value) => value.toFixed(1);
  const percent = (share) => `${(100 * share).toFixed(0)}%`;
  const signed = (change) => (change < 0 ? "" : "+") + tenths(100 * change);
  // A count of parameters or tokens as one says it, 20 billion; other scales in powers of ten.
  function counted(value, digits = 3) {
    const rounded = Number(value.toPrecision(digits));
    if (rounded < 1000 || rounded >= 1e15) return number(value, digits);
    const [unit, word] = SPOKEN.find(([each]) => rounded >= each) ?? [];
    return unit ? `${number(rounded / unit, digits)} ${word}` : rounded.toLocaleString("en");
  }
  const scaleNumber = (value, unit) =>
    /(parameters|tokens)$/.test(unit) ? counted(value) : number(value);
  const withUnit = (text, unit) => (unit === "scale" ? `scale ${text}` : `${text} ${unit}`);
  const size = ({ curve: { unit } }, scale) => withUnit(scaleNumber(scale, unit), unit);
  // Two numbers; what both are counted in is said once.
  function two(low, high) {
    const [first, word] = low.split(" ");
    return `${word && high.endsWith(` ${word}`) ? first : low} to ${high}`;
  }
  // Text from outside as one line that misleads nobody, its middle left out; as in phrases.py.
  const ESCAPES = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  function escaped(text) {
    return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (mark) => {
      const code = mark.codePointAt(0).toString(16);
      const [kind, digits] = code.length > 4 ? ["U", 8] : code.length > 2 ? ["u", 4] : ["x", 2];
      return ESCAPES[mark] ?? `\\${kind}${code.padStart(digits, "0")}`;
    });
  }
  const shown = (text, most = LONGEST_VALUE) => cut(escaped(cut(text, most)), most);
  function cut(text, most) {
    const [letters, ends] = [Array.from(text), Math.floor((most - 5) / 2)];
    if (letters.length <= most) return text;
    return `${letters.slice(0, ends).join("")} ... ${letters.slice(-ends).join("")}`;
  }
  const quoted = (text) => `'${shown(text, 60)}'`;
  const decades = (width) => `${number(width, 2)} decade${number(width, 2) === "1" ? "" : "s"}`;
  function interval({ low, high }, write, anything) {
    if (low === null) return high === null ? anything : `at most ${write(high)}`;
    return high === null ? `at least ${write(low)}` : two(write(low), write(high));
  }
  const span = (width) =>
    width ? `${interval(width, decimals, "any number of")} decades` : "no rise that could be seen";
  const bounds = (scales, unit) =>
    interval(scales, (each) => scaleNumber(each, unit), "it could be anywhere");
  function scoreRange({ best, low, high }) {
    const ends = [low ?? 0, high ?? 1];
    const digits = ends[1] - ends[0] > 0.02 ? 2 : 3;
    const [middle, from, to] = [best, ...ends].map((each) => each.toFixed(digits));
    return `${middle} (${from} to ${to})`;
  }
  // How a value is written, by the name that a template gives.
  const FORMS = {
    "": String,
    brief: (value) => number(value, 2),
    plain: (value) => number(value, 6),
    counted: (value) => counted(value, 6),
    percent_points: (share) => number(100 * share, 6),
    points: (ends) => ends.map(signed).join(" to "),
    score: scoreRange,
    tenths, decimals, percent, decades, span, quoted,
    whole: String,
  };
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const fill = (template, values) =>
    template.replace(/{([\w.]+):?(\w*)}/g, (_, path, form) =>
      shown(FORMS[form](path.split(".").reduce((found, name) => found[camel(name)], values)),
        form === "whole" ? LONGEST_PART : LONGEST_VALUE));

  // The verdict in one sentence.
  function sentence(report) {
    const { verdict, obstacle } = known.phrases;
    const template = report.obstacle ? obstacle[report.obstacle] : verdict[report.verdict];
    return fill(template, valuesOf(report));
  }

  // The rule of the verdict, what it rests on, and what else the data say.
  function reasons(report) {
    const [values, { rule, reason }] = [valuesOf(report), known.phrases];
    return [
      fill(rule[ruleOf(report)], values),
      ...(report.obstacle === "unsaid" ? inOrder(report.readings).map(reading) : []),
      ...[...reasonsOf(report)].map((name) => fill(reason[name], values)),
      ...(report.curve.notes ?? []).map((note) => shown(note, LONGEST_NOTE)),
    ];
  }

  // The template of the rule that gave the verdict, or none.
  function ruleOf({ obstacle, verdict }) {
    return obstacle ?? (["flat", "smooth"].includes(verdict) ? verdict : "sharp");
  }

  // A remark if a number by which the verdict went is close to its limit.
  function nearOf(report) {
    const { width, change, sharp, seen, leap } = report;
    const { FLAT, MOST } = emAudit.constants;
    const [low, high] = [width?.low ?? null, width?.high ?? null];
    const changes = change.map(Math.abs);
    const limits = {
      flat: changes.map((each) => [each, FLAT]),
      rise: [[Math.max(...changes), FLAT]],
      smooth: [[low, sharp], [leap, MOST]],
      sharp: [[high, sharp], [seen, MOST]],
      gap: [[leap, MOST]],
      beginning: [[seen, MOST]],
      width: [[low, sharp], [high, sharp]],
    }[ruleOf(report)];
    const close = ([value, limit]) => value !== null && Math.abs(value - limit) <= BORDER * limit;
    return limits?.some(close) ? ": borderline" : "";
  }

  // What the verdict would be by one plausible value of what nobody said.
  function reading(given) {
    const name = given.turned ? "reading_turned" : "reading";
    return fill(known.phrases.reason[name], { reading: { ...given, start: 1 - given.floor } });
  }

  const inOrder = (readings) =>
    [...readings].sort((a, b) => a.turned - b.turned || a.floor - b.floor);

  // What nobody said, of a curve with several readings.
  function unsaidOf({ readings, below, curve }) {
    if (readings.some(({ turned }) => turned)) return "whether more is better";
    if (below !== null || curve.turned) return "the level that the score starts from";
    return "the chance level";
  }

  // The levels of all readings, or the range of those that are free.
  function triedOf({ readings }) {
    const tried = [...new Set(readings.map(({ floor }) => floor))].sort((a, b) => a - b);
    const plausible = tried.every((each) => emAudit.constants.PLAUSIBLE.includes(each));
    const [written, ends] = [tried.map((each) => number(each, 2)), [0, -1]];
    return plausible ? written.join(", ") : ends.map((at) => written.at(at)).join(" to ");
  }

  // The templates of all that is said beside the verdict, in order.
  function* reasonsOf(report) {
    const { curve, metric, width, verdict, obstacle, along } = report;
    if (obstacle === "unsaid") {
      // Whatever else there is to say would be said of one reading.
      const hint = own(HINTS, unsaidOf(report));
      if (hint) yield hint;
      return;
    }
    if (report.readings.some(({ turned }) => turned)) yield "direction_agrees";
    else if (report.readings.length > 1) yield "unsaid_agrees";
    if (curve.chance !== null) {
      yield report.firstAboveChance === null ? "at_chance" : "above_chance";
      if (curve.chanceSource) yield "chance_from";
      if (report.below !== null) yield "below";
    }
    if (width) {
      yield "half_way";
      if (width.low === null || width.low < report.spacing) yield "unresolved";
      if (report.ceilingFitted) yield "levels_off";
      else if (report.seen < emAudit.constants.MOST) yield "extrapolated";
      const { rivals, near } = rivalsOf(report);
      yield rivals.length < 2 ? "no_best_curve" : near.length ? "close_curves" : "best_curve";
    }
    if (report.misfit < 0.05) yield "scatter";
    if (metric) yield metricOf(metric);
    else if (verdict === "sharp in the one metric given") yield "one_metric";
    const rises = report.rises && !report.falls;
    if (report.shape === "Gompertz" && rises && !metric && curve.chance === 0) yield "gompertz";
    if (obstacle && !["few", "below"].includes(obstacle)) yield remedyOf(report);
    if (along) yield along.verdict === verdict ? "along_agrees" : "along_differs";
    if (report.nextScore) yield "next_score";
  }
  function remedyOf({ moreModels, moreItems }) {
    if (moreModels) return moreItems ? "more_of_either" : "more_models";
    return moreItems ? "more_items" : "no_remedy";
  }
  function metricOf({ width, share }) {
    if (!width) return "metric_unseen";
    if (share === null) return "metric";
    return share >= 0 ? "metric_shares" : "metric_sharper";
  }
  // The curves that QAICc can compare, and the names of those within 2 of the best.
  function rivalsOf({ candidates }) {
    const rivals = candidates.filter(({ behind }) => behind !== null);
    const near = rivals.slice(1).filter(({ behind }) => behind < 2);
    return { rivals, near: near.map(({ name }) => name) };
  }

  const riseOf = ({ falls }) => (falls ? "fall" : "rise");
  // All that the templates can ask for: the report, and what follows from it.
  function valuesOf(report) {
    const { curve, falls, threshold, gap, firstAboveChance, below, nextScale, dispersion } = report;
    const { rivals: [best, second], near } = rivalsOf(report);
    const { FEWEST, FLAT, MOST } = emAudit.constants;
    return {
      ...report, best, second,
      near: nearOf(report),
      rivals: near.join(", "),
      rise: riseOf(report),
      verb: falls ? "falls" : "rises",
      models: curve.scale.length,
      fewest: FEWEST,
      flat: FLAT,
      most: MOST,
      criterion: dispersion === 1 ? "AICc" : "QAICc",
      belowUntil: below && size(report, below),
      unsaid: unsaidOf(report),
      tried: triedOf(report),
      half: threshold && size(report, threshold.best),
      halfRange: threshold && bounds(threshold, curve.unit),
      gap: gap && withUnit(two(...gap.map((each) => scaleNumber(each, curve.unit))), curve.unit),
      first: firstAboveChance && size(report, firstAboveChance),
      next: size(report, nextScale),
      scatter: Math.sqrt(dispersion),
    };
  }

  function plainText(report) {
    const title = `${shown(report.curve.name)}: ${report.verdict}`;
    const more = [...reasons(report), ...usual(report)].map((each) => `- ${each}`);
    return [title, "=".repeat(title.length), sentence(report), "", ...more, ""].join("\n");
  }

  function usual({ emergenceScore, linearity, curve, falls }) {
    const straight = falls ? -1 : 1;
    const none = "not defined (a step of zero is typical)";
    const score = emergenceScore === null ? none : number(emergenceScore);
    return [
      `Emergence score: ${score}; a straight line over as many models scores ` +
        `${straight * (curve.scale.length - 1)}.`,
      `Linearity: ${number(linearity)}; a straight line scores ${straight}.`,
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

  const WIDEST_TEXT = 132; // of those beside what is shaded
  const STRIP = 46; // above the plot, for the width of the rise and the limit

  // Scores with 95% intervals, the best curve, its threshold and the next model's score; above them
  // the rise beside the limit, both in the decades of the axis.
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
    // Where nobody said something that decides, every curve would be that of one reading.
    const told = report.obstacle !== "unsaid";
    const what = `scores of ${models} models with 95% intervals${told ? " and the best curve" : ""}`;
    const rise = told && report.width;
    const gap = rise && gapOf(report);
    const beside = rise
      ? `; above them the ${riseOf(report)}, ${span(rise)}, and the limit, ${decades(report.sharp)}` : "";
    const shaded = gap ? `; shaded: the gap from ${gap.text}` : "";
    const title = `${shown(curve.name)}: ${what}${beside}${shaded}`;
    const top = rise ? STRIP : 0;
    const viewBox = `0 ${-top} ${WIDTH} ${HEIGHT + top}`;
    const decade = x(first + 1) - x(first);
    return mark("svg", { viewBox, role: "img", "aria-label": title },
      ...(rise ? measures(report, decade) : []), ...(gap ? widest(gap, x) : []),
      ...(told ? halfWay(report, x, gap?.ends ?? []) : []), ...axes(curve, x, y, Math.ceil(first - pad), end + pad),
      ...(told ? [path("em-wb-curve", first, largest)] : []),
      ...(told ? [path("em-wb-curve em-wb-beyond", largest, end)] : []),
      ...(told ? following(report, x, y) : []), ...measurements(curve, x, y));
  }

  // The gap between two neighbours that holds most of the rise, if so much that a verdict may hang
  // on it.
  function gapOf(report) {
    const { curve: { scale }, leap, scoreAt } = report;
    if (leap < (1 - BORDER) * emAudit.constants.MOST) return null;
    const steps = scale.slice(1).map((each, at) => Math.abs(scoreAt(each) - scoreAt(scale[at])));
    const at = steps.indexOf(Math.max(...steps));
    const share = `${percent(leap)} of the ${riseOf(report)}`;
    const ends = scale.slice(at, at + 2);
    return { share, ends, text: `${number(ends[0])} to ${size(report, ends[1])}, with ${share}` };
  }
  function widest({ ends, share }, x) {
    const [from, to] = ends.map((each) => x(Math.log10(each)));
    const size = { x: from, y: TOP, width: to - from, height: BOTTOM - TOP };
    return [
      mark("rect", { class: "em-wb-gap", ...size }),
      write(`${share} in one gap`, ...besides([from, to], TOP + 31), "em-wb-measure"),
    ];
  }
  // Where a text stands: on the wider side of what is shaded, or in it if both are narrow.
  function besides(shaded, y) {
    const [from, to] = [Math.min(...shaded), Math.max(...shaded)];
    const [left, right] = [from - LEFT, RIGHT - to];
    if (Math.max(left, right) < WIDEST_TEXT) return [from + 4, y, "start"];
    return left > right ? [from - 4, y, "end"] : [to + 4, y, "start"];
  }

  // The limit, and below it the 95% interval of the width with its best value, as lengths.
  function measures(report, decade) {
    const { width, sharp } = report;
    const end = (length) => Math.min(LEFT + (length ?? Infinity) * decade, RIGHT);
    const inside = (length) => LEFT + length * decade <= RIGHT;
    const tick = (kind, length, y) =>
      inside(length ?? Infinity) ? [line(kind, end(length), y - 3, end(length), y + 3)] : [];
    const [limit, rise] = [13 - STRIP, 34 - STRIP];
    const [low, high] = [width.low ?? 0, width.high];
    const whole = `${riseOf(report)}, 10% to 90%: ${span(width)}`;
    const best = { class: "em-wb-best", cx: end(width.best), cy: rise + 5, r: 3.2 };
    return [
      write(`limit for sharp: ${decades(sharp)}`, LEFT, limit, "start"),
      line("em-wb-limit", LEFT, limit + 5, end(sharp), limit + 5),
      ...tick("em-wb-limit", 0, limit + 5), ...tick("em-wb-limit", sharp, limit + 5),
      write(whole, LEFT, rise, "start", "em-wb-measure"),
      line("em-wb-width", end(low), rise + 5, end(high), rise + 5),
      ...tick("em-wb-width", low, rise + 5), ...tick("em-wb-width", high, rise + 5),
      ...(inside(width.best) ? [mark("circle", best)] : []),
      ...(inside(sharp) ? [line("em-wb-at", end(sharp), rise + 2, end(sharp), rise + 9)] : []),
    ];
  }

  // Where half of the rise can lie, as a band; an open end goes to the edge.
  function halfWay({ threshold }, x, ends) {
    if (!threshold) return [];
    const place = (scale, edge) => (scale === null ? edge : x(Math.log10(scale)));
    const [from, to] = [place(threshold.low, LEFT), place(threshold.high, RIGHT)].map((each) =>
      Math.min(Math.max(each, LEFT), RIGHT));
    const size = { x: from, y: TOP, width: Math.max(to - from, 1), height: BOTTOM - TOP };
    const gap = ends.map((each) => x(Math.log10(each)));
    return [
      mark("rect", { class: "em-wb-band", ...size }),
      write("half-way: 95%", ...besides([from, to, ...gap], TOP + 15), "em-wb-half"),
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
    // Only if somebody said it: the floor of the best reading would look like it.
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
    if (items) return emAudit.wilson(score[i], items[i]);
    const reach = 1.959964 * stderr[i];
    return [Math.max(score[i] - reach, 0), Math.min(score[i] + reach, 1)];
  }

  // ---- Page -----------------------------------------------------------------------------------

  // `told` are the notes that stand above all results; `asked` asks for what is missing.
  function result(report, id, told, asked) {
    const copy = pressed("Copy as text", () => copyText(plainText(report), copy));
    const more = reasons(report).filter((each) => !told.has(each));
    const said = [...more, ...usual(report)].map((each) => element("li", {}, each));
    return element("section", { class: "em-wb-result", "aria-labelledby": id },
      element("p", { class: "em-wb-name", id }, shown(report.curve.name)),
      element("p", { class: "em-wb-verdict", "data-em-verdict": report.verdict }, sentence(report)),
      ...asked, picture(report), facts(report), element("ul", {}, ...said), rivals(report),
      element("p", { class: "em-wb-buttons" }, copy));
  }
  function pressed(text, act) {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", act);
    return button;
  }

  // What there is to say of how the curves were read, each once.
  function readingOf(curves) {
    const notes = new Map();
    for (const note of curves.flatMap(({ guesses }) => guesses)) {
      const { said = note, short = said, ways = [], whole } = note;
      const times = 1 + (notes.get(short)?.times ?? 0);
      notes.set(short, { said, short: shown(short, LONGEST_NOTE), ways, whole, times });
    }
    const here = ({ ways, whole, times }) => ways.length || whole || times === curves.length;
    return [...notes.values()].filter(here);
  }

  function facts(report) {
    if (report.obstacle === "unsaid") return "";
    const { threshold, width } = report;
    const enough = report.curve.scale.length >= emAudit.constants.FEWEST;
    const none = enough ? "no rise at 95%" : "too few models";
    const half = threshold ? `${size(report, threshold.best)} (${bounds(threshold, report.curve.unit)})` : none;
    const whole = width ? `${number(width.best, 2)} decades (${span(width)})` : none;
    const gap = width && gapOf(report);
    const rows = [["Half-way", half], ["10% to 90%", whole]];
    rows.push(["Limit for sharp", decades(report.sharp)]);
    if (gap) rows.push(["Most in one gap", gap.text]);
    return element("dl", {}, ...rows.flatMap(([name, text]) =>
      [element("dt", {}, name), element("dd", {}, text)]));
  }

  function rivals({ candidates }) {
    const rows = candidates.map(({ name, parameters, deviance, behind }) => {
      const last = behind === null ? "too few models" : tenths(behind);
      const cells = [String(parameters), tenths(deviance), last];
      const head = element("th", { scope: "row" }, name);
      return element("tr", {}, head, ...cells.map((cell) => element("td", {}, cell)));
    });
    const titles = ["curve", "parameters", "deviance", "QAICc behind"];
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
      const plain = { leave: text.split(";").map(columnName), scaleUnit: text, better: text };
      if (name === "chance" && text === UNKNOWN) plain.chance = null;
      plain.percent = text === "percentages";
      if (name in plain) {
        options[name] = plain[name];
        continue;
      }
      const kind = { sharp: "scale", ceiling: "score" }[name] ?? name;
      options[name] = numberIn(text, kind, true, (wrong, values) => {
        const [what, remedy] = fault(wrong, values);
        const usable = ["comma", "point", "written"].includes(wrong);
        const label = field.closest("label").querySelector("span").textContent;
        fail(label, what, usable ? remedy : AMEND);
      });
    }
    return options;
  }

  function checkCeiling(ceiling, curves) {
    if (ceiling === null) return;
    const bad = (what) => fail("Best possible score", what, AMEND);
    for (const { name, chance, score, items, stderr } of curves) {
      const model = `a model of ${shown(name)}`;
      const guessed = chance ?? 0;
      if (ceiling <= guessed) bad(`found '${ceiling}', want it above chance, ${guessed}`);
      const above = score.find((each, i) => {
        const noise = items ? Math.sqrt((ceiling * (1 - ceiling)) / items[i]) : stderr[i];
        return each > ceiling + 3 * noise;
      });
      if (above !== undefined) bad(`found '${ceiling}', but ${model} scores ${above}`);
    }
  }

  function refuseLarge(place, found, most, what) {
    const [had, takes] = [found, most].map((each) => each.toLocaleString("en"));
    if (found > most) fail(place, `${had} ${what}, and this page takes ${takes}`, ELSEWHERE);
  }

  function know(carried) {
    known = carried;
    const whole = ([source, flags]) => new RegExp(`^(?:${source})$`, flags);
    const part = ([source, flags]) => new RegExp(source, `${flags}g`);
    const all = (patterns, made) =>
      Object.entries(patterns).map(([name, each]) => [name, made(each)]);
    const tasks = known.tasks.map(([options, names]) => [options, whole(names)]);
    const made = [...all(known.whole, whole), ...all(known.parts, part), ["tasks", tasks]];
    is = Object.fromEntries(made);
  }

  function start(box) {
    started.add(box);
    know(JSON.parse(box.querySelector('script[type="application/json"]').textContent));
    const find = (selector) => box.querySelector(selector);
    const [form, area, file] = ["form", "textarea", "[type=file]"].map(find);
    const [output, status] = [".em-wb-output", ".em-wb-status"].map(find);
    const choose = (unit) => element("option", { value: unit }, unitName(unit));
    const fields = [...form.querySelectorAll("[data-em-option]")];
    const fieldOf = (name) => fields.find((each) => each.dataset.emOption === name);
    fieldOf("scaleUnit").length = 1; // a saved page has the others
    fieldOf("scaleUnit").append(...known.scale.units.map(choose));
    find(".em-wb-plain").hidden = true;
    form.hidden = false;
    const [stop, bar, back] = [".em-wb-stop", "progress", ".em-wb-back"].map(find);
    const busy = (is) => (bar.hidden = stop.hidden = !is);
    busy(false);
    let turn = 0;

    // ---- The table, those that another took the place of, and what the tab remembers ----

    const kept = [];
    const filled = () => fields.filter(({ value }) => value);
    const now = () => ({
      table: area.value,
      said: Object.fromEntries(filled().map(({ dataset, value }) => [dataset.emOption, value])),
    });
    function show({ table, said }) {
      form.reset();
      area.value = table;
      for (const [name, value] of Object.entries(said)) fieldOf(name).value = value;
      back.hidden = !kept.length;
    }
    // Another table, which leaves the way back to this one: the last of those kept is the next.
    function replace(next, put = "push") {
      const { table } = now();
      if (table.trim() && !Object.values(known.examples).includes(table)) kept[put](now());
      show(next);
      remember();
    }
    function remember() {
      try {
        const all = [...kept.filter(({ cleared }) => !cleared), now()];
        sessionStorage.setItem(KEY, JSON.stringify(all));
      } catch {
        forget(); // a private window, or a table too large: better nothing than an old one
      }
    }
    function forget() {
      try {
        sessionStorage.removeItem(KEY);
      } catch {
        /* there is nothing, then */
      }
    }
    function recall() {
      try {
        const all = JSON.parse(sessionStorage.getItem(KEY)) ?? [];
        show(all.at(-1));
        kept.push(...all.slice(0, -1));
        back.hidden = !kept.length;
        if (area.value) status.textContent = "The table is as you left it. Nothing is audited yet.";
      } catch {
        /* nothing is kept, or nothing that this page wrote */
      }
    }

    // ---- What was read, and what may be said instead ----

    const labelOf = (field) => field.closest("label").querySelector("span").textContent;
    function take({ set, leave }) {
      const left = leave && [...new Set([...fieldOf("leave").value.split(";"), ...leave])];
      for (const [name, value] of Object.entries(set ?? { leave: left.filter(Boolean).join(";") })) {
        fieldOf(name).value = value;
      }
      remember();
      run();
    }
    const button = (way) => pressed(way.text, () => take(way));
    const row = (words, ways) => element("li", {}, words, " ", ...ways.map(button));
    // All that was read and guessed, then all that the form said.
    function reading(notes) {
      const given = filled().filter(({ dataset }) => dataset.emOption !== "sharp");
      const asked = given.map((field) => {
        const value = field.selectedOptions?.[0].text ?? field.value;
        const undo = { text: "Undo", set: { [field.dataset.emOption]: "" } };
        return row(`${labelOf(field)}: ${value}, as you said.`, [undo]);
      });
      const lines = notes.map(({ short, ways }) => row(short, ways));
      const more = lines.splice(SHOWN).length;
      if (more) lines.push(row(`... and ${more} more notes like it, with each curve below.`, []));
      return element("ul", { class: "em-wb-reading", "aria-label": "How it was read" }, ...lines, ...asked);
    }
    // A field in place, for what the field of the form would say.
    function ask(name) {
      const field = element("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
      const made = element("form", { class: "em-wb-ask", novalidate: "" },
        element("label", {}, element("span", {}, QUESTION[name]), field),
        element("button", { type: "submit" }, "Go on"));
      made.addEventListener("submit", (event) => {
        event.preventDefault();
        take({ set: { [name]: field.value } });
      });
      return made;
    }
    function missing(report) {
      if (report.obstacle !== "unsaid") return [];
      const unsaid = unsaidOf(report);
      if (unsaid === "the chance level") return [ask("chance")];
      if (unsaid !== "whether more is better") return [];
      const ways = [["More is better", "more"], ["Less is better", "less"]].map(([text, better]) =>
        button({ text, set: { better } }));
      return [element("p", { class: "em-wb-buttons" }, ...ways)];
    }

    async function run() {
      const mine = ++turn;
      // A button in the results goes with them: the keyboard stays where they were.
      const inside = output.contains(document.activeElement);
      output.style.minHeight = `${output.offsetHeight}px`;
      output.replaceChildren();
      if (inside) output.focus({ preventScroll: true });
      try {
        const { ceiling = null, sharp, ...options } = optionsOf(form);
        refuseLarge("table", area.value.split("\n").length - 1, MOST_ROWS, "rows");
        const curves = read(area.value, options);
        for (const { name, scale } of curves) {
          refuseLarge(shown(name), scale.length, MOST_MODELS, "models in one curve");
        }
        checkCeiling(ceiling, curves);
        const many = curves.length > 1;
        busy(many);
        bar.max = curves.length;
        const notes = readingOf(curves);
        const told = new Set(notes.map(({ said }) => shown(said, LONGEST_NOTE)));
        output.append(reading(notes));
        for (const [at, curve] of curves.entries()) {
          bar.value = at;
          if (!at) status.textContent = many ? `Auditing ${curves.length} curves …` : "Auditing …";
          await new Promise((resume) => setTimeout(resume)); // let the page show it
          if (mine !== turn) return;
          const report = emAudit.audit(curve, { ceiling, sharp });
          output.append(result(report, `${box.id}-result-${at}`, told, missing(report)));
          if (!many) status.textContent = `${shown(curve.name)}. ${sentence(report)}`;
        }
        if (many) status.textContent = `${curves.length} curves audited.`;
      } catch (error) {
        if (error instanceof TableError) refuse(error);
        else {
          status.textContent = "The audit failed. That is a fault of this page, not of the table.";
          throw error;
        }
      } finally {
        if (mine === turn) finish();
      }
      // On a phone the report begins below the screen, and a press would seem to do nothing.
      if (!inside) status.scrollIntoView({ block: "nearest" });
    }

    function finish() {
      if (document.activeElement === stop) output.focus({ preventScroll: true });
      busy(false);
      output.style.minHeight = "";
    }

    // What is finished stays.
    stop.addEventListener("click", () => {
      turn++;
      const done = output.querySelectorAll(".em-wb-result").length;
      status.textContent = `Stopped after ${done} of ${bar.max} curves.`;
      finish();
    });

    function refuse({ lines, ways }) {
      const found = lines.length > 1 ? `${lines.length} problems` : "1 problem";
      status.textContent = `The table cannot be read: ${found}.`;
      const list = lines.map((text) => element("li", {}, text[0].toUpperCase() + text.slice(1)));
      const alert = { class: "em-wb-problems", role: "alert" };
      const out = ways.map((way) => (way.ask ? ask(way.ask) : button(way)));
      const offered = out.length ? [element("div", { class: "em-wb-buttons" }, ...out)] : [];
      output.replaceChildren(
        element("div", alert, element("ul", {}, ...list)), ...offered, reading([]));
    }

    async function load(chosen) {
      if (!chosen) return;
      const large = chosen.size > MOST_BYTES;
      if (large) return refuse({ lines: [`${shown(chosen.name, 60)}: more than 5 MB. ${ELSEWHERE}.`], ways: [] });
      replace({ table: await chosen.text(), said: now().said });
      run();
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
        replace({ table: known.examples[button.dataset.emExample], said: {} });
        run();
      }));
    back.addEventListener("click", () => {
      replace(kept.pop(), "unshift");
      run();
      if (back.hidden) area.focus();
    });
    find(".em-wb-clear").addEventListener("click", () => {
      turn++;
      finish();
      // It may be had back until the page is left; the tab forgets it, and all before it.
      replace({ table: "", said: {} });
      kept.forEach((each) => (each.cleared = true));
      forget();
      output.replaceChildren();
      status.textContent = "Cleared.";
    });
    form.addEventListener("input", remember);
    recall();
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
    document.querySelectorAll(".em-workbench").forEach((box) => started.has(box) || start(box));
  }
  return { know, read, sentence, reasons, number, counted, startAll };
})();
emWorkbench.startAll();
