import { Alert, App, Form, Input, Radio } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useAskExport } from '../queries'
import type { ExportIn } from '../wire'
import { segmentWords } from '../words'

/** 申请导出: what, and what for. */
export function AskExport({ segmentId, onClose }: { segmentId: number; onClose: () => void }) {
  const words = useWords(segmentWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<ExportIn>()
  const asking = useAskExport(segmentId)
  const submit = (fields: ExportIn) =>
    asking.mutate(fields, {
      onSuccess: () => {
        void message.success(words.exportAsked)
        onClose()
      },
    })
  return (
    <FormDrawer<ExportIn>
      open
      title={words.export}
      form={form}
      initial={{ format: 'xlsx', content: 'list' }}
      busy={asking.isPending}
      error={asking.error}
      submitWord={words.export}
      onSubmit={submit}
      onClose={onClose}
    >
      <Alert type="info" showIcon title={words.exportNote} />
      <Form.Item name="content" label={words.content} extra={words.contentHint}>
        <Radio.Group
          options={[
            { value: 'list', label: words.contents.list },
            { value: 'numbers', label: words.contents.numbers },
          ]}
        />
      </Form.Item>
      <Form.Item name="format" label={words.format}>
        <Radio.Group
          options={[
            { value: 'xlsx', label: 'Excel' },
            { value: 'csv', label: 'CSV' },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: 4, max: 200, message: words.reasonNeeded }]}
      >
        <Input.TextArea rows={3} />
      </Form.Item>
    </FormDrawer>
  )
}
