import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { Draft } from './wire'

export function useTags() {
  return useQuery({ queryKey: ['tags', 'list'], queryFn: () => answer(api.GET('/api/tags')) })
}

export function useTag(code: string) {
  return useQuery({
    queryKey: ['tags', 'one', code],
    queryFn: () => answer(api.GET('/api/tags/{code}', { params: { path: { code } } })),
    enabled: code !== '',
  })
}

export function useTables() {
  return useQuery({ queryKey: ['tags', 'tables'], queryFn: () => answer(api.GET('/api/tags/tables')) })
}

/** How a draft reads, or what is wrong with it. */
export function useSentence(draft: Draft | null) {
  return useQuery({
    queryKey: ['tags', 'sentence', draft],
    queryFn: () => answer(api.POST('/api/tags/check', { body: draft as Draft })),
    enabled: draft !== null,
    retry: false,
  })
}

/** Compute a draft on the newest data. */
export const useTrial = () =>
  useMutation({ mutationFn: (body: Draft) => answer(api.POST('/api/tags/trial', { body })) })

function useChanging<I, O>(act: (input: I) => Promise<O>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: ['tags'] }) })
}

/** Save a draft: a new tag, or the next version of one. */
export const useSaveTag = (base: number | null) =>
  useChanging((body: Draft) =>
    base === null
      ? answer(api.POST('/api/tags', { body }))
      : answer(api.PUT('/api/tags/{code}', { params: { path: { code: body.code }, query: { base } }, body })),
  )

export const usePutLive = (code: string) =>
  useChanging((base: number) =>
    answer(api.POST('/api/tags/{code}/live', { params: { path: { code }, query: { base } } })),
  )

export const useRetire = (code: string) =>
  useChanging((base: number) =>
    answer(api.POST('/api/tags/{code}/retire', { params: { path: { code }, query: { base } } })),
  )
