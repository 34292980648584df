import { count, duration } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useStatistics } from '../queries'
import type { QueueStatistics } from '../wire'
import { caseWords } from '../words'

const whole = 100

/** How each queue keeps its time, over the cases the reader may see. */
export function Statistics() {
  const words = useWords(caseWords)
  const lang = useLang()
  const query = useStatistics()
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const numbers = ['unsettled', 'unassigned', 'proposed', 'overdue', 'opened', 'closed'] as const
  const columns: Column<QueueStatistics>[] = [
    { key: 'queue', title: words.queue, card: 'title', render: (row) => row.title },
    ...numbers.map((name): Column<QueueStatistics> => ({
      key: name,
      title: words.counts[name] ?? name,
      align: 'right',
      render: (row) => <span className="lk-figure">{count(row[name])}</span>,
    })),
    {
      key: 'onTime',
      title: words.onTime,
      align: 'right',
      render: (row) => (row.closed > 0 ? `${Math.round((row.on_time / row.closed) * whole)}%` : '—'),
    },
    {
      key: 'confirmed',
      title: words.dispositions['confirmed'] ?? '',
      align: 'right',
      render: (row) => count(row.confirmed),
    },
    {
      key: 'median',
      title: words.median,
      align: 'right',
      render: (row) => (row.median_seconds === null ? '—' : duration(row.median_seconds, lang)),
    },
  ]
  return (
    <Panel flush>
      <DataTable label={words.statistics} rows={rows} columns={columns} rowKey={(row) => row.queue} />
      <p className="lk-small lk-faint lk-table-foot">{words.statisticsNote}</p>
    </Panel>
  )
}
