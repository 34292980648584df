import { MoreOutlined } from '@ant-design/icons'
import { App, Button, Dropdown } from 'antd'
import { useMay, useSignedIn } from '@/kit/actor'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { useChangeUser, useResetPassword, useResetTotp } from '../queries'
import type { User } from '../wire'
import { orgWords } from '../words'

interface UserActionsProps {
  user: User
  onAccess: () => void
  onSecret: (secret: string) => void
}

/** What may be done with one account; nothing with one's own. */
export function UserActions({ user, onAccess, onSecret }: UserActionsProps) {
  const words = useWords(orgWords)
  const lang = useLang()
  const { message, modal } = App.useApp()
  const manage = useMay('user.manage')
  const grant = useMay('role.grant')
  const me = useSignedIn()
  const change = useChangeUser()
  const resetPassword = useResetPassword()
  const resetTotp = useResetTotp()
  const told = {
    onSuccess: () => void message.success(words.done),
    onError: (error: unknown) => void message.error(sentence(error, lang)),
  }
  const ask = (title: string, act: () => void) => void modal.confirm({ title, onOk: act })
  const act: Record<string, () => void> = {
    disable: () =>
      ask(words.confirmDisable(user.display), () => change.mutate({ id: user.user_id, status: 'disabled' }, told)),
    enable: () => change.mutate({ id: user.user_id, status: 'active' }, told),
    unlock: () => change.mutate({ id: user.user_id, unlock: true }, told),
    totp: () => ask(words.confirmTotp(user.display), () => resetTotp.mutate(user.user_id, told)),
    password: () =>
      ask(words.confirmReset(user.display), () =>
        resetPassword.mutate(user.user_id, { ...told, onSuccess: (first) => onSecret(first.first_password) }),
      ),
  }
  if (user.login === me.login) return null
  const items = [
    { key: 'password', label: words.resetPassword, shown: true },
    { key: 'totp', label: words.resetTotp, shown: user.totp_enabled },
    { key: 'unlock', label: words.unlock, shown: user.locked_until !== null },
    { key: 'enable', label: words.enable, shown: user.status !== 'active' },
    { key: 'disable', label: words.disable, danger: true, shown: user.status === 'active' },
  ]
  const shown = items
    .filter((item) => item.shown)
    .map(({ key, label, danger }) => ({ key, label, danger: danger ?? false }))
  return (
    <span className="lk-row lk-actions">
      {grant && (
        <Button size="small" onClick={onAccess}>
          {words.access}
        </Button>
      )}
      {manage && (
        <Dropdown trigger={['click']} menu={{ items: shown, onClick: ({ key }) => act[key]?.() }}>
          <Button size="small" type="text" icon={<MoreOutlined />} aria-label={`${words.actions} ${user.display}`} />
        </Dropdown>
      )}
    </span>
  )
}
