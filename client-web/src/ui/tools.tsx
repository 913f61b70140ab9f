// SPDX-License-Identifier: ISC
// Beside the palette: the pencil, the eyedropper, and on phones what folds the palette away.

import { togglePencil, togglePicking } from '../app/aiming';
import { folded } from '../app/settings';
import * as state from '../app/state';
import { colourName, t } from '../texts';
import { DOWN, DROPPER, Icon, PENCIL, UP } from './icons';

/** The chosen colour, and whether the others are in sight. */
function Fold() {
  const { colour, info } = state;
  const chosen = colour.value === null ? undefined : info.value?.palette[colour.value];
  const words = folded.value ? t().palette.unfold : t().palette.fold;
  const name = chosen ? colourName(chosen.name) : t().palette.label;
  return (
    <button
      id="fold"
      type="button"
      aria-controls="palette"
      aria-expanded={!folded.value}
      aria-label={`${name}: ${words}`}
      title={words}
      onClick={() => (folded.value = !folded.value)}
    >
      <span class="chip" hidden={!chosen} style={{ backgroundColor: chosen?.rgb ?? '' }} />
      <span class="name">{name}</span>
      <Icon d={folded.value ? UP : DOWN} />
    </button>
  );
}

export function Tools() {
  const words = t().tools;
  return (
    <div id="tools" role="group" aria-label={words.label}>
      <Fold />
      <button
        id="pencil"
        type="button"
        aria-label={words.pencil}
        aria-pressed={state.pencil.value}
        title={`${words.pencil} (P)`}
        onClick={togglePencil}
      >
        <Icon d={PENCIL} />
      </button>
      <button
        id="eyedropper"
        type="button"
        aria-label={words.eyedropper}
        aria-pressed={state.picking.value}
        title={`${words.eyedropper} (E)`}
        onClick={togglePicking}
      >
        <Icon d={DROPPER} />
      </button>
    </div>
  );
}
