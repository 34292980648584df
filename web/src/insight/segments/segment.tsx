import { App, Button, Popconfirm, Tabs } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { BlockSkeleton, Face, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Page, Tile, Tiles } from '@/kit/page'
import { sentence } from '@/kit/say'
import { AskExport } from './parts/askexport'
import { useRefresh, useSegment, useSetState } from './queries'
import type { SegmentDetail } from './wire'
import { segmentWords } from './words'
import './segments.css'

const Overview = lazy(() => import('./parts/overview').then((m) => ({ default: m.Overview })))
const Members = lazy(() => import('./parts/members').then((m) => ({ default: m.Members })))
const History = lazy(() => import('./parts/history').then((m) => ({ default: m.History })))
const Versions = lazy(() => import('./parts/versions').then((m) => ({ default: m.Versions })))
const Exports = lazy(() => import('./parts/exports').then((m) => ({ default: m.Exports })))

/** One segment: who they are, how they differ, who came and went. */
export function SegmentPage() {
  const words = useWords(segmentWords)
  const { id = '' } = useParams()
  const number = Number(id)
  const query = useSegment(number, Number.isSafeInteger(number) && number > 0)
  const back = { to: '/segments', label: words.back }
  if (!(Number.isSafeInteger(number) && number > 0)) return <Face kind="missing" title={words.empty} />
  return (
    <Page
      title={query.data?.segment.name ?? ''}
      note={query.data?.segment.sentence}
      back={back}
      actions={query.data && <Actions detail={query.data} />}
    >
      <Loaded query={query} skeleton={<BlockSkeleton rows={10} />}>
        {(detail) => <Body detail={detail} />}
      </Loaded>
    </Page>
  )
}

function Body({ detail }: { detail: SegmentDetail }) {
  const words = useWords(segmentWords)
  const [address, change] = useAddress()
  const { segment } = detail
  const tabs = [
    { key: 'overview', content: <Overview detail={detail} /> },
    { key: 'members', content: <Members id={segment.id} /> },
    { key: 'history', content: <History id={segment.id} /> },
    { key: 'versions', content: <Versions id={segment.id} /> },
    { key: 'exports', content: <Exports segmentId={segment.id} /> },
  ]
  const tab = tabs.find((one) => one.key === address.get('tab'))?.key ?? 'overview'
  const changed = detail.change ?? 0
  return (
    <>
      <Tiles>
        <Tile
          name={words.size}
          value={count(detail.customers)}
          note={detail.change === null ? '' : `${words.change} ${changed > 0 ? '+' : ''}${count(changed)}`}
        />
        <Tile name={words.reachable} value={count(detail.reachable)} note={words.purposes[segment.purpose]} />
        <Tile name={words.owner} value={segment.owner_name} note={words.versionNo(segment.version)} />
        <Tile
          name={words.asOf}
          value={<DateText at={detail.as_of} />}
          note={
            <span className="lk-row">
              <DateText at={detail.refreshed_at} time />
              {segment.live && <StatusTag tone="primary">{words.live}</StatusTag>}
              {segment.state === 'archived' && <StatusTag tone="bad">{words.archived}</StatusTag>}
            </span>
          }
        />
      </Tiles>
      {detail.fault && <p className="seg-fault">{detail.fault}</p>}
      <Tabs
        activeKey={tab}
        destroyOnHidden
        items={tabs.map(({ key, content }) => ({
          key,
          label: words.detailTabs[key],
          children: <Suspense fallback={<BlockSkeleton rows={6} />}>{content}</Suspense>,
        }))}
        onChange={(key) => change({ tab: key === 'overview' ? undefined : key })}
      />
    </>
  )
}

function Actions({ detail }: { detail: SegmentDetail }) {
  const words = useWords(segmentWords)
  const lang = useLang()
  const { message } = App.useApp()
  const { id, state } = detail.segment
  const mayEdit = useMay('segment.edit')
  const mayExport = useMay('segment.export')
  const refresh = useRefresh(id)
  const setState = useSetState(id)
  const [exporting, setExporting] = useState(false)
  const told = (done: string) => ({
    onSuccess: () => void message.success(done),
    onError: (error: unknown) => void message.error(sentence(error, lang)),
  })
  const archived = state === 'archived'
  return (
    <>
      {mayExport && <Button onClick={() => setExporting(true)}>{words.export}</Button>}
      {mayEdit && !archived && (
        <>
          <Button loading={refresh.isPending} onClick={() => refresh.mutate(undefined, told(words.refreshed))}>
            {words.refresh}
          </Button>
          <Popconfirm
            title={words.archiveAsk}
            okText={words.archive}
            onConfirm={() => setState.mutate('archived', told(words.changed))}
          >
            <Button loading={setState.isPending}>{words.archive}</Button>
          </Popconfirm>
          <Link to={`/segments/${id}/edit`}>
            <Button type="primary">{words.edit}</Button>
          </Link>
        </>
      )}
      {mayEdit && archived && (
        <Button loading={setState.isPending} onClick={() => setState.mutate('active', told(words.changed))}>
          {words.restore}
        </Button>
      )}
      {exporting && <AskExport segmentId={id} onClose={() => setExporting(false)} />}
    </>
  )
}
