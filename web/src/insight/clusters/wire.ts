import type { components } from '@/api/schema'

type S = components['schemas']
export type Clustering = S['ClusteringSummary']
export type ClusteringDetail = S['ClusteringDetail']
export type ClusteringWish = S['ClusteringIn']
export type ClusterOptions = S['ClusterOptions']
export type Cluster = S['ClusterOut']
export type Contrast = S['ClusterContrast']
export type Evidence = S['ClusterEvidence']
export type Interval = S['ClusterInterval']
export type MonthAlike = S['ClusterMonth']
export type SegmentWish = S['ClusterSegmentIn']
