import type { components } from '@/api/schema'

type S = components['schemas']
export type Branch = S['BranchOut']
export type Staff = S['StaffOut']
export type User = S['UserOut']
export type RoleInfo = S['RoleOut']
export type Role = RoleInfo['role']
export type Permission = RoleInfo['permissions'][number]
export type Token = S['TokenOut']
export type FirstPassword = S['FirstPassword']
