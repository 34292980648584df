import { PlusOutlined } from '@ant-design/icons'
import { App, Button, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useSignedIn } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty } from '@/kit/faces'
import { DateText, today } from '@/kit/figure'
import { daysUntil } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { SecretOnce } from '@/kit/secret'
import { DataTable, type Column } from '@/kit/table'
import { useIssueToken, useRevokeToken, useTokens } from '../queries'
import type { Permission, Token } from '../wire'
import { orgWords } from '../words'

/** One's own API tokens. */
export function Tokens() {
  const words = useWords(orgWords)
  const tokens = useTokens()
  const [issuing, setIssuing] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const create = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setIssuing(true)}>
      {words.newToken}
    </Button>
  )
  return (
    <Panel flush>
      <div className="lk-filters">
        <span className="lk-soft">{words.noTokensHint}</span>
        <span className="lk-filters-end">{create}</span>
      </div>
      <DataTable
        label={words.tabs['tokens'] ?? ''}
        rows={{ items: tokens.data, error: tokens.error, isPending: tokens.isPending, refetch: tokens.refetch }}
        columns={useColumns()}
        rowKey={(row) => row.id}
        empty={<Empty title={words.noTokens} />}
      />
      <NewToken open={issuing} onClose={() => setIssuing(false)} onSecret={setSecret} />
      <SecretOnce title={words.tokenTitle} hint={words.tokenHint} secret={secret} onClose={() => setSecret(null)} />
    </Panel>
  )
}

interface Fields {
  name: string
  permissions: Permission[]
  days: number
}

const nameLength = 40
const usualDays = 90
const mostDays = 365

function NewToken({
  open,
  onClose,
  onSecret,
}: {
  open: boolean
  onClose: () => void
  onSecret: (secret: string) => void
}) {
  const words = useWords(orgWords)
  const { permissions } = useSignedIn()
  const [form] = Form.useForm<Fields>()
  const issue = useIssueToken()
  const submit = (fields: Fields) =>
    issue.mutate(fields, {
      onSuccess: (issued) => {
        onClose()
        onSecret(issued.secret)
      },
    })
  const needed = [{ required: true, message: words.nameNeeded }]
  return (
    <FormDrawer<Fields>
      open={open}
      title={words.newToken}
      form={form}
      initial={{ days: usualDays }}
      busy={issue.isPending}
      error={issue.error}
      submitWord={words.issue}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="name" label={words.tokenName} rules={needed}>
        <Input autoFocus maxLength={nameLength} placeholder={words.tokenNameHint} />
      </Form.Item>
      <Form.Item name="permissions" label={words.tokenPermissions} extra={words.tokenPermissionsHint} rules={needed}>
        <Select
          mode="multiple"
          options={[...permissions].map((value) => ({ value, label: words.permissionNames[value] ?? value }))}
        />
      </Form.Item>
      <Form.Item name="days" label={words.tokenDays} rules={needed}>
        <InputNumber min={1} max={mostDays} precision={0} />
      </Form.Item>
    </FormDrawer>
  )
}

function useColumns(): Column<Token>[] {
  const words = useWords(orgWords)
  const lang = useLang()
  const { modal, message } = App.useApp()
  const revoke = useRevokeToken()
  const stop = (token: Token) =>
    void modal.confirm({
      title: words.confirmRevoke(token.name),
      okText: words.revoke,
      onOk: () => revoke.mutate(token.id, { onError: (error) => void message.error(sentence(error, lang)) }),
    })
  return [
    {
      key: 'name',
      title: words.tokenName,
      card: 'title',
      render: (row) => <span className="lk-name">{row.name}</span>,
    },
    {
      key: 'permissions',
      title: words.tokenPermissions,
      render: (row) => row.permissions.map((one) => words.permissionNames[one] ?? one).join(' · '),
    },
    { key: 'status', title: words.status, card: 'badge', render: (row) => <TokenStatus token={row} /> },
    { key: 'created', title: words.created, card: 'none', render: (row) => <DateText at={row.created_at} /> },
    { key: 'expires', title: words.expires, render: (row) => <DateText at={row.expires_at} /> },
    {
      key: 'used',
      title: words.lastUsed,
      render: (row) => (row.last_used_at ? <DateText at={row.last_used_at} time /> : words.neverUsed),
    },
    {
      key: 'revoke',
      title: '',
      align: 'right',
      render: (row) =>
        row.revoked_at === null && (
          <Button size="small" danger onClick={() => stop(row)}>
            {words.revoke}
          </Button>
        ),
    },
  ]
}

function TokenStatus({ token }: { token: Token }) {
  const words = useWords(orgWords)
  if (token.revoked_at) return <StatusTag>{words.revoked}</StatusTag>
  if (daysUntil(token.expires_at, today()) < 0) return <StatusTag>{words.expired}</StatusTag>
  return (
    <StatusTag tone="good" dot>
      {words.valid}
    </StatusTag>
  )
}
