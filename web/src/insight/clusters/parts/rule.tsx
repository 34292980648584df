import { Fact, Facts } from '@/kit/badge'
import { Percent } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import type { Cluster } from '../wire'
import { clusterWords } from '../words'

/** The rule that stands for a cluster, in Chinese and as text, with its fidelity. */
export function RulePart({ cluster }: { cluster: Cluster }) {
  const words = useWords(clusterWords)
  const rule = cluster.surrogate
  if (!rule.text) return <div className="lk-soft">{words.noRule}</div>
  return (
    <div className="lk-stack">
      <div className="lk-strong">{words.rule}</div>
      <div>{rule.chinese}</div>
      <code className="lk-small lk-soft">{rule.text}</code>
      <Facts columns={3}>
        <Fact name={<span title={words.precisionHint}>{words.precision}</span>}>
          <Percent ratio={rule.precision} />
        </Fact>
        <Fact name={<span title={words.recallHint}>{words.recall}</span>}>
          <Percent ratio={rule.recall} />
        </Fact>
        <Fact name={<span title={words.accuracyHint}>{words.accuracy}</span>}>
          <Percent ratio={rule.accuracy} />
        </Fact>
      </Facts>
      <div className="lk-small lk-faint">{words.named(count(rule.named))}</div>
    </div>
  )
}
