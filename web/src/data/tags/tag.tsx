import { App, Button, Popconfirm } from 'antd'
import { Link, useParams } from 'react-router'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { Loaded } from '@/kit/faces'
import { useLang, useWords } from '@/kit/lang'
import { DetailHeader, Page, Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { StateTag } from './parts/cells'
import { Lineage, TagFacts } from './parts/definition'
import { SpreadChart } from './parts/spread'
import { Versions } from './parts/versions'
import { usePutLive, useRetire, useTag } from './queries'
import type { TagDetail } from './wire'
import { tagWords } from './words'

/** One tag: what it means, how it is computed, who has it, who uses it. */
export function TagPage() {
  const words = useWords(tagWords)
  const { code = '' } = useParams()
  const query = useTag(code)
  return (
    <Page title="" tab={query.data?.definition.name ?? words.title} back={{ to: '/tags', label: words.title }}>
      <Loaded query={query}>{(tag) => <Detail tag={tag} />}</Loaded>
    </Page>
  )
}

function Detail({ tag }: { tag: TagDetail }) {
  const words = useWords(tagWords)
  const { definition, spread } = tag
  const badges = (
    <>
      <StateTag state={definition.state} />
      <StatusTag>{words.kinds[definition.kind]}</StatusTag>
      {definition.shipped && <StatusTag tone="primary">{words.shipped}</StatusTag>}
      <span className="lk-faint">
        {definition.code} · v{definition.version}
      </span>
    </>
  )
  return (
    <>
      <DetailHeader
        name={definition.name}
        badges={badges}
        facts={<TagFacts tag={tag} />}
        actions={<Actions tag={tag} />}
      />
      <div className="lk-grid">
        <Panel title={words.spread} className="lk-span-7">
          {spread ? (
            <SpreadChart
              spread={spread}
              kind={definition.kind}
              labels={definition.words}
              asOf={tag.as_of}
              definition={tag.sentence}
            />
          ) : (
            <p className="lk-soft">{words.spreadNotYet}</p>
          )}
        </Panel>
        <Panel title={words.lineage} className="lk-span-5">
          <Lineage tag={tag} />
        </Panel>
        <Panel title={words.versions} className="lk-span-12" flush>
          <Versions tag={tag} />
        </Panel>
      </div>
    </>
  )
}

function Actions({ tag }: { tag: TagDetail }) {
  const words = useWords(tagWords)
  const lang = useLang()
  const { message } = App.useApp()
  const { code } = tag.definition
  const live = usePutLive(code)
  const retire = useRetire(code)
  if (!useMay('tag.edit')) return null
  const newest = tag.versions[0]?.state ?? 'live'
  const told = {
    onSuccess: () => void message.success(words.saved),
    onError: (error: unknown) => void message.error(sentence(error, lang)),
  }
  return (
    <>
      {newest !== 'retired' && (
        <Popconfirm title={words.retireAsk} onConfirm={() => retire.mutate(tag.newest_version, told)}>
          <Button loading={retire.isPending}>{words.retire}</Button>
        </Popconfirm>
      )}
      <Link to={`/tags/${code}/edit`}>
        <Button>{words.change}</Button>
      </Link>
      {newest !== 'live' && (
        <Popconfirm title={words.putLiveAsk} onConfirm={() => live.mutate(tag.newest_version, told)}>
          <Button type="primary" loading={live.isPending}>
            {words.putLive}
          </Button>
        </Popconfirm>
      )}
    </>
  )
}
