import { KindTag, RiskBadge, StatusTag } from '@/kit/badge'
import { DateText, Due, RateText, Trend, today } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { isDebt, listed } from '../lists'
import type { Account, CustomerPage, Holding } from '../wire'
import { customerWords } from '../words'

/** 资产与到期: products held with their maturities, and deposit accounts. */
export function Assets({ customer }: { customer: CustomerPage }) {
  const words = useWords(customerWords)
  const accountColumns = useAccountColumns()
  const holdingColumns = useHoldingColumns()
  const accounts = customer.accounts.filter((account) => !isDebt(account.kind))
  const holdings = [...customer.holdings].sort((a, b) => (a.matures_on ?? '9').localeCompare(b.matures_on ?? '9'))
  return (
    <div className="lk-stack">
      {holdings.length > 0 && (
        <Panel title={words.holdingsTitle} flush>
          <DataTable label={words.holdingsTitle} rows={listed(holdings)} columns={holdingColumns} rowKey={holdingKey} />
        </Panel>
      )}
      {accounts.length > 0 && (
        <Panel title={words.accountsTitle} flush>
          <DataTable label={words.accountsTitle} rows={listed(accounts)} columns={accountColumns} rowKey={accountKey} />
        </Panel>
      )}
    </div>
  )
}

const holdingKey = (one: Holding): string =>
  [one.source, one.product_no, one.started_on, one.matures_on, one.market_value, one.units].join('|')
export const accountKey = (one: Account): string =>
  [one.source, one.kind, one.account_no, one.opened_on, one.product_no].join('|')

function useHoldingColumns(): Column<Holding>[] {
  const words = useWords(customerWords)
  return [
    {
      key: 'product',
      title: words.product,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.product_name ?? row.product_no ?? '—'}</span>
          <span>{words.systems[row.source] ?? row.source}</span>
        </span>
      ),
    },
    { key: 'kind', title: '', card: 'badge', render: (row) => row.kind && <KindTag kind={row.kind} /> },
    {
      key: 'risk',
      title: words.productRisk,
      render: (row) => (row.risk ? <RiskBadge level={row.risk} /> : <span className="lk-none">—</span>),
    },
    {
      key: 'value',
      title: words.marketValue,
      align: 'right',
      card: 'figure',
      render: (row) => <Money minor={row.market_value} currency={row.currency} />,
    },
    {
      key: 'gain',
      title: words.gain,
      align: 'right',
      render: (row) => (
        <Trend
          ratio={
            row.cost !== null && row.cost > 0 && row.cost !== row.market_value
              ? (row.market_value - row.cost) / row.cost
              : null
          }
        />
      ),
    },
    { key: 'rate', title: words.rateYear, align: 'right', render: (row) => <RateText bp={row.rate_bp} /> },
    { key: 'started', title: words.started, render: (row) => <DateText at={row.started_on} /> },
    { key: 'matures', title: words.matures, render: (row) => <Due at={row.matures_on} today={today()} /> },
  ]
}

export function AccountStatus({ status }: { status: string | null }) {
  const words = useWords(customerWords)
  if (!status) return <span className="lk-none">—</span>
  const tone = status === 'active' ? 'good' : status === 'frozen' || status === 'overdue' ? 'bad' : 'neutral'
  return (
    <StatusTag tone={tone} dot>
      {words.statuses[status] ?? status}
    </StatusTag>
  )
}

export function AccountName({ row }: { row: Account }) {
  const words = useWords(customerWords)
  return (
    <span className="lk-two-lines">
      <span className="lk-name">{row.product_name ?? words.accountKinds[row.kind] ?? row.kind}</span>
      <span>
        *{row.account_no} · {words.systems[row.source] ?? row.source}
      </span>
    </span>
  )
}

function useAccountColumns(): Column<Account>[] {
  const words = useWords(customerWords)
  return [
    { key: 'account', title: words.account, card: 'title', render: (row) => <AccountName row={row} /> },
    { key: 'kind', title: '', card: 'badge', render: (row) => <KindTag kind={row.kind} /> },
    {
      key: 'balance',
      title: words.balance,
      align: 'right',
      card: 'figure',
      render: (row) => <Money minor={row.balance} currency={row.currency} />,
    },
    { key: 'rate', title: words.rateYear, align: 'right', render: (row) => <RateText bp={row.rate_bp} /> },
    { key: 'opened', title: words.opened, render: (row) => <DateText at={row.opened_on} /> },
    { key: 'status', title: words.status, render: (row) => <AccountStatus status={row.status} /> },
  ]
}
