import { Alert, App, Button, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { kitWords } from '@/kit/words'
import type { SuitabilityPolicy } from '../wire'
import { useProposePolicy, useSettlePolicy } from './queries'
import { Verdict } from './verdict'
import type { PolicyIn } from './wire'
import { sellingWords } from './words'

const tolerances = ['C1', 'C2', 'C3', 'C4', 'C5'] as const
const grades = [0, 1, 2, 3, 4, 5] as const
const kinds = ['wealth', 'fund', 'insurance', 'metal', 'deposit'] as const
const shortest = 4
const longest = 200

/** The draft that waits, with what it changes, and the verdict of a second person; else the way to propose one. */
export function PolicyDraft({
  policy,
  shown,
}: {
  policy: SuitabilityPolicy
  shown: (name: string, value: number | (number | string)[]) => string
}) {
  const words = useWords(sellingWords)
  const may = useMay('suitability.edit')
  const settle = useSettlePolicy()
  const version = policy.draft_version
  if (version === null) return may ? <Propose policy={policy} /> : null
  const changed = policy.numbers.filter(
    (one) => one.draft !== null && JSON.stringify(one.draft) !== JSON.stringify(one.value),
  )
  return (
    <Alert
      type="warning"
      showIcon
      title={words.draftWaiting(version)}
      description={
        <div className="lk-stack">
          <ul className="lk-lines">
            {changed.map((one) => (
              <li key={one.name}>
                {one.title}{' '}
                <b className="lk-figure">
                  {shown(one.name, one.value)} → {one.draft !== null && shown(one.name, one.draft)}
                </b>
              </li>
            ))}
          </ul>
          <span>{`${words.reason} · ${policy.draft_reason ?? '—'}`}</span>
          {may && (
            <Verdict
              ask={words.approvePolicy(version)}
              askAside={words.asidePolicy(version)}
              busy={settle.isPending}
              settle={(approved) => settle.mutateAsync({ version, approved })}
            />
          )}
        </div>
      }
    />
  )
}

function Propose({ policy }: { policy: SuitabilityPolicy }) {
  const words = useWords(sellingWords)
  const [open, setOpen] = useState(false)
  return (
    <div className="lk-row-end">
      <Button type="primary" onClick={() => setOpen(true)}>
        {words.changePolicy}
      </Button>
      {open && <PolicyDrawer policy={policy} onClose={() => setOpen(false)} />}
    </div>
  )
}

interface Fields {
  numbers: Record<string, number | number[] | string[]>
  reason: string
}

function PolicyDrawer({ policy, onClose }: { policy: SuitabilityPolicy; onClose: () => void }) {
  const words = useWords(sellingWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const propose = useProposePolicy()
  const submit = ({ numbers, reason }: Fields) => {
    const before = new Map(policy.numbers.map((one) => [one.name, JSON.stringify(one.value)]))
    const changed: PolicyIn['changed'] = Object.fromEntries(
      Object.entries(numbers).filter(([name, value]) => before.get(name) !== JSON.stringify(value)),
    )
    if (Object.keys(changed).length === 0) return void message.warning(words.nothingChanged)
    propose.mutate(
      { changed, reason: reason.trim() },
      {
        onSuccess: () => {
          void message.success(words.proposed)
          onClose()
        },
      },
    )
  }
  const initial = {
    numbers: Object.fromEntries(policy.numbers.map((one) => [one.name, one.value])) as Fields['numbers'],
  }
  return (
    <FormDrawer<Fields>
      open
      wide
      title={words.policyTitle}
      form={form}
      initial={initial}
      busy={propose.isPending}
      error={propose.error}
      submitWord={words.changePolicy}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item>
        <Alert type="info" showIcon title={words.policyHint} />
      </Form.Item>
      <Matrix />
      <div className="lk-form-row">
        {policy.numbers
          .filter((one) => typeof one.value === 'number')
          .map((one) => (
            <Form.Item
              key={one.name}
              name={['numbers', one.name]}
              label={one.title}
              rules={[{ required: true, message: words.numberNeeded }]}
            >
              <InputNumber className="lk-wide" min={0} max={3650} precision={0} />
            </Form.Item>
          ))}
      </div>
      <Kinds title={policy.numbers.find((one) => one.name === 'kinds')?.title ?? ''} />
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
      >
        <Input.TextArea rows={3} maxLength={longest} showCount />
      </Form.Item>
    </FormDrawer>
  )
}

function Matrix() {
  const words = useWords(sellingWords)
  const kit = useWords(kitWords)
  return (
    <div className="lk-form-row">
      {tolerances.map((level, place) => (
        <Form.Item key={level} name={['numbers', 'matrix', place]} label={words.highest(level)}>
          <Select
            options={grades.map((value) => ({
              value,
              label: value === 0 ? words.none : `R${value} ${kit.productRiskNames[`R${value}`] ?? ''}`,
            }))}
          />
        </Form.Item>
      ))}
    </div>
  )
}

function Kinds({ title }: { title: string }) {
  const kit = useWords(kitWords)
  return (
    <Form.Item name={['numbers', 'kinds']} label={title} rules={[{ required: true, message: title }]}>
      <Select mode="multiple" options={kinds.map((value) => ({ value, label: kit.productKinds[value] ?? value }))} />
    </Form.Item>
  )
}
