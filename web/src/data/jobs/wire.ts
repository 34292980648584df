import type { components } from '@/api/schema'

export type Run = components['schemas']['RunOut']
