// SPDX-License-Identifier: ISC
// When which part of the page is loaded, and what it is told of what happens.

import { effect, untracked } from '@preact/signals';
import { parseMoment } from '../core/link';
import { t } from '../texts';
import { embedded } from './embed';
import * as events from './events';
import * as moving from './moving';
import { clear, doubt, grown, loupe, past, people, regions, staff, templates, usePast, who } from './parts';
import * as state from './state';
import { hint } from './statusline';
import { kept, watchGiven } from './template';

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
}

function followMoment(): void {
  const version = parseMoment(location.hash);
  if (version === null) past.now?.rewind.leave();
  else if (state.info.value?.history) usePast(({ rewind }) => void rewind.open(version));
  else hint.say(t().page.noHistory);
}

/** In a frame of another page there is no part but the past, where the link names a moment. */
function watchLink(): void {
  events.ready.listen(followMoment);
  window.addEventListener('hashchange', () => {
    if (!state.info.value) return;
    moving.followPlace();
    followMoment();
  });
}

/** Loads parts when what they are for is the case, and tells them what happens. */
export function watchParts(): void {
  if (embedded) return watchLink();
  const meet = () => people.use(() => {});
  const drawRegions = () => regions.use(() => {});
  events.ready.listen(() => {
    doubt.use(() => {});
    // Before a finger is held for the first time.
    if (matchMedia('(any-pointer: coarse)').matches) loupe.use(() => {});
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
  events.planeChanged.listen((canvases) => {
    past.now?.rewind.follow();
    if (canvases.length > 0) grown.use((grown) => grown.show(canvases));
  });
  effect(() => {
    if (state.reticle.value) clear.use(() => {});
    if (state.loupe.value) loupe.use(() => {});
  });
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
