import { Tabs } from 'antd'
import { lazy, Suspense, type ReactNode } from 'react'
import { useParams } from 'react-router'
import { useMay, useSignedIn } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { BlockSkeleton, Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { Head } from './parts/head'
import { Timeline } from './parts/timeline'
import { isDebt } from './lists'
import { useCustomer } from './queries'
import type { CustomerPage } from './wire'
import { customerWords } from './words'

const Overview = lazy(() => import('./parts/overview').then((m) => ({ default: m.Overview })))
const Assets = lazy(() => import('./parts/assets').then((m) => ({ default: m.Assets })))
const Debts = lazy(() => import('./parts/debts').then((m) => ({ default: m.Debts })))
const Flows = lazy(() => import('./parts/flows').then((m) => ({ default: m.Flows })))
const Behaviour = lazy(() => import('./parts/behaviour').then((m) => ({ default: m.BehaviourTab })))
const Relations = lazy(() => import('./parts/relations').then((m) => ({ default: m.Relations })))
const Talks = lazy(() => import('./parts/talks').then((m) => ({ default: m.Talks })))
const Sources = lazy(() => import('./parts/sources').then((m) => ({ default: m.Sources })))
const Changes = lazy(() => import('./parts/changes').then((m) => ({ default: m.Changes })))

/** A tab that another capability adds, composed by the application. */
export interface MoreTab {
  key: string
  label: string
  content: (customerNo: string) => ReactNode
}

interface ProfileProps {
  more?: MoreTab[]
  /** What another capability knows of the customer's relations, above those the sources name. */
  circle?: ((customerNo: string) => ReactNode) | undefined
  /** What another capability found out about the customer, above the tags. */
  found?: ((customerNo: string) => ReactNode) | undefined
}

/** 客户 360: who, what they have, what happened, and what to mind. */
export function ProfilePage({ more = [], circle, found }: ProfileProps) {
  const words = useWords(customerWords)
  const { no = '' } = useParams()
  const { scope } = useSignedIn()
  const query = useCustomer(no)
  const back = { to: '/customers', label: scope === 'book' ? words.mine : words.back }
  return (
    <Page title="" tab={query.data?.identity.name ?? words.all} back={back}>
      <Loaded query={query} skeleton={<BlockSkeleton rows={12} />}>
        {(customer) => (
          <Profile key={customer.customer_no} customer={customer} more={more} circle={circle} found={found} />
        )}
      </Loaded>
    </Page>
  )
}

type Composed = Required<Pick<ProfileProps, 'more'>> &
  Pick<ProfileProps, 'circle' | 'found'> & { customer: CustomerPage }

function Profile({ customer, more, circle, found }: Composed) {
  const words = useWords(customerWords)
  const [address, change] = useAddress()
  const tabs = useTabs({ customer, more, circle, found })
  const wanted = address.get('tab') ?? 'overview'
  const tab = tabs.some((one) => one.key === wanted) ? wanted : 'overview'
  return (
    <>
      <Head customer={customer} />
      <div className="lk-360">
        <div className="lk-360-side">
          <Timeline customer={customer} />
        </div>
        <div className="lk-360-main">
          <Tabs
            activeKey={tab}
            destroyOnHidden
            items={tabs.map(({ key, label, content }) => ({
              key,
              label: label ?? words.tabs[key],
              children: <Suspense fallback={<BlockSkeleton rows={6} />}>{content}</Suspense>,
            }))}
            onChange={(key) => change({ tab: key === 'overview' ? undefined : key })}
          />
        </div>
      </div>
    </>
  )
}

/** The tabs that have something to show; an empty module is hidden. */
function useTabs({ customer, more, circle, found }: Composed): { key: string; label?: string; content: ReactNode }[] {
  const mayResolve = useMay('identity.read')
  const all: { key: string; label?: string; shown: boolean; content: ReactNode }[] = [
    {
      key: 'overview',
      shown: true,
      content: <Overview customer={customer} found={found?.(customer.customer_no)} />,
    },
    { key: 'assets', shown: hasAssets(customer), content: <Assets customer={customer} /> },
    { key: 'debts', shown: hasDebts(customer), content: <Debts customer={customer} /> },
    {
      key: 'flows',
      shown: customer.cash_flow !== null || customer.accounts.length > 0,
      content: <Flows customer={customer} />,
    },
    { key: 'behaviour', shown: customer.behaviour !== null, content: <Behaviour customer={customer} /> },
    {
      key: 'relations',
      shown: circle !== undefined || customer.relations.length > 0,
      content: (
        <div className="lk-stack">
          {circle?.(customer.customer_no)}
          {customer.relations.length > 0 && <Relations customer={customer} />}
        </div>
      ),
    },
    { key: 'talks', shown: customer.interactions.length > 0, content: <Talks items={customer.interactions} /> },
    {
      key: 'complaints',
      shown: customer.complaints.length > 0,
      content: <Talks items={customer.complaints} complaints />,
    },
    {
      key: 'sources',
      shown: customer.sources.length > 0,
      content: <Sources customer={customer} mayResolve={mayResolve} />,
    },
    ...more.map(({ key, label, content }) => ({ key, label, shown: true, content: content(customer.customer_no) })),
    { key: 'changes', shown: true, content: <Changes customerNo={customer.customer_no} /> },
  ]
  return all.filter((tab) => tab.shown)
}

const hasAssets = (customer: CustomerPage): boolean =>
  customer.holdings.length > 0 || customer.accounts.some((account) => !isDebt(account.kind))
const hasDebts = (customer: CustomerPage): boolean =>
  customer.accounts.some((account) => isDebt(account.kind)) ||
  customer.amounts.loans + customer.amounts.card_balance > 0
