import type { components, operations } from '@/api/schema'

type S = components['schemas']
export type Review = S['ReviewOut']
export type ReviewDetail = S['ReviewDetailOut']
export type Waterfall = S['WaterfallOut']
export type Party = S['PartyOut']
export type Verdict = S['DecisionIn']['verdict']
export type Preview = S['PreviewOut']
export type JournalPage = operations['identity:list_journal']['responses'][200]['content']['application/json']
export type Entry = JournalPage['items'][number]
