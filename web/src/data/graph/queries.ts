import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { usePages } from '@/kit/pages'
import { firstLayers } from './look'
import type { AddBody, GroupKind, GroupRow, RelationKind, Request } from './wire'

const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})

/** Relations around a customer, so many layers deep. */
export function usePicture(customer_no: string, hops: number, kinds: RelationKind[]) {
  const query = { hops, ...(kinds.length > 0 ? { kind: kinds } : {}) }
  return useQuery({
    queryKey: ['graph', 'picture', customer_no, hops, ...kinds],
    queryFn: () =>
      answer(api.GET('/api/customers/{customer_no}/relations', { params: { path: { customer_no }, query } })),
  })
}

/** The name of a customer, as their picture shows it; null until it has come. */
export function useNameOf(customer_no: string): string | null {
  const picture = usePicture(customer_no, firstLayers, [])
  return picture.data?.parties.find((party) => party.customer_no === customer_no)?.name ?? null
}

/** The family and the enterprise of a customer. */
export function useGroupsOf(customer_no: string) {
  return useQuery({
    queryKey: ['graph', 'groups-of', customer_no],
    queryFn: () => answer(api.GET('/api/customers/{customer_no}/groups', { params: { path: { customer_no } } })),
  })
}

export function useGroup(group_id: number) {
  return useQuery({
    queryKey: ['graph', 'group', group_id],
    queryFn: () => answer(api.GET('/api/groups/{group_id}', { params: { path: { group_id } } })),
  })
}

export interface GroupFilter {
  kind?: GroupKind | undefined
  state?: GroupRow['state'] | undefined
  customer_no?: string | undefined
}

export function useGroups(wanted: GroupFilter) {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value))
  return usePages<GroupRow>(['graph', 'groups', given], (cursor) =>
    answer(api.GET('/api/groups', { params: { query: { ...given, ...pick(cursor) } } })),
  )
}

export function useRequests(state: Request['state'] | undefined) {
  return usePages<Request>(['graph', 'requests', state], (cursor) =>
    answer(api.GET('/api/relation-requests', { params: { query: { ...(state ? { state } : {}), ...pick(cursor) } } })),
  )
}

function useChange<I, O>(act: (input: I) => Promise<O>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: () => void client.invalidateQueries({ queryKey: ['graph'] }),
  })
}

export const useAskToAdd = () => useChange((body: AddBody) => answer(api.POST('/api/relation-requests/add', { body })))

/** What a person asks to change in a group or about a relation, beside the reason. */
export type Asked =
  | { action: 'deny'; relation_id: number }
  | { action: 'confirm'; group_id: number }
  | { action: 'merge'; group_id: number; other_id: number }
  | { action: 'split'; group_id: number; customer_nos: string[] }

export const useAsk = () =>
  useChange(({ asked, reason }: { asked: Asked; reason: string }) => {
    switch (asked.action) {
      case 'deny':
        return answer(api.POST('/api/relation-requests/deny', { body: { relation_id: asked.relation_id, reason } }))
      case 'confirm':
        return answer(api.POST('/api/relation-requests/confirm', { body: { group_id: asked.group_id, reason } }))
      case 'merge': {
        const { group_id, other_id } = asked
        return answer(api.POST('/api/relation-requests/merge', { body: { group_id, other_id, reason } }))
      }
      case 'split': {
        const { group_id, customer_nos } = asked
        return answer(api.POST('/api/relation-requests/split', { body: { group_id, customer_nos, reason } }))
      }
    }
  })

export type Judgement = 'approve' | 'refuse' | 'withdraw'

export const useJudge = () =>
  useChange(({ id, judgement, reason }: { id: string; judgement: Judgement; reason: string }) => {
    const params = { path: { request_id: id } }
    switch (judgement) {
      case 'approve':
        return answer(api.POST('/api/relation-requests/{request_id}/approve', { params, body: { reason } }))
      case 'refuse':
        return answer(api.POST('/api/relation-requests/{request_id}/refuse', { params, body: { reason } }))
      case 'withdraw':
        return answer(api.POST('/api/relation-requests/{request_id}/withdraw', { params }))
    }
  })
