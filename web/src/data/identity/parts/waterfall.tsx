import { useMemo } from 'react'
import { Chart } from '@/kit/chart'
import { useWords } from '@/kit/lang'
import { usePreferences } from '@/kit/preferences'
import { palette } from '@/kit/tokens'
import { barsOf, signed, type Bar } from '../waterfall'
import type { Waterfall } from '../wire'
import { identityWords } from '../words'

/** The waterfall of a pair: what speaks for and against, bar by bar, from the prior to the total. */
export function WaterfallChart({ waterfall }: { waterfall: Waterfall }) {
  const words = useWords(identityWords)
  const { mode } = usePreferences()
  const option = useMemo(() => {
    const c = palette[mode]
    const colours: Record<Bar['kind'], string> = {
      prior: c.textFaint,
      for: c.good,
      against: c.bad,
      nothing: c.lineStrong,
      total: c.primary,
    }
    const bars = barsOf(waterfall, { prior: words.prior, total: words.total }).reverse()
    const name = (bar: Bar) => (bar.note ? `${bar.name}\n{note|${bar.note}}` : bar.name)
    return {
      grid: { left: 0, right: 48, top: 0, bottom: 0, containLabel: true },
      xAxis: { type: 'value', axisLabel: { formatter: (value: number) => String(value) } },
      yAxis: {
        type: 'category',
        data: bars.map(name),
        axisLabel: { lineHeight: 16, rich: { note: { color: c.textFaint, fontSize: 11 } } },
        axisLine: { show: false },
      },
      series: [seriesOf(bars, colours, c.text)],
    }
  }, [waterfall, words, mode])
  return (
    <Chart
      option={option}
      label={words.waterfallLabel}
      tall="tall"
      unit={words.waterfallUnit}
      definition={words.waterfallDefinition}
    />
  )
}

function seriesOf(bars: Bar[], colours: Record<Bar['kind'], string>, text: string) {
  return {
    type: 'custom',
    renderItem: (_: unknown, api: BarApi) => drawBar(api, colours, text),
    encode: { x: [1, 2], y: 0 },
    data: bars.map((bar, index) => [index, bar.from, bar.to, bar.kind]),
  }
}

interface BarApi {
  value: (dimension: number) => number | string
  coord: (point: [number, number]) => [number, number]
  size: (span: [number, number]) => [number, number]
}

const share = 0.56
const gap = 6

function drawBar(api: BarApi, colours: Record<Bar['kind'], string>, text: string) {
  const row = Number(api.value(0))
  const [from, to] = [Number(api.value(1)), Number(api.value(2))]
  const start = api.coord([from, row])
  const end = api.coord([to, row])
  const height = api.size([0, 1])[1] * share
  const [x, width] = [Math.min(start[0], end[0]), Math.max(Math.abs(end[0] - start[0]), 1)]
  const kind = api.value(3) as Bar['kind']
  const label = kind === 'total' || kind === 'prior' ? to : to - from
  return {
    type: 'group',
    children: [
      { type: 'rect', shape: { x, y: start[1] - height / 2, width, height, r: 2 }, style: { fill: colours[kind] } },
      {
        type: 'text',
        style: {
          x: x + width + gap,
          y: start[1],
          text: signed(label),
          fill: text,
          textVerticalAlign: 'middle',
          fontSize: 12,
        },
      },
    ],
  }
}
