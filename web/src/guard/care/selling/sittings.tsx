import { Button } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { RiskBadge, StatusTag, type Tone } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { usePapers } from '../queries'
import { careWords } from '../words'
import { Answering } from './answering'
import { useSittings } from './queries'
import type { Sign, Sitting } from './wire'
import { sellingWords } from './words'

const tones: Record<Sitting['state'], Tone> = { open: 'primary', done: 'good', review: 'warn', void: 'neutral' }

/** What made an assessment look guided. */
export function Signs({ signs }: { signs: Sign[] }) {
  const words = useWords(sellingWords)
  if (signs.length === 0) return <span className="lk-none">—</span>
  return (
    <span className="lk-row">
      {signs.map((sign) => (
        <StatusTag key={sign} tone="warn">
          {words.signNames[sign]}
        </StatusTag>
      ))}
    </span>
  )
}

/** Assessments of a customer, latest first; one that was left may be continued. Hidden when there are none. */
export function Sittings({ customerNo }: { customerNo: string }) {
  const words = useWords(sellingWords)
  const care = useWords(careWords)
  const may = useMay('suitability.sell')
  const query = useSittings(customerNo)
  const papers = usePapers().data ?? []
  const [continued, setContinued] = useState<Sitting | null>(null)
  const paperOf = (row: Sitting) =>
    papers.find((one) => one.paper_no === row.paper_no && one.version === row.version && one.state === 'live')
  const paper = continued && paperOf(continued)
  if (!query.data || query.data.length === 0) return null
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const columns: Column<Sitting>[] = [
    { key: 'at', title: words.startedAt, card: 'title', render: (row) => <DateText at={row.started_at} time /> },
    {
      key: 'state',
      title: words.state,
      card: 'badge',
      render: (row) => (
        <StatusTag tone={tones[row.state]} dot>
          {words.states[row.state]}
        </StatusTag>
      ),
    },
    {
      key: 'tolerance',
      title: words.result,
      render: (row) => (row.tolerance ? <RiskBadge level={row.tolerance} named /> : '—'),
    },
    { key: 'score', title: words.score, align: 'right', render: (row) => row.score ?? '—' },
    { key: 'place', title: words.place, render: (row) => care.channelNames[row.channel] ?? row.channel },
    { key: 'signs', title: words.signs, render: (row) => <Signs signs={row.signs} /> },
    { key: 'note', title: words.note, render: (row) => row.note ?? '—' },
    {
      key: 'act',
      title: '',
      card: 'figure',
      render: (row) =>
        may &&
        row.state === 'open' &&
        paperOf(row) && (
          <Button size="small" onClick={() => setContinued(row)}>
            {words.resume}
          </Button>
        ),
    },
  ]
  return (
    <Panel title={words.sittings} flush>
      <DataTable label={words.sittings} rows={rows} columns={columns} rowKey={(row) => row.id} />
      {continued && paper && <Answering sitting={continued} paper={paper} onClose={() => setContinued(null)} />}
    </Panel>
  )
}
