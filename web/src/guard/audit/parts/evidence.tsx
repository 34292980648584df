import { App, Form, Input, Radio } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { saveFile, saveJson } from '@/kit/save'
import { useEvidence, usePrintedEvidence } from '../queries'
import { auditWords } from '../words'

interface Fields {
  form: 'json' | 'pdf'
  reason: string
}

const shortest = 2
const longest = 200

/** Take entries away as evidence: JSON for the offline verifier, PDF to print and sign. Taking is an entry too. */
export function EvidenceDrawer({ entries, onClose }: { entries: number[]; onClose: () => void }) {
  const words = useWords(auditWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const json = useEvidence()
  const pdf = usePrintedEvidence()
  const told = () => {
    void message.success(words.taken)
    onClose()
  }
  const submit = (fields: Fields) => {
    const wanted = { entries, reason: fields.reason.trim() }
    if (fields.form === 'json') {
      json.mutate(wanted, {
        onSuccess: (made) => {
          saveJson(made.file_name, made.pack)
          told()
        },
      })
      return
    }
    pdf.mutate(wanted, {
      onSuccess: (made) => {
        saveFile(`evidence-${entries[0] ?? 0}.pdf`, made)
        told()
      },
    })
  }
  return (
    <FormDrawer<Fields>
      open
      title={words.take(entries.length)}
      form={form}
      initial={{ form: 'json' }}
      busy={json.isPending || pdf.isPending}
      error={json.error ?? pdf.error}
      submitWord={words.download}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="form" label={words.form}>
        <Radio.Group
          options={[
            { value: 'json', label: words.asJson },
            { value: 'pdf', label: words.asPdf },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
      >
        <Input.TextArea autoFocus rows={3} maxLength={longest} showCount placeholder={words.reasonPlaceholder} />
      </Form.Item>
      <p className="lk-soft">{words.takeHint}</p>
    </FormDrawer>
  )
}
