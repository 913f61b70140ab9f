// SPDX-License-Identifier: ISC
// What the map over the picture means, above the palette, with a button that takes the map away.

import { t } from '../../texts';
import { CLOSE, Icon } from '../../ui/icons';
import type { Maps } from './maps';

export function Legend({ maps }: { maps: Maps }) {
  const words = maps.legend.value;
  if (!words) return null;
  const { past } = t();
  return (
    <div id="map-legend" class="surface">
      <span role="status">{words}</span>
      <button type="button" aria-label={past.closeMap} title={past.closeMap} onClick={() => maps.choose('none')}>
        <Icon d={CLOSE} />
      </button>
    </div>
  );
}
