import { Alert, Button, DatePicker, Form, Input, InputNumber, Segmented, Select, Switch } from 'antd'
import type { Dayjs } from 'dayjs'
import { useAddress } from '@/kit/address'
import { Empty } from '@/kit/faces'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { CustomerPick, ProductPick } from '@/kit/pickers'
import { channels, purposes } from '@/kit/reach'
import { sentence } from '@/kit/say'
import { useTry } from '../queries'
import type { Channel, Purpose } from '../wire'
import { gateWords } from '../words'
import { VerdictPanel } from './verdict'

interface Fields {
  customer_no: string
  what: 'offer' | 'message'
  product_no?: string
  yuan?: number | null
  text?: string
  channel: Channel
  purpose: Purpose
  at?: Dayjs | null
  automated?: boolean
}

const minorPerYuan = 100
const mostYuan = 1e11
const longest = 2000
/** The reader picks a time by the bank's clock, wherever their own stands. */
const bankTime = (at: Dayjs): string => `${at.format('YYYY-MM-DDTHH:mm:ss')}+08:00`

/** 试一条: one customer, one offer or message, one channel, one time — and what the gate says. */
export function TryOne() {
  const words = useWords(gateWords)
  const lang = useLang()
  const [address] = useAddress()
  const [form] = Form.useForm<Fields>()
  const what = Form.useWatch('what', form) ?? 'offer'
  const run = useTry()
  const submit = (fields: Fields) =>
    run.mutate({
      customer_no: fields.customer_no,
      channel: fields.channel,
      purpose: fields.purpose,
      text: fields.text?.trim() ?? '',
      campaign: '',
      fields: [],
      automated: fields.automated ?? false,
      ...(fields.at ? { at: bankTime(fields.at) } : {}),
      ...(fields.what === 'offer' && fields.product_no ? { product_no: fields.product_no } : {}),
      ...(fields.what === 'offer' && fields.yuan ? { amount: Math.round(fields.yuan * minorPerYuan) } : {}),
    })
  const initial: Partial<Fields> = {
    what: 'offer',
    channel: 'sms',
    purpose: 'marketing',
    ...(address.get('customer') ? { customer_no: address.get('customer') ?? '' } : {}),
  }
  const named = (names: readonly string[], of: Record<string, string>) =>
    names.map((value) => ({ value, label: of[value] ?? value }))
  return (
    <div className="lk-grid">
      <Panel title={words.tryTitle} className="lk-span-5">
        <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={submit}>
          <Form.Item
            name="customer_no"
            label={words.customer}
            rules={[{ required: true, message: words.customerNeeded }]}
          >
            <CustomerPick autoFocus />
          </Form.Item>
          <Form.Item name="what" label={words.what}>
            <Segmented
              options={[
                { value: 'offer', label: words.offer },
                { value: 'message', label: words.messageOnly },
              ]}
            />
          </Form.Item>
          {what === 'offer' && (
            <div className="lk-form-row">
              <Form.Item
                name="product_no"
                label={words.product}
                rules={[{ required: true, message: words.productNeeded }]}
              >
                <ProductPick />
              </Form.Item>
              <Form.Item name="yuan" label={words.amount}>
                <InputNumber<number>
                  min={0}
                  max={mostYuan}
                  precision={2}
                  className="lk-wide"
                  placeholder={words.amountHint}
                />
              </Form.Item>
            </div>
          )}
          <Form.Item
            name="text"
            label={what === 'offer' ? words.textOptional : words.text}
            rules={what === 'message' ? [{ required: true, whitespace: true, message: words.textNeeded }] : []}
          >
            <Input.TextArea rows={3} maxLength={longest} showCount placeholder={words.textHint} />
          </Form.Item>
          <div className="lk-form-row">
            <Form.Item name="channel" label={words.channel}>
              <Select options={named(channels, words.channelNames)} />
            </Form.Item>
            <Form.Item name="purpose" label={words.purpose}>
              <Select options={named(purposes, words.purposeNames)} />
            </Form.Item>
          </div>
          <div className="lk-form-row">
            <Form.Item name="at" label={words.time}>
              <DatePicker
                showTime={{ format: 'HH:mm' }}
                format="YYYY-MM-DD HH:mm"
                placeholder={words.now}
                className="lk-wide"
              />
            </Form.Item>
            <Form.Item name="automated" label={words.automated} valuePropName="checked">
              <Switch />
            </Form.Item>
          </div>
          <Button type="primary" htmlType="submit" loading={run.isPending}>
            {words.tryDo}
          </Button>
        </Form>
      </Panel>
      <div className="lk-span-7" aria-live="polite">
        {run.error ? (
          <Alert type="error" showIcon title={sentence(run.error, lang)} />
        ) : run.data ? (
          <VerdictPanel trial={run.data} />
        ) : (
          <Panel>
            <Empty title={words.tryEmpty} hint={words.tryEmptyHint} />
          </Panel>
        )}
      </div>
    </div>
  )
}
