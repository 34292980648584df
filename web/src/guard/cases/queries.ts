import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Case, CaseKind, Disposition } from './wire'

const at = (case_no: string) => ({ params: { path: { case_no } } })

export function useCases(queue: string, unsettled: boolean) {
  return usePages<Case>(['cases', 'list', queue, unsettled], (cursor) =>
    answer(api.GET('/api/cases', { params: { query: { queue, unsettled, ...(cursor ? { cursor } : {}) } } })),
  )
}

export function useStatistics() {
  return useQuery({ queryKey: ['cases', 'statistics'], queryFn: () => answer(api.GET('/api/cases/statistics')) })
}

export function useDossier(case_no: string) {
  return useQuery({
    queryKey: ['cases', 'one', case_no],
    queryFn: () => answer(api.GET('/api/cases/{case_no}', at(case_no))),
  })
}

function useChanging<I, O>(act: (input: I) => Promise<O>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: ['cases'] }) })
}

export const useOpenCase = () =>
  useChanging((body: { kind: CaseKind; title: string; summary: string; customer_no: string | null }) =>
    answer(api.POST('/api/cases', { body: { ...body, priority: 'normal', queue: '' } })),
  )

export const useNote = (no: string) =>
  useChanging((words: string) => answer(api.POST('/api/cases/{case_no}/notes', { ...at(no), body: { words } })))

export const usePropose = (no: string) =>
  useChanging((body: { disposition: Disposition; words: string }) =>
    answer(api.POST('/api/cases/{case_no}/proposals', { ...at(no), body })),
  )

export const useDecideCase = (no: string) =>
  useChanging((body: { agreed: boolean; words: string }) =>
    answer(api.POST('/api/cases/{case_no}/decisions', { ...at(no), body })),
  )
