import { useMemo } from 'react'
import { StatusTag } from '@/kit/badge'
import { Chart } from '@/kit/chart'
import { Empty } from '@/kit/faces'
import { Percent } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import type { ClusteringDetail, Evidence } from '../wire'
import { clusterWords } from '../words'

const digits = 2

/** 类数依据: every number that was weighed, and which one was taken. */
export function EvidencePanel({ detail }: { detail: ClusteringDetail }) {
  const words = useWords(clusterWords)
  const option = useEvidenceOption(detail)
  const columns = useColumns(detail)
  if (detail.evidence.length === 0) return <Empty title={words.evidenceNone} hint={detail.reason} />
  return (
    <div className="lk-stack">
      <Panel title={words.evidenceTab}>
        <Chart
          option={option}
          label={words.evidenceLabel}
          asOf={detail.run.as_of}
          definition={words.evidenceDefinition(count(detail.sample))}
        />
      </Panel>
      <Panel flush>
        <DataTable
          label={words.evidenceTab}
          rows={{ items: detail.evidence, error: null, isPending: false, refetch: () => undefined }}
          columns={columns}
          rowKey={(row) => String(row.k)}
        />
      </Panel>
    </div>
  )
}

function useColumns(detail: ClusteringDetail): Column<Evidence>[] {
  const words = useWords(clusterWords)
  const beside = (name: string, better: 'high' | 'low') => `${name}（${words.better[better] ?? ''}）`
  return [
    {
      key: 'k',
      title: words.k,
      card: 'title',
      render: (row) => (
        <span className="lk-row">
          <b>{row.k}</b>
          {row.k === detail.run.k && <StatusTag tone="primary">{words.chosen}</StatusTag>}
        </span>
      ),
    },
    {
      key: 'silhouette',
      title: beside(words.silhouette, 'high'),
      align: 'right',
      render: (row) => <span className="lk-figure">{row.silhouette.toFixed(digits)}</span>,
    },
    {
      key: 'db',
      title: beside(words.daviesBouldin, 'low'),
      align: 'right',
      render: (row) => <span className="lk-figure">{row.davies_bouldin.toFixed(digits)}</span>,
    },
    {
      key: 'bic',
      title: beside(words.bic, 'low'),
      align: 'right',
      render: (row) => <span className="lk-figure">{count(Math.round(row.bic))}</span>,
    },
    {
      key: 'stability',
      title: beside(words.stability, 'high'),
      align: 'right',
      render: (row) => <span className="lk-figure">{row.stability.toFixed(digits)}</span>,
    },
    {
      key: 'smallest',
      title: words.smallest,
      align: 'right',
      card: 'figure',
      render: (row) => <Percent ratio={row.smallest} />,
    },
  ]
}

function useEvidenceOption({ evidence, run }: ClusteringDetail) {
  const words = useWords(clusterWords)
  return useMemo(() => {
    const line = (name: string, of: (one: Evidence) => number, yAxisIndex: number) => ({
      type: 'line',
      name,
      yAxisIndex,
      data: evidence.map((one) => Number(of(one).toFixed(3))),
      symbolSize: 8,
      showAllSymbol: true,
    })
    const taken = evidence.findIndex((one) => one.k === run.k)
    const mark = taken < 0 ? {} : { markLine: chosen(taken, words.chosen) }
    return {
      grid: { left: 8, right: 8, top: 64, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis' },
      legend: { top: 0, left: 0 },
      xAxis: { type: 'category', data: evidence.map((one) => `k = ${one.k}`) },
      yAxis: [
        { type: 'value', name: words.silhouette, min: 0, max: 1, nameTextStyle: { align: 'left' } },
        {
          type: 'value',
          name: words.daviesBouldin,
          min: 0,
          splitLine: { show: false },
          nameTextStyle: { align: 'right' },
        },
      ],
      series: [
        { ...line(words.silhouette, (one) => one.silhouette, 0), ...mark },
        line(words.stability, (one) => one.stability, 0),
        line(words.daviesBouldin, (one) => one.davies_bouldin, 1),
      ],
    }
  }, [evidence, run.k, words])
}

const chosen = (at: number, word: string) => ({
  silent: true,
  symbol: 'none',
  label: { formatter: word, position: 'end', rotate: 0 },
  data: [{ xAxis: at }],
})
