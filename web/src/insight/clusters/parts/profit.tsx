import { useMemo } from 'react'
import { Chart } from '@/kit/chart'
import { count } from '@/kit/format'
import { useLang, useWords, type Lang } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { usePreferences } from '@/kit/preferences'
import { useNarrow } from '@/kit/screen'
import { palette, space } from '@/kit/tokens'
import type { Cluster, ClusteringDetail } from '../wire'
import { clusterWords } from '../words'
import { yuan } from './figures'

const cap = 6
const lineWidth = 2
const wideLabel = 220
const narrowLabel = 96

/** What each cluster earns, with the interval that holds it. */
export function ProfitPanel({ detail }: { detail: ClusteringDetail }) {
  const words = useWords(clusterWords)
  const option = useProfitOption(detail.clusters)
  return (
    <Panel title={words.profitTitle}>
      <Chart
        option={option}
        label={words.profitLabel}
        unit={words.profitUnit}
        asOf={detail.run.as_of}
        definition={words.profitDefinition}
      />
    </Panel>
  )
}

interface Api {
  value: (at: number) => number
  coord: (place: [number, number]) => [number, number]
}

/** An interval as a whisker: a line from low to high with caps, and the estimate in words beside it. */
function whisker(api: Api, colour: string, said: (row: number) => string) {
  const row = api.value(0)
  const [left, y] = api.coord([api.value(1), row])
  const [right] = api.coord([api.value(2), row])
  const style = { stroke: colour, lineWidth }
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style,
  })
  return {
    type: 'group',
    children: [
      line(left, y, right, y),
      line(left, y - cap, left, y + cap),
      line(right, y - cap, right, y + cap),
      { type: 'text', style: { text: said(row), x: right + space.s1, y, fill: colour, verticalAlign: 'middle' } },
    ],
  }
}

function useProfitOption(clusters: Cluster[]) {
  const words = useWords(clusterWords)
  const lang = useLang()
  const { mode } = usePreferences()
  const narrow = useNarrow()
  return useMemo(() => {
    const names = clusters.map((one) => `${one.number}. ${one.name}`)
    const ranges = clusters.flatMap(({ profit: { low, high } }, row) =>
      low === null || high === null ? [] : [[row, low, high]],
    )
    return {
      grid: { left: 8, right: 72, top: 8, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, formatter: tip(clusters, words, lang) },
      xAxis: { type: 'value', axisLabel: { formatter: count, hideOverlap: true } },
      yAxis: {
        type: 'category',
        inverse: true,
        data: names,
        axisLabel: { width: narrow ? narrowLabel : wideLabel, overflow: 'break' },
      },
      series: [
        {
          type: 'bar',
          barMaxWidth: 20,
          data: clusters.map((one) => one.profit.value),
        },
        {
          type: 'custom',
          data: ranges,
          encode: { x: [1, 2], y: 0 },
          renderItem: (_: unknown, api: Api) =>
            whisker(api, palette[mode].text, (row) => yuan(clusters[row]?.profit.value ?? 0, lang)),
          z: 3,
          tooltip: { show: false },
        },
      ],
    }
  }, [clusters, words, lang, mode, narrow])
}

const tip =
  (clusters: Cluster[], words: { interval: (low: string, high: string) => string; noInterval: string }, lang: Lang) =>
  (points: { dataIndex: number }[]): string => {
    const one = clusters[points[0]?.dataIndex ?? 0]
    if (!one) return ''
    const { value, low, high } = one.profit
    const range = low === null || high === null ? words.noInterval : words.interval(yuan(low, lang), yuan(high, lang))
    return `${one.name}<br>${yuan(value, lang)}<br>${range}`
  }
