// Quizzes: check an answer, show its reason, keep the score in this browser. No dependencies.
(() => {
  "use strict";
  // The quizzes that run: kept out of the markup, which a reader may save. Each output of a
  // notebook brings this script along.
  const started = (globalThis.emStarted ??= new WeakSet());

  // What is stored, if it is a record at all: by question, what was given.
  function recall(key) {
    try {
      const record = JSON.parse(localStorage.getItem(key));
      return record && typeof record === "object" && !Array.isArray(record) ? record : {};
    } catch {
      return {};
    }
  }

  // A private window may refuse: the quiz works all the same, it only forgets.
  function remember(key, record) {
    try {
      localStorage.setItem(key, JSON.stringify(record));
    } catch {
      // as above
    }
  }

  // "1,234.5", "59 %", "0,59" and "1e-3" are all numbers; a per cent sign counts only if asked for.
  function number(text, unit) {
    const percent = text.includes("%");
    let bare = text.replace(/[%\s]/g, "").replace("−", "-");
    // A comma before three digits sets thousands apart, unless nothing but a nought is before it.
    const decimal = /^-?(0*,\d+|\d+,(\d{1,2}|\d{4,}))$/.test(bare);
    bare = decimal ? bare.replace(",", ".") : bare.replaceAll(",", "");
    const value = bare === "" ? NaN : Number(bare);
    return percent && unit !== "%" ? value / 100 : value;
  }

  const reason = (form, at) => form.querySelector(`[data-em-reason="${at}"]`);

  // Each kind reads what was given (empty: not complete), puts a remembered answer back, and
  // answers with reasons of the page or with words of its own.
  const kinds = {
    choice: {
      fields: "input",
      ask: () => "Choose an answer first.",
      given: (fields) => fields.filter((field) => field.checked).map((field) => field.value),
      restore: (fields, given) => fields.forEach((f) => (f.checked = given.includes(f.value))),
      right: (fields) => fields.every((f) => f.checked === f.hasAttribute("data-em-right")),
      reasons: (form, fields) => kinds.choice.given(fields).map((value) => reason(form, value)),
    },
    number: {
      fields: "input",
      ask: ([{ value }]) =>
        value.trim() ? `"${value.trim()}" is no number; write 3 or 0.5.` : "Give a number first.",
      given: ([{ value }]) => (Number.isFinite(number(value)) ? [value] : []),
      restore: ([field], [text]) => (field.value = text),
      right: ([{ value, dataset: { emAnswer, emTolerance, emUnit } }]) =>
        Math.abs(number(value, emUnit) - emAnswer) <= emTolerance * (1 + 1e-9),
      reasons: (form, fields, right) => [right ? reason(form, "right") : nearMiss(form, fields)],
    },
    order: {
      fields: "select",
      ask: () => "Give each item a place of its own first.",
      given: (fields) => {
        const places = fields.map((field) => field.value);
        return places.includes("") || new Set(places).size < places.length ? [] : places;
      },
      restore: (fields, given) => fields.forEach((field, at) => (field.value = given[at])),
      right: (fields) => fields.every((field) => field.value === field.dataset.emPlace),
      // Saying why an order is wrong would give the right one away.
      reasons: (form, fields, right) => (right ? [reason(form, "right")] : []),
    },
  };
  kinds.several = {
    ...kinds.choice,
    reasons(form, fields) {
      const missed = fields.filter((f) => f.hasAttribute("data-em-right") && !f.checked).length;
      const more = missed > 1 ? [`${missed} more hold.`] : missed ? ["One more holds."] : [];
      return [...kinds.choice.reasons(form, fields), ...more];
    },
  };

  // A number that a known mistake leads to has its own reason; else only say which way it is off.
  function nearMiss(form, [{ value, dataset }]) {
    const given = number(value, dataset.emUnit);
    const reach = Math.max(Number(dataset.emTolerance), Math.abs(given) / 200);
    const known = [...form.querySelectorAll("[data-em-value]")].find(
      (near) => Math.abs(near.dataset.emValue - given) <= reach,
    );
    return known ?? (given > dataset.emAnswer ? "Too large." : "Too small.");
  }

  function say(form, ...parts) {
    const lines = parts.map((part) => {
      const line = document.createElement("p");
      line.append(...(part.nodeType ? part.cloneNode(true).childNodes : [part]));
      line.className = part.className ?? "";
      return line;
    });
    form.querySelector(".em-verdict").replaceChildren(...lines);
  }

  function lock(form, locked) {
    form.querySelectorAll("input, select").forEach((field) => (field.disabled = locked));
    form.querySelector(".em-retry").hidden = !locked;
    form.querySelector("[type=submit]").hidden = locked;
  }

  function start(quiz) {
    started.add(quiz);
    const key = `em-quiz:${quiz.dataset.emName}`;
    const forms = [...quiz.querySelectorAll(".em-question")];
    const score = quiz.querySelector(".em-score span");
    const again = quiz.querySelector(".em-again");
    const kindOf = (form) => kinds[form.dataset.emType];
    const fieldsOf = (form) => [...form.querySelectorAll(kindOf(form).fields)];
    const givenOf = (form) => (form.dataset.emDone ? kindOf(form).given(fieldsOf(form)) : undefined);
    const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

    function total() {
      const answered = forms.filter((form) => form.dataset.emDone).length;
      const right = forms.filter((form) => form.dataset.emDone === "right").length;
      const left = forms.length - answered;
      const soFar = `${right} of ${forms.length} right${left ? `, ${left} to go` : ""}`;
      score.textContent = answered
        ? soFar
        : `${forms.length} question${forms.length > 1 ? "s" : ""}`;
      again.hidden = answered === 0;
    }

    // Writes what was given to some questions beside what other tabs may have written meanwhile;
    // what belongs to no question of today is dropped.
    function store(changed) {
      const record = recall(key);
      const known = forms.map((form) => [
        form.dataset.emId,
        changed.includes(form) ? givenOf(form) : record[form.dataset.emId],
      ]);
      remember(key, Object.fromEntries(known));
    }

    function check(form) {
      const [kind, fields] = [kindOf(form), fieldsOf(form)];
      if (!kind.given(fields).length) return say(form, kind.ask(fields));
      const right = kind.right(fields);
      form.dataset.emDone = right ? "right" : "wrong";
      say(form, right ? "Right." : "Not yet.", ...kind.reasons(form, fields, right));
      lock(form, true);
      total();
    }

    function clear(form) {
      form.reset();
      delete form.dataset.emDone;
      say(form);
      lock(form, false);
      total();
    }

    // Puts back what is stored. What does not fit the question of today counts as not given.
    function restore() {
      const record = recall(key);
      for (const form of forms) {
        const given = record[form.dataset.emId];
        if (same(given, givenOf(form))) continue;
        clear(form);
        if (!Array.isArray(given)) continue;
        kindOf(form).restore(fieldsOf(form), given);
        if (same(given, kindOf(form).given(fieldsOf(form)))) check(form);
        else form.reset();
      }
    }

    for (const form of forms) {
      form.querySelector(".em-actions").hidden = false;
      clear(form); // a page may have been saved with its answers
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        check(form);
        if (!form.dataset.emDone) return;
        store([form]);
        form.querySelector(".em-retry").focus();
      });
      form.querySelector(".em-retry").addEventListener("click", () => {
        clear(form);
        store([form]);
        fieldsOf(form)[0].focus();
      });
    }
    again.addEventListener("click", () => {
      forms.forEach(clear);
      store(forms);
      fieldsOf(forms[0])[0].focus();
    });
    addEventListener("storage", (event) => {
      if (event.key === key || event.key === null) restore();
    });
    restore();
  }

  document.querySelectorAll(".em-quiz").forEach((quiz) => started.has(quiz) || start(quiz));
})();
