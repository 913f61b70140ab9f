// SPDX-License-Identifier: ISC
// The parts of the page that are loaded when they are first asked for: the past, the rules among
// people, who placed a pixel, templates, the staff's part.

import { effect, signal, untracked } from '@preact/signals';
import type { Cell } from '../core/edit';
import type { Position } from '../core/info';
import { parseMoment } from '../core/link';
import { byDistance } from '../core/plane';
import { cellAt, PLACE_K, visible } from '../core/view';
import type { Past } from '../parts/past';
import type { Choice } from '../parts/past/maps';
import type { RegionsPart } from '../parts/regions';
import type { Staff } from '../parts/staff';
import type { Who } from '../parts/who';
import type { People } from '../parts/people';
import type { Templates } from '../parts/template';
import { t } from '../texts';
import { LAYERS, SHIELD, TEMPLATE } from '../ui/icons';
import { announce, announceReticle } from './announce';
import { camera, marks, middleCell, screen, show, stage } from './canvas';
import { embedded } from './embed';
import * as events from './events';
import { invalidate } from './invalidate';
import { base, plane } from './live';
import { spoken } from './language';
import { hang } from './menu';
import * as moving from './moving';
import * as placing from './placing';
import * as settings from './settings';
import * as state from './state';
import { endLine } from './stroke';
import { hint } from './statusline';
import { kept, watchGiven } from './template';

const main = document.querySelector('main')!;

/** A part that is loaded once, the first time that it is used; after a failure, again. */
class Part<T> {
  /** Null until it is there. */
  now: T | null = null;
  private loading: Promise<T> | null = null;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly failed = () => hint.say(t().page.notLoaded),
  ) {}

  use(use: (part: T) => void): void {
    if (this.now) return use(this.now);
    this.loading ??= spoken.then(this.load).then((part) => (this.now = part));
    this.loading.then(use, (error: unknown) => {
      console.warn('placed: a part of the page could not be loaded:', error);
      this.loading = null;
      this.failed();
    });
  }
}

/** What knows the rules. */
export const people = new Part<People>(
  async () => {
    const { People } = await import('../parts/people');
    const part = new People();
    placing.umpire.value = part;
    return part;
  },
  // Without it, the server's refusals are all that is missing.
  () => {},
);

export const past: Part<Past> = new Part(async () => {
  const { Past } = await import('../parts/past');
  const part = new Past({
    base,
    plane,
    hint,
    dock: document.getElementById('dock')!,
    screen,
    map,
    others: otherCanvases,
    followed: () => who.now?.cell ?? null,
    unfollow: () => {
      if (!whoIsOpen()) return false;
      closeWho();
      return true;
    },
    turned: turnedToPast,
    turnedTo: () => who.now?.boardChanged(),
    resized: () => {
      moving.roomChanged();
      who.now?.boardChanged();
    },
    changed: () => invalidate('view'),
    moved: () => invalidate('board'),
  });
  const { rewind } = part;
  show({
    get active() {
      return rewind.active;
    },
    get moving() {
      return rewind.scrubbing || rewind.playing;
    },
    get playing() {
      return rewind.playing;
    },
    scenery: (present) => part.scenery(present),
    update: (now) => rewind.update(now),
    get dock() {
      return document.getElementById('timeline')!;
    },
  });
  moving.moment.get = () => rewind.moment;
  return part;
});

export const who: Part<Who> = new Part(async () => {
  const { Who } = await import('../parts/who');
  return new Who({
    base,
    main,
    colourAt: (cell) => plane.colourAt(cell),
    moment: () => {
      const rewind = past.now?.rewind;
      const version = rewind?.moment ?? null;
      if (version === null || !rewind?.shown) return null;
      const { shown } = rewind;
      return { version, colourAt: (cell) => shown.colourAt(cell) };
    },
    screenOf: ({ x, y }) => moving.screenOf({ x0: x, y0: y, x1: x + 1, y1: y + 1 }),
    room: moving.room,
    copyLink: moving.copyLink,
    rewind: (version) => usePast(({ rewind }) => void rewind.open(version)),
    announce,
    rules: (cell) => regions.now?.words(cell) ?? [],
    turned: (cell) => {
      if (!cell) placing.setReticle(null, false);
      past.now?.rewind.watch(cell);
    },
  });
});

/** The operator's regions over the picture. */
export const regions = new Part<RegionsPart>(
  async () => {
    const { RegionsPart } = await import('../parts/regions');
    return new RegionsPart({ set: (slot, layer) => stage.set(slot, layer) });
  },
  () => {},
);

export const templates = new Part<Templates>(async () => {
  const { Templates } = await import('../parts/template');
  return new Templates();
});

export const staff = new Part<Staff>(async () => {
  const [{ Staff }] = await Promise.all([import('../parts/staff'), import('../texts/enstaff')]);
  return new Staff({
    base,
    main,
    cellAt: (point) => cellAt(camera.view, point),
    set: (slot, layer) => stage.set(slot, layer),
    focus: focusCanvas,
  });
});

/** The menu, the keys and what this is. */
export const menu = new Part(() => import('../parts/menu'));
export const minimap = new Part(
  () => import('../parts/minimap'),
  // Nobody asked for it.
  () => {},
);
export const saving = new Part(() => import('../parts/saving'));

/** Hands the keys back to the canvas. */
export const focusCanvas = (): void => marks.focus({ preventScroll: true });

/** Uses what knows the past, where the server keeps it. */
export function usePast(use: (past: Past) => void): void {
  if (state.info.value?.history) past.use(use);
}

/** What lies over the picture: how often each pixel was painted, or which never were. */
export const map = signal<Choice>('none');

/** Puts a map over the picture, or takes it away. */
export function chooseMap(choice: Choice): void {
  if (choice === map.value) return;
  usePast(({ layers }) => layers.choose(choice));
}

export const toggleRewind = (): void =>
  usePast(({ rewind }) => (rewind.active ? rewind.leave() : void rewind.open(null)));

/** Who placed this, or the pixel that is aimed at, or the one in the middle? */
export function askWho(cell: Cell | null = null): void {
  if (embedded) return;
  const asked = cell ?? state.reticle.value ?? middleCell();
  if (!plane.has(asked)) return hint.say(t().placing.obstacles.outside);
  placing.setReticle(asked, false);
  if (camera.goal.k < PLACE_K) moving.flyIn(asked);
  staff.now?.pixel(asked);
  who.use((who) => who.show(asked));
}

export const whoIsOpen = (): boolean => who.now?.open === true;
export const closeWho = (): void => who.now?.close();

/** Escape: what is open closes, one after the other. */
export function leave(): void {
  if (templates.now?.leave()) return;
  if (whoIsOpen()) closeWho();
  else placing.setReticle(null, false);
}

/** Moves the reticle; an open card goes with it. */
export function moveReticle(dx: number, dy: number): void {
  moving.move(dx, dy);
  const { reticle } = state;
  if (whoIsOpen() && reticle.value) who.now!.show(reticle.value);
  else announceReticle();
}

/** The link #staff asks for a token; one that this tab has is used at once. */
function enterStaff(): void {
  if (location.hash === '#staff' || hasToken()) staff.use((staff) => staff.enter());
}

function hasToken(): boolean {
  try {
    return sessionStorage.getItem('placed.staff') !== null;
  } catch {
    return false;
  }
}

/** Lays the picture that the link names over the canvas. */
function followTemplate(): void {
  if (location.hash.includes('template=')) templates.use((templates) => templates.follow(location.hash));
}

/** Templates that this browser keeps, and pictures that are handed to the page. */
function watchTemplates(): void {
  if (embedded) return;
  if (kept.value) templates.use(() => {});
  watchGiven(
    (given) => templates.use((templates) => templates.take(given)),
    (on) => templates.use((templates) => templates.over(on)),
  );
  hang({
    kind: 'action',
    id: 'template',
    group: 'picture',
    at: 1,
    icon: TEMPLATE,
    key: 'T',
    label: () => t().template.name,
    run: () => templates.use((templates) => templates.open()),
  });
}

function followMoment(): void {
  const version = parseMoment(location.hash);
  if (version === null) past.now?.rewind.leave();
  else if (state.info.value?.history) usePast(({ rewind }) => void rewind.open(version));
  else hint.say(t().page.noHistory);
}

/** What shows the present only goes away, and comes back. */
function turnedToPast(on: boolean): void {
  state.inPast.value = on;
  main.toggleAttribute('data-past', on);
  endLine(false);
  // An open card stays: rewind follows its cell.
  if (!whoIsOpen()) placing.setReticle(null, false);
  if (on) return;
  moving.forgetMoment();
  focusCanvas();
}

/** The canvases in view that are not live, nearest first. */
function otherCanvases(): Position[] {
  const info = state.info.value;
  if (!info) return [];
  const area = visible(camera.view, stage.viewport);
  const centre = { x: (area.x0 + area.x1) / 2, y: (area.y0 + area.y1) / 2 };
  return byDistance(info.canvases, info, area, centre).filter((at) => !plane.clientAt(at));
}

/** What parts bring to the menu, where there is any use for it. */
function hangParts(): void {
  const menu = () => t().menu;
  hang(
    {
      kind: 'list',
      id: 'map',
      group: 'picture',
      at: 20,
      icon: LAYERS,
      key: 'H',
      label: () => t().past.over,
      value: () => map.value,
      choose: (choice) => chooseMap(choice as Choice),
      values: () => Object.entries(t().past.maps),
      shown: () => state.info.value?.history === true,
    },
    {
      kind: 'choice',
      id: 'regions',
      group: 'picture',
      at: 30,
      icon: SHIELD,
      label: () => menu().regions,
      value: () => settings.regions.value,
      choose: (value) => (settings.regions.value = value as settings.Shown),
      values: () => [
        ['auto', menu().aimed],
        ['on', menu().on],
        ['off', menu().off],
      ],
      shown: () => (state.info.value?.regions.length ?? 0) > 0,
    },
  );
}

/** Loads parts when what they are for is the case, and tells them what happens. */
export function watchParts(): void {
  // In a frame of another page there is no part but the picture.
  if (embedded) return window.addEventListener('hashchange', moving.followPlace);
  const meet = () => people.use(() => {});
  const drawRegions = () => regions.use(() => {});
  hangParts();
  events.ready.listen(() => {
    watchTemplates();
    followTemplate();
    followMoment();
    enterStaff();
    effect(() => {
      const { frozen, colours, regions, palette } = state.info.value!;
      if (regions.length > 0) drawRegions();
      const ruled = frozen || regions.length > 0 || (colours && colours.length < palette.length);
      if (ruled || state.account.value || state.standing.value.kind !== 'known') meet();
    });
  });
  window.addEventListener('hashchange', () => {
    if (!state.info.value) return;
    followTemplate();
    moving.followPlace();
    followMoment();
    if (location.hash === '#staff') enterStaff();
  });
  events.placed.listen((edits) => people.use((people) => people.placed(edits)));
  events.refused.listen((edits, refusal) => people.use((people) => people.refused(edits, refusal)));
  events.painted.listen(() => {
    who.now?.boardChanged();
  });
  events.planeChanged.listen(() => past.now?.rewind.follow());
  let timer: ReturnType<typeof setTimeout> | undefined;
  events.viewed.listen(() => {
    who.now?.moved();
    clearTimeout(timer);
    timer = setTimeout(() => past.now?.rewind.follow(), 200);
  });
  effect(() => {
    state.connection.value;
    untracked(() => past.now?.rewind.follow());
  });
  effect(() => {
    for (const seen of [state.hover, state.reticle, state.line, state.colour]) seen.value;
    untracked(() => people.now?.aim());
  });
  events.begunAnew.listen(() => {
    past.now?.rewind.leave();
    past.now?.layers.forget();
  });
}
