import { Button, Table, type TableColumnsType } from 'antd'
import { useState, type ReactNode } from 'react'
import { BlockSkeleton, Face, Fault } from './faces'
import { count } from './format'
import { useKeys } from './keys'
import { useWords } from './lang'
import { usePreferences } from './preferences'
import { useNarrow } from './screen'
import { CardList } from './cards'
import { kitWords } from './words'

export interface Column<T> {
  key: string
  title: string
  render: (row: T) => ReactNode
  width?: number
  align?: 'left' | 'right' | 'center'
  /** Off until the reader picks it. */
  hidden?: boolean
  /** Cannot be taken off. */
  fixed?: boolean
  /** Where it stands on a phone's card. */
  card?: 'title' | 'badge' | 'figure' | 'line' | 'none'
}

export interface Rows<T> {
  items: T[] | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
  hasMore?: boolean
  isFetchingMore?: boolean
  more?: () => unknown
}

interface DataTableProps<T> {
  rows: Rows<T>
  columns: Column<T>[]
  rowKey: (row: T) => string
  onOpen?: (row: T) => void
  /** A filter is on, so an empty list means "no match" and not "nothing here". */
  filtered?: boolean
  onClearFilters?: () => void
  empty?: ReactNode
  /** j, k and Enter walk this table; at most one on a page. */
  keyboard?: boolean
  label: string
  footer?: ReactNode
}

/** A list: skeleton, fault, empty and no-match faces; a table on a desk, cards on a phone; pages by "load more". */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const {
    rows,
    columns,
    rowKey,
    onOpen,
    filtered = false,
    onClearFilters,
    empty,
    keyboard = false,
    label,
    footer,
  } = props
  const words = useWords(kitWords)
  const narrow = useNarrow()
  const { compact } = usePreferences()
  const items = rows.items ?? []
  const [active, setActive] = useActiveRow(items, keyboard, onOpen)

  if (rows.items === undefined) {
    if (rows.error) return <Fault error={rows.error} onRetry={() => void rows.refetch()} />
    return <BlockSkeleton rows={8} />
  }
  if (items.length === 0) {
    if (!filtered) return empty ?? <Face kind="empty" title={words.emptyTitle} />
    const clear = onClearFilters && <Button onClick={onClearFilters}>{words.clearFilters}</Button>
    return <Face kind="filtered" title={words.emptyFiltered} hint={words.emptyFilteredHint} action={clear} />
  }
  const foot = (footer || rows.hasMore !== undefined) && <Foot rows={rows} shown={items.length} extra={footer} />
  if (narrow) {
    return (
      <>
        <CardList items={items} columns={columns} rowKey={rowKey} {...(onOpen ? { onOpen } : {})} />
        {foot}
      </>
    )
  }
  return (
    <>
      <Table<T>
        aria-label={label}
        className="lk-table"
        size={compact ? 'small' : 'middle'}
        columns={columns.map(toAntd)}
        dataSource={items}
        rowKey={rowKey}
        pagination={false}
        sticky={{ offsetHeader: 0 }}
        scroll={{ x: 'max-content' }}
        rowClassName={(_, index) => `${onOpen ? 'lk-row-open' : ''}${index === active ? ' lk-row-active' : ''}`}
        onRow={(row, index) => ({
          'aria-current': index === active ? 'true' : undefined,
          onClick: (event) => {
            if ((event.target as HTMLElement).closest('a,button,input,label,.ant-select')) return
            setActive(index ?? -1)
            onOpen?.(row)
          },
        })}
      />
      {foot}
    </>
  )
}

function toAntd<T>(column: Column<T>): TableColumnsType<T>[number] {
  return {
    key: column.key,
    title: column.title,
    align: column.align ?? 'left',
    render: (_: unknown, row: T) => column.render(row),
    ...(column.width ? { width: column.width } : {}),
  }
}

function useActiveRow<T>(items: T[], keyboard: boolean, onOpen: ((row: T) => void) | undefined) {
  const [active, setActive] = useState(-1)
  const move = (step: number) => {
    const next = Math.min(Math.max(active + step, 0), items.length - 1)
    setActive(next)
    document.querySelectorAll('.lk-table .ant-table-row')[next]?.scrollIntoView({ block: 'nearest' })
  }
  useKeys(
    {
      j: () => move(1),
      k: () => move(-1),
      Enter: (event) => {
        const row = items[active]
        if (event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement) return
        if (row) onOpen?.(row)
      },
      Escape: () => setActive(-1),
    },
    keyboard && items.length > 0,
  )
  return [active, setActive] as const
}

function Foot<T>({ rows, shown, extra }: { rows: Rows<T>; shown: number; extra?: ReactNode }) {
  const words = useWords(kitWords)
  return (
    <div className="lk-table-foot">
      <span>{extra ?? words.shown(count(shown))}</span>
      {rows.hasMore && (
        <Button loading={rows.isFetchingMore ?? false} onClick={() => void rows.more?.()}>
          {rows.isFetchingMore ? words.loadingMore : words.more}
        </Button>
      )}
    </div>
  )
}
