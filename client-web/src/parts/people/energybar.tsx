// SPDX-License-Identifier: ISC
// What one has to draw with: a bar along the palette's upper edge, divided into pixels, with what the
// pixel under the pointer would cost as a darker part; and beside it how long until the next pixel.

import { signal } from '@preact/signals';
import type { EnergyShown } from '../../core/energybar';
import { countdown } from '../../texts/countdown';
import { t } from '../../texts';

/** Null: nothing is counted. */
export const energy = signal<EnergyShown | null>(null);

const percent = (share: number): string => `${Math.round(10_000 * share) / 100}%`;

/** "0:12", or nothing. */
export const timeOf = ({ wait }: EnergyShown): string => (wait > 0 && wait < Infinity ? countdown(wait) : '');

export function EnergyBar() {
  const now = energy.value;
  if (!now) return null;
  const { share, cost, notches, pixels, most } = now;
  const words = t().energy;
  const time = timeOf(now);
  return (
    <>
      <div
        id="energy"
        role="meter"
        aria-label={words.name}
        aria-valuemin={0}
        aria-valuemax={most}
        aria-valuenow={pixels}
        aria-valuetext={words.pixels(pixels, most)}
      >
        <i class="have" style={{ width: percent(share) }} />
        <i class="cost" style={{ left: percent(share - cost), width: percent(cost) }} />
        {notches.map((at) => (
          <i key={at} class="notch" style={{ left: percent(at) }} />
        ))}
      </div>
      <span id="energy-time" class="surface" hidden={time === ''}>
        {time}
      </span>
    </>
  );
}
