import { Button, DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useEntries, useKinds } from '../queries'
import type { AuditEntry, EntryQuery } from '../wire'
import { auditWords } from '../words'
import { EvidenceDrawer } from './evidence'

const names = ['kind', 'customer', 'who', 'from', 'to'] as const
const bankDay = (day: string, end: boolean): string => `${day}T${end ? '23:59:59.999' : '00:00:00'}+08:00`

function queryOf(address: URLSearchParams): EntryQuery {
  const [kind, customer, who, from, to] = names.map((name) => address.get(name) ?? '')
  return {
    ...(kind ? { kind } : {}),
    ...(customer ? { customer_no: customer } : {}),
    ...(who ? { actor_id: who } : {}),
    ...(from ? { since: bankDay(from, false) } : {}),
    ...(to ? { until: bankDay(to, true) } : {}),
  }
}

/** The log, newest first; narrowed by kind, customer, user and day; entries chosen here become an evidence pack. */
export function Entries() {
  const words = useWords(auditWords)
  const navigate = useNavigate()
  const [address, change] = useAddress()
  const [chosen, setChosen] = useState<number[]>([])
  const [taking, setTaking] = useState(false)
  const rows = useEntries(queryOf(address))
  const kinds = useKinds()
  const filtered = names.some((name) => address.get(name))
  const range = [address.get('from'), address.get('to')].map((day) => (day ? dayjs(day) : null)) as [
    dayjs.Dayjs | null,
    dayjs.Dayjs | null,
  ]
  const pickOne = (n: number) =>
    setChosen((before) => (before.includes(n) ? before.filter((one) => one !== n) : [...before, n]))
  return (
    <Panel flush>
      <div className="lk-filters">
        <Select
          className="lk-filter"
          allowClear
          showSearch
          placeholder={words.kind}
          aria-label={words.kind}
          value={address.get('kind')}
          options={(kinds.data ?? []).map((one) => ({
            value: one.kind,
            label: `${words.kindNames[one.kind] ?? one.kind} ${count(one.entries)}`,
          }))}
          onChange={(value: string | null) => change({ kind: value ?? undefined })}
        />
        <Input.Search
          className="lk-filter-text"
          allowClear
          placeholder={words.customerNo}
          aria-label={words.customerNo}
          defaultValue={address.get('customer') ?? ''}
          onSearch={(text) => change({ customer: text.trim().toUpperCase() })}
        />
        <DatePicker.RangePicker
          allowEmpty={[true, true]}
          value={range}
          onChange={(days) => change({ from: days?.[0]?.format('YYYY-MM-DD'), to: days?.[1]?.format('YYYY-MM-DD') })}
        />
        <span className="lk-filters-end">
          <Button disabled={chosen.length === 0} onClick={() => setTaking(true)}>
            {words.take(chosen.length)}
          </Button>
        </span>
      </div>
      <DataTable
        label={words.tabs['entries'] ?? ''}
        rows={rows}
        columns={useColumns(chosen, pickOne)}
        rowKey={(row) => String(row.n)}
        keyboard
        onOpen={(row) => void navigate(`/audit/${row.n}`)}
        filtered={filtered}
        onClearFilters={() => change(Object.fromEntries(names.map((name) => [name, undefined])))}
        empty={<Empty title={words.noEntries} />}
      />
      {taking && <EvidenceDrawer entries={chosen} onClose={() => setTaking(false)} />}
    </Panel>
  )
}

function useColumns(chosen: number[], pickOne: (n: number) => void): Column<AuditEntry>[] {
  const words = useWords(auditWords)
  return [
    {
      key: 'pick',
      title: '',
      card: 'badge',
      render: (row) => (
        <label>
          <input
            type="checkbox"
            checked={chosen.includes(row.n)}
            aria-label={words.pick(row.n)}
            onChange={() => pickOne(row.n)}
            onClick={(event) => event.stopPropagation()}
          />
        </label>
      ),
    },
    {
      key: 'n',
      title: words.number,
      align: 'right',
      render: (row) => <span className="lk-figure">{count(row.n)}</span>,
    },
    { key: 'at', title: words.time, card: 'figure', render: (row) => <DateText at={row.at} time /> },
    {
      key: 'kind',
      title: words.kind,
      card: 'title',
      render: (row) => (
        <span className="lk-row">
          {words.kindNames[row.kind] ?? row.kind}
          {row.erased && <StatusTag tone="warn">{words.erased}</StatusTag>}
        </span>
      ),
    },
    {
      key: 'customer',
      title: words.customer,
      render: (row) => <Customers entry={row} />,
    },
    { key: 'actor', title: words.actor, render: (row) => <Actor id={row.actor_id} name={row.actor_name} /> },
    { key: 'via', title: words.via, card: 'none', render: (row) => words.vias[row.via] ?? row.via },
  ]
}

function Customers({ entry }: { entry: AuditEntry }) {
  const words = useWords(auditWords)
  if (entry.customer_no) return <Link to={`/audit?customer=${entry.customer_no}`}>{entry.customer_no}</Link>
  if (entry.customers.length > 0) return words.listed(entry.customers.length)
  return <span className="lk-none">—</span>
}

/** Who did it; a user's name leads to everything they did. */
export function Actor({ id, name }: { id: string; name: string }) {
  const words = useWords(auditWords)
  if (id.startsWith('system')) return words.system
  return (
    <Link to={`/audit?who=${id}`} title={id}>
      {name}
    </Link>
  )
}
