// SPDX-License-Identifier: ISC
// All controls of the first load, in the order of the Tab key.

import { render } from 'preact';
import { Header } from './header';
import { Deck } from './deck';
import { Pills } from './place';
import { StatusLine } from './statusline';
import { ViewButtons } from './viewbuttons';
import { Where } from './where';

function Controls() {
  return (
    <>
      <Header />
      <div id="dock">
        <StatusLine />
        <Pills />
        <Deck />
      </div>
      <ViewButtons />
      <Where />
    </>
  );
}

/** Takes the place of what stands there without a script. */
export function mountControls(root: HTMLElement): void {
  render(<Controls />, root);
}
