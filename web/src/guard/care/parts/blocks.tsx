import { App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { CustomerPick } from '@/kit/pickers'
import { DataTable, type Column } from '@/kit/table'
import { useBlock, useBlocks, useLift } from '../queries'
import type { Block, BlockKind } from '../wire'
import { careWords } from '../words'

const kinds: BlockKind[] = ['refuses', 'complaint', 'risk', 'litigation', 'deceased', 'regulator', 'erasure']
const shortest = 4
const longest = 200

/** 黑名单: who may not be reached, why, and until when. */
export function Blocks() {
  const words = useWords(careWords)
  const may = useMay('consent.edit')
  const [address, change] = useAddress()
  const [asked, setAsked] = useState<Block | 'new' | null>(null)
  const kind = kinds.find((one) => one === address.get('kind'))
  const rows = useBlocks(kind)
  const columns: Column<Block>[] = [
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
      render: (row) => <StatusTag tone="bad">{words.blockKinds[row.kind]}</StatusTag>,
    },
    { key: 'reason', title: words.reason, render: (row) => <span className="lk-reason">{row.reason}</span> },
    { key: 'since', title: words.since, render: (row) => <DateText at={row.since} time /> },
    { key: 'until', title: words.until, render: (row) => <DateText at={row.until} time /> },
    {
      key: 'act',
      title: '',
      card: 'figure',
      render: (row) =>
        may && (
          <Button size="small" onClick={() => setAsked(row)}>
            {words.lift}
          </Button>
        ),
    },
  ]
  return (
    <Panel flush>
      <div className="lk-filters">
        <Select
          className="lk-filter"
          allowClear
          placeholder={words.kind}
          aria-label={words.kind}
          value={kind ?? null}
          options={kinds.map((value) => ({ value, label: words.blockKinds[value] }))}
          onChange={(value: string | null) => change({ kind: value ?? undefined })}
        />
        {may && (
          <span className="lk-filters-end">
            <Button type="primary" onClick={() => setAsked('new')}>
              {words.addBlock}
            </Button>
          </span>
        )}
      </div>
      <DataTable
        label={words.tabs['blocks'] ?? ''}
        rows={rows}
        columns={columns}
        rowKey={(row) => String(row.id)}
        filtered={kind !== undefined}
        onClearFilters={() => change({ kind: undefined })}
        empty={<Empty title={words.noBlocks} hint={words.noBlocksHint} />}
      />
      {asked && <BlockDrawer block={asked === 'new' ? null : asked} onClose={() => setAsked(null)} />}
    </Panel>
  )
}

interface Fields {
  no: string
  kind: BlockKind
  reason: string
}

function BlockDrawer({ block, onClose }: { block: Block | null; onClose: () => void }) {
  const words = useWords(careWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const add = useBlock()
  const lift = useLift()
  const told = {
    onSuccess: () => {
      void message.success(words.recorded)
      onClose()
    },
  }
  const submit = (fields: Fields) =>
    block
      ? lift.mutate({ block_id: block.id, reason: fields.reason.trim() }, told)
      : add.mutate({ ...fields, reason: fields.reason.trim() }, told)
  return (
    <FormDrawer<Fields>
      open
      title={block ? `${words.lift} · ${block.customer_no}` : words.addBlock}
      form={form}
      initial={{ kind: 'refuses' }}
      busy={add.isPending || lift.isPending}
      error={add.error ?? lift.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {!block && (
        <>
          <Form.Item name="no" label={words.customer} rules={[{ required: true, message: words.customerNeeded }]}>
            <CustomerPick autoFocus />
          </Form.Item>
          <Form.Item name="kind" label={words.kind}>
            <Select options={kinds.map((value) => ({ value, label: words.blockKinds[value] }))} />
          </Form.Item>
        </>
      )}
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
      >
        <Input.TextArea rows={3} maxLength={longest} showCount />
      </Form.Item>
    </FormDrawer>
  )
}
