// SPDX-License-Identifier: ISC
// The palette: a radio group of the colours that the server names.

import { focusCanvas } from '../app/parts';
import { allowed, choose, dimmed } from '../app/placing';
import * as state from '../app/state';
import { colourName, t } from '../texts';

const KEYS = 8;

/** The key that chooses this colour: 1 to 8, then with Shift. */
const keyOf = (index: number): string =>
  index < KEYS ? String(index + 1) : `Shift+${index + 1 - KEYS}`;

/** A pointer was used, and not the keyboard: the focus can go back. */
function clicked({ detail, target }: MouseEvent): void {
  if (detail > 0 && target instanceof HTMLInputElement) focusCanvas();
}

export function Palette() {
  const colours = state.info.value?.palette ?? [];
  return (
    <div
      id="palette"
      class="surface"
      role="radiogroup"
      aria-label={t().palette.label}
      data-dimmed={dimmed.value ? '' : undefined}
      hidden={state.inPast.value}
      onClick={clicked}
    >
      {colours.map(({ name: english, rgb }, index) => {
        const name = colourName(english);
        const off = allowed.value?.includes(index) === false;
        return (
          <label key={index} class="swatch" title={`${name} (${keyOf(index)})`} data-off={off ? '' : undefined}>
            <input
              type="radio"
              name="colour"
              value={index}
              aria-label={name}
              aria-disabled={off ? 'true' : undefined}
              checked={state.colour.value === index}
              onChange={(event) => {
                choose(index);
                // One that may not be used is not checked by a click either.
                event.currentTarget.checked = state.colour.value === index;
              }}
            />
            <span style={{ backgroundColor: rgb }} />
          </label>
        );
      })}
      <div id="energy-here" />
    </div>
  );
}
