import { Button, Form, Input, InputNumber, Select, Upload, type FormInstance } from 'antd'
import { useState } from 'react'
import { useWords } from '@/kit/lang'
import { measure } from './media'
import { sellingWords } from './words'

const digest = /^\s*[0-9a-fA-F]{64}\s*$/
const dayLong = 86_400
const algorithms = [
  { value: 'sha256', label: 'SHA-256' },
  { value: 'sm3', label: 'SM3' },
]

type State = 'idle' | 'working' | 'failed'

/** The recording's file: its number in the archive, hash, size and length; filled from a file of this computer if there is one. */
export function MediaFields<T extends object>({
  form,
  numbered,
}: {
  form: FormInstance<T>
  numbered: { required: boolean; pattern: RegExp; message: string }[]
}) {
  const words = useWords(sellingWords)
  const [state, setState] = useState<State>('idle')
  const take = async (file: File) => {
    setState('working')
    try {
      const found = await measure(file)
      const fields = { media_algorithm: 'sha256', media_digest: found.digest, media_bytes: found.bytes }
      form.setFieldsValue({ ...fields, ...(found.seconds ? { media_seconds: found.seconds } : {}) } as never)
      setState('idle')
    } catch {
      setState('failed')
    }
  }
  const positive = [{ required: true, type: 'number' as const, min: 1, message: words.positive }]
  return (
    <>
      <Form.Item
        label={words.media}
        extra={state === 'failed' ? <span className="lk-bad">{words.mediaFailed}</span> : words.mediaHint}
      >
        <Upload
          accept="video/*,audio/*"
          showUploadList={false}
          beforeUpload={(file) => {
            void take(file)
            return false
          }}
        >
          <Button loading={state === 'working'}>{state === 'working' ? words.mediaWorking : words.mediaChoose}</Button>
        </Upload>
      </Form.Item>
      <div className="lk-form-row">
        <Form.Item name="media_ref" label={words.mediaRef} rules={numbered}>
          <Input placeholder={words.mediaPlaceholder} />
        </Form.Item>
        <Form.Item name="media_algorithm" label={words.algorithm}>
          <Select options={algorithms} />
        </Form.Item>
      </div>
      <Form.Item
        name="media_digest"
        label={words.mediaDigest}
        rules={[{ required: true, pattern: digest, message: words.digestNeeded }]}
      >
        <Input className="lk-hash" maxLength={66} />
      </Form.Item>
      <div className="lk-form-row">
        <Form.Item name="media_bytes" label={words.bytes} rules={positive}>
          <InputNumber className="lk-wide" precision={0} />
        </Form.Item>
        <Form.Item name="media_seconds" label={words.seconds} rules={positive}>
          <InputNumber className="lk-wide" max={dayLong} precision={0} />
        </Form.Item>
      </div>
    </>
  )
}
