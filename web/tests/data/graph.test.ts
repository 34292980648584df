import { expect, test } from 'vitest'
import { called, linesOf } from '@/data/graph/look'
import type { Party, Relation } from '@/data/graph/wire'

const words = { others: '他人客户', outside: '行外' }
const party = (facts: Partial<Party>): Party => ({
  key: 'p0',
  standing: 'mine',
  customer_no: null,
  name: null,
  kind: null,
  tier: null,
  aum: null,
  hub: false,
  ...facts,
})
const relation = (left: string, right: string, kind: Relation['kind']): Relation => ({
  id: 1,
  left,
  right,
  kind,
  confidence: 0.9,
  valid_from: null,
  valid_to: null,
  evidence: [],
  origin: 'source',
  confirmed_by: null,
  confirmed_at: null,
})

test('a masked party is called what it is, never by a name', () => {
  expect(called(party({ name: '张三' }), words)).toBe('张三')
  expect(called(party({ standing: 'others' }), words)).toBe('他人客户')
  expect(called(party({ standing: 'outside' }), words)).toBe('行外')
})

test('all relations of two parties are one line, what people know before money', () => {
  const lines = linesOf([
    relation('p1', 'p0', 'transfer'),
    relation('p0', 'p1', 'spouse'),
    relation('p0', 'p2', 'phone'),
  ])
  expect(lines.map((line) => line.relations.map((one) => one.kind))).toEqual([['spouse', 'transfer'], ['phone']])
})
