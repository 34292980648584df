import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, App, Button, Collapse, Form, Input, InputNumber, Select, Switch } from 'antd'
import type { ReactNode } from 'react'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { channels, minuteOf, purposes } from '@/kit/reach'
import { kitWords } from '@/kit/words'
import { toDraft, toFields, type DraftFields } from '../draft'
import { useDraft } from '../queries'
import type { Policy } from '../wire'
import { gateWords } from '../words'
import { RuleFields } from './rulefields'

const longestName = 40
const mostNote = 200
const dayKinds = ['workday', 'rest', 'holiday'] as const
const soldKinds = ['wealth', 'fund', 'insurance', 'metal', 'deposit', 'loan', 'card'] as const
const permitSeconds = { min: 10, max: 3600 }

/** A new version of the policy, begun from the one in force; it holds only when a colleague publishes it. */
export function DraftDrawer({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const words = useWords(gateWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<DraftFields>()
  const draft = useDraft()
  const submit = () =>
    draft.mutate(toDraft(form.getFieldsValue(true) as DraftFields), {
      onSuccess: (made) => {
        void message.success(words.drafted(made.version))
        onClose()
      },
    })
  const sections = [
    { key: 'caps', label: words.caps, forceRender: true, children: <CapFields /> },
    { key: 'quiets', label: words.quiets, forceRender: true, children: <QuietFields /> },
    { key: 'wordings', label: words.wordings, forceRender: true, children: <WordingFields /> },
    { key: 'rules', label: words.rules, forceRender: true, children: <RuleFields /> },
  ]
  return (
    <FormDrawer<DraftFields>
      open
      wide
      title={words.draft}
      form={form}
      initial={toFields(policy)}
      busy={draft.isPending}
      error={draft.error}
      submitWord={words.draftDo}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item>
        <Alert type="info" showIcon title={words.draftHint} />
      </Form.Item>
      <div className="lk-form-row">
        <Form.Item
          name="note"
          label={words.noteLabel}
          rules={[{ required: true, whitespace: true, message: words.noteNeeded }]}
        >
          <Input autoFocus maxLength={mostNote} placeholder={words.notePlaceholder} />
        </Form.Item>
        <Form.Item name="permit_seconds" label={words.permitSeconds}>
          <InputNumber {...permitSeconds} precision={0} className="lk-wide" />
        </Form.Item>
      </div>
      <Collapse defaultActiveKey={['caps']} items={sections} />
    </FormDrawer>
  )
}

/** Rows of a list in a form, each with a way out, and one more. */
export function FormRows({
  name,
  fresh,
  children,
}: {
  name: string
  fresh: object
  children: (place: number) => ReactNode
}) {
  const words = useWords(gateWords)
  return (
    <Form.List name={name}>
      {(rows, { add, remove }) => (
        <div className="lk-stack">
          {rows.map((row) => (
            <div key={row.key} className="lk-form-item">
              {children(row.name)}
              <Button
                type="text"
                danger
                icon={<DeleteOutlined />}
                aria-label={words.remove}
                title={words.remove}
                onClick={() => remove(row.name)}
              />
            </div>
          ))}
          <Button icon={<PlusOutlined />} onClick={() => add(fresh)}>
            {words.add}
          </Button>
        </div>
      )}
    </Form.List>
  )
}

function useOptions() {
  const words = useWords(gateWords)
  const kit = useWords(kitWords)
  const of = (names: readonly string[], book: Record<string, string>) =>
    names.map((value) => ({ value, label: book[value] ?? value }))
  return {
    channels: of(channels, words.channelNames),
    purposes: of(purposes, words.purposeNames),
    days: of(dayKinds, words.dayKinds),
    kinds: of(soldKinds, kit.productKinds),
  }
}

const soliciting = ['marketing', 'profiling', 'research']

function NameField({ place }: { place: number }) {
  const words = useWords(gateWords)
  return (
    <Form.Item
      name={[place, 'name']}
      label={words.name}
      rules={[{ required: true, whitespace: true, max: longestName, message: words.nameNeeded }]}
    >
      <Input />
    </Form.Item>
  )
}

function PurposeField({ place }: { place: number }) {
  const words = useWords(gateWords)
  const options = useOptions()
  return (
    <Form.Item
      name={[place, 'purposes']}
      label={words.purpose}
      rules={[{ required: true, message: words.purposeNeeded }]}
    >
      <Select mode="multiple" options={options.purposes} />
    </Form.Item>
  )
}

function CapFields() {
  const words = useWords(gateWords)
  const options = useOptions()
  return (
    <FormRows name="caps" fresh={{ channel: null, purposes: soliciting, limit: 1, hours: 24 }}>
      {(place) => (
        <div className="lk-form-row">
          <NameField place={place} />
          <Form.Item name={[place, 'channel']} label={words.channel}>
            <Select allowClear placeholder={words.allChannels} options={options.channels} />
          </Form.Item>
          <Form.Item
            name={[place, 'limit']}
            label={words.limit}
            rules={[{ required: true, message: words.limitNeeded }]}
          >
            <InputNumber min={0} max={10_000} precision={0} className="lk-wide" />
          </Form.Item>
          <Form.Item name={[place, 'hours']} label={words.hours}>
            <InputNumber min={1} max={8784} precision={0} className="lk-wide" placeholder={words.calendarMonth} />
          </Form.Item>
          <PurposeField place={place} />
        </div>
      )}
    </FormRows>
  )
}

function QuietFields() {
  const words = useWords(gateWords)
  const options = useOptions()
  const time = [
    {
      validator: (_: unknown, value: string) =>
        minuteOf(value ?? '') === null ? Promise.reject(new Error(words.timeNeeded)) : Promise.resolve(),
    },
  ]
  return (
    <FormRows
      name="quiets"
      fresh={{ channels: [], purposes: soliciting, days: ['workday', 'rest', 'holiday'], from: '21:00', to: '09:00' }}
    >
      {(place) => (
        <div className="lk-form-row">
          <NameField place={place} />
          <Form.Item name={[place, 'from']} label={words.from} rules={time}>
            <Input />
          </Form.Item>
          <Form.Item name={[place, 'to']} label={words.to} rules={time}>
            <Input />
          </Form.Item>
          <Form.Item name={[place, 'channels']} label={words.channel}>
            <Select mode="multiple" allowClear placeholder={words.allChannels} options={options.channels} />
          </Form.Item>
          <Form.Item name={[place, 'days']} label={words.days} rules={[{ required: true, message: words.daysNeeded }]}>
            <Select mode="multiple" options={options.days} />
          </Form.Item>
          <PurposeField place={place} />
        </div>
      )}
    </FormRows>
  )
}

function WordingFields() {
  const words = useWords(gateWords)
  const options = useOptions()
  return (
    <FormRows name="wordings" fresh={{ words: [], unless: [], must: false, kinds: [] }}>
      {(place) => (
        <div className="lk-form-row">
          <NameField place={place} />
          <Form.Item name={[place, 'must']} label={words.must} valuePropName="checked">
            <Switch />
          </Form.Item>
          <Form.Item
            name={[place, 'words']}
            label={words.phrases}
            rules={[{ required: true, message: words.phrasesNeeded }]}
          >
            <Select mode="tags" open={false} />
          </Form.Item>
          <Form.Item name={[place, 'unless']} label={words.unless}>
            <Select mode="tags" open={false} />
          </Form.Item>
          <Form.Item name={[place, 'kinds']} label={words.withKinds}>
            <Select mode="multiple" options={options.kinds} />
          </Form.Item>
        </div>
      )}
    </FormRows>
  )
}
