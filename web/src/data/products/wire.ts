import type { components } from '@/api/schema'

type S = components['schemas']
export type Product = S['ProductOut']
export type Maturity = S['MaturityOut']
export type Rung = S['Rung']
export type Ladder = S['Ladder']
export type Due = S['DueOut']
