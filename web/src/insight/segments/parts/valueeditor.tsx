import { DatePicker, Input, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import type { ValueEditorProps } from 'react-querybuilder'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { eventPrefix, sequenceField, textField, type EventValue, type SequenceValue } from '../tree'
import type { Word, Words } from '../wire'
import { segmentWords } from '../words'

/** What every condition's editor may know. */
export interface EditorContext {
  known: Words
  counts: Map<string, number | undefined>
}

const noValue = new Set(['null', 'notNull'])
const farthestDays = 3650
const longestWindow = 400

/** The value of one condition, in the bank's units, and how many customers it is true for. */
export function ValueEditor(props: ValueEditorProps) {
  const words = useWords(segmentWords)
  const { known, counts } = props.context as EditorContext
  const customers = counts.get(props.rule.id ?? '')
  return (
    <>
      <Control {...props} known={known} />
      {customers !== undefined && <span className="seg-part">{words.people(count(customers))}</span>}
    </>
  )
}

type Inside = ValueEditorProps & { known: Words }

function Control(props: Inside) {
  const words = useWords(segmentWords)
  const { field, operator, value, handleOnChange, known } = props
  if (field === textField) {
    return (
      <Input
        className="seg-text"
        value={String(value ?? '')}
        placeholder={words.advancedHint}
        aria-label={words.advanced}
        onChange={(event) => handleOnChange(event.target.value)}
      />
    )
  }
  if (field === sequenceField) return <Sequence {...props} />
  if (field.startsWith(eventPrefix)) return <Times {...props} />
  const word = known.fields.find((one) => one.name === field)
  if (!word || noValue.has(operator)) return null
  if (word.kind === 'bool') return <YesNo {...props} />
  if (operator === 'withinDays') {
    return (
      <InputNumber
        value={typeof value === 'number' ? value : null}
        min={0}
        max={farthestDays}
        suffix={words.days}
        aria-label={word.label}
        onChange={(days) => handleOnChange(days ?? '')}
      />
    )
  }
  if (operator === 'between') return <Range {...props} word={word} />
  return <One {...props} word={word} />
}

function One({ operator, value, handleOnChange, word }: Inside & { word: Word }) {
  if (word.kind === 'text') {
    const many = operator === 'in' || operator === 'notIn'
    return <Texts word={word} many={many} value={value} onChange={handleOnChange} />
  }
  return <Scalar word={word} value={value} onChange={handleOnChange} />
}

function Texts({
  word,
  many,
  value,
  onChange,
}: {
  word: Word
  many: boolean
  value: unknown
  onChange: (value: unknown) => void
}) {
  const words = useWords(segmentWords)
  const options = word.values.map((one) => ({ value: one.value, label: one.label }))
  const held = (Array.isArray(value) ? value : value ? [value] : []) as string[]
  if (many) {
    return (
      <Select
        className="seg-values"
        mode={options.length > 0 ? 'multiple' : 'tags'}
        value={held}
        options={options}
        placeholder={words.pickValue}
        aria-label={word.label}
        onChange={(next: string[]) => onChange(next)}
      />
    )
  }
  if (options.length > 0) {
    return (
      <Select
        className="seg-value"
        value={held[0] ?? null}
        options={options}
        placeholder={words.pickValue}
        aria-label={word.label}
        onChange={(next: string | null) => onChange(next ?? '')}
      />
    )
  }
  return (
    <Input
      className="seg-value"
      value={held[0] ?? ''}
      aria-label={word.label}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

/** A number with its unit, or a date. */
function Scalar({ word, value, onChange }: { word: Word; value: unknown; onChange: (value: unknown) => void }) {
  if (word.kind === 'date' || word.kind === 'timestamp') {
    const day = typeof value === 'string' && value ? dayjs(value) : null
    return (
      <DatePicker
        value={day?.isValid() ? day : null}
        aria-label={word.label}
        onChange={(next) => onChange(next ? next.format('YYYY-MM-DD') : '')}
      />
    )
  }
  const held = typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : null
  return (
    <InputNumber<string>
      className="seg-number"
      stringMode
      value={held}
      suffix={word.unit || null}
      aria-label={word.label}
      onChange={(next) => onChange(next ?? '')}
    />
  )
}

function Range({ value, handleOnChange, word }: Inside & { word: Word }) {
  const words = useWords(segmentWords)
  const [low, high] = (Array.isArray(value) ? value : []) as unknown[]
  return (
    <span className="lk-row">
      <Scalar word={word} value={low} onChange={(next) => handleOnChange([next, high])} />
      {words.to}
      <Scalar word={word} value={high} onChange={(next) => handleOnChange([low, next])} />
    </span>
  )
}

function YesNo({ value, handleOnChange }: Inside) {
  const words = useWords(segmentWords)
  return (
    <Select
      className="seg-yes"
      value={value === false ? 'no' : 'yes'}
      aria-label={words.yes}
      options={[
        { value: 'yes', label: words.yes },
        { value: 'no', label: words.no },
      ]}
      onChange={(next: string) => handleOnChange(next === 'yes')}
    />
  )
}

/** How often within some days, on which pages. */
function Times({ field, value, handleOnChange, known }: Inside) {
  const words = useWords(segmentWords)
  const held = { operator: '>=', times: 1, days: 30, pages: [], ...(value as Partial<EventValue> | null) }
  const set = (change: Partial<EventValue>) => handleOnChange({ ...held, ...change })
  const event = known.events.find((one) => eventPrefix + one.name === field)
  const pages = event?.fields.find((one) => one.name === 'page')?.values ?? []
  return (
    <span className="lk-row seg-times">
      {words.within}
      <Days days={held.days} onChange={(days) => set({ days })} />
      <Select
        className="seg-yes"
        value={held.operator}
        aria-label={words.timesUnit}
        options={['>=', '<=', '>', '<', '='].map((sign) => ({ value: sign, label: words.operators[sign] }))}
        onChange={(operator: string) => set({ operator })}
      />
      <InputNumber
        value={held.times}
        min={0}
        max={1_000_000}
        precision={0}
        suffix={words.timesUnit}
        aria-label={words.timesUnit}
        onChange={(times) => set({ times: times ?? 0 })}
      />
      <Select
        className="seg-values"
        mode={pages.length > 0 ? 'multiple' : 'tags'}
        value={held.pages}
        options={pages.map((one) => ({ value: one.value, label: one.label }))}
        placeholder={words.anyPage}
        aria-label={words.anyPage}
        onChange={(next: string[]) => set({ pages: next })}
      />
    </span>
  )
}

function Days({ days, onChange }: { days: number; onChange: (days: number) => void }) {
  const words = useWords(segmentWords)
  return (
    <InputNumber
      className="seg-days"
      value={days}
      min={1}
      max={longestWindow}
      precision={0}
      suffix={words.days}
      aria-label={words.days}
      onChange={(next) => onChange(next ?? 1)}
    />
  )
}

/** Did A, and within some days B — or did not. */
function Sequence({ value, handleOnChange, known }: Inside) {
  const words = useWords(segmentWords)
  const held = { first: '', then: '', days: 7, happened: true, ...(value as Partial<SequenceValue> | null) }
  const set = (change: Partial<SequenceValue>) => handleOnChange({ ...held, ...change })
  const events = known.events.map((one) => ({ value: one.name, label: one.label }))
  return (
    <span className="lk-row seg-times">
      {words.did}
      <Select className="seg-yes" value={held.first} options={events} onChange={(first: string) => set({ first })} />
      {words.then}
      <Days days={held.days} onChange={(days) => set({ days })} />
      <Select
        className="seg-yes"
        value={held.happened ? 'yes' : 'no'}
        options={[
          { value: 'yes', label: words.didThen },
          { value: 'no', label: words.didNotThen },
        ]}
        onChange={(next: string) => set({ happened: next === 'yes' })}
      />
      <Select className="seg-yes" value={held.then} options={events} onChange={(then: string) => set({ then })} />
    </span>
  )
}
