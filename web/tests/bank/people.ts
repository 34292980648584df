import type { components } from '../../src/api/schema.ts'

type S = components['schemas']

/** A small imagined bank for tests and for looking at pages without a server. Nobody in it exists. */

export const permissions: S['SessionOut']['permissions'] = [
  'customer.read',
  'customer.reveal',
  'product.read',
  'source.read',
  'source.run',
  'source.edit',
  'identity.read',
  'identity.decide',
  'org.read',
  'user.manage',
  'role.grant',
  'token.manage',
  'event.read',
  'job.read',
  'system.manage',
]

export const aSession = (change: Partial<S['SessionOut']> = {}): S['SessionOut'] => ({
  user_id: '01990000-0000-7000-8000-000000000001',
  login: 'rm.chen',
  display: '陈晓琳',
  staff_no: 'S00231',
  branch_no: '0571003',
  branch_name: '杭州文晖支行',
  roles: ['rm'],
  permissions,
  scope: 'book',
  csrf_token: 'token',
  must_change_password: false,
  totp_enabled: false,
  how: 'password',
  opened_at: '2026-03-02T01:00:00Z',
  ends_at: '2026-03-02T13:00:00Z',
  idle_minutes: 30,
  ...change,
})

const names = [
  '王*',
  '欧阳**',
  '李**',
  '张*',
  '刘**',
  '陈**',
  '杨*',
  '黄**',
  '赵*',
  '周**',
  '吴**',
  '徐*',
  '孙**',
  '马*',
  '朱**',
  '胡**',
  '林*',
  '郭**',
]
const tiers = ['hnw', 'affluent', 'mass', 'rising'] as const
const risks = ['C1', 'C2', 'C3', 'C4', 'C5', null] as const
const holdings = [
  ['current', 'term', 'wealth', 'fund', 'insurance', 'credit_card'],
  ['current', 'term', 'wealth'],
  ['current', 'debit_card'],
  ['current', 'loan', 'credit_card'],
] as const

export const customers: S['CustomerRow'][] = names.map((name, index) => {
  const aum = Math.round(8_300_000_00 / (index + 1) ** 1.4) + index * 1377
  const expired = index % 5 === 3
  return {
    customer_no: `LK${(7_000_000 + index * 7919).toString(36).toUpperCase()}XKD`,
    kind: index === 6 ? 'company' : 'person',
    name: index === 6 ? '杭州**商贸有限公司' : name,
    tier: tiers[index === 0 ? 0 : index < 5 ? 1 : index % 7 === 0 ? 3 : 2],
    aum,
    aum_mavg: Math.round(aum * 0.97),
    change_3m: Math.round(aum * (index % 3 === 1 ? -0.183 : 0.072)),
    holds: [...(holdings[index % 4] ?? [])],
    risk_tolerance: risks[index % 6] ?? null,
    risk_valid_until: risks[index % 6] ? (expired ? '2025-11-03' : '2027-08-19') : null,
    next_maturity_on: index % 3 === 0 ? `2026-12-${String(2 + index).padStart(2, '0')}` : null,
    next_maturity_amount: index % 3 === 0 ? 200_000_00 : 0,
    last_contact_at: index % 4 === 2 ? null : `2026-11-${String(20 - index).padStart(2, '0')}T03:20:00Z`,
    last_login_at: '2026-11-20T11:20:00Z',
    branch_no: '0571003',
    branch_name: '杭州文晖支行',
    rm_no: 'S00231',
    rm_name: '陈晓琳',
    source_count: 3 + (index % 5),
    as_of: '2026-11-21',
    erased: false,
  }
})
