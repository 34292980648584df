import { useMemo } from 'react'
import { Chart } from '@/kit/chart'
import { Empty } from '@/kit/faces'
import { Count, DateText, Percent } from '@/kit/figure'
import { month } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import type { ClusteringDetail, MonthAlike } from '../wire'
import { clusterWords } from '../words'

const digits = 2

/** 稳定性: would the months before have been grouped alike? */
export function StabilityPanel({ detail }: { detail: ClusteringDetail }) {
  const words = useWords(clusterWords)
  const option = useStabilityOption(detail.months)
  const columns = useColumns()
  if (detail.months.length === 0) return <Empty title={words.noMonths} hint={words.noMonthsHint} />
  return (
    <div className="lk-stack">
      <Panel title={words.stabilityTitle}>
        <Chart
          option={option}
          label={words.stabilityLabel}
          empty={detail.months.every((one) => one.ari === null)}
          asOf={detail.run.as_of}
          definition={words.stabilityDefinition}
        />
      </Panel>
      <Panel flush>
        <DataTable
          label={words.stabilityTitle}
          rows={{ items: detail.months, error: null, isPending: false, refetch: () => undefined }}
          columns={columns}
          rowKey={(row) => row.as_of}
        />
      </Panel>
    </div>
  )
}

function useColumns(): Column<MonthAlike>[] {
  const words = useWords(clusterWords)
  return [
    { key: 'as_of', title: words.asOf, card: 'title', render: (row) => <DateText at={row.as_of} /> },
    {
      key: 'ari',
      title: words.ari,
      align: 'right',
      card: 'figure',
      render: (row) =>
        row.ari === null ? (
          <span className="lk-soft">{row.note}</span>
        ) : (
          <span className="lk-figure">{row.ari.toFixed(digits)}</span>
        ),
    },
    { key: 'stayed', title: words.stayed, align: 'right', render: (row) => <Percent ratio={row.stayed} /> },
    { key: 'shared', title: words.shared, align: 'right', render: (row) => <Count value={row.shared} /> },
  ]
}

function useStabilityOption(months: MonthAlike[]) {
  const words = useWords(clusterWords)
  return useMemo(
    () => ({
      grid: { left: 8, right: 8, top: 40, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis' },
      legend: { top: 0, left: 0 },
      xAxis: { type: 'category', data: months.map((one) => month(one.as_of)) },
      yAxis: { type: 'value', min: 0, max: 1 },
      series: [
        {
          type: 'line',
          name: words.ari,
          symbolSize: 8,
          showAllSymbol: true,
          z: 3,
          data: months.map((one) => rounded(one.ari)),
        },
        { type: 'bar', name: words.stayed, barMaxWidth: 36, data: months.map((one) => rounded(one.stayed)) },
      ],
    }),
    [months, words],
  )
}

const places = 3
const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toFixed(places)))
