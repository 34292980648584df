import { Tabs } from 'antd'
import { useAddress } from '@/kit/address'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { PlanTab } from './parts/plan'
import { QuarantineTab } from './parts/quarantine'
import { StatusTab } from './parts/status'
import { behaviourWords } from './words'

/** 事件接入: what the app sends live, what was set aside, and the plan events are judged by. */
export function IntakePage() {
  const words = useWords(behaviourWords)
  const [address, change] = useAddress()
  const items = [
    { key: 'status', label: words.tabs['status'], children: <StatusTab /> },
    { key: 'quarantine', label: words.tabs['quarantine'], children: <QuarantineTab /> },
    { key: 'plan', label: words.tabs['plan'], children: <PlanTab /> },
  ]
  return (
    <Page title={words.intakeTitle} note={words.intakeNote}>
      <Tabs
        activeKey={address.get('tab') ?? 'status'}
        items={items}
        destroyOnHidden
        onChange={(key) => change({ tab: key === 'status' ? undefined : key })}
      />
    </Page>
  )
}
