import { useMemo } from 'react'
import { Chart } from '@/kit/chart'
import { count, percent } from '@/kit/format'
import { useLang, useWords, type Lang } from '@/kit/lang'
import { tagNumber } from '@/kit/tagvalue'
import type { Bin, Kind, Spread } from '../wire'
import { tagWords } from '../words'

interface SpreadChartProps {
  spread: Spread
  kind: Kind
  labels: Record<string, string>
  asOf: string | null
  definition: string
}

/** How many customers have which value. */
export function SpreadChart({ spread, kind, labels, asOf, definition }: SpreadChartProps) {
  const words = useWords(tagWords)
  const lang = useLang()
  const option = useMemo(() => {
    const none = (spread.low ?? 0) >= 0
    const name = (bin: Bin) =>
      none && bin.low === null && bin.high === 1 ? '0' : binName(bin, kind, labels, words, lang)
    return {
      grid: { left: 0, right: 8, top: 24, bottom: 0, containLabel: true },
      tooltip: {
        trigger: 'axis',
        valueFormatter: (value: number) => `${count(value)} (${percent(value / Math.max(1, spread.customers))})`,
      },
      xAxis: { type: 'category', data: spread.bins.map(name), axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', min: 0, minInterval: 1 },
      series: [{ type: 'bar', name: words.customers, barMaxWidth: 40, data: spread.bins.map((bin) => bin.customers) }],
    }
  }, [spread, kind, labels, words, lang])
  return (
    <Chart
      option={option}
      label={words.spread}
      empty={spread.bins.length === 0}
      unit={words.person}
      asOf={asOf}
      definition={definition}
    />
  )
}

type Say = (typeof tagWords)['zh']

function binName(bin: Bin, kind: Kind, labels: Record<string, string>, words: Say, lang: Lang): string {
  if (kind === 'bool') return bin.word === 'yes' ? words.yes : words.no
  if (kind === 'word') return labels[bin.word] ?? bin.word
  if (kind === 'date' && bin.low !== null) return tagNumber(kind, bin.low, lang).slice(0, 'yyyy-mm'.length)
  const whole = kind === 'count' || kind === 'days'
  if (bin.low === null) return words.below(tagNumber(kind, bin.high ?? 0, lang))
  if (bin.high === null) return words.above(tagNumber(kind, bin.low, lang))
  if (whole && bin.high === bin.low + 1) return tagNumber(kind, bin.low, lang)
  const top = whole ? bin.high - 1 : bin.high
  return `${tagNumber(kind, bin.low, lang)}–${tagNumber(kind, top, lang)}`
}
