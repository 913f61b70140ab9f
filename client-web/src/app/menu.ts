// SPDX-License-Identifier: ISC
// What is in the menu. Whoever has something to put there hangs it in, also from a part that is
// loaded later; the menu itself (ui/menu.tsx, parts/menu/) only shows what hangs here.
//
//   hang({ kind: 'switch', id: 'sound', group: 'tell', at: 1, icon: SOUND,
//          label: () => t().energy.sound, on: () => sound.value, set: (on) => (sound.value = on) });

import { signal } from '@preact/signals';

/** The groups in their order: over the picture, to share it, how the page is, how it calls, help. */
export const GROUPS = ['picture', 'share', 'page', 'tell', 'help'] as const;
export type Group = (typeof GROUPS)[number];

interface Common {
  /** Hanging in another one of the same id takes the place of the first. */
  readonly id: string;
  readonly group: Group;
  /** Where in its group: those with less come first. */
  readonly at: number;
  /** A path of ui/icons.tsx. */
  readonly icon: string;
  /** Functions, as the texts and what they say may change. They may read signals. */
  label(): string;
  /** The key that does the same, as it is to be shown. */
  readonly key?: string;
  /** Whether there is any use for it now; always, if it is left out. */
  shown?(): boolean;
}

/** Closes the menu and does something. */
export interface Action extends Common {
  readonly kind: 'action';
  run(): void;
}

/** Something that is on or off. */
export interface Switch extends Common {
  readonly kind: 'switch';
  on(): boolean;
  set(on: boolean): void;
}

/** One of a few, all in sight; or of many, to be unfolded. */
export interface Choice extends Common {
  readonly kind: 'choice' | 'list';
  value(): string;
  choose(value: string): void;
  /** Values and what they are called. */
  values(): readonly (readonly [string, string])[];
}

export type Entry = Action | Switch | Choice;

export const entries = signal<readonly Entry[]>([]);
/** Whether the menu is open. */
export const menuOpen = signal(false);

export function hang(...more: readonly Entry[]): void {
  const ids = new Set(more.map(({ id }) => id));
  const kept = entries.peek().filter(({ id }) => !ids.has(id));
  entries.value = [...kept, ...more].sort(
    (a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) || a.at - b.at,
  );
}
