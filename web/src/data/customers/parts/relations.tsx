import { Link } from 'react-router'
import { StatusTag } from '@/kit/badge'
import { DateText, Percent } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { listed } from '../lists'
import type { CustomerPage, Relation } from '../wire'
import { customerWords } from '../words'

const bp = 10_000

/** 关系: family, firms, guarantees; each with where it is known from. */
export function Relations({ customer }: { customer: CustomerPage }) {
  const words = useWords(customerWords)
  const columns: Column<Relation>[] = [
    {
      key: 'kind',
      title: words.relation,
      card: 'badge',
      render: (row) => <StatusTag tone="primary">{words.relationKinds[row.kind] ?? row.kind}</StatusTag>,
    },
    {
      key: 'name',
      title: words.otherParty,
      card: 'title',
      render: (row) =>
        row.customer_no ? (
          <Link to={`/customers/${row.customer_no}`}>
            {row.name} <span className="lk-small">{row.customer_no}</span>
          </Link>
        ) : (
          <span className="lk-faint">{row.name ?? words.outside}</span>
        ),
    },
    {
      key: 'share',
      title: words.share,
      align: 'right',
      render: (row) => <Percent ratio={row.share_bp === null ? null : row.share_bp / bp} />,
    },
    { key: 'evidence', title: words.evidence, render: (row) => row.evidence ?? '—' },
    { key: 'source', title: words.source, render: (row) => words.systems[row.source] ?? row.source },
    { key: 'from', title: words.validFrom, render: (row) => <DateText at={row.valid_from} /> },
    { key: 'to', title: words.validTo, render: (row) => <DateText at={row.valid_to} /> },
  ]
  return (
    <Panel flush>
      <DataTable
        label={words.relation}
        rows={listed(customer.relations)}
        columns={columns}
        rowKey={(row) => [row.kind, row.customer_no, row.name, row.source, row.valid_from, row.evidence].join('|')}
      />
    </Panel>
  )
}
