/** What the server says when it says no (problem+json), as an exception. */
export interface Problem {
  type?: string
  title?: string
  status?: number
  detail?: string
  code?: string
  request_id?: string
  facts?: Record<string, unknown>
}

export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem
  readonly requestId: string

  constructor(status: number, problem: Problem, requestId: string) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
    this.requestId = requestId
  }

  /** A fact the server sent beside its sentence, when it is there and a text or number. */
  fact(name: string): string | undefined {
    const value = this.problem.facts?.[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
}

/** The server could not be reached at all. */
export class Offline extends Error {
  override readonly name = 'Offline'
}

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiError && error.status === status
