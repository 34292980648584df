import { Drawer } from 'antd'
import { useNavigate } from 'react-router'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { DataTable, type Column } from '@/kit/table'
import { size } from '@/kit/tokens'
import { useDoers } from '../queries'
import type { Doer, Query } from '../wire'
import { behaviourWords } from '../words'

interface DoersProps {
  query: Query | null
  segment: number | null
  onClose: () => void
}

/** Who did it: the customers behind the figure, most often first. */
export function Doers({ query, segment, onClose }: DoersProps) {
  const words = useWords(behaviourWords)
  const navigate = useNavigate()
  const found = useDoers(query, segment)
  const columns: Column<Doer>[] = [
    {
      key: 'no',
      title: words.customerNo,
      card: 'title',
      render: (row) => <span className="lk-name">{row.customer_no}</span>,
    },
    { key: 'times', title: words.timesColumn, align: 'right', card: 'figure', render: (row) => count(row.times) },
    { key: 'last', title: words.lastAt, render: (row) => <DateText at={row.last_at} time /> },
  ]
  return (
    <Drawer open={query !== null} title={words.whoTitle} size={size.drawer} onClose={onClose} destroyOnHidden>
      <p className="lk-small lk-faint">{words.whoNote}</p>
      <DataTable
        label={words.whoTitle}
        rows={{ items: found.data, error: found.error, isPending: found.isPending, refetch: found.refetch }}
        columns={columns}
        rowKey={(row) => row.customer_no}
        onOpen={(row) => void navigate(`/customers/${row.customer_no}?tab=behaviour`)}
      />
    </Drawer>
  )
}
