import { Drawer, Segmented, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAddress } from '@/kit/address'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel, Tile, Tiles } from '@/kit/page'
import { channels } from '@/kit/reach'
import { DataTable, type Column } from '@/kit/table'
import { size } from '@/kit/tokens'
import { useRefusalCounts, useRefusals } from '../queries'
import { checks, evidenceLines } from '../verdict'
import type { Refusal, RefusalCount } from '../wire'
import { gateWords } from '../words'

const mostTiles = 5

/** Every blocked send, each explained in one line. */
export function Refusals() {
  const words = useWords(gateWords)
  const [address, change] = useAddress()
  const [opened, setOpened] = useState<Refusal | null>(null)
  const check = checks.find((one) => one === address.get('check'))
  const channel = channels.find((one) => one === address.get('channel'))
  const kind = address.get('kind') ?? ''
  const rows = useRefusals({
    ...(check ? { check } : {}),
    ...(channel ? { channel } : {}),
    ...(kind ? { trial: kind === 'trial' } : {}),
  })
  const options = (names: readonly string[], of: Record<string, string>) =>
    names.map((value) => ({ value, label: of[value] ?? value }))
  return (
    <div className="lk-stack">
      <Counts />
      <Panel flush>
        <div className="lk-filters">
          <Segmented
            value={kind}
            options={[
              { value: '', label: words.all },
              { value: 'sent', label: words.realSends },
              { value: 'trial', label: words.trials },
            ]}
            onChange={(value) => change({ kind: value })}
          />
          <Select
            className="lk-filter"
            allowClear
            placeholder={words.check}
            aria-label={words.check}
            value={check ?? null}
            options={options(checks, words.checkNames)}
            onChange={(value: string | null) => change({ check: value ?? undefined })}
          />
          <Select
            className="lk-filter"
            allowClear
            placeholder={words.channel}
            aria-label={words.channel}
            value={channel ?? null}
            options={options(channels, words.channelNames)}
            onChange={(value: string | null) => change({ channel: value ?? undefined })}
          />
        </div>
        <DataTable
          label={words.tabs['refusals'] ?? ''}
          rows={rows}
          columns={useColumns()}
          rowKey={(row) => row.id}
          keyboard
          onOpen={setOpened}
          filtered={Boolean(check ?? channel ?? kind)}
          onClearFilters={() => change({ check: undefined, channel: undefined, kind: undefined })}
          empty={<Empty title={words.noRefusals} hint={words.noRefusalsHint} />}
        />
      </Panel>
      <Drawer open={opened !== null} title={words.refusal} size={size.drawer} onClose={() => setOpened(null)}>
        {opened && <Detail refusal={opened} />}
      </Drawer>
    </div>
  )
}

function totals(counts: RefusalCount[]): [string, number][] {
  const sums = new Map<string, number>()
  for (const one of counts) sums.set(one.check, (sums.get(one.check) ?? 0) + one.count)
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, mostTiles)
}

function Counts() {
  const words = useWords(gateWords)
  const query = useRefusalCounts()
  return (
    <Loaded query={query} small>
      {(counts) =>
        counts.length > 0 && (
          <Tiles>
            {totals(counts).map(([check, sum]) => (
              <Tile key={check} name={words.checkNames[check] ?? check} value={count(sum)} note={words.last30} />
            ))}
          </Tiles>
        )
      }
    </Loaded>
  )
}

function useColumns(): Column<Refusal>[] {
  const words = useWords(gateWords)
  return [
    { key: 'at', title: words.time, render: (row) => <DateText at={row.at} time /> },
    {
      key: 'line',
      title: words.why,
      card: 'title',
      render: (row) => <span className="lk-reason">{row.line}</span>,
    },
    {
      key: 'check',
      title: words.check,
      card: 'badge',
      render: (row) => <StatusTag tone="bad">{words.checkNames[row.check] ?? row.title}</StatusTag>,
    },
    {
      key: 'customer',
      title: words.customer,
      render: (row) => <Link to={`/customers/${row.customer_no}?tab=compliance`}>{row.customer_no}</Link>,
    },
    { key: 'channel', title: words.channel, render: (row) => words.channelNames[row.channel] ?? row.channel },
    { key: 'purpose', title: words.purpose, render: (row) => words.purposeNames[row.purpose] ?? row.purpose },
    { key: 'trial', title: words.origin, render: (row) => (row.trial ? words.trial : words.realSend) },
  ]
}

function Detail({ refusal }: { refusal: Refusal }) {
  const words = useWords(gateWords)
  const lines = evidenceLines(refusal.evidence, words)
  return (
    <div className="lk-stack">
      <div className="lk-ruling lk-ruling-bad">
        <div>
          <div className="lk-strong">{refusal.reason}</div>
          {refusal.remedy && (
            <div>
              <b>{words.remedy}</b> {refusal.remedy}
            </div>
          )}
        </div>
      </div>
      <Facts columns={2}>
        <Fact name={words.customer}>
          <Link to={`/customers/${refusal.customer_no}?tab=compliance`}>{refusal.customer_no}</Link>
        </Fact>
        <Fact name={words.time}>
          <DateText at={refusal.at} time />
        </Fact>
        <Fact name={words.channel}>{words.channelNames[refusal.channel] ?? refusal.channel}</Fact>
        <Fact name={words.purpose}>{words.purposeNames[refusal.purpose] ?? refusal.purpose}</Fact>
        {refusal.product_no && (
          <Fact name={words.product}>
            <Link to={`/products/${refusal.product_no}`}>{refusal.product_no}</Link>
          </Fact>
        )}
        {refusal.campaign && <Fact name={words.campaign}>{refusal.campaign}</Fact>}
        <Fact name={words.check}>{words.checkNames[refusal.check] ?? refusal.title}</Fact>
        <Fact name={words.version}>{refusal.policy_version}</Fact>
        <Fact name={words.origin}>{refusal.trial ? words.trial : words.realSend}</Fact>
      </Facts>
      {lines.length > 0 && (
        <div>
          <h3>{words.evidence}</h3>
          <ul className="lk-small lk-soft">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
