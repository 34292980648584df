import type { components } from '@/api/schema'

type S = components['schemas']
export type Case = S['CaseOut']
export type Dossier = S['DossierOut']
export type Disposition = S['Disposition']
export type CaseKind = S['CaseKind']
export type LinkKind = S['LinkKind']
export type Priority = S['Priority']
export type Queue = S['QueueOut']
export type QueueStatistics = S['QueueStatistics']
