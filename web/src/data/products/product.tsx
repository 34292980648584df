import { Alert } from 'antd'
import { useParams } from 'react-router'
import { Fact, Facts, KindTag, RiskBadge } from '@/kit/badge'
import { Loaded } from '@/kit/faces'
import { DateText, Due, today } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { DetailHeader, Page, Panel } from '@/kit/page'
import { kitWords } from '@/kit/words'
import { ProductStatus, Term, Yield } from './parts/cells'
import { useProduct } from './queries'
import type { Product } from './wire'
import { productWords } from './words'

/** One product: its terms and how it is sold. */
export function ProductPage() {
  const words = useWords(productWords)
  const { no = '' } = useParams()
  const query = useProduct(no)
  return (
    <Page title="" tab={query.data?.name ?? words.title} back={{ to: '/products', label: words.title }}>
      <Loaded query={query}>{(product) => <Detail product={product} />}</Loaded>
    </Page>
  )
}

function Detail({ product }: { product: Product }) {
  const words = useWords(productWords)
  const kit = useWords(kitWords)
  const badges = (
    <>
      <KindTag kind={product.kind} />
      {product.risk && <RiskBadge level={product.risk} named />}
      <ProductStatus status={product.status} />
      <span className="lk-faint">{product.product_no}</span>
    </>
  )
  const facts = (
    <Facts columns={4}>
      <Fact name={words.yield}>
        <span className="lk-big">
          <Yield product={product} />
        </span>
      </Fact>
      <Fact name={words.term}>
        <span className="lk-big">
          <Term days={product.term_days} />
        </span>
      </Fact>
      <Fact name={words.minimum}>
        <span className="lk-big">
          <Money minor={product.min_amount} currency={product.currency} />
        </span>
      </Fact>
      <Fact name={words.matures}>
        <Due at={product.matures_on} today={today()} />
      </Fact>
    </Facts>
  )
  const closed = product.closed_reason && (
    <Alert type="warning" showIcon title={`${words.closedReason}:${product.closed_reason}`} />
  )
  return (
    <>
      <DetailHeader name={product.name} badges={badges} facts={facts} alerts={closed} />
      <div className="lk-grid">
        <Panel title={words.terms} className="lk-span-6">
          <Facts columns={2}>
            <Fact name={words.issuer}>{product.issuer || '—'}</Fact>
            <Fact name={words.currency}>{product.currency}</Fact>
            <Fact name={words.onSale}>
              <DateText at={product.sale_from} /> – <DateText at={product.sale_to} />
            </Fact>
            <Fact name={words.starts}>
              <DateText at={product.starts_on} />
            </Fact>
          </Facts>
        </Panel>
        <Panel title={words.sell} className="lk-span-6">
          <Facts columns={2}>
            <Fact name={words.tiers}>
              {product.suitable_tiers.map((tier) => kit.tierNames[tier] ?? tier).join(' · ') || '—'}
            </Fact>
            <Fact name={words.points}>{product.selling_points.join(' · ') || '—'}</Fact>
          </Facts>
          <p className="lk-small lk-faint">{words.disclaimer}</p>
        </Panel>
      </div>
    </>
  )
}
