import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Fact, Facts } from '@/kit/badge'
import { Count, DateText, Percent } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { TagNumber } from '@/kit/tagvalue'
import { useTables } from '../queries'
import type { TagDetail } from '../wire'
import { tagWords } from '../words'

/** What a tag means and how it stands, in the head of its page. */
export function TagFacts({ tag }: { tag: TagDetail }) {
  const words = useWords(tagWords)
  const { definition, spread } = tag
  const number = (value: number | null) => <TagNumber kind={definition.kind} unit={definition.unit} value={value} />
  return (
    <>
      <p className="lk-soft">{definition.meaning}</p>
      <Facts columns={4}>
        <Fact name={words.people}>
          <span className="lk-big">
            <Count value={spread?.filled} />
          </span>
        </Fact>
        <Fact name={words.filled}>
          <span className="lk-big">
            <Percent ratio={spread && spread.customers > 0 ? spread.filled / spread.customers : null} />
          </span>
        </Fact>
        {spread && spread.median !== null && (
          <>
            <Fact name={words.median}>{number(spread.median)}</Fact>
            <Fact name={words.range}>
              {number(spread.low)} – {number(spread.high)}
            </Fact>
          </>
        )}
        <Fact name={words.owner}>{definition.owner}</Fact>
        <Fact name={words.asOf}>
          <DateText at={tag.as_of} />
        </Fact>
        <Fact name={words.refreshed}>
          <DateText at={tag.refreshed_at} time />
        </Fact>
        <Fact name={words.piClass}>{words.piClasses[definition.pi]}</Fact>
      </Facts>
    </>
  )
}

/** How the tag is computed, from what, and what is made from it. */
export function Lineage({ tag }: { tag: TagDetail }) {
  const words = useWords(tagWords)
  const { definition } = tag
  const text = definition.measure ? definition.measure.filter : definition.expression
  return (
    <div className="lk-stack">
      <Part title={words.formula}>
        <p>{tag.sentence}</p>
        {text && <code className="lk-small">{text}</code>}
      </Part>
      <Part title={words.madeFrom}>
        {definition.measure ? <TableName name={definition.measure.table} /> : <Links items={tag.needs} />}
      </Part>
      <Part title={words.usedBy}>
        {tag.users.length === 0 ? (
          <span className="lk-faint">{words.nobody}</span>
        ) : (
          <ul className="lk-lines">
            {tag.users.map((one) => (
              <li key={`${one.kind} ${one.key}`}>
                <span className="lk-faint">{words.nodeKinds[one.kind] ?? one.kind}</span>{' '}
                {one.kind === 'tag' ? <Link to={`/tags/${one.key}`}>{one.label}</Link> : one.label}
              </li>
            ))}
          </ul>
        )}
      </Part>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <div className="lk-faint">{title}</div>
      {children}
    </div>
  )
}

function TableName({ name }: { name: string }) {
  const words = useWords(tagWords)
  const tables = useTables()
  return <span>{words.tableOf(tables.data?.find((one) => one.name === name)?.label ?? name)}</span>
}

function Links({ items }: { items: { code: string; name: string }[] }) {
  return (
    <ul className="lk-lines">
      {items.map((one) => (
        <li key={one.code}>
          <Link to={`/tags/${one.code}`}>{one.name}</Link>
        </li>
      ))}
    </ul>
  )
}
