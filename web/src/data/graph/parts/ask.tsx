import { Alert, App, Checkbox, Form, Input, InputNumber } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useAsk, type Asked } from '../queries'
import type { GroupDetail } from '../wire'
import { graphWords } from '../words'

export const shortest = 4
export const longest = 200

/** Why a change is asked for; it is kept for good. */
export function ReasonField() {
  const words = useWords(graphWords)
  return (
    <Form.Item
      name="reason"
      label={words.reason}
      rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
    >
      <Input.TextArea rows={3} maxLength={longest} showCount placeholder={words.reasonPlaceholder} />
    </Form.Item>
  )
}

interface AskProps {
  asked: Asked
  group?: GroupDetail
  onClose: () => void
  onDone?: () => void
}

interface Fields {
  reason: string
  other?: number
  leavers?: string[]
}

/** Ask for a change of a relation or a group; a colleague judges it. */
export function AskDrawer({ asked, group, onClose, onDone }: AskProps) {
  const words = useWords(graphWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const ask = useAsk()
  const submit = ({ reason, other, leavers }: Fields) =>
    ask.mutate(
      { asked: filled(asked, other, leavers), reason: reason.trim() },
      {
        onSuccess: () => {
          void message.success(words.askDone)
          onClose()
          onDone?.()
        },
      },
    )
  return (
    <FormDrawer<Fields>
      open
      title={words.ask[asked.action]}
      form={form}
      busy={ask.isPending}
      error={ask.error}
      submitWord={words.submit}
      danger={asked.action === 'deny'}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item>
        <Alert type="info" showIcon title={words.askHint} />
      </Form.Item>
      {asked.action === 'merge' && (
        <Form.Item
          name="other"
          label={words.otherGroup}
          extra={words.otherGroupHint}
          rules={[{ required: true, message: words.otherGroupNeeded }]}
        >
          <InputNumber min={1} precision={0} className="lk-graph-wide" />
        </Form.Item>
      )}
      {asked.action === 'split' && group && <Leavers group={group} />}
      <ReasonField />
    </FormDrawer>
  )
}

function filled(asked: Asked, other: number | undefined, leavers: string[] | undefined): Asked {
  if (asked.action === 'merge') return { ...asked, other_id: other ?? asked.other_id }
  if (asked.action === 'split') return { ...asked, customer_nos: leavers ?? asked.customer_nos }
  return asked
}

function Leavers({ group }: { group: GroupDetail }) {
  const words = useWords(graphWords)
  const mine = group.members.filter((member) => member.party.customer_no)
  return (
    <Form.Item
      name="leavers"
      label={words.leavers}
      extra={mine.length < group.members.length ? words.leaversMasked : undefined}
      rules={[{ required: true, type: 'array', min: 1, message: words.leaversNeeded }]}
    >
      <Checkbox.Group
        className="lk-graph-leavers"
        options={mine.map(({ party }) => ({ value: party.customer_no ?? '', label: party.name }))}
      />
    </Form.Item>
  )
}
