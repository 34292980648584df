import { Alert } from 'antd'
import { useLang, useWords } from '@/kit/lang'
import { Empty } from '@/kit/faces'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { DataTable, type Column } from '@/kit/table'
import type { usePreview } from '../queries'
import { pipelineWords } from '../words'

type Row = { at: number; cells: (string | null)[] }

/** Some rows the query would give, masked. */
export function PreviewPanel({ preview }: { preview: ReturnType<typeof usePreview> }) {
  const words = useWords(pipelineWords)
  const lang = useLang()
  if (preview.error) {
    return (
      <Panel title={words.preview}>
        <Alert type="error" showIcon title={sentence(preview.error, lang)} />
      </Panel>
    )
  }
  const found = preview.data
  if (!found) return null
  const columns: Column<Row>[] = found.columns.map((column, place) => ({
    key: column.name,
    title: column.name,
    ...(place === 0 ? { card: 'title' as const } : {}),
    ...(/INT|DOUBLE|DECIMAL/.test(column.kind) ? { align: 'right' as const } : {}),
    render: (row) => row.cells[place] ?? <span className="lk-none">—</span>,
  }))
  const note =
    words.previewNote(found.rows.length, found.seconds.toFixed(1)) + (found.more ? ` · ${words.previewMore}` : '')
  return (
    <Panel title={words.preview} extra={<span className="lk-small lk-faint">{note}</span>} flush>
      <DataTable
        label={words.preview}
        rows={{
          items: found.rows.map((cells, at) => ({ at, cells })),
          error: null,
          isPending: false,
          refetch: () => undefined,
        }}
        columns={columns}
        rowKey={(row) => String(row.at)}
        empty={<Empty title={words.noRows} small />}
      />
    </Panel>
  )
}
