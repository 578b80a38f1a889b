/* Photos of a spot check: sent when chosen, tried again under the same key, shown once they are kept. */
(function () {
  "use strict";
  const FIRST_WAIT = 2000, LONGEST_WAIT = 30000;

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  document.querySelectorAll("form[data-photo]").forEach(function (form) {
    const field = form.elements.photo, state = form.querySelector("[data-photo-state]");
    let busy = false, wait = FIRST_WAIT, timer = 0;
    form.querySelector("button").hidden = true;
    form.querySelector("label").hidden = false;
    field.classList.add("visually-hidden");
    field.classList.remove("form-control", "mb-2");
    form.closest("[data-photos]").addEventListener("submit", function (event) {
      if (!event.target.matches("[data-photo-remove]")) return;
      event.preventDefault();
      remove(event.target);
    });
    field.addEventListener("change", function () { if (field.files.length) send(); });
    form.addEventListener("submit", function (event) { event.preventDefault(); send(); });
    window.addEventListener("online", function () { if (field.files.length) send(); });
    window.addEventListener("beforeunload", function (event) { if (busy || timer) event.preventDefault(); });

    function say(message, wrong) {
      state.textContent = message;
      state.classList.toggle("pp-red", wrong);
      state.classList.toggle("pp-2", !wrong);
    }

    function send() {
      if (busy || !field.files.length) return;
      clearTimeout(timer);
      timer = 0;
      busy = true;
      say("照片正在上传", false);
      fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual",
        headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then(function (answer) {
          if (answer.status >= 500) throw new Error(String(answer.status));
          if (![200, 422].includes(answer.status)) return { message: "上传失败：登录已失效或没有权限，请刷新页面" };
          return answer.json();
        })
        .then(function (said) {
          busy = false;
          wait = FIRST_WAIT;
          say(said.message, !said.url);
          form.elements.key.value = newKey();
          field.value = "";
          if (said.url) show(said);
        })
        .catch(function () {
          busy = false;
          say("照片未上传，联网后自动重发", true);
          timer = setTimeout(send, wait);
          wait = Math.min(2 * wait, LONGEST_WAIT);
        });
    }

    function remove(away) {
      fetch(away.action, { method: "POST", body: new FormData(away), redirect: "manual",
        headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then(function (answer) {
          if (![200, 404, 422].includes(answer.status)) throw new Error(String(answer.status));
          if (answer.status === 404) return { gone: true, message: "照片已撤下" };
          return answer.json().then(function (said) { return { gone: answer.status === 200, message: said.message }; });
        })
        .then(function (said) {
          say(said.message, !said.gone);
          if (!said.gone) return;
          away.parentElement.remove();
          field.focus();
        })
        .catch(function () { say("照片未撤下，请联网后再试", true); });
    }

    function show(said) {
      const box = document.createElement("div"), link = document.createElement("a"), image = new Image(76, 76);
      link.className = "pp-thumb";
      link.href = image.src = said.url;
      image.alt = "新添加的照片";
      link.append(image);
      const away = document.createElement("form"), token = form.elements.csrfmiddlewaretoken.cloneNode();
      const button = document.createElement("button");
      away.method = "post";
      away.action = said.remove;
      away.dataset.photoRemove = "";
      button.className = "btn btn-default btn-s";
      button.textContent = "撤下";
      away.append(token, button);
      box.append(link, away);
      form.closest("[data-photos]").querySelector("[data-thumbs]").append(box);
    }
  });
})();
