import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useCustomerCluster } from './queries'
import { clusterWords } from './words'

/** 360 页上的聚类: the group the customer was found in, by which run, as of when; nothing where in none. */
export function CustomerCluster({ customerNo }: { customerNo: string }) {
  const words = useWords(clusterWords)
  const mayRead = useMay('cluster.read')
  const maySegments = useMay('segment.read')
  const { data } = useCustomerCluster(customerNo)
  if (!data) return null
  return (
    <Panel title={words.customerTitle} className="lk-span-12">
      <div className="lk-row">
        <span className="lk-strong">
          {mayRead ? <Link to={`/clusters/${data.run_id}`}>{data.name}</Link> : data.name}
        </span>
        <span className="lk-small lk-soft">
          {words.customerRun(data.version, data.number, count(data.size))} · {words.asOf} <DateText at={data.as_of} />
        </span>
        {maySegments && data.segment !== null && <Link to={`/segments/${data.segment}`}>{words.openSegment}</Link>}
      </div>
    </Panel>
  )
}
