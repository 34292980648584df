import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Entry, Review, Verdict } from './wire'

const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})

/** Pairs that wait for a person, or that were judged. */
export function useReviews(status: Review['status']) {
  return usePages<Review>(['identity', 'reviews', status], (cursor) =>
    answer(api.GET('/api/identity/reviews', { params: { query: { status, ...pick(cursor) } } })),
  )
}

export function useReview(review_id: string) {
  return useQuery({
    queryKey: ['identity', 'review', review_id],
    queryFn: () => answer(api.GET('/api/identity/reviews/{review_id}', { params: { path: { review_id } } })),
  })
}

/** What a merge of two customers would change. */
export function usePreview(customer_nos: [string, string], enabled: boolean) {
  return useQuery({
    queryKey: ['identity', 'preview', ...customer_nos],
    queryFn: () => answer(api.POST('/api/identity/previews', { body: { customer_nos } })),
    enabled,
    staleTime: 0,
    gcTime: 0,
  })
}

function useSettling<I, O>(act: (input: I) => Promise<O>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: () => {
      // A preview of what has just been done would ask for a customer number that is gone.
      void client.invalidateQueries({ queryKey: ['identity'], predicate: (query) => query.queryKey[1] !== 'preview' })
      void client.invalidateQueries({ queryKey: ['customer'] })
    },
  })
}

export const useDecide = (review_id: string) =>
  useSettling((body: { verdict: Verdict; reason: string }) =>
    answer(api.POST('/api/identity/reviews/{review_id}/decisions', { params: { path: { review_id } }, body })),
  )

export const useMerge = () =>
  useSettling((body: { customer_nos: [string, string]; reason: string }) =>
    answer(api.POST('/api/identity/merges', { body })),
  )

export const useUndo = () =>
  useSettling(({ id, reason }: { id: string; reason: string }) =>
    answer(api.POST('/api/identity/journal/{entry_id}/undo', { params: { path: { entry_id: id } }, body: { reason } })),
  )

export function useJournal(kind: Entry['kind'] | undefined) {
  return usePages<Entry>(['identity', 'journal', kind], (cursor) =>
    answer(api.GET('/api/identity/journal', { params: { query: { ...(kind ? { kind } : {}), ...pick(cursor) } } })),
  )
}
