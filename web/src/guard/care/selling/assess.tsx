import { Alert, Button, Form, Select } from 'antd'
import { useState } from 'react'
import { FormDrawer } from '@/kit/drawer'
import { today } from '@/kit/figure'
import { date, daysUntil } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { CustomerPick } from '@/kit/pickers'
import { usePapers, useSuitabilityPolicy } from '../queries'
import { careWords } from '../words'
import type { Channel } from '../wire'
import { Answering } from './answering'
import { useSittings, useStart } from './queries'
import type { Started } from './wire'
import { sellingWords } from './words'

const places: Channel[] = ['counter', 'wecom', 'phone', 'app_push']
const yearDays = 365

interface Fields {
  customer_no: string
  paper_no: string
  channel: Channel
}

/** 风险测评: begins one with a customer and leads through the paper to its result. */
export function AssessButton({ customerNo, primary = false }: { customerNo?: string; primary?: boolean }) {
  const words = useWords(sellingWords)
  const [open, setOpen] = useState(false)
  const [started, setStarted] = useState<Started | null>(null)
  const close = () => {
    setOpen(false)
    setStarted(null)
  }
  return (
    <>
      <Button size={primary ? 'middle' : 'small'} type={primary ? 'primary' : 'default'} onClick={() => setOpen(true)}>
        {words.assess}
      </Button>
      {open && !started && (
        <StartDrawer {...(customerNo ? { customerNo } : {})} onStarted={setStarted} onClose={close} />
      )}
      {started && <Answering sitting={started.sitting} paper={started.paper} onClose={close} />}
    </>
  )
}

function StartDrawer({
  customerNo,
  onStarted,
  onClose,
}: {
  customerNo?: string
  onStarted: (started: Started) => void
  onClose: () => void
}) {
  const words = useWords(sellingWords)
  const care = useWords(careWords)
  const [form] = Form.useForm<Fields>()
  const chosen = Form.useWatch('customer_no', form)
  const start = useStart()
  const papers = usePapers().data?.filter((one) => one.state === 'live')
  const no = customerNo ?? chosen
  const submit = (fields: Fields) =>
    start.mutate({ ...fields, customer_no: customerNo ?? fields.customer_no }, { onSuccess: onStarted })
  return (
    <FormDrawer<Fields>
      open
      title={customerNo ? `${words.assess} · ${customerNo}` : words.assess}
      form={form}
      initial={{ paper_no: 'retail', channel: 'counter' }}
      busy={start.isPending}
      error={start.error}
      submitWord={words.assessGo}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item>
        <Alert type="warning" showIcon title={words.guided} description={<Limits />} />
      </Form.Item>
      {!customerNo && (
        <Form.Item
          name="customer_no"
          label={words.customer}
          rules={[{ required: true, message: words.customerNeeded }]}
        >
          <CustomerPick autoFocus />
        </Form.Item>
      )}
      {no && (
        <Form.Item>
          <Used customerNo={no} />
        </Form.Item>
      )}
      <Form.Item name="paper_no" label={words.paper} rules={[{ required: true, message: words.paperNeeded }]}>
        <Select
          loading={papers === undefined}
          notFoundContent={words.paperNeeded}
          options={(papers ?? []).map((one) => ({
            value: one.paper_no,
            label: `${one.title} · ${care.version(one.version)} · ${care.questions(one.questions.length)}`,
          }))}
        />
      </Form.Item>
      <Form.Item name="channel" label={words.place}>
        <Select options={places.map((value) => ({ value, label: care.channelNames[value] }))} />
      </Form.Item>
    </FormDrawer>
  )
}

function Limits() {
  const words = useWords(sellingWords)
  const policy = useSuitabilityPolicy().data
  const number = (name: string) => Number(policy?.numbers.find((one) => one.name === name)?.value)
  if (!policy) return null
  return <>{words.limits(number('attempts_a_day'), number('attempts_a_year'))}</>
}

/** How many of the customer's assessments count towards the limits, as the server counts them. */
function Used({ customerNo }: { customerNo: string }) {
  const words = useWords(sellingWords)
  const sittings = useSittings(customerNo).data
  if (!sittings) return null
  const counted = sittings.filter((one) => one.state !== 'open' && one.score !== null)
  const day = counted.filter((one) => date(one.started_at) === today()).length
  const year = counted.filter((one) => daysUntil(one.started_at, today()) > -yearDays).length
  return <span className="lk-soft">{words.used(day, year)}</span>
}
