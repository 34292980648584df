import type { ReactNode } from 'react'
import { TierBadge } from '@/kit/badge'
import { Money } from '@/kit/money'
import { useWords } from '@/kit/lang'
import { kitWords } from '@/kit/words'
import { groupsFor } from './nav'
import { useFoundCustomers, useFoundProducts, usePaused } from './search'
import { appWords } from './words'

export interface Hit {
  path: string
  name: ReactNode
  note: ReactNode
}

export interface HitGroup {
  name: string
  hits: Hit[]
}

interface Hits {
  groups: HitGroup[]
  waiting: boolean
  error: unknown
}

/** What a text finds, grouped, in the order people look for things. */
export function useHits(text: string, permissions: ReadonlySet<string>): Hits {
  const words = useWords(appWords)
  const kit = useWords(kitWords)
  const asked = usePaused(text.trim())
  const customers = useFoundCustomers(asked, permissions.has('customer.read'))
  const products = useFoundProducts(asked, permissions.has('product.read'))
  const pages = groupsFor(permissions)
    .flatMap((group) => group.items)
    .filter((item) => (words.items[item.key] ?? '').toLowerCase().includes(text.trim().toLowerCase()))
  const groups: HitGroup[] = [
    {
      name: words.customersGroup,
      hits: (text ? (customers.data ?? []) : []).map((found) => ({
        path: `/customers/${found.customer_no}`,
        name: `${found.name} ${found.customer_no}`,
        note: (
          <>
            {found.branch_name}
            <TierBadge tier={found.tier} />
            <Money minor={found.aum} />
          </>
        ),
      })),
    },
    {
      name: words.productsGroup,
      hits: (text ? (products.data ?? []) : []).map((product) => ({
        path: `/products/${encodeURIComponent(product.product_no)}`,
        name: product.name,
        note: kit.productKinds[product.kind] ?? product.kind,
      })),
    },
    {
      name: words.pages,
      hits: pages.map((item) => ({ path: item.path, name: words.items[item.key], note: item.icon })),
    },
  ]
  return {
    groups: groups.filter((group) => group.hits.length > 0),
    waiting: asked !== text.trim() || (asked.length > 0 && (customers.isLoading || products.isLoading)),
    error: customers.error,
  }
}
