import { useParams } from 'react-router'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { AddRelation } from './parts/add'
import { GraphPanel } from './parts/graph'
import { GroupsOf } from './parts/groupsof'
import { useNameOf } from './queries'
import { graphWords } from './words'
import './graph.css'

/** The relation graph of one customer: the picture, the list, and the groups with their sums. */
export function CirclePage() {
  const words = useWords(graphWords)
  const { no = '' } = useParams()
  const name = useNameOf(no)
  return (
    <Page
      title={name ? words.circleOf(name) : words.title}
      note={no}
      back={{ to: `/customers/${no}`, label: words.backCustomer }}
      actions={<AddRelation customerNo={no} />}
    >
      <GraphPanel key={no} customerNo={no} />
      <GroupsOf customerNo={no} />
    </Page>
  )
}
