import { useMutation, useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { operations } from '@/api/schema'
import { usePages } from '@/kit/pages'
import type { Branch, Change, CustomerRow, Entry, EntryKind, RevealField, Staff, Transaction } from './wire'

export type CustomerQuery = NonNullable<operations['customers:list_customers']['parameters']['query']>

const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})
const path = (customer_no: string) => ({ customer_no })

/** Customers within the reader's scope. */
export function useCustomers(query: CustomerQuery) {
  return usePages<CustomerRow>(['customers', query], (cursor) =>
    answer(api.GET('/api/customers', { params: { query: { ...query, ...pick(cursor) } } })),
  )
}

/** The 360 page of one customer. */
export function useCustomer(customerNo: string) {
  return useQuery({
    queryKey: ['customer', customerNo],
    queryFn: () => answer(api.GET('/api/customers/{customer_no}', { params: { path: path(customerNo) } })),
  })
}

export function useTransactions(customerNo: string) {
  return usePages<Transaction>(['customer', customerNo, 'transactions'], (cursor) =>
    answer(
      api.GET('/api/customers/{customer_no}/transactions', { params: { path: path(customerNo), query: pick(cursor) } }),
    ),
  )
}

export function useTimeline(customerNo: string, kinds: EntryKind[]) {
  return usePages<Entry>(['customer', customerNo, 'timeline', kinds], (cursor) =>
    answer(
      api.GET('/api/customers/{customer_no}/timeline', {
        params: { path: path(customerNo), query: { ...(kinds.length > 0 ? { kind: kinds } : {}), ...pick(cursor) } },
      }),
    ),
  )
}

export function useChanges(customerNo: string) {
  return usePages<Change>(['customer', customerNo, 'changes'], (cursor) =>
    answer(
      api.GET('/api/customers/{customer_no}/changes', { params: { path: path(customerNo), query: pick(cursor) } }),
    ),
  )
}

/** Read one masked field in clear; the reason is recorded. What comes back is kept nowhere. */
export function useReveal(customerNo: string) {
  return useMutation({
    mutationFn: (body: { field: RevealField; reason: string }) =>
      answer(api.POST('/api/customers/{customer_no}/reveal', { params: { path: path(customerNo) }, body })),
    gcTime: 0,
  })
}

const choices = 200
const fewMinutes = 300_000

/** Branches to choose from in a filter. */
export function useBranchChoices(enabled: boolean) {
  return useQuery({
    queryKey: ['choices', 'branches'],
    queryFn: () => answer(api.GET('/api/branches', { params: { query: { limit: choices } } })),
    select: (page): Branch[] => page.items,
    staleTime: fewMinutes,
    enabled,
  })
}

/** Relationship managers to choose from, of one branch and all below it. */
export function useManagerChoices(under: string | undefined, enabled: boolean) {
  return useQuery({
    queryKey: ['choices', 'rms', under],
    queryFn: () =>
      answer(
        api.GET('/api/staff', { params: { query: { position: 'rm', limit: choices, ...(under ? { under } : {}) } } }),
      ),
    select: (page): Staff[] => page.items,
    staleTime: fewMinutes,
    enabled,
  })
}

/** Every tag of a customer. */
export function useCustomerTags(customer_no: string) {
  return useQuery({
    queryKey: ['customer', customer_no, 'tags'],
    queryFn: () => answer(api.GET('/api/customers/{customer_no}/tags', { params: { path: { customer_no } } })),
  })
}
