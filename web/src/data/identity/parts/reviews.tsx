import { Segmented } from 'antd'
import { useNavigate } from 'react-router'
import { useAddress } from '@/kit/address'
import { StatusTag, type Tone } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { chance } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useReviews } from '../queries'
import type { Review } from '../wire'
import { signed } from '../waterfall'
import { identityWords } from '../words'

const statuses: Review['status'][] = ['open', 'same', 'different', 'settled']
const whyTones: Record<Review['why'], Tone> = { grey: 'neutral', shared: 'warn', birth: 'bad', gender: 'bad' }

/** The review queue, most likely pairs first. */
export function Reviews() {
  const words = useWords(identityWords)
  const navigate = useNavigate()
  const [address, change] = useAddress()
  const status = statuses.find((one) => one === address.get('status')) ?? 'open'
  const rows = useReviews(status)
  const options = statuses.map((value) => ({ value, label: words.statuses[value] ?? value }))
  return (
    <Panel flush>
      <div className="lk-filters">
        <Segmented
          options={options}
          value={status}
          onChange={(value) => change({ status: value === 'open' ? undefined : value })}
        />
      </div>
      <DataTable
        label={words.tabs['reviews'] ?? ''}
        rows={rows}
        columns={useColumns(status)}
        rowKey={(row) => row.id}
        keyboard
        onOpen={(row) => void navigate(`/identity/reviews/${row.id}`)}
        empty={
          status === 'open' ? (
            <Empty title={words.noReviews} hint={words.noReviewsHint} />
          ) : (
            <Empty title={words.noDecided} />
          )
        }
      />
    </Panel>
  )
}

export function SystemKey({ source, sourceKey }: { source: string; sourceKey: string }) {
  const words = useWords(identityWords)
  return (
    <span className="lk-nowrap">
      {words.systems[source] ?? source} <code className="lk-faint">{sourceKey}</code>
    </span>
  )
}

function useColumns(status: Review['status']): Column<Review>[] {
  const words = useWords(identityWords)
  return [
    {
      key: 'pair',
      title: words.pair,
      card: 'title',
      render: (row) => (
        <span className="lk-pair">
          <SystemKey source={row.left.source} sourceKey={row.left.source_key} />
          <SystemKey source={row.right.source} sourceKey={row.right.source_key} />
        </span>
      ),
    },
    {
      key: 'why',
      title: words.why,
      card: 'badge',
      render: (row) => <StatusTag tone={whyTones[row.why]}>{words.whys[row.why]}</StatusTag>,
    },
    {
      key: 'probability',
      title: words.probability,
      align: 'right',
      card: 'figure',
      render: (row) => (
        <span className="lk-chance">
          <span className="lk-bar" aria-hidden>
            <i style={{ width: `${row.probability * 100}%` }} />
          </span>
          <span className="lk-figure">{chance(row.probability)}</span>
        </span>
      ),
    },
    {
      key: 'weight',
      title: words.weight,
      align: 'right',
      render: (row) => <span className="lk-figure">{signed(row.weight)}</span>,
    },
    {
      key: 'when',
      title: status === 'open' ? words.created : words.decided,
      render: (row) => <DateText at={row.decided_at ?? row.created_at} time />,
    },
  ]
}
