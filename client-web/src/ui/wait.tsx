// SPDX-License-Identifier: ISC
// Before there is a picture: the chequered ground where it will be, and, if that takes a moment, that
// something is on its way. From when the plane is known, layers/screen.ts draws the ground.

import * as state from '../app/state';
import { t } from '../texts';

export function Wait() {
  if (state.boards.value > 0) return null;
  return (
    <div id="wait" data-known={state.info.value ? '' : undefined}>
      <div role="progressbar" aria-label={t().page.loading} />
    </div>
  );
}
