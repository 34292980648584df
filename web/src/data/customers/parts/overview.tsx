import { useMemo, type ReactNode } from 'react'
import { Chart } from '@/kit/chart'
import { Empty } from '@/kit/faces'
import { major, moneyExact, moneyShort, month } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { Split } from '@/kit/split'
import { kitWords } from '@/kit/words'
import type { CustomerPage } from '../wire'
import { customerWords } from '../words'
import { Tags } from './tags'

/** 概览: what the customer has and owes, and how AUM and money moved over twelve months. */
export function Overview({ customer, found }: { customer: CustomerPage; found?: ReactNode }) {
  const words = useWords(customerWords)
  const kit = useWords(kitWords)
  const { amounts, monthly } = customer
  const assets = [
    { name: words.deposits, minor: amounts.deposits },
    { name: words.wealth, minor: amounts.wealth },
    { name: words.funds, minor: amounts.funds },
    { name: words.insurance, minor: amounts.insurance },
    { name: words.metal, minor: amounts.metal },
  ]
  const debts = [
    { name: words.loans, minor: amounts.loans },
    { name: words.cardBalance, minor: amounts.card_balance },
  ]
  const curve = useCurve(monthly, words, customer.currency)
  const flow = useFlow(monthly, words, customer.currency)
  const empty = monthly.length === 0
  return (
    <div className="lk-grid">
      <Panel title={words.aumCurve} className="lk-span-12">
        <Chart
          option={curve}
          label={words.aumCurveLabel}
          empty={empty}
          unit={kit.yuan}
          asOf={customer.as_of}
          definition={words.aumDefinition}
        />
      </Panel>
      <Panel title={words.assets} className="lk-span-6">
        {amounts.aum > 0 ? <Split parts={assets} label={words.assetsLabel} /> : <Empty small title={words.noAssets} />}
      </Panel>
      <Panel title={words.liabilities} className="lk-span-6">
        {amounts.loans + amounts.card_balance > 0 ? (
          <Split parts={debts} label={words.liabilities} />
        ) : (
          <Empty small title={words.noDebts} />
        )}
      </Panel>
      <Panel title={words.flow} className="lk-span-12">
        <Chart
          option={flow}
          label={words.flowLabel}
          empty={empty}
          tall="small"
          unit={kit.yuan}
          asOf={customer.as_of}
          definition={words.flowDefinition}
        />
      </Panel>
      {found}
      <Tags customerNo={customer.customer_no} />
    </div>
  )
}

type Monthly = CustomerPage['monthly']
type Say = (typeof customerWords)['zh']

/** Axes of money over months: amounts by size on the axis, exact in the tip. */
function useMoneyAxes(monthly: Monthly, currency: string) {
  const lang = useLang()
  return useMemo(() => {
    const factor = major(1, currency)
    const minor = (value: number) => Math.round(value / factor)
    return {
      grid: { left: 0, right: 8, top: 32, bottom: 0, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: { trigger: 'axis', valueFormatter: (value: number) => moneyExact(minor(value), currency) },
      xAxis: { type: 'category', data: monthly.map((one) => month(one.month)) },
      yAxis: {
        type: 'value',
        min: 0,
        axisLabel: { formatter: (value: number) => moneyShort(minor(value), currency, lang).replace('.00', '') },
      },
    }
  }, [monthly, currency, lang])
}

function useCurve(monthly: Monthly, words: Say, currency: string) {
  const axes = useMoneyAxes(monthly, currency)
  return useMemo(
    () => ({
      ...axes,
      series: [
        {
          type: 'line',
          name: words.monthMean,
          showSymbol: false,
          areaStyle: { opacity: 0.08 },
          data: monthly.map((one) => major(one.aum_mavg, currency)),
        },
        {
          type: 'line',
          name: words.monthEnd,
          showSymbol: false,
          lineStyle: { type: 'dashed', width: 1.5 },
          data: monthly.map((one) => major(one.aum, currency)),
        },
      ],
    }),
    [axes, monthly, words, currency],
  )
}

function useFlow(monthly: Monthly, words: Say, currency: string) {
  const axes = useMoneyAxes(monthly, currency)
  return useMemo(
    () => ({
      ...axes,
      series: [
        { type: 'bar', barMaxWidth: 14, name: words.inflow, data: monthly.map((one) => major(one.inflow, currency)) },
        { type: 'bar', barMaxWidth: 14, name: words.outflow, data: monthly.map((one) => major(one.outflow, currency)) },
      ],
    }),
    [axes, monthly, words, currency],
  )
}
