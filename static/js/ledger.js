/* The ledger's entry grid: the change against last period follows at once; only changed rows; what is
   being typed outlives a table that the server sends back. */
(function () {
  "use strict";

  function number(text) {
    const digits = text.replace(/[,，\s]/g, "");
    return /^-?\d+(\.\d+)?$/.test(digits) ? Number(digits) : null;
  }

  function difference(control, before) {
    const chosen = control.selectedOptions;
    const now = chosen && control.value ? chosen[0].textContent : control.value.trim();
    const a = number(before), b = number(now);
    if (before === "—" || now === "") return [now === "" ? "未报" : "—", false];
    if (a === null || b === null) return now === before ? ["无变化", false] : ["有变化", true];
    if (a === b) return [b === 0 ? "已报零" : "无变化", false];
    return [(b > a ? "增 " : "减 ") + Math.abs(b - a).toLocaleString("en-US"), true];
  }

  document.addEventListener("change", function (event) {
    const row = event.target.closest(".pp-grid tbody tr");
    if (row && !row.matches(".is-bad") && event.target.matches("td.in > input, td.in > select")) {
      const found = difference(event.target, row.querySelector(".num").textContent.trim());
      row.querySelector(".dl").textContent = found[0];
      row.classList.toggle("chg", found[1]);
    }
    if (!event.target.matches("[data-only-changed]")) return;
    document.querySelectorAll(".pp-grid tbody tr:not(.g):not(.chg):not(.is-bad)").forEach(function (other) {
      other.hidden = event.target.checked;
    });
  });

  let held = null;
  document.addEventListener("htmx:beforeSwap", function () {
    const field = document.activeElement;
    held = field && field.form && field.id ? { id: field.id, value: field.value } : null;
  });
  document.addEventListener("htmx:afterSettle", function () {
    const field = held && document.getElementById(held.id);
    if (field && field.value !== held.value && field.type !== "checkbox") field.value = held.value;
  });
})();
