import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { ActIn, Block, BlockKind, ConsentEntry, RequestKind, SubjectRequest } from './wire'

const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})
const of = (customer_no: string) => ({ path: { customer_no } })

export function useConsent(no: string) {
  return useQuery({
    queryKey: ['care', 'consent', no],
    queryFn: () => answer(api.GET('/api/consents/{customer_no}', { params: of(no) })),
  })
}

/** Every grant and withdrawal with its evidence. */
export function useHistory(no: string) {
  return usePages<ConsentEntry>(['care', 'history', no], (cursor) =>
    answer(api.GET('/api/consents/{customer_no}/history', { params: { ...of(no), query: pick(cursor) } })),
  )
}

function useChanging<I, O>(act: (input: I) => Promise<O>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: ['care'] }) })
}

export const useAct = (no: string) =>
  useChanging((body: ActIn) => answer(api.POST('/api/consents/{customer_no}/acts', { params: of(no), body })))

export function useBlocks(kind: BlockKind | undefined) {
  return usePages<Block>(['care', 'blocks', kind], (cursor) =>
    answer(api.GET('/api/consents/blocks', { params: { query: { ...(kind ? { kind } : {}), ...pick(cursor) } } })),
  )
}

export const useBlock = () =>
  useChanging(({ no, kind, reason }: { no: string; kind: BlockKind; reason: string }) =>
    answer(
      api.POST('/api/consents/{customer_no}/blocks', {
        params: of(no),
        body: { kind, reason, purposes: [], channels: [] },
      }),
    ),
  )

export const useLift = () =>
  useChanging(({ block_id, reason }: { block_id: number; reason: string }) =>
    answer(api.POST('/api/consents/blocks/{block_id}/lift', { params: { path: { block_id } }, body: { reason } })),
  )

export const useQuiet = (no: string) =>
  useChanging((hours: { from_minute: number; to_minute: number }) =>
    answer(
      api.POST('/api/consents/{customer_no}/quiet', {
        params: of(no),
        body: { ...hours, channels: [], weekdays: [] },
      }),
    ),
  )

export const useUnquiet = (customer_no: string) =>
  useChanging((quiet_id: number) =>
    answer(api.DELETE('/api/consents/{customer_no}/quiet/{quiet_id}', { params: { path: { customer_no, quiet_id } } })),
  )

export function useBuyer(no: string, enabled: boolean) {
  return useQuery({
    queryKey: ['care', 'buyer', no],
    queryFn: () => answer(api.GET('/api/suitability/customers/{customer_no}', { params: of(no) })),
    enabled,
  })
}

export function useRecordings(no: string, enabled: boolean) {
  return useQuery({
    queryKey: ['care', 'recordings', no],
    queryFn: () => answer(api.GET('/api/suitability/customers/{customer_no}/recordings', { params: of(no) })),
    enabled,
  })
}

export function useSuitabilityPolicy() {
  return useQuery({ queryKey: ['care', 'policy'], queryFn: () => answer(api.GET('/api/suitability/policy')) })
}

export function usePapers() {
  return useQuery({ queryKey: ['care', 'papers'], queryFn: () => answer(api.GET('/api/suitability/papers')) })
}

export function useRequests(no: string) {
  return usePages<SubjectRequest>(['care', 'requests', no], (cursor) =>
    answer(api.GET('/api/subject-requests', { params: { query: { customer_no: no, ...pick(cursor) } } })),
  )
}

export const useAskRequest = (customer_no: string) =>
  useChanging((body: { kind: RequestKind; evidence_ref: string; field: string; wanted: string }) =>
    answer(api.POST('/api/subject-requests', { body: { customer_no, ...body } })),
  )

const at = (request_id: string) => ({ params: { path: { request_id } } })

export const useExport = () =>
  useChanging((id: string) => answer(api.POST('/api/subject-requests/{request_id}/export', at(id))))

export const useErase = () =>
  useChanging((id: string) =>
    answer(api.POST('/api/subject-requests/{request_id}/erasure', { ...at(id), body: { confirmed: true } })),
  )
