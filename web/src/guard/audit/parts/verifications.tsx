import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count, duration } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useVerifications } from '../queries'
import type { Verification } from '../wire'
import { auditWords } from '../words'

const seconds = (one: Verification): number =>
  one.ended_at ? (Date.parse(one.ended_at) - Date.parse(one.started_at)) / 1000 : 0

/** How verifications ended, and what was found wrong and where. */
export function Verifications() {
  const words = useWords(auditWords)
  const lang = useLang()
  const query = useVerifications()
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const columns: Column<Verification>[] = [
    { key: 'at', title: words.time, card: 'title', render: (row) => <DateText at={row.started_at} time /> },
    { key: 'result', title: words.result, card: 'badge', render: (row) => <Result one={row} /> },
    {
      key: 'size',
      title: words.held,
      align: 'right',
      render: (row) => (row.size === null ? '—' : <span className="lk-figure">{count(row.size)}</span>),
    },
    { key: 'signatures', title: words.signatures, align: 'right', render: (row) => count(row.signatures) },
    { key: 'erased', title: words.erasedCount, align: 'right', render: (row) => count(row.erased) },
    { key: 'took', title: words.took, render: (row) => (row.ended_at ? duration(seconds(row), lang) : '—') },
    { key: 'faults', title: words.faults, render: (row) => <Faults one={row} /> },
  ]
  return (
    <Panel flush>
      <DataTable
        label={words.tabs['verifications'] ?? ''}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={words.noVerifications} hint={words.noVerificationsHint} />}
      />
    </Panel>
  )
}

function Result({ one }: { one: Verification }) {
  const words = useWords(auditWords)
  if (one.sound === null)
    return <StatusTag tone={one.state === 'failed' ? 'bad' : 'primary'}>{words.runStates[one.state]}</StatusTag>
  return (
    <StatusTag tone={one.sound ? 'good' : 'bad'} dot>
      {one.sound ? words.sound : words.unsound(one.faults_total)}
    </StatusTag>
  )
}

function Faults({ one }: { one: Verification }) {
  if (one.faults.length === 0) return <span className="lk-none">—</span>
  return (
    <ul className="lk-small lk-reason">
      {one.faults.map((fault, place) => (
        <li key={place} className="lk-bad">
          {[fault.segment, fault.entry, fault.message].filter((part) => part !== null).join(' · ')}
        </li>
      ))}
    </ul>
  )
}
