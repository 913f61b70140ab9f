// SPDX-License-Identifier: ISC
// Top centre, and only when something is wrong: why there is no connection, and what is being done about
// it. The picture stays.

import { plane } from '../app/live';
import { shown } from '../app/status';
import type { Banner as What } from '../core/status';
import { t } from '../texts';

function wordsOf({ why }: What): string {
  const words = t().connection;
  return why === 'origin' ? words.origin(location.host) : words[why];
}

export function Banner() {
  const { banner } = shown.value;
  const words = t().connection;
  return (
    <div id="banner" class="surface" hidden={!banner}>
      <p>
        <span id="banner-text" role="status">
          {banner && wordsOf(banner)}
        </span>{' '}
        <span id="banner-wait" aria-hidden="true">
          {banner && (banner.seconds > 0 ? words.againIn(banner.seconds) : words.again)}
        </span>
      </p>
      <button id="try-now" type="button" onClick={() => plane.retryNow()}>
        {words.tryNow}
      </button>
    </div>
  );
}
