import type { Lineage, LineageNode, NodeKind } from './wire'

/** Several nodes drawn as one: the columns of a table, the columns of a source with its file, or a node alone. */
export interface Box {
  id: string
  kind: NodeKind
  title: string
  nodes: LineageNode[]
  /** Distance from where one stands, negative towards the sources. */
  distance: number
}

export interface Way {
  from: string
  to: string
  count: number
}

const part = (key: string): string => key.slice(0, key.indexOf('.') < 0 ? undefined : key.indexOf('.'))

export function boxOf(node: LineageNode): string {
  if (node.kind === 'source_file' || node.kind === 'source_column') return `source ${part(node.key)}`
  if (node.kind === 'table_column') return `table ${part(node.key)}`
  if (node.kind === 'tag') return 'tags'
  return `${node.kind} ${node.key}`
}

/** The first half of a label is the table's or source's name, the second the column's. */
export const columnName = (node: LineageNode): string =>
  (node.label.split(' · ').at(-1) ?? node.label).split(/[：，；（]/)[0] ?? node.label

function title(nodes: LineageNode[], tags: string): string {
  const first = nodes[0]
  if (!first) return ''
  if (first.kind === 'tag') return tags
  if (first.kind === 'screen') return first.label
  const file = nodes.find((node) => node.kind === 'source_file')
  return file ? (file.label.split(' · ').at(-1) ?? file.label) : (first.label.split(' · ')[0] ?? first.key)
}

/** The lineage as boxes and the ways between them. */
export function boxed(found: Lineage, tags: string): { boxes: Box[]; ways: Way[] } {
  const groups = new Map<string, LineageNode[]>()
  for (const node of found.nodes) groups.set(boxOf(node), [...(groups.get(boxOf(node)) ?? []), node])
  const boxes = [...groups].map(([id, nodes]) => {
    const columns = nodes.filter((node) => node.kind !== 'source_file')
    const shown = columns.length > 0 ? columns : nodes
    const kind = id.startsWith('source') ? 'source_file' : (shown[0]?.kind ?? 'table_column')
    const distances = shown.map((node) => node.distance)
    const distance = distances.some((one) => one === 0)
      ? 0
      : distances.every((one) => one < 0)
        ? Math.min(...distances)
        : Math.max(...distances)
    return { id, kind, title: title(nodes, tags), nodes: shown, distance }
  })
  const ways = new Map<string, Way>()
  for (const edge of found.edges) {
    const [origin, target] = [found.nodes[edge.origin], found.nodes[edge.target]]
    if (!origin || !target) continue
    const [from, to] = [boxOf(origin), boxOf(target)]
    if (from === to) continue
    const key = `${from} → ${to}`
    ways.set(key, { from, to, count: (ways.get(key)?.count ?? 0) + 1 })
  }
  return { boxes, ways: [...ways.values()] }
}

export interface Placed extends Box {
  x: number
  y: number
}

const across = 300
const between = 24
export const lineHeight = 22
export const headHeight = 52
export const shownColumns = 6

export const heightOf = (box: Box): number =>
  headHeight +
  Math.min(box.nodes.length, shownColumns) * lineHeight +
  (box.nodes.length > shownColumns ? lineHeight : 0)

/** Boxes in columns by distance, from the sources on the left to the screens on the right. */
export function placed(boxes: Box[]): Placed[] {
  const steps = [...new Set(boxes.map((box) => box.distance))].sort((a, b) => a - b)
  return steps.flatMap((step, at) => {
    const column = boxes.filter((box) => box.distance === step)
    const total = column.reduce((sum, box) => sum + heightOf(box) + between, -between)
    let y = -total / 2
    return column.map((box) => {
      const here = { ...box, x: at * across, y }
      y += heightOf(box) + between
      return here
    })
  })
}
