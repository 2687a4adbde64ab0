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

  const reason = (form, at) => form.querySelector(`[data-em-reason="${at}"]`);

  // Each kind reads what was given (empty: not complete), puts a remembered answer back, and
  // answers with reasons of the page or with words of its own.
  const kinds = {
    choice: {
      fields: "input",
      ask: "Choose an answer first.",
      given: (fields) => fields.filter((field) => field.checked).map((field) => field.value),
      restore: (fields, given) => fields.forEach((f) => (f.checked = given.includes(f.value))),
      right: (fields) => fields.every((f) => f.checked === f.hasAttribute("data-em-right")),
      reasons: (form, fields) => kinds.choice.given(fields).map((value) => reason(form, value)),
    },
    number: {
      fields: "input",
      ask: "Give a number first.",
      given: ([{ value }]) => (Number.isFinite(number(value)) ? [value] : []),
      restore: ([field], [text]) => (field.value = text),
      right: ([{ value, dataset: { emAnswer, emTolerance, emUnit } }]) =>
        Math.abs(number(value, emUnit) - emAnswer) <= emTolerance * (1 + 1e-9),
      reasons: (form, fields, right) => [right ? reason(form, "right") : nearMiss(form, fields)],
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
      const left = forms.length - answered;
      const soFar = `${right} of ${forms.length} right${left ? `, ${left} to go` : ""}`;
      score.textContent = answered ? soFar : plain;
      again.hidden = answered === 0;
    }

    function check(form, kind, fields) {
      const given = kind.given(fields);
      if (!given.length) return say(form, kind.ask);
      const right = kind.right(fields);
      form.dataset.emDone = right ? "right" : "wrong";
      say(form, right ? "Right." : "Not yet.", ...kind.reasons(form, fields, right));
      lock(form, true);
      record[form.dataset.emId] = given;
      remember(key, record);
      total();
    }

    function clear(form) {
      form.reset();
      delete form.dataset.emDone;
      delete record[form.dataset.emId];
      say(form);
      lock(form, false);
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
