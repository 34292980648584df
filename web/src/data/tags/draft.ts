import type { Aggregate, Definition, Draft, Family, Kind } from './wire'

/** What the form holds: a window in days back and ahead, words one a line. */
export interface TagFields {
  code: string
  name: string
  family: Family
  kind: Kind
  unit: string
  owner: string
  meaning: string
  from: 'table' | 'tags'
  table: string
  aggregate: Aggregate
  value: string
  filter: string
  span: 'all' | 'back' | 'ahead' | 'month' | 'between'
  days: number
  since: number | null
  until: number | null
  expression: string
  words: string
  note: string
}

export const freshFields: TagFields = {
  code: '',
  name: '',
  family: 'transaction',
  kind: 'count',
  unit: '',
  owner: '',
  meaning: '',
  from: 'table',
  table: 'transaction',
  aggregate: 'count',
  value: '',
  filter: '',
  span: 'back',
  days: 30,
  since: null,
  until: null,
  expression: '',
  words: '',
  note: '',
}

/** Aggregates that take a column. */
export const valued: ReadonlySet<Aggregate> = new Set(['sum', 'max', 'min', 'weighted', 'latest'])

function windowOf(fields: TagFields) {
  if (fields.span === 'month') return { since: null, until: 0, month: true }
  if (fields.span === 'back') return { since: 1 - fields.days, until: 0, month: false }
  if (fields.span === 'ahead') return { since: 0, until: fields.days, month: false }
  if (fields.span === 'between') return { since: fields.since, until: fields.until, month: false }
  return { since: null, until: null, month: false }
}

const pairs = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => {
        const [word = '', label] = line.split(/[=＝]/)
        return [word.trim(), (label ?? word).trim()]
      }),
  )

/** The draft the server reads. Names still missing are filled so that the formula can be tried before it has one. */
export function draftOf(fields: TagFields): Draft {
  const measured = fields.from === 'table'
  return {
    code: fields.code || 'draft',
    name: fields.name || '未命名',
    family: fields.family,
    kind: fields.kind,
    unit: fields.unit,
    owner: fields.owner || '—',
    meaning: fields.meaning.length < shortestMeaning ? '尚未填写含义' : fields.meaning,
    pi: 'c2',
    measure: measured
      ? {
          table: fields.table,
          aggregate: fields.aggregate,
          filter: fields.filter,
          value: valued.has(fields.aggregate) ? fields.value : '',
          window: windowOf(fields),
        }
      : null,
    expression: measured ? '' : fields.expression,
    words: fields.kind === 'word' ? pairs(fields.words) : {},
    note: fields.note,
  }
}

export const shortestMeaning = 4

function spanOf(window: NonNullable<Definition['measure']>['window'] | undefined): TagFields['span'] {
  if (!window || (window.since === null && window.until === null && !window.month)) return 'all'
  if (window.month) return 'month'
  if (window.since !== null && window.since <= 0 && window.until === 0) return 'back'
  if (window.since === 0 && window.until !== null && window.until > 0) return 'ahead'
  return 'between'
}

/** A definition as the form shows it. */
export function fieldsOf(tag: Definition): TagFields {
  const window = tag.measure?.window
  const span = spanOf(window)
  return {
    ...freshFields,
    code: tag.code,
    name: tag.name,
    family: tag.family,
    kind: tag.kind,
    unit: tag.unit,
    owner: tag.owner,
    meaning: tag.meaning,
    from: tag.measure ? 'table' : 'tags',
    table: tag.measure?.table ?? freshFields.table,
    aggregate: tag.measure?.aggregate ?? freshFields.aggregate,
    value: tag.measure?.value ?? '',
    filter: tag.measure?.filter ?? '',
    span,
    days:
      span === 'ahead'
        ? (window?.until ?? freshFields.days)
        : span === 'back'
          ? 1 - (window?.since ?? 0)
          : freshFields.days,
    since: window?.since ?? null,
    until: window?.until ?? null,
    expression: tag.expression,
    words: Object.entries(tag.words)
      .map(([word, label]) => (word === label ? word : `${word}=${label}`))
      .join('\n'),
  }
}
