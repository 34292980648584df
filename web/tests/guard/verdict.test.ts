import { describe, expect, test } from 'vitest'
import { brief, stepsOf } from '@/guard/audit/proof'
import { toDraft, toFields } from '@/guard/gate/draft'
import { arranged, checks, deciding, evidenceLines, inOrder } from '@/guard/gate/verdict'
import type { Looked, Policy } from '@/guard/gate/wire'
import { gateWords } from '@/guard/gate/words'
import { groupsFor, landing } from '@/app/nav'
import { channelNames, channels, clock, minuteOf, purposeNames, purposes } from '@/kit/reach'

const look = (check: Looked['check'], passed: boolean): Looked => ({
  check,
  passed,
  title: check,
  code: passed ? '' : `${check}:x`,
  reason: '',
  remedy: '',
  source: '',
  evidence: {},
})

describe('a verdict', () => {
  const looked = [look('cap', false), look('customer', true), look('suitability', false), look('consent', true)]
  test('the first check of the gate that says no decides, whatever order they came in', () => {
    expect(deciding(looked)?.check).toBe('suitability')
    expect(deciding([look('consent', true)])).toBeUndefined()
    expect(inOrder(looked).map((one) => one.check)).toEqual(['customer', 'consent', 'suitability', 'cap'])
  })
  test('what said no is read first, then what passed', () => {
    expect(arranged(looked).map((one) => one.check)).toEqual(['suitability', 'cap', 'customer', 'consent'])
    expect(looked[0]?.check).toBe('cap')
  })
  test('evidence is read as short lines in words, without empty facts', () => {
    const found = { why: 'C2 < R4', until: null, faults: [['违规承诺', '保本']], in: { a: 1 } }
    expect(evidenceLines(found, gateWords.zh)).toEqual(['判断：C2 < R4', '违反的用语规则：违规承诺、保本', 'a：1'])
    const told = { insistable: true, from_minute: 1260, day: 'rest', purpose: 'marketing' }
    expect(evidenceLines(told, gateWords.zh)).toEqual([
      '客户可书面坚持：是',
      '从：21:00',
      '日子：周末',
      '处理目的：营销',
    ])
    expect(evidenceLines({ sent: 2, limit: 2 }, gateWords.en)).toEqual(['Sends so far: 2', 'Limit: 2'])
  })
})

describe('words of the gate', () => {
  test('every check, channel and purpose has a name in both languages', () => {
    for (const lang of ['zh', 'en'] as const) {
      expect(checks.filter((one) => !gateWords[lang].checkNames[one])).toEqual([])
      expect(channels.filter((one) => !channelNames[lang][one])).toEqual([])
      expect(purposes.filter((one) => !purposeNames[lang][one])).toEqual([])
    }
  })
})

describe('a draft of the policy', () => {
  const policy = {
    permit_seconds: 300,
    caps: [{ name: '短信每周', channel: 'sms', purposes: ['marketing'], limit: 2, hours: 168 }],
    quiets: [
      { name: '夜间', channels: [], purposes: ['marketing'], days: ['workday'], from_minute: 1260, to_minute: 540 },
    ],
    wordings: [],
    rules: [{ name: 'a', text: 'aum < 1', words: '…', reason: 'r', remedy: '' }],
  } as unknown as Policy
  test('comes back as it was, with hours as a clock shows them', () => {
    const fields = toFields(policy)
    expect(fields.quiets[0]?.from).toBe('21:00')
    const draft = toDraft({ ...fields, note: ' 改 ' })
    expect(draft.note).toBe('改')
    expect(draft.caps).toEqual(policy.caps)
    expect(draft.quiets).toEqual(policy.quiets)
    expect(draft.rules).toEqual([{ name: 'a', text: 'aum < 1', reason: 'r', remedy: '' }])
  })
  test.each([
    ['21:30', 1290],
    ['24:00', 1440],
    ['9:05', 545],
    ['25:00', null],
    ['12:60', null],
    ['noon', null],
  ])('%s is minute %s', (text, minute) => expect(minuteOf(text)).toBe(minute))
  test('a minute is shown as a clock shows it', () => expect(clock(545)).toBe('09:05'))
})

describe('a proof of inclusion', () => {
  test('names the side each neighbour stands on', () => {
    expect(stepsOf(0, 1, [])).toEqual([])
    expect(stepsOf(2, 3, ['a'])?.map((step) => step.side)).toEqual(['left'])
    expect(stepsOf(1, 3, ['a', 'b'])?.map((step) => step.side)).toEqual(['left', 'right'])
    expect(stepsOf(4, 7, ['a', 'b', 'c'])?.map((step) => step.side)).toEqual(['right', 'right', 'left'])
  })
  test('a path of the wrong length proves nothing', () => {
    expect(stepsOf(1, 3, ['a'])).toBeNull()
    expect(stepsOf(0, 1, ['a'])).toBeNull()
  })
  test('a long hash is shortened in the middle', () => expect(brief('0123456789abcdefghij')).toBe('0123456789…efghij'))
})

describe('navigation', () => {
  test('compliance starts at the compliance centre, the auditor at the log', () => {
    expect(landing(['compliance'], new Set(['customer.read', 'gate.read', 'audit.read']))).toBe('/outreach')
    expect(landing(['audit_admin'], new Set(['audit.read', 'org.read']))).toBe('/audit')
  })
  test('permissions filter the group', () => {
    const paths = groupsFor(new Set(['gate.read'])).flatMap((group) => group.items.map((item) => item.path))
    expect(paths).toEqual(['/outreach'])
  })
})
