/* Forms: the error summary leads to its fields, number steps, showing a password, submitting once. */
(function () {
  "use strict";

  function focusSummary(root) {
    const summary = root.querySelector(".pp-errsum");
    if (!summary) return;
    summary.tabIndex = -1;
    if (!summary.hasAttribute("data-nofocus")) summary.focus({ preventScroll: true });
  }

  function followErrorLink(event) {
    const link = event.target.closest(".pp-errsum a");
    const href = link ? link.getAttribute("href") : "";
    const field = href.length > 1 && href[0] === "#" ? document.getElementById(href.slice(1)) : null;
    if (!field) return;
    event.preventDefault();
    const row = field.closest("details");
    if (row) row.open = true;
    const target = field.matches("input, select, textarea, button, a")
      ? field
      : field.querySelector("input, select, textarea") || field;
    target.focus();
    target.scrollIntoView({ block: "center" });
  }

  function stepNumber(button) {
    const field = document.getElementById(button.dataset.for);
    field.value = Math.max(0, (parseFloat(field.value) || 0) + Number(button.dataset.step));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("click", function (event) {
    followErrorLink(event);
    const step = event.target.closest("[data-step]");
    if (step) stepNumber(step);
  });

  document.addEventListener("change", function (event) {
    const box = event.target;
    if (box.matches("[data-show-password]")) {
      box.form.querySelectorAll("input[autocomplete$=password]").forEach(function (field) {
        field.type = box.checked ? "text" : "password";
      });
    }
    if (box.matches("select[data-autosubmit]")) box.form.requestSubmit();
  });

  // A double click sends a form once; the server refuses replays all the same.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, 3000);
  });

  document.addEventListener("htmx:load", function (event) {
    focusSummary(event.detail.elt);
  });
  focusSummary(document);
})();
