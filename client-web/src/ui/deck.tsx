// SPDX-License-Identifier: ISC
// What one draws with: the palette and its tools, with the energy along the upper edge. It tells the
// style sheets how high it is (--deck), for what stands above it on phones.

import { roomChanged } from '../app/moving';
import { folded } from '../app/settings';
import * as state from '../app/state';
import { Palette } from './palette';
import { Tools } from './tools';

const watch = new ResizeObserver(([entry]) => {
  const { height } = entry!.target.getBoundingClientRect();
  document.documentElement.style.setProperty('--deck', `${height}px`);
  roomChanged();
});

/** It is there for as long as the page. */
const watched = (deck: HTMLElement | null): void => {
  if (deck) watch.observe(deck);
};

export function Deck() {
  return (
    <div
      id="deck"
      class="surface"
      ref={watched}
      hidden={state.inPast.value}
      data-folded={folded.value ? '' : undefined}
    >
      <div id="energy-here" />
      <Palette />
      <Tools />
    </div>
  );
}
