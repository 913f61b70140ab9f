// SPDX-License-Identifier: ISC
// What the first load knows of templates: where one can be dragged just now, and that what is dropped
// on the page or pasted into it may become one.

import { signal } from '@preact/signals';
import type { Rect } from '../core/edit';
import type { Point } from '../core/view';
import { flag } from './settings';

/** While a template is moved, what it covers of the plane: a drag that begins there moves it. */
export const grip = signal<Rect | null>(null);

/** Who moves it. Points are those of the window. */
export interface TemplateDrag {
  start(point: Point): void;
  move(point: Point): void;
  end(counts: boolean): void;
}

/** Null until the part that knows templates is there. */
export const drag: { now: TemplateDrag | null } = { now: null };

/** There are templates that this browser keeps. */
export const kept = flag('templates', false);

/** What somebody hands to the page. */
export type Given = { readonly files: readonly File[] } | { readonly text: string };

/** Files, or words that look like an address; null: nothing that could be a template. */
function givenBy(data: DataTransfer | null): Given | null {
  const files = [...(data?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
  if (files.length > 0) return { files };
  const text = (data?.getData('text/uri-list') || data?.getData('text/plain') || '').trim();
  return /^(https?:\/\/|data:image\/|#?template=)\S+$/i.test(text) ? { text } : null;
}

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

/** Listens to what is dropped and pasted, wherever that is. `over`: something is being dragged in. */
export function watchGiven(take: (given: Given) => void, over: (on: boolean) => void): void {
  window.addEventListener('paste', (event) => {
    const given = givenBy(event.clipboardData);
    if (!given || (writes(event.target) && !('files' in given))) return;
    event.preventDefault();
    take(given);
  });
  const carries = ({ dataTransfer }: DragEvent) =>
    dataTransfer?.types.some((type) => type === 'Files' || type === 'text/uri-list') ?? false;
  // Without this the browser would leave the page for what is dropped.
  window.addEventListener('dragover', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over(true);
  });
  window.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) over(false);
  });
  window.addEventListener('drop', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over(false);
    const given = givenBy(event.dataTransfer);
    if (given) take(given);
  });
}
