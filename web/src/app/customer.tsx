import { Button } from 'antd'
import { Link } from 'react-router'
import { CustomerBehaviourTab } from '@/data/behaviour/customer'
import { behaviourWords } from '@/data/behaviour/words'
import { ProfilePage, type MoreTab } from '@/data/customers/profile'
import { GroupsOf } from '@/data/graph/parts/groupsof'
import { CustomerCare } from '@/guard/care/customer'
import { CustomerCluster } from '@/insight/clusters/customer'
import { CustomerSegments } from '@/insight/segments/customer'
import { useMay } from '@/kit/actor'
import { useWords } from '@/kit/lang'
import { appWords } from './words'

/** The 360 page with the tabs other capabilities add to it. */
export function CustomerPage() {
  const words = useWords(appWords)
  const mayConsent = useMay('consent.read')
  const maySegments = useMay('segment.read')
  const behaviour = useWords(behaviourWords)
  const tabs: MoreTab[] = [
    { key: 'recent', label: behaviour.recent, content: (no) => <CustomerBehaviourTab customerNo={no} /> },
  ]
  if (maySegments) {
    tabs.push({
      key: 'segments',
      label: words.segmentsTab,
      content: (no) => <CustomerSegments customerNo={no} />,
    })
  }
  if (mayConsent) {
    tabs.push({
      key: 'compliance',
      label: words.complianceTab,
      content: (no) => <CustomerCare customerNo={no} aside={<Explain customerNo={no} />} />,
    })
  }
  return (
    <ProfilePage
      more={tabs}
      circle={(no) => <GroupsOf customerNo={no} link />}
      found={(no) => <CustomerCluster customerNo={no} />}
    />
  )
}

function Explain({ customerNo }: { customerNo: string }) {
  const words = useWords(appWords)
  if (!useMay('gate.read')) return null
  return (
    <div>
      <Link to={`/outreach?tab=try&customer=${customerNo}`}>
        <Button>{words.explain}</Button>
      </Link>
    </div>
  )
}
