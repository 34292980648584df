import type { components } from '@/api/schema'

type S = components['schemas']
export type Pipeline = S['PipelineSummary']
export type Detail = S['PipelineDetail']
export type Definition = S['DefinitionWire']
export type Rule = S['RuleWire']
export type Check = S['DefinitionCheck']
export type Problem = S['PipelineProblem']
export type OutColumn = S['OutColumnWire']
export type Preview = S['PreviewWire']
export type Run = S['PipelineRun']
export type LakeTable = S['LakeTableWire']
export type Lineage = S['LineageOut']
export type LineageNode = S['PlacedNode']
export type NodeKind = S['NodeKind']

/** A table that is not written yet. */
export const blank: Definition = {
  table: '',
  title: '',
  meaning: '',
  owner: '',
  sql: '',
  keys: [],
  partition: null,
  on_commit: true,
  cadence: '',
  columns: {},
  rules: [],
}
