/** Change against the AUM of three months ago; unknown when there was nothing then. */
export function changeRatio(aum: number, change: number): number | null {
  const before = aum - change
  return before > 0 ? change / before : null
}
