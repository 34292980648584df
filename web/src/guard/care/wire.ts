import type { components, operations } from '@/api/schema'

type S = components['schemas']
type Got<K extends keyof operations> = operations[K] extends {
  responses: { 200: { content: { 'application/json': infer T } } }
}
  ? T
  : never

export type Consent = S['ConsentOut']
export type ConsentEntry = Got<'consent:list_history'>['items'][number]
export type ActIn = S['ActIn']
export type EvidenceKind = S['EvidenceKind']
export type Block = S['BlockOut']
export type BlockKind = S['BlockKind']
export type Buyer = S['BuyerOut']
export type SuitabilityPolicy = Got<'suitability:read_policy'>
export type Paper = Got<'suitability:list_papers'>[number]
export type Recording = Got<'suitability:list_recordings'>[number]
export type SubjectRequest = S['RequestOut']
export type RequestKind = S['RequestKind']
export type Channel = S['Channel']
export type Purpose = S['Purpose']
