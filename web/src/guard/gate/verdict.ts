import { dateTime } from '@/kit/format'
import { clock } from '@/kit/reach'
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

interface EvidenceWords {
  facts: Record<string, string>
  yes: string
  no: string
  colon: string
  dayKinds: Record<string, string>
  purposeNames: Record<string, string>
}

/** Evidence as short lines in the reader's words: nested facts are flattened, empty ones left out. */
export function evidenceLines(evidence: Record<string, unknown>, words: EvidenceWords): string[] {
  return Object.entries(evidence).flatMap(([name, value]) => {
    if (value === null || value === undefined || value === '') return []
    if (typeof value === 'object' && !Array.isArray(value))
      return evidenceLines(value as Record<string, unknown>, words)
    const said = (Array.isArray(value) ? (value.flat() as unknown[]) : [value])
      .filter((one) => one !== null && one !== '')
      .map((one) => spoken(name, one, words))
    return said.length > 0 ? [`${words.facts[name] ?? name}${words.colon}${said.join('、')}`] : []
  })
}

const moment = /^\d{4}-\d{2}-\d{2}T/

function spoken(name: string, value: unknown, words: EvidenceWords): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no
  const text = String(value)
  if (moment.test(text)) return dateTime(text)
  if (name === 'from_minute' || name === 'to_minute') return clock(Number(value))
  if (name === 'day') return words.dayKinds[text] ?? text
  return name === 'purpose' ? (words.purposeNames[text] ?? text) : text
}
