// Quizzes: check an answer, show its reason, keep the score in this browser. No dependencies.
(() => {
  "use strict";
  // A private window may refuse: the quiz works all the same, it only forgets.
  function remember(key, record) {
    try {
      if (record) localStorage.setItem(key, JSON.stringify(record));
      return JSON.parse(localStorage.getItem(key)) ?? {};
    } catch {
      return record ?? {};
    }
  }

  // "1,234.5", "59 %", "0,59" and "1e-3" are all numbers; a per cent sign counts only if asked for.
  function number(text, unit) {
    const percent = text.includes("%");
    let bare = text.replace(/[%\s]/g, "").replace("−", "-");
    bare = /^-?\d+,\d{1,2}$/.test(bare) ? bare.replace(",", ".") : bare.replaceAll(",", "");
    const value = bare === "" ? NaN : Number(bare);
    return percent && unit !== "%" ? value / 100 : value;
  }

  // Each kind reads what was given (null: not complete) and puts a remembered answer back.
  const kinds = {
    choice: {
      fields: "input",
      ask: "Choose an answer first.",
      given: (fields) => fields.filter((field) => field.checked).map((field) => field.value),
      restore: (fields, given) => fields.forEach((f) => (f.checked = given.includes(f.value))),
      right: (fields) => fields.every((f) => f.checked === f.hasAttribute("data-em-right")),
      reasons: (fields) => fields.filter((field) => field.checked).map(({ value }) => value),
    },
    number: {
      fields: "input",
      ask: "Give a number first.",
      given: ([{ value }]) => (Number.isFinite(number(value)) ? [value] : []),
      restore: ([field], [text]) => (field.value = text),
      right: ([{ value, dataset: { emAnswer, emTolerance, emUnit } }]) =>
        Math.abs(number(value, emUnit) - emAnswer) <= emTolerance * (1 + 1e-9),
      reasons: () => ["right"],
      wrong: (form, fields) => [nearMiss(form, fields)],
    },
    order: {
      fields: "select",
      ask: "Give each item a place of its own first.",
      given: (fields) => {
        const places = fields.map((field) => field.value);
        return places.includes("") || new Set(places).size < places.length ? [] : places;
      },
      restore: (fields, given) => given.forEach((place, at) => (fields[at].value = place)),
      right: (fields) => fields.every((field) => field.value === field.dataset.emPlace),
      reasons: () => ["right"],
      wrong: () => [], // saying why would give the order away
    },
  };
  kinds.several = kinds.choice;

  // A number that a known mistake leads to has its own reason; else only say which way it is off.
  function nearMiss(form, [{ value, dataset }]) {
    const given = number(value, dataset.emUnit);
    const reach = Math.max(Number(dataset.emTolerance), Math.abs(given) / 200);
    const known = [...form.querySelectorAll("[data-em-value]")].find(
      (reason) => Math.abs(reason.dataset.emValue - given) <= reach,
    );
    return known ?? (given > dataset.emAnswer ? "Too large." : "Too small.");
  }

  function start(quiz) {
    quiz.dataset.emOn = "";
    const key = `em-quiz:${quiz.dataset.emName}`;
    const forms = [...quiz.querySelectorAll(".em-question")];
    const score = quiz.querySelector(".em-score span");
    const plain = score.textContent;
    const again = quiz.querySelector(".em-again");
    const record = remember(key);

    function total() {
      const answered = forms.filter((form) => form.dataset.emDone).length;
      const right = forms.filter((form) => form.dataset.emDone === "right").length;
      score.textContent = answered
        ? `${right} of ${forms.length} right` +
          (answered < forms.length ? `, ${forms.length - answered} to go` : "")
        : plain;
      again.hidden = answered === 0;
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

    function check(form, kind, fields) {
      const given = kind.given(fields);
      if (!given.length) return say(form, kind.ask);
      const right = kind.right(fields);
      form.dataset.emDone = right ? "right" : "wrong";
      const reason = (at) => form.querySelector(`[data-em-reason="${at}"]`);
      const wrong = right ? undefined : kind.wrong?.(form, fields);
      const reasons = wrong ?? kind.reasons(fields).map(reason);
      const missed = fields.filter((f) => f.hasAttribute("data-em-right") && !f.checked).length;
      if (form.dataset.emType === "several" && missed) {
        reasons.push(missed > 1 ? `${missed} more hold.` : "One more holds.");
      }
      say(form, right ? "Right." : "Not yet.", ...reasons);
      fields.forEach((field) => (field.disabled = true));
      form.querySelector(".em-retry").hidden = false;
      form.querySelector("[type=submit]").hidden = true;
      record[form.dataset.emId] = given;
      remember(key, record);
      total();
    }

    function clear(form) {
      form.reset();
      delete form.dataset.emDone;
      delete record[form.dataset.emId];
      form.querySelectorAll("input, select").forEach((field) => (field.disabled = false));
      form.querySelector(".em-retry").hidden = true;
      form.querySelector("[type=submit]").hidden = false;
      say(form);
      remember(key, record);
      total();
    }

    for (const form of forms) {
      const kind = kinds[form.dataset.emType];
      const fields = [...form.querySelectorAll(kind.fields)];
      form.querySelector(".em-actions").hidden = false;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        check(form, kind, fields);
        if (form.dataset.emDone) form.querySelector(".em-retry").focus();
      });
      form.querySelector(".em-retry").addEventListener("click", () => {
        clear(form);
        fields[0].focus();
      });
      const given = record[form.dataset.emId];
      if (Array.isArray(given)) {
        kind.restore(fields, given);
        check(form, kind, fields);
      }
    }
    again.addEventListener("click", () => {
      forms.forEach(clear);
      forms[0].querySelector("input, select").focus();
    });
    total();
  }

  document.querySelectorAll(".em-quiz:not([data-em-on])").forEach(start);
})();
