import { DeleteOutlined } from '@ant-design/icons'
import { Button, Input, Popover, Select, Space } from 'antd'
import { useState } from 'react'
import { useWords } from '@/kit/lang'
import { both, condition } from '../draft'
import type { EventField, Offer, Step } from '../wire'
import { behaviourWords } from '../words'

interface StepRowProps {
  name: string
  offer: Offer
  step: Step
  onChange: (step: Step) => void
  onRemove?: () => void
}

/** One event and its condition: written in the rule language, or put together from fields and values. */
export function StepRow({ name, offer, step, onChange, onRemove }: StepRowProps) {
  const words = useWords(behaviourWords)
  const events = [
    { value: '', label: words.anyEvent },
    ...offer.events.map((one) => ({ value: one.name, label: one.title })),
  ]
  return (
    <div className="lk-step">
      <span className="lk-soft">{name}</span>
      <Select
        className="lk-filter"
        aria-label={`${name} ${words.events}`}
        value={step.event}
        options={events}
        onChange={(event) => onChange({ ...step, event })}
      />
      <Input
        className="lk-step-where"
        allowClear
        spellCheck={false}
        value={step.where}
        placeholder={`${words.where}：${words.whereHint}`}
        aria-label={`${name} ${words.where}`}
        onChange={(change) => onChange({ ...step, where: change.target.value })}
      />
      <AddCondition offer={offer} onAdd={(text) => onChange({ ...step, where: both(step.where, text) })} />
      {onRemove && <Button type="text" icon={<DeleteOutlined />} aria-label={words.removeStep} onClick={onRemove} />}
    </div>
  )
}

const compare = [
  { value: '>=', label: '≥' },
  { value: '<', label: '<' },
  { value: '=', label: '=' },
]

function AddCondition({ offer, onAdd }: { offer: Offer; onAdd: (text: string) => void }) {
  const words = useWords(behaviourWords)
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('page')
  const [operator, setOperator] = useState('>=')
  const [values, setValues] = useState<string[]>([])
  const fields = offer.fields.filter((one) => one.name !== 'event')
  const field = fields.find((one) => one.name === name)
  const number = field?.type === 'int'
  const done = () => {
    if (field) onAdd(condition(field, values, number ? operator : '='))
    setValues([])
    setOpen(false)
  }
  const content = (
    <Space>
      <Select
        className="lk-filter"
        aria-label={words.field}
        value={name}
        options={fields.map((one) => ({ value: one.name, label: one.label }))}
        onChange={(chosen) => {
          setName(chosen)
          setValues([])
        }}
      />
      {number && <Select value={operator} options={compare} onChange={setOperator} aria-label={words.where} />}
      {field && <Values field={field} values={values} onChange={setValues} />}
      <Button type="primary" disabled={values.length === 0} onClick={done}>
        {words.insert}
      </Button>
    </Space>
  )
  return (
    <Popover content={content} trigger="click" open={open} onOpenChange={setOpen} placement="bottomRight">
      <Button>{words.addCondition}</Button>
    </Popover>
  )
}

function Values({
  field,
  values,
  onChange,
}: {
  field: EventField
  values: string[]
  onChange: (values: string[]) => void
}) {
  const known = Object.entries(field.values)
  if (known.length > 0) {
    return (
      <Select<string[]>
        mode="multiple"
        className="lk-filter-wide"
        aria-label={field.label}
        value={values}
        options={known.map(([value, label]) => ({ value, label }))}
        onChange={onChange}
      />
    )
  }
  return (
    <Input
      aria-label={field.label}
      inputMode={field.type === 'int' ? 'numeric' : 'text'}
      value={values[0] ?? ''}
      onChange={(change) => {
        const text = field.type === 'int' ? change.target.value.replaceAll(/\D/g, '') : change.target.value
        onChange(text ? [text] : [])
      }}
    />
  )
}
