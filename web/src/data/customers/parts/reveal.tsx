import { Alert, Form, Input } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useReveal } from '../queries'
import type { RevealField } from '../wire'
import { customerWords } from '../words'

interface RevealProps {
  customerNo: string
  field: RevealField | null
  onClose: () => void
  onClear: (field: RevealField, values: string[]) => void
}

const shortest = 4
const longest = 200

/** Ask for a masked field in clear: a reason first, and it is recorded. */
export function Reveal({ customerNo, field, onClose, onClear }: RevealProps) {
  const words = useWords(customerWords)
  const [form] = Form.useForm<{ reason: string }>()
  const reveal = useReveal(customerNo)
  const close = () => {
    reveal.reset()
    onClose()
  }
  const submit = ({ reason }: { reason: string }) => {
    if (!field) return
    reveal.mutate(
      { field, reason: reason.trim() },
      {
        onSuccess: (found) => {
          onClear(found.field, found.values)
          close()
        },
      },
    )
  }
  return (
    <FormDrawer
      open={field !== null}
      title={`${words.revealTitle} · ${field ? (words.fields[field] ?? field) : ''}`}
      form={form}
      busy={reveal.isPending}
      error={reveal.error}
      submitWord={words.revealDo}
      onSubmit={submit}
      onClose={close}
    >
      <Form.Item>
        <Alert type="info" showIcon title={words.revealHint} description={words.revealed} />
      </Form.Item>
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
      >
        <Input.TextArea autoFocus rows={3} maxLength={longest} showCount placeholder={words.reasonPlaceholder} />
      </Form.Item>
    </FormDrawer>
  )
}
