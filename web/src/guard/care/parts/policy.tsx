import { RiskBadge, StatusTag } from '@/kit/badge'
import { Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { kitWords } from '@/kit/words'
import { PolicyDraft } from '../selling/policy'
import type { SuitabilityPolicy } from '../wire'
import { useSuitabilityPolicy } from '../queries'
import { careWords } from '../words'

const grades = [1, 2, 3, 4, 5] as const

/** The matching matrix, the numbers with their sources, and the points a check looks at. */
export function PolicyTab() {
  const query = useSuitabilityPolicy()
  return <Loaded query={query}>{(policy) => <View policy={policy} />}</Loaded>
}

function View({ policy }: { policy: SuitabilityPolicy }) {
  const words = useWords(careWords)
  const kit = useWords(kitWords)
  const matrix = policy.numbers.find((one) => one.name === 'matrix')?.value
  const highest = Array.isArray(matrix) ? matrix.map(Number) : []
  const shown = (name: string, value: number | (number | string)[]): string =>
    Array.isArray(value)
      ? value.map((one) => (name === 'kinds' ? (kit.productKinds[String(one)] ?? one) : one)).join(' ')
      : String(value)
  return (
    <div className="lk-stack">
      <PolicyDraft policy={policy} shown={shown} />
      <div className="lk-grid">
        <Panel title={words.matrix} className="lk-span-5" extra={words.version(policy.version)}>
          <table className="lk-reach">
            <thead>
              <tr>
                <th scope="col">{words.tolerance}</th>
                {grades.map((grade) => (
                  <th key={grade} scope="col">
                    <RiskBadge level={`R${grade}`} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {highest.map((top, place) => (
                <tr key={place}>
                  <th scope="row">
                    <RiskBadge level={`C${place + 1}`} named />
                  </th>
                  {grades.map((grade) => (
                    <td key={grade} className={grade <= top ? 'lk-good' : 'lk-faint'}>
                      {grade <= top ? words.fits : '—'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Panel>
        <Panel title={words.numbers} className="lk-span-7">
          <ul className="lk-lines">
            {policy.numbers
              .filter((one) => one.name !== 'matrix')
              .map((one) => (
                <li key={one.name}>
                  <div className="lk-row-between">
                    <span>{one.title}</span>
                    <b className="lk-figure">{shown(one.name, one.value)}</b>
                  </div>
                  <div className="lk-small lk-faint">
                    {one.source} {one.verify && <StatusTag tone="warn">{words.verify}</StatusTag>}
                  </div>
                </li>
              ))}
          </ul>
        </Panel>
        <Panel title={words.points} className="lk-span-12">
          <ul className="lk-lines">
            {policy.points.map((point) => (
              <li key={point.point}>
                <div className="lk-row">
                  <b>{point.message}</b>
                  {point.insistable && <StatusTag tone="primary">{words.insistable}</StatusTag>}
                </div>
                <div className="lk-small lk-soft">{point.words}</div>
                <div className="lk-small lk-remedy">{point.remedy}</div>
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </div>
  )
}
