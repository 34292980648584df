import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import type { Party, ReviewDetail } from '../wire'
import { identityWords } from '../words'

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
    <table className="lk-compare">
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
              <Agreement left={left[field]} right={right[field]} />
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

function Agreement({ left, right }: { left: string | null; right: string | null }) {
  const words = useWords(identityWords)
  if (!left || !right) return <StatusTag>{words.missing}</StatusTag>
  return left === right ? (
    <StatusTag tone="good">{words.agree}</StatusTag>
  ) : (
    <StatusTag tone="warn">{words.differ}</StatusTag>
  )
}
