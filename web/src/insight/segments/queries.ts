import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Export, ExportIn, Member, SegmentIn, SegmentRow } from './wire'

const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})
const at = (segment_id: number) => ({ params: { path: { segment_id } } })

export type SegmentState = 'active' | 'archived'

/** Segments, sizes within the reader's scope. */
export function useSegments(q: string, state: SegmentState) {
  return usePages<SegmentRow>(['segments', 'list', q, state], (cursor) =>
    answer(api.GET('/api/segments', { params: { query: { q, state, ...pick(cursor) } } })),
  )
}

export function useSegment(id: number, enabled = true) {
  return useQuery({
    queryKey: ['segments', 'one', id],
    queryFn: () => answer(api.GET('/api/segments/{segment_id}', at(id))),
    enabled,
  })
}

const fewMinutes = 300_000

/** What a rule may name. */
export function useSegmentWords() {
  return useQuery({
    queryKey: ['segments', 'words'],
    queryFn: () => answer(api.GET('/api/segments/words')),
    staleTime: fewMinutes,
  })
}

/** The exact count of a rule; the last one stays on screen until the next has come. */
export function useCount(text: string, purpose: string) {
  return useQuery({
    queryKey: ['segments', 'count', text, purpose],
    queryFn: ({ signal }) => answer(api.POST('/api/segments/count', { body: { text, tree: null, purpose }, signal })),
    enabled: text.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 10_000,
  })
}

export function useTemplates() {
  return useQuery({
    queryKey: ['segments', 'templates'],
    queryFn: () => answer(api.GET('/api/segment-templates')),
    staleTime: fewMinutes,
  })
}

export function useMembers(id: number) {
  return usePages<Member>(['segments', 'members', id], (cursor) =>
    answer(
      api.GET('/api/segments/{segment_id}/members', { params: { path: { segment_id: id }, query: pick(cursor) } }),
    ),
  )
}

export function useContrasts(id: number) {
  return useQuery({
    queryKey: ['segments', 'contrasts', id],
    queryFn: () => answer(api.GET('/api/segments/{segment_id}/profile', at(id))),
  })
}

export function useOverlaps(id: number) {
  return useQuery({
    queryKey: ['segments', 'overlaps', id],
    queryFn: () => answer(api.GET('/api/segments/{segment_id}/overlaps', at(id))),
  })
}

export function useRefreshes(id: number) {
  return useQuery({
    queryKey: ['segments', 'refreshes', id],
    queryFn: () => answer(api.GET('/api/segments/{segment_id}/refreshes', at(id))),
  })
}

export function useVersions(id: number) {
  return useQuery({
    queryKey: ['segments', 'versions', id],
    queryFn: () => answer(api.GET('/api/segments/{segment_id}/versions', at(id))),
  })
}

/** The segments a customer is in. */
export function useCustomerSegments(customer_no: string) {
  return useQuery({
    queryKey: ['customer', customer_no, 'segments'],
    queryFn: () => answer(api.GET('/api/customers/{customer_no}/segments', { params: { path: { customer_no } } })),
  })
}

function useChanging<I, O>(act: (input: I) => Promise<O>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: ['segments'] }) })
}

export const useCreate = () => useChanging((body: SegmentIn) => answer(api.POST('/api/segments', { body })))

export const useSave = (id: number) =>
  useChanging((body: SegmentIn & { version: number }) =>
    answer(api.PUT('/api/segments/{segment_id}', { ...at(id), body })),
  )

export const useSetState = (id: number) =>
  useChanging((state: SegmentState) =>
    answer(api.POST('/api/segments/{segment_id}/state', { ...at(id), body: { state } })),
  )

export const useRefresh = (id: number) =>
  useChanging(() => answer(api.POST('/api/segments/{segment_id}/refresh', at(id))))

export function useExports(segmentId?: number) {
  return usePages<Export>(['segments', 'exports', segmentId ?? 0], (cursor) =>
    answer(
      api.GET('/api/segment-exports', {
        params: { query: { ...(segmentId ? { segment_id: segmentId } : {}), ...pick(cursor) } },
      }),
    ),
  )
}

export const useAskExport = (id: number) =>
  useChanging((body: ExportIn) => answer(api.POST('/api/segments/{segment_id}/exports', { ...at(id), body })))

export const useAnswerExport = () =>
  useChanging(({ id, allow, said }: { id: number; allow: boolean; said: string }) =>
    answer(
      api.POST('/api/segment-exports/{export_id}/answer', {
        params: { path: { export_id: id } },
        body: { allow, answer: said },
      }),
    ),
  )

/** The file of an allowed export. */
export const useFetchExport = () =>
  useChanging(async (id: number) => {
    const blob = await answer(
      api.GET('/api/segment-exports/{export_id}/file', {
        params: { path: { export_id: id } },
        parseAs: 'blob',
      }),
    )
    return blob as unknown as Blob
  })
