import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Day, Freeze, FreezeIn, Policy, PolicyDraft, Refusal, RefusalQuery, TrialIn } from './wire'

const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})

/** What the gate refused, newest first. */
export function useRefusals(query: RefusalQuery) {
  return usePages<Refusal>(['gate', 'refusals', query], (cursor) =>
    answer(api.GET('/api/gate/refusals', { params: { query: { ...query, ...pick(cursor) } } })),
  )
}

export function useRefusalCounts() {
  return useQuery({ queryKey: ['gate', 'counts'], queryFn: () => answer(api.GET('/api/gate/refusals/counts')) })
}

/** 试一条. A refusal of now joins the list of refusals. */
export function useTry() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: TrialIn) => answer(api.POST('/api/gate/trials', { body })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['gate', 'refusals'] })
      void client.invalidateQueries({ queryKey: ['gate', 'counts'] })
    },
  })
}

export function usePolicy() {
  return useQuery({ queryKey: ['gate', 'policy'], queryFn: () => answer(api.GET('/api/gate/policy')) })
}

export function usePolicies() {
  return usePages<Policy>(['gate', 'policies'], (cursor) =>
    answer(api.GET('/api/gate/policies', { params: { query: pick(cursor) } })),
  )
}

export function useFields() {
  return useQuery({
    queryKey: ['gate', 'fields'],
    queryFn: () => answer(api.GET('/api/gate/fields')),
    staleTime: Infinity,
  })
}

export function useTryRule() {
  return useMutation({ mutationFn: (text: string) => answer(api.POST('/api/gate/rules/trials', { body: { text } })) })
}

function useChanging<I, O>(act: (input: I) => Promise<O>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: ['gate'] }) })
}

export const useDraft = () => useChanging((body: PolicyDraft) => answer(api.POST('/api/gate/policies', { body })))

const at = (version: number) => ({ params: { path: { version } } })

export const usePublish = () =>
  useChanging((version: number) => answer(api.POST('/api/gate/policies/{version}/publication', at(version))))

export const useReject = () =>
  useChanging((version: number) => answer(api.POST('/api/gate/policies/{version}/rejection', at(version))))

export function useFreezes(inForce: boolean) {
  return usePages<Freeze>(['gate', 'freezes', inForce], (cursor) =>
    answer(api.GET('/api/gate/freezes', { params: { query: { in_force: inForce, ...pick(cursor) } } })),
  )
}

export const usePlaceFreeze = () => useChanging((body: FreezeIn) => answer(api.POST('/api/gate/freezes', { body })))

export const useLiftFreeze = () =>
  useChanging((freeze_id: string) =>
    answer(api.POST('/api/gate/freezes/{freeze_id}/lifting', { params: { path: { freeze_id } } })),
  )

export function useCalendar(year: number) {
  return useQuery({
    queryKey: ['gate', 'calendar', year],
    queryFn: () => answer(api.GET('/api/gate/calendar', { params: { query: { year } } })),
  })
}

export const useSetDay = () => useChanging((body: Day) => answer(api.PUT('/api/gate/calendar', { body })))

export const useClearDay = () =>
  useChanging((day: string) => answer(api.DELETE('/api/gate/calendar/{day}', { params: { path: { day } } })))

export function useHoldouts() {
  return useQuery({ queryKey: ['gate', 'holdouts'], queryFn: () => answer(api.GET('/api/gate/holdouts')) })
}
