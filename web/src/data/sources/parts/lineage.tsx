import { Loaded } from '@/kit/faces'
import { StatusTag } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useLineage } from '../queries'
import type { Lineage } from '../wire'
import { sourceWords } from '../words'

/** Where each column of the source goes, and how. */
export function LineageTab({ name }: { name: string }) {
  const words = useWords(sourceWords)
  const query = useLineage(name)
  const columns: Column<Lineage>[] = [
    {
      key: 'source',
      title: words.sourceColumn,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <code>{row.source_column || '—'}</code>
          <span>{row.source_meaning}</span>
        </span>
      ),
    },
    { key: 'pi', title: words.pi, card: 'badge', render: (row) => (row.pi ? <StatusTag>{row.pi}</StatusTag> : '—') },
    { key: 'expression', title: words.expression, render: (row) => <code>{row.expression}</code> },
    {
      key: 'target',
      title: words.target,
      render: (row) => (
        <span className="lk-two-lines">
          <code>
            {row.table}.{row.column}
          </code>
          <span>{row.column_meaning}</span>
        </span>
      ),
    },
  ]
  return (
    <Panel flush>
      <Loaded query={query}>
        {(items) => (
          <DataTable
            label={words.lineageTitle}
            rows={{ items, error: null, isPending: false, refetch: query.refetch }}
            columns={columns}
            rowKey={(row) => [row.source_column, row.table, row.column, row.expression].join('|')}
          />
        )}
      </Loaded>
    </Panel>
  )
}
