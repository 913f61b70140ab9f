// SPDX-License-Identifier: ISC
// What is made of the templates' pictures: their cells, how they are drawn, and what is counted of them.

import { computed, signal } from '@preact/signals';
import { invalidate } from '../../app/invalidate';
import { plane } from '../../app/live';
import * as state from '../../app/state';
import type { Template } from '../../core/template/list';
import type { Made, Wish } from '../../core/template/make';
import { Progress, RIGHT, type Counts } from '../../core/template/progress';
import { Face } from '../../layers/face';
import { TemplateLayer, type Drawn } from '../../layers/template';
import { Counting } from './counting';
import { Maker } from './maker';
import { list, visible } from './model';
import { imageWords } from './words';

/** Grows when counts have changed. */
const counted = signal(0);

interface Picture {
  readonly made: Made;
  readonly face: Face;
  readonly bytes: Uint8Array<ArrayBuffer>;
  progress: Progress | null;
}
const pictures = new Map<string, Picture>();
/** Grows when one came or went. */
const ran = signal(0);

const maker = new Maker();
export const counting = new Counting(
  () => state.info.peek()!,
  () => plane.live,
  () => {
    counted.value = counted.peek() + 1;
    for (const { face } of pictures.values()) face.forgetSymbols();
    if (list.peek().some(({ style, shown }) => shown && style === 'symbols')) invalidate('layers');
  },
);

export const palette = computed(() => state.info.value?.palette.map(({ rgb }) => rgb) ?? []);

export const layer = new TemplateLayer({
  shown: () => drawn(),
  palette: () => palette.peek(),
  colour: () => state.colour.peek(),
});

function drawn(): Drawn[] {
  if (!visible.peek()) return [];
  return list.peek().flatMap((template) => {
    const picture = pictures.get(template.id);
    return picture && template.shown ? [{ template, ...picture }] : [];
  });
}

/** What is counted of a template; of one colour or of all. Null: it is not counted yet. */
export function countsOf(id: string, colour: number | null = null): Counts | null {
  counted.value;
  ran.value;
  return pictures.get(id)?.progress?.of(colour) ?? null;
}

export function madeOf(id: string): Made | null {
  ran.value;
  return pictureOf(id)?.made ?? null;
}

/** The same, and more of it, for who does not wait for changes. */
export const pictureOf = (id: string): Picture | null => pictures.get(id) ?? null;

function wishFor(width: number | null, dithered: boolean, guess: boolean): Wish {
  return { width, dithered, guess, palette: palette.peek(), allowed: state.info.peek()!.colours };
}

/** What a draft would look like; words when its picture is none. */
export async function tryOut(
  bytes: Uint8Array<ArrayBuffer>,
  width: number | null,
  dithered: boolean,
): Promise<Made | string> {
  const made = await maker.make(bytes, wishFor(width, dithered, true));
  return typeof made === 'string' ? imageWords(made) : made;
}

/** Lays the template's picture over the canvas; words when that cannot be. */
export async function lay(template: Template, bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  const made = await maker.make(bytes, wishFor(template.width, template.dithered, false));
  if (typeof made === 'string') return imageWords(made);
  const now = list.peek().find(({ id }) => id === template.id);
  if (!now) return null;
  drop(template.id);
  // What is right needs no symbol.
  const wants = (p: number) => pictures.get(template.id)?.progress?.stateAt(p) !== RIGHT;
  pictures.set(template.id, { made, bytes, face: new Face(made.cells, palette.peek(), wants), progress: null });
  ran.value = ran.peek() + 1;
  count(now);
  invalidate('layers');
  return null;
}

export function drop(id: string): void {
  endCount(id);
  pictures.delete(id);
  ran.value = ran.peek() + 1;
}

/** Counts it anew, where it is now. */
export function count({ id, at }: Template): void {
  const picture = pictures.get(id);
  if (!picture) return;
  endCount(id);
  picture.progress = new Progress(picture.made.cells, at, 0, picture.made.colours);
  counting.begin(picture.progress);
}

/** What was counted is true no more: it is somewhere else, or gone. */
export function endCount(id: string): void {
  const picture = pictures.get(id);
  if (picture?.progress) counting.end(picture.progress);
  if (picture) picture.progress = null;
}
