import { useNavigate } from 'react-router'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count, percent } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Page, Panel, Tile, Tiles } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { col } from '@/kit/tokens'
import { FreshnessTag, troubled } from './parts/faces'
import { RunButton } from './parts/runbutton'
import { useSources } from './queries'
import type { Source } from './wire'
import { sourceWords } from './words'

/** 数据源与质量: every source, how fresh it is, and what was set aside. */
export function SourcesPage() {
  const words = useWords(sourceWords)
  const query = useSources()
  return (
    <Page title={words.title} note={words.note} actions={<RunButton />}>
      <Loaded query={query}>
        {(sources) => (
          <>
            <Summary sources={sources} />
            {sources.length === 0 ? (
              <Panel>
                <Empty title={words.empty} hint={words.emptyHint} />
              </Panel>
            ) : (
              bySystem(sources).map(([system, list]) => <SystemPanel key={system} title={system} sources={list} />)
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

export function bySystem(sources: Source[]): [string, Source[]][] {
  const groups = new Map<string, Source[]>()
  for (const source of sources) {
    const list = groups.get(source.system_title) ?? []
    list.push(source)
    groups.set(source.system_title, list)
  }
  return [...groups]
}

const sum = (sources: Source[], of: (source: Source) => number): number =>
  sources.reduce((total, one) => total + of(one), 0)

function Summary({ sources }: { sources: Source[] }) {
  const words = useWords(sourceWords)
  const trouble = sources.filter(troubled).length
  const accepted = sum(sources, (one) => one.rows_accepted)
  const quarantined = sum(sources, (one) => one.rows_quarantined)
  return (
    <Tiles>
      <Tile name={words.tileSources} value={count(sources.length)} />
      <Tile
        name={words.tileFresh}
        value={count(sources.filter((one) => one.freshness === 'fresh').length)}
        tone="good"
      />
      <Tile name={words.tileTrouble} value={count(trouble)} {...(trouble > 0 ? { tone: 'bad' as const } : {})} />
      <Tile name={words.tileAccepted} value={count(accepted)} />
      <Tile
        name={words.tileQuarantined}
        value={count(quarantined)}
        note={
          accepted + quarantined > 0 &&
          `${words.quarantineRate} ${percent(quarantined / (accepted + quarantined), { digits: 2 })}`
        }
      />
    </Tiles>
  )
}

function SystemPanel({ title, sources }: { title: string; sources: Source[] }) {
  const navigate = useNavigate()
  return (
    <Panel title={title} flush>
      <DataTable
        label={title}
        rows={{ items: sources, error: null, isPending: false, refetch: () => undefined }}
        columns={useColumns()}
        rowKey={(row) => row.name}
        onOpen={(row) => void navigate(`/sources/${encodeURIComponent(row.name)}`)}
      />
    </Panel>
  )
}

function useColumns(): Column<Source>[] {
  const words = useWords(sourceWords)
  return [
    {
      key: 'name',
      title: words.source,
      width: col.name,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.title}</span>
          <span>{row.name}</span>
        </span>
      ),
    },
    {
      key: 'freshness',
      title: words.freshness,
      width: col.normal,
      card: 'badge',
      render: (row) => <FreshnessTag freshness={row.freshness} />,
    },
    { key: 'date', title: words.dataDate, width: col.normal, render: (row) => <DateText at={row.data_date} /> },
    {
      key: 'last',
      title: words.lastLoad,
      width: col.wide,
      render: (row) => <DateText at={row.last_load?.started_at} time />,
    },
    { key: 'files', title: words.files, width: col.short, align: 'right', render: (row) => count(row.files) },
    {
      key: 'accepted',
      title: words.accepted,
      width: col.normal,
      align: 'right',
      card: 'figure',
      render: (row) => count(row.rows_accepted),
    },
    {
      key: 'quarantined',
      title: words.quarantined,
      width: col.normal,
      align: 'right',
      render: (row) => (
        <span className={row.rows_quarantined > 0 ? 'lk-warn lk-strong' : 'lk-faint'}>
          {count(row.rows_quarantined)}
        </span>
      ),
    },
    {
      key: 'format',
      title: words.format,
      width: col.wide,
      card: 'none',
      render: (row) => `${words.formats[row.format] ?? row.format} · ${words.modes[row.mode] ?? row.mode}`,
    },
    { key: 'cadence', title: words.cadence, width: col.normal, card: 'none', render: (row) => row.cadence },
  ]
}
