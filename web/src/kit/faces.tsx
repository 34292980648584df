import { Button, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { ApiError, Offline } from '@/api/errors'
import { useWords } from './lang'
import { kitWords } from './words'
import { FaceArt, type FaceKind } from './faceart'

interface FaceProps {
  kind: FaceKind
  title: ReactNode
  hint?: ReactNode
  action?: ReactNode
  small?: boolean
}

/** What a page shows instead of content: a quiet picture, what happened, what to do. */
export function Face({ kind, title, hint, action, small = false }: FaceProps) {
  return (
    <div className={`lk-face${small ? ' lk-face-small' : ''}`} role={kind === 'error' ? 'alert' : 'status'}>
      <FaceArt kind={kind} />
      <div className="lk-face-title">{title}</div>
      {hint && <div className="lk-face-hint">{hint}</div>}
      {action && <div className="lk-face-action">{action}</div>}
    </div>
  )
}

export function Empty({ title, hint, action, small }: Partial<Omit<FaceProps, 'kind'>>) {
  const words = useWords(kitWords)
  return <Face kind="empty" title={title ?? words.emptyTitle} hint={hint} action={action} small={small ?? false} />
}

export function NoPermission() {
  const words = useWords(kitWords)
  return <Face kind="forbidden" title={words.forbiddenTitle} hint={words.forbiddenHint} />
}

/** The face for whatever went wrong: no permission, not found, offline or an error with its request number. */
export function Fault({ error, onRetry, small = false }: { error: unknown; onRetry?: () => void; small?: boolean }) {
  const words = useWords(kitWords)
  const retry = onRetry && <Button onClick={onRetry}>{words.retry}</Button>
  if (error instanceof Offline) {
    return <Face kind="error" title={words.offlineTitle} hint={words.offlineHint} action={retry} small={small} />
  }
  if (!(error instanceof ApiError)) {
    return <Face kind="error" title={words.errorTitle} hint={words.errorHint} action={retry} small={small} />
  }
  if (error.status === 403)
    return <Face kind="forbidden" title={words.forbiddenTitle} hint={error.message} small={small} />
  if (error.status === 404) return <Face kind="missing" title={words.missingTitle} hint={error.message} small={small} />
  const hint = (
    <>
      {error.message}
      {error.requestId && (
        <div className="lk-face-id">
          {words.requestId} <code>{error.requestId}</code>
        </div>
      )}
    </>
  )
  return <Face kind="error" title={words.errorTitle} hint={hint} action={retry} small={small} />
}

export function BlockSkeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div className="lk-skeleton" aria-busy>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}

interface Asked<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/** Shows what a query brought, or its skeleton or fault. */
export function Loaded<T>({
  query,
  skeleton,
  small = false,
  children,
}: {
  query: Asked<T>
  skeleton?: ReactNode
  small?: boolean
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Fault error={query.error} onRetry={() => void query.refetch()} small={small} />
  return skeleton ?? <BlockSkeleton />
}
