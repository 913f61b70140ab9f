// SPDX-License-Identifier: ISC
// What one draws with: the palette and its tools, with the energy along the upper edge. It tells the
// style sheets how high it is (--deck), for what stands above it on phones.

import { useEffect, useRef } from 'preact/hooks';
import { roomChanged } from '../app/moving';
import { folded } from '../app/settings';
import * as state from '../app/state';
import './deck.css';
import { Palette } from './palette';
import { Tools } from './tools';

export function Deck() {
  const deck = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      const height = entry!.target.getBoundingClientRect().height;
      document.documentElement.style.setProperty('--deck', `${height}px`);
      roomChanged();
    });
    watch.observe(deck.current!);
    return () => watch.disconnect();
  }, []);
  return (
    <div
      id="deck"
      class="surface"
      ref={deck}
      hidden={state.inPast.value}
      data-folded={folded.value ? '' : undefined}
    >
      <div id="energy-here" />
      <Palette />
      <Tools />
    </div>
  );
}
