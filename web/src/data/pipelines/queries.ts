import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Definition, NodeKind, Pipeline, Run } from './wire'

const pause = 350
const often = 1_000
const seldom = 15_000
const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})
const path = (name: string) => ({ path: { name } })

export function usePipelines() {
  return useQuery({
    queryKey: ['pipelines'],
    queryFn: () => answer(api.GET('/api/pipelines')),
    refetchInterval: (query) => (query.state.data?.some((one) => one.health === 'running') ? often * 2 : seldom),
  })
}

export function usePipeline(name: string) {
  return useQuery({
    queryKey: ['pipelines', name],
    queryFn: () => answer(api.GET('/api/pipelines/{name}', { params: path(name) })),
  })
}

export function useTables() {
  return useQuery({ queryKey: ['pipelines', '', 'tables'], queryFn: () => answer(api.GET('/api/pipelines/tables')) })
}

export function useRuns(name: string) {
  return usePages<Run>(['pipelines', name, 'runs'], (cursor) =>
    answer(api.GET('/api/pipelines/{name}/runs', { params: { path: { name }, query: pick(cursor) } })),
  )
}

/** A definition looked at whenever it rests. */
export function useRestingCheck(definition: Definition, enabled: boolean) {
  const text = JSON.stringify(definition)
  const [resting, setResting] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setResting(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  const query = useQuery({
    queryKey: ['pipeline-check', resting],
    queryFn: () =>
      answer(
        api.POST('/api/pipelines/checks', {
          body: { definition: JSON.parse(resting) as Definition, base_version: 0 },
        }),
      ),
    enabled,
    gcTime: seldom,
    placeholderData: (before) => before,
  })
  return { data: query.data, error: query.error, waiting: resting !== text || query.isFetching }
}

export function usePreview() {
  return useMutation({
    mutationFn: (definition: Definition) =>
      answer(api.POST('/api/pipelines/previews', { body: { definition, base_version: 0 } })),
  })
}

function useChange<T>(change: (body: T) => Promise<{ summary: Pipeline }>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: (detail) => {
      client.setQueryData(['pipelines', detail.summary.name], detail)
      void client.invalidateQueries({ queryKey: ['pipelines'] })
    },
  })
}

export function useSave() {
  return useChange((body: { definition: Definition; base_version: number }) =>
    answer(api.PUT('/api/pipelines/{name}', { params: path(body.definition.table), body })),
  )
}

export function usePublish(name: string) {
  return useChange((version: number) =>
    answer(api.POST('/api/pipelines/{name}/publications', { params: path(name), body: { version } })),
  )
}

export function useSetState(name: string) {
  return useChange((state: Pipeline['state']) =>
    answer(api.POST('/api/pipelines/{name}/state', { params: path(name), body: { state } })),
  )
}

export interface Wanted {
  kind: Run['kind']
  since: string | null
  until: string | null
}

export function useRun(name: string) {
  return useMutation({
    mutationFn: (body: Wanted) => answer(api.POST('/api/pipelines/{name}/runs', { params: path(name), body })),
  })
}

export function useRunProgress(run_id: string | null) {
  return useQuery({
    queryKey: ['jobs', run_id],
    queryFn: () => answer(api.GET('/api/jobs/{run_id}', { params: { path: { run_id: run_id ?? '' } } })),
    enabled: run_id !== null,
    refetchInterval: (query) => (query.state.data && query.state.data.state !== 'running' ? false : often),
  })
}

export function useDiff(name: string, old: number, newer: number) {
  return useQuery({
    queryKey: ['pipelines', name, 'diff', old, newer],
    queryFn: () =>
      answer(api.GET('/api/pipelines/{name}/diff', { params: { path: { name }, query: { old, new: newer } } })),
    enabled: old > 0 && newer > 0,
  })
}

export function useLineage(kind: NodeKind, key: string) {
  return useQuery({
    queryKey: ['lineage', kind, key],
    queryFn: () => answer(api.GET('/api/lineage', { params: { query: { kind, key } } })),
    enabled: key !== '',
  })
}

export function useNodes(q: string) {
  return useQuery({
    queryKey: ['lineage', 'nodes', q],
    queryFn: () => answer(api.GET('/api/lineage/nodes', { params: { query: { q } } })),
    enabled: q.trim() !== '',
    placeholderData: (before) => before,
  })
}
