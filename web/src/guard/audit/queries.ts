import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { AuditEntry, Checkpoint, EntryQuery } from './wire'

const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})
const often = 1_000
const sometimes = 10_000

/** Where the log stands; looked at again while a verification runs. */
export function useAuditState() {
  return useQuery({
    queryKey: ['audit', 'state'],
    queryFn: () => answer(api.GET('/api/audit')),
    refetchInterval: (query) => (query.state.data?.verification?.state === 'running' ? often : sometimes),
  })
}

export function useEntries(query: EntryQuery) {
  return usePages<AuditEntry>(['audit', 'entries', query], (cursor) =>
    answer(api.GET('/api/audit/entries', { params: { query: { ...query, ...pick(cursor) } } })),
  )
}

export function useKinds() {
  return useQuery({ queryKey: ['audit', 'kinds'], queryFn: () => answer(api.GET('/api/audit/kinds')) })
}

export function useEntry(n: number) {
  return useQuery({
    queryKey: ['audit', 'entry', n],
    queryFn: () => answer(api.GET('/api/audit/entries/{n}', { params: { path: { n } } })),
    enabled: Number.isInteger(n) && n >= 0,
  })
}

export function useCheckpoints() {
  return usePages<Checkpoint>(['audit', 'checkpoints'], (cursor) =>
    answer(api.GET('/api/audit/checkpoints', { params: { query: pick(cursor) } })),
  )
}

export function useConsistency(sizes: [number, number] | null) {
  const [first, second] = sizes ?? [0, 0]
  return useQuery({
    queryKey: ['audit', 'consistency', first, second],
    queryFn: () => answer(api.GET('/api/audit/consistency', { params: { query: { first, second } } })),
    enabled: sizes !== null,
    staleTime: Infinity,
  })
}

export function useVerifications() {
  return useQuery({ queryKey: ['audit', 'verifications'], queryFn: () => answer(api.GET('/api/audit/verifications')) })
}

export function useVerify() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => answer(api.POST('/api/audit/verifications')),
    onSuccess: () => client.invalidateQueries({ queryKey: ['audit'] }),
  })
}

interface Wanted {
  entries: number[]
  reason: string
}

export function useEvidence() {
  return useMutation({ mutationFn: (body: Wanted) => answer(api.POST('/api/audit/evidence', { body })) })
}

export function usePrintedEvidence() {
  return useMutation({
    mutationFn: async (body: Wanted) =>
      (await answer(api.POST('/api/audit/evidence/pdf', { body, parseAs: 'blob' }))) as unknown as Blob,
  })
}
