import { Graph, type GraphData } from '@antv/g6'
import { fontFamily, palette, seriesColours, size, space, type Mode } from '@/kit/tokens'
import { called, colourOf, linesOf, pointed } from '../look'
import type { Picture } from '../wire'

export interface Words {
  others: string
  outside: string
  relationKinds: Record<string, string>
}

export interface Drawn {
  fit: () => void
  zoom: (by: number) => void
  resize: () => void
  destroy: () => void
}

const node = 40
const centre = 52
const longest = 12

const short = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)

/** What G6 draws: parties around the one in the middle, one line for all relations of two. */
export function dataOf(picture: Picture, words: Words, mode: Mode): GraphData {
  const c = palette[mode]
  const series = seriesColours[mode]
  const text = { fontFamily, fontSize: size.small }
  return {
    nodes: picture.parties.map((party) => {
      const first = party.key === picture.start
      const mine = party.standing === 'mine'
      const firm = party.kind === 'company'
      return {
        id: party.key,
        type: firm ? 'rect' : 'circle',
        style: {
          size: first ? centre : node,
          radius: size.radius,
          fill: first ? c.primary : mine ? c.primarySoft : c.sunken,
          stroke: mine ? c.primary : c.lineStrong,
          lineWidth: first ? 2 : 1,
          lineDash: mine ? 0 : [space.half, space.half],
          labelText: short(called(party, words)),
          labelFill: mine ? c.text : c.textSoft,
          labelPlacement: 'bottom' as const,
          labelBackground: true,
          labelBackgroundFill: c.surface,
          labelBackgroundOpacity: 0.85,
          labelFontFamily: text.fontFamily,
          labelFontSize: text.fontSize,
          cursor: 'pointer' as const,
        },
      }
    }),
    edges: linesOf(picture.relations).map((line) => {
      const [best] = line.relations
      const names = [...new Set(line.relations.map((one) => words.relationKinds[one.kind] ?? one.kind))]
      const confirmed = line.relations.some((one) => one.confirmed_by !== null)
      return {
        id: line.id,
        source: line.left,
        target: line.right,
        style: {
          stroke: (best && series[colourOf(best.kind)]) ?? c.textFaint,
          lineWidth: confirmed ? 3 : 1 + (best?.confidence ?? 0),
          endArrow: line.relations.some((one) => pointed(one.kind)),
          endArrowSize: space.s1,
          labelText: names.length > 1 ? `${names[0] ?? ''} +${names.length - 1}` : (names[0] ?? ''),
          labelAutoRotate: false,
          labelFill: c.textSoft,
          labelBackground: true,
          labelBackgroundFill: c.surface,
          labelBackgroundOpacity: 0.9,
          labelFontFamily: text.fontFamily,
          labelFontSize: text.fontSize,
          cursor: 'pointer' as const,
        },
      }
    }),
  }
}

/** Draw a picture into a host element; it resolves when it stands. */
export async function draw(
  host: HTMLElement,
  data: GraphData,
  start: string,
  onParty: (key: string) => void,
  onLine: (id: string) => void,
): Promise<Drawn> {
  const graph = new Graph({
    container: host,
    autoResize: false,
    padding: space.s6,
    animation: false,
    data,
    layout: {
      type: 'radial',
      focusNode: start,
      unitRadius: 150,
      preventOverlap: true,
      nodeSize: 92,
      linkDistance: 180,
      strictRadial: false,
    },
    behaviors: ['drag-canvas', 'zoom-canvas', 'drag-element'],
    zoomRange: [0.2, 3],
  })
  graph.on('node:click', (event) => onParty(idOf(event)))
  graph.on('edge:click', (event) => onLine(idOf(event)))
  await graph.render()
  const fit = () => {
    void graph.fitView({ when: 'overflow' }, false).then(() => graph.fitCenter(false))
  }
  fit()
  return {
    fit,
    zoom: (by) => void graph.zoomBy(by, false),
    resize: () => {
      graph.resize(host.clientWidth, host.clientHeight)
      fit()
    },
    destroy: () => graph.destroy(),
  }
}

function idOf(event: unknown): string {
  const { target } = event as { target?: { id?: string } }
  return target?.id ?? ''
}
