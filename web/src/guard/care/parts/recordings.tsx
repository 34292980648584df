import { Button } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { duration } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { PackButtons } from '../selling/pack'
import { RecordDrawer } from '../selling/record'
import { sellingWords } from '../selling/words'
import { useRecordings } from '../queries'
import type { Recording } from '../wire'
import { careWords } from '../words'

/** 双录 of a customer with the evidence packs; hidden when there are none and the reader sells nothing. */
export function Recordings({ customerNo }: { customerNo: string }) {
  const words = useWords(careWords)
  const selling = useWords(sellingWords)
  const lang = useLang()
  const may = useMay('suitability.sell')
  const [taking, setTaking] = useState(false)
  const query = useRecordings(customerNo, true)
  if (!query.data || (query.data.length === 0 && !may)) return null
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const columns: Column<Recording>[] = [
    { key: 'at', title: words.since, card: 'title', render: (row) => <DateText at={row.made_at} time /> },
    { key: 'product', title: words.product, render: (row) => row.product_no },
    { key: 'script', title: words.script, render: (row) => words.scripts[row.script] },
    {
      key: 'complete',
      title: words.kind,
      card: 'badge',
      render: (row) => (
        <StatusTag tone={row.complete ? 'good' : 'bad'}>{row.complete ? words.complete : words.incomplete}</StatusTag>
      ),
    },
    { key: 'length', title: words.length, render: (row) => duration(row.media_seconds, lang) },
    { key: 'keep', title: words.keepUntil, render: (row) => <DateText at={row.keep_until} /> },
    { key: 'act', title: '', card: 'figure', render: (row) => <PackButtons recording={row} /> },
  ]
  return (
    <Panel
      title={words.recordings}
      extra={
        may && (
          <Button size="small" onClick={() => setTaking(true)}>
            {selling.record}
          </Button>
        )
      }
      flush
    >
      <DataTable
        label={words.recordings}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={selling.noRecordings} small />}
      />
      {taking && <RecordDrawer customerNo={customerNo} onClose={() => setTaking(false)} />}
    </Panel>
  )
}
