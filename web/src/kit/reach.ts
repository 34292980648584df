/** What channels and purposes of reaching a customer are called: the same words on every page. */
export const channelNames = {
  zh: {
    phone: '电话',
    sms: '短信',
    wecom: '企微',
    app_push: 'App 推送',
    app_popup: 'App 弹窗',
    email: '邮件',
    counter: '柜面',
    atm: '自助机',
    letter: '信函',
  } as Record<string, string>,
  en: {
    phone: 'Phone',
    sms: 'SMS',
    wecom: 'WeCom',
    app_push: 'App push',
    app_popup: 'App pop-up',
    email: 'E-mail',
    counter: 'Counter',
    atm: 'ATM',
    letter: 'Letter',
  } as Record<string, string>,
}

export const purposeNames = {
  zh: {
    service: '服务履约',
    marketing: '营销',
    profiling: '个性化推荐',
    research: '调研',
    antifraud: '反欺诈',
    legal: '法定义务',
  } as Record<string, string>,
  en: {
    service: 'Service',
    marketing: 'Marketing',
    profiling: 'Personal recommendation',
    research: 'Research',
    antifraud: 'Anti-fraud',
    legal: 'Legal duty',
  } as Record<string, string>,
}

export const channels = ['phone', 'sms', 'wecom', 'app_push', 'app_popup', 'email', 'counter', 'atm', 'letter'] as const
export const purposes = ['service', 'marketing', 'profiling', 'research', 'antifraud', 'legal'] as const
export type ChannelName = (typeof channels)[number]
export type PurposeName = (typeof purposes)[number]

/** A minute of the day as a clock shows it: 1290 → 21:30. */
export function clock(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

/** `21:30` as a minute of the day; null when it is not a time. */
export function minuteOf(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (!match) return null
  const minute = Number(match[1]) * 60 + Number(match[2])
  return Number(match[2]) < 60 && minute <= 1440 ? minute : null
}
