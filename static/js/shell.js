/* The shell: navigation drawer, "/" to search, menus that close, print buttons. */
(function () {
  "use strict";
  const toggle = document.querySelector("[data-toggle-nav]");
  const nav = document.getElementById("nav");

  function setNav(open) {
    nav.classList.toggle("is-open", open);
    toggle.setAttribute("aria-expanded", open);
    toggle.setAttribute("aria-label", open ? "关闭导航" : "打开导航");
    if (open) nav.querySelector("a, input").focus();
  }

  function closeMenus(except) {
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }

  if (toggle && nav) {
    toggle.addEventListener("click", function () {
      setNav(!nav.classList.contains("is-open"));
    });
  }

  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details[data-menu]"));
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      closeMenus(null);
      if (menu) menu.querySelector("summary").focus();
      if (nav && nav.classList.contains("is-open")) {
        setNav(false);
        toggle.focus();
      }
    }
    const typing = /INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName);
    const search = document.getElementById("q");
    if (event.key === "/" && !typing && search) {
      event.preventDefault();
      search.focus();
    }
  });
})();
