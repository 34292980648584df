import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useVersions } from '../queries'
import type { Version } from '../wire'
import { segmentWords } from '../words'

/** Every version of the rule, newest first. */
export function Versions({ id }: { id: number }) {
  const words = useWords(segmentWords)
  const query = useVersions(id)
  const columns: Column<Version>[] = [
    { key: 'version', title: words.version, card: 'title', render: (row) => words.versionNo(row.version) },
    { key: 'at', title: words.at, card: 'figure', render: (row) => <DateText at={row.saved_at} time /> },
    { key: 'by', title: words.savedBy, render: (row) => row.saved_name },
    { key: 'rule', title: words.rule, render: (row) => <span className="seg-wrap">{row.sentence}</span> },
    { key: 'purpose', title: words.purpose, render: (row) => words.purposes[row.purpose] },
    { key: 'note', title: words.noteLabel, render: (row) => <span className="seg-wrap">{row.note || '—'}</span> },
  ]
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  return (
    <Panel flush>
      <DataTable
        label={words.detailTabs.versions ?? ''}
        rows={rows}
        columns={columns}
        rowKey={(row) => String(row.version)}
        empty={<Empty />}
      />
    </Panel>
  )
}
