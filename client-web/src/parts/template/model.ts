// SPDX-License-Identifier: ISC
// The templates that are here: their list, what is made of their pictures, which one is chosen, and
// everything that can be done to them. The components read the signals and call the functions.

import { batch, computed, effect, signal } from '@preact/signals';
import { announceReticle } from '../../app/announce';
import { camera, middle, middleCell, stage } from '../../app/canvas';
import { embedded } from '../../app/embed';
import * as events from '../../app/events';
import { invalidate } from '../../app/invalidate';
import { base, plane } from '../../app/live';
import { flyTo } from '../../app/moving';
import { focusCanvas } from '../../app/parts';
import * as placing from '../../app/placing';
import * as state from '../../app/state';
import { hint } from '../../app/statusline';
import { drag, grip, kept } from '../../app/template';
import type { Cell } from '../../core/edit';
import { areaAt, BYTES_MOST } from '../../core/template/cells';
import { writeDataUrl } from '../../core/template/dataurl';
import { encodeCells } from '../../core/template/encode';
import { readImage } from '../../core/template/image';
import type { Made, Wish } from '../../core/template/make';
import {
  change,
  linkOf,
  named,
  NEW,
  shift,
  TEMPLATES_MOST,
  without,
  type List,
  type Template,
} from '../../core/template/list';
import {
  cleanTitle,
  parseTemplate,
  readTemplate,
  titleOf,
  withTemplate,
  type TemplateLink,
} from '../../core/template/link';
import { Progress, RIGHT, type Counts } from '../../core/template/progress';
import { CLOSE_K, lookAt } from '../../core/view';
import { Face } from '../../layers/face';
import { TemplateLayer, type Drawn } from '../../layers/template';
import { t } from '../../texts';
import { Counting } from './counting';
import { fetchImage } from './fetch';
import { Maker } from './maker';
import { failureWords, imageWords } from './words';
import { Store, type Kept } from './store';

/** From the lowest to the highest. */
export const list = signal<List>([]);
/** The one that the bar is about. */
export const chosenId = signal<string | null>(null);
export const chosen = computed(() => list.value.find(({ id }) => id === chosenId.value) ?? null);
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
/** Grows when counts have changed. */
const counted = signal(0);

interface Running {
  readonly made: Made;
  readonly face: Face;
  readonly bytes: Uint8Array<ArrayBuffer>;
  progress: Progress | null;
}
const running = new Map<string, Running>();
/** Grows when one came or went. */
const ran = signal(0);

const store = new Store(base);
const maker = new Maker();
const counting = new Counting(
  () => state.info.peek()!,
  () => plane.live,
  () => {
    counted.value++;
    for (const { face } of running.values()) face.forgetSymbols();
    if (list.peek().some(({ style, shown }) => shown && style === 'symbols')) invalidate('layers');
  },
);

const palette = computed(() => state.info.value?.palette.map(({ rgb }) => rgb) ?? []);

const layer = new TemplateLayer({
  shown: () => drawn(),
  palette: () => palette.peek(),
  colour: () => state.colour.peek(),
});

function drawn(): Drawn[] {
  if (!visible.peek()) return [];
  return list.peek().flatMap((template) => {
    const run = running.get(template.id);
    return run && template.shown ? [{ template, face: run.face, progress: run.progress }] : [];
  });
}

/** What is counted of a template; of one colour or of all. Null: it is not counted yet. */
export function countsOf(id: string, colour: number | null = null): Counts | null {
  counted.value;
  ran.value;
  return running.get(id)?.progress?.of(colour) ?? null;
}

export function madeOf(id: string): Made | null {
  ran.value;
  return running.get(id)?.made ?? null;
}

// ---- making

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
async function run(template: Template, bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  const made = await maker.make(bytes, wishFor(template.width, template.dithered, false));
  if (typeof made === 'string') return imageWords(made);
  const now = list.peek().find(({ id }) => id === template.id);
  if (!now) return null;
  stop(template.id);
  // What is right needs no symbol.
  const wants = (p: number) => running.get(template.id)?.progress?.stateAt(p) !== RIGHT;
  running.set(template.id, { made, bytes, face: new Face(made.cells, palette.peek(), wants), progress: null });
  ran.value++;
  count(now);
  invalidate('layers');
  return null;
}

function stop(id: string): void {
  const run = running.get(id);
  if (run?.progress) counting.end(run.progress);
  running.delete(id);
  ran.value++;
}

/** Counts it anew, where it is now. */
function count({ id, at }: Template): void {
  const run = running.get(id);
  if (!run) return;
  if (run.progress) counting.end(run.progress);
  run.progress = new Progress(run.made.cells, at, 0, run.made.colours);
  counting.begin(run.progress);
}

// ---- changing

/** While one moves or slides, what rests is counted, kept and put into the link. */
const REST_MS = 250;
let restTimer: ReturnType<typeof setTimeout> | undefined;
const movedIds = new Set<string>();

function edit(id: string, by: Partial<Omit<Template, 'id'>>): void {
  list.value = change(list.peek(), id, by);
  if (by.at) {
    movedIds.add(id);
    const run = running.get(id);
    if (run?.progress) counting.end(run.progress);
    if (run) run.progress = null;
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
    const template = list.peek().find((one) => one.id === id);
    if (template) count(template);
  }
  movedIds.clear();
  writeLink();
  kept.value = list.peek().length > 0;
  if (!embedded) void store.keep(list.peek()).then(sayKept);
}

let saidKept = false;
/** Says once that templates end with the page. */
function sayKept(kept: Kept): void {
  if (kept === 'kept' || saidKept) return;
  saidKept = true;
  hint.say(kept === 'full' ? t().template.full : t().template.forbidden);
}

/** The address bar names the chosen template, if others can have its picture. */
function writeLink(): void {
  const one = chosen.peek();
  // Until its picture is here, nobody knows whether it can be had, nor where its middle is.
  if (one && !running.has(one.id)) return;
  const link = one?.address ? linkOf(one, one.address) : null;
  const hash = withTemplate(location.hash, link);
  if (hash === location.hash) return;
  history.replaceState(null, '', hash || location.pathname + location.search);
}

const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

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
  const at = list.peek().find((one) => one.id === id)?.at;
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
  stop(id);
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
  const template = list.peek().find((one) => one.id === id);
  const made = running.get(id)?.made;
  if (template && made) flyTo(areaAt(template.at, made.cells));
}

// ---- adding

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
  const template = list.peek().find((one) => one.id === id);
  const run = running.get(id);
  if (!template || !run) return;
  const { at, width, name: title, dithered, address } = template;
  adding.value = { bytes: run.bytes, address, id, link: { at, width: width ?? run.made.cells.width, title, dithered } };
}

/** The draft is to be a template, like this. */
export async function accept({ bytes, address, link, id }: Draft, made: Made, dithered: boolean, name: string): Promise<void> {
  adding.value = null;
  const { width, height } = made.cells;
  if (id) {
    edit(id, { width, dithered, name });
    const words = await run(list.peek().find((one) => one.id === id)!, bytes);
    if (words) hint.say(words);
    return;
  }
  const middle = middleCell();
  const at = link.at ?? { x: middle.x - Math.floor(width / 2), y: middle.y - Math.floor(height / 2) };
  const template: Template = { ...NEW, id: newId(), name, address, at, width, dithered };
  if (!put(template)) return;
  const words = await run(template, bytes);
  if (words) return fail(template, words);
  void store.keepImage(template.id, bytes).then(sayKept);
  if (link.at) showAll(template.id);
  else startMoving(template.id);
}

/** Puts it on top of the others; false: there are too many. */
function put(template: Template): boolean {
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

function fail({ id }: Template, words: string): void {
  remove(id);
  hint.say(words);
}

// ---- the link of the page

/** Lays what the address of the page names over the canvas. */
export async function follow(hash: string): Promise<void> {
  const link = parseTemplate(hash, location.href);
  if (!link) return;
  const known = named(list.peek(), link);
  const { at, width, title, dithered } = link;
  const same = known && running.has(known.id) && (width ?? known.width) === known.width && dithered === known.dithered;
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
    ? list.peek().find(({ id }) => id === known.id)!
    : { ...NEW, id: newId(), name: title || titleOf(link.address), address: link.address, at: at ?? middle, width, dithered };
  if (!known && !put(template)) return;
  const fetched = await fetchImage(link.address);
  if ('failure' in fetched) {
    const words = failureWords(link.address, fetched);
    // What was kept of it is better than nothing.
    if (known && running.has(known.id)) return hint.say(words);
    return fail(template, words);
  }
  const words = await run(template, fetched.bytes);
  if (words) return fail(template, words);
  void store.keepImage(template.id, fetched.bytes).then(sayKept);
  const made = running.get(template.id)?.made;
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

/** So long may the address be that holds a picture. */
const HELD_MOST = 6_000;
const CELLS_HELD_MOST = 40_000;

/** The link for others: to be copied; null: nobody else can have the picture. */
export async function linkFor(id: string): Promise<{ href: string; held: boolean } | null> {
  const template = list.peek().find((one) => one.id === id);
  const made = running.get(id)?.made;
  if (!template || !made) return null;
  const hrefOf = (link: TemplateLink) => new URL(withTemplate('', link), new URL(location.pathname + location.search, location.href)).href;
  if (template.address) return { href: hrefOf(linkOf({ ...template, width: made.cells.width }, template.address)), held: false };
  if (made.cells.indices.length > CELLS_HELD_MOST) return null;
  const address = writeDataUrl(await encodeCells(made.cells, palette.peek()), 'image/png');
  if (address.length > HELD_MOST) return null;
  return { href: hrefOf({ address, at: template.at, width: null, title: template.name, dithered: false }), held: true };
}

// ---- moving

export function startMoving(id: string): void {
  batch(() => {
    chosenId.value = id;
    movingId.value = id;
    visible.value = true;
    panelOpen.value = false;
  });
  if (!list.peek().find((one) => one.id === id)?.shown) setShown(id, true);
  placing.setReticle(null, false);
  hint.say(t().template.dragIt);
}

export function endMoving(): void {
  if (movingId.peek() === null) return;
  movingId.value = null;
  settle();
}

function watchMoving(): void {
  effect(() => {
    const template = list.value.find(({ id }) => id === movingId.value);
    const made = template && madeOf(template.id);
    grip.value = template && made ? areaAt(template.at, made.cells) : null;
  });
  let from: { x: number; y: number; at: Cell } | null = null;
  drag.now = {
    start: ({ x, y }) => {
      const at = list.peek().find(({ id }) => id === movingId.peek())?.at;
      from = at ? { x, y, at } : null;
    },
    move: ({ x, y }) => {
      const id = movingId.peek();
      if (!from || !id) return;
      const { k } = camera.view;
      moveTo(id, { x: from.at.x + Math.round((x - from.x) / k), y: from.at.y + Math.round((y - from.y) / k) });
    },
    end: (counts) => {
      if (from && !counts && movingId.peek()) moveTo(movingId.peek()!, from.at);
      from = null;
    },
  };
}

// ---- what is left

/** Where it led last: the next one is another. */
let ledTo: Cell | null = null;

/** Flies to the nearest cell that is left, of the chosen colour before others, and takes its colour. */
export function next(): void {
  if (state.inPast.peek()) return hint.say(t().page.inThePast);
  // Whoever paints has found the place for it.
  endMoving();
  const template = chosen.peek();
  const progress = template && running.get(template.id)?.progress;
  if (!template || !progress) return hint.say(t().template.notCounted);
  const from = state.reticle.peek() ?? middleCell();
  const skip = (cell: Cell) =>
    plane.colourAt(cell) === progress.wanted(cell) ||
    plane.obstacle(cell) === 'locked' ||
    (ledTo !== null && cell.x === ledTo.x && cell.y === ledTo.y);
  const colour = state.colour.peek();
  const cell = (colour !== null && progress.nearest(from, colour, skip)) || progress.nearest(from, null, skip) || again(progress);
  if (!cell) {
    const { unknown } = progress.of(null);
    return hint.say(unknown > 0 ? t().template.restUnknown : t().template.done);
  }
  ledTo = cell;
  const wanted = progress.wanted(cell)!;
  if (wanted !== colour) placing.choose(wanted);
  // Enter places it, wherever Next was pressed.
  focusCanvas();
  placing.setReticle(cell, matchMedia('(pointer: coarse)').matches);
  const k = Math.max(camera.goal.k, CLOSE_K);
  camera.fly(lookAt(cell, k, middle(), stage.viewport, state.bounds.peek()));
  announceReticle();
}

/** The one that it led to last, if that is the only one. */
function again(progress: Progress): Cell | null {
  const skip = (cell: Cell) => plane.colourAt(cell) === progress.wanted(cell) || plane.obstacle(cell) === 'locked';
  return ledTo && progress.nearest(ledTo, null, skip);
}

// ---- beginning

const still = matchMedia('(prefers-reduced-motion: reduce)');

/** Once, when this part has been loaded; ends when what this browser keeps is here. */
export async function begin(): Promise<void> {
  stage.set('template', layer);
  watchMoving();
  events.painted.listen((client) => counting.painted(client));
  events.planeChanged.listen(() => counting.planeChanged());
  for (const client of plane.live) counting.painted(client);
  effect(() => {
    visible.value;
    invalidate('layers');
  });
  let before = state.colour.peek();
  effect(() => {
    const colour = state.colour.value;
    if (colour === before) return;
    before = colour;
    if (!still.matches) layer.startPulse(colour);
    invalidate('layers');
  });
  window.addEventListener('pagehide', () => void store.keep(list.peek()));
  // A page within another shows what its link names, and nothing else.
  if (embedded) return;
  const stored = await store.list();
  list.value = stored;
  chosenId.value = stored.at(-1)?.id ?? null;
  kept.value = stored.length > 0;
  await Promise.all(
    stored.map(async (template) => {
      const bytes = await store.image(template.id);
      const words = bytes && (await run(template, bytes));
      // Its picture is gone: it may come again from where it was.
      if (!bytes || words) await reload(template);
    }),
  );
}

async function reload(template: Template): Promise<void> {
  const fetched = template.address ? await fetchImage(template.address) : null;
  const words = fetched && 'bytes' in fetched && (await run(template, fetched.bytes));
  if (words !== null) remove(template.id);
}
