import { Select } from 'antd'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { col } from '@/kit/tokens'
import { useQuarantine } from '../queries'
import type { Aside } from '../wire'
import { behaviourWords } from '../words'

const reasons: Aside['reason'][] = ['json', 'form', 'plan', 'late', 'ahead']

/** Events that were set aside, newest first, each with its reason. */
export function QuarantineTab() {
  const words = useWords(behaviourWords)
  const [address, change] = useAddress()
  const reason = reasons.find((one) => one === address.get('reason')) ?? null
  const rows = useQuarantine(reason)
  const columns: Column<Aside>[] = [
    { key: 'at', title: words.at, width: col.wide, render: (row) => <DateText at={row.at} time /> },
    {
      key: 'reason',
      title: words.reason,
      width: col.normal,
      card: 'badge',
      render: (row) => <StatusTag tone="warn">{words.reasons[row.reason] ?? row.reason}</StatusTag>,
    },
    {
      key: 'message',
      title: words.explained,
      width: col.text,
      card: 'title',
      render: (row) => (
        <>
          {row.field && <code>{row.field}</code>} {row.message}
        </>
      ),
    },
    {
      key: 'raw',
      title: words.raw,
      render: (row) => (
        <code className="lk-small" title={row.masked ? words.maskedHint : undefined}>
          {row.raw}
        </code>
      ),
    },
  ]
  return (
    <Panel flush>
      <div className="lk-filters">
        <Select
          className="lk-filter"
          allowClear
          placeholder={words.allReasons}
          aria-label={words.reason}
          value={reason}
          options={reasons.map((value) => ({ value, label: words.reasons[value] ?? value }))}
          onChange={(value: Aside['reason'] | null) => change({ reason: value ?? undefined })}
        />
      </div>
      <DataTable
        label={words.tabs['quarantine'] ?? ''}
        rows={rows}
        columns={columns}
        rowKey={(row) => `${row.at}-${row.number}`}
        filtered={reason !== null}
        onClearFilters={() => change({ reason: undefined })}
        empty={<Empty title={words.noQuarantine} />}
      />
    </Panel>
  )
}
