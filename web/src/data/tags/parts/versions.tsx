import { useColumns } from '@/kit/columns'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { DataTable, type Column } from '@/kit/table'
import { col } from '@/kit/tokens'
import type { TagDetail } from '../wire'
import { tagWords } from '../words'
import { StateTag } from './cells'

type Version = TagDetail['versions'][number]

/** Every saved version, the newest first. */
export function Versions({ tag }: { tag: TagDetail }) {
  const words = useWords(tagWords)
  const all: Column<Version>[] = [
    { key: 'version', title: words.version, width: col.short, card: 'title', render: (row) => `v${row.version}` },
    {
      key: 'state',
      title: words.state,
      width: col.normal,
      card: 'badge',
      render: (row) => <StateTag state={row.state} />,
    },
    {
      key: 'how',
      title: words.formula,
      width: col.text,
      render: (row) => <code className="lk-small">{row.definition.measure?.filter ?? row.definition.expression}</code>,
    },
    { key: 'note', title: words.noteField, width: col.text, render: (row) => row.note || '—' },
    { key: 'by', title: words.savedBy, width: col.normal, render: (row) => row.saved_by },
    { key: 'at', title: words.savedAt, width: col.wide, render: (row) => <DateText at={row.saved_at} time /> },
  ]
  return (
    <DataTable
      label={words.versions}
      rows={{ items: tag.versions, error: null, isPending: false, refetch: () => undefined }}
      columns={useColumns(all)}
      rowKey={(row) => String(row.version)}
      empty={<Empty small title={words.shippedVersion} />}
    />
  )
}
