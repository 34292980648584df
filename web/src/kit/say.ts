import { ApiError, Offline } from '@/api/errors'
import type { Lang } from './lang'
import { kitWords } from './words'

/** One sentence a person can act on, from whatever was thrown. */
export function sentence(error: unknown, lang: Lang): string {
  const words = kitWords[lang]
  if (error instanceof Offline) return words.offlineTitle
  if (error instanceof ApiError) return error.problem.detail ?? words.errorTitle
  return words.errorTitle
}
