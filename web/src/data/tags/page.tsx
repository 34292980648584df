import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { Empty, Loaded } from '@/kit/faces'
import { Count, DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Page, Tile, Tiles } from '@/kit/page'
import { Catalogue } from './parts/catalogue'
import { useTags } from './queries'
import type { TagList } from './wire'
import { tagWords } from './words'

/** 标签: what the bank knows of every customer, in eight families. */
export function TagsPage() {
  const words = useWords(tagWords)
  const mayEdit = useMay('tag.edit')
  const query = useTags()
  const add = mayEdit && (
    <Link to="/tags/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {words.add}
      </Button>
    </Link>
  )
  return (
    <Page title={words.title} note={words.note} actions={add}>
      <Loaded query={query}>{(list) => (list.as_of ? <Filled list={list} /> : <NotYet list={list} />)}</Loaded>
    </Page>
  )
}

function Filled({ list }: { list: TagList }) {
  const words = useWords(tagWords)
  const shown = list.items.filter((one) => !one.ingredient)
  return (
    <>
      <Tiles>
        <Tile name={words.tagsLive} value={<Count value={shown.filter((one) => one.state === 'live').length} />} />
        <Tile name={words.customers} value={<Count value={list.customers} />} />
        <Tile name={words.asOf} value={<DateText at={list.as_of} />} note={words.asOfNote} />
        <Tile name={words.refreshed} value={<DateText at={list.refreshed_at} />} note={words.refreshedNote} />
      </Tiles>
      <Catalogue list={list} />
    </>
  )
}

function NotYet({ list }: { list: TagList }) {
  const words = useWords(tagWords)
  return list.items.length > 0 ? <Catalogue list={list} /> : <Empty title={words.empty} hint={words.emptyHint} />
}
