import { Select } from 'antd'
import { useState } from 'react'
import { useAddress } from '@/kit/address'
import { StatusTag, type Tone } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useJournal } from '../queries'
import type { Entry } from '../wire'
import { identityWords } from '../words'
import { EntryDrawer } from './entry'

const kinds: Entry['kind'][] = ['assign', 'merge', 'split', 'decide', 'undo']
export const kindTones: Record<Entry['kind'], Tone> = {
  assign: 'neutral',
  merge: 'good',
  split: 'accent',
  decide: 'primary',
  undo: 'warn',
}

/** The merge journal: every entry with its evidence; it can be taken back. */
export function Journal() {
  const words = useWords(identityWords)
  const [address, change] = useAddress()
  const kind = kinds.find((one) => one === address.get('kind'))
  const rows = useJournal(kind)
  const [open, setOpen] = useState<Entry | null>(null)
  return (
    <Panel flush>
      <div className="lk-filters">
        <Select
          className="lk-filter"
          allowClear
          placeholder={words.allKinds}
          aria-label={words.allKinds}
          value={kind}
          options={kinds.map((value) => ({ value, label: words.kinds[value] ?? value }))}
          onChange={(value) => change({ kind: value })}
        />
      </div>
      <DataTable
        label={words.tabs['journal'] ?? ''}
        rows={rows}
        columns={useColumns()}
        rowKey={(row) => row.id}
        keyboard
        onOpen={setOpen}
        filtered={kind !== undefined}
        onClearFilters={() => change({ kind: undefined })}
        empty={<Empty title={words.noJournal} />}
      />
      <EntryDrawer key={open?.id ?? ''} entry={open} onClose={() => setOpen(null)} />
    </Panel>
  )
}

function useColumns(): Column<Entry>[] {
  const words = useWords(identityWords)
  return [
    {
      key: 'seq',
      title: words.seq,
      align: 'right',
      card: 'none',
      render: (row) => <span className="lk-faint">{count(row.seq)}</span>,
    },
    { key: 'at', title: words.at, render: (row) => <DateText at={row.at} time /> },
    {
      key: 'kind',
      title: words.entry,
      card: 'title',
      render: (row) => (
        <span className="lk-row">
          <StatusTag tone={kindTones[row.kind]}>{words.kinds[row.kind]}</StatusTag>
          {row.undone_by && <StatusTag>{words.undone}</StatusTag>}
        </span>
      ),
    },
    { key: 'reason', title: words.reason, render: (row) => row.reason || '—' },
    { key: 'records', title: words.records, align: 'right', card: 'figure', render: (row) => count(row.records) },
    {
      key: 'who',
      title: words.who,
      render: (row) => (row.actor_id.startsWith('system') ? words.system : row.actor_name),
    },
  ]
}
