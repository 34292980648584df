import { Tabs } from 'antd'
import { lazy, Suspense, type ReactNode } from 'react'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { BlockSkeleton } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { orgWords } from './words'

const Branches = lazy(() => import('./parts/branches').then((m) => ({ default: m.Branches })))
const StaffTab = lazy(() => import('./parts/staff').then((m) => ({ default: m.StaffTab })))
const Users = lazy(() => import('./parts/users').then((m) => ({ default: m.Users })))
const Roles = lazy(() => import('./parts/roles').then((m) => ({ default: m.Roles })))
const Tokens = lazy(() => import('./parts/tokens').then((m) => ({ default: m.Tokens })))

/** 组织·用户·角色. */
export function OrgPage() {
  const words = useWords(orgWords)
  const [address, change] = useAddress()
  const mayUsers = useMay('user.manage')
  const mayGrant = useMay('role.grant')
  const mayTokens = useMay('token.manage')
  const tabs: { key: string; shown: boolean; content: ReactNode }[] = [
    { key: 'users', shown: mayUsers || mayGrant, content: <Users /> },
    { key: 'branches', shown: true, content: <Branches /> },
    { key: 'staff', shown: true, content: <StaffTab /> },
    { key: 'roles', shown: true, content: <Roles /> },
    { key: 'tokens', shown: mayTokens, content: <Tokens /> },
  ]
  const shown = tabs.filter((tab) => tab.shown)
  const tab = shown.some((one) => one.key === address.get('tab')) ? address.get('tab') : shown[0]?.key
  return (
    <Page title={words.title} note={words.note}>
      <div>
        <Tabs
          activeKey={tab ?? 'branches'}
          destroyOnHidden
          items={shown.map(({ key, content }) => ({
            key,
            label: words.tabs[key],
            children: <Suspense fallback={<BlockSkeleton rows={6} />}>{content}</Suspense>,
          }))}
          onChange={(key) => change({ tab: key, q: undefined, under: undefined, position: undefined, role: undefined })}
        />
      </div>
    </Page>
  )
}
