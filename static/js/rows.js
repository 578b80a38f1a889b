/* The row editor over a Django formset: add a row from its template, remove one, take that back.

   <div data-formset="prefix"> the management form, <div data-rows>, <template data-empty>, and a
   button [data-row-add]. A row is [data-row] with its prefix-N-DELETE box, [data-row-body],
   [data-row-remove], and .pp-undo (hidden) with [data-row-undo]. Without JavaScript the box is ticked. */
(function () {
  "use strict";

  function number(node, index) {
    node.querySelectorAll("*").forEach(function (element) {
      Array.from(element.attributes).forEach(function (attribute) {
        if (attribute.value.includes("__prefix__")) {
          attribute.value = attribute.value.replaceAll("__prefix__", index);
        }
      });
    });
  }

  function add(set) {
    const total = set.querySelector("[name=" + CSS.escape(set.dataset.formset + "-TOTAL_FORMS") + "]");
    const row = set.querySelector("template[data-empty]").content.cloneNode(true);
    number(row, total.value);
    total.value = Number(total.value) + 1;
    const rows = set.querySelector("[data-rows]");
    rows.append(row);
    if (window.htmx) window.htmx.process(rows.lastElementChild);
    const field = rows.lastElementChild.querySelector("input:not([type=hidden]), select, textarea");
    if (field) field.focus();
  }

  function setRemoved(row, removed) {
    const box = row.querySelector("[name$=-DELETE]");
    box.checked = removed;
    row.querySelector("[data-row-body]").hidden = removed;
    row.querySelector(".pp-undo").hidden = !removed;
    row.querySelector(removed ? "[data-row-undo]" : "[data-row-remove]").focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-row-add], [data-row-remove], [data-row-undo]");
    if (!button) return;
    if (button.matches("[data-row-add]")) add(button.closest("[data-formset]"));
    else setRemoved(button.closest("[data-row]"), button.matches("[data-row-remove]"));
  });
})();
