// SPDX-License-Identifier: ISC
// The plane as it lives on the server: its connections, and what they report written into the state.

import { batch } from '@preact/signals';
import type { Info } from '../core/info';
import { pictureOf } from '../core/plane';
import { Surface } from '../layers/surface';
import { Stills } from '../layers/stills';
import type { Client } from '../net/client';
import { Plane, type PlaneEvents } from '../net/plane';
import { embedded } from './embed';
import * as events from './events';
import { first } from './first';
import { invalidate } from './invalidate';
import * as state from './state';

/** Where the server's paths begin. */
export const base = new URL('.', location.href);
const asked = new URLSearchParams(location.search).get('transport');
const kind = (['events', 'poll'] as const).find((kind) => kind === asked) ?? null;

/** What the boards of the connected canvases draw into. */
export const surfaces = new Map<Client, Surface>();
/** Pictures of the others. */
export const stills = new Stills(base, () => invalidate('view'));
if (first.bitmap) stills.seed(pictureOf({ x: 0, y: 0 }), first.bitmap, true);

const listeners: PlaneEvents = {
  ready: (info) => {
    describe(info);
    events.ready.tell();
  },
  changed: (info, grown) => {
    describe(info);
    events.planeChanged.tell(grown);
  },
  rulesChanged: describe,
  pixels: (client, info) => {
    const surface = new Surface(info, () => invalidate('view'));
    surfaces.set(client, surface);
    return surface.image.data.buffer;
  },
  gone: (client) => {
    const surface = surfaces.get(client);
    if (surface && client.drawn) stills.seed(pictureOf(client.at), surface.at(1).source);
    surfaces.delete(client);
    invalidate('view');
  },
  energyChanged: () => (state.account.value = embedded ? null : plane.account),
  standingChanged: () => (state.standing.value = plane.identity.standing),
  boardChanged: (client) => {
    state.boards.value = state.boards.peek() + 1;
    invalidate('board');
    events.painted.tell(client);
  },
  confirmed: () => events.confirmed.tell(),
  ownChanged: () =>
    batch(() => {
      state.overdue.value = plane.overdue;
      state.unsaved.value = plane.unsaved;
      state.own.value = state.own.peek() + 1;
    }),
  statusChanged: follow,
  begunAnew: () => {
    stills.clear();
    events.begunAnew.tell();
  },
  refused: (edits, refusal) => events.refused.tell(edits, refusal),
};

export const plane: Plane = new Plane(base, kind, listeners, embedded);

function describe(info: Info): void {
  batch(() => {
    state.bounds.value = plane.bounds;
    state.info.value = info;
    state.standing.value = plane.identity.standing;
    state.own.value = state.own.peek() + 1;
  });
}

function follow(): void {
  const { state: connection, online, routes, shown } = plane;
  batch(() => {
    state.connection.value = {
      state: connection,
      online,
      slower: routes.blocked,
      trouble: shown.trouble,
    };
    state.readonly.value = plane.readonly;
    state.overdue.value = plane.overdue;
    state.unsaved.value = plane.unsaved;
    state.own.value = state.own.peek() + 1;
  });
}
