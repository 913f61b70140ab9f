// SPDX-License-Identifier: ISC
// How pictures become templates: from a file or an address, when somebody has accepted what was made of
// them, and from the page's link at once.

import { batch } from '@preact/signals';
import { middleCell } from '../../app/canvas';
import { hint } from '../../app/statusline';
import { BYTES_MOST } from '../../core/template/cells';
import { readImage } from '../../core/template/image';
import { cleanTitle, parseTemplate, readTemplate, titleOf } from '../../core/template/link';
import { named, NEW, type Template } from '../../core/template/list';
import type { Made } from '../../core/template/make';
import { t } from '../../texts';
import { edit, moveTo, put, remove, showAll } from './changing';
import { fetchImage } from './fetch';
import { adding, chosenId, list, templateOf, visible, type Draft } from './model';
import { startMoving } from './moving';
import { lay, pictureOf } from './pictures';
import { sayKept, store } from './keeping';
import { failureWords, imageWords } from './words';

const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A picture that somebody handed to the page; it becomes a template when that is accepted. */
export async function addFile(file: Blob & { readonly name?: string }): Promise<string | null> {
  if (file.size > BYTES_MOST) return imageWords('bytes');
  const bytes = new Uint8Array(await file.arrayBuffer());
  const title = cleanTitle((file.name ?? '').replace(/\.\w{2,5}$/, ''));
  return draft({ bytes, address: null, id: null, link: { at: null, width: null, title, dithered: false } });
}

/** An address, or the link of a canvas. Words when nothing comes of it. */
export async function addText(text: string): Promise<string | null> {
  const link = readTemplate(text, location.href);
  if (!link) return t().template.noAddress;
  const { address, ...rest } = link;
  const fetched = await fetchImage(address);
  if ('failure' in fetched) return failureWords(address, fetched);
  return draft({ bytes: fetched.bytes, address, id: null, link: rest });
}

/** Asks how it is to be, if it is a picture at all. */
async function draft(draft: Draft): Promise<string | null> {
  const file = readImage(draft.bytes);
  if (typeof file === 'string') return imageWords(file);
  adding.value = draft;
  return null;
}

/** Asks anew how an existing one is to be. */
export function redo(id: string): void {
  const template = templateOf(id);
  const picture = pictureOf(id);
  if (!template || !picture) return;
  const { at, width, name: title, dithered, address } = template;
  adding.value = { bytes: picture.bytes, address, id, link: { at, width: width ?? picture.made.cells.width, title, dithered } };
}

/** The draft is to be a template, like this. */
export async function accept({ bytes, address, link, id }: Draft, made: Made, dithered: boolean, name: string): Promise<void> {
  adding.value = null;
  const { width, height } = made.cells;
  if (id) {
    edit(id, { width, dithered, name });
    const words = await lay(templateOf(id)!, bytes);
    if (words) hint.say(words);
    return;
  }
  const middle = middleCell();
  const at = link.at ?? { x: middle.x - Math.floor(width / 2), y: middle.y - Math.floor(height / 2) };
  const template: Template = { ...NEW, id: newId(), name, address, at, width, dithered };
  if (!put(template)) return;
  const words = await lay(template, bytes);
  if (words) return fail(template, words);
  void store.keepImage(template.id, bytes).then(sayKept);
  if (link.at) showAll(template.id);
  else startMoving(template.id);
}


function fail({ id }: Template, words: string): void {
  remove(id);
  hint.say(words);
}

/** Lays what the address of the page names over the canvas. */
export async function follow(hash: string): Promise<void> {
  const link = parseTemplate(hash, location.href);
  if (!link) return;
  const known = named(list.peek(), link);
  const { at, width, title, dithered } = link;
  const same = known && pictureOf(known.id) && (width ?? known.width) === known.width && dithered === known.dithered;
  if (known) {
    edit(known.id, { ...(at && { at }), ...(title && { name: title }), width: width ?? known.width, dithered, shown: true });
    batch(() => {
      chosenId.value = known.id;
      visible.value = true;
    });
    if (same) return;
  }
  const middle = middleCell();
  const template: Template = known
    ? templateOf(known.id)!
    : { ...NEW, id: newId(), name: title || titleOf(link.address), address: link.address, at: at ?? middle, width, dithered };
  if (!known && !put(template)) return;
  const fetched = await fetchImage(link.address);
  if ('failure' in fetched) {
    const words = failureWords(link.address, fetched);
    // What was kept of it is better than nothing.
    if (known && pictureOf(known.id)) return hint.say(words);
    return fail(template, words);
  }
  const words = await lay(template, fetched.bytes);
  if (words) return fail(template, words);
  void store.keepImage(template.id, fetched.bytes).then(sayKept);
  const made = pictureOf(template.id)?.made;
  if (!made || known) return;
  if (!at) {
    const { width, height } = made.cells;
    moveTo(template.id, { x: middle.x - Math.floor(width / 2), y: middle.y - Math.floor(height / 2) });
    startMoving(template.id);
  } else if (!/[#&]x=/.test(hash)) {
    // A link that names no view leads to the picture.
    showAll(template.id);
  }
}

