import { words } from '@/kit/lang'

/** Words of the tags on a customer's page. */
export const customerTagWords = words(
  {
    tagsTitle: '标签',
    tagsEmpty: '下一次标签刷新后显示',
    tagsAsOf: (day: string, n: number, at: string) => `共 ${n} 个标签 · 数据日期 ${day} · 更新于 ${at}`,
    tagSource: (source: string, day: string, at: string) => `取自：${source}；数据日期 ${day}，更新于 ${at}`,
    tagFamilies: {
      asset: '资产',
      transaction: '交易',
      credit: '信贷',
      product: '产品',
      channel: '渠道与浏览',
      service: '互动与投诉',
      life: '生命周期与家庭',
      risk: '风险与合规',
    } as Record<string, string>,
  },
  {
    tagsTitle: 'Tags',
    tagsEmpty: 'Shown after the next refresh of tags',
    tagsAsOf: (day: string, n: number, at: string) => `${n} tags · as of ${day} · refreshed ${at}`,
    tagSource: (source: string, day: string, at: string) => `From: ${source}; as of ${day}, refreshed ${at}`,
    tagFamilies: {
      asset: 'Assets',
      transaction: 'Transactions',
      credit: 'Credit',
      product: 'Products',
      channel: 'Channels & browsing',
      service: 'Service & complaints',
      life: 'Life & family',
      risk: 'Risk & compliance',
    },
  },
)
