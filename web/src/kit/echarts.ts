import { BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart } from 'echarts/charts'
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components'
import { init, registerTheme, use as register, type ECharts, type EChartsCoreOption } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { fontFamily, palette, seriesColours, size, space, type Mode } from './tokens'

register([
  BarChart,
  LineChart,
  CustomChart,
  HeatmapChart,
  SankeyChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  MarkLineComponent,
  VisualMapComponent,
  AriaComponent,
  CanvasRenderer,
])

export type EChartsOption = EChartsCoreOption
export type Drawing = ECharts

/** The one chart theme, in light and dark. */
function themeOf(mode: Mode): object {
  const c = palette[mode]
  const text = { color: c.textSoft, fontFamily, fontSize: size.small }
  const axis = {
    axisLine: { lineStyle: { color: c.lineStrong } },
    axisTick: { show: false },
    axisLabel: text,
    nameTextStyle: text,
    splitLine: { lineStyle: { color: c.line } },
  }
  return {
    color: seriesColours[mode],
    backgroundColor: 'transparent',
    textStyle: { fontFamily },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    legend: { textStyle: text, itemWidth: space.s1h, itemHeight: space.s1, icon: 'roundRect' },
    tooltip: {
      backgroundColor: c.raised,
      borderColor: c.line,
      textStyle: { color: c.text, fontFamily, fontSize: size.small },
      axisPointer: { lineStyle: { color: c.lineStrong }, shadowStyle: { color: c.primarySoft, opacity: 0.5 } },
    },
    line: { symbolSize: 5, lineStyle: { width: 2 } },
    bar: { itemStyle: { borderRadius: [2, 2, 0, 0] } },
  }
}

for (const mode of ['light', 'dark'] as const) registerTheme(`liuke-${mode}`, themeOf(mode))

export function draw(host: HTMLElement, mode: Mode): Drawing {
  return init(host, `liuke-${mode}`, { renderer: 'canvas' })
}
