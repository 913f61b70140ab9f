// SPDX-License-Identifier: ISC
// What a newcomer is told, one thing at a time: to choose a colour, to come nearer, to place. Each
// is gone for ever when it was done once, be it in another order.

export const STEPS = ['colour', 'zoom', 'place'] as const;
export type Step = (typeof STEPS)[number];

export interface Learned {
  readonly colour: boolean;
  readonly zoom: boolean;
  readonly place: boolean;
}

/** What is said next; null for who knows it all. Who has placed a pixel has nothing to learn. */
export function nextStep(learned: Learned, near: boolean): Step | null {
  if (learned.place) return null;
  if (!learned.colour) return 'colour';
  // A link may have led here: then there is no need to come nearer.
  return learned.zoom || near ? 'place' : 'zoom';
}

/** How this browser keeps it: the steps that were done, in one word. */
export const formatLearned = (learned: Learned): string =>
  STEPS.filter((step) => learned[step]).join(' ');

export function parseLearned(text: string): Learned {
  const done = text.split(' ');
  return { colour: done.includes('colour'), zoom: done.includes('zoom'), place: done.includes('place') };
}
