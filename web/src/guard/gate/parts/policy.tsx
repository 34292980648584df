import { Button } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { clock } from '@/kit/reach'
import { usePolicy } from '../queries'
import type { Cap, Policy, Quiet, Rule, Wording } from '../wire'
import { gateWords } from '../words'
import { DraftDrawer } from './draft'

/** Caps, quiet hours, words and rules in force; a change is drafted as a new version. */
export function PolicyTab() {
  const query = usePolicy()
  return <Loaded query={query}>{(policy) => <PolicyView policy={policy} editable />}</Loaded>
}

export function PolicyView({ policy, editable = false }: { policy: Policy; editable?: boolean }) {
  const words = useWords(gateWords)
  const may = useMay('gate.edit')
  const [drafting, setDrafting] = useState(false)
  return (
    <div className="lk-stack">
      <div className="lk-row-between">
        <span className="lk-row">
          <StatusTag tone={policy.state === 'published' ? 'good' : 'warn'} dot>
            {words.states[policy.state]}
          </StatusTag>
          {words.policyVersion(policy.version)} · {words.permitLife(policy.permit_seconds)}
          {policy.note && <span className="lk-soft">{policy.note}</span>}
        </span>
        {editable && may && (
          <Button type="primary" onClick={() => setDrafting(true)}>
            {words.draft}
          </Button>
        )}
      </div>
      <div className="lk-grid">
        <Panel title={words.caps} className="lk-span-6">
          <ul className="lk-lines">
            {policy.caps.map((cap) => (
              <CapLine key={cap.name} cap={cap} />
            ))}
          </ul>
        </Panel>
        <Panel title={words.quiets} className="lk-span-6">
          <ul className="lk-lines">
            {policy.quiets.map((quiet) => (
              <QuietLine key={quiet.name} quiet={quiet} />
            ))}
          </ul>
        </Panel>
        <Panel title={words.wordings} className="lk-span-6">
          <ul className="lk-lines">
            {policy.wordings.map((wording) => (
              <WordingLine key={wording.name} wording={wording} />
            ))}
          </ul>
        </Panel>
        <Panel title={words.rules} className="lk-span-6">
          {policy.rules.length === 0 && <span className="lk-soft">{words.noRules}</span>}
          <ul className="lk-lines">
            {policy.rules.map((rule) => (
              <RuleLine key={rule.name} rule={rule} />
            ))}
          </ul>
        </Panel>
      </div>
      {drafting && <DraftDrawer policy={policy} onClose={() => setDrafting(false)} />}
    </div>
  )
}

function useNames() {
  const words = useWords(gateWords)
  const named = (names: readonly string[], of: Record<string, string>, none: string) =>
    names.length === 0 ? none : names.map((name) => of[name] ?? name).join(words.comma)
  return {
    channels: (names: readonly string[]) => named(names, words.channelNames, words.allChannels),
    purposes: (names: readonly string[]) => named(names, words.purposeNames, words.allPurposes),
    days: (names: readonly string[]) => named(names, words.dayKinds, words.everyDay),
  }
}

function CapLine({ cap }: { cap: Cap }) {
  const words = useWords(gateWords)
  const names = useNames()
  return (
    <li>
      <div className="lk-row-between">
        <b>{cap.name}</b>
        <span className="lk-figure">{words.capLine(cap.limit, cap.hours)}</span>
      </div>
      <div className="lk-small lk-soft">
        {names.channels(cap.channel ? [cap.channel] : [])} · {names.purposes(cap.purposes)}
      </div>
    </li>
  )
}

function QuietLine({ quiet }: { quiet: Quiet }) {
  const names = useNames()
  return (
    <li>
      <div className="lk-row-between">
        <b>{quiet.name}</b>
        <span className="lk-figure">
          {clock(quiet.from_minute)}–{clock(quiet.to_minute)}
        </span>
      </div>
      <div className="lk-small lk-soft">
        {names.channels(quiet.channels)} · {names.days(quiet.days)} · {names.purposes(quiet.purposes)}
      </div>
    </li>
  )
}

function WordingLine({ wording }: { wording: Wording }) {
  const words = useWords(gateWords)
  return (
    <li>
      <div className="lk-row">
        <b>{wording.name}</b>
        <StatusTag tone={wording.must ? 'primary' : 'bad'}>{wording.must ? words.must : words.mustNot}</StatusTag>
      </div>
      <div className="lk-small">{wording.words.join(words.comma)}</div>
      {wording.unless.length > 0 && (
        <div className="lk-small lk-faint">
          {words.unless} {wording.unless.join(words.comma)}
        </div>
      )}
    </li>
  )
}

function RuleLine({ rule }: { rule: Rule & { words?: string } }) {
  const words = useWords(gateWords)
  return (
    <li>
      <b>{rule.name}</b>
      <div>{rule.words}</div>
      <code className="lk-small lk-soft">{rule.text}</code>
      <div className="lk-small lk-faint">
        {rule.reason}
        {rule.remedy && ` · ${words.remedy} ${rule.remedy}`}
      </div>
    </li>
  )
}
