/* The phone page of a spot check: each item is sent by itself, tried again, and says whether it is kept. */
(function () {
  "use strict";
  const page = document.querySelector("[data-check][data-live]");
  if (!page) return;
  const PAUSE = 800, FIRST_WAIT = 1000, LONGEST_WAIT = 30000, PATIENCE = 15000;
  const items = Array.from(page.querySelectorAll("form[data-answer]")).map(makeItem);

  function makeItem(form) {
    const item = { form: form, seq: 0, version: form.elements.row_version.value, body: null,
      dirty: false, busy: false, failed: false, stuck: false, wait: FIRST_WAIT, timer: 0 };
    form.querySelector("[data-save]").hidden = true;
    form.addEventListener("input", function (event) { touch(item, event.target.name === "note" ? PAUSE : 0); });
    form.addEventListener("submit", function (event) { event.preventDefault(); touch(item, 0); });
    form.addEventListener("click", function (event) {
      const button = event.target.closest("[data-keep]");
      if (button) settle(item, button.dataset.keep);
    });
    showSeverity(item);
    return item;
  }

  function showSeverity(item) {
    const value = item.form.elements.value.value, severity = item.form.elements.severity;
    item.form.querySelector("[data-severity]").hidden = value !== "mostly" && value !== "not";
    if (value === "not" && !severity.value) severity.value = "general";
  }

  function touch(item, pause) {
    item.dirty = true;
    item.body = null;
    showSeverity(item);
    if (item.stuck) return;
    say(item, "正在保存");
    later(item, pause);
  }

  function later(item, pause) {
    clearTimeout(item.timer);
    item.timer = setTimeout(function () { send(item); }, pause);
  }

  function content(item) {
    const fields = item.form.elements, body = new URLSearchParams();
    item.seq += 1;
    ["csrfmiddlewaretoken", "client", "value", "note", "severity"].forEach(function (name) {
      body.set(name, fields[name].value);
    });
    body.set("seq", item.seq);
    return body;
  }

  /* One send of an item at a time. What failed goes out again word for word, under the same number. */
  function send(item) {
    if (item.busy || item.stuck || !(item.dirty || item.body)) return;
    if (!item.body) item.body = content(item);
    item.body.set("row_version", item.version);
    item.busy = true;
    item.dirty = false;
    const sent = item.body, stop = new AbortController();
    const patience = setTimeout(function () { stop.abort(); }, PATIENCE);
    fetch(item.form.action, { method: "POST", body: sent, signal: stop.signal,
      headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin" })
      .then(function (answer) {
        const known = [200, 409, 422].includes(answer.status);
        if (!known && answer.status < 500) return { status: answer.status };
        if (!known) throw new Error(String(answer.status));
        return answer.json().then(function (said) { return { status: answer.status, said: said }; });
      })
      .then(function (result) { item.busy = false; received(item, sent, result); })
      .catch(function () { item.busy = false; notReceived(item, sent); })
      .finally(function () { clearTimeout(patience); banner(); });
  }

  function received(item, sent, result) {
    const said = result.said;
    item.failed = false;
    item.wait = FIRST_WAIT;
    if (item.body === sent) item.body = null;
    const fields = item.form.elements;
    // A send that had come through before its answer was lost, and that somebody has overwritten since.
    const overtaken = result.status === 200 && !said.applied && !item.dirty &&
      (said.value !== fields.value.value || said.note !== fields.note.value.trim());
    if (overtaken) said.message = "另一名成员刚改过这一项";
    if (result.status === 200 && !overtaken) {
      item.version = said.version;
      show(item, said);
      if (item.dirty) later(item, 0);
      else say(item, "已保存 " + said.at + "，" + said.by + (said.lacks ? "；" + said.lacks : ""));
    } else if (result.status === 409 || overtaken) {
      item.stuck = true;
      item.theirs = said;
      say(item, "未保存：" + said.message);
      conflict(item, true);
    } else {
      item.unsaved = true;
      say(item, "保存失败：" + (said ? said.message : "登录已失效或没有权限，请先复制填写的内容，再刷新页面"));
    }
  }

  function notReceived(item, sent) {
    if (!item.body && !item.dirty) item.body = sent;
    item.failed = true;
    say(item, "未保存，联网后自动重发");
    later(item, item.wait);
    item.wait = Math.min(2 * item.wait, LONGEST_WAIT);
  }

  function conflict(item, open) {
    const box = item.form.querySelector("[data-conflict]"), said = item.theirs;
    box.classList.toggle("d-none", !open);
    if (open) box.querySelector("[data-theirs]").textContent =
      "已保存的内容（" + said.by + " " + said.at + "）：" + said.label + (said.note ? "，" + said.note : "");
  }

  function settle(item, which) {
    const said = item.theirs, fields = item.form.elements;
    item.stuck = false;
    item.version = said.version;
    conflict(item, false);
    if (which === "mine") return touch(item, 0);
    fields.value.value = said.value;
    fields.note.value = said.note;
    fields.severity.value = said.severity;
    item.dirty = false;
    item.body = null;
    showSeverity(item);
    show(item, said);
    say(item, "已保存 " + said.at + "，" + said.by);
  }

  function show(item, said) {
    const box = item.form.closest("[data-item]"), mark = box.querySelector("[data-result]");
    const choice = item.form.querySelector('[name="value"][value="' + said.value + '"]');
    item.unsaved = false;
    mark.className = "pp-st pp-st--" + (choice ? choice.dataset.kind : "idle");
    mark.textContent = said.label;
    box.toggleAttribute("data-lacks", Boolean(said.lacks));
    page.querySelectorAll("[data-tally]").forEach(function (place) {
      place.textContent = said.tally[place.dataset.tally];
    });
    page.querySelector("[data-percent]").value = said.tally.percent;
    page.querySelectorAll("[data-head]").forEach(function (head) {
      head.querySelector("[data-done]").textContent = head.querySelectorAll("[data-item]:not([data-lacks])").length;
    });
  }

  function say(item, words) { item.form.querySelector("[data-state]").textContent = words; }

  function waiting() {
    return items.filter(function (item) { return item.dirty || item.body || item.busy || item.stuck || item.unsaved; });
  }

  function banner() {
    const lost = items.filter(function (item) { return item.failed; }).length;
    page.querySelector("[data-offline]").hidden = lost === 0;
    page.querySelector("[data-pending]").textContent = lost;
  }

  window.addEventListener("online", function () {
    items.forEach(function (item) { if (item.failed) later(item, 0); });
  });
  window.addEventListener("beforeunload", function (event) { if (waiting().length) event.preventDefault(); });

  page.addEventListener("click", function (event) {
    if (!event.target.closest("[data-next]")) return;
    const next = page.querySelector("[data-item][data-lacks]:not([open])") || page.querySelector("[data-item][data-lacks]");
    if (!next) return;
    event.preventDefault();
    page.querySelectorAll("[data-item]").forEach(function (box) {
      box.open = box === next;
      box.classList.toggle("is-now", box === next);
    });
    next.scrollIntoView({ block: "start" });
    next.querySelector("summary").focus();
  });
})();
