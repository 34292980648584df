import { CheckOutlined, MinusOutlined } from '@ant-design/icons'
import { Alert, App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { channels } from '@/kit/reach'
import { useAct } from '../queries'
import type { ActIn, Channel, Consent, EvidenceKind, Purpose } from '../wire'
import { careWords } from '../words'

const evidenceKinds: EvidenceKind[] = ['counter', 'paper', 'app', 'recording', 'call', 'source']

type Asked = Pick<ActIn, 'matter' | 'granted' | 'purpose' | 'channels'>

/** Purposes × channels: a tick is a grant; each may be withdrawn or granted with its evidence. */
export function Grants({ consent }: { consent: Consent }) {
  const words = useWords(careWords)
  const may = useMay('consent.edit')
  const [asked, setAsked] = useState<Asked | null>(null)
  const contact = (purpose: Purpose, channel: Channel, granted: boolean): Asked => ({
    matter: 'contact',
    purpose,
    channels: [channel],
    granted,
  })
  return (
    <>
      <div className="lk-scroll">
        <table className="lk-reach">
          <thead>
            <tr>
              <th scope="col">{words.channel}</th>
              {consent.grants.map((grant) => (
                <th key={grant.purpose} scope="col">
                  {words.purposeNames[grant.purpose]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {channels.map((channel) => (
              <tr key={channel}>
                <th scope="row">{words.channelNames[channel]}</th>
                {consent.grants.map((grant) => {
                  const granted = grant.channels.includes(channel)
                  return (
                    <td key={grant.purpose}>
                      <span className={granted ? 'lk-good' : 'lk-faint'}>
                        {granted ? <CheckOutlined aria-hidden /> : <MinusOutlined aria-hidden />}{' '}
                        {granted ? words.granted : words.notGranted}
                      </span>
                      {may && (
                        <Button
                          type="link"
                          size="small"
                          danger={granted}
                          aria-label={`${words.purposeNames[grant.purpose]} ${words.channelNames[channel]} ${granted ? words.withdraw : words.grant}`}
                          onClick={() => setAsked(contact(grant.purpose, channel, !granted))}
                        >
                          {granted ? words.withdraw : words.grant}
                        </Button>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="lk-lines lk-foot-space">
        {consent.grants.map(({ purpose, sensitive }) => (
          <li key={purpose} className="lk-row-between">
            <span>{`${words.matters['sensitive']} · ${words.purposeNames[purpose]}`}</span>
            <span className="lk-row">
              <span className={sensitive ? 'lk-good' : 'lk-faint'}>{sensitive ? words.granted : words.notGranted}</span>
              {may && (
                <Button
                  size="small"
                  danger={sensitive}
                  onClick={() => setAsked({ matter: 'sensitive', purpose, granted: !sensitive, channels: [] })}
                >
                  {sensitive ? words.withdraw : words.grant}
                </Button>
              )}
            </span>
          </li>
        ))}
        {(['personal', 'automated'] as const).map((matter) => (
          <li key={matter} className="lk-row-between">
            <span>{words.matters[matter]}</span>
            <span className="lk-row">
              <span className={consent[matter] ? 'lk-good' : 'lk-warn'}>
                {consent[matter] ? words.switchedOn : words.switchedOff}
              </span>
              {may && (
                <Button size="small" onClick={() => setAsked({ matter, granted: !consent[matter], channels: [] })}>
                  {consent[matter] ? words.switchOff : words.switchOn}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {asked && <ActDrawer customerNo={consent.customer_no} asked={asked} onClose={() => setAsked(null)} />}
    </>
  )
}

interface Fields {
  evidence_kind: EvidenceKind
  evidence_ref: string
}

function ActDrawer({ customerNo, asked, onClose }: { customerNo: string; asked: Asked; onClose: () => void }) {
  const words = useWords(careWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const act = useAct(customerNo)
  const what = [
    words.matters[asked.matter],
    asked.purpose && words.purposeNames[asked.purpose],
    ...(asked.channels ?? []).map((one) => words.channelNames[one]),
  ]
  const submit = (fields: Fields) =>
    act.mutate(
      { ...asked, ...fields, evidence_ref: fields.evidence_ref.trim(), evidence_digest: '' },
      {
        onSuccess: () => {
          void message.success(asked.granted ? words.grantDone : words.withdrawDone)
          onClose()
        },
      },
    )
  return (
    <FormDrawer<Fields>
      open
      title={`${asked.granted ? words.grant : words.withdraw} · ${what.filter(Boolean).join(' · ')}`}
      form={form}
      initial={{ evidence_kind: 'counter' }}
      busy={act.isPending}
      error={act.error}
      danger={!asked.granted}
      submitWord={asked.granted ? words.grant : words.withdraw}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item>
        <Alert type="info" showIcon title={asked.granted ? words.grantHint : words.withdrawHint} />
      </Form.Item>
      <Form.Item name="evidence_kind" label={words.evidenceKind}>
        <Select options={evidenceKinds.map((value) => ({ value, label: words.evidenceKinds[value] }))} />
      </Form.Item>
      <Form.Item
        name="evidence_ref"
        label={words.evidenceRef}
        rules={[{ required: true, whitespace: true, max: 80, message: words.evidenceNeeded }]}
      >
        <Input autoFocus placeholder={words.evidencePlaceholder} />
      </Form.Item>
    </FormDrawer>
  )
}
