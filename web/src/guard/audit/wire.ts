import type { components, operations } from '@/api/schema'

type S = components['schemas']
export type AuditEntry = S['AuditEntryOut']
export type EntryProof = S['EntryProofOut']
export type Checkpoint = S['CheckpointOut']
export type Consistency = S['ConsistencyOut']
export type Verification = S['VerificationOut']
export type AuditState = S['AuditStateOut']
export type EntryQuery = NonNullable<operations['audit:list_entries']['parameters']['query']>
