import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { components, operations } from '@/api/schema'
import { usePages } from '@/kit/pages'
import type { Branch, Staff, User } from './wire'

type S = components['schemas']
const pick = (cursor: string | undefined) => (cursor ? { cursor } : {})
const path = (user_id: string) => ({ params: { path: { user_id } } })
const most = 200

/** The whole tree: as many pages as it takes. */
export function useBranches() {
  return useQuery({
    queryKey: ['branches'],
    queryFn: async () => {
      const all: Branch[] = []
      let cursor: string | null = null
      do {
        const page: { items: Branch[]; next_cursor: string | null } = await answer(
          api.GET('/api/branches', { params: { query: { limit: most, ...pick(cursor ?? undefined) } } }),
        )
        all.push(...page.items)
        cursor = page.next_cursor
      } while (cursor)
      return all
    },
  })
}

export type StaffQuery = NonNullable<operations['org:list_staff']['parameters']['query']>

export function useStaff(query: StaffQuery) {
  return usePages<Staff>(['staff', query], (cursor) =>
    answer(api.GET('/api/staff', { params: { query: { ...query, ...pick(cursor) } } })),
  )
}

export type UserQuery = NonNullable<operations['org:list_users']['parameters']['query']>

export function useUsers(query: UserQuery) {
  return usePages<User>(['users', query], (cursor) =>
    answer(api.GET('/api/users', { params: { query: { ...query, ...pick(cursor) } } })),
  )
}

export function useRoles() {
  return useQuery({ queryKey: ['roles'], queryFn: () => answer(api.GET('/api/roles')), staleTime: Infinity })
}

function useChanging<I, O>(act: (input: I) => Promise<O>, key: string) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: [key] }) })
}

export const useCreateUser = () =>
  useChanging((body: S['NewUser']) => answer(api.POST('/api/users', { body })), 'users')

export const useChangeUser = () =>
  useChanging(
    ({ id, ...body }: Partial<S['UserPatch']> & { id: string }) =>
      answer(api.PATCH('/api/users/{user_id}', { ...path(id), body: { unlock: false, ...body } })),
    'users',
  )

export const useResetPassword = () =>
  useChanging((id: string) => answer(api.POST('/api/users/{user_id}/password', path(id))), 'users')

export const useResetTotp = () =>
  useChanging((id: string) => answer(api.DELETE('/api/users/{user_id}/totp', path(id))), 'users')

export const useSetAccess = () =>
  useChanging(
    ({ id, ...body }: S['Access'] & { id: string }) =>
      answer(api.PUT('/api/users/{user_id}/access', { ...path(id), body })),
    'users',
  )

export function useTokens() {
  return useQuery({ queryKey: ['tokens'], queryFn: () => answer(api.GET('/api/tokens')) })
}

export const useIssueToken = () =>
  useChanging((body: S['NewToken']) => answer(api.POST('/api/tokens', { body })), 'tokens')

export const useRevokeToken = () =>
  useChanging(
    (token_id: string) => answer(api.DELETE('/api/tokens/{token_id}', { params: { path: { token_id } } })),
    'tokens',
  )
