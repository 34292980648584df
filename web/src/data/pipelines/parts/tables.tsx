import { Collapse, Input } from 'antd'
import { useState } from 'react'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import type { LakeTable } from '../wire'
import { pipelineWords } from '../words'

interface TablesProps {
  tables: LakeTable[]
  onInsert: (text: string) => void
  readOnly: boolean
}

/** The tables a query may read; a click puts a column's name into it. */
export function Tables({ tables, onInsert, readOnly }: TablesProps) {
  const words = useWords(pipelineWords)
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const found = tables.filter(
    (table) =>
      !wanted ||
      [table.name, table.meaning, ...table.columns.flatMap((c) => [c.name, c.meaning])].some((word) =>
        word.toLowerCase().includes(wanted),
      ),
  )
  const items = found.map((table) => ({
    key: table.name,
    label: (
      <span className="lk-row-between">
        <span>
          <code>{table.name}</code> <span className="lk-small lk-faint">{table.meaning.split(/[：，；]/)[0]}</span>
        </span>
        <span className="lk-small lk-faint">{count(table.rows)}</span>
      </span>
    ),
    children: (
      <ul className="lk-lines">
        {table.columns.map((column) => (
          <li key={column.name} title={`${column.meaning} ${column.kind}`.trim()}>
            {readOnly ? (
              <code>{column.name}</code>
            ) : (
              <a
                role="button"
                tabIndex={0}
                onClick={() => onInsert(column.name)}
                onKeyDown={(event) => event.key === 'Enter' && onInsert(column.name)}
              >
                <code>{column.name}</code>
              </a>
            )}
            <span className="lk-small lk-faint">
              {words.typeOf(column.kind)} {column.unit}
            </span>
          </li>
        ))}
      </ul>
    ),
  }))
  return (
    <Panel title={words.sources}>
      <Input allowClear value={text} placeholder={words.find} onChange={(event) => setText(event.target.value)} />
      <Collapse ghost size="small" items={items} />
    </Panel>
  )
}
