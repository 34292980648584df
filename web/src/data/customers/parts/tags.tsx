import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { Empty, Loaded } from '@/kit/faces'
import { dateTime } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { TagValue } from '@/kit/tagvalue'
import { useCustomerTags } from '../queries'
import type { CustomerTag, CustomerTags } from '../wire'
import { customerTagWords } from '../tagwords'

/** The customer's tags by family, each with where it comes from and of when; the day and time stand below too. */
export function Tags({ customerNo }: { customerNo: string }) {
  const words = useWords(customerTagWords)
  const query = useCustomerTags(customerNo)
  return (
    <Panel title={words.tagsTitle} className="lk-span-12">
      <Loaded query={query} small>
        {(tags) => (tags.items.length > 0 ? <Wall tags={tags} /> : <Empty small title={words.tagsEmpty} />)}
      </Loaded>
    </Panel>
  )
}

function Wall({ tags }: { tags: CustomerTags }) {
  const words = useWords(customerTagWords)
  const families = [...new Set(tags.items.map((one) => one.family))]
  return (
    <>
      <div className="lk-tagwall">
        {families.map((family) => (
          <section key={family}>
            <h3>{words.tagFamilies[family] ?? family}</h3>
            <ul>
              {tags.items
                .filter((one) => one.family === family)
                .map((one) => (
                  <OneTag key={one.code} tag={one} when={[tags.as_of ?? '', stamp(tags.refreshed_at)]} />
                ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="lk-faint">{words.tagsAsOf(tags.as_of ?? '', tags.items.length, stamp(tags.refreshed_at))}</p>
    </>
  )
}

function OneTag({ tag, when }: { tag: CustomerTag; when: [day: string, at: string] }) {
  const words = useWords(customerTagWords)
  const mayRead = useMay('tag.read')
  return (
    <li className={hasValue(tag) ? '' : 'lk-tagwall-none'} title={words.tagSource(tag.source, ...when)}>
      <span className="lk-tagwall-name">
        {mayRead ? <Link to={`/tags/${tag.code}`}>{tag.name}</Link> : tag.name}
        <small>{tag.source}</small>
      </span>
      <TagValue kind={tag.kind} unit={tag.unit} value={tag.value} label={tag.label} />
    </li>
  )
}

/** Zero, no and unknown stand back, so that what the customer has stands out. */
const hasValue = (tag: CustomerTag): boolean => tag.value !== null && tag.value !== false && tag.value !== 0

const stamp = (at: string | null): string => (at ? dateTime(at) : '')
