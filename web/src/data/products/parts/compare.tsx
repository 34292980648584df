import { Drawer, Switch } from 'antd'
import { useState, type ReactNode } from 'react'
import { RiskBadge, KindTag } from '@/kit/badge'
import { BlockSkeleton } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { size } from '@/kit/tokens'
import { kitWords } from '@/kit/words'
import { useCompared } from '../queries'
import type { Product } from '../wire'
import { productWords } from '../words'
import { ProductStatus, Term, Yield } from './cells'

interface Line {
  name: string
  /** What makes two products equal in this line. */
  key: (product: Product) => string
  show: (product: Product) => ReactNode
}

/** Two or three products side by side; differing lines can stand alone. */
export function Compare({ productNos, open, onClose }: { productNos: string[]; open: boolean; onClose: () => void }) {
  const words = useWords(productWords)
  const [onlyDifferent, setOnlyDifferent] = useState(false)
  const asked = useCompared(open ? productNos : [])
  const products = asked.flatMap((query) => (query.data ? [query.data] : []))
  const lines = useLines().filter((line) => !onlyDifferent || new Set(products.map(line.key)).size > 1)
  const toggle = (
    <label className="lk-row lk-small">
      <Switch size="small" checked={onlyDifferent} onChange={setOnlyDifferent} /> {words.difference}
    </label>
  )
  return (
    <Drawer open={open} title={words.compare} extra={toggle} size={size.drawerWide} onClose={onClose}>
      {products.length < productNos.length ? (
        <BlockSkeleton rows={8} />
      ) : (
        <table className="lk-compare">
          <thead>
            <tr>
              <td />
              {products.map((product) => (
                <th key={product.product_no} scope="col">
                  {product.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.name}>
                <th scope="row">{line.name}</th>
                {products.map((product) => (
                  <td key={product.product_no}>{line.show(product)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="lk-small lk-faint">{words.disclaimer}</p>
    </Drawer>
  )
}

function useLines(): Line[] {
  const words = useWords(productWords)
  const kit = useWords(kitWords)
  const list = (texts: string[], names: Record<string, string> = {}) =>
    texts.map((text) => names[text] ?? text).join(' · ') || '—'
  return [
    { name: words.kind, key: (p) => p.kind, show: (p) => <KindTag kind={p.kind} /> },
    {
      name: words.risk,
      key: (p) => p.risk ?? '',
      show: (p) => (p.risk ? <RiskBadge level={p.risk} named /> : words.noRisk),
    },
    {
      name: words.yield,
      key: (p) => `${p.rate_bp}/${p.benchmark_low_bp}/${p.benchmark_high_bp}`,
      show: (p) => <Yield product={p} />,
    },
    { name: words.term, key: (p) => String(p.term_days), show: (p) => <Term days={p.term_days} /> },
    {
      name: words.minimum,
      key: (p) => String(p.min_amount),
      show: (p) => <Money minor={p.min_amount} currency={p.currency} />,
    },
    { name: words.status, key: (p) => p.status, show: (p) => <ProductStatus status={p.status} /> },
    { name: words.matures, key: (p) => p.matures_on ?? '', show: (p) => <DateText at={p.matures_on} /> },
    { name: words.issuer, key: (p) => p.issuer, show: (p) => p.issuer || '—' },
    { name: words.tiers, key: (p) => p.suitable_tiers.join(), show: (p) => list(p.suitable_tiers, kit.tierNames) },
    { name: words.points, key: (p) => p.selling_points.join(), show: (p) => list(p.selling_points) },
    { name: words.closedReason, key: (p) => p.closed_reason, show: (p) => p.closed_reason || '—' },
  ]
}
