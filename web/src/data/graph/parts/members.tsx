import { StatusTag } from '@/kit/badge'
import { Percent } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { called } from '../look'
import { listed } from '../rows'
import type { GroupDetail, GroupMember } from '../wire'
import { graphWords } from '../words'
import { PartyName } from './party'

/** The members of a group, and by which evidence each was joined to whom. */
export function Members({ group }: { group: GroupDetail }) {
  const words = useWords(graphWords)
  const parties = new Map(group.members.map((member) => [member.party.key, member.party]))
  const columns: Column<GroupMember>[] = [
    {
      key: 'name',
      title: words.members,
      card: 'title',
      render: (row) => <PartyName party={row.party} badges />,
    },
    { key: 'why', title: words.joined, render: (row) => <Why row={row} via={parties.get(row.via ?? '')} /> },
    {
      key: 'sure',
      title: words.confidence,
      align: 'right',
      render: (row) => (row.via ? <Percent ratio={row.confidence} digits={0} /> : '—'),
    },
    {
      key: 'aum',
      title: words.aum,
      align: 'right',
      card: 'figure',
      render: (row) => (row.party.aum === null ? '—' : <Money minor={row.party.aum} />),
    },
  ]
  return (
    <Panel title={words.members} flush>
      <DataTable label={words.members} rows={listed(group.members)} columns={columns} rowKey={(row) => row.party.key} />
    </Panel>
  )
}

function Why({ row, via }: { row: GroupMember; via: GroupMember['party'] | undefined }) {
  const words = useWords(graphWords)
  if (!via) return <span className="lk-faint">{words.first}</span>
  const deviceOnly = row.needs.includes('device')
  return (
    <span className="lk-row lk-graph-why">
      <span className="lk-small">{words.via(called(via, words))}</span>
      {row.reasons.map((reason) => (
        <StatusTag key={reason.code} tone={reason.weight > 0 ? 'primary' : 'warn'}>
          <span title={`${words.weight} ${reason.weight > 0 ? '+' : ''}${reason.weight}`}>
            {words.reasons[reason.code] ?? reason.code}
          </span>
        </StatusTag>
      ))}
      {deviceOnly && <StatusTag tone="warn">{words.needsDevice}</StatusTag>}
    </span>
  )
}
