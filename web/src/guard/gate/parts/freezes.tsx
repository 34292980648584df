import { App, Button, DatePicker, Form, Input, Segmented, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { CustomerPick } from '@/kit/pickers'
import { channels } from '@/kit/reach'
import { sentence } from '@/kit/say'
import { DataTable, type Column } from '@/kit/table'
import { useFreezes, useLiftFreeze, usePlaceFreeze } from '../queries'
import type { Channel, Freeze, FreezeIn } from '../wire'
import { gateWords } from '../words'

const kinds: FreezeIn['kind'][] = ['complaint', 'risk', 'judicial', 'care', 'other']
const shortest = 4
const longest = 200

/** Customers to leave in peace, and until when. */
export function Freezes() {
  const words = useWords(gateWords)
  const may = useMay('gate.edit')
  const [past, setPast] = useState(false)
  const [placing, setPlacing] = useState(false)
  const rows = useFreezes(!past)
  return (
    <Panel flush>
      <div className="lk-filters">
        <Segmented
          value={past ? 'all' : 'now'}
          options={[
            { value: 'now', label: words.inForce },
            { value: 'all', label: words.all },
          ]}
          onChange={(value) => setPast(value === 'all')}
        />
        {may && (
          <span className="lk-filters-end">
            <Button type="primary" onClick={() => setPlacing(true)}>
              {words.freeze}
            </Button>
          </span>
        )}
      </div>
      <DataTable
        label={words.tabs['freezes'] ?? ''}
        rows={rows}
        columns={useColumns(may)}
        rowKey={(row) => row.id}
        empty={<Empty title={words.noFreezes} hint={words.noFreezesHint} />}
      />
      {placing && <PlaceDrawer onClose={() => setPlacing(false)} />}
    </Panel>
  )
}

function useColumns(may: boolean): Column<Freeze>[] {
  const words = useWords(gateWords)
  return [
    {
      key: 'customer',
      title: words.customer,
      card: 'title',
      render: (row) => <Link to={`/customers/${row.customer_no}?tab=compliance`}>{row.customer_no}</Link>,
    },
    {
      key: 'kind',
      title: words.kind,
      card: 'badge',
      render: (row) => <StatusTag tone="warn">{words.freezeKinds[row.kind]}</StatusTag>,
    },
    {
      key: 'channels',
      title: words.channel,
      render: (row) =>
        row.channels.length === 0
          ? words.allChannels
          : row.channels.map((one) => words.channelNames[one] ?? one).join(words.comma),
    },
    { key: 'reason', title: words.reason, render: (row) => <span className="lk-reason">{row.reason}</span> },
    { key: 'since', title: words.since, render: (row) => <DateText at={row.since} time /> },
    {
      key: 'until',
      title: words.until,
      render: (row) => (row.until ? <DateText at={row.until} time /> : words.untilLifted),
    },
    {
      key: 'act',
      title: '',
      card: 'figure',
      render: (row) =>
        row.lifted_at ? (
          <span className="lk-faint">
            {words.lifted} <DateText at={row.lifted_at} />
          </span>
        ) : (
          may && <Lift freeze={row} />
        ),
    },
  ]
}

function Lift({ freeze }: { freeze: Freeze }) {
  const words = useWords(gateWords)
  const lang = useLang()
  const { message, modal } = App.useApp()
  const lift = useLiftFreeze()
  const ask = () =>
    void modal.confirm({
      title: words.liftAsk(freeze.customer_no),
      onOk: () =>
        lift.mutate(freeze.id, {
          onSuccess: () => void message.success(words.lifted),
          onError: (error) => void message.error(sentence(error, lang)),
        }),
    })
  return (
    <Button size="small" loading={lift.isPending} onClick={ask}>
      {words.lift}
    </Button>
  )
}

interface Fields {
  customer_no: string
  kind: FreezeIn['kind']
  channels?: Channel[]
  reason: string
  until?: Dayjs | null
}

function PlaceDrawer({ onClose }: { onClose: () => void }) {
  const words = useWords(gateWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const place = usePlaceFreeze()
  const submit = (fields: Fields) =>
    place.mutate(
      {
        customer_no: fields.customer_no,
        kind: fields.kind,
        reason: fields.reason.trim(),
        channels: fields.channels ?? [],
        ...(fields.until ? { until: `${fields.until.format('YYYY-MM-DDTHH:mm:ss')}+08:00` } : {}),
      },
      {
        onSuccess: () => {
          void message.success(words.frozen)
          onClose()
        },
      },
    )
  return (
    <FormDrawer<Fields>
      open
      title={words.freeze}
      form={form}
      initial={{ kind: 'complaint' }}
      busy={place.isPending}
      error={place.error}
      submitWord={words.freeze}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="customer_no" label={words.customer} rules={[{ required: true, message: words.customerNeeded }]}>
        <CustomerPick autoFocus />
      </Form.Item>
      <Form.Item name="kind" label={words.kind}>
        <Select options={kinds.map((value) => ({ value, label: words.freezeKinds[value] }))} />
      </Form.Item>
      <Form.Item name="channels" label={words.channel}>
        <Select
          mode="multiple"
          allowClear
          placeholder={words.allChannels}
          options={channels.map((value) => ({ value, label: words.channelNames[value] }))}
        />
      </Form.Item>
      <Form.Item name="until" label={words.until}>
        <DatePicker
          showTime={{ format: 'HH:mm' }}
          format="YYYY-MM-DD HH:mm"
          placeholder={words.untilLifted}
          className="lk-wide"
        />
      </Form.Item>
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.freezeReason }]}
      >
        <Input.TextArea rows={3} maxLength={longest} showCount />
      </Form.Item>
    </FormDrawer>
  )
}
