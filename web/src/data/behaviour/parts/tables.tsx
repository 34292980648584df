import { count, duration, percent } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import type { Column } from '@/kit/table'
import type { Offer, Query, Result } from '../wire'
import { behaviourWords } from '../words'
import { useNames } from './names'

export interface TableRow {
  key: string
  cells: (number | string | null)[]
}

const bp = 10_000
const hundredth = 100
const minute = 60
const none = '—'

/** The table of an answer: the same figures as the chart, one by one. */
export function useTable(
  result: Result,
  offer: Offer,
  query: Query,
): { rows: TableRow[]; columns: Column<TableRow>[] } {
  const words = useWords(behaviourWords)
  const lang = useLang()
  const names = useNames(offer)
  const number = (row: TableRow, at: number) => (row.cells[at] === null ? null : Number(row.cells[at] ?? 0))
  const text = (row: TableRow, at: number) => String(row.cells[at] ?? '')
  const said = (value: number | null, say: (value: number) => string) => (value === null ? none : say(value))
  const words_ = (key: string, title: string, render: (row: TableRow) => string, first = false): Column<TableRow> => ({
    key,
    title,
    render,
    ...(first ? { card: 'title' as const } : {}),
  })
  const figure = (
    key: string,
    title: string,
    at: number,
    say: (value: number) => string = count,
  ): Column<TableRow> => ({
    key,
    title,
    align: 'right',
    render: (row) => <span className="lk-figure">{said(number(row, at), say)}</span>,
  })
  const share = (value: number) => percent(value / bp)
  const long = (minutes: number) => duration(minutes * minute, lang)
  const rows = result.rows.map((cells, at) => ({ key: String(at), cells }))
  const last = String(rows.length - 1)
  const columns: Record<Result['kind'], () => Column<TableRow>[]> = {
    trend: () => [
      words_('day', words.day, (row) => text(row, 0), true),
      ...(query.by
        ? [
            words_('group', words.bys[query.by] ?? words.group, (row) =>
              names.group(query.by, row.cells[2] as string | null),
            ),
          ]
        : []),
      ...(!query.by && result.steps.length > 1
        ? [words_('step', words.event, (row) => result.steps[number(row, 1) ?? 0] ?? '')]
        : []),
      figure('customers', words.customersColumn, 4),
      figure('times', words.timesColumn, 3),
    ],
    funnel: () => [
      words_(
        'step',
        words.step,
        (row) => `${(number(row, 0) ?? 0) + 1} ${result.steps[number(row, 0) ?? 0] ?? ''}`,
        true,
      ),
      figure('customers', words.customersColumn, 1),
      figure('first', words.ofFirst, 2, share),
      figure('previous', words.ofPrevious, 3, share),
      figure('median', words.median, 4, long),
    ],
    retention: () => [
      words_('cohort', words.cohort, (row) => text(row, 0), true),
      figure('size', words.cohortSize, 1),
      ...result.columns.slice(2).map((name, at) => ({
        key: name,
        title: words.after[query.grain](at + 1),
        align: 'right' as const,
        render: (row: TableRow) => {
          const [size, back] = [number(row, 1) ?? 0, number(row, at + 2)]
          return (
            <span className="lk-figure" title={back === null ? undefined : count(back)}>
              {back === null || size === 0 ? none : percent(back / size)}
            </span>
          )
        },
      })),
    ],
    path: () => [
      words_('level', words.step, (row) => words.levelNo((number(row, 0) ?? 0) + 1)),
      words_('from', words.from, (row) => names.page(text(row, 1)), true),
      words_('to', words.to, (row) => names.page(text(row, 2))),
      figure('sessions', words.sessionCount, 3),
    ],
    distribution: () => [
      words_('range', words.timesRange, (row) => words.range(number(row, 0) ?? 0, number(row, 1)), true),
      figure('customers', words.customersColumn, 2),
    ],
    interval: () => [
      words_(
        'range',
        words.lasting,
        (row) => words.spans(number(row, 0) ?? 0, row.key === last ? null : number(row, 1)),
        true,
      ),
      figure('times', words.timesColumn, 2),
    ],
    session: () => [
      words_('day', words.day, (row) => text(row, 0), true),
      figure('sessions', words.sessionCount, 1),
      figure('customers', words.customersColumn, 2),
      figure('seconds', words.meanSeconds, 3, (value) => duration(value, lang)),
      figure('events', words.meanEvents, 4, (value) => (value / hundredth).toFixed(1)),
      figure('single', words.single, 5, share),
    ],
    hours: () => [
      words_('weekday', words.weekday, (row) => words.weekdays[number(row, 0) ?? 0] ?? '', true),
      words_('hour', words.hourColumn, (row) => words.hour(number(row, 1) ?? 0)),
      figure('customers', words.customersColumn, 3),
      figure('times', words.timesColumn, 2),
    ],
  }
  const busiest = (one: TableRow, other: TableRow) => (number(other, 3) ?? 0) - (number(one, 3) ?? 0)
  const ordered = result.kind === 'path' || result.kind === 'hours' ? [...rows].sort(busiest).slice(0, 50) : rows
  return { rows: ordered, columns: columns[result.kind]() }
}
