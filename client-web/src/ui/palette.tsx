// SPDX-License-Identifier: ISC
// The palette: a radio group of the colours that the server names.

import { keyOfColour } from '../core/keys';
import { focusCanvas } from '../app/parts';
import { allowed, choose, dimmed } from '../app/placing';
import * as state from '../app/state';
import { colourName, t } from '../texts';

/** A pointer was used, and not the keyboard: the focus can go back. */
function clicked({ detail, target }: MouseEvent): void {
  if (detail > 0 && target instanceof HTMLInputElement) focusCanvas();
}

const titleOf = (name: string, index: number): string => {
  const key = keyOfColour(index);
  return key ? `${name} (${key})` : name;
};

export function Palette() {
  const colours = state.info.value?.palette ?? [];
  return (
    <div
      id="palette"
      role="radiogroup"
      aria-label={t().palette.label}
      data-dimmed={dimmed.value ? '' : undefined}
      onClick={clicked}
    >
      {colours.map(({ name: english, rgb }, index) => {
        const name = colourName(english);
        const off = allowed.value?.includes(index) === false;
        return (
          <label key={index} class="swatch" title={titleOf(name, index)} data-off={off ? '' : undefined}>
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
    </div>
  );
}
