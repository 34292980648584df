import dayjs from 'dayjs'

/** Every month from the first to the last, so that an empty one keeps its place. */
export function monthsBetween(seen: string[]): string[] {
  const sorted = [...seen].sort()
  const last = sorted.at(-1)
  const all: string[] = []
  for (let at = sorted[0]; at && last && at <= last; at = dayjs(`${at}-01`).add(1, 'month').format('YYYY-MM'))
    all.push(at)
  return all
}

/** The last day of a month given by its first. */
export const endOf = (first: string): string => dayjs(first).endOf('month').format('YYYY-MM-DD')
