import type { RuleGroupType, RuleType } from 'react-querybuilder'
import type { Words } from './wire'

/** Between the rule's tree, as the server reads it, and the condition tree on screen. Nothing is lost: what the builder
 * has no field for stays as a condition in the rule language. */

export type Node =
  | { field: string }
  | { value: string | number | boolean | null }
  | { decimal: string }
  | { date: string }
  | { timestamp: string }
  | { op: string; args: Node[] }

export interface EventValue {
  operator: string
  times: number
  days: number
  pages: string[]
}

export interface SequenceValue {
  first: string
  then: string
  days: number
  happened: boolean
}

/** Fields of the builder that are no field of the rule. */
export const textField = '~text'
export const sequenceField = '~sequence'
export const eventPrefix = '~event:'

const comparisons = new Set(['=', '<>', '<', '<=', '>', '>='])

export const emptyGroup = (): RuleGroupType => ({ combinator: 'and', rules: [] })

export function toQuery(tree: Node): RuleGroupType {
  const found = part(tree)
  return 'rules' in found ? found : { combinator: 'and', rules: [found] }
}

function part(node: Node): RuleGroupType | RuleType {
  if ('op' in node && (node.op === 'and' || node.op === 'or')) {
    return { combinator: node.op, rules: node.args.map(part) }
  }
  if ('op' in node && node.op === 'not') return denied(node)
  return leaf(node) ?? { field: textField, operator: '=', value: write(node) }
}

function denied(node: { op: string; args: Node[] }): RuleGroupType | RuleType {
  const [inner] = node.args
  if (inner && 'field' in inner) return { field: inner.field, operator: '=', value: false }
  const found = inner && 'op' in inner ? leaf(inner) : null
  if (found?.operator === 'in') return { ...found, operator: 'notIn' }
  if (found?.operator === 'null') return { ...found, operator: 'notNull' }
  const group = inner ? part(inner) : emptyGroup()
  return 'rules' in group ? { ...group, not: !group.not } : { combinator: 'and', not: true, rules: [group] }
}

function leaf(node: Node): RuleType | null {
  if ('field' in node) return { field: node.field, operator: '=', value: true }
  if (!('op' in node)) return null
  const [first, second, third] = node.args
  if (first && 'op' in first) return happened(node.op, first, second)
  if (!first || !('field' in first)) return null
  const field = first.field
  if (node.op === 'is_null') return { field, operator: 'null', value: null }
  if (node.op === 'in') {
    const values = node.args.slice(1).map(literal)
    return values.includes(undefined) ? null : { field, operator: 'in', value: values }
  }
  if (node.op === 'between' && second && third) {
    const ahead = fromToday(second, third)
    if (ahead !== null) return { field, operator: 'withinDays', value: ahead }
    const ends = [literal(second), literal(third)]
    return ends.includes(undefined) ? null : { field, operator: 'between', value: ends }
  }
  if (!comparisons.has(node.op) || !second) return null
  const value = literal(second)
  return value === undefined ? null : { field, operator: node.op, value }
}

function literal(node: Node): string | number | boolean | undefined {
  if ('decimal' in node) return node.decimal
  if ('date' in node) return node.date
  if ('value' in node && node.value !== null) return node.value
  return undefined
}

/** `between as_of and as_of + n`: the days from the data day. */
function fromToday(low: Node, high: Node): number | null {
  if (!('field' in low) || low.field !== 'as_of' || !('op' in high) || high.op !== '+') return null
  const [base, days] = high.args
  if (!base || !('field' in base) || base.field !== 'as_of' || !days || !('value' in days)) return null
  return typeof days.value === 'number' ? days.value : null
}

function happened(operator: string, call: { op: string; args: Node[] }, bound: Node | undefined): RuleType | null {
  const times = bound && literal(bound)
  const named = call.args.slice(0, 3).map(literal)
  if (typeof times !== 'number' || !comparisons.has(operator)) return null
  if (call.op === 'count_events') {
    const [event, window] = named
    const pages = call.args.length === 2 ? [] : pagesOf(call.args.slice(2))
    const days = daysOf(window)
    if (typeof event !== 'string' || days === null || pages === null) return null
    return { field: eventPrefix + event, operator: '=', value: { operator, times, days, pages } satisfies EventValue }
  }
  const [first, then, window] = named
  const days = daysOf(window)
  const plain = call.op === 'followed_events' && call.args.length === 3 && days !== null
  if (!plain || typeof first !== 'string' || typeof then !== 'string') return null
  const some = (operator === '>' && times === 0) || (operator === '>=' && times === 1)
  if (!some && !(operator === '=' && times === 0)) return null
  const value: SequenceValue = { first, then, days, happened: some }
  return { field: sequenceField, operator: '=', value }
}

function pagesOf(filters: Node[]): string[] | null {
  const [only] = filters
  if (filters.length !== 1 || !only || !('op' in only) || (only.op !== '=' && only.op !== 'in')) return null
  const [field, ...values] = only.args
  if (!field || !('field' in field) || field.field !== 'page') return null
  const pages = values.map(literal)
  return pages.every((page) => typeof page === 'string') ? pages : null
}

function daysOf(window: string | number | boolean | undefined): number | null {
  const found = typeof window === 'string' ? /^(\d+)d$/.exec(window) : null
  return found ? Number(found[1]) : null
}

/** The rule's text of a condition tree; conditions not finished yet are left out. */
export function toText(query: RuleGroupType, words: Words): string {
  const kinds = new Map(words.fields.map((field) => [field.name, field.kind as string]))
  return group(query, kinds)
}

function group(query: RuleGroupType, kinds: Map<string, string>): string {
  const parts = query.rules
    .map((one) => {
      if (typeof one === 'string') return ''
      if ('rules' in one) {
        const inner = group(one, kinds)
        return inner && !one.not ? `(${inner})` : inner
      }
      return condition(one, kinds)
    })
    .filter((text) => text !== '')
  const joined = parts.join(` ${query.combinator} `)
  return query.not && joined ? `not (${joined})` : joined
}

function condition(one: RuleType, kinds: Map<string, string>): string {
  const { field, operator } = one
  const value: unknown = one.value
  if (field === textField) return typeof value === 'string' && value.trim() ? `(${value.trim()})` : ''
  if (field === sequenceField) return sequence(value as Partial<SequenceValue> | null)
  if (field.startsWith(eventPrefix)) return event(field.slice(eventPrefix.length), value as Partial<EventValue> | null)
  const name = written(field)
  const kind = kinds.get(field) ?? 'text'
  if (kind === 'bool') return value === false ? `not ${name}` : name
  if (operator === 'null') return `${name} is null`
  if (operator === 'notNull') return `${name} is not null`
  if (operator === 'withinDays') return isNumber(value) ? `${name} between as_of and as_of + ${value}` : ''
  if (operator === 'in' || operator === 'notIn') {
    const list = Array.isArray(value) ? value : []
    const inside = list.map((each) => literalText(each, kind)).filter(Boolean)
    return inside.length > 0 ? `${name} ${operator === 'in' ? 'in' : 'not in'} (${inside.join(', ')})` : ''
  }
  if (operator === 'between') {
    const [low, high] = Array.isArray(value) ? value : []
    const ends = [literalText(low, kind), literalText(high, kind)]
    return ends.every(Boolean) ? `${name} between ${ends[0]} and ${ends[1]}` : ''
  }
  const told = literalText(value, kind)
  return told ? `${name} ${operator} ${told}` : ''
}

function event(name: string, value: Partial<EventValue> | null): string {
  if (!value || !isNumber(value.times) || !isNumber(value.days)) return ''
  const pages = (value.pages ?? []).map(quoted)
  const filter =
    pages.length === 0 ? '' : pages.length === 1 ? `, page = ${pages[0]}` : `, page in (${pages.join(', ')})`
  return `count_events(${quoted(name)}, '${value.days}d'${filter}) ${value.operator ?? '>='} ${value.times}`
}

function sequence(value: Partial<SequenceValue> | null): string {
  if (!value?.first || !value.then || !isNumber(value.days)) return ''
  const call = `followed_events(${quoted(value.first)}, ${quoted(value.then)}, '${value.days}d')`
  return value.happened === false ? `${call} = 0` : `${call} > 0`
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const plainName = /^[\p{L}_][\p{L}\p{N}_]*$/u
const written = (name: string) =>
  name
    .split('.')
    .map((piece) => (plainName.test(piece) ? piece : `"${piece.replaceAll('"', '""')}"`))
    .join('.')

function literalText(value: unknown, kind: string): string {
  if (value === null || value === undefined || value === '') return ''
  if (kind === 'date') return typeof value === 'string' ? `date ${quoted(value)}` : ''
  if (kind === 'text') return quoted(typeof value === 'string' ? value : String(value as number))
  const text = String(value as number | string)
  return /^-?\d+(\.\d+)?$/.test(text) ? text : ''
}

const infix = new Set(['=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '//', '%', '||', 'like', 'and', 'or'])

/** A node in the rule language, bracketed throughout. */
export function write(node: Node): string {
  if ('field' in node) return written(node.field)
  if ('decimal' in node) return node.decimal
  if ('date' in node) return `date ${quoted(node.date)}`
  if ('timestamp' in node) return `timestamp ${quoted(node.timestamp)}`
  if ('value' in node) return typeof node.value === 'string' ? quoted(node.value) : String(node.value)
  return call(node.op, node.args.map(write))
}

function call(op: string, args: string[]): string {
  const [first = '', ...rest] = args
  if (infix.has(op)) return `(${args.join(` ${op} `)})`
  if (op === 'not') return `not (${first})`
  if (op === 'neg') return `-(${first})`
  if (op === 'is_null') return `(${first} is null)`
  if (op === 'between') return `(${first} between ${rest.join(' and ')})`
  if (op === 'in') return `(${first} in (${rest.join(', ')}))`
  if (op === 'case') return cases(args)
  return `${op}(${args.join(', ')})`
}

function cases(args: string[]): string {
  const otherwise = args.at(-1) ?? 'null'
  const pairs = Array.from({ length: (args.length - 1) / 2 }, (_, n) => `when ${args[2 * n]} then ${args[2 * n + 1]}`)
  return `case ${pairs.join(' ')} else ${otherwise} end`
}

/** Conditions in order, as the server counts them. */
export function leaves(query: RuleGroupType): RuleType[] {
  return query.rules.flatMap((one) => (typeof one === 'string' ? [] : 'rules' in one ? leaves(one) : [one]))
}
