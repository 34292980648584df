import { KindTag, RiskBadge, StatusTag, TierBadge } from '@/kit/badge'
import { Ago, Due, Trend, today } from '@/kit/figure'
import { daysUntil } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import type { Column } from '@/kit/table'
import { changeRatio } from '../change'
import type { CustomerRow } from '../wire'
import { customerWords } from '../words'

/** The columns of the customer list; the manager's own name is left out of their own book. */
export function useCustomerColumns(own: boolean): Column<CustomerRow>[] {
  const words = useWords(customerWords)
  return [
    {
      key: 'name',
      title: words.name,
      fixed: true,
      card: 'title',
      render: (row) => <Name row={row} />,
    },
    { key: 'tier', title: words.tier, card: 'badge', render: (row) => <TierBadge tier={row.tier} /> },
    {
      key: 'aum',
      title: words.aumMean,
      align: 'right',
      card: 'figure',
      render: (row) => <Money minor={row.aum_mavg} />,
    },
    { key: 'change', title: words.change, align: 'right', render: (row) => <Change row={row} /> },
    { key: 'holds', title: words.holds, render: (row) => <Holds kinds={row.holds} /> },
    { key: 'risk', title: words.risk, render: (row) => <RiskValidity row={row} /> },
    {
      key: 'maturity',
      title: words.nextMaturity,
      render: (row) => <Maturity row={row} />,
    },
    {
      key: 'contact',
      title: words.lastContact,
      render: (row) => (row.last_contact_at ? <Ago at={row.last_contact_at} today={today()} /> : <Never />),
    },
    {
      key: 'login',
      title: words.lastLogin,
      hidden: true,
      card: 'none',
      render: (row) => <Ago at={row.last_login_at} today={today()} />,
    },
    {
      key: 'owner',
      title: words.owner,
      hidden: own,
      card: own ? 'none' : 'line',
      render: (row) => (
        <span className="lk-two-lines lk-nowrap">
          {row.rm_name ? <span>{row.rm_name}</span> : <span className="lk-none">{words.noRm}</span>}
          <span>{row.branch_name || '—'}</span>
        </span>
      ),
    },
    {
      key: 'now',
      title: words.aumNow,
      align: 'right',
      hidden: true,
      card: 'none',
      render: (row) => <Money minor={row.aum} />,
    },
    {
      key: 'sources',
      title: words.sources,
      hidden: true,
      card: 'none',
      render: (row) => words.sourceCount(row.source_count),
    },
  ]
}

function Name({ row }: { row: CustomerRow }) {
  const words = useWords(customerWords)
  return (
    <span className="lk-two-lines lk-nowrap">
      <span className="lk-name">{row.name}</span>
      <span>
        {row.customer_no} {row.kind === 'company' && <StatusTag>{words.company}</StatusTag>}
        {row.erased && <StatusTag tone="warn">{words.erased}</StatusTag>}
      </span>
    </span>
  )
}

function Change({ row }: { row: CustomerRow }) {
  return (
    <span className="lk-two-lines lk-end">
      <Trend ratio={changeRatio(row.aum, row.change_3m)} />
      <Money minor={row.change_3m} sign />
    </span>
  )
}

const shown = 3

function Holds({ kinds }: { kinds: string[] }) {
  const rest = kinds.slice(shown)
  if (kinds.length === 0) return <span className="lk-none">—</span>
  return (
    <span className="lk-nowrap">
      {kinds.slice(0, shown).map((kind) => (
        <KindTag key={kind} kind={kind} />
      ))}
      {rest.length > 0 && <span className="lk-faint lk-small"> +{rest.length}</span>}
    </span>
  )
}

function RiskValidity({ row }: { row: CustomerRow }) {
  const words = useWords(customerWords)
  if (!row.risk_tolerance) return <RiskBadge level={null} />
  const until = row.risk_valid_until
  const expired = until !== null && daysUntil(until, today()) < 0
  return (
    <span className="lk-two-lines">
      <RiskBadge level={row.risk_tolerance} named />
      {until && (
        <span className={expired ? 'lk-bad' : ''}>{expired ? words.expiredOn(until) : words.validUntil(until)}</span>
      )}
    </span>
  )
}

function Maturity({ row }: { row: CustomerRow }) {
  if (!row.next_maturity_on) return <span className="lk-none">—</span>
  return (
    <span className="lk-two-lines">
      <Money minor={row.next_maturity_amount} />
      <Due at={row.next_maturity_on} today={today()} />
    </span>
  )
}

function Never() {
  const words = useWords(customerWords)
  return <span className="lk-warn">{words.never}</span>
}
