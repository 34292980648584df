import { Alert, Tabs } from 'antd'
import { useAddress } from '@/kit/address'
import { Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { Checkpoints } from './parts/checkpoints'
import { Entries } from './parts/entries'
import { StateTiles } from './parts/state'
import { Verifications } from './parts/verifications'
import { VerifyButton } from './parts/verify'
import { useAuditState } from './queries'
import { auditWords } from './words'

/** 存证: search the log, prove an entry, verify everything now. */
export function AuditPage() {
  const words = useWords(auditWords)
  const [address, change] = useAddress()
  const query = useAuditState()
  const tabs = [
    { key: 'entries', label: words.tabs['entries'], children: <Entries /> },
    { key: 'verifications', label: words.tabs['verifications'], children: <Verifications /> },
    {
      key: 'checkpoints',
      label: words.tabs['checkpoints'],
      children: <Checkpoints size={query.data?.last?.size ?? 0} />,
    },
  ]
  const tab = tabs.find((one) => one.key === address.get('tab'))?.key ?? 'entries'
  return (
    <Page
      title={words.title}
      note={words.note}
      actions={query.data && <VerifyButton verification={query.data.verification} />}
    >
      <Loaded query={query}>
        {(state) => (
          <>
            {state.trouble && <Alert type="error" showIcon title={words.stopped} description={state.trouble} />}
            <StateTiles state={state} />
            <div>
              <Tabs
                activeKey={tab}
                items={tabs}
                destroyOnHidden
                onChange={(key) => change({ tab: key === 'entries' ? undefined : key, kind: undefined })}
              />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  )
}
