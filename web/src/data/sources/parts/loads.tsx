import { useMemo, useState } from 'react'
import { Chart } from '@/kit/chart'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count, date, duration } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { kitWords } from '@/kit/words'
import { useLoads } from '../queries'
import type { Load } from '../wire'
import { sourceWords } from '../words'
import { LoadStateTag } from './faces'
import { LoadDrawer } from './load'

const recent = 20

/** Loads of one source, newest first, and the trend of the last ones. */
export function Loads({ name }: { name: string }) {
  const words = useWords(sourceWords)
  const rows = useLoads(name)
  const [open, setOpen] = useState<string | null>(null)
  const items = rows.items ?? []
  return (
    <div className="lk-stack">
      {items.length > 1 && <Trend loads={items.slice(0, recent)} />}
      <Panel flush>
        <DataTable
          label={words.loads}
          rows={rows}
          columns={useColumns()}
          rowKey={(row) => row.id}
          keyboard
          onOpen={(row) => setOpen(row.id)}
          empty={<Empty title={words.noLoads} />}
        />
      </Panel>
      <LoadDrawer id={open} onClose={() => setOpen(null)} />
    </div>
  )
}

function Trend({ loads }: { loads: Load[] }) {
  const words = useWords(sourceWords)
  const kit = useWords(kitWords)
  const option = useMemo(() => {
    const shown = [...loads].reverse()
    const bar = (label: string, of: (load: Load) => number) => ({
      type: 'bar',
      stack: 'rows',
      barMaxWidth: 24,
      name: label,
      data: shown.map(of),
    })
    return {
      grid: { left: 0, right: 8, top: 32, bottom: 0, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'category', data: shown.map((load) => load.file_date ?? date(load.started_at)) },
      yAxis: { type: 'value', min: 0 },
      series: [
        bar(words.rowsAccepted, (load) => load.rows_accepted),
        bar(words.rowsUnchanged, (load) => load.rows_unchanged),
        bar(words.rowsQuarantined, (load) => load.rows_quarantined),
      ],
    }
  }, [loads, words])
  return (
    <Panel title={words.trend}>
      <Chart option={option} label={words.trendLabel} tall="small" unit={kit.rows} />
    </Panel>
  )
}

function useColumns(): Column<Load>[] {
  const words = useWords(sourceWords)
  const lang = useLang()
  return [
    {
      key: 'file',
      title: words.file,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.file_name}</span>
          {row.sentence ? (
            <span className="lk-bad">{row.sentence}</span>
          ) : (
            <span>{words.version(row.contract_version)}</span>
          )}
        </span>
      ),
    },
    { key: 'state', title: words.state, card: 'badge', render: (row) => <LoadStateTag state={row.state} /> },
    { key: 'date', title: words.dataDate, render: (row) => <DateText at={row.file_date} /> },
    { key: 'started', title: words.started, render: (row) => <DateText at={row.started_at} time /> },
    {
      key: 'took',
      title: words.took,
      align: 'right',
      render: (row) => (row.seconds === null ? '—' : duration(row.seconds, lang)),
    },
    { key: 'read', title: words.rowsRead, align: 'right', card: 'figure', render: (row) => count(row.rows_read) },
    { key: 'accepted', title: words.rowsAccepted, align: 'right', render: (row) => count(row.rows_accepted) },
    { key: 'unchanged', title: words.rowsUnchanged, align: 'right', render: (row) => count(row.rows_unchanged) },
    {
      key: 'quarantined',
      title: words.rowsQuarantined,
      align: 'right',
      render: (row) => (
        <span className={row.rows_quarantined > 0 ? 'lk-warn lk-strong' : ''}>{count(row.rows_quarantined)}</span>
      ),
    },
  ]
}
