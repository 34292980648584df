import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Case, CaseKind, Disposition, LinkKind, Priority, Queue } from './wire'

const at = (case_no: string) => ({ params: { path: { case_no } } })

export interface CaseSearch {
  queue: string
  unsettled: boolean
  mine: boolean
  overdue: boolean
}

export function useCases(search: CaseSearch) {
  return usePages<Case>(['cases', 'list', search], (cursor) =>
    answer(api.GET('/api/cases', { params: { query: { ...search, ...(cursor ? { cursor } : {}) } } })),
  )
}

export function useStatistics() {
  return useQuery({ queryKey: ['cases', 'statistics'], queryFn: () => answer(api.GET('/api/cases/statistics')) })
}

export function useQueues() {
  return useQuery({ queryKey: ['cases', 'queues'], queryFn: () => answer(api.GET('/api/cases/queues')) })
}

/** Whom a case may be given to, as options of a field. */
export function useColleagues() {
  return useQuery({
    queryKey: ['cases', 'colleagues'],
    queryFn: () => answer(api.GET('/api/cases/colleagues')),
    select: (found) => found.map((one) => ({ value: one.user_id, label: one.name })),
  })
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

export interface NewCase {
  kind: CaseKind
  title: string
  summary: string
  customer_no: string | null
  priority: Priority
}

export const useOpenCase = () =>
  useChanging((body: NewCase) => answer(api.POST('/api/cases', { body: { ...body, queue: '' } })))

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

export const useReopen = (no: string) =>
  useChanging((words: string) => answer(api.POST('/api/cases/{case_no}/reopenings', { ...at(no), body: { words } })))

export const useAssign = (no: string) =>
  useChanging((assignee: string | null) =>
    answer(api.POST('/api/cases/{case_no}/assignments', { ...at(no), body: { assignee } })),
  )

export const useWatchers = (no: string) =>
  useChanging((watchers: string[]) =>
    answer(api.PUT('/api/cases/{case_no}/watchers', { ...at(no), body: { watchers } })),
  )

export const useLink = (no: string) =>
  useChanging((body: { kind: LinkKind; ref: string; words: string }) =>
    answer(api.POST('/api/cases/{case_no}/links', { ...at(no), body })),
  )

export const useAttach = (no: string) =>
  useChanging((file: File) =>
    answer(
      api.POST('/api/cases/{case_no}/attachments', {
        params: { path: { case_no: no }, query: { name: file.name } },
        body: file as unknown as string,
        bodySerializer: (content) => content as unknown as BodyInit,
        headers: { 'Content-Type': 'application/octet-stream' },
      }),
    ),
  )

export const useSetQueue = () =>
  useChanging(({ name, ...body }: Queue) =>
    answer(api.PUT('/api/cases/queues/{name}', { params: { path: { name } }, body })),
  )
