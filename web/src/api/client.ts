import createClient from 'openapi-fetch'
import { ApiError, Offline, type Problem } from './errors'
import type { paths } from './schema'

/** The one way to the server: same-origin cookies, the CSRF token on writes, problems as exceptions. */

let csrfToken = ''
let onSignedOut: () => void = () => undefined

/** The session page tells us the token to send with everything that changes something. */
export function rememberCsrf(token: string): void {
  csrfToken = token
}

/** What happens when the server says nobody is signed in any more. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })

api.use({
  onRequest({ request }) {
    if (csrfToken && !safe.has(request.method)) request.headers.set('X-CSRF-Token', csrfToken)
    return request
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && !schemaPath.startsWith('/api/session')) onSignedOut()
    return undefined
  },
  onError() {
    return new Offline('offline')
  },
})

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; throws ApiError with the server's own sentence otherwise. */
export async function answer<T>(promise: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await promise
  if (response.ok) return data as T
  const problem: Problem = typeof error === 'object' && error !== null ? (error as Problem) : {}
  throw new ApiError(response.status, problem, problem.request_id ?? response.headers.get('x-request-id') ?? '')
}
