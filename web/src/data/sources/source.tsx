import { Alert, Tabs } from 'antd'
import { lazy, Suspense } from 'react'
import { useParams } from 'react-router'
import { useAddress } from '@/kit/address'
import { Fact, Facts } from '@/kit/badge'
import { BlockSkeleton, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { DetailHeader, Page } from '@/kit/page'
import { cadenceText } from './cadence'
import { FreshnessTag } from './parts/faces'
import { RunButton } from './parts/runbutton'
import { useSource } from './queries'
import type { Source } from './wire'
import { sourceWords } from './words'

const Loads = lazy(() => import('./parts/loads').then((m) => ({ default: m.Loads })))
const ContractTab = lazy(() => import('./parts/contract').then((m) => ({ default: m.ContractTab })))
const LineageTab = lazy(() => import('./parts/lineage').then((m) => ({ default: m.LineageTab })))

/** One source: its loads, its contract, where its columns go. */
export function SourcePage() {
  const words = useWords(sourceWords)
  const { name = '' } = useParams()
  const query = useSource(name)
  return (
    <Page title="" tab={query.data?.title ?? words.title} back={{ to: '/sources', label: words.back }}>
      <Loaded query={query}>{(source) => <Detail source={source} />}</Loaded>
    </Page>
  )
}

function Detail({ source }: { source: Source }) {
  const words = useWords(sourceWords)
  const [address, change] = useAddress()
  const tab = address.get('tab') ?? 'loads'
  const content = {
    loads: <Loads name={source.name} />,
    contract: <ContractTab name={source.name} />,
    lineage: <LineageTab name={source.name} />,
  }
  const items = Object.entries(content).map(([key, children]) => ({
    key,
    label: words.tabs[key],
    children: <Suspense fallback={<BlockSkeleton rows={6} />}>{children}</Suspense>,
  }))
  const sentence = source.last_load?.sentence
  const alert =
    source.problems.length > 0 ? (
      <Alert type="error" showIcon title={words.brokenContract} description={source.problems[0]?.message} />
    ) : sentence ? (
      <Alert type="warning" showIcon title={sentence} />
    ) : null
  return (
    <>
      <DetailHeader
        name={source.title}
        badges={<FreshnessTag freshness={source.freshness} />}
        actions={<RunButton source={source.name} />}
        facts={<SourceFacts source={source} />}
        alerts={alert}
      />
      <div>
        <Tabs
          activeKey={tab}
          items={items}
          destroyOnHidden
          onChange={(key) => change({ tab: key === 'loads' ? undefined : key })}
        />
      </div>
    </>
  )
}

function SourceFacts({ source }: { source: Source }) {
  const words = useWords(sourceWords)
  const lang = useLang()
  return (
    <Facts>
      <Fact name={words.system}>{source.system_title}</Fact>
      <Fact name={words.format}>
        {words.formats[source.format] ?? source.format} · {words.modes[source.mode] ?? source.mode}
      </Fact>
      <Fact name={words.cadence}>{cadenceText(source.cadence, lang)}</Fact>
      <Fact name={words.dataDate}>
        <DateText at={source.data_date} />
      </Fact>
      <Fact name={words.dueAt}>
        <DateText at={source.due_at} time />
      </Fact>
      <Fact name={words.tables}>{source.tables.join(' · ')}</Fact>
      <Fact name={words.accepted}>{count(source.rows_accepted)}</Fact>
      <Fact name={words.quarantined}>{count(source.rows_quarantined)}</Fact>
    </Facts>
  )
}
