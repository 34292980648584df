import { clock, minuteOf } from '@/kit/reach'
import type { Policy, PolicyDraft, Quiet } from './wire'

export interface QuietFields extends Omit<Quiet, 'from_minute' | 'to_minute'> {
  from: string
  to: string
}

export interface DraftFields extends Omit<PolicyDraft, 'quiets'> {
  quiets: QuietFields[]
}

/** A policy as a form: hours are typed as a clock shows them. */
export function toFields(policy: Policy): DraftFields {
  return {
    note: '',
    permit_seconds: policy.permit_seconds,
    caps: policy.caps,
    quiets: policy.quiets.map(({ from_minute, to_minute, ...rest }) => ({
      ...rest,
      from: clock(from_minute),
      to: clock(to_minute),
    })),
    wordings: policy.wordings,
    rules: policy.rules.map(({ name, text, reason, remedy }) => ({ name, text, reason, remedy })),
  }
}

/** What the form says, as the version to draft; rows that were just added carry nothing yet but what was filled in. */
export function toDraft(fields: DraftFields): PolicyDraft {
  return {
    note: fields.note.trim(),
    permit_seconds: fields.permit_seconds,
    caps: fields.caps.map((cap) => ({ ...cap, channel: cap.channel ?? null, hours: cap.hours ?? null })),
    quiets: fields.quiets.map(({ from, to, ...rest }) => ({
      ...rest,
      channels: rest.channels ?? [],
      from_minute: minuteOf(from) ?? 0,
      to_minute: minuteOf(to) ?? 0,
    })),
    wordings: fields.wordings.map((one) => ({
      ...one,
      unless: one.unless ?? [],
      must: one.must ?? false,
      kinds: one.kinds ?? [],
    })),
    rules: fields.rules.map((rule) => ({ ...rule, remedy: rule.remedy ?? '' })),
  }
}
