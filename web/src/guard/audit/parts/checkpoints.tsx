import { StatusTag } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { brief } from '../proof'
import { useCheckpoints } from '../queries'
import type { Checkpoint } from '../wire'
import { auditWords } from '../words'
import { ConsistencyPanel } from './consistency'

/** Signed statements of what the log held, newest first. */
export function Checkpoints({ size }: { size: number }) {
  const words = useWords(auditWords)
  const rows = useCheckpoints()
  const columns: Column<Checkpoint>[] = [
    { key: 'at', title: words.time, card: 'title', render: (row) => <DateText at={row.at} time /> },
    {
      key: 'size',
      title: words.held,
      align: 'right',
      card: 'figure',
      render: (row) => <span className="lk-figure">{count(row.size)}</span>,
    },
    { key: 'segment', title: words.segment, render: (row) => row.segment },
    {
      key: 'sealed',
      title: words.state,
      card: 'badge',
      render: (row) =>
        row.sealed ? (
          <StatusTag tone="good">{words.segmentSealed}</StatusTag>
        ) : (
          <StatusTag>{words.segmentOpen}</StatusTag>
        ),
    },
    { key: 'root', title: words.root, render: (row) => <Hash value={row.root} /> },
    { key: 'signature', title: words.signature, render: (row) => <Hash value={row.signature} /> },
  ]
  return (
    <>
      {size > 0 && <ConsistencyPanel size={size} />}
      <Panel flush className="lk-foot-space">
        <DataTable
          label={words.tabs['checkpoints'] ?? ''}
          rows={rows}
          columns={columns}
          rowKey={(row) => `${row.size}-${row.at}`}
        />
      </Panel>
    </>
  )
}

export function Hash({ value }: { value: string }) {
  return (
    <span className="lk-hash" title={value}>
      {brief(value)}
    </span>
  )
}
