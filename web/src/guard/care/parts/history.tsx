import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useHistory } from '../queries'
import type { ConsentEntry } from '../wire'
import { careWords } from '../words'

/** Every grant and withdrawal with its evidence and time. */
export function History({ customerNo }: { customerNo: string }) {
  const words = useWords(careWords)
  const rows = useHistory(customerNo)
  const columns: Column<ConsentEntry>[] = [
    { key: 'at', title: words.decidedAt, render: (row) => <DateText at={row.decided_at} time /> },
    {
      key: 'act',
      title: words.act,
      card: 'badge',
      render: (row) => (
        <StatusTag tone={row.granted ? 'good' : 'warn'}>{row.granted ? words.grant : words.withdraw}</StatusTag>
      ),
    },
    {
      key: 'what',
      title: words.matter,
      card: 'title',
      render: (row) =>
        [words.matters[row.matter], row.purpose && words.purposeNames[row.purpose]].filter(Boolean).join(' · '),
    },
    {
      key: 'channels',
      title: words.channel,
      render: (row) => row.channels.map((one) => words.channelNames[one]).join(' ') || '—',
    },
    {
      key: 'evidence',
      title: words.evidence,
      render: (row) => `${words.evidenceKinds[row.evidence_kind]} ${row.evidence_ref}`,
    },
  ]
  return (
    <Panel title={words.history} flush>
      <DataTable
        label={words.history}
        rows={rows}
        columns={columns}
        rowKey={(row) => String(row.id)}
        empty={<Empty title={words.noHistory} small />}
      />
    </Panel>
  )
}
