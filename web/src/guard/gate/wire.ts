import type { components, operations } from '@/api/schema'

type S = components['schemas']
type Got<K extends keyof operations> = operations[K] extends {
  responses: { 200: { content: { 'application/json': infer T } } }
}
  ? T
  : never

export type Refusal = Got<'gate:list_refusals'>['items'][number]
export type RefusalQuery = NonNullable<operations['gate:list_refusals']['parameters']['query']>
export type RefusalCount = S['RefusalCount']
export type Trial = S['TrialOut']
export type TrialIn = S['TrialIn']
export type Looked = S['LookedOut']
export type Check = S['Check']
export type Channel = S['Channel']
export type Purpose = S['Purpose']
export type Policy = Got<'gate:read_policy'>
export type PolicyDraft = operations['gate:draft_policy']['requestBody']['content']['application/json']
export type Cap = S['CapWire']
export type Quiet = S['QuietWire']
export type Wording = S['WordingWire']
export type Rule = S['RuleIn']
export type Freeze = S['FreezeOut']
export type FreezeIn = S['FreezeIn']
export type Day = S['DayWire']
export type DayKind = S['DayKind']
