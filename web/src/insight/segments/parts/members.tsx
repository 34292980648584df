import { useNavigate } from 'react-router'
import { TierBadge } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useMembers } from '../queries'
import type { Member } from '../wire'
import { segmentWords } from '../words'

const cny = 'CNY'

/** The members within the reader's scope, largest AUM first. */
export function Members({ id }: { id: number }) {
  const words = useWords(segmentWords)
  const navigate = useNavigate()
  const rows = useMembers(id)
  const columns: Column<Member>[] = [
    { key: 'name', title: words.customer, card: 'title', render: (row) => <span className="lk-name">{row.name}</span> },
    { key: 'no', title: words.customerNo, render: (row) => row.customer_no },
    { key: 'tier', title: words.tier, card: 'badge', render: (row) => <TierBadge tier={row.tier} /> },
    {
      key: 'aum',
      title: words.aum,
      align: 'right',
      card: 'figure',
      render: (row) => <Money minor={row.aum} currency={cny} />,
    },
    {
      key: 'mavg',
      title: words.aumMonth,
      align: 'right',
      render: (row) => <Money minor={row.aum_mavg} currency={cny} />,
    },
    {
      key: 'change',
      title: words.change3m,
      align: 'right',
      render: (row) => <Money minor={row.change_3m} currency={cny} />,
    },
    { key: 'branch', title: words.branch, render: (row) => row.branch_name },
    { key: 'rm', title: words.rm, render: (row) => row.rm_name || '—' },
    { key: 'contact', title: words.lastContact, render: (row) => <DateText at={row.last_contact_at} /> },
  ]
  return (
    <Panel flush>
      <DataTable
        label={words.detailTabs.members ?? ''}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.customer_no}
        keyboard
        onOpen={(row) => void navigate(`/customers/${row.customer_no}`)}
        empty={<Empty title={words.membersEmpty} />}
      />
    </Panel>
  )
}
