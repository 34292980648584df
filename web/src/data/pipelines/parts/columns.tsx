import { Input } from 'antd'
import '../lineage.css'
import { StatusTag } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import type { Definition, OutColumn } from '../wire'
import { pipelineWords } from '../words'

interface ColumnsProps {
  columns: OutColumn[]
  one: Definition
  set: (change: Partial<Definition>) => void
  readOnly: boolean
}

/** What the query gives: type, class of personal information, meaning, and where each column comes from. */
export function Columns({ columns, one, set, readOnly }: ColumnsProps) {
  const words = useWords(pipelineWords)
  if (columns.length === 0) return null
  const say = (name: string, part: { meaning?: string; unit?: string }) => {
    const said = { meaning: '', unit: '', ...one.columns[name], ...part }
    const kept = Object.fromEntries(
      Object.entries({ ...one.columns, [name]: said }).filter(([, v]) => v.meaning || v.unit),
    )
    set({ columns: kept })
  }
  const shown: Column<OutColumn>[] = [
    { key: 'name', title: words.column, card: 'title', render: (row) => <code>{row.name}</code> },
    {
      key: 'kind',
      title: words.kind,
      render: (row) => (
        <span className="lk-small" title={row.kind}>
          {words.typeOf(row.kind)}
        </span>
      ),
    },
    {
      key: 'pi',
      title: words.pi,
      card: 'badge',
      render: (row) => <StatusTag tone={row.pi === 'c2' ? 'warn' : 'neutral'}>{words.classes[row.pi]}</StatusTag>,
    },
    {
      key: 'meaning',
      title: words.meaning,
      render: (row) => (
        <Input
          size="small"
          value={one.columns[row.name]?.meaning ?? ''}
          placeholder={row.meaning}
          readOnly={readOnly}
          maxLength={100}
          aria-label={`${row.name} ${words.meaning}`}
          onChange={(event) => say(row.name, { meaning: event.target.value })}
        />
      ),
    },
    {
      key: 'unit',
      title: words.unit,
      width: 80,
      render: (row) => (
        <Input
          size="small"
          value={one.columns[row.name]?.unit ?? ''}
          placeholder={row.unit}
          readOnly={readOnly}
          maxLength={10}
          aria-label={`${row.name} ${words.unit}`}
          onChange={(event) => say(row.name, { unit: event.target.value })}
        />
      ),
    },
    {
      key: 'origins',
      title: words.origins,
      render: (row) => <span className="lk-small lk-soft lk-origins">{row.origins.join('、') || '—'}</span>,
    },
  ]
  return (
    <Panel title={words.columns} flush>
      <DataTable
        label={words.columns}
        rows={{ items: columns, error: null, isPending: false, refetch: () => undefined }}
        columns={shown}
        rowKey={(row) => row.name}
      />
    </Panel>
  )
}
