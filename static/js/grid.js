/* The entry grid: Enter, ↑ and ↓ move between the cells of the column; 不适用 empties and locks its cell. */
(function () {
  "use strict";
  const CELLS = ".pp-grid td.in > input:not([readonly]):not([type=checkbox]), .pp-grid td.in > select";
  const STEP = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

  document.addEventListener("keydown", function (event) {
    const cell = event.target;
    if (!(event.key in STEP) || !cell.matches(CELLS)) return;
    if (cell.tagName === "SELECT" && event.key !== "Enter") return;
    const cells = Array.from(document.querySelectorAll(CELLS));
    const next = cells[cells.indexOf(cell) + STEP[event.key]];
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (next.select) next.select();
  });

  document.addEventListener("change", function (event) {
    const box = event.target;
    if (!box.matches(".pp-grid .na input")) return;
    const cell = box.closest("td").querySelector("input:not([type=checkbox])");
    if (!cell) return;
    // What was typed stays at hand: unticking brings it back.
    if (box.checked) cell.dataset.typed = cell.value;
    cell.readOnly = box.checked;
    cell.value = box.checked ? "" : cell.dataset.typed || "";
    cell.placeholder = box.checked ? "不适用" : "未报";
    if (!box.checked) cell.focus();
  });
})();
