import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Load, QuarantineRow } from './wire'

const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})
const often = 1_000
const seldom = 15_000

export function useSources() {
  return useQuery({
    queryKey: ['sources'],
    queryFn: () => answer(api.GET('/api/sources')),
    refetchInterval: (query) => (query.state.data?.some((one) => one.freshness === 'running') ? often * 2 : seldom),
  })
}

export function useSource(source: string) {
  return useQuery({
    queryKey: ['sources', source],
    queryFn: () => answer(api.GET('/api/sources/{source}', { params: { path: { source } } })),
  })
}

export function useLoads(source: string) {
  return usePages<Load>(['sources', source, 'loads'], (cursor) =>
    answer(api.GET('/api/sources/{source}/loads', { params: { path: { source }, query: pick(cursor) } })),
  )
}

export function useLoad(load_id: string | null) {
  return useQuery({
    queryKey: ['loads', load_id],
    queryFn: () => answer(api.GET('/api/sources/loads/{load_id}', { params: { path: { load_id: load_id ?? '' } } })),
    enabled: load_id !== null,
  })
}

export function useQuarantine(load_id: string) {
  return usePages<QuarantineRow>(['loads', load_id, 'quarantine'], (cursor) =>
    answer(api.GET('/api/sources/loads/{load_id}/quarantine', { params: { path: { load_id }, query: pick(cursor) } })),
  )
}

export function useContract(source: string) {
  return useQuery({
    queryKey: ['sources', source, 'contract'],
    queryFn: () => answer(api.GET('/api/sources/{source}/contract', { params: { path: { source } } })),
  })
}

/** Read a contract's text and name its errors; asked again whenever the text rests. */
export function useContractCheck(text: string, enabled: boolean) {
  return useQuery({
    queryKey: ['contract-check', text],
    queryFn: () => answer(api.POST('/api/sources/contract-checks', { body: { text, base_version: 0 } })),
    enabled,
    gcTime: seldom,
    placeholderData: (before) => before,
  })
}

export function useSaveContract(source: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { text: string; base_version: number }) =>
      answer(api.PUT('/api/sources/{source}/contract', { params: { path: { source } }, body })),
    onSuccess: (saved) => {
      client.setQueryData(['sources', source, 'contract'], saved)
      void client.invalidateQueries({ queryKey: ['sources'] })
    },
  })
}

export function useLineage(source: string) {
  return useQuery({
    queryKey: ['lineage', source],
    queryFn: () => answer(api.GET('/api/sources/lineage', { params: { query: { source } } })),
  })
}

/** Start a load now: of one source, or of all when no name is given. */
export function useRun() {
  return useMutation({
    mutationFn: (source: string) =>
      source
        ? answer(api.POST('/api/sources/{source}/runs', { params: { path: { source } } }))
        : answer(api.POST('/api/sources/runs')),
  })
}

/** A run while it runs. */
export function useRunProgress(run_id: string | null) {
  return useQuery({
    queryKey: ['jobs', run_id],
    queryFn: () => answer(api.GET('/api/jobs/{run_id}', { params: { path: { run_id: run_id ?? '' } } })),
    enabled: run_id !== null,
    refetchInterval: (query) => (query.state.data && query.state.data.state !== 'running' ? false : often),
  })
}
