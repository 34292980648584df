import { useQueries, useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Due, Maturity, Product } from './wire'

interface PageOf<T> {
  items: T[]
  next_cursor: string | null
}

export interface ShelfFilter {
  q: string
  kind: Product['kind'][]
  risk: NonNullable<Product['risk']>[]
  status: Product['status'][]
}

/** The shelf, filtered. */
export function useProducts(filter: ShelfFilter) {
  return usePages<Product>(['products', filter], (cursor) =>
    answer(api.GET('/api/products', { params: { query: { ...filter, ...(cursor ? { cursor } : {}) } } })),
  )
}

const productQuery = (product_no: string) => ({
  queryKey: ['product', product_no],
  queryFn: () => answer(api.GET('/api/products/{product_no}', { params: { path: { product_no } } })),
})

export function useProduct(productNo: string) {
  return useQuery(productQuery(productNo))
}

/** Several products side by side. */
export function useCompared(productNos: string[]) {
  return useQueries({ queries: productNos.map(productQuery) })
}

const ladderLimit = 200

/** Everything that falls due in the next twelve months. */
export function useMaturities() {
  return useQuery({
    queryKey: ['maturities'],
    queryFn: async () => {
      const all: Maturity[] = []
      let cursor: string | null = null
      do {
        const query: { limit: number; cursor?: string } = { limit: ladderLimit, ...(cursor ? { cursor } : {}) }
        const page: PageOf<Maturity> = await answer(api.GET('/api/maturities', { params: { query } }))
        all.push(...page.items)
        cursor = page.next_cursor
      } while (cursor)
      return all
    },
  })
}

/** Money falling due by month and product, within the reader's scope, for the next twelve months. */
export function useLadder() {
  return useQuery({ queryKey: ['ladder'], queryFn: () => answer(api.GET('/api/ladder')) })
}

/** The customers and holdings behind one step of the ladder; both days included. */
export function useDue(since: string, until: string) {
  return usePages<Due>(['ladder', since, until], (cursor) =>
    answer(api.GET('/api/ladder/customers', { params: { query: { since, until, ...(cursor ? { cursor } : {}) } } })),
  )
}
