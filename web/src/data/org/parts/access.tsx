import { Alert, App, Checkbox, Form, Input } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useRoles, useSetAccess } from '../queries'
import type { Role, User } from '../wire'
import { orgWords } from '../words'

interface Fields {
  roles: Role[]
  staff_no?: string
}

/** The whole of a user's access: roles, and whose book or branch is the data scope. */
export function AccessDrawer({ user, onClose }: { user: User | null; onClose: () => void }) {
  const words = useWords(orgWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const roles = useRoles()
  const access = useSetAccess()
  const chosen = Form.useWatch('roles', form) ?? user?.roles ?? []
  const refused = new Set((roles.data ?? []).filter((one) => chosen.includes(one.role)).flatMap((one) => one.excludes))
  const submit = (fields: Fields) => {
    if (!user) return
    access.mutate(
      { id: user.user_id, roles: fields.roles, staff_no: fields.staff_no?.trim() || null },
      {
        onSuccess: () => {
          void message.success(words.done)
          onClose()
        },
      },
    )
  }
  const nameOf = (role: string) => words.roleNames[role] ?? role
  return (
    <FormDrawer<Fields>
      open={user !== null}
      title={`${words.accessTitle} · ${user?.display ?? ''}`}
      form={form}
      initial={{ roles: user?.roles ?? [], staff_no: user?.staff_no ?? '' }}
      busy={access.isPending}
      error={access.error}
      submitWord={words.saveAccess}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item>
        <Alert type="info" showIcon title={words.accessHint} />
      </Form.Item>
      <Form.Item name="roles" label={words.roles}>
        <Checkbox.Group className="lk-picker">
          {(roles.data ?? []).map((one) => (
            <Checkbox key={one.role} value={one.role} disabled={refused.has(one.role) && !chosen.includes(one.role)}>
              {nameOf(one.role)} <span className="lk-faint lk-small">{words.scopes[one.scope]}</span>
              {one.excludes.length > 0 && (
                <div className="lk-faint lk-small">{words.excludes(one.excludes.map(nameOf).join('、'))}</div>
              )}
            </Checkbox>
          ))}
        </Checkbox.Group>
      </Form.Item>
      <Form.Item name="staff_no" label={words.staffOptional} extra={words.staffHint}>
        <Input autoComplete="off" />
      </Form.Item>
    </FormDrawer>
  )
}
