import { Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { KindTag, TierBadge } from '@/kit/badge'
import { Chart } from '@/kit/chart'
import { Empty, Loaded } from '@/kit/faces'
import { DateText, today } from '@/kit/figure'
import { count, major, moneyExact, moneyShort, month } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { size } from '@/kit/tokens'
import { kitWords } from '@/kit/words'
import { endOf, monthsBetween } from '../months'
import { useDue, useLadder } from '../queries'
import type { Due, Ladder, Rung } from '../wire'
import { productWords } from '../words'

/** Money falling due, month by month, and the customers behind each month. */
export function MoneyLadder() {
  const words = useWords(productWords)
  const query = useLadder()
  return (
    <Loaded query={query}>
      {(ladder) => (ladder.rungs.length === 0 ? <Empty title={words.moneyEmpty} /> : <Rungs ladder={ladder} />)}
    </Loaded>
  )
}

function Rungs({ ladder }: { ladder: Ladder }) {
  const words = useWords(productWords)
  const kit = useWords(kitWords)
  const [open, setOpen] = useState<Rung | null>(null)
  const option = useMoneyOption(ladder)
  return (
    <div className="lk-stack">
      <Panel title={words.moneyTitle}>
        <Chart
          option={option}
          label={words.moneyLabel}
          unit={kit.yuan}
          asOf={ladder.as_of}
          definition={words.moneyDefinition}
        />
      </Panel>
      <Panel flush>
        <DataTable
          label={words.ladder}
          rows={{ items: ladder.rungs, error: null, isPending: false, refetch: () => undefined }}
          columns={useRungColumns()}
          rowKey={(row) => row.month}
          keyboard
          onOpen={setOpen}
        />
      </Panel>
      <Drawer
        open={open !== null}
        title={open && words.drill(month(open.month))}
        size={size.drawerWide}
        onClose={() => setOpen(null)}
      >
        {open && <DueList rung={open} />}
      </Drawer>
    </div>
  )
}

const shownProducts = 3

function useRungColumns(): Column<Rung>[] {
  const words = useWords(productWords)
  return [
    {
      key: 'month',
      title: words.month,
      card: 'title',
      render: (row) => <span className="lk-name">{month(row.month)}</span>,
    },
    {
      key: 'amount',
      title: words.amount,
      align: 'right',
      card: 'figure',
      render: (row) => <Money minor={row.amount} />,
    },
    { key: 'customers', title: words.customers, align: 'right', render: (row) => count(row.customers) },
    {
      key: 'products',
      title: words.mainProducts,
      render: (row) =>
        row.products
          .slice(0, shownProducts)
          .map((one) => one.product_name)
          .join(' · '),
    },
  ]
}

function DueList({ rung }: { rung: Rung }) {
  const words = useWords(productWords)
  const navigate = useNavigate()
  const since = rung.month < today() ? today() : rung.month
  const rows = useDue(since, endOf(rung.month))
  const columns: Column<Due>[] = [
    {
      key: 'name',
      title: words.customer,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.name}</span>
          <span>{row.customer_no}</span>
        </span>
      ),
    },
    { key: 'tier', title: '', card: 'badge', render: (row) => <TierBadge tier={row.tier} /> },
    {
      key: 'amount',
      title: words.amount,
      align: 'right',
      card: 'figure',
      render: (row) => <Money minor={row.amount} />,
    },
    {
      key: 'product',
      title: words.name,
      render: (row) => (
        <>
          <KindTag kind={row.kind} /> {row.product_name}
        </>
      ),
    },
    { key: 'due', title: words.matures, render: (row) => <DateText at={row.matures_on} /> },
    { key: 'rm', title: words.rm, render: (row) => row.rm_name || words.noRm },
  ]
  return (
    <DataTable
      label={words.drill(month(rung.month))}
      rows={rows}
      columns={columns}
      rowKey={(row) => [row.customer_no, row.product_no, row.matures_on, row.amount].join('|')}
      onOpen={(row) => void navigate(`/customers/${row.customer_no}?tab=assets`)}
    />
  )
}

/** Amounts in whole currency units, one stack per kind; a month without any keeps its place. */
export function moneySteps(rungs: Rung[], currency: string): { months: string[]; byKind: Map<string, number[]> } {
  const months = monthsBetween(rungs.map((rung) => month(rung.month)))
  const byKind = new Map<string, number[]>()
  for (const rung of rungs) {
    const at = months.indexOf(month(rung.month))
    for (const product of rung.products) {
      const sums = byKind.get(product.kind) ?? months.map(() => 0)
      sums[at] = (sums[at] ?? 0) + major(product.amount, currency)
      byKind.set(product.kind, sums)
    }
  }
  return { months, byKind }
}

function useMoneyOption(ladder: Ladder) {
  const kit = useWords(kitWords)
  const lang = useLang()
  return useMemo(() => {
    const { months, byKind } = moneySteps(ladder.rungs, ladder.currency)
    const minor = (value: number) => Math.round(value / major(1, ladder.currency))
    return {
      grid: { left: 0, right: 8, top: 32, bottom: 0, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: {
        trigger: 'axis',
        axisPointer: { type: 'shadow' },
        valueFormatter: (value: number) => moneyExact(minor(value), ladder.currency),
      },
      xAxis: { type: 'category', data: months },
      yAxis: {
        type: 'value',
        min: 0,
        axisLabel: {
          formatter: (value: number) => moneyShort(minor(value), ladder.currency, lang).replace('.00', ''),
        },
      },
      series: [...byKind].map(([kind, data]) => ({
        type: 'bar',
        stack: 'due',
        barMaxWidth: 36,
        name: kit.productKinds[kind] ?? kind,
        data,
      })),
    }
  }, [ladder, kit, lang])
}
