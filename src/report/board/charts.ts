/** The page's charts as SVG, drawn on the server; each stands beside the table it is drawn from. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { STATES, stateName } from "../../engine/lifecycle/states.ts";
import { count } from "../../engine/text/count.ts";
import { escaped, Markup } from "../../engine/text/html.ts";
import type { BoardJson } from "./schema.ts";

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

type Option = Parameters<ECharts["setOption"]>[0];

/** Colours are the page's own, so that a chart is light or dark as the page is. */
const INK = "var(--soft)";
const LINE = "var(--line)";
const FIRST = "var(--first)";
const SECOND = "var(--second)";
const WIDTH = 720;

const axis = {
  axisLine: { lineStyle: { color: LINE } },
  axisTick: { lineStyle: { color: LINE } },
  axisLabel: { color: INK },
  splitLine: { lineStyle: { color: LINE } },
};
const common = {
  animation: false,
  grid: { left: 8, right: 24, top: 40, bottom: 8, outerBoundsMode: "same" as const },
  legend: { top: 4, textStyle: { color: INK } },
};

/** @param label what somebody hears who does not see it */
function draw(id: string, label: string, height: number, option: Option): Markup {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ ...common, ...option });
    const svg = chart
      .renderToSVGString()
      // Styles of its own would need a policy that lets any style in; the page has what little there is in them.
      .replace(/<style[^>]*>[\s\S]*?<\/style>/g, "")
      .replace(/ style="[^"]*"/g, "")
      .replace(/ (?:ecmeta_\w+|class)="[^"]*"/g, "")
      .replace(
        /^<svg width="\d+" height="\d+"/,
        `<svg role="img" aria-labelledby="${id}" preserveAspectRatio="xMidYMid meet"`,
      )
      .replace(/>/, `><title id="${id}">${escaped(label)}</title>`);
    return new Markup(svg);
  } finally {
    chart.dispose();
  }
}

export function flowChart({ flow }: BoardJson): Markup {
  const sum = (of: "opened" | "completed") => flow.reduce((all, week) => all + week[of], 0);
  const label = `Over twelve weeks ${count(sum("opened"), "request was", "requests were")} opened and ${sum("completed")} completed; the table below has each week.`;
  return draw("chart-flow", label, 260, {
    xAxis: { type: "category", data: flow.map(({ week }) => week.slice(5)), ...axis },
    yAxis: { type: "value", minInterval: 1, ...axis },
    series: [
      {
        name: "opened",
        type: "bar",
        data: flow.map(({ opened }) => opened),
        itemStyle: { color: FIRST },
      },
      {
        name: "completed",
        type: "line",
        data: flow.map(({ completed }) => completed),
        symbolSize: 7,
        lineStyle: { color: SECOND, width: 2 },
        itemStyle: { color: SECOND },
      },
    ],
  });
}

export function timesChart({ states }: BoardJson, dayHours: number): Markup {
  const shown = STATES.filter((state) => state !== "completed");
  const days = (hours: number | null) => Math.round(((hours ?? 0) / dayHours) * 100) / 100;
  const bar = (name: string, color: string, of: "p50" | "p90") => ({
    name,
    type: "bar" as const,
    data: shown.map((state) => days(states[state][of])),
    itemStyle: { color },
    barMaxWidth: 22,
  });
  return draw(
    "chart-times",
    "Median and 90th percentile of the working days that finished stays took, by state; the table below has the numbers.",
    230,
    {
      xAxis: {
        type: "value",
        name: "working days",
        nameLocation: "middle",
        nameGap: 28,
        nameTextStyle: { color: INK },
        ...axis,
      },
      yAxis: { type: "category", inverse: true, data: shown.map(stateName), ...axis },
      series: [bar("median", FIRST, "p50"), bar("90th percentile", SECOND, "p90")],
    },
  );
}
