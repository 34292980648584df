import { Tabs } from 'antd'
import { lazy, Suspense } from 'react'
import { useAddress } from '@/kit/address'
import { BlockSkeleton } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { gateWords } from './words'

const Refusals = lazy(() => import('./parts/refusals').then((m) => ({ default: m.Refusals })))
const TryOne = lazy(() => import('./parts/tryone').then((m) => ({ default: m.TryOne })))
const PolicyTab = lazy(() => import('./parts/policy').then((m) => ({ default: m.PolicyTab })))
const Versions = lazy(() => import('./parts/versions').then((m) => ({ default: m.Versions })))
const Freezes = lazy(() => import('./parts/freezes').then((m) => ({ default: m.Freezes })))
const CalendarTab = lazy(() => import('./parts/calendar').then((m) => ({ default: m.CalendarTab })))

/** 触达合规中心: what was refused and why, 试一条, and the policy behind it. */
export function GatePage() {
  const words = useWords(gateWords)
  const [address, change] = useAddress()
  const tabs = [
    { key: 'refusals', content: <Refusals /> },
    { key: 'try', content: <TryOne /> },
    { key: 'policy', content: <PolicyTab /> },
    { key: 'versions', content: <Versions /> },
    { key: 'freezes', content: <Freezes /> },
    { key: 'calendar', content: <CalendarTab /> },
  ]
  const tab = tabs.find((one) => one.key === address.get('tab'))?.key ?? 'refusals'
  return (
    <Page title={words.title} note={words.note}>
      <div>
        <Tabs
          activeKey={tab}
          destroyOnHidden
          items={tabs.map(({ key, content }) => ({
            key,
            label: words.tabs[key],
            children: <Suspense fallback={<BlockSkeleton rows={6} />}>{content}</Suspense>,
          }))}
          onChange={(key) =>
            change({ tab: key === 'refusals' ? undefined : key, check: undefined, channel: undefined, kind: undefined })
          }
        />
      </div>
    </Page>
  )
}
