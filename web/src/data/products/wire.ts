import type { components } from '@/api/schema'

type S = components['schemas']
export type Product = S['ProductOut']
export type Maturity = S['MaturityOut']
