import { Button } from 'antd'
import { useState } from 'react'
import { Fact, Facts } from '@/kit/badge'
import { Count, Percent } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import type { Cluster, ClusteringDetail } from '../wire'
import { clusterWords } from '../words'
import { BecomeButton } from './become'
import { ContrastBars } from './contrast'
import { yuan } from './figures'
import { RulePart } from './rule'

const clearest = 6

/** Every cluster: its name, size, profit, how it differs, and the rule that stands for it. */
export function ClusterCards({ detail }: { detail: ClusteringDetail }) {
  return (
    <div className="lk-grid">
      {detail.clusters.map((cluster) => (
        <ClusterCard key={cluster.number} runId={detail.run.id} cluster={cluster} />
      ))}
    </div>
  )
}

function ClusterCard({ runId, cluster }: { runId: string; cluster: Cluster }) {
  const words = useWords(clusterWords)
  const lang = useLang()
  const [all, setAll] = useState(false)
  const sorted = cluster.contrasts.toSorted((a, b) => Math.abs(b.z) - Math.abs(a.z))
  const title = `${cluster.number}. ${cluster.name}`
  const { low, high } = cluster.difference
  return (
    <Panel title={title} className="lk-span-6" extra={<BecomeButton runId={runId} cluster={cluster} />}>
      <div className="lk-stack">
        <Facts columns={3}>
          <Fact name={words.customers}>
            <span className="lk-big">
              <Count value={cluster.size} />
            </span>{' '}
            <span className="lk-soft">
              <Percent ratio={cluster.share} />
            </span>
          </Fact>
          <Fact name={words.profit}>
            <span className="lk-big">{yuan(cluster.profit.value, lang)}</span>
          </Fact>
          <Fact name={words.difference}>
            <span title={low === null || high === null ? '' : words.interval(yuan(low, lang), yuan(high, lang))}>
              {cluster.difference.value > 0 ? '+' : ''}
              {yuan(cluster.difference.value, lang)}
            </span>
            <div className="lk-small lk-faint">
              {low === null || high === null ? words.noInterval : words.interval(yuan(low, lang), yuan(high, lang))}
            </div>
          </Fact>
        </Facts>
        <ContrastBars name={cluster.name} contrasts={all ? sorted : sorted.slice(0, clearest)} />
        {sorted.length > clearest && (
          <div>
            <Button type="link" size="small" onClick={() => setAll(!all)}>
              {all ? words.fewerContrasts : words.moreContrasts}
            </Button>
          </div>
        )}
        <RulePart cluster={cluster} />
      </div>
    </Panel>
  )
}
