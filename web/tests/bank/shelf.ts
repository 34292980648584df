import type { components } from '../../src/api/schema.ts'

type S = components['schemas']
type Product = S['ProductOut']

const product = (change: Partial<Product> & Pick<Product, 'product_no' | 'name' | 'kind'>): Product => ({
  risk: null,
  term_days: null,
  rate_bp: null,
  benchmark_low_bp: null,
  benchmark_high_bp: null,
  min_amount: 10_000_00,
  currency: 'CNY',
  status: 'open',
  sale_from: '2026-01-01',
  sale_to: '2026-12-31',
  starts_on: null,
  matures_on: null,
  issuer: '杭江银行',
  suitable_tiers: ['mass', 'affluent'],
  selling_points: ['稳健', '期限短'],
  closed_reason: '',
  ...change,
})

export const products: Product[] = [
  product({
    product_no: 'D1Y2026',
    name: '大额存单 一年期 2026 第 11 期',
    kind: 'deposit',
    term_days: 365,
    rate_bp: 165,
    min_amount: 200_000_00,
  }),
  product({
    product_no: 'W20260318A',
    name: '安盈固收 90 天 A',
    kind: 'wealth',
    risk: 'R2',
    term_days: 90,
    benchmark_low_bp: 230,
    benchmark_high_bp: 290,
    status: 'raising',
    issuer: '杭江理财',
    matures_on: '2027-02-24',
    starts_on: '2026-11-26',
  }),
  product({
    product_no: 'W20251101C',
    name: '鑫选混合 一年持有 C',
    kind: 'wealth',
    risk: 'R3',
    term_days: 365,
    benchmark_low_bp: 320,
    benchmark_high_bp: 460,
    issuer: '杭江理财',
    matures_on: '2026-12-18',
  }),
  product({
    product_no: 'F000811',
    name: '价值成长股票',
    kind: 'fund',
    risk: 'R4',
    issuer: '某基金',
    min_amount: 10_00,
  }),
  product({
    product_no: 'F000902',
    name: '新兴产业量化进取',
    kind: 'fund',
    risk: 'R5',
    issuer: '某基金',
    min_amount: 10_00,
  }),
  product({
    product_no: 'I20',
    name: '长安年金(分红型)',
    kind: 'insurance',
    risk: 'R1',
    term_days: 3650,
    min_amount: 50_000_00,
  }),
  product({ product_no: 'L05', name: '个人住房按揭贷款', kind: 'loan', rate_bp: 345, min_amount: null }),
  product({ product_no: 'G01', name: '积存金', kind: 'metal', risk: 'R3', min_amount: 700_00 }),
  product({
    product_no: 'W2024OLD',
    name: '安享月月 2024 第 3 期',
    kind: 'wealth',
    risk: 'R2',
    term_days: 30,
    status: 'closed',
    closed_reason: '额度售罄',
  }),
]

export const maturities: S['MaturityOut'][] = [1, 1, 2, 3, 3, 3, 5, 6, 8, 8, 9, 11].map((step, index) => {
  const month = new Date(Date.UTC(2026, 10 + step, 1)).toISOString().slice(0, 10)
  const wealth = index % 3 > 0
  return {
    month,
    matures_on: `${month.slice(0, 8)}${String(3 + index).padStart(2, '0')}`,
    days_left: step * 30,
    product_no: `M${index}`,
    name: wealth ? `安盈固收 ${step * 30} 天 第 ${index} 期` : `大额存单 第 ${index} 期`,
    kind: wealth ? 'wealth' : 'deposit',
    risk: wealth ? 'R2' : null,
    currency: 'CNY',
    rate_bp: wealth ? null : 165,
    benchmark_low_bp: wealth ? 230 : null,
    benchmark_high_bp: wealth ? 290 : null,
  }
})

export const rungs: S['Rung'][] = [0, 1, 2, 4, 6].map((step) => ({
  month: new Date(Date.UTC(2026, 11 + step, 1)).toISOString().slice(0, 10),
  amount: (step + 3) * 21_000_000,
  customers: step + 4,
  products: [
    { product_no: 'D1', product_name: '大额存单一年', kind: 'deposit', amount: (step + 3) * 14_000_000, customers: 3 },
    { product_no: 'W1', product_name: '安盈固收 90 天', kind: 'wealth', amount: (step + 3) * 7_000_000, customers: 1 },
  ],
}))
