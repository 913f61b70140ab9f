// SPDX-License-Identifier: ISC
// Bottom right: nearer, farther, everything, and the past.

import { showAll, zoomIn, zoomOut } from '../app/moving';
import { toggleRewind } from '../app/asking';
import * as state from '../app/state';
import { t } from '../texts';
import { CLOCK, FIT, Icon, MINUS, PLUS } from './icons';

export function ViewButtons() {
  const words = t().view;
  const hidden = !state.info.value?.history;
  return (
    <div id="zoom" class="surface" role="group" aria-label={words.group}>
      <button
        id="rewind"
        type="button"
        aria-label={words.rewind}
        aria-pressed={state.inPast.value}
        title={`${words.rewind} (R)`}
        hidden={hidden}
        onClick={toggleRewind}
      >
        <Icon d={CLOCK} />
      </button>
      <button id="zoom-in" type="button" aria-label={words.zoomIn} title={`${words.zoomIn} (+)`} onClick={zoomIn}>
        <Icon d={PLUS} />
      </button>
      <button id="zoom-out" type="button" aria-label={words.zoomOut} title={`${words.zoomOut} (-)`} onClick={zoomOut}>
        <Icon d={MINUS} />
      </button>
      <button id="zoom-fit" type="button" aria-label={words.fit} title={`${words.fit} (0)`} onClick={showAll}>
        <Icon d={FIT} />
      </button>
    </div>
  );
}
