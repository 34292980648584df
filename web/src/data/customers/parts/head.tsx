import { EyeOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState, type ReactNode } from 'react'
import { useMay } from '@/kit/actor'
import { Fact, Facts, RiskBadge, StatusTag, TierBadge } from '@/kit/badge'
import { Ago, DateText, Trend, today } from '@/kit/figure'
import { daysUntil } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { DetailHeader } from '@/kit/page'
import { kitWords } from '@/kit/words'
import type { CustomerPage, Reminder, RevealField } from '../wire'
import { customerWords } from '../words'
import { changeRatio } from '../change'
import { Reveal } from './reveal'

/** The top of the 360 page: identity, tier, AUM, risk validity, reminders. */
export function Head({ customer }: { customer: CustomerPage }) {
  const words = useWords(customerWords)
  const kit = useWords(kitWords)
  const may = useMay('customer.reveal')
  const [asked, setAsked] = useState<RevealField | null>(null)
  const [clear, setClear] = useState<Partial<Record<RevealField, string[]>>>({})
  const { identity } = customer
  const field = (name: RevealField, shown: ReactNode) => (
    <Masked
      name={words.fields[name] ?? name}
      shown={clear[name] ? <Lines texts={clear[name]} /> : shown}
      onAsk={may && identity.masked.includes(name) && !clear[name] ? () => setAsked(name) : undefined}
    />
  )
  const badges = (
    <>
      <TierBadge tier={customer.tier} />
      {customer.kind === 'company' && <StatusTag>{words.company}</StatusTag>}
      {customer.erased && <StatusTag tone="warn">{words.erased}</StatusTag>}
      <RiskBadge level={customer.risk_tolerance} named />
      <Validity until={customer.risk_valid_until} />
    </>
  )
  return (
    <>
      <DetailHeader
        name={field('name', identity.name)}
        badges={badges}
        actions={<span className="lk-faint lk-small">{`${kit.asOf} ${customer.as_of}`}</span>}
        facts={<HeadFacts customer={customer} field={field} />}
        alerts={customer.reminders.length > 0 && <Reminders reminders={customer.reminders} />}
      />
      <Reveal
        customerNo={customer.customer_no}
        field={asked}
        onClose={() => setAsked(null)}
        onClear={(name, values) => setClear((before) => ({ ...before, [name]: values }))}
      />
    </>
  )
}

interface HeadFactsProps {
  customer: CustomerPage
  field: (name: RevealField, shown: ReactNode) => ReactNode
}

function HeadFacts({ customer, field }: HeadFactsProps) {
  const words = useWords(customerWords)
  const { identity, amounts } = customer
  const age = identity.age === null ? '' : words.age(identity.age)
  const gender = identity.gender ? (words.genders[identity.gender] ?? '') : ''
  return (
    <Facts>
      <Fact name={words.aumMean}>
        <span className="lk-big">
          <Money minor={amounts.aum_mavg} />
        </span>
      </Fact>
      <Fact name={words.change}>
        <span className="lk-row">
          <Trend ratio={changeRatio(amounts.aum, amounts.change_3m)} />
          <Money minor={amounts.change_3m} sign />
        </span>
      </Fact>
      <Fact name={words.rm}>{[customer.rm_name || words.noRm, customer.branch_name].filter(Boolean).join(' · ')}</Fact>
      <Fact name={words.lastContact}>
        {customer.last_contact_at ? (
          <Ago at={customer.last_contact_at} today={today()} />
        ) : (
          <span className="lk-warn">{words.never}</span>
        )}
      </Fact>
      <Fact name={words.customerNo}>{customer.customer_no}</Fact>
      {identity.phones.length > 0 && (
        <Fact name={words.phone}>{field('phone', <Lines texts={identity.phones} />)}</Fact>
      )}
      {identity.id_numbers.length > 0 && (
        <Fact name={identity.id_numbers.map((one) => words.idTypes[one.type] ?? one.type).join(' · ')}>
          {field('id_no', <Lines texts={identity.id_numbers.map((one) => one.number)} />)}
        </Fact>
      )}
      {identity.birth_date && <Fact name={words.birth}>{field('birth_date', identity.birth_date)}</Fact>}
      {(age || gender) && <Fact name={words.ageGender}>{[age, gender].filter(Boolean).join(' · ')}</Fact>}
      {identity.address && <Fact name={words.address}>{field('address', identity.address)}</Fact>}
    </Facts>
  )
}

/** Several values of one field, one below the other. */
function Lines({ texts }: { texts: string[] }) {
  return texts.map((text) => (
    <span key={text} className="lk-line">
      {text}
    </span>
  ))
}

function Masked({ name, shown, onAsk }: { name: string; shown: ReactNode; onAsk: (() => void) | undefined }) {
  const words = useWords(customerWords)
  const label = words.revealField(name)
  return (
    <span className="lk-masked">
      <span>{shown}</span>
      {onAsk && (
        <Button type="link" size="small" icon={<EyeOutlined />} aria-label={label} title={label} onClick={onAsk} />
      )}
    </span>
  )
}

function Validity({ until }: { until: string | null }) {
  const words = useWords(customerWords)
  if (!until) return null
  const expired = daysUntil(until, today()) < 0
  return (
    <span className={`lk-small ${expired ? 'lk-bad' : 'lk-faint'}`}>
      {expired ? words.expiredOn(until) : words.validUntil(until)}
    </span>
  )
}

const urgent = new Set(['complaint_open', 'risk_expired', 'aum_drop'])

function Reminders({ reminders }: { reminders: Reminder[] }) {
  const words = useWords(customerWords)
  const face = (kind: string) =>
    urgent.has(kind) ? ' lk-reminder-bad' : kind === 'birthday' ? ' lk-reminder-calm' : ''
  return (
    <div className="lk-reminders" role="list" aria-label={words.reminderTitle}>
      {reminders.map((one) => (
        <span key={one.kind} role="listitem" className={`lk-reminder${face(one.kind)}`}>
          <b>{words.reminders[one.kind] ?? one.kind}</b>
          {one.amount !== null && <Money minor={one.amount} sign={one.kind === 'aum_drop'} />}
          {one.on && <DateText at={one.on} />}
          {one.days !== null && <span className="lk-figure">{words.reminderDays(one.days)}</span>}
        </span>
      ))}
    </div>
  )
}
