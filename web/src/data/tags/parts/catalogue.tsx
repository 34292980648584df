import { Input, Segmented, Switch } from 'antd'
import { useNavigate } from 'react-router'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { TableTools, useColumns } from '@/kit/columns'
import { Empty } from '@/kit/faces'
import { Count, Percent } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { col } from '@/kit/tokens'
import type { TagList, TagRow } from '../wire'
import { tagWords } from '../words'
import { StateTag } from './cells'

/** The catalogue by family, searched by name, code, meaning or owner. */
export function Catalogue({ list }: { list: TagList }) {
  const words = useWords(tagWords)
  const navigate = useNavigate()
  const [address, change] = useAddress()
  const q = (address.get('q') ?? '').trim().toLowerCase()
  const family = address.get('family') ?? ''
  const inner = address.get('inner') === '1'
  const fits = (one: TagRow) =>
    (inner || !one.ingredient) &&
    (!family || one.family === family) &&
    [one.name, one.code, one.meaning, one.owner].some((text) => text.toLowerCase().includes(q))
  const items = list.items.filter(fits)
  const all = useCatalogueColumns(list)
  const rows = { items, error: null, isPending: false, refetch: () => undefined }
  return (
    <Panel flush>
      <div className="lk-filters">
        <Input.Search
          className="lk-filter-text"
          allowClear
          placeholder={words.searchPlaceholder}
          aria-label={words.searchPlaceholder}
          defaultValue={address.get('q') ?? ''}
          onChange={(event) => change({ q: event.target.value || undefined })}
        />
        <div className="lk-scroll">
          <Segmented
            value={family}
            options={[
              { value: '', label: words.all },
              ...list.families.map((one) => ({ value: one.family, label: one.label })),
            ]}
            onChange={(value) => change({ family: value || undefined })}
          />
        </div>
        <div className="lk-filters-end lk-row">
          <Switch
            size="small"
            checked={inner}
            aria-label={words.ingredients}
            onChange={(on) => change({ inner: on ? '1' : undefined })}
          />
          <span className="lk-faint">{words.ingredients}</span>
          <TableTools all={all} />
        </div>
      </div>
      <DataTable
        label={words.title}
        rows={rows}
        columns={useColumns(all)}
        rowKey={(row) => row.code}
        keyboard
        onOpen={(row) => void navigate(`/tags/${row.code}`)}
        filtered={q !== '' || family !== ''}
        onClearFilters={() => change({ q: undefined, family: undefined })}
        empty={<Empty title={words.empty} hint={words.emptyHint} />}
        footer={words.shown(items.length)}
      />
    </Panel>
  )
}

function useCatalogueColumns(list: TagList): Column<TagRow>[] {
  const words = useWords(tagWords)
  const families = new Map(list.families.map((one) => [one.family, one.label]))
  const share = (part: number | null) => (part === null || list.customers === 0 ? null : part / list.customers)
  return [
    {
      key: 'name',
      title: words.name,
      fixed: true,
      width: col.name,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.name}</span>
          <span>{row.code}</span>
        </span>
      ),
    },
    {
      key: 'state',
      title: words.state,
      width: col.short,
      card: 'badge',
      render: (row) => <StateTag state={row.state} />,
    },
    { key: 'family', title: words.family, width: col.normal, render: (row) => families.get(row.family) },
    { key: 'meaning', title: words.meaning, width: col.text, card: 'none', render: (row) => row.meaning },
    { key: 'kind', title: words.kind, width: col.short, render: (row) => words.kinds[row.kind] },
    {
      key: 'filled',
      title: words.filled,
      width: col.normal,
      align: 'right',
      card: 'figure',
      render: (row) => <Percent ratio={share(row.filled)} />,
    },
    {
      key: 'people',
      title: words.people,
      width: col.normal,
      align: 'right',
      hidden: true,
      render: (row) => <Count value={row.filled} />,
    },
    {
      key: 'source',
      title: words.source,
      width: col.normal,
      render: (row) => row.source ?? <StatusTag>{words.notYet}</StatusTag>,
    },
    {
      key: 'users',
      title: words.users,
      width: col.short,
      align: 'right',
      render: (row) => <Count value={row.users} />,
    },
    { key: 'owner', title: words.owner, width: col.normal, hidden: true, render: (row) => row.owner },
    { key: 'version', title: words.version, width: col.short, hidden: true, render: (row) => `v${row.version}` },
  ]
}
