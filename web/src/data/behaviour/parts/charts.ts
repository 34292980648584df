import { useMemo } from 'react'
import type { EChartsOption } from '@/kit/echarts'
import { useWords } from '@/kit/lang'
import { usePreferences } from '@/kit/preferences'
import { palette } from '@/kit/tokens'
import type { Offer, Query, Result } from '../wire'
import { behaviourWords } from '../words'
import { useNames } from './names'
import { bars, heat, lines, sankey } from './shapes'

export type Measure = 'customers' | 'times'

interface Drawing {
  option: EChartsOption
  empty: boolean
  unit: string
}

type Cell = number | string | null
const numberAt = (row: Cell[], at: number): number => Number(row[at] ?? 0)
const textAt = (row: Cell[], at: number): string => String(row[at] ?? '')
const bp = 10_000
const whole = 100

/** The chart of an answer. */
export function useDrawing(result: Result, offer: Offer, measure: Measure, query: Query): Drawing {
  const words = useWords(behaviourWords)
  const names = useNames(offer)
  const { mode } = usePreferences()
  return useMemo(() => {
    const { rows, kind } = result
    const column = measure === 'customers' ? 4 : 3
    const unit = measure === 'customers' ? words.people : words.times
    switch (kind) {
      case 'trend': {
        const days = [...new Set(rows.map((row) => textAt(row, 0)))]
        const series = new Map<string, number[]>()
        for (const row of rows) {
          const title = query.by
            ? names.group(query.by, row[2] as string | null)
            : (result.steps[numberAt(row, 1)] ?? '')
          const data = series.get(title) ?? days.map(() => 0)
          data[days.indexOf(textAt(row, 0))] = numberAt(row, column)
          series.set(title, data)
        }
        return { option: lines(days, [...series]), empty: rows.every((row) => numberAt(row, 3) === 0), unit }
      }
      case 'funnel': {
        const labels = rows.map((_, at) => `${at + 1} ${result.steps[at] ?? ''}`)
        const notes = rows.map((row) => `${numberAt(row, 1)}  ${((numberAt(row, 2) / bp) * whole).toFixed(1)}%`)
        const values = rows.map((row) => numberAt(row, 1))
        return { option: bars(labels, values, { notes, sideways: true }), empty: !values[0], unit: words.people }
      }
      case 'retention': {
        const periods = result.columns.slice(2)
        const mean = periods.map((_, at) => average(rows, at + 2))
        const labels = periods.map((_, at) => words.after[query.grain](at + 1))
        const empty = rows.every((row) => numberAt(row, 1) === 0)
        return { option: lines(labels, [[words.average, mean]], '%'), empty, unit: '%' }
      }
      case 'path': {
        const links = rows.map((row) => ({
          source: `${numberAt(row, 0)}|${names.page(textAt(row, 1))}`,
          target: `${numberAt(row, 0) + 1}|${names.page(textAt(row, 2))}`,
          value: numberAt(row, 3),
        }))
        return { option: sankey(links, palette[mode].text), empty: links.length === 0, unit: words.sessions }
      }
      case 'distribution': {
        const labels = rows.map((row) => words.range(numberAt(row, 0), row[1] === null ? null : numberAt(row, 1)))
        const values = rows.map((row) => numberAt(row, 2))
        return { option: bars(labels, values), empty: values.every((value) => value === 0), unit: words.people }
      }
      case 'interval': {
        const labels = rows.map((row, at) =>
          words.spans(numberAt(row, 0), at + 1 < rows.length ? numberAt(row, 1) : null),
        )
        const values = rows.map((row) => numberAt(row, 2))
        return { option: bars(labels, values), empty: values.every((value) => value === 0), unit: words.times }
      }
      case 'session': {
        const days = rows.map((row) => textAt(row, 0))
        const both: [string, number[]][] = [
          [words.sessionCount, rows.map((row) => numberAt(row, 1))],
          [words.customersColumn, rows.map((row) => numberAt(row, 2))],
        ]
        return { option: lines(days, both), empty: rows.every((row) => numberAt(row, 1) === 0), unit: words.sessions }
      }
      case 'hours': {
        const at = measure === 'customers' ? 3 : 2
        const cells = rows.map((row): [number, number, number] => [
          numberAt(row, 1),
          numberAt(row, 0),
          numberAt(row, at),
        ])
        const hours = Array.from({ length: 24 }, (_, index) => String(index))
        const colours = [palette[mode].primarySoft, palette[mode].primary]
        const empty = cells.every((cell) => cell[2] === 0)
        return { option: heat(hours, words.weekdays, cells, { colours, ends: words.heatEnds }), empty, unit }
      }
    }
  }, [result, measure, query, words, names, mode])
}

/** The share of all customers whose period is over that came back, in percent. */
function average(rows: Cell[][], at: number): number {
  const over = rows.filter((row) => row[at] !== null)
  const size = over.reduce((sum, row) => sum + numberAt(row, 1), 0)
  const back = over.reduce((sum, row) => sum + numberAt(row, at), 0)
  return size ? Math.round((back / size) * whole * 10) / 10 : 0
}
