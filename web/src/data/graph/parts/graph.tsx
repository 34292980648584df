import { Alert, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { BlockSkeleton, Empty, Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { everyKind, firstLayers, linesOf } from '../look'
import { usePicture } from '../queries'
import type { Picture, Relation, RelationKind } from '../wire'
import { graphWords } from '../words'
import { GraphCanvas } from './canvas'
import { RelationDrawer } from './relation'
import { RelationList } from './relations'

const layers = [1, 2, 3]

/** The relation graph around a customer, with its filters and, beside it, the same as a list. */
export function GraphPanel({ customerNo, hops = firstLayers }: { customerNo: string; hops?: number }) {
  const words = useWords(graphWords)
  const [depth, setDepth] = useState(hops)
  const [kinds, setKinds] = useState<RelationKind[]>([])
  const query = usePicture(customerNo, depth, kinds)
  return (
    <>
      <div className="lk-filters lk-graph-filters">
        <span className="lk-small">{words.layers}</span>
        <Segmented
          aria-label={words.layers}
          options={layers.map((value) => ({ value, label: words.layer(value) }))}
          value={depth}
          onChange={setDepth}
        />
        <Select
          mode="multiple"
          allowClear
          className="lk-graph-kinds"
          maxTagCount="responsive"
          placeholder={words.kindFilter}
          aria-label={words.kindFilter}
          value={kinds}
          options={everyKind.map((value) => ({ value, label: words.relationKinds[value] }))}
          onChange={setKinds}
        />
      </div>
      <Loaded query={query} skeleton={<BlockSkeleton rows={10} />}>
        {(picture) => <Shown key={customerNo} picture={picture} />}
      </Loaded>
    </>
  )
}

function Shown({ picture }: { picture: Picture }) {
  const words = useWords(graphWords)
  const navigate = useNavigate()
  const [open, setOpen] = useState<Relation[]>([])
  if (picture.relations.length === 0)
    return (
      <Panel>
        <Empty title={words.noRelations} hint={words.noRelationsHint} />
      </Panel>
    )
  const go = (key: string) => {
    const party = picture.parties.find((one) => one.key === key)
    if (party?.customer_no && key !== picture.start) void navigate(`/customers/${party.customer_no}/graph`)
  }
  return (
    <>
      {picture.cut && <Alert type="info" showIcon title={words.cut} />}
      <div className="lk-graph-split">
        <Panel flush>
          <GraphCanvas
            picture={picture}
            onParty={go}
            onLine={(id) => setOpen(linesOf(picture.relations).find((line) => line.id === id)?.relations ?? [])}
          />
        </Panel>
        <RelationList picture={picture} onOpen={(relation) => setOpen([relation])} />
      </div>
      <RelationDrawer picture={picture} relations={open} onClose={() => setOpen([])} />
    </>
  )
}
