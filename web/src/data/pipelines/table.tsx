import { Alert, App, Button, Popconfirm, Tabs } from 'antd'
import { lazy, Suspense } from 'react'
import { useParams } from 'react-router'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { Fact, Facts } from '@/kit/badge'
import { BlockSkeleton, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { bytes, count } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { DetailHeader, Page } from '@/kit/page'
import { sentence } from '@/kit/say'
import { HealthTag, StateTag, useSchedule } from './parts/faces'
import { RunButton } from './parts/runbutton'
import { usePipeline, usePublish, useSetState } from './queries'
import type { Detail, Pipeline } from './wire'
import { pipelineWords } from './words'

const Editor = lazy(() => import('./parts/editor').then((m) => ({ default: m.Editor })))
const Runs = lazy(() => import('./parts/runs').then((m) => ({ default: m.Runs })))
const Versions = lazy(() => import('./parts/versions').then((m) => ({ default: m.Versions })))
const LineageView = lazy(() => import('./parts/lineage').then((m) => ({ default: m.LineageView })))

/** One derived table: its definition, its runs, its versions, where its columns come from. */
export function PipelinePage() {
  const words = useWords(pipelineWords)
  const { name = '' } = useParams()
  const query = usePipeline(name)
  return (
    <Page title="" tab={query.data?.summary.title ?? words.title} back={{ to: '/pipelines', label: words.back }}>
      <Loaded query={query}>{(detail) => <Table detail={detail} />}</Loaded>
    </Page>
  )
}

function Table({ detail }: { detail: Detail }) {
  const words = useWords(pipelineWords)
  const [address, change] = useAddress()
  const one = detail.summary
  const content = {
    define: <Editor key={detail.version} detail={detail} />,
    runs: <Runs name={one.name} />,
    versions: <Versions detail={detail} />,
    lineage: <LineageView kind="table_column" at={one.name} />,
  }
  const items = Object.entries(content).map(([key, children]) => ({
    key,
    label: words.tabs[key],
    children: <Suspense fallback={<BlockSkeleton rows={6} />}>{children}</Suspense>,
  }))
  return (
    <>
      <DetailHeader
        name={one.title}
        badges={
          <>
            <StateTag state={one.state} />
            <HealthTag health={one.health} />
          </>
        }
        actions={<Actions one={one} />}
        facts={<TableFacts one={one} />}
        alerts={<Trouble one={one} />}
      />
      <div>
        <Tabs
          activeKey={address.get('tab') ?? 'define'}
          items={items}
          destroyOnHidden
          onChange={(key) => change({ tab: key === 'define' ? undefined : key })}
        />
      </div>
    </>
  )
}

function Trouble({ one }: { one: Pipeline }) {
  const words = useWords(pipelineWords)
  if (one.health === 'blocked')
    return <Alert type="warning" showIcon title={words.waitsFor(one.blocked_by.join('、'))} />
  const said = one.last_run?.sentence
  return one.health === 'failed' && said ? <Alert type="error" showIcon title={said} /> : null
}

function Actions({ one }: { one: Pipeline }) {
  const words = useWords(pipelineWords)
  const lang = useLang()
  const { message } = App.useApp()
  const publish = usePublish(one.name)
  const set = useSetState(one.name)
  const may = useMay('pipeline.edit')
  if (!may) return null
  const failed = (error: unknown) => void message.error(sentence(error, lang))
  const fresh = one.live_version !== one.newest_version
  return (
    <>
      {one.state === 'live' && <Button onClick={() => set.mutate('paused', { onError: failed })}>{words.pause}</Button>}
      {(one.state === 'paused' || one.state === 'retired') && (
        <Button onClick={() => set.mutate('live', { onError: failed })}>{words.resume}</Button>
      )}
      {(one.state === 'live' || one.state === 'paused') && (
        <Popconfirm title={words.retireAsk} onConfirm={() => set.mutate('retired', { onError: failed })}>
          <Button>{words.retire}</Button>
        </Popconfirm>
      )}
      {fresh && (
        <Button
          type="primary"
          loading={publish.isPending}
          onClick={() =>
            publish.mutate(one.newest_version, {
              onSuccess: () => void message.success(words.published),
              onError: failed,
            })
          }
        >
          {words.publish(one.newest_version)}
        </Button>
      )}
      {!fresh && <RunButton table={one} />}
    </>
  )
}

function TableFacts({ one }: { one: Pipeline }) {
  const words = useWords(pipelineWords)
  const schedule = useSchedule()
  return (
    <Facts>
      <Fact name={words.table}>
        <code>{one.name}</code>
      </Fact>
      <Fact name={words.rows}>
        {count(one.rows)} · {bytes(one.bytes)}
      </Fact>
      <Fact name={words.builtAt}>
        <DateText at={one.built_at} time />
      </Fact>
      <Fact name={words.schedule}>{schedule(one)}</Fact>
      <Fact name={words.keys}>{one.keys.join('、')}</Fact>
      <Fact name={words.partition}>{one.partition || words.noPartition}</Fact>
      <Fact name={words.inputs}>{one.inputs.join('、')}</Fact>
      <Fact name={words.usedBy}>{one.used_by.join('、') || '—'}</Fact>
    </Facts>
  )
}
