import { Tabs } from 'antd'
import { useAddress } from '@/kit/address'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { Journal } from './parts/journal'
import { MergeTwo } from './parts/mergetwo'
import { Reviews } from './parts/reviews'
import { identityWords } from './words'

/** 归并: the review queue and the journal. */
export function IdentityPage() {
  const words = useWords(identityWords)
  const [address, change] = useAddress()
  const tab = address.get('tab') ?? 'reviews'
  const items = [
    { key: 'reviews', label: words.tabs['reviews'], children: <Reviews /> },
    { key: 'journal', label: words.tabs['journal'], children: <Journal /> },
  ]
  return (
    <Page title={words.title} note={words.note} actions={<MergeTwo />}>
      <div>
        <Tabs
          activeKey={tab}
          items={items}
          destroyOnHidden
          onChange={(key) => change({ tab: key === 'reviews' ? undefined : key })}
        />
      </div>
    </Page>
  )
}
