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
    if (wanted && wanted.matches("input, select, textarea")) wanted.focus();
    else if (wanted) wanted.click();
    return wanted !== null;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    // Enter sends what has one field only; a line break is Shift+Enter.
    if (event.key === "Enter" && !event.shiftKey && event.target.matches("[data-submit-on-enter]")) {
      event.preventDefault();
      return event.target.form.requestSubmit();
    }
    if (typing(event.target)) return;
    if (event.key === "/") {
      const box = document.getElementById("page-q") || document.getElementById("q");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    } else if (event.key === "j") select(1);
    else if (event.key === "k") select(-1);
    else if (press(event.key)) event.preventDefault();
  });

  // A search box that suggests: its last searches, and filters by name. Without this it is a plain box.
  document.querySelectorAll("input[data-suggests]").forEach((box) => {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `${box.id}-suggestions`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.getAttribute("aria-label"));
    list.hidden = true;
    const place = document.createElement("span");
    place.className = "suggests";
    box.replaceWith(place);
    place.append(box, list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id })) {
      box.setAttribute(name, value);
    }
    let chosen = -1;
    let asked = 0;
    let wait;

    const mark = (place) => {
      chosen = place;
      [...list.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
      if (chosen >= 0) box.setAttribute("aria-activedescendant", list.children[chosen].id);
      else box.removeAttribute("aria-activedescendant");
    };
    const show = (open) => {
      list.hidden = !open;
      box.setAttribute("aria-expanded", String(open));
      if (!open) mark(-1);
    };
    const fill = (found) => {
      list.replaceChildren(...found.map((one, at) => {
        const line = document.createElement("li");
        line.id = `${list.id}-${at}`;
        line.setAttribute("role", "option");
        line.dataset.href = one.href;
        const kind = document.createElement("span");
        kind.textContent = one.kind;
        line.append(one.text, kind);
        return line;
      }));
      mark(-1);
      show(found.length > 0);
    };
    const ask = async () => {
      const turn = ++asked;
      const address = `${box.dataset.suggests}?q=${encodeURIComponent(box.value)}`;
      // A box without suggestions is still a box.
      const found = await fetch(address).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
      if (turn === asked && document.activeElement === box) fill(found);
    };
    show(false);
    box.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 120); });
    box.addEventListener("blur", () => { asked += 1; show(false); });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const last = list.children.length - 1;
      if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); ask(); }
      else if (event.key === "ArrowDown") { event.preventDefault(); mark(chosen >= last ? 0 : chosen + 1); }
      else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); mark(chosen <= 0 ? last : chosen - 1); }
      else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); location.href = list.children[chosen].dataset.href; }
      else if (event.key === "Escape" && !list.hidden) {
        // Neither empties the box nor leaves it: that is what a second Escape does.
        event.preventDefault();
        event.stopPropagation();
        show(false);
      }
    });
    // Before the box loses the focus.
    list.addEventListener("pointerdown", (event) => {
      const line = event.target.closest("[data-href]");
      if (line) { event.preventDefault(); location.href = line.dataset.href; }
    });
  });

  // On a narrow screen the navigation begins where one is.
  const here = document.querySelector(".nav [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 16;

  // A slider says what it is set to and asks again when it is let go.
  document.querySelectorAll("input[type=range][data-submits]").forEach((slider) => {
    const shown = document.getElementById(slider.dataset.shows);
    slider.addEventListener("input", () => { if (shown) shown.textContent = `${slider.value}%`; });
    slider.addEventListener("change", () => slider.form.requestSubmit());
  });

  // A file dropped anywhere on a page that takes one is chosen, as if it had been picked.
  const picker = document.querySelector("input[type=file]");
  if (picker) {
    const carries = (event) => event.dataTransfer !== null && event.dataTransfer.types.includes("Files");
    const show = (over) => document.body.classList.toggle("dropping", over);
    document.addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); show(true); } });
    document.addEventListener("dragleave", (event) => { if (event.relatedTarget === null) show(false); });
    document.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      show(false);
      picker.files = event.dataTransfer.files;
      picker.form.querySelector("button[type=submit]").focus();
    });
  }

  document.querySelectorAll("select[data-submits]").forEach((choice) => {
    choice.addEventListener("change", () => choice.form.requestSubmit());
  });
})();
