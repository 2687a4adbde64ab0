// Predictions: commit, then look. The prediction is remembered in this browser.
(() => {
  "use strict";

  function start(box) {
    box.dataset.emOn = "";
    const key = `em-predict:${box.dataset.emName}`;
    const form = box.querySelector("form");
    const fields = [...form.querySelectorAll("input")];
    const reveal = box.querySelector(".em-reveal");
    const [slider] = fields[0].type === "range" ? fields : [];
    const output = form.querySelector("output");
    const button = form.querySelector("button");
    let touched = false;

    const label = () => {
      const text = Number(slider.value).toLocaleString("en") + slider.dataset.emUnit;
      slider.setAttribute("aria-valuetext", text);
      slider.style.setProperty(
        "--em-done",
        `${(100 * (slider.value - slider.min)) / (slider.max - slider.min)}%`,
      );
      return text;
    };

    function commit(remember) {
      const picked = slider ?? fields.find((field) => field.checked);
      const said = box.querySelector(".em-said");
      if (!picked || (slider && !touched)) {
        output ? (output.textContent = "move the slider first") : fields[0].focus();
        return;
      }
      if (slider) {
        const off = Math.abs(slider.value - slider.dataset.emAnswer);
        const share = off / (slider.max - slider.min);
        const word = share < 0.03 ? " Spot on." : share < 0.1 ? " Close." : "";
        said.textContent = `You said ${label()}.${word}`;
      } else {
        said.textContent = picked.hasAttribute("data-em-right")
          ? "You predicted it."
          : `You said “${picked.nextElementSibling.textContent}”.`;
      }
      fields.forEach((field) => (field.disabled = true));
      button.parentElement.hidden = true;
      reveal.open = true;
      reveal.querySelector("summary").textContent = "What happens";
      if (!remember) return;
      try {
        localStorage.setItem(key, picked.value);
      } catch {
        /* private window: it only forgets */
      }
      reveal.querySelector("summary").focus();
    }

    button.parentElement.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      commit(true);
    });
    slider?.addEventListener("input", () => {
      touched = true;
      output.textContent = label();
    });

    let before = null;
    try {
      before = localStorage.getItem(key);
    } catch {
      /* as above */
    }
    if (before === null) return;
    touched = true;
    if (slider) {
      slider.value = before;
      output.textContent = label();
    } else {
      fields.filter((field) => field.value === before).forEach((field) => (field.checked = true));
    }
    commit(false);
  }

  document.querySelectorAll(".em-predict:not([data-em-on])").forEach(start);
})();
