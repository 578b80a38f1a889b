/* Charts: one ECharts theme and a mount for <div class="pp-chart-l" data-chart="trend" data-src="id">,
   where id names a Django json_script. CSP-safe: tooltips are rich text, heights are classes.

   spark {y, x?, min?, max?, target?}
   trend {x, min, ticks, series: [{name, y}], target, marks: [{x, name, align?, up?}]}
         x: ISO dates; y, target: percent or null; ticks: indexes of x that carry a year label. */
(function () {
  "use strict";
  if (!window.echarts) return;

  const css = getComputedStyle(document.body);
  const token = function (name) { return css.getPropertyValue(name).trim(); };
  const INK = token("--pp-ink");
  const INK_2 = token("--pp-ink-2");
  const ACT = token("--pp-act");
  const AXIS = token("--pp-field-line");
  const SERIES = [ACT, "#a3560f", "#17694a", "#6b4e9b"];
  const SHAPES = ["circle", "rect", "triangle", "diamond"];
  const DASHES = ["solid", [7, 4], [2, 3], "solid"];
  const LABEL = { color: INK_2, fontSize: 12 };

  window.echarts.registerTheme("pp", {
    color: SERIES,
    animation: false,
    textStyle: { fontFamily: token("--pp-sans"), fontSize: 12, color: INK_2 },
    categoryAxis: {
      axisLine: { lineStyle: { color: AXIS } },
      axisTick: { show: false },
      axisLabel: LABEL,
      splitLine: { show: false },
    },
    valueAxis: {
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: LABEL,
      splitLine: { lineStyle: { color: token("--pp-line-soft") } },
    },
  });

  function percent(value, digits) {
    return value === null || value === undefined ? "—" : Number(value).toFixed(digits) + "%";
  }

  function spark(data) {
    const last = data.y.length - 1;
    const target = {
      silent: true,
      symbol: "none",
      label: { show: false },
      lineStyle: { color: INK_2, type: [3, 3], width: 1 },
      data: [{ yAxis: data.target }],
    };
    return {
      grid: { left: 2, right: 4, top: 4, bottom: 4 },
      xAxis: { type: "category", show: false, data: data.x || data.y.map(function (_, i) { return i; }) },
      yAxis: { type: "value", show: false, min: data.min, max: data.max },
      series: [{
        type: "line",
        data: data.y,
        symbol: "none",
        lineStyle: { width: 1.5, color: ACT },
        areaStyle: { color: ACT, opacity: 0.08 },
        markLine: data.target === null || data.target === undefined ? undefined : target,
        markPoint: {
          symbol: "circle",
          symbolSize: 6,
          itemStyle: { color: ACT },
          label: { show: false },
          data: [{ coord: [last, data.y[last]] }],
        },
      }],
    };
  }

  function datedMarks(marks) {
    return {
      silent: true,
      symbol: "none",
      label: { color: INK_2, fontSize: 12, formatter: "{b}" },
      lineStyle: { color: AXIS, type: [3, 3], width: 1 },
      data: marks.map(function (mark) {
        const label = { position: "end", align: mark.align || "left", padding: [0, 0, mark.up || 0, 0] };
        return { xAxis: mark.x, name: mark.name, label: label };
      }),
    };
  }

  // Labels at line ends that would lie on one another move down: pixels for each last value.
  function labelShifts(values, min, height, gap) {
    const place = function (value) { return (100 - value) / (100 - min) * height; };
    const order = values.map(function (_, index) { return index; });
    order.sort(function (a, b) { return values[b] - values[a]; });
    const shifts = [];
    let free = -Infinity;
    order.forEach(function (index) {
      const at = Math.max(place(values[index]), free);
      shifts[index] = at - place(values[index]);
      free = at + gap;
    });
    return shifts;
  }

  function trendLine(one, index, narrow, marks, shift) {
    const gap = narrow ? "\n" : " ";
    return {
      name: one.name,
      type: "line",
      data: one.y,
      showSymbol: false,
      symbol: SHAPES[index],
      symbolSize: 7,
      lineStyle: { width: index ? 1.75 : 2.5, type: DASHES[index] },
      endLabel: {
        show: true,
        color: SERIES[index],
        fontSize: 12,
        lineHeight: 15,
        formatter: function (point) { return one.name + gap + percent(point.value, 2); },
        offset: [0, shift],
      },
      markLine: index || narrow ? undefined : datedMarks(marks),
    };
  }

  function targetLine(values, narrow) {
    return {
      name: "目标",
      type: "line",
      step: "end",
      data: values,
      symbol: "none",
      lineStyle: { color: INK, width: 1.25, type: [6, 3] },
      itemStyle: { color: INK },
      endLabel: {
        show: !narrow,
        color: INK,
        fontSize: 12,
        formatter: function (point) { return "目标 " + percent(point.value, 0); },
        offset: [0, -4],
      },
      tooltip: { valueFormatter: function (value) { return percent(value, 0); } },
    };
  }

  function trend(data, box) {
    const narrow = box.clientWidth < 520;
    const yearly = function (index) {
      const place = data.ticks.indexOf(index);
      return place >= 0 && (!narrow || place % 2 === 1);
    };
    const top = narrow ? 16 : 44;
    const ends = data.series.map(function (one) { return one.y[one.y.length - 1] || data.min; });
    // The target's own label stands first where there is room for it.
    const targets = narrow ? [] : [data.target[data.target.length - 1] || 100];
    const height = box.clientHeight - top - 26;
    const shifts = labelShifts(targets.concat(ends), data.min, height, narrow ? 32 : 15);
    const lines = data.series.map(function (one, index) {
      return trendLine(one, index, narrow, data.marks, shifts[index + targets.length]);
    });
    return {
      grid: { left: 44, right: narrow ? 96 : 136, top: top, bottom: 26 },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        valueFormatter: function (value) { return percent(value, 2); },
      },
      xAxis: {
        type: "category",
        data: data.x,
        boundaryGap: false,
        axisLabel: {
          hideOverlap: true,
          interval: yearly,
          formatter: function (day) { return day.slice(0, 4); },
        },
      },
      yAxis: { type: "value", min: data.min, max: 100, interval: 20, axisLabel: { formatter: "{value}%" } },
      series: lines.concat([targetLine(data.target, narrow)]),
    };
  }

  const KINDS = { spark: spark, trend: trend };

  function mount(box) {
    if (window.echarts.getInstanceByDom(box)) return;
    const data = JSON.parse(document.getElementById(box.dataset.src).textContent);
    const chart = window.echarts.init(box, "pp", { renderer: "svg" });
    const base = { aria: { enabled: true, decal: { show: false } } };
    chart.setOption(Object.assign(base, KINDS[box.dataset.chart](data, box)));
    new ResizeObserver(function () { chart.resize(); }).observe(box);
  }

  function mountAll(root) {
    root.querySelectorAll("[data-chart]").forEach(mount);
  }

  document.addEventListener("htmx:load", function (event) { mountAll(event.detail.elt); });
  mountAll(document);
})();
