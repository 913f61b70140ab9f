// SPDX-License-Identifier: ISC
// All controls of the first load, in the order of the Tab key.

import './chrome.css';
import { render } from 'preact';
import { openMenu } from '../app/chrome';
import { embedded } from '../app/embed';
import { menu } from '../app/parts';
import { Banner } from './banner';
import { Deck } from './deck';
import { EmbedLink } from './embed';
import { Header } from './header';
import { Pills } from './place';
import { MenuButton } from './menu';
import { StatusLine } from './statusline';
import { ViewButtons } from './viewbuttons';
import { Wait } from './wait';
import { Where } from './where';

function Controls() {
  if (embedded) {
    return (
      <>
        <Wait />
        <Banner />
        <EmbedLink />
      </>
    );
  }
  return (
    <>
      <Wait />
      <Header />
      <Banner />
      <div id="dock">
        <StatusLine />
        <Pills />
        <span id="template-here" />
        <Deck />
      </div>
      <ViewButtons />
      <Where />
      <MenuButton near={() => menu.use(() => {})} open={openMenu} />
    </>
  );
}

/** Takes the place of what stands there without a script. */
export function mountControls(root: HTMLElement): void {
  render(<Controls />, root);
}
