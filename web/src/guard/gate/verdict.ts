import type { Check, Looked } from './wire'

/** The order in which the gate looks; the first that says no decides. */
export const checks: readonly Check[] = [
  'customer',
  'consent',
  'purpose',
  'suitability',
  'freeze',
  'holdout',
  'cap',
  'quiet',
  'wording',
  'rule',
]

const place = (look: Looked): number => checks.indexOf(look.check)

/** Checks in the gate's own order, whatever order they came in. */
export function inOrder(looked: readonly Looked[]): Looked[] {
  return [...looked].sort((a, b) => place(a) - place(b))
}

/** What said no first: the reason a sender is given. */
export function deciding(looked: readonly Looked[]): Looked | undefined {
  return inOrder(looked).find((look) => !look.passed)
}

/** For reading: what said no comes first, then what passed; both in the gate's order. */
export function arranged(looked: readonly Looked[]): Looked[] {
  const all = inOrder(looked)
  return [...all.filter((look) => !look.passed), ...all.filter((look) => look.passed)]
}

/** Evidence as short lines: nested facts are flattened, empty ones left out. */
export function evidenceLines(evidence: Record<string, unknown>): string[] {
  return Object.entries(evidence).flatMap(([name, value]) => {
    if (value === null || value === undefined || value === '') return []
    if (Array.isArray(value)) return value.length > 0 ? [`${name}: ${value.flat().filter(Boolean).join('、')}`] : []
    if (typeof value === 'object') return evidenceLines(value as Record<string, unknown>)
    return [`${name}: ${String(value)}`]
  })
}
