import { RateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import type { ClusteringDetail } from '../wire'
import { clusterWords } from '../words'

type Feature = ClusteringDetail['features'][number]
type Left = ClusteringDetail['left'][number]
type Earning = ClusteringDetail['earnings'][number]

const still = <T,>(items: T[]) => ({ items, error: null, isPending: false, refetch: () => undefined })

/** 特征与口径: what customers were told apart by, what was left out, and what they are taken to earn. */
export function SettingsPanel({ detail }: { detail: ClusteringDetail }) {
  const words = useWords(clusterWords)
  const features: Column<Feature>[] = [
    { key: 'label', title: words.feature, card: 'title', render: (row) => row.label },
    { key: 'family', title: words.family, render: (row) => words.families[row.family] ?? row.family },
    { key: 'unit', title: words.unit, render: (row) => row.unit },
  ]
  const left: Column<Left>[] = [
    { key: 'label', title: words.feature, card: 'title', render: (row) => row.label },
    { key: 'reason', title: words.reason, render: (row) => row.reason },
  ]
  const earnings: Column<Earning>[] = [
    { key: 'label', title: words.earning, card: 'title', render: (row) => row.label },
    { key: 'rate', title: words.rate, align: 'right', card: 'figure', render: (row) => <RateText bp={row.rate_bp} /> },
  ]
  return (
    <div className="lk-grid">
      <Panel title={words.features} className="lk-span-6" flush>
        <DataTable
          label={words.features}
          rows={still(detail.features)}
          columns={features}
          rowKey={(row) => row.tag}
          footer={words.treatment}
        />
      </Panel>
      <div className="lk-span-6 lk-stack">
        <Panel title={words.rates} flush>
          <DataTable
            label={words.rates}
            rows={still(detail.earnings)}
            columns={earnings}
            rowKey={(row) => row.tag}
            footer={words.ratesHint}
          />
        </Panel>
        {detail.left.length > 0 && (
          <Panel title={words.left} flush>
            <DataTable label={words.left} rows={still(detail.left)} columns={left} rowKey={(row) => row.tag} />
          </Panel>
        )}
      </div>
    </div>
  )
}
