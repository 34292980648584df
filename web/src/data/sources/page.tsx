import { Segmented } from 'antd'
import { useNavigate } from 'react-router'
import { useAddress } from '@/kit/address'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count, percent } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Page, Panel, Tile, Tiles } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { cadenceText } from './cadence'
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
            <List sources={sources} />
          </>
        )}
      </Loaded>
    </Page>
  )
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

type Show = 'all' | 'trouble' | 'quarantined'

const shows: Record<Show, (source: Source) => boolean> = {
  all: () => true,
  trouble: troubled,
  quarantined: (source) => source.rows_quarantined > 0,
}

function List({ sources }: { sources: Source[] }) {
  const words = useWords(sourceWords)
  const navigate = useNavigate()
  const [address, change] = useAddress()
  const show = (Object.keys(shows) as Show[]).find((one) => one === address.get('show')) ?? 'all'
  const options = (Object.keys(shows) as Show[]).map((value) => ({
    value,
    label: `${words.shows[value] ?? value} ${count(sources.filter(shows[value]).length)}`,
  }))
  return (
    <Panel flush>
      <div className="lk-filters">
        <Segmented
          options={options}
          value={show}
          onChange={(value) => change({ show: value === 'all' ? undefined : value })}
        />
      </div>
      <DataTable
        label={words.title}
        rows={{ items: sources.filter(shows[show]), error: null, isPending: false, refetch: () => undefined }}
        columns={useColumns()}
        rowKey={(row) => row.name}
        keyboard
        onOpen={(row) => void navigate(`/sources/${encodeURIComponent(row.name)}`)}
        filtered={show !== 'all'}
        onClearFilters={() => change({ show: undefined })}
        empty={<Empty title={words.empty} hint={words.emptyHint} />}
      />
    </Panel>
  )
}

function useColumns(): Column<Source>[] {
  const words = useWords(sourceWords)
  const lang = useLang()
  return [
    {
      key: 'name',
      title: words.source,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.title}</span>
          <span>{row.name}</span>
        </span>
      ),
    },
    { key: 'system', title: words.system, card: 'none', render: (row) => row.system_title },
    {
      key: 'freshness',
      title: words.freshness,
      card: 'badge',
      render: (row) => <FreshnessTag freshness={row.freshness} />,
    },
    { key: 'date', title: words.dataDate, render: (row) => <DateText at={row.data_date} /> },
    { key: 'last', title: words.lastLoad, render: (row) => <DateText at={row.last_load?.started_at} time /> },
    {
      key: 'accepted',
      title: words.accepted,
      align: 'right',
      card: 'figure',
      render: (row) => count(row.rows_accepted),
    },
    {
      key: 'quarantined',
      title: words.quarantined,
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
      card: 'none',
      render: (row) => `${words.formats[row.format] ?? row.format} · ${words.modes[row.mode] ?? row.mode}`,
    },
    { key: 'cadence', title: words.cadence, card: 'none', render: (row) => cadenceText(row.cadence, lang) },
  ]
}
