import { Collapse } from 'antd'
import { Fragment } from 'react'
import { StatusTag } from '@/kit/badge'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { stepsOf } from '../proof'
import type { EntryProof } from '../wire'
import { auditWords } from '../words'
import { Hash } from './checkpoints'

/** An inclusion proof in words: entry → leaf → neighbours on the way → root → signature. */
export function ProofSteps({ proof }: { proof: EntryProof }) {
  const words = useWords(auditWords)
  const { checkpoint, entry } = proof
  const steps = stepsOf(entry.n, checkpoint.size, proof.path)
  const algorithm = checkpoint.hash.toUpperCase()
  return (
    <>
      <div className={`lk-ruling lk-ruling-${steps ? 'calm' : 'bad'}`} role="status">
        {steps ? words.proofSays(count(entry.n), count(checkpoint.size), steps.length) : words.proofWrong}
      </div>
      <ol className="lk-steps lk-foot-space">
        <li>
          <b>{words.stepLeaf(algorithm)}</b>
          <div>
            <Hash value={proof.leaf} />
          </div>
        </li>
        <li>
          <b>{words.stepPath(proof.path.length)}</b>
          {steps?.map((step, place) => (
            <Fragment key={place}>
              <div className="lk-row">
                <StatusTag tone={step.side === 'left' ? 'primary' : 'plum'}>{words.sides[step.side]}</StatusTag>
                <Hash value={step.hash} />
              </div>
            </Fragment>
          ))}
        </li>
        <li>
          <b>{words.stepRoot}</b>
          <div>
            <Hash value={checkpoint.root} />
          </div>
        </li>
        <li>
          <b>{words.stepSigned(count(checkpoint.size))}</b>
          <div>
            <Hash value={checkpoint.signature} />
          </div>
          <div className="lk-small lk-faint">
            {words.key} <Hash value={checkpoint.key_id} />
          </div>
        </li>
      </ol>
      <Collapse
        size="small"
        items={[{ key: 'raw', label: words.raw, children: <pre className="lk-pre">{proof.raw}</pre> }]}
      />
    </>
  )
}
