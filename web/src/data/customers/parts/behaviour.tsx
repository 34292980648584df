import { useMemo } from 'react'
import { RiskBadge } from '@/kit/badge'
import { Chart } from '@/kit/chart'
import { count, duration, percent } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel, Tile, Tiles } from '@/kit/page'
import { usePreferences } from '@/kit/preferences'
import { DataTable, type Column } from '@/kit/table'
import { riskColours } from '@/kit/tokens'
import { listed } from '../lists'
import type { CustomerPage } from '../wire'
import { customerWords } from '../words'

type Behaviour = NonNullable<CustomerPage['behaviour']>
const bp = 10_000
const clock = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`

/** 行为与偏好: how the mobile bank is used, and when to call. */
export function BehaviourTab({ customer }: { customer: CustomerPage }) {
  const words = useWords(customerWords)
  const behaviour = customer.behaviour
  if (!behaviour) return null
  const best = behaviour.best_hour
  return (
    <div className="lk-stack">
      <Tiles>
        {best && (
          <Tile
            name={words.bestHour}
            value={`${clock(best.hour)}–${clock(best.hour + 2)}`}
            note={words.bestShare(percent(best.share_bp / bp, { digits: 0 }))}
          />
        )}
        <Tile name={words.sessions30} value={words.times(count(behaviour.sessions_30d))} />
        <Tile name={words.logins30} value={words.times(count(behaviour.logins_30d))} />
        <Tile name={words.views90} value={words.times(count(behaviour.views_90d))} />
      </Tiles>
      <div className="lk-grid">
        <Panel title={words.hoursTitle} className="lk-span-7">
          <Hours hours={behaviour.hours} asOf={customer.as_of} />
        </Panel>
        <Panel title={words.riskSeenTitle} className="lk-span-5">
          <Risks risks={behaviour.risks} asOf={customer.as_of} />
        </Panel>
        <Seen behaviour={behaviour} />
      </div>
    </div>
  )
}

function Hours({ hours, asOf }: { hours: number[]; asOf: string }) {
  const words = useWords(customerWords)
  const option = useMemo(
    () => ({
      grid: { left: 0, right: 8, top: 16, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: hours.map((_, hour) => String(hour)) },
      yAxis: { type: 'value', min: 0, minInterval: 1 },
      series: [{ type: 'bar', name: words.hoursTitle, barCategoryGap: '30%', data: hours }],
    }),
    [hours, words],
  )
  const empty = hours.every((n) => n === 0)
  return (
    <Chart
      option={option}
      label={words.hoursLabel}
      tall="small"
      empty={empty}
      unit={words.hourUnit}
      asOf={asOf}
      definition={words.hoursDefinition}
    />
  )
}

function Risks({ risks, asOf }: { risks: Behaviour['risks']; asOf: string }) {
  const words = useWords(customerWords)
  const { mode } = usePreferences()
  const option = useMemo(() => {
    const sorted = [...risks].sort((a, b) => b.risk.localeCompare(a.risk))
    return {
      grid: { left: 0, right: 40, top: 0, bottom: 0, containLabel: true },
      xAxis: { type: 'value', min: 0, show: false },
      yAxis: { type: 'category', data: sorted.map((one) => one.risk) },
      series: [
        {
          type: 'bar',
          barMaxWidth: 18,
          label: { show: true, position: 'right' },
          data: sorted.map((one) => ({
            value: one.views,
            itemStyle: { color: riskColours[mode][Number(one.risk.slice(1)) - 1] ?? riskColours[mode][0] },
          })),
        },
      ],
    }
  }, [risks, mode])
  return (
    <Chart
      option={option}
      label={words.riskSeenLabel}
      tall="small"
      empty={risks.length === 0}
      unit={words.viewUnit}
      asOf={asOf}
    />
  )
}

function Seen({ behaviour }: { behaviour: Behaviour }) {
  const words = useWords(customerWords)
  const lang = useLang()
  const products: Column<Behaviour['products'][number]>[] = [
    { key: 'product', title: words.product, card: 'title', render: (row) => row.product_name ?? row.product_no },
    {
      key: 'risk',
      title: words.productRisk,
      card: 'badge',
      render: (row) => (row.risk ? <RiskBadge level={row.risk} /> : '—'),
    },
    { key: 'views', title: words.viewTimes, align: 'right', card: 'figure', render: (row) => count(row.views) },
    { key: 'seconds', title: words.seconds, align: 'right', render: (row) => duration(row.seconds, lang) },
  ]
  const pages: Column<Behaviour['pages'][number]>[] = [
    { key: 'page', title: words.page, card: 'title', render: (row) => row.page },
    { key: 'views', title: words.viewTimes, align: 'right', card: 'figure', render: (row) => count(row.views) },
    { key: 'seconds', title: words.seconds, align: 'right', render: (row) => duration(row.seconds, lang) },
  ]
  return (
    <>
      {behaviour.products.length > 0 && (
        <Panel title={words.productsTitle} flush className="lk-span-7">
          <DataTable
            label={words.productsTitle}
            rows={listed(behaviour.products)}
            columns={products}
            rowKey={(row) => row.product_no}
          />
        </Panel>
      )}
      {behaviour.pages.length > 0 && (
        <Panel title={words.pagesTitle} flush className="lk-span-5">
          <DataTable
            label={words.pagesTitle}
            rows={listed(behaviour.pages)}
            columns={pages}
            rowKey={(row) => row.page}
          />
        </Panel>
      )}
    </>
  )
}
