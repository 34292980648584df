import type { Party, Relation, RelationKind } from './wire'

/** Relations that read alike share a colour; the word always stands beside it. */
export const families: { key: string; kinds: RelationKind[] }[] = [
  { key: 'kin', kinds: ['spouse', 'parent', 'kin'] },
  { key: 'firm', kinds: ['legal_rep', 'shareholder', 'payroll'] },
  { key: 'credit', kinds: ['guarantee', 'co_borrower', 'joint_holder'] },
  { key: 'shared', kinds: ['address', 'phone', 'device'] },
  { key: 'money', kinds: ['transfer'] },
]

/** How many layers a picture shows before anybody asks for more. */
export const firstLayers = 2

export const everyKind: RelationKind[] = families.flatMap((family) => family.kinds)

const symmetric = new Set<RelationKind>(['spouse', 'kin', 'co_borrower', 'joint_holder', 'address', 'phone', 'device'])

/** Which colour of the series a relation has. */
export const colourOf = (kind: RelationKind): number =>
  Math.max(
    families.findIndex((family) => family.kinds.includes(kind)),
    0,
  )

export const pointed = (kind: RelationKind): boolean => !symmetric.has(kind)

/** What a party is called: its name, or what it is when it is masked. */
export const called = (party: Party | undefined, words: { others: string; outside: string }): string =>
  party?.name ?? (party?.standing === 'others' ? words.others : words.outside)

/** Several relations between the same two parties are one line in the picture. */
export interface Line {
  id: string
  left: string
  right: string
  relations: Relation[]
}

export function linesOf(relations: Relation[]): Line[] {
  const lines = new Map<string, Line>()
  for (const relation of relations) {
    const [left, right] =
      relation.left < relation.right ? [relation.left, relation.right] : [relation.right, relation.left]
    const id = `${left}-${right}`
    const line = lines.get(id) ?? { id, left: relation.left, right: relation.right, relations: [] }
    line.relations.push(relation)
    lines.set(id, line)
  }
  // What people know comes before what they share, and that before money.
  for (const line of lines.values()) line.relations.sort((a, b) => colourOf(a.kind) - colourOf(b.kind))
  return [...lines.values()]
}
