import { useQueryClient } from '@tanstack/react-query'
import { Navigate, useLocation } from 'react-router'
import type { ReactNode } from 'react'
import { expiredKey, useSession } from '@/data/session/queries'
import { useMay } from '@/kit/actor'
import { Face, Fault, NoPermission } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { landing } from './nav'
import { Shell } from './shell'
import { appWords } from './words'

/** Only signed-in people pass; others go to sign in and come back to this very page. */
export function Guard() {
  const session = useSession()
  const client = useQueryClient()
  const { pathname, search } = useLocation()
  if (session.isPending) return <div className="shell-wait" aria-busy />
  if (session.isError) return <Fault error={session.error} onRetry={() => void session.refetch()} />
  if (!session.data || session.data.must_change_password) {
    const query = new URLSearchParams()
    if (pathname !== '/') query.set('next', pathname + search)
    if (client.getQueryData(expiredKey)) query.set('why', 'expired')
    return <Navigate to={{ pathname: '/sign-in', search: query.toString() }} replace />
  }
  return <Shell session={session.data} />
}

/** The page a role starts with. */
export function Landing() {
  const session = useSession()
  const words = useWords(appWords)
  if (!session.data) return null
  const path = landing(session.data.roles, new Set(session.data.permissions))
  if (path) return <Navigate to={path} replace />
  return <Face kind="forbidden" title={words.landingNone} hint={words.landingNoneHint} />
}

/** A page that needs a permission, or the face that says so. */
export function Allowed({ permission, children }: { permission: string; children: ReactNode }) {
  return useMay(permission) ? children : <NoPermission />
}
