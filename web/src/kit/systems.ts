/** The bank's source systems by their short names; a system not named here shows its own name. */
export const systemNames: { zh: Record<string, string>; en: Record<string, string> } = {
  zh: {
    core: '核心存款',
    loan: '信贷',
    card: '信用卡',
    wealth: '理财',
    app: '手机银行',
    callcentre: '客服与投诉',
    wecom: '企业微信',
    crm: '旧 CRM',
  },
  en: {
    core: 'Core deposits',
    loan: 'Loans',
    card: 'Credit cards',
    wealth: 'Wealth',
    app: 'Mobile bank',
    callcentre: 'Call centre',
    wecom: 'WeCom',
    crm: 'Old CRM',
  },
}
