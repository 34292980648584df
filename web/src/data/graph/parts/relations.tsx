import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { Percent } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { called } from '../look'
import { listed } from '../rows'
import type { Picture, Relation } from '../wire'
import { graphWords } from '../words'

interface RelationListProps {
  picture: Picture
  onOpen: (relation: Relation) => void
}

/** The relations of a picture as a list: the same facts for the keyboard, a screen reader and a phone. */
export function RelationList({ picture, onOpen }: RelationListProps) {
  const words = useWords(graphWords)
  const parties = new Map(picture.parties.map((party) => [party.key, party]))
  const name = (key: string) => called(parties.get(key), words)
  const columns: Column<Relation>[] = [
    {
      key: 'read',
      title: words.relation,
      card: 'title',
      render: (row) => words.read[row.kind]?.(name(row.left), name(row.right)) ?? row.kind,
    },
    {
      key: 'sure',
      title: words.confidence,
      align: 'right',
      card: 'figure',
      render: (row) => <Percent ratio={row.confidence} digits={0} />,
    },
    {
      key: 'who',
      title: words.confirmedBy,
      render: (row) =>
        row.confirmed_by ? (
          <StatusTag tone="good">{row.confirmed_by}</StatusTag>
        ) : (
          <span className="lk-faint lk-small">{words.notConfirmed}</span>
        ),
    },
  ]
  return (
    <Panel title={words.relations} flush>
      <DataTable
        label={words.relations}
        rows={listed(picture.relations)}
        columns={columns}
        rowKey={(row) => String(row.id)}
        keyboard
        onOpen={onOpen}
        empty={<Empty small title={words.noRelations} hint={words.noRelationsHint} />}
      />
    </Panel>
  )
}
