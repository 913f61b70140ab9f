// SPDX-License-Identifier: ISC
// Where we are, in numbers for the eye; and in words for a screen reader, when those are wanted.

import { announcement } from '../app/announce';
import { askWho } from '../app/asking';
import * as state from '../app/state';
import { t } from '../texts';

export function Where() {
  const cell = state.hover.value ?? state.reticle.value;
  const { k } = state.view.value;
  const zoom = `${k < 1 ? k.toFixed(2) : Number(k.toFixed(1))}×`;
  return (
    <>
      <button
        id="where"
        class="surface"
        type="button"
        title={`${t().where.who} (I)`}
        hidden={!state.info.value}
        onClick={() => askWho()}
      >
        {cell ? `${cell.x}, ${cell.y} · ${zoom}` : zoom}
      </button>
      <p id="announcer" class="unseen" aria-live="polite">
        {announcement}
      </p>
    </>
  );
}
