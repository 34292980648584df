import { PlusOutlined } from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { dateTime } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { SecretOnce } from '@/kit/secret'
import { DataTable, type Column } from '@/kit/table'
import { useUsers } from '../queries'
import type { Role, User } from '../wire'
import { orgWords } from '../words'
import { AccessDrawer } from './access'
import { NewUserDrawer } from './newuser'
import { UserActions } from './useractions'

/** Accounts: create, disable, unlock, reset; roles are granted by the security administrator. */
export function Users() {
  const words = useWords(orgWords)
  const may = useMay('user.manage')
  const [address, change] = useAddress()
  const [creating, setCreating] = useState(false)
  const [granting, setGranting] = useState<User | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const q = address.get('q') ?? ''
  const role = address.get('role') as Role | null
  const rows = useUsers({ ...(q ? { q } : {}), ...(role ? { role } : {}) })
  return (
    <Panel flush>
      <div className="lk-filters">
        <Input.Search
          className="lk-filter-text"
          allowClear
          placeholder={words.searchUsers}
          defaultValue={q}
          onSearch={(text) => change({ q: text })}
        />
        <Select
          className="lk-filter"
          allowClear
          placeholder={words.allRoles}
          aria-label={words.roles}
          value={role ?? undefined}
          options={Object.entries(words.roleNames).map(([value, label]) => ({ value, label }))}
          onChange={(value) => change({ role: value })}
        />
        {may && (
          <Button className="lk-filters-end" type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {words.newUser}
          </Button>
        )}
      </div>
      <DataTable
        label={words.tabs['users'] ?? ''}
        rows={rows}
        columns={useColumns((user) => (
          <UserActions user={user} onAccess={() => setGranting(user)} onSecret={setSecret} />
        ))}
        rowKey={(row) => row.user_id}
        filtered={Boolean(q || role)}
        onClearFilters={() => change({ q: undefined, role: undefined })}
        empty={<Empty title={words.noUsers} />}
      />
      <NewUserDrawer open={creating} onClose={() => setCreating(false)} onSecret={setSecret} />
      <AccessDrawer key={granting?.user_id ?? ''} user={granting} onClose={() => setGranting(null)} />
      <SecretOnce title={words.firstTitle} hint={words.firstHint} secret={secret} onClose={() => setSecret(null)} />
    </Panel>
  )
}

function useColumns(actions: (user: User) => React.ReactNode): Column<User>[] {
  const words = useWords(orgWords)
  return [
    {
      key: 'name',
      title: words.display,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.display}</span>
          <span>{row.login}</span>
        </span>
      ),
    },
    {
      key: 'roles',
      title: words.roles,
      render: (row) =>
        row.roles.length === 0 ? (
          <span className="lk-warn">{words.noRole}</span>
        ) : (
          <span className="lk-row">
            {row.roles.map((role) => (
              <StatusTag key={role} tone="primary">
                {words.roleNames[role] ?? role}
              </StatusTag>
            ))}
          </span>
        ),
    },
    {
      key: 'branch',
      title: words.branch,
      render: (row) => [row.branch_name, row.staff_no].filter(Boolean).join(' · ') || '—',
    },
    { key: 'status', title: words.status, card: 'badge', render: (row) => <UserStatus user={row} /> },
    {
      key: 'totp',
      title: words.totp,
      card: 'none',
      render: (row) => (row.totp_enabled ? words.on : <span className="lk-faint">{words.off}</span>),
    },
    {
      key: 'last',
      title: words.lastSignIn,
      render: (row) =>
        row.last_sign_in_at ? (
          <DateText at={row.last_sign_in_at} time />
        ) : (
          <span className="lk-faint">{words.neverSignedIn}</span>
        ),
    },
    { key: 'actions', title: words.actions, align: 'right', render: actions },
  ]
}

function UserStatus({ user }: { user: User }) {
  const words = useWords(orgWords)
  return (
    <span className="lk-row">
      <StatusTag tone={user.status === 'active' ? 'good' : 'neutral'} dot>
        {words.userStatuses[user.status] ?? user.status}
      </StatusTag>
      {user.locked_until && <StatusTag tone="bad">{words.lockedUntil(dateTime(user.locked_until))}</StatusTag>}
      {user.must_change_password && <StatusTag tone="warn">{words.mustChange}</StatusTag>}
    </span>
  )
}
