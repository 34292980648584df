import { Tabs } from 'antd'
import { useAddress } from '@/kit/address'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { Groups } from './parts/groups'
import { Requests } from './parts/requests'
import { graphWords } from './words'
import './graph.css'

/** 关系图: families and enterprises, and the changes that wait for approval. */
export function GroupsPage() {
  const words = useWords(graphWords)
  const [address, change] = useAddress()
  const tab = address.get('tab') ?? 'groups'
  const items = [
    { key: 'groups', label: words.groups, children: <Groups /> },
    { key: 'requests', label: words.requests, children: <Requests /> },
  ]
  return (
    <Page title={words.title} note={words.note}>
      <div>
        <Tabs
          activeKey={tab}
          items={items}
          destroyOnHidden
          onChange={(key) => change({ tab: key === 'groups' ? undefined : key })}
        />
      </div>
    </Page>
  )
}
