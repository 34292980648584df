import { Select } from 'antd'
import { useNavigate } from 'react-router'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { Count, Percent } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
import { CustomerPick } from '@/kit/pickers'
import { DataTable, type Column } from '@/kit/table'
import { useGroups } from '../queries'
import type { GroupKind, GroupRow } from '../wire'
import { graphWords } from '../words'
import { MemberNames } from './party'

const kinds: GroupKind[] = ['family', 'enterprise']
const states: GroupRow['state'][] = ['found', 'confirmed']

/** All families and enterprises with a member in the reader's scope, largest first. */
export function Groups() {
  const words = useWords(graphWords)
  const navigate = useNavigate()
  const [address, change] = useAddress()
  const kind = kinds.find((one) => one === address.get('kind'))
  const state = states.find((one) => one === address.get('state'))
  const customer_no = address.get('customer') ?? undefined
  const rows = useGroups({ kind, state, customer_no })
  return (
    <Panel flush>
      <div className="lk-filters">
        <Select
          className="lk-filter"
          allowClear
          placeholder={words.allKinds}
          aria-label={words.allKinds}
          value={kind}
          options={kinds.map((value) => ({ value, label: words.kinds[value] }))}
          onChange={(value) => change({ kind: value })}
        />
        <Select
          className="lk-filter"
          allowClear
          placeholder={words.allStates}
          aria-label={words.allStates}
          value={state}
          options={states.map((value) => ({ value, label: words.states[value] }))}
          onChange={(value) => change({ state: value })}
        />
        <div className="lk-graph-find" aria-label={words.findCustomer}>
          <CustomerPick value={customer_no} onChange={(value) => change({ customer: value })} />
        </div>
      </div>
      <DataTable
        label={words.groups}
        rows={rows}
        columns={useColumns()}
        rowKey={(row) => String(row.id)}
        keyboard
        onOpen={(row) => void navigate(`/groups/${row.id}`)}
        filtered={Boolean(kind ?? state ?? customer_no)}
        onClearFilters={() => change({ kind: undefined, state: undefined, customer: undefined })}
        empty={<Empty title={words.noGroups} hint={words.noGroupsHint} />}
      />
    </Panel>
  )
}

function useColumns(): Column<GroupRow>[] {
  const words = useWords(graphWords)
  return [
    {
      key: 'group',
      title: words.group,
      card: 'title',
      render: (row) => (
        <span className="lk-row">
          {words.groupName(words.kinds[row.kind] ?? '', row.id)}
          {row.state === 'confirmed' && <StatusTag tone="good">{row.confirmed_by}</StatusTag>}
        </span>
      ),
    },
    { key: 'members', title: words.members, render: (row) => <MemberNames members={row.members} /> },
    {
      key: 'size',
      title: words.size,
      align: 'right',
      render: (row) => <Count value={row.sums.members} />,
    },
    {
      key: 'aum',
      title: words.aum,
      align: 'right',
      card: 'figure',
      render: (row) => <Money minor={row.sums.aum} />,
    },
    { key: 'loans', title: words.loans, align: 'right', render: (row) => <Money minor={row.sums.loans} /> },
    {
      key: 'types',
      title: words.evidence,
      render: (row) => (
        <span className="lk-row">
          {row.types.map((type) => (
            <StatusTag key={type} tone={type === 'device' ? 'warn' : 'primary'}>
              {words.evidences[type]}
            </StatusTag>
          ))}
        </span>
      ),
    },
    {
      key: 'sure',
      title: words.confidence,
      align: 'right',
      render: (row) => <Percent ratio={row.confidence} digits={0} />,
    },
  ]
}
