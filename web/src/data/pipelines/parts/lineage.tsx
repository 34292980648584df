import { Alert, Segmented } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Link } from 'react-router'
import { BlockSkeleton, Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useNarrow } from '@/kit/screen'
import { boxed, columnName, type Box } from '../boxes'
import { useLineage } from '../queries'
import type { Lineage, LineageNode, NodeKind } from '../wire'
import { pipelineWords } from '../words'

const Graph = lazy(() => import('./graph').then((m) => ({ default: m.Graph })))

export const addressOf = (node: LineageNode): string => `/lineage?kind=${node.kind}&key=${encodeURIComponent(node.key)}`

/** What a table, tag or page comes from and what is made from it: a graph, and a list where there is no room for one. */
export function LineageView({ kind, at }: { kind: NodeKind; at: string }) {
  const words = useWords(pipelineWords)
  const narrow = useNarrow()
  const [listed, setListed] = useState(false)
  const query = useLineage(kind, at)
  const list = narrow || listed
  return (
    <Panel
      title={words.lineageTitle}
      extra={
        !narrow && (
          <Segmented
            options={[
              { value: 'graph', label: words.graph },
              { value: 'list', label: words.list },
            ]}
            value={listed ? 'list' : 'graph'}
            onChange={(value) => setListed(value === 'list')}
          />
        )
      }
    >
      <Loaded query={query}>{(found) => <Shown found={found} list={list} />}</Loaded>
    </Panel>
  )
}

function Shown({ found, list }: { found: Lineage; list: boolean }) {
  const words = useWords(pipelineWords)
  const drawn = useMemo(() => boxed(found, words.kinds['tag'] ?? ''), [found, words])
  return (
    <>
      {found.cut && <Alert type="info" showIcon title={words.cut} />}
      {list ? (
        <List boxes={drawn.boxes} />
      ) : (
        <Suspense fallback={<BlockSkeleton rows={8} />}>
          <Graph boxes={drawn.boxes} ways={drawn.ways} />
        </Suspense>
      )}
    </>
  )
}

function List({ boxes }: { boxes: Box[] }) {
  const words = useWords(pipelineWords)
  const groups = [
    { name: words.upstream, boxes: boxes.filter((box) => box.distance < 0).sort((a, b) => b.distance - a.distance) },
    { name: words.here, boxes: boxes.filter((box) => box.distance === 0) },
    { name: words.downstream, boxes: boxes.filter((box) => box.distance > 0).sort((a, b) => a.distance - b.distance) },
  ]
  return (
    <div className="lk-stack">
      {groups
        .filter((group) => group.boxes.length > 0)
        .map((group) => (
          <section key={group.name}>
            <h3>{group.name}</h3>
            <ul className="lk-lines">
              {group.boxes.map((box) => (
                <li key={box.id}>
                  <div>
                    <b>{box.title}</b> <span className="lk-small lk-faint">{words.kinds[box.kind]}</span>
                    <div className="lk-small">
                      {box.kind !== 'screen' &&
                        box.nodes.map((node, at) => (
                          <span key={node.key}>
                            {at > 0 && '、'}
                            <Link to={addressOf(node)}>{columnName(node)}</Link>
                          </span>
                        ))}
                    </div>
                  </div>
                </li>
              ))}
            </ul>
          </section>
        ))}
    </div>
  )
}
