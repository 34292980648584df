import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { StatusTag } from '@/kit/badge'
import { Fault } from '@/kit/faces'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useConsistency } from '../queries'
import type { Consistency } from '../wire'
import { auditWords } from '../words'
import { Hash } from './checkpoints'

/** Proves that an earlier size of the log is the beginning of a later one: nothing before it was changed since. */
export function ConsistencyPanel({ size }: { size: number }) {
  const words = useWords(auditWords)
  const [first, setFirst] = useState<number | null>(null)
  const [second, setSecond] = useState<number | null>(size)
  const [asked, setAsked] = useState<[number, number] | null>(null)
  const query = useConsistency(asked)
  const fits = first !== null && second !== null && first >= 1 && first <= second && second <= size
  return (
    <Panel title={words.continues}>
      <p className="lk-soft">{words.continuesHint}</p>
      <form
        className="lk-row lk-foot-space"
        onSubmit={(event) => {
          event.preventDefault()
          if (fits) setAsked([first, second])
        }}
      >
        <label className="lk-row">
          {words.earlier}
          <InputNumber min={1} max={size} precision={0} value={first} onChange={setFirst} placeholder="1" />
        </label>
        <label className="lk-row">
          {words.later}
          <InputNumber min={1} max={size} precision={0} value={second} onChange={setSecond} />
        </label>
        <Button htmlType="submit" disabled={!fits} loading={query.isFetching}>
          {words.prove}
        </Button>
        {first !== null && !fits && <span className="lk-soft">{words.sizesWrong(count(size))}</span>}
      </form>
      {query.error && <Fault small error={query.error} />}
      {query.data && !query.isFetching && <Told proof={query.data} />}
    </Panel>
  )
}

function Told({ proof }: { proof: Consistency }) {
  const words = useWords(auditWords)
  const [first, second] = [count(proof.first), count(proof.second)]
  return (
    <>
      <div className={`lk-ruling lk-ruling-${proof.holds ? 'good' : 'bad'} lk-foot-space`} role="status">
        {proof.holds ? words.continuesSays(first, second) : words.continuesNot(first, second)}
      </div>
      <ol className="lk-steps">
        <Root words={words.rootOf(first)} hash={proof.first_root} signed={proof.first_signed} />
        <li>
          <b>{words.stepContinues(proof.path.length)}</b>
          {proof.path.map((hash, place) => (
            <div key={place}>
              <Hash value={hash} />
            </div>
          ))}
        </li>
        <Root words={words.rootOf(second)} hash={proof.second_root} signed={proof.second_signed} />
      </ol>
    </>
  )
}

function Root({ words, hash, signed }: { words: string; hash: string; signed: boolean }) {
  const { rootSigned, rootBetween } = useWords(auditWords)
  return (
    <li>
      <b>{words}</b>
      <div className="lk-row">
        <Hash value={hash} />
        <StatusTag tone={signed ? 'good' : 'neutral'}>{signed ? rootSigned : rootBetween}</StatusTag>
      </div>
    </li>
  )
}
