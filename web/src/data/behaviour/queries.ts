import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Aside, Query } from './wire'

const often = 5_000
const of = (segment: number | null) => (segment === null ? {} : { params: { query: { segment } } })

/** What can be asked: events, fields, days and examples. */
export function useOffer() {
  return useQuery({ queryKey: ['behaviour', 'catalogue'], queryFn: () => answer(api.GET('/api/behaviour/catalogue')) })
}

/** The answer to a question, beside that question: while the next is asked, the one before is still shown as itself. */
export function useAnalysis(query: Query, segment: number | null) {
  return useQuery({
    queryKey: ['behaviour', 'analysis', query, segment],
    queryFn: async () => ({
      query,
      segment,
      result: await answer(api.POST('/api/behaviour/analysis', { body: query, ...of(segment) })),
    }),
    placeholderData: (before) => before,
    retry: false,
  })
}

/** Who did the question's first step most often. */
export function useDoers(query: Query | null, segment: number | null) {
  return useQuery({
    queryKey: ['behaviour', 'customers', query, segment],
    queryFn: () => answer(api.POST('/api/behaviour/customers', { body: query as Query, ...of(segment) })),
    enabled: query !== null,
    retry: false,
  })
}

export function useIntake() {
  return useQuery({
    queryKey: ['behaviour', 'intake'],
    queryFn: () => answer(api.GET('/api/behaviour/intake')),
    refetchInterval: often,
  })
}

export function useQuarantine(reason: Aside['reason'] | null) {
  return usePages<Aside>(['behaviour', 'quarantine', reason], (cursor) =>
    answer(
      api.GET('/api/behaviour/quarantine', {
        params: { query: { ...(reason ? { reason } : {}), ...(cursor ? { cursor } : {}) } },
      }),
    ),
  )
}

export function usePlan() {
  return useQuery({ queryKey: ['behaviour', 'plan'], queryFn: () => answer(api.GET('/api/behaviour/plan')) })
}

export function usePlanVersions() {
  return useQuery({
    queryKey: ['behaviour', 'plan', 'versions'],
    queryFn: () => answer(api.GET('/api/behaviour/plan/versions')),
  })
}

/** What is wrong with a plan's text; asked again whenever the text rests. */
export function usePlanCheck(text: string, enabled: boolean) {
  return useQuery({
    queryKey: ['behaviour', 'plan-check', text],
    queryFn: () => answer(api.POST('/api/behaviour/plan/checks', { body: { text, base_version: 0 } })),
    enabled,
    gcTime: often,
  })
}

export function useSavePlan() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { text: string; base_version: number }) => answer(api.PUT('/api/behaviour/plan', { body })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['behaviour'] }),
  })
}

/** What a customer did lately, to the second. */
export function useCustomerBehaviour(customer_no: string) {
  return useQuery({
    queryKey: ['behaviour', 'customer', customer_no],
    queryFn: () => answer(api.GET('/api/customers/{customer_no}/behaviour', { params: { path: { customer_no } } })),
    retry: false,
  })
}
