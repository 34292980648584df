import { Select } from 'antd'
import { useState } from 'react'
import { useAddress } from '@/kit/address'
import { StatusTag, type Tone } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useRequests } from '../queries'
import type { Request } from '../wire'
import { graphWords } from '../words'
import { JudgeDrawer } from './judge'

const states: Request['state'][] = ['pending', 'approved', 'refused', 'withdrawn']
export const tones: Record<Request['state'], Tone> = {
  pending: 'accent',
  approved: 'good',
  refused: 'bad',
  withdrawn: 'neutral',
}

/** Changes that wait for a second person, or were judged. */
export function Requests() {
  const words = useWords(graphWords)
  const [address, change] = useAddress()
  const state = states.find((one) => one === address.get('request'))
  const rows = useRequests(state)
  const [open, setOpen] = useState<Request | null>(null)
  return (
    <Panel flush>
      <div className="lk-filters">
        <Select
          className="lk-filter"
          allowClear
          placeholder={words.allStates}
          aria-label={words.allStates}
          value={state}
          options={states.map((value) => ({ value, label: words.requestStates[value] }))}
          onChange={(value) => change({ request: value })}
        />
      </div>
      <DataTable
        label={words.requests}
        rows={rows}
        columns={useColumns()}
        rowKey={(row) => row.id}
        keyboard
        onOpen={setOpen}
        filtered={state !== undefined}
        onClearFilters={() => change({ request: undefined })}
        empty={<Empty title={words.noRequests} hint={words.noRequestsHint} />}
      />
      {open && <JudgeDrawer key={open.id} request={open} onClose={() => setOpen(null)} />}
    </Panel>
  )
}

/** What a request asks for, in one line. */
export function useContent(): (request: Request) => string {
  const words = useWords(graphWords)
  return (request) => {
    const names = request.subjects.map((one) => one.name ?? (one.standing === 'others' ? words.others : words.outside))
    const leavers = request.subjects.filter((one) => one.leaves).map((one) => one.name ?? words.others)
    switch (request.action) {
      case 'merge':
        return words.mergeInto(request.group_id ?? 0, request.other_id ?? 0)
      case 'split':
        return `${words.splitFrom(request.group_id ?? 0)} ${leavers.join('、')}`
      case 'confirm':
        return `${words.confirmGroup(request.group_id ?? 0)}（${names.join('、')}）`
      default:
        return `${names.join(' — ')}${request.relation ? ` · ${words.relationKinds[request.relation] ?? ''}` : ''}`
    }
  }
}

function useColumns(): Column<Request>[] {
  const words = useWords(graphWords)
  const content = useContent()
  return [
    {
      key: 'action',
      title: words.requests,
      card: 'title',
      render: (row) => words.ask[row.action],
    },
    { key: 'content', title: words.content, render: (row) => content(row) },
    { key: 'reason', title: words.reason, render: (row) => row.reason },
    { key: 'by', title: words.proposedBy, render: (row) => row.proposed_by },
    { key: 'at', title: words.proposedAt, render: (row) => <DateText at={row.proposed_at} time /> },
    {
      key: 'state',
      title: words.decision,
      card: 'badge',
      render: (row) => <StatusTag tone={tones[row.state]}>{words.requestStates[row.state]}</StatusTag>,
    },
    { key: 'who', title: words.decidedBy, render: (row) => row.decided_by ?? '—' },
  ]
}
