// SPDX-License-Identifier: ISC
// Above the palette: the pill that places the pixel under the reticle, for fingers, and the one that
// takes back what was placed last.

import { pill } from '../app/placing';
import { pillPressed } from '../app/pointer';
import { undo, undoLabel } from '../app/undo';
import { t } from '../texts';

export function Pills() {
  const place = pill.value;
  const back = undoLabel.value;
  return (
    <div id="pills">
      <button id="undo" class="surface" type="button" title={`${t().undo.title} (Z)`} hidden={back === null} onClick={undo}>
        {back}
      </button>
      <button id="place" class="surface" type="button" hidden={!place} disabled={!place?.ready} onClick={pillPressed}>
        <span class="chip" hidden={!place?.rgb} style={{ backgroundColor: place?.rgb ?? '' }} />
        <span>{place?.text}</span>
      </button>
    </div>
  );
}
