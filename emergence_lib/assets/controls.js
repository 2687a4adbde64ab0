// The controls of a figure: what they are set to, in words and by links in the prose. No dependencies.
(() => {
  "use strict";
  const isOne = (group) => group.length === 1;

  function index(group) {
    if (!isOne(group)) return Number(group.find((input) => input.checked).value);
    return group[0].type === "checkbox" ? Number(group[0].checked) : Number(group[0].value);
  }

  function setIndex(group, value) {
    if (!isOne(group)) group[value].checked = true;
    else if (group[0].type === "checkbox") group[0].checked = value === 1;
    else group[0].value = value;
  }

  // `controls` is the figure's list of { key, values, texts }, in the order of the page.
  window.emControls = (panel, controls) => {
    const inputs = controls.map(({ key }) => [...panel.querySelectorAll(`[data-em-key="${key}"]`)]);
    return {
      indices: () => inputs.map(index),
      // Say beside each slider, and to those who hear it, what it stands at.
      tell() {
        controls.forEach(({ texts }, at) => {
          const [input] = inputs[at];
          if (input.type !== "range") return;
          const text = texts[index(inputs[at])];
          input.setAttribute("aria-valuetext", text);
          input.closest(".em-control").querySelector("output").textContent = text;
          input.style.setProperty("--em-done", `${(100 * input.value) / input.max}%`);
        });
      },
      // Settings as a query string, "n=10&metric=exact+match"; unknown ones are passed over.
      set(query) {
        for (const [key, wanted] of new URLSearchParams(query)) {
          const at = controls.findIndex((control) => control.key === key);
          const value = at < 0 ? -1 : controls[at].values.indexOf(wanted);
          if (value >= 0) setIndex(inputs[at], value);
        }
      },
    };
  };
})();
