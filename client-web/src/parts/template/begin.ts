// SPDX-License-Identifier: ISC
// Beginning: what is heard of the canvas, and the templates that this browser keeps.

import { effect } from '@preact/signals';
import { stage } from '../../app/canvas';
import { embedded } from '../../app/embed';
import * as events from '../../app/events';
import { invalidate } from '../../app/invalidate';
import { plane } from '../../app/live';
import * as state from '../../app/state';
import { kept } from '../../app/template';
import type { Template } from '../../core/template/list';
import { remove } from './changing';
import { fetchImage } from './fetch';
import { chosenId, list, visible } from './model';
import { watchMoving } from './moving';
import { counting, lay, layer } from './pictures';
import { store } from './keeping';

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
      const words = bytes && (await lay(template, bytes));
      // Its picture is gone: it may come again from where it was.
      if (!bytes || words) await reload(template);
    }),
  );
}

async function reload(template: Template): Promise<void> {
  const fetched = template.address ? await fetchImage(template.address) : null;
  const words = fetched && 'bytes' in fetched && (await lay(template, fetched.bytes));
  if (words !== null) remove(template.id);
}
