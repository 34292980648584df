import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import type { Clustering, ClusteringDetail, ClusteringWish, SegmentWish } from './wire'

const often = 1_500

/** Runs, newest first. */
export function useClusterings() {
  return usePages<Clustering>(['clusterings'], (cursor) =>
    answer(api.GET('/api/clusterings', { params: { query: cursor ? { cursor } : {} } })),
  )
}

/** One run; asked again while it runs. */
export function useClustering(run_id: string) {
  return useQuery<ClusteringDetail>({
    queryKey: ['clusterings', run_id],
    queryFn: () => answer(api.GET('/api/clusterings/{run_id}', { params: { path: { run_id } } })),
    refetchInterval: (query) => (query.state.data?.run.state === 'running' ? often : false),
  })
}

/** What a run would look at now. */
export function useClusterOptions(enabled: boolean) {
  return useQuery({
    queryKey: ['clusterings', 'options'],
    queryFn: () => answer(api.GET('/api/clusterings/options')),
    enabled,
  })
}

export function useStartClustering() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ClusteringWish) => answer(api.POST('/api/clusterings', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['clusterings'] }),
  })
}

export type { SegmentWish } from './wire'

/** Save a cluster's rule as a segment. */
export function useMakeSegment(run_id: string, number: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SegmentWish) =>
      answer(
        api.POST('/api/clusterings/{run_id}/clusters/{number}/segment', { params: { path: { run_id, number } }, body }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['clusterings', run_id] }),
  })
}

/** The cluster of the newest run a customer is in; null where in none. */
export function useCustomerCluster(customer_no: string) {
  return useQuery({
    queryKey: ['customer', customer_no, 'cluster'],
    queryFn: () => answer(api.GET('/api/customers/{customer_no}/cluster', { params: { path: { customer_no } } })),
  })
}
