import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useChanges } from '../queries'
import type { Change } from '../wire'
import { customerWords } from '../words'

/** 变更日志: what happened to the customer's record, and who did it. */
export function Changes({ customerNo }: { customerNo: string }) {
  const words = useWords(customerWords)
  const rows = useChanges(customerNo)
  const columns: Column<Change>[] = [
    { key: 'at', title: words.time, render: (row) => <DateText at={row.at} time /> },
    { key: 'kind', title: words.changesTitle, card: 'title', render: (row) => words.changeKinds[row.kind] ?? row.kind },
    { key: 'what', title: words.what, render: (row) => <What facts={row.facts} /> },
    {
      key: 'who',
      title: words.who,
      render: (row) => (row.actor_id.startsWith('system') ? words.system : row.actor_name),
    },
  ]
  return (
    <Panel flush>
      <DataTable
        label={words.changesTitle}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={words.changesEmpty} />}
      />
    </Panel>
  )
}

/** The facts of an event as short text: `field: old → new`, or `field: value`. */
export function factLines(facts: Record<string, unknown>): string[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      return factLines(value as Record<string, unknown>)
    if (Array.isArray(value) && value.length === 2)
      return [`${name}: ${String(value[0] ?? '—')} → ${String(value[1] ?? '—')}`]
    return value === null || value === '' ? [] : [`${name}: ${String(value)}`]
  })
}

function What({ facts }: { facts: Record<string, unknown> }) {
  return (
    <ul className="lk-small lk-soft">
      {factLines(facts).map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}
