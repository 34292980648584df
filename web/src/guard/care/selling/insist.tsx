import { App, Button, Collapse } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { DataTable, type Column } from '@/kit/table'
import { InsistDrawer } from './insistence'
import { useConfirmInsistence, useInsistences } from './queries'
import type { Insistence } from './wire'
import { sellingWords } from './words'

/** 坚持购买 of a customer: what was signed, and whether a second person confirmed it. */
export function Insistences({ customerNo }: { customerNo: string }) {
  const words = useWords(sellingWords)
  const may = useMay('suitability.sell')
  const [taking, setTaking] = useState(false)
  const query = useInsistences(customerNo)
  if (!query.data || (query.data.length === 0 && !may)) return null
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const columns: Column<Insistence>[] = [
    { key: 'product', title: words.product, card: 'title', render: (row) => row.product_no },
    { key: 'state', title: words.state, card: 'badge', render: (row) => <State row={row} /> },
    {
      key: 'amount',
      title: words.amount,
      align: 'right',
      card: 'figure',
      render: (row) => <Money minor={row.amount} exact />,
    },
    { key: 'warning', title: words.warning, render: (row) => <Warning row={row} /> },
    { key: 'ref', title: words.signedRef, render: (row) => row.evidence_ref },
    { key: 'until', title: words.validUntil, render: (row) => <DateText at={row.valid_until} time /> },
    { key: 'act', title: '', render: (row) => may && row.confirmed_at === null && <Confirm row={row} /> },
  ]
  const take = may && (
    <Button size="small" onClick={() => setTaking(true)}>
      {words.insist}
    </Button>
  )
  return (
    <Panel title={words.insistences} extra={take} flush>
      <DataTable
        label={words.insistences}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={words.noInsistences} small />}
      />
      {taking && <InsistDrawer customerNo={customerNo} onClose={() => setTaking(false)} />}
    </Panel>
  )
}

function State({ row }: { row: Insistence }) {
  const words = useWords(sellingWords)
  const [now] = useState(() => Date.now())
  if (row.confirmed_at === null) return <StatusTag tone="warn">{words.unconfirmed}</StatusTag>
  const lapsed = row.valid_until !== null && Date.parse(row.valid_until) < now
  return <StatusTag tone={lapsed ? 'neutral' : 'good'}>{lapsed ? words.lapsed : words.valid}</StatusTag>
}

/** The signed words, folded: they are long. */
function Warning({ row }: { row: Insistence }) {
  const words = useWords(sellingWords)
  return (
    <Collapse
      size="small"
      ghost
      items={[
        {
          key: 'warning',
          label: words.warning,
          children: (
            <div className="lk-reason">
              <p>{row.warning}</p>
              <div className="lk-hash">{`${words.digest} ${row.warning_digest}`}</div>
            </div>
          ),
        },
      ]}
    />
  )
}

function Confirm({ row }: { row: Insistence }) {
  const words = useWords(sellingWords)
  const lang = useLang()
  const { message, modal } = App.useApp()
  const confirm = useConfirmInsistence()
  const ask = () =>
    void modal.confirm({
      title: words.confirmAsk,
      content: (
        <div className="lk-stack">
          <span>{row.warning}</span>
          <span className="lk-soft">{words.confirmFaceHint}</span>
        </div>
      ),
      okText: words.confirmFace,
      onOk: () =>
        confirm.mutateAsync(row.id).then(
          () => void message.success(words.confirmed),
          (error: unknown) => void message.error(sentence(error, lang)),
        ),
    })
  return (
    <Button size="small" loading={confirm.isPending} onClick={ask}>
      {words.confirmFace}
    </Button>
  )
}
