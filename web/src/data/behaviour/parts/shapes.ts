import type { EChartsOption } from '@/kit/echarts'

/** Shapes of charts, without any meaning of their own. */

const grid = { left: 0, right: 24, top: 40, bottom: 0, containLabel: true }

export function lines(labels: string[], series: [string, number[]][], unit = ''): EChartsOption {
  return {
    grid,
    legend: series.length > 1 ? { top: 0, left: 0, type: 'scroll' } : { show: false },
    tooltip: { trigger: 'axis', valueFormatter: (value: number) => `${value.toLocaleString('en-US')}${unit}` },
    xAxis: { type: 'category', data: labels, boundaryGap: false },
    yAxis: { type: 'value', min: 0, minInterval: unit ? 0 : 1 },
    series: series.map(([name, data]) => {
      const few = data.length <= 31
      return { type: 'line', name, data, showSymbol: few, showAllSymbol: few }
    }),
  }
}

export function bars(
  labels: string[],
  values: number[],
  { notes, sideways = false }: { notes?: string[]; sideways?: boolean } = {},
): EChartsOption {
  const names = { type: 'category', data: labels, inverse: sideways, axisLabel: { width: 260, overflow: 'truncate' } }
  const amounts = { type: 'value', min: 0, minInterval: 1, show: !sideways }
  return {
    grid: { ...grid, top: 16, right: sideways ? 110 : 24 },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: sideways ? amounts : names,
    yAxis: sideways ? names : amounts,
    series: [
      {
        type: 'bar',
        barMaxWidth: 36,
        data: values,
        label: {
          show: true,
          position: sideways ? 'right' : 'top',
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            notes?.[dataIndex] ?? (values[dataIndex] ? values[dataIndex].toLocaleString('en-US') : ''),
        },
      },
    ],
  }
}

export function heat(
  columns: string[],
  rows: string[],
  cells: [number, number, number][],
  { colours, ends }: { colours: string[]; ends: [more: string, less: string] },
): EChartsOption {
  return {
    grid: { ...grid, top: 8, bottom: 48 },
    tooltip: {
      formatter: ({ value }: { value: [number, number, number] }) =>
        `${rows[value[1]] ?? ''} ${columns[value[0]] ?? ''}: ${value[2].toLocaleString('en-US')}`,
    },
    xAxis: { type: 'category', data: columns },
    yAxis: { type: 'category', data: rows, inverse: true },
    visualMap: {
      min: 0,
      max: Math.max(1, ...cells.map((cell) => cell[2])),
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemHeight: 120,
      text: ends,
      inRange: { color: colours },
    },
    series: [{ type: 'heatmap', data: cells }],
  }
}

export function sankey(links: { source: string; target: string; value: number }[], text: string): EChartsOption {
  const nodes = [...new Set(links.flatMap((link) => [link.source, link.target]))]
  const plain = (name: string) => name.slice(name.indexOf('|') + 1)
  return {
    tooltip: {
      formatter: ({ data, name }: { data: { source?: string; target?: string; value?: number }; name: string }) =>
        data.source
          ? `${plain(data.source)} → ${plain(data.target ?? '')}: ${(data.value ?? 0).toLocaleString('en-US')}`
          : plain(name),
    },
    series: [
      {
        type: 'sankey',
        left: 0,
        right: 96,
        top: 8,
        bottom: 8,
        nodeGap: 10,
        emphasis: { focus: 'adjacency' },
        lineStyle: { color: 'gradient', opacity: 0.35 },
        label: { color: text, formatter: ({ name }: { name: string }) => plain(name) },
        data: nodes.map((name) => ({ name })),
        links,
      },
    ],
  }
}
