import { describe, expect, test } from 'vitest'
import { changeRatio } from '@/data/customers/change'
import { factLines } from '@/data/customers/parts/changes'
import { queryOf, viewOf, views } from '@/data/customers/views'
import { barsOf, signed } from '@/data/identity/waterfall'
import { treeOf } from '@/data/org/parts/branches'
import { moneySteps } from '@/data/products/parts/moneyladder'
import { monthsBetween } from '@/data/products/months'
import { device } from '@/data/session/parts/sessions'
import { cadenceText } from '@/data/sources/cadence'
import { branches, review } from '../bank/admin'
import { rungs } from '../bank/shelf'

describe('the waterfall', () => {
  const bars = barsOf(review.waterfall, { prior: '先验', total: '合计' })
  test('every bar begins where the one before ended, and the last step ends at the total', () => {
    const steps = bars.slice(1, -1)
    let at = review.waterfall.prior
    for (const bar of steps) {
      expect(bar.from).toBeCloseTo(at)
      at = bar.to
    }
    expect(at).toBeCloseTo(review.waterfall.total)
  })
  test('prior and total stand on zero', () => {
    expect(bars[0]).toMatchObject({ from: 0, to: review.waterfall.prior, kind: 'prior' })
    expect(bars.at(-1)).toMatchObject({ from: 0, to: review.waterfall.total, kind: 'total' })
  })
  test('evidence for, against and of no weight look different', () => {
    expect(new Set(bars.slice(1, -1).map((bar) => bar.kind))).toEqual(new Set(['for', 'nothing', 'against']))
  })
  test('weights carry their sign', () => {
    expect([signed(6.14), signed(-3.2), signed(0)]).toEqual(['+6.1', '-3.2', '0.0'])
  })
})

describe('the list of customers', () => {
  test('an address becomes the question of the server', () => {
    const address = new URLSearchParams('q=王&tier=hnw.affluent&band=100to500&due=30&sort=change_3m&branch=0571')
    expect(queryOf(address)).toEqual({
      q: '王',
      tier: ['affluent', 'hnw'],
      aum_min: 100_000_000,
      aum_max: 499_999_999,
      matures_within_days: 30,
      sort: 'change_3m',
      branch_no: '0571',
    })
  })
  test('unknown values of an old bookmark are dropped', () => {
    expect(queryOf(new URLSearchParams('tier=gold&band=x&due=soon&sort=name'))).toEqual({})
  })
  test('a ready-made view recognises its own address', () => {
    for (const view of views) expect(viewOf(new URLSearchParams(view.address))).toBe(view.key)
    expect(viewOf(new URLSearchParams('tier=hnw&q=王'))).toBeUndefined()
  })
  test('a change is measured against what was there before', () => {
    expect(changeRatio(120, 20)).toBeCloseTo(0.2)
    expect(changeRatio(50, 50)).toBeNull()
  })
})

test('branches stand under their parents, and one whose parent is out of sight at the top', () => {
  expect(treeOf(branches)).toMatchObject([
    {
      branch_no: 'HO',
      children: [
        { branch_no: '0571', children: [{ branch_no: '0571003' }, { branch_no: '0571004' }] },
        { branch_no: '0574' },
      ],
    },
  ])
  expect(treeOf(branches.slice(1)).map((one) => one.branch_no)).toEqual(['0571', '0574'])
})

test('a month without maturities keeps its place on the ladder, and amounts add up', () => {
  expect(monthsBetween(['2026-12', '2027-03'])).toEqual(['2026-12', '2027-01', '2027-02', '2027-03'])
  const { months, byKind } = moneySteps(rungs, 'CNY')
  expect(months).toHaveLength(7)
  const drawn = [...byKind.values()].flat().reduce((sum, value) => sum + value, 0)
  expect(drawn).toBeCloseTo(rungs.reduce((sum, rung) => sum + rung.amount, 0) / 100)
})

test('facts of a change read as lines', () => {
  expect(factLines({ facts: { tier: ['mass', 'hnw'] }, reason: '核实', none: null })).toEqual([
    'tier: mass → hnw',
    'reason: 核实',
  ])
})

test('a browser is named as people know it', () => {
  expect(device('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140')).toBe(
    'Edge · Windows',
  )
})

test('cadences read as people say them', () => {
  expect(['1d', '5m', '2h', 'x'].map((one) => cadenceText(one, 'zh'))).toEqual(['每日', '每 5 分钟', '每 2 小时', 'x'])
})
