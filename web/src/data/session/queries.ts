import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api, rememberCsrf } from '@/api/client'
import { isStatus } from '@/api/errors'
import type { Session } from './wire'

export const sessionKey = ['session'] as const
/** Set when a session ended by itself, so that the sign-in page can say so. */
export const expiredKey = ['session', 'expired'] as const

/** Who is signed in; null when nobody is. */
export async function fetchSession(): Promise<Session | null> {
  try {
    const session = await answer(api.GET('/api/session'))
    rememberCsrf(session.csrf_token)
    return session
  } catch (error) {
    if (isStatus(error, 401)) return null
    throw error
  }
}

export function useSession() {
  return useQuery({ queryKey: sessionKey, queryFn: fetchSession, staleTime: 60_000 })
}

export function useSignInOptions() {
  return useQuery({
    queryKey: ['session', 'options'],
    queryFn: () => answer(api.GET('/api/session/options')),
    staleTime: Infinity,
    retry: false,
  })
}

export interface Credentials {
  login: string
  password: string
  code?: string
}

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Credentials) => answer(api.POST('/api/session', { body })),
    onSuccess: () => client.fetchQuery({ queryKey: sessionKey, queryFn: fetchSession, staleTime: 0 }),
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => answer(api.DELETE('/api/session')),
    onSettled: () => client.clear(),
  })
}

export function useChangePassword() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { old_password: string; new_password: string }) =>
      answer(api.POST('/api/session/password', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionKey }),
  })
}

export function useEnrolTotp() {
  return useMutation({ mutationFn: () => answer(api.POST('/api/session/totp')) })
}

export function useConfirmTotp() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { code: string }) => answer(api.POST('/api/session/totp/confirm', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionKey }),
  })
}

export function useStopTotp() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { password: string }) => answer(api.DELETE('/api/session/totp', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionKey }),
  })
}

export function useSessions() {
  return useQuery({ queryKey: ['session', 'all'], queryFn: () => answer(api.GET('/api/sessions')) })
}

export function useEndSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/sessions/{id}', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session', 'all'] }),
  })
}
