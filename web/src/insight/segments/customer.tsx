import { Link } from 'react-router'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useCustomerSegments } from './queries'
import { segmentWords } from './words'
import './segments.css'

/** 360 页上的客群: which segments the customer is in, since when, and what to do. */
export function CustomerSegments({ customerNo }: { customerNo: string }) {
  const words = useWords(segmentWords)
  const query = useCustomerSegments(customerNo)
  return (
    <Loaded query={query}>
      {(places) =>
        places.length === 0 ? (
          <Empty title={words.customerEmpty} />
        ) : (
          <Panel>
            <div className="seg-cards">
              {places.map((place) => (
                <article key={place.id} className="seg-card">
                  <header>
                    <strong>
                      <Link to={`/segments/${place.id}`}>{place.name}</Link>
                    </strong>
                    <span className="seg-soft">
                      {words.since} <DateText at={place.since} />
                    </span>
                  </header>
                  <p className="seg-says">{place.sentence}</p>
                  <ul>
                    {place.strategy.map((line) => (
                      <li key={line}>{line}</li>
                    ))}
                  </ul>
                </article>
              ))}
            </div>
          </Panel>
        )
      }
    </Loaded>
  )
}
