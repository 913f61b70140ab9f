// SPDX-License-Identifier: ISC
// What can be done with a template that is here; once it rests, it is kept and named by the page's link.

import { batch } from '@preact/signals';
import { embedded } from '../../app/embed';
import { invalidate } from '../../app/invalidate';
import { flyTo } from '../../app/moving';
import { hint } from '../../app/statusline';
import { kept } from '../../app/template';
import type { Cell } from '../../core/edit';
import { areaAt } from '../../core/template/cells';
import { change, shift, TEMPLATES_MOST, without, type Template } from '../../core/template/list';
import { t } from '../../texts';
import { adding, chosenId, list, movingId, panelOpen, templateOf, visible } from './model';
import { count, drop, endCount, pictureOf } from './pictures';
import { writeLink } from './sharing';
import { sayKept, store } from './keeping';

/** While one moves or slides, what rests is counted, kept and put into the link. */
const REST_MS = 250;
let restTimer: ReturnType<typeof setTimeout> | undefined;
const movedIds = new Set<string>();

export function edit(id: string, by: Partial<Omit<Template, 'id'>>): void {
  list.value = change(list.peek(), id, by);
  if (by.at) {
    movedIds.add(id);
    endCount(id);
  }
  invalidate('layers');
  rest();
}

function rest(): void {
  clearTimeout(restTimer);
  restTimer = setTimeout(settle, REST_MS);
}

function settle(): void {
  clearTimeout(restTimer);
  for (const id of movedIds) {
    const template = templateOf(id);
    if (template) count(template);
  }
  movedIds.clear();
  writeLink();
  kept.value = list.peek().length > 0;
  if (!embedded) void store.keep(list.peek()).then(sayKept);
}

export function choose(id: string): void {
  chosenId.value = id;
  rest();
}

export const setShown = (id: string, shown: boolean): void => edit(id, { shown });
export const setStyle = (id: string, style: Template['style']): void => edit(id, { style });
export const setOpacity = (id: string, opacity: number): void => edit(id, { opacity });
export const setOnly = (id: string, only: boolean): void => edit(id, { only });
export const rename = (id: string, name: string): void => edit(id, { name });
export const moveBy = (id: string, { x, y }: Cell): void => {
  const at = templateOf(id)?.at;
  if (at) moveTo(id, { x: at.x + x, y: at.y + y });
};

const FAR = 1_000_000;
const between = (v: number): number => Math.min(FAR, Math.max(-FAR, v));

export const moveTo = (id: string, { x, y }: Cell): void => edit(id, { at: { x: between(x), y: between(y) } });

export function reorder(id: string, by: 1 | -1): void {
  list.value = shift(list.peek(), id, by);
  invalidate('layers');
  rest();
}

export function remove(id: string): void {
  if (movingId.peek() === id) endMoving();
  drop(id);
  batch(() => {
    list.value = without(list.peek(), id);
    if (chosenId.peek() === id) chosenId.value = list.peek().at(-1)?.id ?? null;
  });
  void store.forget(id);
  invalidate('layers');
  rest();
}

/** Shows or hides all of them; where there are none, asks for one. */
export function toggle(): void {
  if (list.peek().length === 0) {
    adding.value = 'source';
    return;
  }
  visible.value = !visible.peek();
  if (!visible.peek()) endMoving();
}

export function openPanel(): void {
  visible.value = true;
  if (list.peek().length === 0) adding.value = 'source';
  else panelOpen.value = true;
}

/** Where it is becomes what the window shows. */
export function showAll(id: string): void {
  const template = templateOf(id);
  const made = pictureOf(id)?.made;
  if (template && made) flyTo(areaAt(template.at, made.cells));
}

export function endMoving(): void {
  if (movingId.peek() === null) return;
  movingId.value = null;
  settle();
}

/** Puts it on top of the others; false: there are too many. */
export function put(template: Template): boolean {
  if (list.peek().length >= TEMPLATES_MOST) {
    hint.say(t().template.tooMany(TEMPLATES_MOST));
    return false;
  }
  batch(() => {
    list.value = [...list.peek(), template];
    chosenId.value = template.id;
    visible.value = true;
  });
  rest();
  return true;
}

