// SPDX-License-Identifier: ISC
// The button that places the pixel under the reticle, for fingers.

import { button, placeAtReticle } from '../app/placing';

export function Place() {
  const label = button.value;
  return (
    <button id="place" class="surface" type="button" hidden={!label} disabled={!label?.ready} onClick={placeAtReticle}>
      <span class="chip" hidden={!label?.rgb} style={{ backgroundColor: label?.rgb ?? '' }} />
      <span>{label?.text}</span>
    </button>
  );
}
