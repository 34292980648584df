import { createContext, use } from 'react'

/** Who is signed in, as far as pages need to know. */
export interface SignedIn {
  login: string
  display: string
  scope: string
  permissions: ReadonlySet<string>
}

export const ActorContext = createContext<SignedIn>({ login: '', display: '', scope: 'none', permissions: new Set() })

export function useSignedIn(): SignedIn {
  return use(ActorContext)
}

/** Whether the signed-in user holds a permission. */
export function useMay(permission: string): boolean {
  return use(ActorContext).permissions.has(permission)
}
