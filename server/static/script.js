// Makes the pages pleasant; none of them needs it. No other script runs here.
"use strict";

(() => {
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let selected = -1;

  const select = (step) => {
    const all = rows();
    if (all.length === 0) return;
    selected = Math.min(Math.max(selected + step, 0), all.length - 1);
    all.forEach((row, place) => row.classList.toggle("selected", place === selected));
    const link = all[selected].querySelector("a");
    if (link) link.focus({ preventScroll: true });
    all[selected].scrollIntoView({ block: "nearest" });
  };

  const press = (key) => {
    const wanted = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (wanted) wanted.click();
    return wanted !== null;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target)) return;
    if (event.key === "/") {
      const box = document.getElementById("page-q") || document.getElementById("q");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    } else if (event.key === "j") select(1);
    else if (event.key === "k") select(-1);
    else if (press(event.key)) event.preventDefault();
  });

  // A slider says what it is set to and asks again when it is let go.
  document.querySelectorAll("input[type=range][data-submits]").forEach((slider) => {
    const shown = document.getElementById(slider.dataset.shows);
    slider.addEventListener("input", () => { if (shown) shown.textContent = `${slider.value}%`; });
    slider.addEventListener("change", () => slider.form.requestSubmit());
  });

  document.querySelectorAll("select[data-submits]").forEach((choice) => {
    choice.addEventListener("change", () => choice.form.requestSubmit());
  });
})();
