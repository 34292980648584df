import { Tabs } from 'antd'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { Empty } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { CustomerPick } from '@/kit/pickers'
import { Blocks } from './parts/blocks'
import { History } from './parts/history'
import { Papers } from './parts/papers'
import { PolicyTab } from './parts/policy'
import { Grades } from './selling/grades'
import { Reviews } from './selling/reviews'
import { CustomerCare } from './customer'
import { careWords } from './words'

/** 适当性与授权: the consent ledger of a customer, black lists, question papers, the matrix and its numbers. */
export function CarePage() {
  const words = useWords(careWords)
  const mayConsent = useMay('consent.read')
  const mayEdit = useMay('suitability.edit')
  const [address, change] = useAddress()
  const tabs = [
    { key: 'ledger', shown: mayConsent, children: <Ledger /> },
    { key: 'blocks', shown: mayConsent, children: <Blocks /> },
    { key: 'policy', shown: true, children: <PolicyTab /> },
    { key: 'papers', shown: true, children: <Papers /> },
    { key: 'reviews', shown: mayEdit, children: <Reviews /> },
    { key: 'grades', shown: true, children: <Grades /> },
  ].filter((one) => one.shown)
  const tab = tabs.find((one) => one.key === address.get('tab'))?.key ?? tabs[0]?.key
  return (
    <Page title={words.title} note={words.note}>
      <div>
        <Tabs
          activeKey={tab ?? 'policy'}
          destroyOnHidden
          items={tabs.map(({ key, children }) => ({ key, children, label: words.tabs[key] }))}
          onChange={(key) => change({ tab: key, kind: undefined })}
        />
      </div>
    </Page>
  )
}

function Ledger() {
  const words = useWords(careWords)
  const [address, change] = useAddress()
  const no = address.get('customer') ?? undefined
  return (
    <div className="lk-stack">
      <Panel>
        <div className="lk-picking">
          <CustomerPick value={no} onChange={(value) => change({ customer: value })} />
        </div>
      </Panel>
      {no ? (
        <>
          <CustomerCare key={no} customerNo={no} />
          <History customerNo={no} />
        </>
      ) : (
        <Panel>
          <Empty title={words.pickFirst} hint={words.pickFirstHint} />
        </Panel>
      )}
    </div>
  )
}
