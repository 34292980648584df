import type { Column } from './table'

interface CardListProps<T> {
  items: T[]
  columns: Column<T>[]
  rowKey: (row: T) => string
  onOpen?: (row: T) => void
}

/** The same rows on a phone: a name, badges, one figure, and the rest as lines. */
export function CardList<T>({ items, columns, rowKey, onOpen }: CardListProps<T>) {
  const at = (place: Column<T>['card']) => columns.filter((column) => (column.card ?? 'line') === place)
  return (
    <ul className="lk-cards">
      {items.map((row) => (
        <li key={rowKey(row)} className="lk-card" onClick={() => onOpen?.(row)}>
          <div className="lk-card-top">
            {at('title').map((column) => (
              <strong key={column.key}>{column.render(row)}</strong>
            ))}
            {at('badge').map((column) => (
              <span key={column.key}>{column.render(row)}</span>
            ))}
            <span className="lk-card-figure">{at('figure').map((column) => column.render(row))}</span>
          </div>
          <div className="lk-card-lines">
            {at('line').map((column) => (
              <div key={column.key}>
                <span>{column.title}</span>
                <span>{column.render(row)}</span>
              </div>
            ))}
          </div>
        </li>
      ))}
    </ul>
  )
}
