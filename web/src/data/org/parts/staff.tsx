import { Input, Select } from 'antd'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useBranches, useStaff } from '../queries'
import type { Staff } from '../wire'
import { orgWords } from '../words'

/** Members of staff with their branch, position and book. */
export function StaffTab() {
  const words = useWords(orgWords)
  const [address, change] = useAddress()
  const [q, under, position] = ['q', 'under', 'position'].map((name) => address.get(name) ?? '')
  const rows = useStaff({ ...(q ? { q } : {}), ...(under ? { under } : {}), ...(position ? { position } : {}) })
  return (
    <Panel flush>
      <Filters />
      <DataTable
        label={words.tabs['staff'] ?? ''}
        rows={rows}
        columns={useColumns()}
        rowKey={(row) => row.staff_no}
        keyboard
        filtered={Boolean(q || under || position)}
        onClearFilters={() => change({ q: undefined, under: undefined, position: undefined })}
        empty={<Empty title={words.noStaff} hint={words.noBranchesHint} />}
      />
    </Panel>
  )
}

function Filters() {
  const words = useWords(orgWords)
  const [address, change] = useAddress()
  const branches = useBranches()
  return (
    <div className="lk-filters">
      <Input.Search
        className="lk-filter-text"
        allowClear
        placeholder={words.searchStaff}
        defaultValue={address.get('q') ?? ''}
        onSearch={(q) => change({ q })}
      />
      <Select
        className="lk-filter"
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
        placeholder={words.branch}
        aria-label={words.branch}
        value={address.get('under') ?? undefined}
        options={(branches.data ?? []).map((one) => ({ value: one.branch_no, label: one.name }))}
        onChange={(under) => change({ under })}
      />
      <Select
        className="lk-filter"
        allowClear
        placeholder={words.allPositions}
        aria-label={words.position}
        value={address.get('position') ?? undefined}
        options={Object.entries(words.positions).map(([value, label]) => ({ value, label }))}
        onChange={(position) => change({ position })}
      />
    </div>
  )
}

function useColumns(): Column<Staff>[] {
  const words = useWords(orgWords)
  return [
    {
      key: 'name',
      title: words.name,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.name}</span>
          <span>{row.staff_no}</span>
        </span>
      ),
    },
    { key: 'branch', title: words.branch, render: (row) => row.branch_name },
    {
      key: 'position',
      title: words.position,
      card: 'badge',
      render: (row) => words.positions[row.position] ?? row.position,
    },
    {
      key: 'book',
      title: words.book,
      align: 'right',
      card: 'figure',
      render: (row) => (row.book_size > 0 ? count(row.book_size) : '—'),
    },
    { key: 'login', title: words.account, render: (row) => (row.login ? <code>{row.login}</code> : '—') },
    { key: 'hired', title: words.hired, card: 'none', render: (row) => <DateText at={row.hired_on} /> },
    {
      key: 'status',
      title: words.status,
      render: (row) => (
        <StatusTag tone={row.status === 'active' ? 'good' : 'neutral'} dot>
          {words.staffStatuses[row.status] ?? row.status}
        </StatusTag>
      ),
    },
  ]
}
