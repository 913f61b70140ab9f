// SPDX-License-Identifier: ISC
// The page put together: the one place that knows every part.

import { Clicks } from './core/clicks';
import type { Cell, Rect } from './core/edit';
import type { Info, Position } from './core/info';
import { formatLink, parseLink, parseMoment } from './core/link';
import { byDistance, canvasOf, nameOf, pictureOf } from './core/plane';
import { templatePart } from './core/template/link';
import {
  cellAt,
  clamp,
  CLOSE_K,
  fit,
  follow,
  lookAt,
  PLACE_K,
  recentre,
  step,
  visible,
  type Insets,
  type Point,
  type View,
  type Viewport,
} from './core/view';
import type { Client } from './net/client';
import { Plane } from './net/plane';
import type { Past } from './past';
import type { People } from './people';
import type { Staff } from './staff';
import type { Template } from './template';
import type { Who } from './who';
import { Hint } from './ui/hint';
import { watchKeyboard } from './ui/keyboard';
import { keepPageStill } from './ui/pagezoom';
import { Palette } from './ui/palette';
import { Placing } from './ui/placing';
import { watchPointer } from './ui/pointer';
import type { Scenery } from './ui/screen';
import { Stage, type Scene } from './ui/stage';
import { Status } from './ui/status';
import { Stills } from './ui/stills';
import { Surface } from './ui/surface';
import { Where } from './ui/where';
import { Zoom } from './ui/zoom';

/** Kept free around the fitted plane and the reticle, beside what the surfaces take. */
const MARGIN = 16;
const TOP = 56;
/** The view rests for so long before canvases are connected and let go of. */
const LOOK_MS = 150;
/** So many canvases without a board may each be shown by a picture of its own. */
const FEW = 8;
/** How far a key moves the view of the past, in CSS pixels. */
const PAN_PX = 64;
const NOT_LOADED = "Can't load this part of the page: try again";
const IN_THE_PAST = 'This is the past: go back to Live to place pixels';

function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const marksCanvas = element<HTMLCanvasElement>('marks');
const base = new URL('.', location.href);
const surfaces = new Map<Client, Surface>();
const clicks = new Clicks();
let palette: Palette | null = null;
let zoom: Zoom | null = null;
/** The view that showed everything when it was last asked for. */
let lastHome: View | null = null;
/** Where the mouse is, and the cell that was highlighted when its button went down. */
let pointer: Point | null = null;
let pressed: Cell | null = null;
/** The mouse is over a canvas that takes no edits. */
let closed = false;
let lookTimer: ReturnType<typeof setTimeout> | undefined;
/** What knows the past, once it has been loaded, and while it is. */
let past: Past | null = null;
let loadingPast: Promise<Past> | null = null;
/** What knows the rules, likewise. */
let people: People | null = null;
let loadingPeople: Promise<People> | null = null;
/** What says who placed a pixel, likewise. */
let who: Who | null = null;
let loadingWho: Promise<Who> | null = null;
/** The picture over the canvas, where a link named one. */
let template: Template | null = null;
/** The staff's part, where somebody has a token. */
let staff: Staff | null = null;

const polls = new URLSearchParams(location.search).get('transport') === 'poll';
const plane = new Plane(base, polls, {
  ready,
  changed: planeChanged,
  pixels: (client, info) => {
    const surface = new Surface(info, () => stage.touchView());
    surfaces.set(client, surface);
    return surface.image.data.buffer;
  },
  gone: (client) => {
    const surface = surfaces.get(client);
    if (surface && client.drawn) stills.seed(pictureOf(client.at), surface.at(1).source);
    surfaces.delete(client);
    stage.touchView();
  },
  rulesChanged,
  energyChanged: () => (people ? people.energyChanged() : meetPeople()),
  standingChanged: () => (people ? people.standingChanged() : meetPeople()),
  boardChanged: () => {
    stage.touchBoard();
    people?.boardChanged();
    who?.boardChanged();
  },
  ownChanged: () => placing.update(),
  statusChanged: () => {
    showStatus();
    placing.update();
    past?.rewind.follow();
  },
  begunAnew: () => {
    stills.clear();
    past?.rewind.leave();
    past?.layers.forget();
    hint.say('A new canvas has begun');
    placing.update();
  },
  refused: (edits, refusal) => {
    placing.refused(edits);
    usePeople((people) => people.refused(edits, refusal));
  },
});
const stills = new Stills(base, () => stage.touchView());
const status = new Status({
  dot: element('dot'),
  people: element('people'),
  banner: element('banner'),
  text: element('banner-text'),
  wait: element('banner-wait'),
});
const hint = new Hint(
  {
    root: element('hint'),
    text: element('hint-text'),
    action: element<HTMLButtonElement>('hint-action'),
    dismiss: element<HTMLButtonElement>('hint-dismiss'),
  },
  () => plane.placeUnsaved(),
  () => plane.dropUnsaved(),
);
const where = new Where(element('where'), element('announcer'), () => askWho(null));
const stage = new Stage(element<HTMLCanvasElement>('screen'), marksCanvas, {
  scene,
  update: updateSurfaces,
  resized,
});
const placing = new Placing(
  plane,
  () => palette,
  hint,
  element<HTMLButtonElement>('place'),
  {
    changed: () => {
      stage.touchMarks();
      showWhere();
      people?.aim();
    },
    placed: (edits, before) => usePeople((people) => people.placed(edits, before)),
  },
);

/** The plane is known: the controls that depend on it can be there. */
function ready(info: Info): void {
  palette = new Palette(
    element('palette'),
    info.palette,
    () => placing.update(),
    () => marksCanvas.focus({ preventScroll: true }),
  );
  zoom = new Zoom(
    marksCanvas,
    () => plane.bounds,
    () => stage.viewport,
    viewChanged,
  );
  zoom.set(home());
  followLink();
  plane.look(visible(zoom.view, stage.viewport));
  watchPointer(marksCanvas, { hover, press, click, tap, hold, line, lineEnd });
  watchKeyboard({
    move,
    place: () => placing.placeAtReticle(),
    colour: (index) => palette!.choose(index),
    stepColour: (by) => palette!.step(by),
    zoom: (direction) => zoomStep(direction, middle()),
    fit: () => zoom!.fly(home()),
    copyLink: () => copyLink(),
    undo: () => usePeople((people) => people.undo()),
    who: () => (who?.open ? who.close() : askWho(placing.hover)),
    leave: () => (who?.open ? who.close() : placing.setReticle(null, false)),
    rewind: toggleRewind,
    heat: () => usePast(({ layers }) => layers.next()),
    part: (event) => past?.key(event) || staff?.key(event) || false,
  });
  window.addEventListener('hashchange', () => {
    followLink();
    if (location.hash === '#staff') enterStaff();
  });
  element('rewind').addEventListener('click', toggleRewind);
  element('layers').addEventListener('click', () => usePast(({ layers }) => layers.toggleMenu()));
  showHistory(info);
  rulesChanged(info);
  enterStaff();
  if (plane.identity.standing.kind !== 'known') meetPeople();
  element('zoom-in').addEventListener('click', () => zoomStep(1, middle()));
  element('zoom-out').addEventListener('click', () => zoomStep(-1, middle()));
  element('zoom-fit').addEventListener('click', () => zoom!.fly(home()));
}

/** There is more to look at than before, or less. */
function planeChanged(_info: Info, grown: boolean): void {
  if (grown) hint.say('The canvas has grown');
  const atHome = zoom!.goal === lastHome;
  zoom!.resized();
  if (atHome) zoom!.set(home());
  placing.update();
  past?.rewind.follow();
  stage.touchView();
}

function rulesChanged({ frozen, colours, regions, palette }: Info): void {
  if (people) people.rulesChanged();
  else if (frozen || regions.length > 0 || (colours && colours.length < palette.length)) meetPeople();
}

const meetPeople = (): void => usePeople(() => {});

/** Loads what knows the rules, the first time, and uses it. */
function usePeople(use: (people: People) => void): void {
  if (people) return use(people);
  if (!palette) return;
  loadingPeople ??= import('./people').then(({ People }) => {
    people = new People({
      plane,
      hint,
      palette: palette!,
      placing,
      paletteElement: element('palette'),
      placeButton: element('place'),
    });
    placing.umpire = people;
    placing.update();
    return people;
  });
  loadingPeople.then(use, () => (loadingPeople = null));
}

/** The past can be looked at where the server keeps it. */
function showHistory(info: Info): void {
  element('rewind').hidden = element('layers').hidden = !info.history;
}

/** Loads what knows the past, the first time, and uses it. */
function usePast(use: (past: Past) => void): void {
  if (!plane.info?.history) return;
  loadingPast ??= import('./past').then(
    ({ Past }) =>
      (past = new Past({
        base,
        plane,
        hint,
        dock: element('dock'),
        layersButton: element<HTMLButtonElement>('layers'),
        others: otherCanvases,
        turned: turnedToPast,
        changed: () => stage.touchView(),
        moved: () => stage.touchBoard(),
      })),
  );
  loadingPast.then(use, () => {
    loadingPast = null;
    hint.say(NOT_LOADED);
  });
}

/** Who placed this, or the pixel that is aimed at, or the one in the middle? */
function askWho(cell: Cell | null): void {
  if (inPast()) return hint.say(IN_THE_PAST);
  const asked = cell ?? placing.reticle ?? cellAt(zoom!.goal, middle());
  if (!plane.has(asked)) return hint.say('That is outside the canvas');
  placing.setReticle(asked, false);
  if (zoom!.goal.k < PLACE_K) flyIn(asked, middle());
  loadingWho ??= import('./who').then(
    ({ Who }) =>
      (who = new Who({
        base,
        plane,
        main: document.querySelector('main')!,
        screenOf: ({ x, y }) => screenOf({ x0: x, y0: y, x1: x + 1, y1: y + 1 }),
        room: () => {
          const { width, height } = stage.viewport;
          const { top, right, bottom, left } = insets();
          return { x0: left, y0: top, x1: width - right, y1: height - bottom, width, height };
        },
        copyLink,
        announce: (words) => where.say(words),
        closed: () => placing.setReticle(null, false),
      })),
  );
  staff?.pixel(asked);
  loadingWho.then(
    (who) => who.show(asked),
    () => {
      loadingWho = null;
      hint.say(NOT_LOADED);
    },
  );
}

/** Where cells are on the screen, in CSS pixels. */
function screenOf({ x0, y0, x1, y1 }: Rect): Rect {
  const { k, x, y } = zoom!.view;
  return { x0: x + x0 * k, y0: y + y0 * k, x1: x + x1 * k, y1: y + y1 * k };
}

/** The link #staff asks for a token; one that this tab has is used at once. */
function enterStaff(): void {
  if (location.hash !== '#staff' && !sessionToken()) return;
  import('./staff').then(
    ({ Staff }) => {
      staff ??= new Staff({
        base,
        main: document.querySelector('main')!,
        cellAt: (point) => cellAt(zoom!.view, point),
        screenOf,
        goTo: flyTo,
        focus: () => marksCanvas.focus({ preventScroll: true }),
      });
      staff.enter();
    },
    () => hint.say(NOT_LOADED),
  );
}

/** Shows a part of the plane, in the middle. */
function flyTo({ x0, y0, x1, y1 }: Rect): void {
  const cell = { x: Math.floor((x0 + x1) / 2), y: Math.floor((y0 + y1) / 2) };
  const { width, height } = stage.viewport;
  const scale = Math.min(CLOSE_K, width / 2 / (x1 - x0), height / 2 / (y1 - y0));
  zoom!.fly(lookAt(cell, Math.max(1, scale), middle(), stage.viewport, plane.bounds));
}

/** Shows the picture that the link lays over the canvas, or takes it away. */
function followTemplate(): void {
  if (template) return template.follow(location.hash);
  if (!location.hash.includes('template=')) return;
  import('./template').then(
    ({ Template }) => {
      template ??= new Template({
        main: document.querySelector('main')!,
        hint,
        view: () => zoom!.view,
        middle: () => cellAt(zoom!.view, middle()),
        goTo: flyTo,
      });
      template.follow(location.hash);
    },
    () => hint.say(NOT_LOADED),
  );
}

function sessionToken(): boolean {
  try {
    return sessionStorage.getItem('placed.staff') !== null;
  } catch {
    return false;
  }
}

const inPast = (): boolean => past?.rewind.active === true;

function toggleRewind(): void {
  usePast(({ rewind }) => (rewind.active ? rewind.leave() : void rewind.open(null)));
}

/** What shows the present only goes away, and comes back. */
function turnedToPast(on: boolean): void {
  document.querySelector('main')!.toggleAttribute('data-past', on);
  element('palette').hidden = on;
  element('rewind').setAttribute('aria-pressed', String(on));
  placing.lineEnd(false);
  who?.close();
  placing.setReticle(null, false);
  if (!on) {
    const place = parseLink(location.hash);
    if (place && parseMoment(location.hash) !== null) {
      history.replaceState(null, '', formatLink(place) + templatePart(location.hash));
    }
    marksCanvas.focus({ preventScroll: true });
  }
  stage.touchView();
}

/** The canvases in view that are not live, nearest first. */
function otherCanvases(): Position[] {
  const { info } = plane;
  if (!info || !zoom) return [];
  const area = visible(zoom.view, stage.viewport);
  const centre = { x: (area.x0 + area.x1) / 2, y: (area.y0 + area.y1) / 2 };
  return byDistance(info.canvases, info, area, centre).filter((at) => !plane.clientAt(at));
}

function showStatus(): void {
  const { state, online, routes, shown } = plane;
  status.show({ state, online, slower: routes.blocked, trouble: shown.trouble });
}

function scene(): Scene | null {
  const { info } = plane;
  if (!info || !zoom || !palette) return null;
  const rgb = info.palette.map((colour) => colour.rgb);
  const drawn = new Map<string, Surface | null>();
  for (const client of plane.live) {
    drawn.set(nameOf(client.at), (client.drawn && surfaces.get(client)) || null);
  }
  const present: Scenery = {
    size: info,
    canvases: info.canvases,
    surfaces: drawn,
    stills,
    pathOf: (at, level) => (level > 0 ? `t/${level}/${at.x}/${at.y}.png` : pictureOf(at)),
    few: FEW,
    overlays: NOTHING,
  };
  return {
    scenery: past?.scenery(present) ?? present,
    view: zoom.view,
    moving: zoom.moving || past?.rewind.scrubbing === true || past?.rewind.playing === true,
    playing: past?.rewind.playing === true,
    marks: {
      pending: inPast() ? [] : placing.pending(),
      overdue: plane.overdue,
      fading: inPast() ? [] : placing.fading,
      hover: placing.hover,
      line: placing.line,
      lineLabel: placing.lineLabel,
      reticle: placing.reticle,
      colour: palette.colour === null || closed || inPast() ? null : rgb[palette.colour]!,
      palette: rgb,
    },
  };
}

const NOTHING = new Map<string, never>();

function updateSurfaces(now: number): boolean {
  let changed = false;
  for (const [client, surface] of surfaces) changed = surface.update(client.board!) || changed;
  return inPast() ? past!.rewind.update(now) : changed;
}

/** What the dock covers: the bottom of the window, or its right edge on a phone on its side. */
function insets(): Insets {
  const dock = element(inPast() ? 'timeline' : 'palette').getBoundingClientRect();
  const { width, height } = stage.viewport;
  const atSide = dock.height > height / 2;
  return {
    top: atSide ? MARGIN : TOP,
    left: MARGIN,
    right: MARGIN + (atSide ? width - dock.left : 0),
    bottom: MARGIN + (atSide ? 0 : height - dock.top),
  };
}

function home(): View {
  lastHome = fit(stage.viewport, insets(), plane.bounds);
  return lastHome;
}

function middle(): Point {
  const { width, height } = stage.viewport;
  const { top, right, bottom, left } = insets();
  return { x: (left + width - right) / 2, y: (top + height - bottom) / 2 };
}

function viewChanged(): void {
  stage.touchView();
  who?.moved();
  staff?.moved();
  template?.moved();
  if (pointer) hover(pointer);
  showWhere();
  clearTimeout(lookTimer);
  lookTimer = setTimeout(() => {
    plane.look(visible(zoom!.view, stage.viewport));
    past?.rewind.follow();
  }, LOOK_MS);
}

function showWhere(): void {
  if (zoom) where.show(placing.hover ?? placing.reticle, zoom.view.k);
}

/** A view of this cell that needs no flight. */
function goTo(cell: Cell, scale: number): void {
  zoom!.set(lookAt(cell, scale, middle(), stage.viewport, plane.bounds));
}

function followLink(): void {
  followTemplate();
  const place = parseLink(location.hash);
  if (place) goTo(place, place.scale);
  const version = parseMoment(location.hash);
  if (version === null) past?.rewind.leave();
  else if (plane.info?.history) usePast(({ rewind }) => void rewind.open(version));
  else hint.say('This server keeps no history');
}

function copyLink(cell = placing.reticle ?? cellAt(zoom!.view, middle())): void {
  const moment = past?.rewind.moment ?? null;
  const place = formatLink({ ...cell, scale: zoom!.view.k }, moment);
  const link = new URL(place + templatePart(location.hash), location.href);
  history.replaceState(null, '', link);
  const copied = navigator.clipboard?.writeText(link.href) ?? Promise.reject();
  copied.then(
    () => hint.say('Link copied'),
    () => hint.say('The link is in the address bar'),
  );
}

function zoomStep(direction: 1 | -1, point: Point): void {
  zoom!.fly(step(zoom!.goal, direction, point, stage.viewport, plane.bounds));
}

function flyIn(cell: Cell, point: Point): void {
  zoom!.fly(lookAt(cell, CLOSE_K, point, stage.viewport, plane.bounds));
}

/** The cell at a point of the screen, or null beside the canvases. */
function cellOf(point: Point): Cell | null {
  const cell = cellAt(zoom!.view, point);
  return plane.has(cell) ? cell : null;
}

function hover(point: Point | null): void {
  pointer = point;
  const cell = point && cellOf(point);
  closed =
    cell !== null &&
    (plane.obstacle(cell) === 'locked' || people?.isClosed(cell, palette?.colour ?? null) === true);
  marksCanvas.toggleAttribute('data-closed', closed);
  placing.setHover(cell);
}

/** What is highlighted when the button goes down is what a click means. */
function press(): void {
  pressed = placing.hover;
}

function hold(point: Point): void {
  const cell = cellOf(point);
  if (!cell || !zoom!.settled) return;
  placing.drop();
  askWho(cell);
}

function click(point: Point, time: number): void {
  const double = clicks.isDouble(point, time);
  if (!zoom!.settled) return zoom!.flyOn();
  if (double) {
    placing.drop();
    return zoomStep(1, point);
  }
  if (!pressed) return;
  if (zoom!.view.k < PLACE_K) return flyIn(pressed, point);
  if (inPast()) return hint.say(IN_THE_PAST);
  // What puts the card away places nothing.
  if (who?.open) return who.close();
  placing.setReticle(null, false);
  placing.setHover(pressed);
  placing.placeSoon(pressed);
}

/** From the cell that was pressed to where the pointer is now. */
function line(point: Point): void {
  if (!pressed || !zoom!.settled) return;
  if (inPast()) return hint.say(IN_THE_PAST);
  if (zoom!.view.k < PLACE_K) return hint.say('Zoom in to draw a line');
  placing.drawLine(pressed, cellAt(zoom!.view, point));
}

function lineEnd(counts: boolean): void {
  placing.lineEnd(counts);
}

function tap(point: Point, time: number): void {
  const double = clicks.isDouble(point, time);
  if (!zoom!.settled) return zoom!.flyOn();
  if (double) return zoomStep(1, point);
  const cell = cellOf(point);
  who?.close();
  if (!cell) return placing.setReticle(null, false);
  const again = cell.x === placing.reticle?.x && cell.y === placing.reticle.y;
  if (zoom!.view.k < PLACE_K) flyIn(cell, point);
  else if (inPast()) return hint.say(IN_THE_PAST);
  else if (again) return placing.placeAtReticle();
  if (!inPast()) placing.setReticle(cell, true);
  announce();
}

function move(dx: number, dy: number): void {
  if (inPast()) {
    const { k, x, y } = zoom!.goal;
    const by = { k, x: x - dx * PAN_PX, y: y - dy * PAN_PX };
    return zoom!.set(clamp(by, stage.viewport, plane.bounds));
  }
  const { x0, y0, x1, y1 } = plane.bounds;
  const from = placing.reticle ?? cellAt(zoom!.goal, middle());
  const moved = placing.reticle !== null;
  const x = from.x + (moved ? dx : 0);
  const y = from.y + (moved ? dy : 0);
  const cell = {
    x: Math.min(x1 - 1, Math.max(x0, x)),
    y: Math.min(y1 - 1, Math.max(y0, y)),
  };
  placing.setReticle(cell, false);
  if (zoom!.goal.k < PLACE_K) flyIn(cell, middle());
  else zoom!.set(follow(zoom!.goal, cell, stage.viewport, insets(), plane.bounds));
  if (who?.open) who.show(cell);
  else announce();
}

function announce(): void {
  where.announce(() => {
    const cell = placing.reticle;
    const colour = cell && plane.colourAt(cell);
    if (!cell) return '';
    const name = colour === null ? 'no picture yet' : plane.info!.palette[colour]?.name;
    return `x ${cell.x}, y ${cell.y}, ${name ?? `colour ${colour}`}`;
  });
}

function resized(before: Viewport): void {
  if (!zoom) return;
  zoom.resized();
  const atHome = zoom.goal === lastHome;
  zoom.set(atHome ? home() : recentre(zoom.goal, before, stage.viewport, plane.bounds));
}

keepPageStill();
window.addEventListener('online', () => plane.probe());
window.addEventListener('offline', () => plane.probe());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) plane.probe();
});
element('try-now').addEventListener('click', () => plane.retryNow());

/** For the browser's console and the browser tests; see README.md. */
const handle = {
  plane,
  get client(): Client {
    return plane.client;
  },
  lookAt: (x: number, y: number, k: number) => goTo({ x, y }, k),
  get view(): View {
    return zoom!.view;
  },
  show: (view: View) => zoom!.set(view),
  /** Own pixels that are not the log's yet. */
  pending: () => [...placing.pending()],
  /** Whether no picture of what is looked at is awaited. */
  get complete(): boolean {
    return stills.complete && [...plane.live].every((client) => client.drawn);
  },
  /** Whether a click would place now: not during a flight or just after one. */
  get settled(): boolean {
    return zoom!.settled;
  },
  /** What knows the past; null before it was first asked for. */
  get past(): Past | null {
    return past;
  },
  /** The client of the canvas that a cell is on, if it is connected. */
  clientOf: (x: number, y: number) => plane.clientAt(canvasOf({ x, y }, plane.info!)),
};
export type Handle = typeof handle;
Object.assign(window, { placed: handle });

// In a browser that is too old, support.js has shown a message instead.
if (!document.documentElement.hasAttribute('data-unsupported')) plane.start();
