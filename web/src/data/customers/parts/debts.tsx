import { KindTag } from '@/kit/badge'
import { DateText, Percent, RateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel, Tile, Tiles } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { isDebt, listed } from '../lists'
import type { Account, CustomerPage } from '../wire'
import { customerWords } from '../words'
import { AccountName, AccountStatus, accountKey } from './assets'

/** 负债与授信: loans, cards, and how much of the limit is used. */
export function Debts({ customer }: { customer: CustomerPage }) {
  const words = useWords(customerWords)
  const columns = useColumns()
  const { loans, card_balance, credit_limit } = customer.amounts
  const accounts = customer.accounts.filter((account) => isDebt(account.kind))
  return (
    <div className="lk-stack">
      <Tiles>
        <Tile name={words.loans} value={<Money minor={loans} />} />
        <Tile name={words.cardBalance} value={<Money minor={card_balance} />} />
        <Tile
          name={words.creditLimit}
          value={<Money minor={credit_limit} />}
          note={
            credit_limit > 0 && (
              <>
                {words.used} <Percent ratio={card_balance / credit_limit} />
              </>
            )
          }
        />
      </Tiles>
      {accounts.length > 0 && (
        <Panel title={words.debtsTitle} flush>
          <DataTable label={words.debtsTitle} rows={listed(accounts)} columns={columns} rowKey={accountKey} />
        </Panel>
      )}
    </div>
  )
}

function useColumns(): Column<Account>[] {
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
    {
      key: 'limit',
      title: words.limit,
      align: 'right',
      render: (row) => <Money minor={row.credit_limit} currency={row.currency} />,
    },
    {
      key: 'usage',
      title: words.usage,
      align: 'right',
      render: (row) => <Percent ratio={row.credit_limit ? Math.abs(row.balance) / row.credit_limit : null} />,
    },
    { key: 'rate', title: words.rateYear, align: 'right', render: (row) => <RateText bp={row.rate_bp} /> },
    { key: 'opened', title: words.opened, render: (row) => <DateText at={row.opened_on} /> },
    { key: 'status', title: words.status, render: (row) => <AccountStatus status={row.status} /> },
  ]
}
