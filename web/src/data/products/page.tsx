import { Tabs } from 'antd'
import { useAddress } from '@/kit/address'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { Ladder } from './parts/ladder'
import { Shelf } from './parts/shelf'
import { productWords } from './words'

/** 产品货架: the shelf, and what falls due. */
export function ProductsPage() {
  const words = useWords(productWords)
  const [address, change] = useAddress()
  const tab = address.get('tab') ?? 'shelf'
  const items = [
    { key: 'shelf', label: words.shelf, children: <Shelf /> },
    { key: 'ladder', label: words.ladder, children: <Ladder /> },
  ]
  return (
    <Page title={words.title} note={words.note}>
      <Tabs
        activeKey={tab}
        items={items}
        destroyOnHidden
        onChange={(key) => change({ tab: key === 'shelf' ? undefined : key })}
      />
    </Page>
  )
}
