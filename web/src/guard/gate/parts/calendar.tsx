import { App, Button, DatePicker, Form, Input, Segmented, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { StatusTag, type Tone } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty, Loaded } from '@/kit/faces'
import { DateText, today } from '@/kit/figure'
import { count } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { DataTable, type Column } from '@/kit/table'
import { useCalendar, useClearDay, useHoldouts, useSetDay } from '../queries'
import type { Day, DayKind } from '../wire'
import { gateWords } from '../words'

const tones: Record<DayKind, Tone> = { workday: 'primary', rest: 'neutral', holiday: 'bad' }
const dayKinds: DayKind[] = ['workday', 'rest', 'holiday']

/** Holidays and make-up workdays; every other day is what its weekday says. Hold-outs stand beside them. */
export function CalendarTab() {
  const words = useWords(gateWords)
  const may = useMay('gate.edit')
  const thisYear = Number(today().slice(0, 4))
  const [year, setYear] = useState(thisYear)
  const [adding, setAdding] = useState(false)
  const query = useCalendar(year)
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const columns: Column<Day>[] = [
    { key: 'day', title: words.day, card: 'title', render: (row) => <DateText at={row.day} /> },
    {
      key: 'kind',
      title: words.kind,
      card: 'badge',
      render: (row) => <StatusTag tone={tones[row.kind]}>{words.dayKinds[row.kind]}</StatusTag>,
    },
    { key: 'name', title: words.name, render: (row) => row.name },
    { key: 'act', title: '', card: 'figure', render: (row) => may && <Clear day={row.day} /> },
  ]
  return (
    <div className="lk-grid">
      <Panel flush className="lk-span-8">
        <div className="lk-filters">
          <Segmented
            value={year}
            options={[thisYear - 1, thisYear, thisYear + 1].map((value) => ({ value, label: String(value) }))}
            onChange={(value) => setYear(value)}
          />
          {may && (
            <span className="lk-filters-end">
              <Button onClick={() => setAdding(true)}>{words.setDay}</Button>
            </span>
          )}
        </div>
        <DataTable
          label={words.tabs['calendar'] ?? ''}
          rows={rows}
          columns={columns}
          rowKey={(row) => row.day}
          empty={<Empty title={words.noDays} hint={words.noDaysHint} />}
        />
      </Panel>
      <Panel title={words.holdouts} className="lk-span-4">
        <Holdouts />
      </Panel>
      {adding && <DayDrawer onClose={() => setAdding(false)} />}
    </div>
  )
}

function Holdouts() {
  const words = useWords(gateWords)
  const query = useHoldouts()
  return (
    <Loaded query={query} small>
      {(items) =>
        items.length === 0 ? (
          <span className="lk-soft">{words.noHoldouts}</span>
        ) : (
          <ul className="lk-lines">
            {items.map((one) => (
              <li key={one.name}>
                <div className="lk-row-between">
                  <b>{one.name}</b>
                  <span className="lk-figure">{words.members(count(one.members))}</span>
                </div>
                <div className="lk-small lk-soft">
                  {one.campaign || words.allCampaigns} · <DateText at={one.since} />–
                  {one.until ? <DateText at={one.until} /> : words.untilLifted}
                </div>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}

function Clear({ day }: { day: string }) {
  const words = useWords(gateWords)
  const lang = useLang()
  const { message } = App.useApp()
  const clear = useClearDay()
  return (
    <Button
      type="text"
      size="small"
      loading={clear.isPending}
      onClick={() => clear.mutate(day, { onError: (error) => void message.error(sentence(error, lang)) })}
    >
      {words.remove}
    </Button>
  )
}

interface Fields {
  day: Dayjs
  kind: DayKind
  name: string
}

function DayDrawer({ onClose }: { onClose: () => void }) {
  const words = useWords(gateWords)
  const [form] = Form.useForm<Fields>()
  const set = useSetDay()
  const submit = (fields: Fields) =>
    set.mutate(
      { day: fields.day.format('YYYY-MM-DD'), kind: fields.kind, name: fields.name.trim() },
      { onSuccess: onClose },
    )
  return (
    <FormDrawer<Fields>
      open
      title={words.setDay}
      form={form}
      initial={{ kind: 'holiday' }}
      busy={set.isPending}
      error={set.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="day" label={words.day} rules={[{ required: true, message: words.dayNeeded }]}>
        <DatePicker className="lk-wide" />
      </Form.Item>
      <Form.Item name="kind" label={words.kind}>
        <Select options={dayKinds.map((value) => ({ value, label: words.dayKinds[value] }))} />
      </Form.Item>
      <Form.Item
        name="name"
        label={words.name}
        rules={[{ required: true, whitespace: true, message: words.nameNeeded }]}
      >
        <Input maxLength={40} />
      </Form.Item>
    </FormDrawer>
  )
}
