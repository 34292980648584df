import { Link } from 'react-router'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { listed } from '../lists'
import type { CustomerPage, SourceRecord } from '../wire'
import { customerWords } from '../words'

/** 来源与归并: which source records form this customer. */
export function Sources({ customer, mayResolve }: { customer: CustomerPage; mayResolve: boolean }) {
  const words = useWords(customerWords)
  const columns: Column<SourceRecord>[] = [
    {
      key: 'system',
      title: words.system,
      card: 'title',
      render: (row) => <span className="lk-name">{words.systems[row.source] ?? row.source}</span>,
    },
    { key: 'key', title: words.sourceKey, card: 'badge', render: (row) => <code>{row.source_key}</code> },
    { key: 'accounts', title: words.accountCount, align: 'right', card: 'line', render: (row) => count(row.accounts) },
    { key: 'opened', title: words.firstOpened, render: (row) => <DateText at={row.opened_on} /> },
    { key: 'known', title: words.knownAt, render: (row) => <DateText at={row.known_at} time /> },
  ]
  const link = mayResolve && (
    <Link to={`/identity?tab=journal&customer=${customer.customer_no}`}>{words.toIdentity}</Link>
  )
  return (
    <Panel title={words.sourcesTitle} extra={link} flush>
      <DataTable
        label={words.sourcesTitle}
        rows={listed(customer.sources)}
        columns={columns}
        rowKey={(row) => `${row.source}|${row.source_key}`}
        footer={words.sourcesHint}
      />
    </Panel>
  )
}
