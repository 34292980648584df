import { Alert, Progress, Tabs } from 'antd'
import { useParams } from 'react-router'
import { useAddress } from '@/kit/address'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { Empty, Loaded } from '@/kit/faces'
import { Count, DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { DetailHeader, Page } from '@/kit/page'
import { runTones } from './page'
import { ClusterCards } from './parts/cards'
import { EvidencePanel } from './parts/evidence'
import { ProfitPanel } from './parts/profit'
import { SettingsPanel } from './parts/settings'
import { StabilityPanel } from './parts/stability'
import { useClustering } from './queries'
import type { ClusteringDetail } from './wire'
import { clusterWords } from './words'

/** One run: its clusters, why so many, how stable, by which features. */
export function ClusteringPage() {
  const words = useWords(clusterWords)
  const { id = '' } = useParams()
  const query = useClustering(id)
  const tab = query.data ? words.detailTitle(query.data.run.version) : words.title
  return (
    <Page title="" tab={tab} back={{ to: '/clusters', label: words.back }}>
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </Page>
  )
}

function Detail({ detail }: { detail: ClusteringDetail }) {
  const words = useWords(clusterWords)
  const { run } = detail
  const facts = (
    <Facts columns={4}>
      <Fact name={words.method}>{words.methods[run.method] ?? run.method}</Fact>
      <Fact name={words.k}>{run.k ?? words.auto}</Fact>
      <Fact name={words.customers}>
        <Count value={run.size || null} />
      </Fact>
      <Fact name={words.asOf}>
        <DateText at={run.as_of} />
      </Fact>
    </Facts>
  )
  const badges = (
    <>
      <StatusTag tone={runTones[run.state]} dot>
        {words.states[run.state] ?? run.state}
      </StatusTag>
      <span className="lk-faint lk-small">
        {run.started_by_name} · <DateText at={run.started_at} time />
      </span>
    </>
  )
  const alert = run.state === 'done' ? detail.reason && <Alert type="info" showIcon title={detail.reason} /> : undefined
  return (
    <>
      <DetailHeader name={words.detailTitle(run.version)} badges={badges} facts={facts} alerts={alert} />
      {run.state === 'done' ? <Parts detail={detail} /> : <Waiting detail={detail} />}
    </>
  )
}

function Waiting({ detail }: { detail: ClusteringDetail }) {
  const words = useWords(clusterWords)
  if (detail.run.state === 'failed') return <Empty title={words.failedTitle} hint={detail.run.message} />
  return (
    <div aria-live="polite">
      <Progress percent={100} showInfo={false} status="active" />
      <p className="lk-soft">{words.runningHint}</p>
    </div>
  )
}

function Parts({ detail }: { detail: ClusteringDetail }) {
  const words = useWords(clusterWords)
  const [address, change] = useAddress()
  const items = [
    {
      key: 'clusters',
      label: words.clustersTab,
      children: (
        <div className="lk-stack">
          <ProfitPanel detail={detail} />
          <ClusterCards detail={detail} />
        </div>
      ),
    },
    { key: 'evidence', label: words.evidenceTab, children: <EvidencePanel detail={detail} /> },
    { key: 'stability', label: words.stabilityTab, children: <StabilityPanel detail={detail} /> },
    { key: 'settings', label: words.settingsTab, children: <SettingsPanel detail={detail} /> },
  ]
  return (
    <Tabs
      activeKey={address.get('tab') ?? 'clusters'}
      items={items}
      destroyOnHidden
      onChange={(key) => change({ tab: key === 'clusters' ? undefined : key })}
    />
  )
}
