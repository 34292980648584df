import { Controls, Handle, MarkerType, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { useWords } from '@/kit/lang'
import { columnName, placed, shownColumns, type Placed, type Way } from '../boxes'
import '../lineage.css'
import { pipelineWords } from '../words'
import { addressOf } from './lineage'

type BoxNode = Node<{ box: Placed }, 'box'>

const types = { box: BoxFace }

/** The lineage drawn from the sources on the left to the screens on the right; every column leads to its own lineage. */
export function Graph({ boxes, ways }: { boxes: Parameters<typeof placed>[0]; ways: Way[] }) {
  const words = useWords(pipelineWords)
  const nodes = useMemo<BoxNode[]>(
    () =>
      placed(boxes).map((box) => ({
        id: box.id,
        type: 'box' as const,
        position: { x: box.x, y: box.y },
        data: { box },
        draggable: false,
        connectable: false,
      })),
    [boxes],
  )
  const edges = useMemo<Edge[]>(
    () =>
      ways.map((way) => ({
        id: `${way.from} ${way.to}`,
        source: way.from,
        target: way.to,
        markerEnd: { type: MarkerType.ArrowClosed },
        focusable: false,
      })),
    [ways],
  )
  return (
    <div className="lk-flow" role="figure" aria-label={words.lineageTitle}>
      <ReactFlow<BoxNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={types}
        fitView
        fitViewOptions={{ padding: 0.06, minZoom: 0.72 }}
        minZoom={0.2}
        maxZoom={1.4}
        nodesDraggable={false}
        nodesConnectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  )
}

function BoxFace({ data }: NodeProps<BoxNode>) {
  const words = useWords(pipelineWords)
  const { box } = data
  const shown = box.kind === 'screen' ? [] : box.nodes.slice(0, shownColumns)
  const first = box.nodes[0]
  return (
    <div className={`lk-flow-box lk-flow-${box.kind}${box.distance === 0 ? ' lk-flow-here' : ''}`}>
      <Handle type="target" position={Position.Left} />
      <div className="lk-flow-kind">
        {words.kinds[box.kind]}
        {box.nodes.length > 1 && ` · ${words.nodes(box.nodes.length)}`}
      </div>
      <div className="lk-flow-title" title={box.title}>
        {box.kind === 'screen' && first ? <Link to={addressOf(first)}>{box.title}</Link> : box.title}
      </div>
      <ul>
        {shown.map((node) => (
          <li key={node.key} title={`${node.key} ${node.label}`}>
            <Link to={addressOf(node)}>{columnName(node)}</Link>
          </li>
        ))}
        {box.kind !== 'screen' && box.nodes.length > shownColumns && (
          <li className="lk-flow-more">… +{box.nodes.length - shownColumns}</li>
        )}
      </ul>
      <Handle type="source" position={Position.Right} />
    </div>
  )
}
