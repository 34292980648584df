import type { components, operations } from '../../src/api/schema.ts'

type S = components['schemas']
const names = [
  ['core_cust', '核心客户', 'core', '核心存款', 'fixed'],
  ['core_acct', '核心账户', 'core', '核心存款', 'csv'],
  ['core_tran', '核心交易', 'core', '核心存款', 'csv'],
  ['loan_contract', '信贷合同', 'loan', '信贷', 'csv'],
  ['wealth_position', '理财持仓', 'wealth', '理财', 'parquet'],
  ['app_event', '手机银行行为', 'app', '手机银行', 'jsonl'],
  ['crm_customer', '旧 CRM 客户', 'crm', '旧 CRM', 'excel'],
] as const
const freshness = ['fresh', 'fresh', 'running', 'late', 'fresh', 'failed', 'refused'] as const

const load = (index: number): S['LoadSummary'] => ({
  id: `01990000-0000-7000-8000-00000000010${index}`,
  source: 'core_cust',
  system: 'core',
  file_name: `CUST_202611${String(21 - index).padStart(2, '0')}.dat`,
  file_date: `2026-11-${String(21 - index).padStart(2, '0')}`,
  bytes: 18_232_113,
  contract_version: 3,
  state: index === 3 ? 'refused' : 'published',
  attempts: 1,
  started_by: 'system:worker',
  started_by_name: '系统',
  started_at: `2026-11-${String(22 - index).padStart(2, '0')}T18:30:00Z`,
  ended_at: `2026-11-${String(22 - index).padStart(2, '0')}T18:30:41Z`,
  seconds: 41.2,
  rows_read: index === 3 ? 0 : 20_231 + index * 3,
  rows_accepted: index === 3 ? 0 : 412 + index * 31,
  rows_unchanged: index === 3 ? 0 : 19_790,
  rows_repeated: 0,
  rows_quarantined: index === 3 ? 0 : 29 - index,
  sentence: index === 3 ? '文件不完整：末行应为 20,240 行，实际 18,003 行。整份文件未加载，请来源系统重发。' : '',
})
export const loads = [0, 1, 2, 3, 4, 5].map(load)

export const loadDetail: S['LoadDetail'] = {
  ...load(0),
  sha256: '9b1f0f8b2a4c1d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6',
  new_columns: ['SEGMENT_CD'],
  missing_columns: ['FAX'],
  reasons: [
    { column: 'id_no', reason: '身份证校验位不符', rows: 17 },
    { column: 'birth_date', reason: '日期不存在', rows: 9 },
    { column: '', reason: '列数不符', rows: 3 },
  ],
  tables: [
    { table: 'party', accepted: 206, unchanged: 9_895, corrected: 14 },
    { table: 'customer', accepted: 206, unchanged: 9_895, corrected: 2 },
  ],
}

export const sources: S['SourceSummary'][] = names.map(([name, title, system, system_title, format], index) => ({
  name,
  title,
  system,
  system_title,
  format,
  mode: index === 2 || index === 5 ? 'append' : 'snapshot',
  cadence: index === 5 ? '每 5 分钟' : '每日 02:30',
  tables: ['party', 'customer'],
  contract_version: 3,
  problems: [],
  freshness: freshness[index] ?? 'fresh',
  data_date: '2026-11-21',
  due_at: '2026-11-23T18:30:00Z',
  files: 325 - index * 7,
  rows_accepted: 2_412_331 - index * 311_000,
  rows_quarantined: index * 37,
  last_load: load(index % 3),
}))

export const quarantine: S['QuarantineRow'][] = [
  {
    line_no: 1402,
    reasons: ['身份证校验位不符'],
    raw: '1000234871|王**|1|3301**********4012|19790312|…',
    masked: true,
  },
  {
    line_no: 7719,
    reasons: ['日期不存在', '手机号位数不足'],
    raw: '1000238810|李**|1|3301**********1123|19870231|…',
    masked: true,
  },
]

export const contract: S['ContractWire'] = {
  source: 'core_cust',
  version: 3,
  text: `# 核心客户：每日全量\n[source]\nname = "core_cust"\nsystem = "core"\ntitle = "核心客户"\nformat = "csv"\ndelimiter = "|"\nencoding = "gb18030"\ncadence = "每日 02:30"\n\n[[column]]\nname = "CUST_NO"\nkey = true\ntype = "text"\npi = "C1"\n`,
  problems: [],
  versions: [
    { version: 3, saved_by: 'u-engineer', saved_by_name: '沈一鸣', saved_at: '2026-10-02T03:00:00Z' },
    { version: 2, saved_by: 'u-engineer', saved_by_name: '沈一鸣', saved_at: '2026-06-12T03:00:00Z' },
  ],
}

type Review = S['ReviewOut']
const whys = ['grey', 'shared', 'birth', 'gender'] as const
const reviewOf = (index: number): Review => ({
  id: `01990000-0000-7000-8000-00000000020${index}`,
  left: { source: 'core', source_key: `10002348${71 + index}` },
  right: { source: ['wecom', 'card', 'crm', 'app', 'callcentre'][index] ?? 'crm', source_key: `wm${31 + index}` },
  left_customer_no: `LK4618G${index}KD`,
  right_customer_no: `LK55Q2${index}XMA`,
  weight: 4.1 - index * 1.3,
  probability: whys[index % 4] === 'shared' ? null : ([0.94, 0.86, 0.71, 0.44, 0.28][index] ?? 0.5),
  why: whys[index % 4] ?? 'grey',
  status: 'open',
  decided_by: null,
  decided_by_name: null,
  decided_at: null,
  created_at: '2026-11-21T19:00:00Z',
})
const aReview = reviewOf(0)
export const reviews: Review[] = [0, 1, 2, 3, 4].map(reviewOf)

const step = (label: string, outcome_label: string, weight: number): S['StepOut'] => ({
  comparison: label,
  label,
  outcome: 'x',
  outcome_label,
  weight,
})
export const review: S['ReviewDetailOut'] = {
  review: { ...aReview },
  waterfall: {
    prior: -14.2,
    steps: [
      step('姓名', '拼音相同，字不同', 6.1),
      step('证件号', '一方缺失', 0),
      step('出生日期', '相同', 8.4),
      step('手机', '相同', 9.7),
      step('地址', '不同市', -3.2),
      step('邮箱', '一方缺失', 0),
      step('性别', '相同', 0.9),
    ],
    total: 7.7,
  },
  left: {
    source: 'core',
    source_key: '1000234871',
    kind: 'person',
    name: '张**',
    id_type: 'idcard',
    id_no: '3301**********4012',
    birth_date: '1979-03-12',
    gender: 'F',
    phone: '138****2207',
    phone2: null,
    email: null,
    city: '杭州市',
    address: '拱墅区****',
  },
  right: {
    source: 'wecom',
    source_key: 'wm31',
    kind: 'person',
    name: '章**',
    id_type: null,
    id_no: null,
    birth_date: '1979-03-12',
    gender: 'F',
    phone: '138****2207',
    phone2: null,
    email: null,
    city: '宁波市',
    address: null,
  },
}

export const preview: S['PreviewOut'] = {
  keeps: 'LK4618G0KD',
  frees: 'LK55Q20XMA',
  stays: [{ source: 'core', source_key: '1000234871' }],
  moves: [{ source: 'wecom', source_key: 'wm31' }],
  contradictions: [{ code: 'city', label: '所在城市不同', hard: false }],
  allowed: true,
}

type Journal = operations['identity:list_journal']['responses'][200]['content']['application/json']['items']
export const journal: Journal = (['decide', 'undo', 'merge', 'assign'] as const).map((kind, index) => ({
  id: `01990000-0000-7000-8000-00000000030${index}`,
  seq: 2044 - index,
  at: '2026-11-21T08:00:00Z',
  kind,
  actor_id: kind === 'assign' ? 'system:identity' : 'u-engineer',
  actor_name: kind === 'assign' ? '系统' : '沈一鸣',
  reason: kind === 'assign' ? '' : '证件尾号与住址一致，电话核实为本人',
  review_id: null,
  weight: kind === 'decide' ? 7.7 : null,
  records: kind === 'assign' ? 68_204 : 2,
  changes:
    kind === 'assign' ? [] : [{ source: 'wecom', source_key: 'wm31', before: 'LK55Q20XMA', after: 'LK4618G0KD' }],
  undoes: null,
  undone_by: kind === 'merge' ? 'x' : null,
  can_undo: kind === 'decide',
}))

export const runs: S['RunOut'][] = (['running', 'done', 'failed', 'done'] as const).map((state, index) => ({
  id: `01990000-0000-7000-8000-00000000040${index}`,
  job: ['identity.run', 'sources.load', 'sources.load', 'profile.refresh'][index] ?? 'x',
  target: index === 1 ? 'core_cust' : index === 2 ? 'app_event' : '',
  state,
  fraction: state === 'running' ? 0.62 : 1,
  message: state === 'failed' ? '磁盘空间不足，已保存的内容不受影响。' : state === 'running' ? '正在比较记录对' : '',
  started_by: 'system:worker',
  started_by_name: '系统',
  started_at: '2026-11-22T12:10:00Z',
  moved_at: '2026-11-22T12:10:40Z',
  ended_at: state === 'running' ? null : '2026-11-22T12:12:10Z',
}))

const branch = (
  branch_no: string,
  parent_no: string | null,
  name: string,
  level: S['BranchOut']['level'],
  staff_count: number,
): S['BranchOut'] => ({
  branch_no,
  parent_no,
  name,
  level,
  path: `${branch_no}/`,
  province: '浙江省',
  city: '杭州市',
  district: '拱墅区',
  address: '文晖路 300 号',
  longitude: null,
  latitude: null,
  active: true,
  staff_count,
})
export const branches = [
  branch('HO', null, '杭江银行总行', 'head_office', 41),
  branch('0571', 'HO', '杭州分行', 'branch', 22),
  branch('0571003', '0571', '文晖支行', 'sub_branch', 9),
  branch('0571004', '0571', '滨江支行', 'sub_branch', 11),
  branch('0574', 'HO', '宁波分行', 'branch', 18),
]

export const staff: S['StaffOut'][] = ['陈晓琳', '周立', '吴桐'].map((name, index) => ({
  staff_no: `S0023${index}`,
  name,
  branch_no: '0571003',
  branch_name: '文晖支行',
  position: index === 2 ? 'head' : 'rm',
  status: 'active',
  hired_on: '2015-07-01',
  left_on: null,
  book_size: index === 2 ? 0 : 412 - index * 70,
  login: index === 0 ? 'rm.chen' : null,
}))

export const users: S['UserOut'][] = staff.map((one, index) => ({
  user_id: `01990000-0000-7000-8000-00000000050${index}`,
  login: `user${index}`,
  display: one.name,
  staff_no: one.staff_no,
  branch_no: one.branch_no,
  branch_name: one.branch_name,
  roles: index === 1 ? [] : ['rm'],
  status: index === 1 ? 'disabled' : 'active',
  locked_until: index === 2 ? '2026-11-23T03:00:00Z' : null,
  must_change_password: index === 2,
  totp_enabled: index === 0,
  last_sign_in_at: index === 1 ? null : '2026-11-22T01:00:00Z',
  created_at: '2026-01-01T00:00:00Z',
}))

export const roles: S['RoleOut'][] = (
  [
    'rm',
    'branch_head',
    'institution',
    'analyst',
    'compliance',
    'data_engineer',
    'system_admin',
    'security_admin',
    'audit_admin',
  ] as const
).map((role, index) => ({
  role,
  permissions:
    index < 3 ? ['customer.read', 'customer.reveal', 'product.read'] : ['org.read', 'job.read', 'source.read'],
  scope: (['book', 'branch', 'branch', 'all', 'all', 'none', 'none', 'none', 'none'] as const)[index] ?? 'none',
  clear_fields: index < 3 ? ['name'] : [],
  administrator: index > 5,
  excludes: index > 5 ? ['system_admin', 'security_admin', 'audit_admin'] : [],
}))
