import { AutoComplete } from 'antd'
import { useState } from 'react'
import { useAddress } from '@/kit/address'
import { Empty } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { LineageView } from './parts/lineage'
import { useNodes } from './queries'
import type { NodeKind } from './wire'
import { pipelineWords } from './words'

/** 血缘 of any table, tag or page. */
export function LineagePage() {
  const words = useWords(pipelineWords)
  const [address, change] = useAddress()
  const [text, setText] = useState('')
  const nodes = useNodes(text)
  const kind = (address.get('kind') ?? 'table_column') as NodeKind
  const key = address.get('key') ?? ''
  const options = (nodes.data ?? []).map((node) => ({
    value: `${node.kind} ${node.key}`,
    label: (
      <span className="lk-two-lines">
        <span>{node.label}</span>
        <span>
          {words.kinds[node.kind]} · {node.key}
        </span>
      </span>
    ),
  }))
  const choose = (value: string) => {
    const [chosen = '', ...rest] = value.split(' ')
    change({ kind: chosen, key: rest.join(' ') })
    setText('')
  }
  return (
    <Page title={words.lineageTitle} note={words.lineageNote} back={{ to: '/pipelines', label: words.back }}>
      <Panel>
        <AutoComplete
          className="lk-wide"
          value={text}
          options={options}
          onChange={setText}
          onSelect={choose}
          placeholder={words.lineageFind}
          aria-label={words.lineageFind}
        />
      </Panel>
      {key ? (
        <LineageView key={`${kind} ${key}`} kind={kind} at={key} />
      ) : (
        <Panel>
          <Empty title={words.lineagePick} hint={words.lineagePickHint} />
        </Panel>
      )}
    </Page>
  )
}
