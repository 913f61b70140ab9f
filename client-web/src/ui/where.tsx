// SPDX-License-Identifier: ISC
// Where we are, in numbers for the eye; and in words for a screen reader, when those are wanted.

import { announcement } from '../app/announce';
import { askWho } from '../app/asking';
import * as state from '../app/state';
import { locale, t } from '../texts';

/** Made once, when the language is known: the view changes in every frame while it moves. */
let formats: { readonly far: Intl.NumberFormat; readonly near: Intl.NumberFormat } | null = null;

function zoomWords(k: number): string {
  formats ??= {
    far: new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    near: new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }),
  };
  return `${(k < 1 ? formats.far : formats.near).format(k)}×`;
}

export function Where() {
  const cell = state.hover.value ?? state.reticle.value;
  const zoom = zoomWords(state.view.value.k);
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
