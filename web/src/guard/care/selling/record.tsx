import { Alert, App, Checkbox, Form, Input, Select } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { ProductPick } from '@/kit/pickers'
import { careWords } from '../words'
import { MediaFields } from './film'
import { secondOf } from './media'
import { useRecord, useScripts } from './queries'
import type { Script, ScriptSteps } from './wire'
import { sellingWords } from './words'

const ref = /^[\w./:-]{1,80}$/

interface Fields {
  product_no: string
  sale_ref: string
  script: Script
  done?: Record<string, boolean>
  at?: Record<string, string>
  media_ref: string
  media_algorithm: string
  media_digest: string
  media_bytes: number
  media_seconds: number
}

/** 登记双录: which sale, which steps of the script are seen when, and the hash of the file in the archive. */
export function RecordDrawer({ customerNo, onClose }: { customerNo: string; onClose: () => void }) {
  const words = useWords(sellingWords)
  const care = useWords(careWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const script = Form.useWatch('script', form)
  const scripts = useScripts()
  const record = useRecord()
  const numbered = [{ required: true, pattern: ref, message: words.signedNeeded }]
  const submit = ({ done = {}, at = {}, ...given }: Fields) => {
    const known = scripts.data?.find((one) => one.script === given.script)?.steps ?? []
    const steps = known.filter((one) => done[one.name]).map((one) => [one.name, secondOf(at[one.name] ?? '') ?? 0])
    record.mutate(
      {
        ...given,
        customer_no: customerNo,
        media_digest: given.media_digest.trim().toLowerCase(),
        steps: Object.fromEntries(steps) as Record<string, number>,
      },
      {
        onSuccess: () => {
          void message.success(words.recordDone)
          onClose()
        },
      },
    )
  }
  return (
    <FormDrawer<Fields>
      open
      wide
      title={`${words.record} · ${customerNo}`}
      form={form}
      initial={{ script: 'proprietary', media_algorithm: 'sha256' }}
      busy={record.isPending}
      error={record.error}
      submitWord={words.record}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="lk-form-row">
        <Form.Item name="product_no" label={words.product} rules={[{ required: true, message: words.productNeeded }]}>
          <ProductPick autoFocus />
        </Form.Item>
        <Form.Item name="sale_ref" label={words.saleRef} rules={numbered}>
          <Input placeholder={words.salePlaceholder} />
        </Form.Item>
      </div>
      <MediaFields form={form} numbered={numbered} />
      <Form.Item name="script" label={words.script}>
        <Select
          options={(['proprietary', 'agency', 'insurance'] as const).map((value) => ({
            value,
            label: care.scripts[value],
          }))}
        />
      </Form.Item>
      <Loaded query={scripts} small>
        {(all) => <Checklist steps={all.find((one) => one.script === script)?.steps ?? []} />}
      </Loaded>
    </FormDrawer>
  )
}

/** Steps of the script in order: ticked when seen on the recording, with the time at which. */
function Checklist({ steps }: { steps: ScriptSteps['steps'] }) {
  const words = useWords(sellingWords)
  const done = Form.useWatch<Record<string, boolean> | undefined>('done') ?? {}
  const missing = steps.filter((one) => !done[one.name]).length
  return (
    <Form.Item label={words.checklist} extra={words.checklistHint}>
      {steps.map((step) => (
        <div key={step.name} className="lk-form-item">
          <Form.Item name={['done', step.name]} valuePropName="checked">
            <Checkbox>{step.title}</Checkbox>
          </Form.Item>
          {done[step.name] && <StepTime step={step} />}
        </div>
      ))}
      <Alert
        type={missing > 0 ? 'warning' : 'success'}
        showIcon
        title={missing > 0 ? words.missing(missing) : words.every}
      />
    </Form.Item>
  )
}

function StepTime({ step }: { step: ScriptSteps['steps'][number] }) {
  const words = useWords(sellingWords)
  const length = Form.useWatch<number | undefined>('media_seconds')
  const within = {
    validator: (_: unknown, value: string | undefined) => {
      const second = secondOf(value ?? '')
      return second !== null && (!length || second <= length)
        ? Promise.resolve()
        : Promise.reject(new Error(words.timeNeeded))
    },
  }
  return (
    <Form.Item name={['at', step.name]} rules={[within]}>
      <Input className="lk-time" placeholder="0:00" aria-label={`${words.atSecond} · ${step.title}`} />
    </Form.Item>
  )
}
