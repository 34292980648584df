import { Button, DatePicker, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import { useWords } from '@/kit/lang'
import { stepsOf } from '../draft'
import type { Offer, Query, Step } from '../wire'
import { behaviourWords } from '../words'
import { StepRow } from './steprow'

const grains = ['day', 'week', 'month'] as const
const bys = ['page', 'product', 'product_kind', 'product_risk', 'channel'] as const
const most = { window: 90, returns: 30, depth: 5 }
const format = 'YYYY-MM-DD'

interface BuilderProps {
  offer: Offer
  draft: Query
  busy: boolean
  onChange: (draft: Query) => void
  onAsk: () => void
}

/** What is asked: its events with their conditions, the days, and what the kind needs beside that. */
export function Builder({ offer, draft, busy, onChange, onAsk }: BuilderProps) {
  const words = useWords(behaviourWords)
  const [least, allowed] = stepsOf[draft.kind]
  const put = (index: number, step: Step) =>
    onChange({ ...draft, steps: draft.steps.map((old, at) => (at === index ? step : old)) })
  const drop = (index: number) => onChange({ ...draft, steps: draft.steps.filter((_, at) => at !== index) })
  const name = (index: number) =>
    draft.kind === 'funnel' ? words.stepNo(index + 1) : (words.roles[draft.kind]?.[index] ?? words.events)
  return (
    <div className="lk-stack">
      <p className="lk-soft">{words.kindNotes[draft.kind]}</p>
      {draft.steps.map((step, index) => (
        <StepRow
          key={index}
          name={name(index)}
          offer={offer}
          step={step}
          onChange={(changed) => put(index, changed)}
          {...(draft.steps.length > least ? { onRemove: () => drop(index) } : {})}
        />
      ))}
      <div className="lk-row">
        {draft.steps.length < allowed && (
          <Button
            type="dashed"
            onClick={() => onChange({ ...draft, steps: [...draft.steps, { event: '', where: '' }] })}
          >
            {draft.kind === 'funnel' ? words.addStep : words.addEvent}
          </Button>
        )}
        <DatePicker.RangePicker
          allowClear={false}
          aria-label={words.period}
          value={[dayjs(draft.since), dayjs(draft.until)]}
          minDate={dayjs(offer.first)}
          onChange={(range) => {
            const [since, until] = range ?? []
            if (since && until) onChange({ ...draft, since: since.format(format), until: until.format(format) })
          }}
        />
        <Needs draft={draft} onChange={onChange} />
        <Button type="primary" loading={busy} onClick={onAsk}>
          {words.run}
        </Button>
      </div>
    </div>
  )
}

/** What some kinds ask for beside events and days. */
function Needs({ draft, onChange }: { draft: Query; onChange: (draft: Query) => void }) {
  const words = useWords(behaviourWords)
  const timed = ['trend', 'retention', 'session'].includes(draft.kind)
  const number = (name: 'window_days' | 'returns' | 'depth', label: string, limit: number, unit?: string) => (
    <label className="lk-row">
      <span className="lk-soft">{label}</span>
      <InputNumber
        min={1}
        max={limit}
        value={draft[name]}
        suffix={unit}
        onChange={(value) => onChange({ ...draft, [name]: value ?? 1 })}
      />
    </label>
  )
  return (
    <>
      {timed && (
        <label className="lk-row">
          <span className="lk-soft">{words.grain}</span>
          <Select
            className="lk-filter"
            value={draft.grain}
            options={grains.map((value) => ({ value, label: words.grains[value] ?? value }))}
            onChange={(grain) => onChange({ ...draft, grain })}
          />
        </label>
      )}
      {draft.kind === 'trend' && (
        <label className="lk-row">
          <span className="lk-soft">{words.by}</span>
          <Select
            className="lk-filter"
            value={draft.by ?? ''}
            options={[
              { value: '', label: words.noGroup },
              ...bys.map((value) => ({ value, label: words.bys[value] ?? value })),
            ]}
            onChange={(by) => onChange({ ...draft, by: (by || null) as Query['by'] })}
          />
        </label>
      )}
      {draft.kind === 'funnel' && number('window_days', words.window, most.window, words.days)}
      {draft.kind === 'retention' && number('returns', words.returns, most.returns)}
      {draft.kind === 'path' && number('depth', words.depth, most.depth)}
    </>
  )
}
