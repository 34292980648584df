import type { CustomerQuery } from './queries'
import type { Kind, Risk, Tier } from './wire'

/** AUM bands in 分: from (included) to (excluded). */
const wan = 1_000_000
export const bands: Record<string, { from?: number; to?: number }> = {
  lt5: { to: 5 * wan },
  '5to50': { from: 5 * wan, to: 50 * wan },
  '50to100': { from: 50 * wan, to: 100 * wan },
  '100to500': { from: 100 * wan, to: 500 * wan },
  gte500: { from: 500 * wan },
}

export const tiers: Tier[] = ['mass', 'rising', 'affluent', 'hnw']
export const risks: Risk[] = ['C1', 'C2', 'C3', 'C4', 'C5']
export const kinds: Kind[] = ['current', 'term', 'wealth', 'fund', 'insurance', 'metal', 'loan', 'credit_card']
export const windows = [7, 15, 30, 60, 90]
export const sorts = ['-aum', 'aum', '-change_3m', 'change_3m', 'last_contact', '-last_contact'] as const

/** Ready-made views: each is only an address. */
export const views: { key: string; address: Record<string, string> }[] = [
  { key: 'all', address: {} },
  { key: 'hnw', address: { tier: 'hnw' } },
  { key: 'due', address: { due: '30' } },
  { key: 'falling', address: { sort: 'change_3m' } },
  { key: 'quiet', address: { sort: 'last_contact' } },
  { key: 'rising', address: { tier: 'rising' } },
]

export const filterNames = ['q', 'tier', 'risk', 'holds', 'band', 'due', 'branch', 'rm', 'sort'] as const

const listOf = (address: URLSearchParams, name: string): string[] => address.get(name)?.split('.').filter(Boolean) ?? []
const known = <T extends string>(values: string[], all: readonly T[]): T[] => all.filter((one) => values.includes(one))

/** What the address asks for, in the server's words; unknown values are dropped. */
export function queryOf(address: URLSearchParams): CustomerQuery {
  const band = bands[address.get('band') ?? '']
  const due = Number(address.get('due'))
  const tier = known(listOf(address, 'tier'), tiers)
  const risk = known(listOf(address, 'risk'), risks)
  const holds = known(listOf(address, 'holds'), kinds)
  const sort = sorts.find((one) => one === address.get('sort'))
  const text = address.get('q')
  const branch = address.get('branch')
  const rm = address.get('rm')
  return {
    ...(text ? { q: text } : {}),
    ...(tier.length > 0 ? { tier } : {}),
    ...(risk.length > 0 ? { risk } : {}),
    ...(holds.length > 0 ? { holds } : {}),
    ...(band?.from !== undefined ? { aum_min: band.from } : {}),
    ...(band?.to !== undefined ? { aum_max: band.to - 1 } : {}),
    ...(due > 0 ? { matures_within_days: due } : {}),
    ...(branch ? { branch_no: branch } : {}),
    ...(rm ? { rm_no: rm } : {}),
    ...(sort ? { sort } : {}),
  }
}

/** The ready-made view this address is, if it is one. */
export function viewOf(address: URLSearchParams): string | undefined {
  const now = filterNames.filter((name) => address.get(name)).map((name) => `${name}=${address.get(name) ?? ''}`)
  return views.find((view) => {
    const wanted = Object.entries(view.address).map(([name, value]) => `${name}=${value}`)
    return wanted.length === now.length && wanted.every((part) => now.includes(part))
  })?.key
}
