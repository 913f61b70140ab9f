// SPDX-License-Identifier: ISC
// The templates that are here, which one is chosen, and what of them is open: the signals that the
// components read. What changes them stands in the files beside.

import { computed, signal } from '@preact/signals';
import type { List, Template } from '../../core/template/list';
import type { TemplateLink } from '../../core/template/link';

/** From the lowest to the highest. */
export const list = signal<List>([]);
/** The one that the bar is about. */
export const chosenId = signal<string | null>(null);
export const chosen = computed(() => list.value.find(({ id }) => id === chosenId.value) ?? null);
/** As it is now. */
export const templateOf = (id: string | null): Template | undefined => list.peek().find((one) => one.id === id);
/** All of them can be hidden for a moment. */
export const visible = signal(true);
export const panelOpen = signal(false);
/** The one that is being moved. */
export const movingId = signal<string | null>(null);
/** A picture that is about to become a template, or whose template is about to be made anew. */
export interface Draft {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly link: Omit<TemplateLink, 'address'>;
  readonly address: string | null;
  /** The template that it changes; null: it becomes one. */
  readonly id: string | null;
}
/** What the dialog is about: where a picture may come from, or one that came. */
export const adding = signal<'source' | Draft | null>(null);
/** Something is held over the page that could be dropped on it. */
export const dropping = signal(false);
