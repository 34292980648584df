import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Run } from './wire'

const often = 2_000

/** Runs, newest first. */
export function useRuns(state: Run['state'] | undefined) {
  return usePages<Run>(['jobs', 'list', state], (cursor) =>
    answer(api.GET('/api/jobs', { params: { query: { ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) } } })),
  )
}

/** What runs now, looked at again while anything runs; the list is refreshed when a run ends. */
export function useRunning() {
  const client = useQueryClient()
  const query = useQuery({
    queryKey: ['jobs', 'running'],
    queryFn: () => answer(api.GET('/api/jobs', { params: { query: { state: 'running' } } })),
    select: (page) => page.items,
    refetchInterval: often,
  })
  const running = query.data?.map((run) => run.id).join()
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ['jobs', 'list'] })
  }, [client, running])
  return query
}
