import { App, Button, Checkbox, Input, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useAddress } from '@/kit/address'
import { KindTag, RiskBadge } from '@/kit/badge'
import { TableTools, useColumns } from '@/kit/columns'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { col } from '@/kit/tokens'
import { kitWords } from '@/kit/words'
import { useProducts, type ShelfFilter } from '../queries'
import type { Product } from '../wire'
import { productWords } from '../words'
import { ProductStatus, Term, Yield } from './cells'
import { Compare } from './compare'

const most = 3
const kinds = ['deposit', 'wealth', 'fund', 'insurance', 'loan', 'card', 'metal'] as const
const risks = ['R1', 'R2', 'R3', 'R4', 'R5'] as const
const statuses = ['raising', 'open', 'closed', 'due'] as const

/** The shelf with its filters, and up to three products to compare. */
export function Shelf() {
  const words = useWords(productWords)
  const navigate = useNavigate()
  const [address, change] = useAddress()
  const filter = filterOf(address)
  const rows = useProducts(filter)
  const picked = address.get('pick')?.split('.').filter(Boolean) ?? []
  const all = useShelfColumns(picked, (keys) => change({ pick: keys.join('.') }))
  const filtered = Boolean(filter.q) || [filter.kind, filter.risk, filter.status].some((list) => list.length > 0)
  return (
    <Panel flush>
      <Filters filter={filter} all={all} picked={picked} />
      <DataTable
        label={words.title}
        rows={rows}
        columns={useColumns(all)}
        rowKey={(row) => row.product_no}
        keyboard
        onOpen={(row) => void navigate(`/products/${encodeURIComponent(row.product_no)}`)}
        filtered={filtered}
        onClearFilters={() => change({ q: undefined, kind: undefined, risk: undefined, status: undefined })}
        empty={<Empty title={words.empty} hint={words.emptyHint} />}
      />
    </Panel>
  )
}

function filterOf(address: URLSearchParams): ShelfFilter {
  const list = <T extends string>(name: string) => (address.get(name)?.split('.').filter(Boolean) ?? []) as T[]
  return { q: address.get('q') ?? '', kind: list('kind'), risk: list('risk'), status: list('status') }
}

function Filters({ filter, all, picked }: { filter: ShelfFilter; all: Column<Product>[]; picked: string[] }) {
  const words = useWords(productWords)
  const kit = useWords(kitWords)
  const [, change] = useAddress()
  const [comparing, setComparing] = useState(false)
  const choose = (name: 'kind' | 'risk' | 'status', options: { value: string; label: string }[], label: string) => (
    <Select<string[]>
      mode="multiple"
      allowClear
      maxTagCount="responsive"
      popupMatchSelectWidth={false}
      className="lk-filter"
      placeholder={label}
      aria-label={label}
      value={filter[name]}
      options={options}
      onChange={(values) => change({ [name]: values.join('.') })}
    />
  )
  return (
    <div className="lk-filters">
      <Input.Search
        className="lk-filter-text"
        allowClear
        placeholder={words.searchPlaceholder}
        defaultValue={filter.q}
        onSearch={(q) => change({ q })}
      />
      {choose(
        'kind',
        kinds.map((value) => ({ value, label: kit.productKinds[value] ?? value })),
        words.kind,
      )}
      {choose(
        'risk',
        risks.map((value) => ({ value, label: `${value} ${kit.productRiskNames[value] ?? ''}` })),
        words.risk,
      )}
      {choose(
        'status',
        statuses.map((value) => ({ value, label: words.statuses[value] ?? value })),
        words.status,
      )}
      <div className="lk-filters-end lk-row">
        {picked.length > 0 && (
          <>
            <Button type="link" onClick={() => change({ pick: undefined })}>
              {words.clear}
            </Button>
            <Button type="primary" disabled={picked.length < 2} onClick={() => setComparing(true)}>
              {words.compareCount(picked.length)}
            </Button>
          </>
        )}
        <TableTools all={all} />
      </div>
      <Compare productNos={picked} open={comparing} onClose={() => setComparing(false)} />
    </div>
  )
}

function useShelfColumns(picked: string[], pick: (keys: string[]) => void): Column<Product>[] {
  const words = useWords(productWords)
  const { message } = App.useApp()
  const toggle = (no: string) => {
    if (picked.includes(no)) return pick(picked.filter((other) => other !== no))
    if (picked.length >= most) return void message.info(words.compareHint)
    return pick([...picked, no])
  }
  return [
    {
      key: 'pick',
      title: words.compare,
      width: col.tiny,
      align: 'center',
      fixed: true,
      card: 'none',
      render: (row) => (
        <Checkbox
          aria-label={`${words.compare} ${row.name}`}
          checked={picked.includes(row.product_no)}
          onChange={() => toggle(row.product_no)}
        />
      ),
    },
    {
      key: 'name',
      title: words.name,
      fixed: true,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.name}</span>
          <span>{row.product_no}</span>
        </span>
      ),
    },
    { key: 'kind', title: words.kind, width: col.short, card: 'badge', render: (row) => <KindTag kind={row.kind} /> },
    {
      key: 'risk',
      title: words.risk,
      width: col.normal,
      render: (row) =>
        row.risk ? <RiskBadge level={row.risk} named /> : <span className="lk-none">{words.noRisk}</span>,
    },
    {
      key: 'term',
      title: words.term,
      width: col.short,
      align: 'right',
      render: (row) => <Term days={row.term_days} />,
    },
    {
      key: 'yield',
      title: words.yield,
      width: col.wide,
      align: 'right',
      card: 'figure',
      render: (row) => <Yield product={row} />,
    },
    {
      key: 'minimum',
      title: words.minimum,
      width: col.normal,
      align: 'right',
      render: (row) => <Money minor={row.min_amount || null} currency={row.currency} />,
    },
    { key: 'status', title: words.status, width: col.short, render: (row) => <ProductStatus status={row.status} /> },
    { key: 'matures', title: words.matures, width: col.normal, render: (row) => <DateText at={row.matures_on} /> },
    { key: 'issuer', title: words.issuer, hidden: true, card: 'none', render: (row) => row.issuer || '—' },
    { key: 'saleTo', title: words.onSale, hidden: true, card: 'none', render: (row) => <DateText at={row.sale_to} /> },
  ]
}
