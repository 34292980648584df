import type { components } from '@/api/schema'

type S = components['schemas']
export type Source = S['SourceSummary']
export type Load = S['LoadSummary']
export type LoadDetail = S['LoadDetail']
export type QuarantineRow = S['QuarantineRow']
export type Contract = S['ContractWire']
export type ContractProblem = S['ContractProblem']
export type Lineage = S['LineageRow']
export type Run = S['RunOut']
