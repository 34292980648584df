import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { StatusTag, type Tone } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import type { Party, ReviewDetail, Waterfall } from '../wire'
import { identityWords } from '../words'

type Step = Waterfall['steps'][number]

const fields = [
  'name',
  'kind',
  'id_type',
  'id_no',
  'birth_date',
  'gender',
  'phone',
  'phone2',
  'email',
  'city',
  'address',
] as const

/** Both records, field by field; a row neither source holds is left out. */
export function SideBySide({ detail }: { detail: ReviewDetail }) {
  const words = useWords(identityWords)
  const { left, right, review } = detail
  const shown = fields.filter((field) => left[field] || right[field])
  const value = (party: Party, field: (typeof fields)[number]) => {
    const text = party[field]
    return text ? (words.values[text] ?? text) : <span className="lk-none">—</span>
  }
  return (
    <table className="lk-compare lk-pair-table">
      <thead>
        <tr>
          <td />
          <th scope="col">{words.systems[left.source] ?? left.source}</th>
          <th scope="col">{words.systems[right.source] ?? right.source}</th>
          <td className="lk-verdict" />
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{words.fields['source_key']}</th>
          <td>
            <code>{left.source_key}</code>
          </td>
          <td>
            <code>{right.source_key}</code>
          </td>
          <td />
        </tr>
        <tr>
          <th scope="row">{words.currentNo}</th>
          <td>
            <CustomerLink no={review.left_customer_no} />
          </td>
          <td>
            <CustomerLink no={review.right_customer_no} />
          </td>
          <td />
        </tr>
        {shown.map((field) => (
          <tr key={field}>
            <th scope="row">{words.fields[field]}</th>
            <td>{value(left, field)}</td>
            <td>{value(right, field)}</td>
            <td>
              <Agreement step={stepOf(detail.waterfall, field)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function CustomerLink({ no }: { no: string }) {
  const may = useMay('customer.read')
  return may ? <Link to={`/customers/${no}`}>{no}</Link> : <>{no}</>
}

/** Which comparison of the waterfall weighed a field. */
const comparisons: Partial<Record<(typeof fields)[number], string>> = {
  name: 'called',
  id_no: 'identity',
  birth_date: 'born',
  gender: 'sex',
  phone: 'phone',
  email: 'mail',
  address: 'home',
}

function stepOf(waterfall: Waterfall, field: (typeof fields)[number]): Step | undefined {
  return waterfall.steps.find((step) => step.comparison === comparisons[field])
}

/** How the machine found the two values: it saw them in clear, the reader sees them masked. */
function Agreement({ step }: { step: Step | undefined }) {
  if (!step) return null
  const tone: Tone = step.weight > 0 ? 'good' : step.weight < 0 ? 'bad' : 'neutral'
  return <StatusTag tone={tone}>{step.outcome_label}</StatusTag>
}
