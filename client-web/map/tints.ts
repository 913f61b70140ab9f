// SPDX-License-Identifier: ISC
// Which countries share a colour: never two that touch.

/** neighbours[i]: the countries that touch country i. Each gets one of `count` tints, or more where
 * that many do not suffice; those with the most neighbours choose first, and take the tint that is
 * used least. */
export const tintsOf = (neighbours: number[][], count: number): number[] => {
  const tints: number[] = neighbours.map(() => -1);
  const used: number[] = Array.from({ length: count }, () => 0);
  const order = neighbours.map((_, i) => i);
  order.sort((a, b) => (neighbours[b]?.length ?? 0) - (neighbours[a]?.length ?? 0) || a - b);
  for (const i of order) {
    const taken = new Set(neighbours[i]?.map((other) => tints[other]));
    const free = [...used.keys()].filter((tint) => !taken.has(tint));
    const best = free.reduce((a, b) => ((used[b] ?? 0) < (used[a] ?? 0) ? b : a), free[0] ?? used.length);
    used[best] = (used[best] ?? 0) + 1;
    tints[i] = best;
  }
  return tints;
};
