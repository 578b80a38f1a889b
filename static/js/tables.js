/* Tables: choosing rows shows the bulk bar; a chart swaps with its table. */
(function () {
  "use strict";

  function syncSelection(table) {
    const all = table.querySelector("[data-select-all]");
    if (!all) return;
    const boxes = Array.from(table.querySelectorAll("tbody [type=checkbox]"));
    const chosen = boxes.filter(function (box) { return box.checked; }).length;
    const bar = document.getElementById(all.dataset.selectAll);
    all.checked = boxes.length > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    boxes.forEach(function (box) {
      box.closest("tr").setAttribute("aria-selected", box.checked);
    });
    if (!bar) return;
    bar.hidden = chosen === 0;
    bar.querySelector("[data-n]").textContent = chosen;
  }

  function swap(button) {
    const asTable = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", asTable);
    document.getElementById(button.dataset.swap).hidden = asTable;
    document.getElementById(button.dataset.swap + "-table").hidden = !asTable;
    button.lastChild.textContent = asTable ? "看图" : "看表";
  }

  document.addEventListener("change", function (event) {
    const table = event.target.closest("table");
    if (!table || !event.target.matches("[type=checkbox]")) return;
    if (event.target.matches("[data-select-all]")) {
      table.querySelectorAll("tbody [type=checkbox]").forEach(function (box) {
        box.checked = event.target.checked;
      });
    }
    syncSelection(table);
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-swap]");
    if (button) swap(button);
  });

  document.querySelectorAll("table").forEach(syncSelection);
})();
