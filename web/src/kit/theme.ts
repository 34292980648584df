import { theme as antd, type ThemeConfig } from 'antd'
import { fontCode, fontFamily, palette, size, space, type Mode } from './tokens'

/** The antd theme drawn from our tokens. */
export function themeOf(mode: Mode, compact: boolean): ThemeConfig {
  const c = palette[mode]
  const base = mode === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm
  return {
    algorithm: compact ? [base, antd.compactAlgorithm] : base,
    token: {
      colorPrimary: c.primary,
      colorInfo: c.info,
      colorSuccess: c.good,
      colorWarning: c.warn,
      colorError: c.bad,
      colorSuccessBg: c.goodSoft,
      colorSuccessBorder: c.goodSoft,
      colorWarningBg: c.warnSoft,
      colorWarningBorder: c.warnSoft,
      colorErrorBg: c.badSoft,
      colorErrorBorder: c.badSoft,
      colorInfoBg: c.primarySoft,
      colorInfoBorder: c.primarySoft,
      colorLink: c.primary,
      colorLinkHover: c.primaryHover,
      colorText: c.text,
      colorTextSecondary: c.textSoft,
      colorTextTertiary: c.textFaint,
      colorTextDescription: c.textSoft,
      colorTextPlaceholder: c.textFaint,
      colorBgLayout: c.ground,
      colorBgContainer: c.surface,
      colorBgElevated: c.raised,
      colorBorder: c.lineStrong,
      colorBorderSecondary: c.line,
      colorTextLightSolid: c.onPrimary,
      borderRadius: size.radius,
      fontFamily,
      fontFamilyCode: fontCode,
      fontSize: size.font,
      motionDurationMid: '0.14s',
      motionDurationSlow: '0.2s',
    },
    components: {
      Table: {
        headerBg: c.sunken,
        headerColor: c.textSoft,
        headerSplitColor: 'transparent',
        rowHoverBg: c.primarySoft,
        rowSelectedBg: c.primarySoft,
        borderColor: c.line,
        cellPaddingBlockMD: space.s1h,
        cellPaddingBlockSM: space.s1,
      },
      Card: { paddingLG: space.s2 },
      Tabs: { horizontalMargin: '0', horizontalItemGutter: space.s3 - space.half, titleFontSize: size.font },
      Tooltip: { colorTextLightSolid: palette.dark.text, colorBgSpotlight: mode === 'dark' ? c.raised : c.text },
      Drawer: { paddingLG: space.s3 },
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    },
  }
}
