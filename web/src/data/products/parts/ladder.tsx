import { useMemo } from 'react'
import { useNavigate } from 'react-router'
import { useMay } from '@/kit/actor'
import { KindTag, RiskBadge } from '@/kit/badge'
import { Chart } from '@/kit/chart'
import { Empty, Loaded } from '@/kit/faces'
import { Due, today } from '@/kit/figure'
import { month } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { kitWords } from '@/kit/words'
import { useMaturities } from '../queries'
import type { Maturity } from '../wire'
import { productWords } from '../words'
import { monthsBetween } from '../months'
import { Yield } from './cells'
import { MoneyLadder } from './moneyladder'

/** 到期阶梯: money of one's own customers month by month; the products themselves for those who see no customers. */
export function Ladder() {
  return useMay('customer.read') ? <MoneyLadder /> : <ProductLadder />
}

function ProductLadder() {
  const query = useMaturities()
  const words = useWords(productWords)
  return (
    <Loaded query={query}>
      {(items) => (items.length === 0 ? <Empty title={words.ladderEmpty} /> : <Steps items={items} />)}
    </Loaded>
  )
}

function Steps({ items }: { items: Maturity[] }) {
  const words = useWords(productWords)
  const navigate = useNavigate()
  const option = useLadderOption(items)
  const columns: Column<Maturity>[] = [
    { key: 'name', title: words.name, card: 'title', render: (row) => <span className="lk-name">{row.name}</span> },
    { key: 'kind', title: words.kind, card: 'badge', render: (row) => <KindTag kind={row.kind} /> },
    {
      key: 'risk',
      title: words.risk,
      render: (row) => (row.risk ? <RiskBadge level={row.risk} named /> : words.noRisk),
    },
    { key: 'yield', title: words.yield, align: 'right', card: 'figure', render: (row) => <Yield product={row} /> },
    { key: 'due', title: words.matures, render: (row) => <Due at={row.matures_on} today={today()} /> },
  ]
  return (
    <div className="lk-stack">
      <Panel title={words.ladderTitle}>
        <Chart
          option={option}
          label={words.chartLabel}
          unit={words.ladderUnit}
          asOf={today()}
          definition={words.ladderDefinition}
        />
      </Panel>
      <Panel flush>
        <DataTable
          label={words.ladder}
          rows={{ items, error: null, isPending: false, refetch: () => undefined }}
          columns={columns}
          rowKey={(row) => row.product_no}
          keyboard
          onOpen={(row) => void navigate(`/products/${encodeURIComponent(row.product_no)}`)}
        />
      </Panel>
    </div>
  )
}

/** Products due per month, one stack per kind; a month without any keeps its place. */
export function ladderSteps(items: Pick<Maturity, 'month' | 'kind'>[]): {
  months: string[]
  byKind: Map<string, number[]>
} {
  const months = monthsBetween(items.map((item) => month(item.month)))
  const byKind = new Map<string, number[]>()
  for (const item of items) {
    const counts = byKind.get(item.kind) ?? months.map(() => 0)
    const at = months.indexOf(month(item.month))
    counts[at] = (counts[at] ?? 0) + 1
    byKind.set(item.kind, counts)
  }
  return { months, byKind }
}

function useLadderOption(items: Maturity[]) {
  const kit = useWords(kitWords)
  return useMemo(() => {
    const { months, byKind } = ladderSteps(items)
    return {
      grid: { left: 8, right: 8, top: 32, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      legend: { top: 0, left: 0 },
      xAxis: { type: 'category', data: months },
      yAxis: { type: 'value', minInterval: 1 },
      series: [...byKind].map(([kind, data]) => ({
        type: 'bar',
        stack: 'due',
        barMaxWidth: 36,
        name: kit.productKinds[kind] ?? kind,
        data,
      })),
    }
  }, [items, kit])
}
