import type { Kind, Offer, Query, Step } from './wire'

export const kinds: Kind[] = ['trend', 'funnel', 'retention', 'path', 'distribution', 'interval', 'session', 'hours']

/** How many events each kind takes: fewest and most. */
export const stepsOf: Record<Kind, [number, number]> = {
  trend: [1, 5],
  funnel: [2, 8],
  retention: [1, 2],
  path: [1, 1],
  distribution: [1, 1],
  interval: [1, 2],
  session: [0, 1],
  hours: [1, 1],
}

const blank: Step = { event: '', where: '' }

/** The same question in another kind: as many of its events as that kind takes. */
export function inKind(query: Query, kind: Kind): Query {
  const [least, most] = stepsOf[kind]
  const steps = query.steps.slice(0, most)
  while (steps.length < least) steps.push(blank)
  return { ...query, kind, steps, by: kind === 'trend' ? query.by : null }
}

/** A question in the address; null when the address holds none that can be read. */
export function read(text: string | null): Query | null {
  if (!text) return null
  try {
    const query = JSON.parse(text) as Query
    return Array.isArray(query.steps) && kinds.includes(query.kind) ? query : null
  } catch {
    return null
  }
}

/** What is asked when nobody has asked yet: the first example. */
export function first(offer: Offer): Query {
  const [example] = offer.examples
  if (example) return example.query
  const days = { since: offer.first, until: offer.last }
  return { kind: 'trend', steps: [blank], ...days, grain: 'day', by: null, window_days: 7, returns: 7, depth: 4 }
}

/** A condition of the rule language for one field and the values chosen. */
export function condition(field: { name: string; type: string }, values: string[], operator: string): string {
  const quoted = values.map((value) => (field.type === 'int' ? value : `'${value.replaceAll("'", "''")}'`))
  if (quoted.length > 1) return `${field.name} in (${quoted.join(', ')})`
  return `${field.name} ${operator} ${quoted[0] ?? ''}`
}

/** Two conditions that must both hold. */
export const both = (one: string, other: string): string => {
  if (!one.trim()) return other
  return / or /i.test(one) ? `(${one}) and ${other}` : `${one} and ${other}`
}
