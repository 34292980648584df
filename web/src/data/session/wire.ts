import type { components } from '@/api/schema'

/** Wire types of signing in. */
type S = components['schemas']
export type Session = S['SessionOut']
export type SignInOptions = S['SignInOptions']
export type SessionRow = S['SessionRow']
export type TotpEnrolment = S['TotpEnrolment']
