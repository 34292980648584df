import type { components } from '@/api/schema'

type S = components['schemas']

export type Sitting = S['SittingOut']
export type Sign = S['Sign']
export type Started = S['StartedOut']
export type Grade = S['Grade']
export type ProductGrade = S['GradeOut']
export type GradeIn = S['GradeIn']
export type PolicyNumber = S['NumberOut']
export type PolicyIn = S['SuitabilityPolicyIn']
export type Checked = S['CheckOut']
export type Insistence = S['InsistenceOut']
export type InsistIn = S['InsistIn']
export type RecordingIn = S['RecordingIn']
export type Script = S['Script']
export type ScriptSteps = S['ScriptOut']
