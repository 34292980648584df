import { Empty } from '@/kit/faces'
import { Count, DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useRefreshes } from '../queries'
import type { Refresh } from '../wire'
import { segmentWords } from '../words'

/** How membership moved with each refresh, over the whole bank. */
export function History({ id }: { id: number }) {
  const words = useWords(segmentWords)
  const query = useRefreshes(id)
  const columns: Column<Refresh>[] = [
    { key: 'asof', title: words.asOf, card: 'title', render: (row) => <DateText at={row.as_of} /> },
    { key: 'at', title: words.at, render: (row) => <DateText at={row.at} time /> },
    { key: 'cause', title: words.cause, card: 'badge', render: (row) => words.causes[row.cause] },
    { key: 'version', title: words.version, render: (row) => words.versionNo(row.version) },
    {
      key: 'size',
      title: words.size,
      align: 'right',
      card: 'figure',
      render: (row) => <Count value={row.customers} />,
    },
    { key: 'reach', title: words.reachable, align: 'right', render: (row) => <Count value={row.reachable} /> },
    { key: 'joined', title: words.joined, align: 'right', render: (row) => <Count value={row.joined} /> },
    { key: 'gone', title: words.gone, align: 'right', render: (row) => <Count value={row.gone} /> },
  ]
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  return (
    <Panel flush>
      <DataTable
        label={words.detailTabs.history ?? ''}
        rows={rows}
        columns={columns}
        rowKey={(row) => String(row.id)}
        empty={<Empty />}
      />
    </Panel>
  )
}
