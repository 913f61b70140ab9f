// SPDX-License-Identifier: ISC
// The page put together: mounts what there is and starts it.

import { effect } from '@preact/signals';
import { canvasOf } from './core/plane';
import type { View } from './core/view';
import { camera, marks, watchCanvas } from './app/canvas';
import { watchChrome } from './app/chrome';
import { watchCoach } from './app/coach';
import { embedded } from './app/embed';
import { watchInstall } from './app/install';
import { watchKeys } from './app/keys';
import { plane, stills } from './app/live';
import { spoken } from './app/language';
import { jumpTo, watchMoving } from './app/moving';
import { past } from './app/parts';
import { watchParts } from './app/partwatch';
import { watchAiming } from './app/aiming';
import * as placing from './app/placing';
import { watchPointing } from './app/pointer';
import { watchStatus } from './app/status';
import { watchUndo } from './app/undo';
import * as state from './app/state';
import { watchTheme } from './app/theme';
import type { Client } from './net/client';
import type { Past } from './parts/past';
import { t } from './texts';
import { mountControls } from './ui/controls';
import { keepPageStill } from './ui/pagezoom';

/** The first pictures of other canvases have the network for themselves meanwhile. */
const OFFLINE_AFTER_MS = 3_000;

/** For the browser's console and the browser tests; see README.md. */
const handle = {
  plane,
  get client(): Client {
    return plane.client;
  },
  lookAt: (x: number, y: number, k: number) => jumpTo({ x, y }, k),
  get view(): View {
    return camera.view;
  },
  show: (view: View) => camera.set(view),
  /** Own pixels that are not the log's yet. */
  pending: () => [...placing.pending()],
  /** Whether no picture of what is looked at is awaited. */
  get complete(): boolean {
    return stills.complete && [...plane.live].every((client) => client.drawn);
  },
  /** Whether a click would place now: not during a flight or just after one. */
  get settled(): boolean {
    return camera.settled;
  },
  /** What knows the past; null before it was first asked for. */
  get past(): Past | null {
    return past.now;
  },
  /** The client of the canvas that a cell is on, if it is connected. */
  clientOf: (x: number, y: number) => plane.clientAt(canvasOf({ x, y }, plane.info!)),
};
export type Handle = typeof handle;
Object.assign(window, { placed: handle });

/** Whenever the machine may have slept, or its network may be another one. */
function watchWaking(): void {
  const probe = () => plane.probe();
  const probeWhenSeen = () => document.hidden || probe();
  for (const event of ['online', 'offline']) window.addEventListener(event, probe);
  for (const event of ['visibilitychange', 'resume']) document.addEventListener(event, probeWhenSeen);
  window.addEventListener('pageshow', probeWhenSeen);
}

/** When the page is there and nothing else is to be done: it must not cost the first load. */
function keepOfflineLater(): void {
  const keep = () => void import('./parts/offline').then(({ keepOffline }) => keepOffline()).catch(() => {});
  const later = window.requestIdleCallback ?? ((done: () => void) => setTimeout(done, 1_000));
  const stop = effect(() => {
    if (!state.live.value) return;
    queueMicrotask(() => stop());
    setTimeout(() => later(keep), OFFLINE_AFTER_MS);
  });
}

export function start(): void {
  keepPageStill();
  watchCanvas();
  placing.watchPlacing();
  watchUndo();
  watchAiming();
  watchMoving();
  watchPointing();
  watchKeys();
  watchParts();
  watchTheme();
  watchChrome();
  watchInstall();
  void spoken.then(() => {
    marks.setAttribute('aria-label', t().page.canvas);
    watchStatus();
    mountControls(document.getElementById('controls')!);
    performance.mark('placed:controls');
    watchCoach();
  });
  watchWaking();
  plane.start();
  if (!embedded) keepOfflineLater();
}
