import { DateText, Percent } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel, Tile, Tiles } from '@/kit/page'
import { Split } from '@/kit/split'
import { DataTable, type Column } from '@/kit/table'
import { useTransactions } from '../queries'
import type { CustomerPage, Transaction } from '../wire'
import { customerWords } from '../words'

const bp = 10_000

/** 交易与代发: salary and how much of it stays, money by category, every booking. */
export function Flows({ customer }: { customer: CustomerPage }) {
  const words = useWords(customerWords)
  const rows = useTransactions(customer.customer_no)
  const flow = customer.cash_flow
  return (
    <div className="lk-stack">
      {flow && (
        <>
          <Tiles>
            <Tile
              name={words.salaryMean}
              value={<Money minor={flow.salary_mean} />}
              note={<LastSalary on={flow.last_salary_on} />}
            />
            <Tile name={words.inflowMean} value={<Money minor={flow.inflow_mean} />} />
            <Tile name={words.outflowMean} value={<Money minor={flow.outflow_mean} />} />
            <Tile
              name={`${words.kept3} / ${words.kept7}`}
              value={
                <>
                  <Percent digits={0} ratio={flow.kept_3d_bp === null ? null : flow.kept_3d_bp / bp} />
                  {' / '}
                  <Percent digits={0} ratio={flow.kept_7d_bp === null ? null : flow.kept_7d_bp / bp} />
                </>
              }
              note={words.keptHint}
            />
          </Tiles>
          <Categories flow={flow} />
        </>
      )}
      <Panel title={words.transactionsTitle} flush>
        <DataTable
          label={words.transactionsTitle}
          rows={rows}
          columns={useColumns()}
          rowKey={(row) => row.id}
          keyboard
        />
      </Panel>
    </div>
  )
}

function LastSalary({ on }: { on: string | null }) {
  const words = useWords(customerWords)
  return on ? (
    <>
      {words.lastSalary} <DateText at={on} />
    </>
  ) : null
}

function Categories({ flow }: { flow: NonNullable<CustomerPage['cash_flow']> }) {
  const words = useWords(customerWords)
  const of = (direction: string) =>
    flow.categories
      .filter((one) => one.direction === direction)
      .map((one) => ({ name: words.categories[one.category] ?? one.category, minor: one.amount }))
  return (
    <div className="lk-grid">
      {['in', 'out'].map((direction) => (
        <Panel
          key={direction}
          title={`${words.categoriesTitle} · ${words.directions[direction] ?? ''}`}
          className="lk-span-6"
        >
          <Split parts={of(direction)} label={words.categoriesLabel} />
        </Panel>
      ))}
    </div>
  )
}

function useColumns(): Column<Transaction>[] {
  const words = useWords(customerWords)
  return [
    { key: 'time', title: words.time, render: (row) => <DateText at={row.at} time /> },
    {
      key: 'category',
      title: words.category,
      card: 'title',
      render: (row) =>
        row.category ? (words.categories[row.category] ?? row.category) : (words.directions[row.direction] ?? '—'),
    },
    {
      key: 'amount',
      title: words.amount,
      align: 'right',
      card: 'figure',
      render: (row) => (
        <span className={row.direction === 'in' ? 'lk-good' : ''}>
          <Money minor={row.direction === 'in' ? row.amount : -row.amount} currency={row.currency} exact sign />
        </span>
      ),
    },
    {
      key: 'balance',
      title: words.balanceAfter,
      align: 'right',
      render: (row) => <Money minor={row.balance_after} currency={row.currency} exact />,
    },
    { key: 'counterparty', title: words.counterparty, render: (row) => row.counterparty_name ?? '—' },
    {
      key: 'channel',
      title: words.channel,
      render: (row) => (row.channel ? (words.channels[row.channel] ?? row.channel) : '—'),
    },
    {
      key: 'account',
      title: words.account,
      render: (row) => `${words.systems[row.source] ?? row.source} *${row.account_no}`,
    },
    { key: 'summary', title: words.summary, card: 'none', render: (row) => row.summary ?? '—' },
  ]
}
